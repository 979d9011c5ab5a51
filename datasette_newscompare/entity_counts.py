"""Keeps what is counted of entities in step with their mentions: what a story adds is taken away before it is added
anew, so that a change costs no more than the stories that it touches. Call everything here inside a transaction."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from .entities.index import identity
from .entities.names import tidy

LINKED = """
SELECT a.id, a.source_id, m.entity_id, m.sentence_id, m.text
FROM articles a INDEXED BY articles_story_id JOIN mentions m ON m.article_id = a.id
WHERE a.story_id = ? AND m.entity_id IS NOT NULL ORDER BY a.id
"""
DESCRIBED = """
SELECT a.source_id, m.entity_id, d.relation, d.word, count(*)
FROM articles a JOIN mentions m ON m.article_id = a.id JOIN describing_words d ON d.mention_id = m.id
WHERE a.story_id = ? AND m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4
"""


NAMING = """
INSERT INTO sentence_entities (sentence_id, entity_id, role)
SELECT DISTINCT m.sentence_id, m.entity_id, s.role
FROM articles a JOIN mentions m ON m.article_id = a.id JOIN sentences s ON s.id = m.sentence_id
WHERE a.story_id = ? AND m.entity_id IS NOT NULL
"""
COUNT_SAID = """
UPDATE entities SET {column} = {column} {sign} said.n
FROM (
    SELECT x.entity_id, count(*) AS n
    FROM articles a CROSS JOIN sentences s ON s.article_id = a.id CROSS JOIN {table} q ON q.sentence_id = s.id
    CROSS JOIN sentence_entities x ON x.sentence_id = s.id
    WHERE a.story_id = ? GROUP BY x.entity_id
) AS said
WHERE id = said.entity_id
"""
UNCOUNT_STORY = """
UPDATE entities SET story_count = story_count - 1
WHERE id IN (SELECT entity_id FROM story_entities WHERE story_id = ?)
"""
COUNT_MATCHES = """
UPDATE entities SET match_count = match_count {sign} matches, difference_count = difference_count {sign} differences
FROM (
    SELECT x.entity_id, count(*) AS matches,
           sum((SELECT count(*) FROM differences d WHERE d.match_id = m.id)) AS differences
    FROM matches m JOIN match_entities x ON x.match_id = m.id WHERE m.story_id = ? GROUP BY x.entity_id
) AS told
WHERE id = told.entity_id
"""
COUNT_FACTS = """
UPDATE entities SET fact_count = fact_count {sign} told.n
FROM (
    SELECT x.entity_id, count(*) AS n FROM facts f JOIN fact_entities x ON x.fact_id = f.id
    WHERE f.story_id = ? GROUP BY x.entity_id
) AS told
WHERE id = told.entity_id
"""
OF_STORY = {
    "article_entities": "article_id IN (SELECT id FROM articles WHERE story_id = ?)",
    "sentence_entities": "sentence_id IN"
    " (SELECT s.id FROM articles a JOIN sentences s ON s.article_id = a.id WHERE a.story_id = ?)",
    "story_entities": "story_id = ?",
}
"""The join tables that are filled when a story is linked, and which of their rows are a story's."""


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

    def apply(self, connection: sqlite3.Connection, sign: int) -> None:
        """Add (1) or take away (-1) what was counted; rows whose count reaches zero go."""
        connection.executemany(
            "UPDATE entities SET article_count = article_count + ?, sentence_count = sentence_count + ?,"
            " mention_count = mention_count + ? WHERE id = ?",
            [(sign * n, sign * self.sentences[e], sign * self.mentions[e], e) for e, n in self.articles.items()],
        )
        types = _types(connection, self.articles)
        connection.executemany(
            "INSERT INTO entity_aliases (entity_id, alias, alias_key, mention_count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (entity_id, alias) DO UPDATE SET mention_count = mention_count + excluded.mention_count",
            [(e, alias, identity(alias, types[e]), sign * n) for (e, alias), n in self.aliases.items()],
        )
        connection.executemany(
            "INSERT INTO source_entities (source_id, entity_id, article_count) VALUES (?, ?, ?)"
            " ON CONFLICT (source_id, entity_id) DO UPDATE SET article_count = article_count + excluded.article_count",
            [(source, entity, sign * n) for (source, entity), n in self.sources.items()],
        )
        connection.executemany(
            "DELETE FROM source_entities WHERE source_id = ? AND entity_id = ? AND article_count <= 0",
            list(self.sources),
        )
        connection.executemany(
            "UPDATE entities SET source_count = (SELECT count(*) FROM source_entities WHERE entity_id = entities.id)"
            " WHERE id = ?",
            [(entity,) for entity in self.articles],
        )
        self._apply_words(connection, sign)

    def _apply_words(self, connection: sqlite3.Connection, sign: int) -> None:
        overall: Counter[tuple[str, str]] = Counter()
        for (_, _, relation, word), number in self.words.items():
            overall[relation, word] += number
        connection.executemany(
            "INSERT INTO entity_words (source_id, entity_id, relation, word, count) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (entity_id, source_id, relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in self.words.items()],
        )
        connection.executemany(
            "INSERT INTO word_counts (relation, word, count) VALUES (?, ?, ?)"
            " ON CONFLICT (relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in overall.items()],
        )
        if sign < 0:
            connection.executemany(
                "DELETE FROM entity_words WHERE source_id = ? AND entity_id = ? AND relation = ? AND word = ?"
                " AND count <= 0",
                list(self.words),
            )
            connection.executemany(
                "DELETE FROM word_counts WHERE relation = ? AND word = ? AND count <= 0", list(overall)
            )


