"""Corrections whose effect shows at once: what the pages do. Where very much would have to be linked anew, the next
load or match does it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from . import facet_bitmaps
from .corrections import Correction, find_entity, meant, record, withdraw
from .linking import relink

AT_ONCE = 200
"""The most stories that are linked anew while the writer waits; one takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction."""

    entity: int | None
    """The entity that it leads to, or after an undo that to which the mentions go back; None where there is none."""
    later: int
    """Stories in which it shows only after the next load or match."""


def correct(connection: sqlite3.Connection, one: Correction) -> Outcome | None:
    """Record a correction and bring what is stored in line; None where it stands already.

    Raises ValueError, in words for whoever made it, where it makes no sense. Call inside a transaction.
    """
    stories = record(connection, one)
    if stories is None:
        return None
    later = _link(connection, stories)
    facet_bitmaps.complete(connection)
    return Outcome(meant(connection, one), later)


def take_back(connection: sqlite3.Connection, one: Correction) -> Outcome | None:
    """Take a correction back and bring what is stored in line; None if it does not stand. Call inside a transaction."""
    mention = connection.execute(
        "SELECT id FROM mentions WHERE entity_id = ? ORDER BY id LIMIT 1", [meant(connection, one)]
    ).fetchone()
    stories = withdraw(connection, one.alias, one.article_id)
    if stories is None:
        return None
    later = _link(connection, stories)
    facet_bitmaps.complete(connection)
    found = find_entity(connection, one.alias)
    if found is None and mention is not None:
        [found] = connection.execute("SELECT entity_id FROM mentions WHERE id = ?", mention).fetchone()
    return Outcome(found, later)


def _link(connection: sqlite3.Connection, stories: set[int]) -> int:
    """Link the stories anew, or none where they are too many; how many are left."""
    if len(stories) > AT_ONCE:
        return len(stories)
    relink(connection, sorted(stories))
    return 0
