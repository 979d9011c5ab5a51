"""Datasette instances for tests, on whichever line is installed, and who asks them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette

DEMO_ACTOR = {"id": "reader"}
ONLY_READER = {"allow": {"id": "reader"}}
"""What metadata says of an instance, database, table or query that only the actor above may see."""


async def serve(path: Path, metadata: dict[str, Any] | None = None, **settings: Any) -> Datasette:
    """A started instance with one database. Datasette 1.0 takes `allow` and table settings from metadata too."""
    instance = Datasette([str(path)], metadata=metadata, settings=settings)
    await instance.invoke_startup()
    return instance


async def get(instance: Datasette, path: str, actor: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
    """The answer that the actor gets; None is the anonymous."""
    cookies = {} if actor is None else {"ds_actor": instance.sign({"a": actor}, "actor")}
    return await instance.client.get(path, cookies=cookies, **options)


def rows(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query finds in the database file itself."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return connection.execute(sql, values).fetchall()


def private(name: str, *tables: str) -> dict[str, Any]:
    """Metadata that keeps a database, or some of its tables, for the reader."""
    # 1.0 moves what it takes for configuration out of what it is given, so each gets its own
    only = {"tables": {table: dict(ONLY_READER) for table in tables}} if tables else ONLY_READER
    return {"databases": {name: only}}