def unlink_stories(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Take these stories' mentions from their entities, with all that they counted."""
    tally = Tally()
    for story in stories:
        for (_, source), rows in groupby(connection.execute(LINKED, [story]).fetchall(), key=lambda row: row[:2]):
            tally.add_article(source, [row[2:] for row in rows])
        tally.add_words(connection.execute(DESCRIBED, [story]).fetchall())
        connection.execute(UNCOUNT_STORY, [story])
        uncount_matches(connection, story)
        _count_said(connection, story, "-")
        for table, rows_of in OF_STORY.items():
            connection.execute(f"DELETE FROM {table} WHERE {rows_of}", [story])
        connection.execute(f"UPDATE mentions SET entity_id = NULL WHERE {OF_STORY['article_entities']}", [story])
    tally.apply(connection, -1)


def count_story(connection: sqlite3.Connection, story: int) -> None:
    """Count what a story adds, whose mentions were linked to nothing and now have their entities."""
    tally = Tally()
    for (article, source), rows in groupby(connection.execute(LINKED, [story]).fetchall(), key=lambda row: row[:2]):
        mentions = [row[2:] for row in rows]
        tally.add_article(source, mentions)
        named = Counter(entity for entity, *_ in mentions)
        connection.executemany(
            "INSERT INTO article_entities (article_id, entity_id, mention_count) VALUES (?, ?, ?)",
            [(article, entity, number) for entity, number in named.items()],
        )
    tally.add_words(connection.execute(DESCRIBED, [story]).fetchall())
    tally.apply(connection, 1)
    connection.execute(NAMING, [story])
    _count_said(connection, story, "+")
    connection.execute(
        "INSERT INTO story_entities (story_id, entity_id, article_count, source_count)"
        " SELECT a.story_id, x.entity_id, count(*), count(DISTINCT a.source_id)"
        " FROM articles a JOIN article_entities x ON x.article_id = a.id WHERE a.story_id = ? GROUP BY x.entity_id",
        [story],
    )
    connection.execute(
        "UPDATE entities SET story_count = story_count + 1"
        " WHERE id IN (SELECT entity_id FROM story_entities WHERE story_id = ?)",
        [story],
    )


def link_matches(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Note which entities the stories' matches and facts name, and count them, once these are stored."""
    for story in stories:
        connection.execute(
            "INSERT OR IGNORE INTO match_entities (match_id, entity_id)"
            " SELECT m.id, x.entity_id FROM matches m"
            " JOIN sentence_entities x ON x.sentence_id IN (m.left_sentence_id, m.right_sentence_id)"
            " WHERE m.story_id = ?",
            [story],
        )
        connection.execute(
            "INSERT OR IGNORE INTO fact_entities (fact_id, entity_id)"
            " SELECT f.id, x.entity_id FROM facts f JOIN fact_sentences y ON y.fact_id = f.id"
            " JOIN sentence_entities x ON x.sentence_id = y.sentence_id WHERE f.story_id = ?",
            [story],
        )
        for count in (COUNT_MATCHES, COUNT_FACTS):
            connection.execute(count.format(sign="+"), [story])


def uncount_matches(connection: sqlite3.Connection, story: int) -> None:
    """Take away what a story's matches and facts, which still stand, count for entities."""
    for count in (COUNT_MATCHES, COUNT_FACTS):
        connection.execute(count.format(sign="-"), [story])
    for table, column, rows in (("match_entities", "match_id", "matches"), ("fact_entities", "fact_id", "facts")):
        connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {rows} WHERE story_id = ?)", [story])


def _count_said(connection: sqlite3.Connection, story: int, sign: str) -> None:
    """Add or take away the quantities and quotes of a story's sentences, for the entities that these name."""
    for table, column in (("quantities", "quantity_count"), ("quotes", "quote_count")):
        connection.execute(COUNT_SAID.format(table=table, column=column, sign=sign), [story])


def _types(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    found = {}
    for id in ids:
        [found[id]] = connection.execute("SELECT type FROM entities WHERE id = ?", [id]).fetchone()
    return found
