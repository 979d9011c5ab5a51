"""The bitmaps by which the entity facet counts large tables: which rows name an entity, a bit for each rowid.

They stand in `facet_bitmaps`, for the entities that most articles, stories, matches, facts, quotes or quantities name,
and in `facet_value_bitmaps`, for what very many rows say in a column that readers choose by. Triggers take away what is
out of step with the tables that these are made from, whoever writes there, and `complete` makes anew what is missing.
So counts by them are exact, or not to be had.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .threshold import Pair, by_threshold, most_first

FEWEST = 5_000
"""Tables of fewer rows are counted row by row in no time."""

SHARE = 512
"""Entities that at least one row in so many names have a bitmap: the others' would be larger than a list."""
SHARE_OF_FEW = 2048
"""The same where a row names few entities: the last one that a panel shows is in fewer rows."""

FEW = 10_000
"""So few rows are sooner looked at themselves where bitmaps can't tell their entities."""

LOOKED_UP = 20_000
"""So many rows of entities without a bitmap are looked up for a panel, and no more."""

HOPEFUL = 4
"""Where the last of the first so many times as many candidates as are wanted is in so many times fewer rows than have a
bitmap, or in fewer at all where none are looked up, the end would come only after too many entities without one."""


@dataclass(frozen=True)
class Kind:
    """A table whose rows are counted by bitmaps."""

    count: str
    """The column of `entities` that holds how many rows name the entity."""
    rowids: str
    """The rowids of the rows that name the entity `?`."""
    names_few: bool = False


OF_SENTENCES = """
    SELECT q.id FROM sentence_entities x CROSS JOIN {table} q ON q.sentence_id = x.sentence_id WHERE x.entity_id = ?
"""

KINDS = {
    "articles": Kind(
        "article_count",
        "SELECT a.rowid FROM article_entities x CROSS JOIN articles a ON a.id = x.article_id WHERE x.entity_id = ?",
    ),
    "stories": Kind("story_count", "SELECT story_id FROM story_entities WHERE entity_id = ?"),
    "matches": Kind("match_count", "SELECT match_id FROM match_entities WHERE entity_id = ?", names_few=True),
    "facts": Kind("fact_count", "SELECT fact_id FROM fact_entities WHERE entity_id = ?", names_few=True),
    "quotes": Kind("quote_count", OF_SENTENCES.format(table="quotes"), names_few=True),
    "quantities": Kind("quantity_count", OF_SENTENCES.format(table="quantities"), names_few=True),
}

LIST_ARTICLES = """
    INSERT INTO article_entity_ids (article_id, entity_ids)
    SELECT a.id, group_concat(x.entity_id) FROM articles a CROSS JOIN article_entities x ON x.article_id = a.id
    WHERE a.id NOT IN (SELECT article_id FROM article_entity_ids) GROUP BY a.id
"""
"""Each article's entities in one piece, where that is missing: the rows of few articles are counted by it."""

COLUMNS = {"matches": ("kind",), "quotes": ("speaker",), "quantities": ("kind", "unit")}
"""The columns of text that large tables are chosen by: those of smaller ones are read in no time."""

CANDIDATES = "SELECT id, {count} FROM entities WHERE {count} > 0{of_type} ORDER BY {count} DESC, id"
"""Entities with how many rows of the whole table name them."""
OF_TYPE = "SELECT 1 FROM entities WHERE id = ? AND type = ?"
STORED = 'SELECT bits FROM facet_bitmaps WHERE "table" = ? AND entity_id = ?'
STORED_VALUE = 'SELECT bits FROM facet_value_bitmaps WHERE "table" = ? AND "column" = ? AND value = ?'
NEWEST = "SELECT coalesce(max(rowid), 0) FROM {table}"
"""The largest rowid stands for the number of rows, which it is unless many were taken out."""


