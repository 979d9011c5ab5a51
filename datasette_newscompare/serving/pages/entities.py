"""The list of people, places, organisations and the rest, by type and reach, with a search over all their spellings."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict

from ..queries import entities as sql
from ..router import BadRequest, Call, Page, page
from ._shared import Row, as_list, entity_ref, escape_like, with_params

PAGE_SIZE = 50
ALIASES = 5


@page("/entities", name="entities", tables=("entities", "entity_aliases"))
async def entities(call: Call) -> Page:
    """The page; `next` in its data is the token of the page after it."""
    search = (call.params.get("q") or "").strip()
    kind = call.params.get("type") or ""
    named, values = "1", Row()
    if search:
        named, values = sql.NAMED, {"name": f"%{escape_like(search)}%"}
    where, after = [named], _after(call)
    if kind:
        where.append(sql.OF_TYPE)
        values["type"] = kind
    if after:
        where.append(sql.AFTER)
    found, types = await asyncio.gather(
        call.rows(sql.LIST.format(where=" AND ".join(where)), {**values, **after, "limit": PAGE_SIZE + 1}),
        call.rows(sql.TYPES.format(where=named), values),
    )
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    token = ",".join(str(found[-1][k]) for k in ("article_count", "mention_count", "id")) if more else None
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
    total = sum(t["n"] for t in types)
    data = {
        "entities": rows,
        "count": sum(t["n"] for t in types if not kind or t["type"] == kind),
        "search": search,
        "type": kind,
        "types": [
            {"type": "", "label": "all", "count": total, "chosen": not kind, "url": _typed(call, None)},
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
        "next": token,
        "next_url": with_params(call, "/entities", next=token) if token else None,
    }
    return Page("newscompare/entities.html", data, "Entities", csv=[_csv_row(r) for r in rows], csv_columns=_CSV)


_COUNTS = ("article_count", "source_count", "story_count", "sentence_count", "mention_count")
_CSV = ("id", "name", "type", *_COUNTS, "aliases")


def _csv_row(row: Row) -> Row:
    return {**row, "aliases": "; ".join(a["alias"] for a in row["aliases"])}


def _typed(call: Call, kind: str | None) -> str:
    return with_params(call, "/entities", type=kind, next=None)


def _after(call: Call) -> Row:
    token = call.params.get("next")
    if not token:
        return {}
    numbers = token.split(",")
    if len(numbers) != 3 or not all(re.fullmatch("[0-9]{1,18}", n) for n in numbers):
        raise BadRequest("next is not a token that this list gave")
    return dict(zip(("after_articles", "after_mentions", "after_id"), map(int, numbers), strict=True))
