"""Several queries within one time limit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit

Found = TypeVar("Found")


async def in_time(database: Database, function: Callable[[sqlite3.Connection], Found], limit_ms: float) -> Found:
    """What a function of a connection that reads finds. Raises `QueryInterrupted` where its queries take too long."""

    def run(connection: sqlite3.Connection) -> Found:
        try:
            with sqlite_timelimit(connection, limit_ms):
                return function(connection)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, "", {}) from error
            raise

    found: Found = await database.execute_fn(run)
    return found
