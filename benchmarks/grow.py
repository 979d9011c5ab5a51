"""Grow a loaded database to any size: its articles, with all that was found in them, again and again under other names.

    python benchmarks/grow.py BASE.db OUT.db 20000               with stories, entities and matches, as BASE has them
    python benchmarks/grow.py --annotated BASE.db OUT.db 20000   without them: the loader still has to find them

Annotating a hundred thousand articles takes hours; copying what was annotated once takes minutes, and grouping,
linking and matching can't tell. The first copy is BASE itself. Every further copy is moved to another date, and every
word in it that fewer than one article in twenty has becomes another of its length, drawn as often as BASE has it and
the same throughout the copy, so that names go on being names and all offsets hold; words of quantities stay. With
`--annotated` one further word in twenty becomes another in each article by itself, and the last copy ends after the
story that makes the number full; without it, copies are whole. Sizes of stories are kept. Only the rows by which new
articles find their story are left out of a copy that has its stories: to measure what adding costs, let the loader
group an annotated one.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

from datasette_newscompare import facet_bitmaps
from datasette_newscompare.entities.index import identity
from datasette_newscompare.entities.names import people_of, tidy
from datasette_newscompare.loading.connection import writable
from datasette_newscompare.loading.counting import count_sources

WORD = re.compile(r"[^\W\d_]{3,}")
COMMON = 0.05
"""Share of the articles from which a word is the language's, and stays."""
CHANGED = 0.05
"""Share of the other words that each article has of its own."""
FURTHEST = 700
"""Days by which a copy is moved at most."""
KEYS = ("names", "numbers", "words", "quoted", "judged")
"""What `why` is made of."""
TABLES = (
    "stories", "sentences", "mentions", "describing_words", "quantities", "quotes", "entities", "matches",
    "differences", "facts",
)  # fmt: skip
"""Tables whose rows have numbers, which every copy counts on."""

ANNOTATED = """
INSERT OR IGNORE INTO sources (id, name, domain) SELECT id, name, domain FROM src.sources;
INSERT INTO stories (id, title, first_published, last_published, article_count, source_count, match_count, fact_count,
                     independent_count,
                     needs_linking, needs_matching)
    SELECT id + :stories, renamed(title), moved(first_published), moved(last_published), article_count, source_count,
           match_count, fact_count, independent_count, 0, 0 FROM src.stories WHERE :complete;
INSERT INTO articles (id, source_id, story_id, title, author, published, url, host, language, word_count,
                      sentence_count, content_hash, origin, loaded_at)
    SELECT id || :suffix, source_id, CASE WHEN :complete THEN story_id + :stories END, renamed(title), author,
           moved(published), url || :suffix, host, language, word_count, sentence_count, content_hash || :suffix,
           origin, loaded_at FROM src.articles WHERE story_id IN chosen ORDER BY rowid;
INSERT INTO article_texts SELECT t.article_id || :suffix, reworded(t.text) FROM src.articles a
    JOIN src.article_texts t ON t.article_id = a.id WHERE a.story_id IN chosen ORDER BY a.rowid;
INSERT INTO sentences SELECT s.id + :sentences, t.article_id, position, paragraph, role, start, "end",
           substr(t.text, start + 1, "end" - start)
    FROM src.sentences s JOIN article_texts t ON t.article_id = s.article_id || :suffix ORDER BY s.id;
INSERT INTO mentions SELECT m.id + :mentions, m.sentence_id + :sentences, e.copy, t.article_id, start, "end",
           substr(t.text, start + 1, "end" - start), type, tidy(substr(t.text, start + 1, "end" - start))
    FROM src.mentions m JOIN article_texts t ON t.article_id = m.article_id || :suffix
    LEFT JOIN entity_copies e ON e.id = m.entity_id ORDER BY m.id;
INSERT INTO describing_words SELECT d.id + :describing_words, mention_id + :mentions, relation, renamed(word), d.start,
           d."end"
    FROM src.describing_words d JOIN mentions m ON m.id = d.mention_id + :mentions ORDER BY d.id;
INSERT INTO quantities SELECT q.id + :quantities, s.id, kind, value, unit, comparator, approximate, q.start, q."end",
           substr(t.text, q.start + 1, q."end" - q.start)
    FROM src.quantities q JOIN sentences s ON s.id = q.sentence_id + :sentences
    JOIN article_texts t ON t.article_id = s.article_id ORDER BY q.id;
INSERT INTO quotes SELECT q.id + :quotes, s.id, e.copy,
           CASE WHEN speaker_start IS NULL THEN speaker
                ELSE substr(t.text, speaker_start + 1, speaker_end - speaker_start) END,
           speaker_start, speaker_end, q.start, q."end", substr(t.text, q.start + 1, q."end" - q.start)
    FROM src.quotes q JOIN sentences s ON s.id = q.sentence_id + :sentences
    JOIN article_texts t ON t.article_id = s.article_id LEFT JOIN entity_copies e ON e.id = q.entity_id ORDER BY q.id;
"""

