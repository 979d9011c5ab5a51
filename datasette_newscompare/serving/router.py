"""From an address to a page: finds the database, asks for permission and calls the page.

What it found is given in the format asked for by `answers`.

A page is a coroutine that takes a `Call` and gives a `Page`:

    @page("/story/{id}", name="story", tables=("stories", "articles", "sources"))
    async def story(call: Call) -> Page: ...

`serving/pages/__init__.py` names all of them in `PAGES`; `routes` turns those into Datasette's routes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasette import NotFound, Request, Response
from datasette.database import Database, QueryInterrupted
from datasette.utils import MultiParams, add_cors_headers, tilde_decode
from datasette.utils.asgi import BadRequest
from datasette.views.base import DatasetteError

from . import feed
from .answers import in_form
from .asked import Asked
from .caching import cache_headers
from .permissions import ensure_readable, is_readable

if TYPE_CHECKING:  # Datasette is still being imported when it imports its plugins
    from datasette.app import Datasette

__all__ = ["BadRequest", "Call", "NotFound", "Page", "Route", "page", "routes"]

ROOT = "/-/newscompare"
"""Where the pages of a database stand, below its own address."""

METHODS = "GET, HEAD, OPTIONS"
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Call:
    """What a page function gets. The actor may read all tables that the page declares."""

    datasette: Datasette
    request: Request
    database: Database
    base: str
    """The address of the stories list, such as `/data/-/newscompare`: holds `base_url` and a hashed route."""
    params: MultiParams
    """The query string: `params.get("q")`, `params.getlist("source")`."""
    url_vars: Mapping[str, str]
    """The parts of the path in braces, decoded."""
    format: str
    """`html`, `json`, `csv` or `atom`: what the answer will be."""
    asked: list[Asked] = field(default_factory=list)
    """Every query that was run for this page."""

    async def sees(self, *tables: str) -> bool:
        """Whether the actor may also read these tables, of which the page is only richer (its `optional` ones)."""
        return await is_readable(self.datasette, self.request.actor, self.database.name, tables)

    async def rows(
        self, sql: str, params: Mapping[str, Any] | None = None, limit_ms: int | None = None
    ) -> list[dict[str, Any]]:
        """Run a read-only query with bound parameters; all its rows.

        Raises QueryInterrupted after `limit_ms`, or without it after Datasette's time limit.
        """
        self.asked.append(Asked(sql, params or {}))
        results = await self.database.execute(sql, params, custom_time_limit=limit_ms, log_sql_errors=limit_ms is None)
        return [dict(row) for row in results.rows]

    async def rows_in_time(
        self, sql: str, params: Mapping[str, Any], limit: str = "facet_time_limit_ms"
    ) -> list[dict[str, Any]] | None:
        """The same for what a page can do without: None where it takes longer than this setting of Datasette's."""
        try:
            return await self.rows(sql, params, limit_ms=self.datasette.setting(limit))
        except QueryInterrupted:
            return None

    def integer(self, name: str) -> int:
        """A part of the path that is a row's number. Raises `NotFound` for anything else."""
        value = self.url_vars[name]
        if not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > MAX_INTEGER:
            raise NotFound(f"No {name} {value}: expected a whole number")
        return int(value)

    def integer_param(self, name: str) -> int | None:
        """A parameter that is a whole number from 0, or None where it is absent or empty. Raises `BadRequest`."""
        value = self.params.get(name)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > MAX_INTEGER:
            raise BadRequest(f"{name} must be a whole number")
        return int(value)

    def url(self, path: str = "") -> str:
        """The address of another page of this database: `call.url("/entities")`."""
        return self.base + path

    def absolute(self, path: str) -> str:
        """An address of this instance as the world outside writes it."""
        return str(self.datasette.absolute_url(self.request, path))

    def table_url(self, table: str) -> str:
        """The address of one of the database's tables in Datasette itself."""
        return str(self.datasette.urls.table(self.database.name, table))


@dataclass(frozen=True)
class Page:
    """What a page function returns."""

    template: str
    """A file under `templates/`, such as `newscompare/story.html`."""
    data: Mapping[str, Any]
    """JSON-serialisable: the same for the template and for `.json`."""
    title: str
    csv: Sequence[Mapping[str, Any]] | None = None
    """The rows for `.csv`, where the page is a list."""
    csv_columns: Sequence[str] = ()
    """The header for `.csv`; without it, the keys of the first row."""
    entries: Sequence[feed.Entry] | None = None
    """What `.atom` holds, where the page is a list of news."""


