"""The one place that asks whether an actor may read: every page, facet, filter, query and link goes through here."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from datasette import Forbidden

from ._compat import Actor, configured_action, may_act, may_read

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

VERDICT = "newscompare-verdict"
CORRECT = "newscompare-correct"
ACTIONS = {
    VERDICT: "Judge whether two sentences that were matched tell the same",
    CORRECT: "Merge, split, rename, retype and drop entities",
}
"""What the plugin lets people do beyond reading, by the name under which the configuration allows it."""


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


async def may_judge(datasette: Datasette, actor: Actor, database: Database) -> bool:
    """Whether the actor may record verdicts: the database can be written, and the actor was allowed to."""
    return is_writable(database) and await may_act(datasette, actor, VERDICT, database.name)


async def may_correct(datasette: Datasette, actor: Actor, database: Database) -> bool:
    """Whether the actor may correct entities: the database can be written, and the actor was allowed to."""
    return is_writable(database) and await may_act(datasette, actor, CORRECT, database.name)


def is_writable(database: Database) -> bool:
    """Whether the database is served to be changed, and its file can be."""
    return bool(database.is_mutable) and (database.path is None or os.access(database.path, os.W_OK))


def own_action(datasette: Datasette, actor: Actor, action: str, resource: object) -> bool | None:
    """For 0.65: whether an action of the plugin is allowed; None where nothing says so, or it is another's."""
    if action not in ACTIONS or not isinstance(resource, str):
        return None
    return configured_action(datasette, actor, action, resource)