ENTITIES = """
INSERT INTO entity_copies SELECT id, CASE WHEN renamed(name) = name THEN id ELSE id + :entities END FROM src.entities;
INSERT INTO entities (id, name, type, name_key, people_of, article_count, sentence_count, source_count,
                      story_count, match_count, difference_count, fact_count, quantity_count, quote_count,
                      mention_count)
    SELECT c.copy, renamed(name), type, key(renamed(name), type), people_of(renamed(name), type), article_count,
           sentence_count, source_count, story_count, match_count, difference_count, fact_count, quantity_count,
           quote_count, mention_count
    FROM src.entities e JOIN entity_copies c ON c.id = e.id WHERE true
    ON CONFLICT (id) DO UPDATE SET article_count = article_count + excluded.article_count,
        sentence_count = sentence_count + excluded.sentence_count, story_count = story_count + excluded.story_count,
        match_count = match_count + excluded.match_count, mention_count = mention_count + excluded.mention_count,
        difference_count = difference_count + excluded.difference_count, fact_count = fact_count + excluded.fact_count,
        quantity_count = quantity_count + excluded.quantity_count, quote_count = quote_count + excluded.quote_count;
"""

COMPLETE = """
INSERT INTO repeats SELECT sentence_id + :sentences, repeat_of + :sentences, kind, score FROM src.repeats;
INSERT INTO entity_aliases SELECT c.copy, renamed(alias), key(renamed(alias), e.type), sum(a.mention_count), min(origin)
    FROM src.entity_aliases a JOIN entity_copies c ON c.id = a.entity_id JOIN src.entities e ON e.id = c.id
    WHERE true GROUP BY 1, 2
    ON CONFLICT (entity_id, alias) DO UPDATE SET mention_count = mention_count + excluded.mention_count;
INSERT INTO entity_spellings SELECT c.copy, renamed(alias), source_id, sum(mention_count) FROM src.entity_spellings x
    JOIN entity_copies c ON c.id = x.entity_id WHERE true GROUP BY 1, 2, 3
    ON CONFLICT (entity_id, alias, source_id) DO UPDATE SET mention_count = mention_count + excluded.mention_count;
INSERT INTO entity_words SELECT c.copy, source_id, relation, renamed(word), sum(count) FROM src.entity_words w
    JOIN entity_copies c ON c.id = w.entity_id WHERE true GROUP BY 1, 2, 3, 4
    ON CONFLICT (entity_id, source_id, relation, word) DO UPDATE SET count = count + excluded.count;
INSERT INTO word_counts SELECT relation, renamed(word), sum(count) FROM src.word_counts WHERE true GROUP BY 1, 2
    ON CONFLICT (relation, word) DO UPDATE SET count = count + excluded.count;
INSERT INTO article_entities SELECT article_id || :suffix, c.copy, mention_count FROM src.article_entities x
    JOIN entity_copies c ON c.id = x.entity_id;
INSERT INTO sentence_entities SELECT sentence_id + :sentences, c.copy, role FROM src.sentence_entities x
    JOIN entity_copies c ON c.id = x.entity_id;
INSERT INTO source_entities SELECT source_id, c.copy, article_count FROM src.source_entities x
    JOIN entity_copies c ON c.id = x.entity_id WHERE true
    ON CONFLICT (source_id, entity_id) DO UPDATE SET article_count = article_count + excluded.article_count;
INSERT INTO story_entities SELECT story_id + :stories, c.copy, article_count, source_count FROM src.story_entities x
    JOIN entity_copies c ON c.id = x.entity_id;
INSERT INTO matches SELECT id + :matches, story_id + :stories, left_sentence_id + :sentences,
           right_sentence_id + :sentences, left_article_id || :suffix, right_article_id || :suffix, score, kind,
           is_primary, is_moved, renamed(why), NULL FROM src.matches ORDER BY id;
INSERT INTO match_entities SELECT match_id + :matches, c.copy FROM src.match_entities x
    JOIN entity_copies c ON c.id = x.entity_id;
INSERT INTO near_misses SELECT sentence_id + :sentences, near_sentence_id + :sentences, score, NULL
    FROM src.near_misses;
INSERT INTO differences SELECT id + :differences, match_id + :matches, kind, renamed(left_text), renamed(right_text),
           left_start, left_end, right_start, right_end, note FROM src.differences ORDER BY id;
INSERT INTO facts SELECT id + :facts, story_id + :stories, renamed(text), sentence_count, source_count,
           independent_count, first_source_id, moved(first_published) FROM src.facts ORDER BY id;
INSERT INTO same_texts SELECT article_id || :suffix, first_article_id || :suffix, story_id + :stories, share
    FROM src.same_texts;
INSERT INTO fact_sentences SELECT fact_id + :facts, sentence_id + :sentences FROM src.fact_sentences;
INSERT INTO fact_entities SELECT fact_id + :facts, c.copy FROM src.fact_entities x
    JOIN entity_copies c ON c.id = x.entity_id;
"""


