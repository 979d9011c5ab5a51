"""Gives every mention its entity, and keeps the counts of entities in step: what a story adds is taken away before
it is added anew, so that a change costs no more than the stories that it touches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import groupby, islice

from sqlite_utils import Database

from ..corrections import find_entity, mark_curated, rules
from ..entities.curation import Curation, Part
from ..entities.index import EntityIndex, EntityRef, identity, lookup_keys
from ..entities.names import tidy
from ..entities.resolve import StoryEntity, resolve_article, resolve_story
from ..records import Mention
from .connection import insert
from .executors import run_in_order

KEYS_A_QUERY = 500
STORIES_A_BATCH = 50

LINKED = """
SELECT a.id, a.source_id, m.entity_id, m.sentence_id, m.text
FROM articles a JOIN mentions m ON m.article_id = a.id
WHERE a.story_id = ? AND m.entity_id IS NOT NULL ORDER BY a.id
"""
DESCRIBED = """
SELECT a.source_id, m.entity_id, d.relation, d.word, count(*)
FROM articles a JOIN mentions m ON m.article_id = a.id JOIN describing_words d ON d.mention_id = m.id
WHERE a.story_id = ? AND m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4
"""
MENTIONS = """
SELECT m.article_id, m.id, m.start, m."end", m.text, m.type
FROM articles a JOIN mentions m ON m.article_id = a.id WHERE a.story_id = ? ORDER BY a.id, m.start
"""
SPEAKERS = """
UPDATE quotes SET entity_id = (
    SELECT m.entity_id FROM mentions m JOIN sentences s ON s.article_id = m.article_id
    WHERE s.id = quotes.sentence_id AND m.start < quotes.speaker_end AND m."end" > quotes.speaker_start
    ORDER BY m.type <> 'person', m.start LIMIT 1)
WHERE speaker IS NOT NULL AND sentence_id IN (
    SELECT s.id FROM articles a JOIN sentences s ON s.article_id = a.id WHERE a.story_id = ?)
"""


class Tally:
    """What articles add to the counts of the entities that they name."""

    def __init__(self) -> None:
        self.articles: Counter[int] = Counter()
        self.sentences: Counter[int] = Counter()
        self.mentions: Counter[int] = Counter()
        self.aliases: Counter[tuple[int, str]] = Counter()
        self.sources: Counter[tuple[str, int]] = Counter()
        self.words: Counter[tuple[str, int, str, str]] = Counter()

    def add_article(self, source_id: str, mentions: Iterable[tuple[int, int, str]]) -> None:
        """Count an article's mentions: (entity id, sentence id, words)."""
        sentences = set()
        found = set()
        for entity, sentence, text in mentions:
            self.mentions[entity] += 1
            self.aliases[entity, tidy(text)] += 1
            sentences.add((entity, sentence))
            found.add(entity)
        self.sentences.update(entity for entity, _ in sentences)
        self.articles.update(found)
        self.sources.update((source_id, entity) for entity in found)

    def add_words(self, rows: Iterable[tuple[str, int, str, str, int]]) -> None:
        """Count describing words: (source id, entity id, relation, word, how often)."""
        for source, entity, relation, word, number in rows:
            self.words[source, entity, relation, word] += number

    def apply(self, db: Database, sign: int) -> None:
        """Add (1) or take away (-1) what was counted; rows whose count reaches zero go."""
        db.conn.executemany(
            "UPDATE entities SET article_count = article_count + ?, sentence_count = sentence_count + ?,"
            " mention_count = mention_count + ? WHERE id = ?",
            [(sign * n, sign * self.sentences[e], sign * self.mentions[e], e) for e, n in self.articles.items()],
        )
        types = _types(db, self.articles)
        db.conn.executemany(
            "INSERT INTO entity_aliases (entity_id, alias, alias_key, mention_count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (entity_id, alias) DO UPDATE SET mention_count = mention_count + excluded.mention_count",
            [(e, alias, identity(alias, types[e]), sign * n) for (e, alias), n in self.aliases.items()],
        )
        db.conn.executemany(
            "INSERT INTO source_entities (source_id, entity_id, article_count) VALUES (?, ?, ?)"
            " ON CONFLICT (source_id, entity_id) DO UPDATE SET article_count = article_count + excluded.article_count",
            [(source, entity, sign * n) for (source, entity), n in self.sources.items()],
        )
        db.conn.executemany(
            "DELETE FROM source_entities WHERE source_id = ? AND entity_id = ? AND article_count <= 0",
            list(self.sources),
        )
        db.conn.executemany(
            "UPDATE entities SET source_count = (SELECT count(*) FROM source_entities WHERE entity_id = entities.id)"
            " WHERE id = ?",
            [(entity,) for entity in self.articles],
        )
        self._apply_words(db, sign)

    def _apply_words(self, db: Database, sign: int) -> None:
        overall: Counter[tuple[str, str]] = Counter()
        for (_, _, relation, word), number in self.words.items():
            overall[relation, word] += number
        db.conn.executemany(
            "INSERT INTO entity_words (source_id, entity_id, relation, word, count) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (entity_id, source_id, relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in self.words.items()],
        )
        db.conn.executemany(
            "INSERT INTO word_counts (relation, word, count) VALUES (?, ?, ?)"
            " ON CONFLICT (relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in overall.items()],
        )
        if sign < 0:
            db.conn.executemany(
                "DELETE FROM entity_words WHERE source_id = ? AND entity_id = ? AND relation = ? AND word = ?"
                " AND count <= 0",
                list(self.words),
            )
            db.conn.executemany("DELETE FROM word_counts WHERE relation = ? AND word = ? AND count <= 0", list(overall))


