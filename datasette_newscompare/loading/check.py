"""Checks that everything in a database holds: each invariant is a query that finds no row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from .. import facet_bitmaps, schema
from ..entities.names import people_of, tidy
from .connection import DatabaseProblem

REMATCH = "run `datasette newscompare match` on it"
SEARCHED = 200
"""Rows, evenly spread, that are looked for by their words."""
RESTORE = "restore the file from a copy, or load the articles anew"
RELOAD = "take the article out with `datasette newscompare remove` and load it again"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    what: str
    count: int
    example: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what}: {self.count:,} (such as {self.example}); {self.advice}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A query for the rows that break it: their first column names an example."""

    what: str
    sql: str
    advice: str


def _offsets(table: str) -> Invariant:
    of_sentence = "(SELECT article_id FROM sentences WHERE id = x.sentence_id)"
    owner = "x.article_id" if table in ("sentences", "mentions") else of_sentence
    return Invariant(
        f"{table} that do not quote their article",
        f"""SELECT x.id FROM {table} x JOIN article_texts t ON t.article_id = {owner}
            WHERE substr(t.text, x.start + 1, x."end" - x.start) IS NOT x.text""",
        RELOAD,
    )


def _inside(table: str) -> Invariant:
    return Invariant(
        f"{table} outside their sentence",
        f"""SELECT x.id FROM {table} x JOIN sentences s ON s.id = x.sentence_id
            WHERE x.start < s.start OR x."end" > s."end" """,
        RELOAD,
    )


def _count(table: str, column: str, counted: str, advice: str = REMATCH) -> Invariant:
    return Invariant(
        f"{table} with a wrong {column}", f"SELECT x.id FROM {table} x WHERE x.{column} IS NOT ({counted})", advice
    )


def _side(side: str) -> str:
    return f"""SELECT d.id FROM differences d JOIN matches m ON m.id = d.match_id
               JOIN article_texts t ON t.article_id = m.{side}_article_id
               WHERE d.{side}_start IS NOT NULL
                 AND substr(t.text, d.{side}_start + 1, d.{side}_end - d.{side}_start) IS NOT d.{side}_text"""


