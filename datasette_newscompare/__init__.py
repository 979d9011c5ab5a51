"""Compare how sources tell the same news, sentence by sentence. This module holds Datasette's hooks only."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import click
from datasette import Request, hookimpl
from datasette.filters import FilterArguments

from .serving import facets, router
from .serving.pages import PAGES

if TYPE_CHECKING:
    from datasette.app import Datasette


@hookimpl
def register_commands(cli: click.Group) -> None:
    from . import cli as commands

    commands.register(cli)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return router.routes(PAGES)


@hookimpl
def register_facet_classes() -> list[type[facets.EntityFacet]]:
    return [facets.EntityFacet]


@hookimpl
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Awaitable[FilterArguments | None]:
    return facets.entity_filter(request, database, table, datasette)
