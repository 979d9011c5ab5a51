"""What the pages tell of much-named entities by the bitmaps of the facet: the rows of queries that would take long."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence

from datasette.database import QueryInterrupted

from ... import facet_bitmaps
from ..asked import Asked
from ..queries import entities as sql
from ..queries import stories as stories_sql
from ..router import Call
from ..timed import in_time
from ._shared import Row

MANY = 16
"""From one article in so many on, all articles' days are looked at, and not each that names the entity."""
FEW_STORIES = 500
"""What so few stories name is read in no time."""
MOST_STORIES = 5_000
"""What more stories name, or who tells them, is not read where no bitmaps can tell it."""


async def company_of(call: Call, entity_id: int, limit: int) -> list[Row] | None:
    """The entities that most articles name together with this one; None where that takes too long."""

    def count(connection: sqlite3.Connection) -> list[Row] | None:
        if not facet_bitmaps.has_bitmap(connection, "articles", entity_id):
            return None
        named = facet_bitmaps.naming(connection, "articles", [entity_id])
        found = facet_bitmaps.count(connection, "articles", named, None, limit + 1, [])
        if found is None:
            return None
        rows = [
            {"id": id, "name": name, "type": type, "article_count": number}
            for other, number in found
            if other != entity_id
            for id, name, type in connection.execute(sql.NAME, {"entity_id": other})
        ]
        return sorted(rows, key=lambda row: (-row["article_count"], row["name"]))[:limit]

    return await _counted_or_asked(call, Asked(sql.COMPANY, {"entity_id": entity_id, "limit": limit}), count)


async def days_of(call: Call, entity_id: int) -> list[Row] | None:
    """How many articles of each day name an entity; None where that takes too long."""

    def count(connection: sqlite3.Connection) -> list[Row] | None:
        if not facet_bitmaps.has_bitmap(connection, "articles", entity_id):
            return None
        named = facet_bitmaps.naming(connection, "articles", [entity_id])
        if named.bit_count() * MANY < named.bit_length():
            return None
        digits = f"{named:b}"[::-1].encode()
        return [{"day": day, "n": number} for day, number in connection.execute(sql.DAYS_BY_BITMAP, {"digits": digits})]

    return await _counted_or_asked(call, Asked(sql.DAYS, {"entity_id": entity_id}), count)


async def entities_of_stories(
    call: Call, where: str, values: Row, story_count: int, kinds: Sequence[str], limit: int
) -> list[Row] | None:
    """The entities of each kind that most of so many stories name; None where that takes too long."""

    def count(connection: sqlite3.Connection) -> list[Row] | None:
        if not facet_bitmaps.stand(connection, "stories"):
            return None
        if "found" in values:
            shown = facet_bitmaps.bits(json.loads(values["found"]))
        else:
            query = stories_sql.NUMBERS.format(where=where)
            shown = facet_bitmaps.bits(number for (number,) in connection.execute(query, values))
        rows: list[Row] = []
        for kind in kinds:
            top = facet_bitmaps.count(connection, "stories", shown, kind, limit, [])
            if top is None:
                return None
            rows += (
                {"id": id, "name": name, "type": type, "n": number}
                for entity, number in top
                for id, name, type in connection.execute(sql.NAME, {"entity_id": entity})
            )
        return rows

    asked = Asked(stories_sql.ENTITY_FACET.format(where=where), {**values, "limit": limit})
    counted = await _counted(call, asked, count) if story_count > FEW_STORIES else None
    if counted is None and story_count <= MOST_STORIES:
        return await call.rows_in_time(*asked)
    return counted


async def _counted_or_asked(
    call: Call, asked: Asked, count: Callable[[sqlite3.Connection], list[Row] | None]
) -> list[Row] | None:
    """What the query finds, told by bitmaps where they can tell; None where that takes too long."""
    found = await _counted(call, asked, count)
    return found if found is not None else await call.rows_in_time(*asked)


async def _counted(
    call: Call, asked: Asked, count: Callable[[sqlite3.Connection], list[Row] | None]
) -> list[Row] | None:
    """What the query would find, told by bitmaps; None where they can't tell. The page shows the query either way."""
    if not await call.sees("facet_bitmaps"):
        return None
    try:
        found = await in_time(call.database, count, call.datasette.setting("facet_time_limit_ms"))
    except QueryInterrupted:
        return None
    if found is not None:
        call.asked.append(asked)
    return found