INVARIANTS = (
    Invariant(
        "stories that a load left unfinished", "SELECT id FROM stories WHERE needs_linking OR needs_matching", REMATCH
    ),
    Invariant("articles without a story", "SELECT id FROM articles WHERE story_id IS NULL", REMATCH),
    *map(_offsets, ("sentences", "mentions", "quantities", "quotes")),
    *map(_inside, ("mentions", "quantities", "quotes")),
    Invariant(
        "speakers of quotes that do not quote their article",
        """SELECT q.id FROM quotes q JOIN sentences s ON s.id = q.sentence_id
           JOIN article_texts t ON t.article_id = s.article_id WHERE q.speaker_start IS NOT NULL
             AND substr(t.text, q.speaker_start + 1, q.speaker_end - q.speaker_start) IS NOT q.speaker""",
        RELOAD,
    ),
    Invariant("differences that do not quote their articles", f"{_side('left')} UNION ALL {_side('right')}", REMATCH),
    Invariant(
        "matches outside their story, or of one source",
        """SELECT m.id FROM matches m
           JOIN sentences s ON s.id = m.left_sentence_id JOIN articles a ON a.id = s.article_id
           JOIN sentences t ON t.id = m.right_sentence_id JOIN articles b ON b.id = t.article_id
           WHERE a.story_id IS NOT m.story_id OR b.story_id IS NOT m.story_id OR a.source_id = b.source_id
              OR a.id <> m.left_article_id OR b.id <> m.right_article_id OR a.id >= b.id""",
        REMATCH,
    ),
    Invariant(
        "repeats and near misses outside their story, or repeats of another source and near misses of the same",
        """SELECT r.sentence_id FROM repeats r
           JOIN sentences s ON s.id = r.sentence_id JOIN articles a ON a.id = s.article_id
           JOIN sentences t ON t.id = r.repeat_of JOIN articles b ON b.id = t.article_id
           WHERE a.story_id IS NOT b.story_id OR a.source_id <> b.source_id
           UNION ALL
           SELECT n.sentence_id FROM near_misses n
           JOIN sentences s ON s.id = n.sentence_id JOIN articles a ON a.id = s.article_id
           JOIN sentences t ON t.id = n.near_sentence_id JOIN articles b ON b.id = t.article_id
           WHERE a.story_id IS NOT b.story_id OR a.source_id = b.source_id""",
        REMATCH,
    ),
    Invariant(
        "facts of sentences from outside their story",
        """SELECT f.id FROM facts f JOIN fact_sentences x ON x.fact_id = f.id JOIN sentences s ON s.id = x.sentence_id
           JOIN articles a ON a.id = s.article_id WHERE a.story_id IS NOT f.story_id""",
        REMATCH,
    ),
    _count("articles", "sentence_count", "SELECT count(*) FROM sentences WHERE article_id = x.id", RELOAD),
    _count("sources", "article_count", "SELECT count(*) FROM articles WHERE source_id = x.id"),
    _count("sources", "story_count", "SELECT count(DISTINCT story_id) FROM articles WHERE source_id = x.id"),
    _count("stories", "article_count", "SELECT count(*) FROM articles WHERE story_id = x.id"),
    _count("stories", "source_count", "SELECT count(DISTINCT source_id) FROM articles WHERE story_id = x.id"),
    _count("stories", "match_count", "SELECT count(*) FROM matches WHERE story_id = x.id"),
    _count("stories", "fact_count", "SELECT count(*) FROM facts WHERE story_id = x.id"),
    Invariant(
        "copies of a text outside their story",
        """SELECT x.article_id FROM same_texts x JOIN articles a ON a.id = x.article_id
           JOIN articles f ON f.id = x.first_article_id
           WHERE a.story_id IS NOT x.story_id OR f.story_id IS NOT x.story_id""",
        REMATCH,
    ),
    _count(
        "stories",
        "independent_count",
        """SELECT count(DISTINCT coalesce(t.first_article_id, a.id)) FROM articles a
           LEFT JOIN same_texts t ON t.article_id = a.id WHERE a.story_id = x.id""",
    ),
    _count("facts", "sentence_count", "SELECT count(*) FROM fact_sentences WHERE fact_id = x.id"),
    _count(
        "facts",
        "source_count",
        "SELECT count(DISTINCT a.source_id) FROM fact_sentences f JOIN sentences s ON s.id = f.sentence_id"
        " JOIN articles a ON a.id = s.article_id WHERE f.fact_id = x.id",
    ),
    _count("entities", "mention_count", "SELECT count(*) FROM mentions WHERE entity_id = x.id"),
    _count("entities", "sentence_count", "SELECT count(*) FROM sentence_entities WHERE entity_id = x.id"),
    _count("entities", "article_count", "SELECT count(*) FROM article_entities WHERE entity_id = x.id"),
    _count("entities", "source_count", "SELECT count(*) FROM source_entities WHERE entity_id = x.id"),
    _count("entities", "story_count", "SELECT count(*) FROM story_entities WHERE entity_id = x.id"),
    _count("entities", "match_count", "SELECT count(*) FROM match_entities WHERE entity_id = x.id"),
    _count(
        "entities",
        "difference_count",
        "SELECT count(*) FROM match_entities m JOIN differences d ON d.match_id = m.match_id WHERE m.entity_id = x.id",
    ),
    _count("entities", "fact_count", "SELECT count(*) FROM fact_entities WHERE entity_id = x.id"),
    *(
        _count(
            "entities",
            column,
            f"SELECT count(*) FROM sentence_entities m JOIN {table} q ON q.sentence_id = m.sentence_id"
            " WHERE m.entity_id = x.id",
        )
        for column, table in (("quantity_count", "quantities"), ("quote_count", "quotes"))
    ),
    Invariant(
        "articles whose list of entities is not that of their mentions",
        """SELECT article_id FROM (
               SELECT article_id, entity_id, count(*) FROM mentions WHERE entity_id IS NOT NULL GROUP BY 1, 2
               EXCEPT SELECT article_id, entity_id, mention_count FROM article_entities)""",
        REMATCH,
    ),
    Invariant(
        "sentences whose list of entities is not that of their mentions",
        """WITH named AS (
               SELECT DISTINCT m.sentence_id, m.entity_id, s.role
               FROM mentions m JOIN sentences s ON s.id = m.sentence_id
               WHERE m.entity_id IS NOT NULL)
           SELECT sentence_id FROM (SELECT * FROM named
                                    EXCEPT SELECT sentence_id, entity_id, role FROM sentence_entities)
           UNION ALL
           SELECT sentence_id FROM (SELECT sentence_id, entity_id, role FROM sentence_entities
                                    EXCEPT SELECT * FROM named)""",
        REMATCH,
    ),
    Invariant(
        "sentences whose entities in one piece are not those of their list",
        """WITH named AS (
               SELECT sentence_id, group_concat(entity_id) FROM sentence_entities GROUP BY sentence_id)
           SELECT sentence_id FROM (SELECT * FROM named EXCEPT SELECT sentence_id, entity_ids FROM sentence_entity_ids)
           UNION ALL
           SELECT sentence_id FROM (SELECT sentence_id, entity_ids FROM sentence_entity_ids EXCEPT SELECT * FROM named)
        """,
        REMATCH,
    ),
    Invariant(
        "articles whose entities in one piece are not those of their list",
        """SELECT article_id FROM article_entity_ids
           EXCEPT SELECT x.article_id FROM article_entity_ids x JOIN (
               SELECT article_id, group_concat(entity_id) AS entity_ids FROM article_entities GROUP BY article_id
           ) USING (article_id, entity_ids)""",
        REMATCH,
    ),
    Invariant(
        "facts whose list of entities is not that of their sentences",
        """WITH named AS (
               SELECT DISTINCT f.fact_id, x.entity_id
               FROM fact_sentences f JOIN sentence_entities x ON x.sentence_id = f.sentence_id)
           SELECT fact_id FROM (SELECT * FROM named EXCEPT SELECT fact_id, entity_id FROM fact_entities)
           UNION ALL
           SELECT fact_id FROM (SELECT fact_id, entity_id FROM fact_entities EXCEPT SELECT * FROM named)""",
        REMATCH,
    ),
    Invariant(
        "describing words that do not stand in the sentence that names their entity",
        """SELECT d.id FROM describing_words d JOIN mentions m ON m.id = d.mention_id
           JOIN sentences s ON s.id = m.sentence_id
           WHERE d.start < s.start OR d."end" > s."end" OR d."end" <= d.start""",
        RELOAD,
    ),
    Invariant(
        "words of entities with a wrong count",
        """WITH counted AS (
               SELECT m.entity_id, a.source_id, d.relation, d.word, count(*) AS count
               FROM describing_words d JOIN mentions m ON m.id = d.mention_id JOIN articles a ON a.id = m.article_id
               WHERE m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4)
           SELECT word FROM (SELECT * FROM counted
                             EXCEPT SELECT entity_id, source_id, relation, word, count FROM entity_words)
           UNION ALL
           SELECT word FROM (SELECT entity_id, source_id, relation, word, count FROM entity_words
                             EXCEPT SELECT * FROM counted)
           UNION ALL
           SELECT word FROM (SELECT relation, word, sum(count) FROM entity_words GROUP BY 1, 2
                             EXCEPT SELECT relation, word, count FROM word_counts)
           UNION ALL
           SELECT word FROM (SELECT relation, word, count FROM word_counts
                             EXCEPT SELECT relation, word, sum(count) FROM entity_words GROUP BY 1, 2)""",
        REMATCH,
    ),
    Invariant(
        "entities with another country than their name's",
        "SELECT id FROM entities WHERE people_of IS NOT people_of(name, type)",
        REMATCH,
    ),
    Invariant(
        "types of entities with a wrong entity_count",
        """SELECT type FROM entity_types x
           WHERE entity_count <> (SELECT count(*) FROM entities e WHERE e.type = x.type)
           UNION ALL SELECT DISTINCT type FROM entities WHERE type NOT IN (SELECT type FROM entity_types)""",
        REMATCH,
    ),
    Invariant(
        "spellings with a wrong mention_count",
        """WITH counted AS (
               SELECT m.entity_id, m.alias, a.source_id, count(*) AS mention_count
               FROM mentions m JOIN articles a ON a.id = m.article_id
               WHERE m.entity_id IS NOT NULL AND m.text <> '' GROUP BY 1, 2, 3)
           SELECT alias FROM (SELECT * FROM counted
                              EXCEPT SELECT entity_id, alias, source_id, mention_count FROM entity_spellings)
           UNION ALL
           SELECT alias FROM (SELECT entity_id, alias, source_id, mention_count FROM entity_spellings
                              EXCEPT SELECT * FROM counted)
           UNION ALL
           SELECT alias FROM (
               SELECT entity_id, alias, mention_count FROM entity_aliases WHERE mention_count > 0
               EXCEPT SELECT entity_id, alias, sum(mention_count) FROM entity_spellings GROUP BY 1, 2)
           UNION ALL
           SELECT alias FROM (
               SELECT entity_id, alias, sum(mention_count) FROM entity_spellings GROUP BY 1, 2
               EXCEPT SELECT entity_id, alias, mention_count FROM entity_aliases)""",
        REMATCH,
    ),
    Invariant(
        "mentions whose alias is not the spelling of their words",
        "SELECT id FROM mentions WHERE alias <> tidy(text)",
        RELOAD,
    ),
)