def complete(connection: sqlite3.Connection) -> None:
    """Make the bitmaps and the articles' lists that are missing, and remove bitmaps of entities that too few rows name.

    Call inside a transaction. Where nothing is missing, nothing is written.
    """
    connection.execute(LIST_ARTICLES)
    for table, kind in KINDS.items():
        least = _least(connection, table)
        connection.execute(
            'DELETE FROM facet_bitmaps WHERE "table" = ?'
            f" AND entity_id IN (SELECT id FROM entities WHERE {kind.count} < ?)",
            [table, least],
        )
        missing = connection.execute(
            f"SELECT id FROM entities WHERE {kind.count} >= ?"
            ' AND id NOT IN (SELECT entity_id FROM facet_bitmaps WHERE "table" = ?)',
            [least, table],
        ).fetchall()
        for (entity,) in missing:
            connection.execute(
                'INSERT INTO facet_bitmaps ("table", entity_id, bits) VALUES (?, ?, ?)',
                [table, entity, packed(bits(rowids(connection, table, entity)))],
            )
    for table, columns in COLUMNS.items():
        # They all go together.
        if not connection.execute('SELECT 1 FROM facet_value_bitmaps WHERE "table" = ?', [table]).fetchone():
            for column in columns:
                _complete_values(connection, table, column)


def _complete_values(connection: sqlite3.Connection, table: str, column: str) -> None:
    values = connection.execute(
        f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > ?", [FEW]
    ).fetchall()
    for (value,) in values:
        connection.execute(
            'INSERT INTO facet_value_bitmaps ("table", "column", value, bits) VALUES (?, ?, ?, ?)',
            [table, column, value, packed(bits(_saying(connection, table, column, value)))],
        )


