"""Everything that differs between Datasette 0.65 and 1.0, in one place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from datasette import Forbidden

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

try:
    from datasette.resources import DatabaseResource, TableResource
except ImportError:  # Datasette 0.65
    DatabaseResource = TableResource = None

IS_ONE = TableResource is not None
"""Whether this is Datasette 1.0 or one of its pre-releases."""

Actor = Mapping[str, Any] | None
Result = TypeVar("Result")


def with_language(html: str) -> str:
    """A page that says which language it is in, which Datasette's own frame leaves out: screen readers ask for it."""
    return html.replace("<html>", '<html lang="en">', 1)


async def may_read(datasette: Datasette, actor: Actor, database: str, table: str) -> bool:
    """Whether the actor may read a table or view.

    Asks what Datasette's own table page asks: on 1.0 `view-table`, which inherits from the database and the
    instance; on 0.65 table, database and instance in that order, the first that has an opinion deciding.
    """
    if IS_ONE:
        resource = TableResource(database=database, table=table)
        return bool(await datasette.allowed(action="view-table", resource=resource, actor=actor))
    permissions = [("view-table", (database, table)), ("view-database", database), "view-instance"]
    try:
        await datasette.ensure_permissions(actor, permissions)
    except Forbidden:
        return False
    return True


async def may_query(datasette: Datasette, actor: Actor, database: str) -> bool:
    """Whether the actor may run SQL of their own in a database."""
    if IS_ONE:
        resource = DatabaseResource(database=database)
        return bool(await datasette.allowed(action="execute-sql", resource=resource, actor=actor))
    try:
        await datasette.ensure_permissions(
            actor, [("execute-sql", database), ("view-database", database), "view-instance"]
        )
    except Forbidden:
        return False
    return True


def query_path(datasette: Datasette, database: str) -> str:
    """The address of Datasette's page for SQL, to which a query string is added."""
    return str(datasette.urls.database(database)) + ("/-/query" if IS_ONE else "")


def actions(described: Mapping[str, str]) -> list[Any]:
    """The plugin's own actions, which concern a database, as 1.0 registers them; `described` is by action's name."""
    from datasette.permissions import Action

    return [Action(name=name, description=text, resource_class=DatabaseResource) for name, text in described.items()]


async def may_act(datasette: Datasette, actor: Actor, action: str, database: str) -> bool:
    """Whether the actor was given one of the plugin's own actions in a database."""
    if IS_ONE:
        resource = DatabaseResource(database=database)
        return bool(await datasette.allowed(action=action, resource=resource, actor=actor))
    return bool(await datasette.permission_allowed(actor, action, database, default=False))


def configured_action(datasette: Datasette, actor: Actor, action: str, database: str) -> bool | None:
    """What 1.0 decides by itself, for 0.65: root may act, and whom a `permissions` block in the metadata names."""
    from datasette.utils import actor_matches_allow

    allow = (datasette.metadata("permissions", database=database) or {}).get(action)
    if allow is not None:
        return bool(actor_matches_allow(actor, allow))
    return True if actor and actor.get("id") == "root" else None


async def write(database: Database, change: Callable[[sqlite3.Connection], Result]) -> Result:
    """Run a change on the database's write connection, in a transaction of its own."""
    if IS_ONE:
        result: Result = await database.execute_write_fn(change)
        return result

    def in_transaction(connection: sqlite3.Connection) -> Result:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            return change(connection)

    result = await database.execute_write_fn(in_transaction)
    return result


def static_url(datasette: Datasette, file: str) -> str:
    """The address of a file in `static/`; it changes with the file or the release, so that browsers may keep it."""
    if IS_ONE:
        return str(datasette.static(file, plugin="datasette_newscompare"))
    from importlib.metadata import version

    return f"{datasette.urls.static_plugins('datasette_newscompare', file)}?v={version('datasette-newscompare')}"


def refuse_queries(refused: Mapping[str, list[str]]) -> Any:
    """A rule for 1.0's `view-query` that closes the named queries, by database; None where there are none."""
    pairs = [(database, name) for database, names in refused.items() for name in names]
    if not pairs:
        return None
    from datasette.permissions import PermissionSQL

    params: dict[str, str] = {}
    selects = []
    for number, (database, name) in enumerate(pairs):
        params[f"newscompare_database_{number}"] = database
        params[f"newscompare_query_{number}"] = name
        selects.append(
            f"SELECT :newscompare_database_{number} AS parent, :newscompare_query_{number} AS child, 0 AS allow, "
            "'a table that the query reads is closed' AS reason"
        )
    return PermissionSQL(sql=" UNION ALL ".join(selects), params=params)
