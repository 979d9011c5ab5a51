"""The list of people, places, organisations and the rest, by type, reach and difference, searched by all spellings."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence

from ...records import ENTITY_TYPES
from .. import links
from ..queries import entities as sql
from ..router import BadRequest, Call, Page, page
from ._shared import Row, as_list, entity_ref, escape_like, with_params

PAGE_SIZE = 50
CSV_SIZE = 1000
"""Rows of a page of the `.csv` form."""
ALIASES = 5
FOUND = 10_000
"""A search that finds more names than that is not counted: its list is looked for in its order, page by page."""
SORTS = {
    "articles": "most articles first",
    "sources": "most sources first",
    "sentences": "most sentences first",
    "differences": "most differences between sources first",
    "name": "by name",
}


@page("/entities", name="entities", tables=("entities", "entity_aliases", "entity_types"), optional=("corrections",))
async def entities(call: Call) -> Page:
    """The page; `next` in its data is the token of the page after it."""
    search = (call.params.get("q") or "").strip()
    kind = call.params.get("type") or ""
    several = call.params.get("several") == "1"
    sort = call.params.get("sort") or "articles"
    if sort not in sql.ORDERS:
        raise BadRequest(f"sort must be one of {', '.join(sql.ORDERS)}")
    size = CSV_SIZE if call.format == "csv" else PAGE_SIZE
    chosen: list[str] = []
    values: Row = {}
    counted = True
    if search:
        name = f"%{escape_like(search)}%"
        [looked_up] = await call.rows(sql.FOUND, {"name": name, "most": FOUND + 1})
        counted = looked_up["names"] <= FOUND
        chosen.append(sql.AMONG if counted else sql.NAMED)
        values = {"found": looked_up["ids"]} if counted else {"name": name}
    if several:
        chosen.append(sql.SEVERAL_SOURCES)
    where, after = list(chosen), _after(call, sort)
    if kind:
        where.append(sql.OF_TYPE)
        values["type"] = kind
    if after:
        where.append(sql.AFTER[sort])
    query = sql.LIST.format(where=" AND ".join(where) or "1", order=sql.ORDERS[sort])
    found, types = await asyncio.gather(
        call.rows(query, {**values, **after, "limit": size + 1}),
        _types(call, chosen, values, counted),
    )
    more, found = len(found) > size, found[:size]
    token = ",".join(str(found[-1][column]) for column in ("id", *sql.COLUMNS[sort])) if more else None
    aliases: dict[int, list[Row]] = defaultdict(list)
    for x in await call.rows(sql.ALIASES_OF, {"entities": as_list(e["id"] for e in found)}):
        aliases[x["entity_id"]].append({"alias": x["alias"], "mention_count": x["mention_count"]})
    rows = [
        {
            **entity_ref(call, e),
            **{k: e[k] for k in _COUNTS},
            "aliases": aliases[e["id"]][:ALIASES],
            "alias_count": len(aliases[e["id"]]),
        }
        for e in found
    ]
    data = {
        "entities": rows,
        "count": sum(t["n"] for t in types if not kind or t["type"] == kind) if counted else None,
        "search": search,
        "type": kind,
        "several": several,
        "sort": sort,
        "sorts": [{"value": value, "label": label} for value, label in SORTS.items()],
        "filtered": bool(search or several),
        "clear_url": with_params(call, "/entities", q=None, several=None, next=None),
        "types": [
            {
                "type": "",
                "label": "all",
                "count": sum(t["n"] for t in types) if counted else None,
                "chosen": not kind,
                "url": _typed(call, None),
            },
            *(
                {
                    "type": t["type"],
                    "label": t["type"],
                    "count": t["n"],
                    "chosen": t["type"] == kind,
                    "url": _typed(call, t["type"]),
                }
                for t in types
            ),
        ],
        "corrections_url": call.url(links.CORRECTIONS) if await call.sees("corrections") else None,
        "next": token,
        "next_url": with_params(call, "/entities", next=token) if token else None,
    }
    return Page("newscompare/entities.html", data, "Entities", csv=[_csv_row(r) for r in rows], csv_columns=_CSV)


async def _types(call: Call, chosen: Sequence[str], values: Row, counted: bool) -> list[Row]:
    """The types that there are, with how many entities that fit are of each, or all types without."""
    if not counted:
        return [{"type": kind, "n": None} for kind in ENTITY_TYPES]
    if not chosen:
        return await call.rows(sql.ALL_TYPES)
    return await call.rows(sql.TYPES.format(where=" AND ".join(chosen)), values)


_COUNTS = (
    "article_count", "source_count", "story_count", "sentence_count", "mention_count", "match_count",
    "difference_count",
)  # fmt: skip
_CSV = ("id", "name", "type", *_COUNTS, "aliases")


def _csv_row(row: Row) -> Row:
    return {**row, "aliases": "; ".join(a["alias"] for a in row["aliases"])}


def _typed(call: Call, kind: str | None) -> str:
    return with_params(call, "/entities", type=kind, next=None)


def _after(call: Call, sort: str) -> Row:
    token = call.params.get("next")
    if not token:
        return {}
    columns = ("id", *sql.COLUMNS[sort])
    parts = token.split(",", len(columns) - 1)
    whole = parts[:1] if sort == "name" else parts
    if len(parts) != len(columns) or not all(re.fullmatch("[0-9]{1,18}", part) for part in whole):
        raise BadRequest("next is not a token that this list gave")
    values = [int(part) for part in whole] + parts[len(whole) :]
    return {f"after_{column}": value for column, value in zip(columns, values, strict=True)}
