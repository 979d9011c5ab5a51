"""Compare how sources tell the same news, sentence by sentence. This module holds Datasette's hooks only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click
from datasette import Request, hookimpl
from datasette.filters import FilterArguments
from markupsafe import Markup

from .serving import _compat, canned, facets, menus, name_forms, permissions, router, sql_functions, writing
from .serving.pages import PAGES

if TYPE_CHECKING:
    import sqlite3

    from datasette.app import Datasette


@hookimpl
def register_commands(cli: click.Group) -> None:
    from . import cli as commands

    commands.register(cli)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [*writing.ROUTES, *name_forms.ROUTES, *router.routes(PAGES)]


@hookimpl
def register_facet_classes() -> list[type[facets.EntityFacet]]:
    return [facets.EntityFacet]


@hookimpl
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Awaitable[FilterArguments | None]:
    return facets.entity_filter(request, database, table, datasette)


@hookimpl
def menu_links(datasette: Datasette, actor: _compat.Actor) -> Awaitable[list[menus.Link]]:
    return menus.menu(datasette, actor)


@hookimpl
def database_actions(datasette: Datasette, actor: _compat.Actor, database: str) -> Awaitable[list[menus.Link]]:
    return menus.database_menu(datasette, actor, database)


@hookimpl
def table_actions(
    datasette: Datasette, actor: _compat.Actor, database: str, table: str, request: Request
) -> Awaitable[list[menus.Link]]:
    return menus.table_menu(datasette, actor, database, table, request)


@hookimpl(optionalhook=True)  # 1.0
def row_actions(
    datasette: Datasette, actor: _compat.Actor, database: str, table: str, row: Any
) -> Awaitable[list[menus.Link]]:
    return menus.row_menu(datasette, actor, database, table, row)


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    return menus.cell(datasette, database, table, column, value, row)


@hookimpl(optionalhook=True)  # 0.65
def canned_queries(datasette: Datasette, database: str) -> Awaitable[dict[str, dict[str, Any]]]:
    return canned.for_database(datasette, database)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str | None, datasette: Datasette) -> None:
    sql_functions.prepare(datasette, conn, database)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]] | None:
    return (lambda: canned.store(datasette)) if _compat.IS_ONE else None


@hookimpl(optionalhook=True, trylast=True)  # 0.65, where the last answer counts
def permission_allowed(datasette: Datasette, actor: _compat.Actor, action: str, resource: Any) -> Any:
    if action == "view-query":
        return canned.refusal(datasette, actor, *resource)
    return permissions.own_action(datasette, actor, action, resource)


@hookimpl(optionalhook=True)  # 1.0
def register_actions(datasette: Datasette) -> list[Any]:
    return _compat.actions(permissions.ACTIONS)


@hookimpl(optionalhook=True)  # 1.0
def permission_resources_sql(datasette: Datasette, actor: _compat.Actor, action: str) -> Any:
    return canned.refusals(datasette, actor) if action == "view-query" else None
