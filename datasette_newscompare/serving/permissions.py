"""The one place that asks whether an actor may read: every page, facet, filter and link goes through here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datasette import Forbidden

from ._compat import Actor, table_visibility

if TYPE_CHECKING:
    from datasette.app import Datasette


async def ensure_readable(datasette: Datasette, actor: Actor, database: str, tables: Iterable[str]) -> bool:
    """Raise `Forbidden` unless Datasette would show the actor each of these tables and views.

    Returns whether any of them is closed to the anonymous, so that a page can show that it is private.
    """
    private = False
    for table in tables:
        visible, hidden_from_others = await table_visibility(datasette, actor, database, table)
        if not visible:
            raise Forbidden("You do not have permission to view this page")
        private = private or hidden_from_others
    return private


async def is_readable(datasette: Datasette, actor: Actor, database: str, tables: Iterable[str]) -> bool:
    """Whether Datasette would show the actor each of these tables and views."""
    for table in tables:
        visible, _ = await table_visibility(datasette, actor, database, table)
        if not visible:
            return False
    return True
