"""The queries that made a page, as links to Datasette's own page for SQL, where a reader may change them.

The first line of a query names it: `-- The articles of the story`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from ._compat import Actor, may_query, query_path

if TYPE_CHECKING:
    from datasette.app import Datasette

LONGEST_ADDRESS = 8_000
"""Characters that every web server and proxy takes in an address."""


class Asked(NamedTuple):
    """A query that a page ran, with the values bound to it."""

    sql: str
    values: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What the query is after: its first line, where that is a comment."""
        found = re.match(r"\s*--\s*(.+)", self.sql)
        return found[1].strip() if found else "A query"


async def query_links(
    datasette: Datasette, actor: Actor, database: str, asked: Iterable[Asked]
) -> list[dict[str, str | None]]:
    """A row a query, once each, in the order in which they were run: `title`, `values` in words where a title comes
    twice, and `url`, which is None where it would be longer than `LONGEST_ADDRESS`.

    None at all for an actor who may not run SQL of their own.
    """
    if not await may_query(datasette, actor, database):
        return []
    path = query_path(datasette, database)
    once = {(query.sql, repr(query.values)): query for query in asked}.values()
    titles = Counter(query.title for query in once)
    links: list[dict[str, str | None]] = []
    for query in once:
        values = {name: value for name, value in query.values.items() if re.search(rf":{name}\b", query.sql)}
        bound = {name: "" if value is None else value for name, value in values.items()}
        url = f"{path}?{urlencode({'sql': query.sql.strip(), **bound})}"
        told_apart = [str(value) for name, value in values.items() if name not in ("limit", "offset")]
        links.append(
            {
                "title": query.title,
                "values": ", ".join(told_apart) if titles[query.title] > 1 else "",
                "url": url if len(url) <= LONGEST_ADDRESS else None,
            }
        )
    return links