PageFunction = Callable[[Call], Awaitable[Page]]


@dataclass(frozen=True)
class Route:
    """A page function with its address and the tables it reads."""

    path: str
    name: str
    tables: tuple[str, ...]
    function: PageFunction
    optional: tuple[str, ...] = ()

    def regex(self) -> str:
        """The address as Datasette's router wants it, with the format as an ending."""
        path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/.]+)", self.path)
        return rf"^/(?P<database>[^/.]+){ROOT}{path}(\.(?P<format>json|csv|atom))?$"

    async def __call__(self, call: Call) -> Page:
        return await self.function(call)


def page(
    path: str, *, name: str, tables: Sequence[str], optional: Sequence[str] = ()
) -> Callable[[PageFunction], Route]:
    """Make a page of a function.

    `path` is relative to the stories list ("" for the list itself, "/story/{id}"); `tables` names every table and
    view whose rows the page reads: nobody sees the page who may not see all of them. `optional` names those that it
    reads only after `Call.sees` said that the actor may.
    """

    def decorate(function: PageFunction) -> Route:
        return Route(path=path, name=name, tables=tuple(tables), function=function, optional=tuple(optional))

    return decorate


def routes(pages: Iterable[Route]) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """The pages as Datasette's `register_routes` takes them, and an answer for what is none of them."""
    return [*((route.regex(), _view(route)) for route in pages), (rf"^/[^/.]+{ROOT}[/.].*$", _no_page)]


def base_url(datasette: Datasette, database: str) -> str:
    """The address of a database's stories list."""
    return str(datasette.urls.database(database)) + ROOT


async def _no_page(request: Request) -> Response:
    raise NotFound("There is no page at this address")


async def is_loaded(database: Database, tables: Sequence[str]) -> bool:
    """Whether the database has these tables and views: the loader makes all of them at once."""
    marks = ", ".join("?" for _ in tables)
    sql = f"SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name IN ({marks})"
    return bool((await database.execute(sql, list(tables))).single_value() == len(set(tables)))


async def opened(datasette: Datasette, request: Request, route: str, tables: Sequence[str]) -> tuple[Database, bool]:
    """The database at the first part of an address, and whether what the actor sees there is closed to the anonymous.

    Raises NotFound where there is none or the loader did not make it, Forbidden where a table is closed to the actor.
    """
    try:
        database = datasette.get_database(route=route)
    except KeyError:
        raise NotFound("Database not found") from None
    await datasette.refresh_schemas()
    private = await ensure_readable(datasette, request.actor, database.name, tables)
    if not await is_loaded(database, tables):
        raise NotFound(f"The database {database.name} was not loaded by datasette newscompare")
    return database, private


def _view(route: Route) -> Callable[..., Awaitable[Response]]:
    async def newscompare(request: Request, datasette: Datasette) -> Response:
        response = await _answer(route, request, datasette)
        if datasette.cors:
            add_cors_headers(response.headers)
        if request.method == "HEAD":
            response.body = ""
        return response

    return newscompare


async def _answer(route: Route, request: Request, datasette: Datasette) -> Response:
    if request.method not in METHODS.split(", "):
        return Response.text("Method not allowed", status=405, headers={"Allow": METHODS})
    if request.method == "OPTIONS":
        return Response.text("ok", headers={"Allow": METHODS})
    url_vars = {key: tilde_decode(value) for key, value in request.url_vars.items() if value is not None}
    form = url_vars.pop("format", "html")
    database, private = await opened(datasette, request, url_vars.pop("database"), route.tables)
    call = Call(
        datasette=datasette,
        request=request,
        database=database,
        base=base_url(datasette, database.name),
        params=request.args,
        url_vars=url_vars,
        format=form,
    )
    try:
        answer = await route(call)
    except QueryInterrupted as error:
        message = "This page took longer than the time limit set for queries (sql_time_limit_ms)"
        raise DatasetteError(message, title="Query took too long", status=400) from error
    response = await in_form(route, call, answer, private)
    response.headers.update(cache_headers(datasette, request, database))
    return response
