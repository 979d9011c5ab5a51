"""The numbers of entities that are gone. One that comes back, after an undo or a reload, bears its number again, so
that addresses that people saved lead where they led; and no other entity ever gets it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from .entities.names import people_of

HIDDEN = " "
"""The key of an entity that no name leads to: its stories are about to be linked anew."""

NEXT = """
SELECT 1 + max(coalesce((SELECT max(id) FROM entities), 0), coalesce((SELECT max(id) FROM former_entities), 0))
"""


def remember(connection: sqlite3.Connection, where: str, parameters: Iterable[object] = ()) -> None:
    """Note the numbers of entities that are about to go or to be hidden: those that the condition holds for."""
    rows = connection.execute(f"SELECT id, name_key, type FROM entities WHERE {where}", list(parameters)).fetchall()
    connection.executemany(
        "INSERT OR IGNORE INTO former_entities (key_hash, id) VALUES (?, ?)",
        [(_hash(key, type), id) for id, key, type in rows if key != HIDDEN],
    )


def add(connection: sqlite3.Connection, name: str, key: str, type: str, known: bool) -> int:
    """Make an entity; its number.

    `known` says whether its name tells it from all others, so that one that was called so before was this one.
    """
    former = _former(connection, key, type) if known else None
    if former is not None:
        connection.execute("DELETE FROM former_entities WHERE id = ?", [former])
        values = [name, type, key, people_of(name, type), former]
        if connection.execute(
            "UPDATE entities SET name = ?, type = ?, name_key = ?, people_of = ? WHERE id = ?", values
        ).rowcount:
            return former
    id: int = former if former is not None else connection.execute(NEXT).fetchone()[0]
    connection.execute(
        "INSERT INTO entities (id, name, type, name_key, people_of) VALUES (?, ?, ?, ?, ?)",
        [id, name, type, key, people_of(name, type)],
    )
    return id


def _former(connection: sqlite3.Connection, key: str, type: str) -> int | None:
    """The number of the only entity that had this name and type, if no other bears it now."""
    found = connection.execute(
        "SELECT id, (SELECT name_key FROM entities e WHERE e.id = f.id) FROM former_entities f WHERE key_hash = ?",
        [_hash(key, type)],
    ).fetchall()
    return found[0][0] if len(found) == 1 and found[0][1] in (None, HIDDEN) else None


def _hash(key: str, type: str) -> str:
    """What a name is known by: of an article that was taken out, its names go too."""
    return hashlib.blake2b(f"{type} {key}".encode(), digest_size=16).hexdigest()
