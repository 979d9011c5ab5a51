"""The entity facet and filter on Datasette's own pages of articles, sentences, stories and matches.

`?_facet_entity=person` shows a panel of the people that the rows name, `all` one of entities of every type;
`?_entity=ID` keeps the rows that name the entity, and may be given several times: then rows must name all of them.
Both read the join tables, so that they stay quick on tables whose text would be too long to search.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette import Forbidden, Request
from datasette.database import Database, QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments
from datasette.utils import path_with_added_args, path_with_removed_args
from datasette.utils.asgi import BadRequest

from ..records import ENTITY_TYPES
from .permissions import is_readable
from .router import is_loaded

if TYPE_CHECKING:
    from datasette.app import Datasette

ALL = "all"
"""The panel of entities of every type."""

SUGGESTED = ("person", "organisation", "place")
"""The panels that tables suggest, most asked for first."""

GUESS = 500
"""How many of the entities that are named most are counted before all others: see `EntityFacet`."""

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Join:
    """How a table's rows lead to the entities that they name."""

    table: str
    column: str
    """The column of the join table that holds the row's `id`."""
    count: str
    """The column of `entities` that holds how many rows name the entity."""
    rows: str = "count(*)"

    @property
    def tables(self) -> tuple[str, str]:
        """What the facet and the filter read, beside the rows themselves."""
        return self.table, "entities"


JOINS = {
    "articles": Join("article_entities", "article_id", "article_count"),
    # A sentence may name an entity twice.
    "sentences": Join("mentions", "sentence_id", "sentence_count", "count(DISTINCT x.sentence_id)"),
    "stories": Join("story_entities", "story_id", "story_count"),
    "matches": Join("match_entities", "match_id", "match_count"),
}
"""The tables that can be faceted by entity."""

UNFILTERED = """
    SELECT id, {count} AS n FROM entities
    WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
    ORDER BY {count} DESC, id LIMIT :newscompare_limit
"""

# CROSS JOIN keeps SQLite from turning the join round: the rows of the page come first, their entities are looked up.
# The + keeps it from looking up every candidate for every row.
FILTERED = """
    SELECT x.entity_id AS id, {rows} AS n
    FROM ({sql}) AS r CROSS JOIN {table} AS x ON x.{column} = r.id
    WHERE {which}
    GROUP BY x.entity_id
    ORDER BY x.entity_id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, n DESC, id
    LIMIT :newscompare_limit
"""

CANDIDATES = """+x.entity_id IN (
    SELECT id FROM (
        SELECT id FROM entities WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
        ORDER BY {count} DESC, id LIMIT :newscompare_guess
    )
    UNION ALL
    SELECT id FROM entities WHERE id IN (SELECT value FROM json_each(:newscompare_selected))
        AND (:newscompare_type IS NULL OR type = :newscompare_type)
)"""

OF_TYPE = "+x.entity_id IN (SELECT id FROM entities WHERE type = :newscompare_type)"

NEXT_CANDIDATE = """
    SELECT {count} FROM entities WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
    ORDER BY {count} DESC, id LIMIT 1 OFFSET :newscompare_guess
"""

NAMED = """
    SELECT e.id, e.name, e.type, top.n FROM ({counts}) AS top JOIN entities AS e ON e.id = top.id
    ORDER BY e.id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, top.n DESC, e.name
"""


