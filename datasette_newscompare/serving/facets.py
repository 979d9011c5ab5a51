"""The entity facet and filter on Datasette's own pages of articles, sentences, stories, matches and what they hold.

`?_facet_entity=person` shows a panel of the people that the rows name, `all` one of entities of every type;
`?_entity=ID` keeps the rows that name the entity, and may be given several times: then rows must name all of them, or
with `_entity_match=any` one of them. Both read the join tables, so that they stay quick on tables whose text would be
too long to search.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette import Forbidden, Request
from datasette.database import Database, QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments
from datasette.utils import path_with_added_args, path_with_removed_args
from datasette.utils.asgi import BadRequest

from .. import facet_bitmaps
from ..records import ENTITY_TYPES
from .facet_counting import Page, PageCounts
from .facet_queries import JOINS, Narrowed, narrowed
from .permissions import is_readable
from .router import is_loaded
from .timed import in_time

if TYPE_CHECKING:
    from datasette.app import Datasette

ALL = "all"
"""The panel of entities of every type."""

SUGGESTED = ("person", "organisation", "place")
"""The panels that tables suggest, most asked for first."""

LARGEST_ID = 2**63 - 1


MATCHES = ("all", "any")
"""What `_entity_match` may say of several entities: rows name all of them, or any."""


class EntityFacet(Facet):
    """A panel of the entities that the rows name: those that the page is filtered by, then most rows first.

    Counts are exact: see `PageCounts`. A panel that does not end within `facet_time_limit_ms` is listed as timed out,
    as Datasette's own are.
    """

    type = "entity"

    async def suggest(self) -> list[dict[str, Any]]:
        """The panels that are worth showing and do not show yet."""
        if not await self._available():
            return []
        shown = {str(config["config"].get("simple")) for config in self.get_configs()}
        shown.update(await self._types_without_panel(_entity_ids(self.request), shown))
        join = JOINS[self.table]
        any_named = f"SELECT 1 FROM entities WHERE type = ? AND {join.count} > 0 LIMIT 1"
        suggestions = []
        for kind in SUGGESTED:
            if kind in shown:
                continue
            try:
                found = await self._execute(any_named, [kind], self.ds.setting("facet_suggest_time_limit_ms"))
            except QueryInterrupted:
                continue
            if found:
                url = self._url(path_with_added_args(self.request, {"_facet_entity": kind}))
                suggestions.append({"name": kind, "type": self.type, "toggle_url": url})
        return suggestions

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """The panels, and the names of those that ran out of time."""
        configs = self.get_configs()
        if not (configs or "_entity" in self.request.args) or not await self._available():
            return [], []
        selected = _entity_ids(self.request)
        panels: dict[str, str] = {}
        for config in configs:
            # The configuration's come first: one of them that is asked for again still cannot be hidden.
            panels.setdefault(str(config["config"].get("simple")), config["source"])
        for kind in await self._types_without_panel(selected, set(panels)):
            panels[kind] = "filter"
        counts = PageCounts(await self._page(selected))
        results, timed_out = [], []
        for kind, source in panels.items():
            _ensure_kind(kind)
            try:
                results.append(await self._panel(kind, source, counts))
            except QueryInterrupted:
                timed_out.append(kind)
        return results, timed_out

    async def _available(self) -> bool:
        """Whether this table has entities, and whether the actor may read them."""
        join = JOINS.get(self.table)
        if join is None or not await is_loaded(self.ds.databases[self.database], join.tables):
            return False
        return await is_readable(self.ds, self.request.actor, self.database, join.tables)

    async def _types_without_panel(self, selected: list[int], panels: set[str]) -> list[str]:
        """The types of the entities filtered by that no panel shows: without one they could not be taken away again."""
        if not selected or ALL in panels or not self.ds.setting("allow_facet"):
            return []
        named = await _names(self.ds.databases[self.database], selected)
        return sorted({kind for _, kind in named.values() if kind in ENTITY_TYPES} - panels)

    async def _panel(self, kind: str, source: str, counts: PageCounts) -> dict[str, Any]:
        size = self.get_facet_size()
        rows = await in_time(
            self.ds.databases[self.database],
            lambda connection: counts.named(connection, None if kind == ALL else kind, size + 1),
            self.ds.setting("facet_time_limit_ms"),
        )
        values = []
        for row in rows[:size]:
            chosen = row.id in counts.page.selected
            change = path_with_removed_args if chosen else path_with_added_args
            path = change(self.request, {"_entity": str(row.id)})
            values.append(
                {
                    "value": row.id,
                    "label": f"{row.name} ({row.type})" if kind == ALL else row.name,
                    "count": row.rows,
                    "toggle_url": self._url(path),
                    "selected": chosen,
                }
            )
        return {
            "name": kind,
            "type": self.type,
            "hideable": source == "request",
            "toggle_url": self.ds.urls.path(path_with_removed_args(self.request, {"_facet_entity": kind})),
            "results": values,
            "truncated": len(rows) > size,
        }

    async def _page(self, selected: list[int]) -> Page:
        where = self._where()
        # What a reader wrote as SQL is not taken apart.
        if where is None or "_where" in self.request.args:
            asked = Narrowed(rest=(where,) if where else ())
        else:
            asked = narrowed(self.table, where)
        return Page(
            table=self.table,
            sql=self.sql,
            where=where,
            asked=asked,
            params=dict(self.params),
            with_bitmaps=self.table in facet_bitmaps.KINDS
            and await is_readable(self.ds, self.request.actor, self.database, ["facet_bitmaps", "facet_value_bitmaps"]),
            selected=tuple(selected),
        )

    def _where(self) -> str | None:
        """The condition of the page's rows in Datasette's SQL; None where it shows the whole table."""
        found = re.search(
            rf'\bfrom\s+[\["]?{re.escape(self.table)}[\]"]?\s*(?:\bwhere\b(.*))?$', self.sql, re.I | re.DOTALL
        )
        assert found, self.sql
        return found[1]

    async def _execute(self, sql: str, parameters: Any, limit_ms: float) -> list[Any]:
        results = await self.ds.execute(
            self.database, sql, parameters, truncate=False, custom_time_limit=max(1, round(limit_ms))
        )
        return list(results.rows)

    def _url(self, path: str) -> str:
        return str(self.ds.absolute_url(self.request, self.ds.urls.path(path)))


async def entity_filter(request: Request, database: str, table: str, datasette: Datasette) -> FilterArguments | None:
    """What `?_entity=ID` adds to the query of a table page, or None where it does not apply.

    Raises `BadRequest` for an id or a panel that cannot be, and `Forbidden` where the actor may not read the entities.
    """
    join = JOINS.get(table)
    if join is None or not {"_entity", "_facet_entity", "_entity_match"} & set(request.args):
        return None
    if not await is_loaded(datasette.databases[database], join.tables):
        return None
    # Here, because a facet that raises would leave Datasette's other facets hanging.
    for kind in request.args.getlist("_facet_entity"):
        _ensure_kind(kind)
    match = request.args.get("_entity_match") or MATCHES[0]
    if match not in MATCHES:
        raise BadRequest(f"_entity_match must be {' or '.join(MATCHES)}")
    if "_entity" not in request.args:
        return None
    if not await is_readable(datasette, request.actor, database, join.tables):
        raise Forbidden(f"You do not have permission to filter {table} by entity")
    selected = _entity_ids(request)
    names = await _names(datasette.databases[database], selected)
    told = [names[id][0] if id in names else f"{id}, which does not exist" for id in selected]
    params = {f"newscompare_entity_{number}": id for number, id in enumerate(selected)}
    if match == "any" and len(selected) > 1:
        any_of = join.naming(f"IN ({', '.join(f':{name}' for name in params)})")
        return FilterArguments([any_of], params=params, human_descriptions=[f"entity is any of {', '.join(told)}"])
    each = [join.naming(f"= :{name}") for name in params]
    return FilterArguments(each, params=params, human_descriptions=[f"entity is {name}" for name in told])


def _ensure_kind(kind: str) -> None:
    if kind != ALL and kind not in ENTITY_TYPES:
        raise BadRequest(f"_facet_entity must be {ALL} or one of {', '.join(ENTITY_TYPES)}")


def _entity_ids(request: Request) -> list[int]:
    """The entities that the address filters by, each once."""
    values = dict.fromkeys(value for value in request.args.getlist("_entity") if value)
    for value in values:
        if not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > LARGEST_ID:
            raise BadRequest("_entity must be the id of an entity, a whole number")
    return list(dict.fromkeys(int(value) for value in values))


async def _names(database: Database, entity_ids: list[int]) -> dict[int, tuple[str, str]]:
    marks = ", ".join("?" for _ in entity_ids)
    results = await database.execute(f"SELECT id, name, type FROM entities WHERE id IN ({marks})", entity_ids)
    return {row["id"]: (row["name"], row["type"]) for row in results.rows}