def check(path: Path) -> Iterator[Finding]:
    """Look for what does not hold in the database at `path`, which is opened read-only; nothing found, nothing yielded.

    Raises DatabaseProblem where it is missing, is no database, or is not one of ours.
    """
    if not path.exists():
        raise DatabaseProblem(f"{path}: there is no such file")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        yield from _check(connection, path)
    except sqlite3.DatabaseError as error:
        raise DatabaseProblem(f"{path}: can't be checked ({error}); {RESTORE}") from error
    finally:
        connection.close()


def _check(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    db = Database(connection)
    for function, arguments in ((tidy, 1), (people_of, 2)):
        connection.create_function(function.__name__, arguments, function, deterministic=True)
    try:
        schema.check_version(db)
    except schema.OtherVersion as error:
        raise DatabaseProblem(f"{path}: {error}") from error
    damaged = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if damaged:
        yield Finding("damage to the file", len(damaged), damaged[0], RESTORE)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        yield Finding("rows that point to no row", len(broken), f"{broken[0][0]} row {broken[0][1]}", RESTORE)
    excerpts = schema.excerpt_length(connection)
    for invariant in INVARIANTS:
        rows = connection.execute(invariant.sql).fetchall()
        if rows:
            yield Finding(invariant.what, len(rows), str(rows[0][0]), invariant.advice)
    yield from _check_search(connection, "articles_fts", "articles" if excerpts else "article_texts")
    yield from _check_search(connection, "sentences_fts", "sentences")
    wrong = facet_bitmaps.wrong_bitmaps(connection)
    if wrong:
        yield Finding("bitmaps of the facet that are not those of their rows", len(wrong), wrong[0], REMATCH)


def _check_search(connection: sqlite3.Connection, table: str, counted: str) -> Iterator[Finding]:
    """Whether search knows every row, and finds some hundred of them by their words."""
    advice = f"run: INSERT INTO {table}({table}) VALUES ('rebuild')"
    indexed, stored = (
        connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in (f"{table}_docsize", counted)
    )
    if indexed != stored:
        yield Finding(f"rows of {counted} that search does not know", abs(stored - indexed), table, advice)
    rows, words = ("sentences", "text") if table == "sentences_fts" else ("articles", "title")
    step = max(1, stored // SEARCHED)
    missed = [
        row
        for row, text in connection.execute(f"SELECT rowid, {words} FROM {rows} WHERE rowid % ? = 0", [step])
        if any(map(str.isalnum, text))
        and not connection.execute(
            f"SELECT 1 FROM {table} WHERE rowid = ? AND {table} MATCH ?", [row, '"{}"'.format(text.replace('"', '""'))]
        ).fetchone()
    ]
    if missed:
        yield Finding(f"rows of {rows} that search does not find by their words", len(missed), str(missed[0]), advice)