class Words:
    """The words of an archive that get other ones, and what stands for them in the copy at hand."""

    def __init__(self, base: sqlite3.Connection, seed: int) -> None:
        texts = [set(WORD.findall(text)) for (text,) in base.execute("SELECT text FROM article_texts")]
        found = Counter(word for words in texts for word in words)
        kept = {*KEYS, *(w for (text,) in base.execute("SELECT text FROM quantities") for w in WORD.findall(text))}
        self._pools: dict[tuple[int, bool], list[str]] = defaultdict(list)
        self._rare: set[str] = set()
        for word, count in sorted(found.items()):
            if count < COMMON * len(texts) and word not in kept:
                self._rare.add(word)
                self._pools[len(word), word[0].isupper()] += [word] * count
        self._kept = kept
        self._seed = seed
        self.turn(0)

    def turn(self, copy: int) -> None:
        """Begin a copy; in copy 0 every word stands for itself."""
        self._copy = copy
        self._chance = random.Random(f"{self._seed} {copy}")
        self._renamed: dict[str, str] = {}
        self._days = timedelta(days=self._chance.randint(-FURTHEST, FURTHEST) if copy else 0)

    def _another(self, word: str) -> str:
        return self._chance.choice(self._pools[len(word), word[0].isupper()] or [word])

    def _rename(self, match: re.Match[str]) -> str:
        word = match.group()
        if word not in self._rare or not self._copy:
            return word
        if word not in self._renamed:
            self._renamed[word] = self._another(word)
        return self._renamed[word]

    def _reword(self, match: re.Match[str]) -> str:
        word = match.group()
        if self._copy and word.islower() and word not in self._kept and self._chance.random() < CHANGED:
            return self._another(word)
        return self._rename(match)

    def renamed(self, text: str | None) -> str | None:
        """A text with the words of this copy."""
        return WORD.sub(self._rename, text) if text else text

    def reworded(self, text: str) -> str:
        """A text with the words of this copy, and some of its own."""
        return WORD.sub(self._reword, text)

    def moved(self, published: str | None) -> str | None:
        """A date of any precision, moved with its copy if it names a day."""
        if not published or len(published) < 10:
            return published
        return str(date.fromisoformat(published[:10]) + self._days) + published[10:]


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, so that they stay in one transaction."""
    yield from (part for part in script.split(";\n") if part.strip())


def grow(base: Path, out: Path, size: int, annotated: bool = False, seed: int = 1) -> int:
    """Write the database `out` with at least `size` articles made of those of `base`; returns how many there are.

    With `annotated` they have no stories, entities and matches yet.
    """
    with writable(out) as db:
        db.conn.execute("ATTACH ? AS src", [str(base)])
        with closing(sqlite3.connect(base)) as source:
            words = Words(source, seed)
            sizes = source.execute("SELECT story_id, count(*) FROM articles GROUP BY 1 ORDER BY min(rowid)").fetchall()
            steps = {table: source.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0 for table in TABLES}
        reworded = words.reworded if annotated else words.renamed
        for name, count, function in (
            ("renamed", 1, words.renamed), ("reworded", 1, reworded), ("moved", 1, words.moved), ("key", 2, identity),
            ("tidy", 1, tidy), ("people_of", 2, people_of),
        ):  # fmt: skip
            db.conn.create_function(name, count, function, deterministic=False)
        db.conn.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        db.conn.execute("CREATE TEMP TABLE entity_copies (id INTEGER PRIMARY KEY, copy INTEGER)")
        written = copy = 0
        while written < size:
            words.turn(copy)
            written += _copy(db, sizes, {t: copy * n for t, n in steps.items()}, copy, size - written, annotated)
            copy += 1
        count_sources(db)
        with db.atomic():
            facet_bitmaps.complete(db.conn)
    return written


def further(base: Path, count: int, seed: int = 2) -> Iterator[dict[str, str | None]]:
    """This many articles of further stories, as records that the loader reads; made as the annotated copies are."""
    with closing(sqlite3.connect(base)) as source:
        words = Words(source, seed)
        words.turn(1)
        for id, name, title, published, text in source.execute(
            "SELECT a.id, s.name, a.title, a.published, t.text FROM articles a JOIN sources s ON s.id = a.source_id"
            " JOIN article_texts t ON t.article_id = a.id ORDER BY a.story_id, a.id LIMIT ?",
            [count],
        ):
            record = {"id": f"further-{id}", "source": name, "published": words.moved(published)}
            yield record | {"title": words.renamed(title), "text": words.reworded(text)}


def _copy(
    db: Database, sizes: list[tuple[int, int]], numbers: dict[str, int], copy: int, missing: int, annotated: bool
) -> int:
    chosen: list[int] = []
    count = 0
    for story, articles in sizes:
        if annotated and count >= missing:
            break
        chosen.append(story)
        count += articles
    asked = {**numbers, "suffix": f"-{copy}" if copy else "", "complete": not annotated}
    with db.atomic():
        for table in ("chosen", "entity_copies"):
            db.conn.execute(f"DELETE FROM temp.{table}")
        db.conn.executemany("INSERT INTO chosen VALUES (?)", [(story,) for story in chosen])
        for script in (ANNOTATED,) if annotated else (ENTITIES, ANNOTATED, COMPLETE):
            for statement in statements(script):
                db.conn.execute(statement, asked)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("size", type=int)
    parser.add_argument("--annotated", action="store_true")
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"{arguments.out} is there already; take another name")
    print(f"{grow(arguments.base, arguments.out, arguments.size, arguments.annotated):,} articles in {arguments.out}")


if __name__ == "__main__":
    main()