def unlink_stories(db: Database, stories: Sequence[int]) -> None:
    """Take these stories' mentions from their entities, with all that they counted. Call inside a transaction."""
    tally = Tally()
    for story in stories:
        for (_, source), rows in groupby(db.execute(LINKED, [story]).fetchall(), key=lambda row: row[:2]):
            tally.add_article(source, [row[2:] for row in rows])
        tally.add_words(db.execute(DESCRIBED, [story]).fetchall())
        _count_down(db, "story_count", "SELECT entity_id, 1 FROM story_entities WHERE story_id = ?", story)
        _count_down(
            db,
            "match_count",
            "SELECT x.entity_id, count(*) FROM matches m JOIN match_entities x ON x.match_id = m.id"
            " WHERE m.story_id = ? GROUP BY x.entity_id",
            story,
        )
        db.execute("DELETE FROM story_entities WHERE story_id = ?", [story])
        db.execute("DELETE FROM match_entities WHERE match_id IN (SELECT id FROM matches WHERE story_id = ?)", [story])
        for table in ("article_entities", "mentions"):
            change = "UPDATE mentions SET entity_id = NULL" if table == "mentions" else "DELETE FROM article_entities"
            db.execute(f"{change} WHERE article_id IN (SELECT id FROM articles WHERE story_id = ?)", [story])
    tally.apply(db, -1)


def _count_down(db: Database, column: str, sql: str, story: int) -> None:
    rows = [(number, entity) for entity, number in db.execute(sql, [story]).fetchall()]
    db.conn.executemany(f"UPDATE entities SET {column} = {column} - ? WHERE id = ?", rows)


Mentions = dict[str, list[tuple[int, Mention]]]
"""A story's mentions with their row ids, by article."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The entities of a story, each with the rows of its mentions."""

    entities: tuple[StoryEntity, ...]
    mention_ids: tuple[tuple[int, ...], ...]


def resolve_mentions(mentions: Mentions) -> Resolved:
    """Which mentions of a story name the same; pure, so that it can be done in another process."""
    locals_ = {article: resolve_article([mention for _, mention in rows]) for article, rows in mentions.items()}
    entities = resolve_story(locals_)
    ids = []
    for entity in entities:
        members = ((str(article), locals_[str(article)][number]) for article, number in entity.members)
        ids.append(tuple(mentions[article][n][0] for article, local in members for n in local.mention_indexes))
    return Resolved(tuple(entities), tuple(ids))


def link_stale_stories(db: Database, pool: Executor | None, progress: Callable[[int], None]) -> bool:
    """Link the mentions of every story that changed to their entities; says whether there was any.

    People's corrections are applied to each story's entities. A batch of stories is one transaction; `progress` is
    told of each batch's size.
    """
    stale = [row[0] for row in db.execute("SELECT id FROM stories WHERE needs_linking ORDER BY id")]
    curation = Curation(rules(db.conn))
    mentions = (_story_mentions(db, story) for story in stale)
    resolved = zip(stale, run_in_order(pool, resolve_mentions, mentions, chunk=10), strict=True)
    corrected = ((story, _corrected(curation, rows, found)) for story, (rows, found) in resolved)
    while batch := list(islice(corrected, STORIES_A_BATCH)):
        with db.atomic():
            stories = [story for story, _ in batch]
            unlink_stories(db, stories)
            _link_stories(db, batch)
            db.conn.executemany("UPDATE stories SET needs_linking = 0 WHERE id = ?", [(story,) for story in stories])
        progress(len(batch))
    return bool(stale)


def _corrected(curation: Curation, mentions: Mentions, resolved: Resolved) -> list[Part]:
    """A story's entities after people's corrections."""
    if not curation.concerns(resolved.entities):
        return [Part(entity, ids) for entity, ids in zip(resolved.entities, resolved.mention_ids, strict=True)]
    said = {id: (id, article, mention.text) for article, rows in mentions.items() for id, mention in rows}
    return [
        part
        for entity, ids in zip(resolved.entities, resolved.mention_ids, strict=True)
        for part in curation.apply(entity, [said[id] for id in ids])
    ]