def _least(connection: sqlite3.Connection, table: str) -> int:
    """How many rows must name an entity that has a bitmap."""
    [(rows,)] = connection.execute(NEWEST.format(table=table)).fetchall()
    share = SHARE_OF_FEW if KINDS[table].names_few else SHARE
    return int(rows // share if rows >= FEWEST else rows + 1)


def rowids(connection: sqlite3.Connection, table: str, entity: int) -> Iterable[int]:
    """The rows of a table that name an entity."""
    return (rowid for (rowid,) in connection.execute(KINDS[table].rowids, [entity]))


def _saying(connection: sqlite3.Connection, table: str, column: str, value: str) -> Iterable[int]:
    found = connection.execute(f"SELECT rowid FROM {table} WHERE {column} = ?", [value])
    return (rowid for (rowid,) in found)


def bits(numbers: Iterable[int]) -> int:
    """A number whose bits are the members of a set."""
    members = list(numbers)
    digits = bytearray(b"0") * (max(members, default=0) + 1)
    for number in members:
        digits[number] = 49  # "1"
    digits.reverse()
    return int(digits, 2)


def members(value: int) -> list[int]:
    """The set whose members are the bits of a number: the inverse of `bits`."""
    return [number for number, digit in enumerate(reversed(f"{value:b}")) if digit == "1"]


def packed(value: int) -> bytes:
    """A set as it is stored: the lowest bit of the first byte is row 0."""
    return value.to_bytes((value.bit_length() + 7) // 8, "little")


def unpacked(stored: bytes) -> int:
    """The inverse of `packed`."""
    return int.from_bytes(stored, "little")


def naming(connection: sqlite3.Connection, table: str, entities: Iterable[int]) -> int:
    """The rows of a table that name any of these entities, whether they have bitmaps or not."""
    rows = 0
    for entity in entities:
        stored = _stored(connection, table, entity)
        rows |= bits(rowids(connection, table, entity)) if stored is None else stored
    return rows


def of_value(connection: sqlite3.Connection, table: str, column: str, value: str) -> int | None:
    """The rows of a table that say this in a column; None where they have no bitmap."""
    return _read(connection, STORED_VALUE, table, column, value)


def is_few(shown: int) -> bool:
    """Whether a set has so few members that those are sooner looked at themselves."""
    return shown >= 0 and shown.bit_count() <= FEW


def _stored(connection: sqlite3.Connection, table: str, entity: int) -> int | None:
    return _read(connection, STORED, table, entity)


def _read(connection: sqlite3.Connection, query: str, *parameters: int | str) -> int | None:
    stored = connection.execute(query, parameters).fetchone()
    return unpacked(stored[0]) if stored else None


def has_bitmap(connection: sqlite3.Connection, table: str, entity: int) -> bool:
    """Whether an entity has a bitmap of a table's rows."""
    return connection.execute(STORED, [table, entity]).fetchone() is not None


def stand(connection: sqlite3.Connection, table: str) -> bool:
    """Whether there are bitmaps of a table: not where it is small."""
    return connection.execute('SELECT 1 FROM facet_bitmaps WHERE "table" = ? LIMIT 1', [table]).fetchone() is not None


def count(
    connection: sqlite3.Connection, table: str, shown: int, type: str | None, limit: int, chosen: Sequence[int]
) -> list[Pair] | None:
    """How many of the rows `shown` name the entities in `chosen`, and those named by most of them: (id, count).

    A set below 0 has all rows but some: `~left_out`. At most `limit` pairs, the chosen first, each part from the most
    rows on. None where that can't be told soon: where too many entities without a bitmap may belong among them.
    """
    of_type = [id for id in chosen if type is None or connection.execute(OF_TYPE, [id, type]).fetchone()]
    first = [(id, (naming(connection, table, [id]) & shown).bit_count()) for id in of_type]
    query = CANDIDATES.format(count=KINDS[table].count, of_type=" AND type = :type" if type else "")
    wanted = limit - len(first)
    counting = _Counting(connection, table, shown, chosen, wanted)
    try:
        best = by_threshold(connection.execute(query, {"type": type}), wanted, counting)
    except _Endless:
        return None
    return [*sorted((pair for pair in first if pair[1]), key=most_first), *best]


class _Endless(Exception):
    """Too many entities without a bitmap may be among those wanted."""


class _Counting:
    """Counts entities by their bitmaps, and looks up a few rows of those that have none."""

    def __init__(
        self, connection: sqlite3.Connection, table: str, shown: int, chosen: Sequence[int], wanted: int
    ) -> None:
        self.connection, self.table, self.shown, self.chosen = connection, table, shown, chosen
        self.wanted = wanted
        self.seen = 0
        least = _least(connection, table)
        self.left = 0 if is_few(shown) else LOOKED_UP
        self.enough = least / HOPEFUL if self.left else least

    def __call__(self, some: list[Pair], best: list[Pair]) -> Iterator[Pair]:
        for id, overall in some:
            if self.seen == HOPEFUL * self.wanted and (len(best) < self.wanted or best[-1][1] < self.enough):
                raise _Endless
            self.seen += 1
            if id not in self.chosen:
                yield id, (self._rows(id, overall) & self.shown).bit_count()

    def _rows(self, id: int, overall: int) -> int:
        rows = _stored(self.connection, self.table, id)
        if rows is None:
            self.left -= overall
            if self.left < 0:
                raise _Endless
            rows = bits(rowids(self.connection, self.table, id))
        return rows


def wrong_bitmaps(connection: sqlite3.Connection) -> list[str]:
    """What the bitmaps stand for of which one says something else than the rows: a table and an entity, or a value."""
    entities = connection.execute('SELECT "table", entity_id, bits FROM facet_bitmaps').fetchall()
    values = connection.execute('SELECT "table", "column", value, bits FROM facet_value_bitmaps').fetchall()
    wrong = [
        f"{table}, entity {entity}"
        for table, entity, stored in entities
        if unpacked(stored) != bits(rowids(connection, table, entity))
    ]
    wrong += [
        f"{table}, {column} {value}"
        for table, column, value, stored in values
        if unpacked(stored) != bits(_saying(connection, table, column, value))
    ]
    return wrong
