"""The one place that asks whether an actor may read: every page, facet, filter, query and link goes through here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datasette import Forbidden

from ._compat import Actor, may_read

if TYPE_CHECKING:
    from datasette.app import Datasette


async def is_readable(datasette: Datasette, actor: Actor, database: str, tables: Iterable[str]) -> bool:
    """Whether Datasette would show the actor each of these tables and views."""
    for table in tables:
        if not await may_read(datasette, actor, database, table):
            return False
    return True


async def ensure_readable(datasette: Datasette, actor: Actor, database: str, tables: Iterable[str]) -> bool:
    """Raise `Forbidden` unless Datasette would show the actor each of these tables and views.

    Returns whether any of them is closed to the anonymous, so that a page can show that it is private.
    """
    tables = tuple(tables)
    if not await is_readable(datasette, actor, database, tables):
        raise Forbidden("You do not have permission to view this page")
    return actor is not None and not await is_readable(datasette, None, database, tables)