class EntityFacet(Facet):
    """A panel of the entities that the rows name: those that the page is filtered by, then most rows first.

    Counts are exact. Where nothing is filtered, they stand in `entities`. Else the rows' entities are counted; where
    the page shows much of the table, first only the `GUESS` entities that are named most: where the last one shown
    has more rows than any other entity has in the whole table, none can have been missed, and the long tail is never
    sorted. Where that does not hold, all are counted. A panel that does not end within `facet_time_limit_ms` is
    listed as timed out, as Datasette's own are.
    """

    type = "entity"

    async def suggest(self) -> list[dict[str, Any]]:
        """The panels that are worth showing and do not show yet."""
        if not await self._available():
            return []
        shown = {config["config"].get("simple") for config in self.get_configs()}
        join = JOINS[self.table]
        sql = f"SELECT 1 FROM entities WHERE type = ? AND {join.count} > 0 LIMIT 1"
        suggestions = []
        for kind in SUGGESTED:
            if kind in shown:
                continue
            try:
                found = await self._execute(sql, [kind], self.ds.setting("facet_suggest_time_limit_ms"))
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
        results, timed_out = [], []
        for kind, source in panels.items():
            _ensure_kind(kind)
            try:
                results.append(await self._panel(kind, source, selected))
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

    async def _panel(self, kind: str, source: str, selected: list[int]) -> dict[str, Any]:
        size = self.get_facet_size()
        rows = await self._count(None if kind == ALL else kind, size + 1, selected)
        values = []
        for row in rows[:size]:
            chosen = row["id"] in selected
            change = path_with_removed_args if chosen else path_with_added_args
            path = change(self.request, {"_entity": str(row["id"])})
            values.append(
                {
                    "value": row["id"],
                    "label": f"{row['name']} ({row['type']})" if kind == ALL else row["name"],
                    "count": row["n"],
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

    async def _count(self, kind: str | None, limit: int, selected: list[int]) -> list[Any]:
        """The selected entities, then those named by most rows; `n` is how many. Raises `QueryInterrupted`."""
        join = JOINS[self.table]
        parameters = {
            **dict(self.params),
            "newscompare_type": kind,
            "newscompare_limit": limit,
            "newscompare_guess": GUESS,
            "newscompare_selected": json.dumps(selected),
        }
        allowed = self.ds.setting("facet_time_limit_ms")
        started = time.perf_counter()

        async def run(sql: str) -> list[Any]:
            left = allowed - 1000 * (time.perf_counter() - started)
            if left < 1:
                raise QueryInterrupted(TimeoutError("facet_time_limit_ms"), sql, parameters)
            return await self._execute(sql, parameters, left)

        if self._unfiltered():
            return await run(NAMED.format(counts=UNFILTERED.format(count=join.count)))

        def counting(which: str) -> str:
            counts = FILTERED.format(sql=self.sql, table=join.table, column=join.column, rows=join.rows, which=which)
            return NAMED.format(counts=counts)

        if await self._worth_guessing(limit):
            others = await run(NEXT_CANDIDATE.format(count=join.count))
            found = await run(counting(CANDIDATES.format(count=join.count)))
            if not others or (len(found) == limit > len(selected) and found[-1]["n"] > others[0][0]):
                return found
        return await run(counting("x.entity_id IS NOT NULL" if kind is None else OF_TYPE))

    async def _worth_guessing(self, limit: int) -> bool:
        """Whether the page shows so large a part of the table that the guess is likely to be right.

        Names are about as frequent as their rank is low (Zipf's law): the last one shown is named `GUESS / limit`
        times as often as the first one left out, and must still be ahead of it in the rows of the page.
        """
        if self.row_count is None:  # too many to count in time
            return True
        (row,) = await self._execute(f"SELECT max(rowid) AS n FROM {self.table}", {}, self.ds.sql_time_limit_ms)
        return bool(row["n"] and self.row_count / row["n"] > limit / GUESS)

    def _unfiltered(self) -> bool:
        """Whether the page shows the whole table: nothing stands behind its name in Datasette's SQL."""
        return re.search(rf'\bfrom\s+[\["]?{re.escape(self.table)}[\]"]?\s*$', self.sql, re.IGNORECASE) is not None

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
    if join is None or not {"_entity", "_facet_entity"} & set(request.args):
        return None
    if not await is_loaded(datasette.databases[database], join.tables):
        return None
    # Here, because a facet that raises would leave Datasette's other facets hanging.
    for kind in request.args.getlist("_facet_entity"):
        _ensure_kind(kind)
    if "_entity" not in request.args:
        return None
    if not await is_readable(datasette, request.actor, database, join.tables):
        raise Forbidden(f"You do not have permission to filter {table} by entity")
    selected = _entity_ids(request)
    names = await _names(datasette.databases[database], selected)
    arguments = FilterArguments([], params={}, human_descriptions=[])
    for number, entity_id in enumerate(selected):
        parameter = f"newscompare_entity_{number}"
        arguments.where_clauses.append(f"id IN (SELECT {join.column} FROM {join.table} WHERE entity_id = :{parameter})")
        arguments.params[parameter] = entity_id
        name = names[entity_id][0] if entity_id in names else f"{entity_id}, which does not exist"
        arguments.human_descriptions.append(f"entity is {name}")
    return arguments


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
