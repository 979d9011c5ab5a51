"""What the pages tell of much-named entities by the bitmaps of the facet: the rows of queries that would take long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from datasette.database import QueryInterrupted

from ... import facet_bitmaps
from ..asked import Asked
from ..queries import entities as sql
from ..router import Call
from ..timed import in_time
from ._shared import Row

MANY = 16
"""From one article in so many on, all articles' days are looked at, and not each that names the entity."""


async def company_of(call: Call, entity_id: int, limit: int) -> list[Row] | None:
    """The entities that most articles name together with this one; None where that takes too long."""

    def count(connection: sqlite3.Connection) -> list[Row] | None:
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

    return await _rows(call, sql.COMPANY, {"entity_id": entity_id, "limit": limit}, count)


async def days_of(call: Call, entity_id: int) -> list[Row] | None:
    """How many articles of each day name an entity; None where that takes too long."""

    def count(connection: sqlite3.Connection) -> list[Row] | None:
        named = facet_bitmaps.naming(connection, "articles", [entity_id])
        if named.bit_count() * MANY < named.bit_length():
            return None
        digits = f"{named:b}"[::-1].encode()
        return [{"day": day, "n": number} for day, number in connection.execute(sql.DAYS_BY_BITMAP, {"digits": digits})]

    return await _rows(call, sql.DAYS, {"entity_id": entity_id}, count)


async def _rows(
    call: Call, query: str, params: Row, count: Callable[[sqlite3.Connection], list[Row] | None]
) -> list[Row] | None:
    """What the query would find, by the bitmaps where they can tell it. The page shows the query either way."""

    def by_bitmaps(connection: sqlite3.Connection) -> list[Row] | None:
        if not facet_bitmaps.has_bitmap(connection, "articles", params["entity_id"]):
            return None
        return count(connection)

    if await call.sees("facet_bitmaps"):
        try:
            found = await in_time(call.database, by_bitmaps, call.datasette.setting("facet_time_limit_ms"))
        except QueryInterrupted:
            found = None
        if found is not None:
            call.asked.append(Asked(query, params))
            return found
    return await call.rows_in_time(query, params)