def _link_stories(db: Database, batch: Sequence[tuple[int, Sequence[Part]]]) -> None:
    """Give mentions that are linked to nothing their entities, and count them.

    Entities that are left without a mention go.
    """
    index = _index(db, (part.entity for _, parts in batch for part in parts))
    for story, parts in batch:
        ids = [_link(db, index, part) for part in parts]
        rows = [(id, mention) for id, part in zip(ids, parts, strict=True) for mention in part.mention_ids]
        db.conn.executemany("UPDATE mentions SET entity_id = ? WHERE id = ?", rows)
        _count_story(db, story)
        for id, part in zip(ids, parts, strict=True):
            for key in part.curated:
                mark_curated(db.conn, id, key)
        db.execute(SPEAKERS, [story])
    db.execute("DELETE FROM entity_aliases WHERE mention_count <= 0")
    db.execute("DELETE FROM entities WHERE mention_count <= 0")


def link_matches(db: Database, stories: Sequence[int]) -> None:
    """Note which entities the stories' matches name, once their matches are stored. Call inside a transaction."""
    for story in stories:
        db.execute(
            "INSERT OR IGNORE INTO match_entities (match_id, entity_id)"
            " SELECT m.id, n.entity_id FROM matches m"
            " JOIN mentions n ON n.sentence_id IN (m.left_sentence_id, m.right_sentence_id)"
            " WHERE m.story_id = ? AND n.entity_id IS NOT NULL",
            [story],
        )
        db.execute(
            "UPDATE entities SET match_count = match_count + n FROM ("
            " SELECT x.entity_id AS e, count(*) AS n FROM matches m JOIN match_entities x ON x.match_id = m.id"
            " WHERE m.story_id = ? GROUP BY x.entity_id) WHERE id = e",
            [story],
        )


def _story_mentions(db: Database, story: int) -> Mentions:
    found: defaultdict[str, list[tuple[int, Mention]]] = defaultdict(list)
    for article, id, start, end, text, kind in db.execute(MENTIONS, [story]).fetchall():
        found[article].append((id, Mention(start, end, text, kind)))
    return dict(found)


def _link(db: Database, index: EntityIndex, part: Part) -> int:
    """The id of an entity of a story, made where it is new."""
    if part.target is None:
        ref = index.link(part.entity)
    else:
        found = find_entity(db.conn, part.target.name, part.target.type)
        ref = EntityRef(found, part.entity.name, part.entity.type)
    id = ref.id
    if id is None:
        id = insert(
            db,
            "INSERT INTO entities (name, type, name_key) VALUES (?, ?, ?)",
            [ref.name, ref.type, identity(ref.name, ref.type)],
        )
    index.add(id, ref.name, ref.type, part.entity.forms)
    return id


def _index(db: Database, entities: Iterable[StoryEntity]) -> EntityIndex:
    """The stored entities that share a name or spelling with one of these."""
    keys = sorted(set().union(*map(lookup_keys, entities)))
    rows: dict[int, tuple[str, str]] = {}
    aliases: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        marks = ", ".join("?" * len(some))
        for id, name, kind in db.execute(f"SELECT id, name, type FROM entities WHERE name_key IN ({marks})", some):
            rows[id] = (name, kind)
        for id, name, kind, alias, count in db.execute(
            "SELECT e.id, e.name, e.type, a.alias, a.mention_count FROM entity_aliases a"
            f" JOIN entities e ON e.id = a.entity_id WHERE a.alias_key IN ({marks})",
            some,
        ):
            rows[id] = (name, kind)
            aliases[id].append((alias, count))
    return EntityIndex((id, name, kind, aliases[id]) for id, (name, kind) in sorted(rows.items()))


def _count_story(db: Database, story: int) -> None:
    tally = Tally()
    for (article, source), rows in groupby(db.execute(LINKED, [story]).fetchall(), key=lambda row: row[:2]):
        mentions = [row[2:] for row in rows]
        tally.add_article(source, mentions)
        named = Counter(entity for entity, *_ in mentions)
        db.conn.executemany(
            "INSERT INTO article_entities (article_id, entity_id, mention_count) VALUES (?, ?, ?)",
            [(article, entity, number) for entity, number in named.items()],
        )
    tally.add_words(db.execute(DESCRIBED, [story]).fetchall())
    tally.apply(db, 1)
    db.execute(
        "INSERT INTO story_entities (story_id, entity_id, article_count, source_count)"
        " SELECT a.story_id, x.entity_id, count(*), count(DISTINCT a.source_id)"
        " FROM articles a JOIN article_entities x ON x.article_id = a.id WHERE a.story_id = ? GROUP BY x.entity_id",
        [story],
    )
    db.execute(
        "UPDATE entities SET story_count = story_count + 1"
        " WHERE id IN (SELECT entity_id FROM story_entities WHERE story_id = ?)",
        [story],
    )


def _types(db: Database, ids: Iterable[int]) -> dict[int, str]:
    found = {}
    for id in ids:
        [found[id]] = db.execute("SELECT type FROM entities WHERE id = ?", [id]).fetchone()
    return found
