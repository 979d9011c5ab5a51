"""Changes an entity's rows in place, with everything that counts or names it. Call inside a transaction."""

from __future__ import annotations

import sqlite3

from . import former_entities
from .entities.index import identity
from .entities.names import people_of

MENTION_STORIES = "SELECT DISTINCT a.story_id, m.text FROM mentions m JOIN articles a ON a.id = m.article_id"

MOVE = (
    "UPDATE mentions SET entity_id = :kept WHERE entity_id = :gone",
    "UPDATE quotes SET entity_id = :kept WHERE entity_id = :gone",
    "INSERT INTO article_entities (article_id, entity_id, mention_count)"
    " SELECT article_id, :kept, mention_count FROM article_entities WHERE entity_id = :gone"
    " ON CONFLICT (article_id, entity_id) DO UPDATE SET mention_count = mention_count + excluded.mention_count",
    "INSERT OR IGNORE INTO sentence_entities (sentence_id, entity_id, role)"
    " SELECT sentence_id, :kept, role FROM sentence_entities WHERE entity_id = :gone",
    "INSERT OR IGNORE INTO fact_entities (fact_id, entity_id)"
    " SELECT fact_id, :kept FROM fact_entities WHERE entity_id = :gone",
    "INSERT OR IGNORE INTO match_entities (match_id, entity_id)"
    " SELECT match_id, :kept FROM match_entities WHERE entity_id = :gone",
    "INSERT INTO entity_words (entity_id, source_id, relation, word, count)"
    " SELECT :kept, source_id, relation, word, count FROM entity_words WHERE entity_id = :gone"
    " ON CONFLICT (entity_id, source_id, relation, word) DO UPDATE SET count = count + excluded.count",
    "INSERT INTO entity_spellings (entity_id, alias, source_id, mention_count)"
    " SELECT :kept, alias, source_id, mention_count FROM entity_spellings WHERE entity_id = :gone"
    " ON CONFLICT (entity_id, alias, source_id) DO UPDATE SET mention_count = mention_count + excluded.mention_count",
    "INSERT INTO entity_aliases (entity_id, alias, alias_key, mention_count, origin)"
    " SELECT :kept, alias, alias_key, mention_count, origin FROM entity_aliases WHERE entity_id = :gone"
    " ON CONFLICT (entity_id, alias) DO UPDATE SET mention_count = mention_count + excluded.mention_count,"
    " origin = min(origin, excluded.origin)",
)
OF_ENTITY = (
    "article_entities", "sentence_entities", "source_entities", "story_entities", "match_entities", "fact_entities",
    "facet_bitmaps", "entity_words", "entity_aliases",
    "entity_spellings",
)  # fmt: skip
COUNTS = """
UPDATE entities SET
    (article_count, mention_count) = (
        SELECT count(*), coalesce(sum(mention_count), 0) FROM article_entities WHERE entity_id = entities.id),
    sentence_count = (SELECT count(*) FROM sentence_entities WHERE entity_id = entities.id),
    source_count = (SELECT count(*) FROM source_entities WHERE entity_id = entities.id),
    story_count = (SELECT count(*) FROM story_entities WHERE entity_id = entities.id),
    match_count = (SELECT count(*) FROM match_entities WHERE entity_id = entities.id),
    difference_count = (SELECT count(*) FROM match_entities x JOIN differences d ON d.match_id = x.match_id
                        WHERE x.entity_id = entities.id),
    fact_count = (SELECT count(*) FROM fact_entities WHERE entity_id = entities.id),
    quantity_count = (SELECT count(*) FROM sentence_entities x JOIN quantities q ON q.sentence_id = x.sentence_id
                      WHERE x.entity_id = entities.id),
    quote_count = (SELECT count(*) FROM sentence_entities x JOIN quotes q ON q.sentence_id = x.sentence_id
                   WHERE x.entity_id = entities.id)
"""
"""Counts entities anew by the tables that join them with what names them: all of them, or with a condition some."""
RECOUNT = (
    "DELETE FROM source_entities WHERE entity_id = :entity",
    "INSERT INTO source_entities (source_id, entity_id, article_count)"
    " SELECT a.source_id, x.entity_id, count(*) FROM article_entities x JOIN articles a ON a.id = x.article_id"
    " WHERE x.entity_id = :entity GROUP BY a.source_id",
    "DELETE FROM story_entities WHERE entity_id = :entity",
    "INSERT INTO story_entities (story_id, entity_id, article_count, source_count)"
    " SELECT a.story_id, x.entity_id, count(*), count(DISTINCT a.source_id)"
    " FROM article_entities x JOIN articles a ON a.id = x.article_id"
    " WHERE x.entity_id = :entity AND a.story_id IS NOT NULL GROUP BY a.story_id",
    f"{COUNTS} WHERE id = :entity",
)
FORGET_WORDS = """
UPDATE word_counts SET count = word_counts.count - n
FROM (SELECT relation, word, sum(count) AS n FROM entity_words WHERE entity_id = :entity GROUP BY 1, 2) AS gone
WHERE word_counts.relation = gone.relation AND word_counts.word = gone.word
"""


def merge_entities(connection: sqlite3.Connection, gone: int, kept: int) -> None:
    """Give everything of one entity to another, which keeps its name, type and number; the first goes."""
    for sql in MOVE:
        connection.execute(sql, {"gone": gone, "kept": kept})
    _delete(connection, gone)
    for sql in RECOUNT:
        connection.execute(sql, {"entity": kept})


def drop_entity(connection: sqlite3.Connection, id: int) -> None:
    """Take an entity away; the mentions stay as they were recognised, linked to nothing."""
    for table in ("mentions", "quotes"):
        connection.execute(f"UPDATE {table} SET entity_id = NULL WHERE entity_id = ?", [id])
    connection.execute(FORGET_WORDS, {"entity": id})
    connection.execute("DELETE FROM word_counts WHERE count <= 0")
    _delete(connection, id)


def retype_entity(connection: sqlite3.Connection, id: int, type: str) -> None:
    """Give an entity a type; `rekey` is to follow."""
    former_entities.remember(connection, "id = ? AND type <> ?", [id, type])
    connection.execute("UPDATE entities SET type = ? WHERE id = ?", [type, id])


def rekey(connection: sqlite3.Connection, id: int) -> None:
    """Make anew what follows from an entity's name, type and spellings: the keys under which it is looked up, and whose
    people it is."""
    [(name, type)] = connection.execute("SELECT name, type FROM entities WHERE id = ?", [id]).fetchall()
    values = [identity(name, type), people_of(name, type), id]
    connection.execute("UPDATE entities SET name_key = ?, people_of = ? WHERE id = ?", values)
    aliases = connection.execute("SELECT alias FROM entity_aliases WHERE entity_id = ?", [id]).fetchall()
    connection.executemany(
        "UPDATE entity_aliases SET alias_key = ? WHERE entity_id = ? AND alias = ?",
        [(identity(alias, type), id, alias) for (alias,) in aliases],
    )


def _delete(connection: sqlite3.Connection, id: int) -> None:
    former_entities.remember(connection, "id = ?", [id])
    # One by one: Datasette's connections leave foreign keys, and so cascades, switched off.
    for table in OF_ENTITY:
        connection.execute(f"DELETE FROM {table} WHERE entity_id = ?", [id])
    connection.execute("DELETE FROM entities WHERE id = ?", [id])
