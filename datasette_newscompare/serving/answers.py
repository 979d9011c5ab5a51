"""What a page found, given as a page, JSON, CSV or a feed."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from datasette import NotFound, Response
from datasette.database import Database
from datasette.utils import tilde_encode

from .. import schema
from . import feed
from ._compat import static_url, with_language
from .asked import query_links

if TYPE_CHECKING:
    from .router import Call, Page, Route


async def excerpt_length(database: Database) -> int:
    """Up to how many characters of a sentence the database holds where it is a copy made of excerpts, else 0."""
    return await database.execute_fn(schema.excerpt_length)


async def in_form(route: Route, call: Call, answer: Page, private: bool) -> Response:
    """The answer in the format that the call asks for. Raises NotFound where the page has no such form.

    `private`: whether what it shows is closed to the anonymous.
    """
    if call.format == "json":
        excerpt = await excerpt_length(call.database)
        return Response.json({**answer.data, "excerpt": excerpt} if excerpt else answer.data)
    if call.format == "csv":
        return _csv(call, answer)
    if call.format == "atom":
        return _atom(call, answer)
    return await _html(route, call, answer, private)


def _csv(call: Call, answer: Page) -> Response:
    if answer.csv is None:
        raise NotFound("This page is not a list: it has no .csv form")
    columns = list(answer.csv_columns) or (list(answer.csv[0]) if answer.csv else [])
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(answer.csv)
    headers = {}
    if following := answer.data.get("next_url"):
        path, _, query = str(following).partition("?")
        headers["Link"] = f'<{call.absolute(f"{path}.csv?{query}")}>; rel="next"'
    return Response(out.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


def _atom(call: Call, answer: Page) -> Response:
    if answer.entries is None:
        raise NotFound("This page is not a list of news: it has no .atom form")
    query = f"?{call.request.query_string}" if call.request.query_string else ""
    title = f"{answer.title}: {call.database.name}"
    url, page_url = (call.absolute(f"{call.base}{form}{query}") for form in (".atom", ""))
    return Response(feed.atom(feed.Feed(title, url, page_url, answer.entries)), content_type=feed.CONTENT_TYPE)


async def _html(route: Route, call: Call, answer: Page, private: bool) -> Response:
    """The page in its template, whose context is the page's data and what every page has."""
    datasette = call.datasette
    path = call.base + "".join(
        part if index % 2 == 0 else tilde_encode(call.url_vars[part])
        for index, part in enumerate(re.split(r"\{(\w+)\}", route.path))
    )
    query = f"?{call.request.query_string}" if call.request.query_string else ""
    json_url = f"{path}.json{query}"
    alternate = datasette.absolute_url(call.request, json_url)
    context = {
        **answer.data,
        "title": answer.title,
        "page_name": route.name,
        "database": call.database.name,
        "base": call.base,
        "private": private,
        "json_url": json_url,
        "csv_url": None if answer.csv is None else f"{path}.csv{query}",
        "feed_url": None if answer.entries is None else f"{path}.atom{query}",
        "alternate_url_json": alternate,
        "excerpt": await excerpt_length(call.database),
        "queries": await query_links(datasette, call.request.actor, call.database.name, call.asked),
        "static_url": lambda file: static_url(datasette, file),
        "table_url": call.table_url,
    }
    html = await datasette.render_template(
        answer.template, context, request=call.request, view_name=f"newscompare-{route.name}"
    )
    link = f'{alternate}; rel="alternate"; type="application/json+datasette"'
    return Response.html(with_language(html), headers={"Link": link})
