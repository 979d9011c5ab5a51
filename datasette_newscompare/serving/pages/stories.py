"""The list of stories: search, sources and entities to choose from, and the newest or the most widely told first."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from .. import links
from ..feed import Entry
from ..queries import stories as sql
from ..router import BadRequest, Call, Page, page
from ._by_bitmaps import MOST_STORIES, entities_of_stories
from ._shared import Row, as_list, search_query, source_ref, with_params

PAGE_SIZE = 20
CSV_SIZE = 1_000
MOST_CHOSEN = 50
"""Sources, and entities, that the list can be narrowed to at once."""
FACET_SIZE = 8
"""Of sources, and of the entities of each type."""
FACETS = ("person", "organisation", "place")
"""The types of entities that the list can be narrowed by."""
LOOKED_UP = 50_000
"""The most stories of a search or several filters that are looked up once for all that the page asks of them."""
MANY = 2_000
"""More stories than that are not sorted: the list is walked in its order instead, until a page is full."""


@dataclass(frozen=True)
class Asked:
    """What the reader chose, as SQL conditions with their values."""

    search: str
    sources: list[str]
    entities: list[int]
    any_entity: bool
    """Whether a story need name only one of the entities."""
    days: dict[str, str]
    """The first and last day, `from` and `to`, where they were chosen."""
    several: bool
    where: str
    values: Row
    found: int | None = None
    """How many stories that is, where they were looked up."""

    @property
    def anything(self) -> bool:
        return bool(self.search or self.sources or self.entities or self.days or self.several)


@page(
    "",
    name="stories",
    tables=(
        "stories", "articles", "articles_fts", "sources", "entities", "story_entities", "matches", "differences",
    ),
    optional=("facet_bitmaps",),
)  # fmt: skip
async def stories(call: Call) -> Page:
    """The page; `next` in its data is the token of the page after it."""
    asked = await _looked_up(call, _asked(call))
    size = CSV_SIZE if call.format == "csv" else PAGE_SIZE
    sort = call.params.get("sort") or "newest"
    if sort not in sql.ORDERS:
        raise BadRequest(f"sort must be one of {', '.join(sql.ORDERS)}")
    found, count = await asyncio.gather(_list(call, asked, sort, size), _count(call, asked))
    sources, entities, names = await asyncio.gather(
        _sources(call, asked, count),
        _entities(call, asked, count),
        call.rows(sql.NAMES, {"sources": as_list(asked.sources), "entities": as_list(asked.entities)}),
    )
    more = len(found) > size
    found = found[:size]
    token = _token(found[-1], sort) if more else None
    rows = await _with_sources(call, found)
    data = {
        "stories": rows,
        "count": count,
        "search": asked.search,
        "sort": sort,
        "sorts": [
            {"value": "newest", "label": "newest first"},
            {"value": "sources", "label": "most sources first"},
            {"value": "facts", "label": "most shared facts first"},
        ],
        "several": asked.several,
        "days": asked.days,
        "entity_match": "any" if asked.any_entity else "all",
        "entity_match_url": with_params(call, "", entity_match=None if asked.any_entity else "any", next=None)
        if len(asked.entities) > 1
        else None,
        "chosen": [_chosen(call, row) for row in names],
        "facets": {
            "source": [_choice(call, row, "source", asked.sources) for row in sources or ()],
            **{
                kind: [_choice(call, row, "entity", asked.entities) for row in entities or () if row["type"] == kind]
                for kind in FACETS
            },
        },
        "facets_timed_out": [name for name, facet in (("source", sources), ("entity", entities)) if facet is None],
        "filtered": asked.anything,
        "next": token,
        "next_url": with_params(call, "", next=token) if token else None,
        "clear_url": call.url(),
    }
    return Page(
        "newscompare/stories.html",
        data,
        "Stories",
        csv=[_csv_row(row) for row in rows],
        csv_columns=_CSV,
        entries=await _entries(call, rows),
    )


_CSV = (
    "id", "title", "first_published", "last_published", "article_count", "source_count", "independent_count",
    "match_count", "fact_count", "sources",
)  # fmt: skip


def _csv_row(row: Row) -> Row:
    return {**row, "sources": "; ".join(s["name"] for s in row["sources"])}


async def _entries(call: Call, rows: list[Row]) -> list[Entry]:
    """The stories for a feed. One without a date counts as from when its last article was loaded."""
    undated = as_list(row["id"] for row in rows if not row["last_published"])
    loaded = {row["id"]: row["loaded_at"] for row in await call.rows(sql.LOADED, {"stories": undated})}
    return [
        Entry(
            url=call.absolute(row["url"]),
            title=row["title"],
            summary=_summary(row),
            authors=tuple(s["name"] for s in row["sources"]),
            updated=row["last_published"] or loaded.get(row["id"]),
            published=row["first_published"],
        )
        for row in rows
    ]


def _summary(row: Row) -> str:
    names = ", ".join(s["name"] for s in row["sources"])
    parts = [f"{row['article_count']} article{'s' * (row['article_count'] != 1)}"]
    if row["source_count"] > 1:
        parts.append(f"{row['fact_count']} shared fact{'s' * (row['fact_count'] != 1)}")
        parts += [
            f"{n} {kind}{' that differs' if n == 1 else 's that differ'}" for kind, n in row["differences"].items()
        ]
    return f"{names}: {', '.join(parts)}"


def _asked(call: Call) -> Asked:
    search = (call.params.get("q") or "").strip()
    sources = list(dict.fromkeys(s for s in call.params.getlist("source") if s))
    numbers = list(dict.fromkeys(e for e in call.params.getlist("entity") if e))
    if len(sources) > MOST_CHOSEN or len(numbers) > MOST_CHOSEN:
        raise BadRequest(f"choose at most {MOST_CHOSEN} sources and {MOST_CHOSEN} entities")
    if not all(re.fullmatch("[0-9]{1,18}", n) for n in numbers):
        raise BadRequest("entity must be a whole number")
    entities = [int(n) for n in numbers]
    several = call.params.get("several") == "1"
    days = {name: day for name in ("from", "to") if (day := (call.params.get(name) or "").strip())}
    if not all(re.fullmatch("[0-9]{4}(-[0-9]{2}){0,2}", day) for day in days.values()):
        raise BadRequest("from and to are days as 2025-02-24, or months or years as 2025-02 or 2025")
    any_entity = call.params.get("entity_match") == "any" and len(entities) > 1
    conditions, values = [], Row()
    if search_query(search):
        conditions.append(sql.MATCHING)
        values["search"] = search_query(search)
    if any_entity:
        conditions.append(sql.WITH_ANY_ENTITY)
        values["any_entity"] = as_list(entities)
    each = [] if any_entity else entities
    for kind, template, chosen in (("source", sql.OF_SOURCE, sources), ("entity", sql.WITH_ENTITY, each)):
        for i, value in enumerate(chosen):
            conditions.append(template.format(name=f"{kind}{i}"))
            values[f"{kind}{i}"] = value
    for name, condition in (("from", sql.FROM_DAY), ("to", sql.TO_DAY)):
        if name in days:
            conditions.append(condition)
            values[f"{name}_day"] = days[name]
    if several:
        conditions.append(sql.SEVERAL_SOURCES)
    return Asked(search, sources, entities, any_entity, days, several, " AND ".join(conditions) or "1", values)


async def _looked_up(call: Call, asked: Asked) -> Asked:
    """The same with what was found in place of its conditions, where they are costly and it is not too much.

    They are asked for in several queries, for the list, its length and its facets.
    """
    query = sql.FOUND
    if "search" in asked.values:
        query = sql.SEARCHED if asked.where == sql.MATCHING else sql.SEARCHED_AMONG
    elif len(asked.sources) + len(asked.entities) < 2:
        return asked
    where = asked.where.replace(sql.MATCHING, "1", 1)
    [found] = await call.rows(query.format(where=where), {**asked.values, "most": LOOKED_UP + 1})
    if found["n"] > LOOKED_UP:
        return asked
    return replace(asked, where=sql.AMONG, values={"found": found["ids"]}, found=found["n"])


async def _count(call: Call, asked: Asked) -> int:
    if asked.found is not None:
        return asked.found
    return int((await call.rows(sql.COUNT.format(where=asked.where), asked.values))[0]["n"])


async def _list(call: Call, asked: Asked, sort: str, size: int) -> list[Row]:
    """One row more than a page of this size holds, if there are as many, from the token on; the undated come last."""
    after = _after(call, sort)
    dated = sort != "newest" or not after or after["after_value"] is not None
    rows: list[Row] = []
    among = sql.AMONG_MANY if (asked.found or 0) > MANY else asked.where
    if dated:
        where = [among, sql.AFTER[sort]] if after else [among]
        if sort == "newest":
            where.append("last_published IS NOT NULL")
        query = sql.LIST.format(where=" AND ".join(where), order=sql.ORDERS[sort])
        rows = await call.rows(query, {**asked.values, **after, "limit": size + 1})
    if sort == "newest" and len(rows) <= size:
        where = [among, sql.UNDATED] if dated else [among, sql.UNDATED, sql.UNDATED_AFTER]
        query = sql.LIST.format(where=" AND ".join(where), order=sql.UNDATED_ORDER)
        rows += await call.rows(query, {**asked.values, **after, "limit": size + 1 - len(rows)})
    return rows


def _token(row: Row, sort: str) -> str:
    value = row[sql.SORTED_BY[sort]]
    return f"{row['id']},{'' if value is None else value}"


def _after(call: Call, sort: str) -> Row:
    token = call.params.get("next")
    if not token:
        return {}
    story_id, _, value = token.partition(",")
    whole = "[0-9]{1,18}"
    if not re.fullmatch(whole, story_id) or (sort != "newest" and not re.fullmatch(whole, value)):
        raise BadRequest("next is not a token that this list gave")
    return {"after_id": int(story_id), "after_value": value or None if sort == "newest" else int(value)}


async def _sources(call: Call, asked: Asked, count: int) -> list[Row] | None:
    """How many of the chosen stories each source tells; of all stories, the stored counts.

    None for more than `MOST_STORIES`, or where they can't be counted within Datasette's time limit for facets.
    """
    if not asked.anything:
        return await call.rows(sql.ALL_SOURCES_FACET, {"limit": FACET_SIZE})
    if count > MOST_STORIES:
        return None
    return await call.rows_in_time(sql.SOURCE_FACET.format(where=asked.where), {**asked.values, "limit": FACET_SIZE})


async def _entities(call: Call, asked: Asked, count: int) -> list[Row] | None:
    """How many of the chosen stories name each entity; of all stories, the stored counts. None as for the sources."""
    if not asked.anything:
        return await call.rows(sql.ALL_ENTITIES_FACET, {"limit": FACET_SIZE})
    return await entities_of_stories(call, asked.where, asked.values, count, FACETS, FACET_SIZE)


def _choice(call: Call, row: Row, name: str, chosen: list[Any]) -> Row:
    on = row["id"] in chosen
    return {
        "id": row["id"],
        "name": row["name"],
        "count": row["n"],
        "chosen": on,
        "url": _toggled(call, name, row["id"], not on),
    }


def _chosen(call: Call, row: Row) -> Row:
    return {
        "kind": row["kind"],
        "id": row["id"],
        "name": row["name"],
        "url": _toggled(call, row["kind"], row["id"], False),
        "page_url": call.url(links.entity_path(row["id"])) if row["kind"] == "entity" else None,
    }


def _toggled(call: Call, name: str, value: Any, on: bool) -> str:
    """The list's address with one more, or one fewer, of a repeatable parameter."""
    others = [(name, v) for v in call.params.getlist(name) if v and v != str(value)]
    return with_params(call, "", [*others, (name, str(value))] if on else others, **{name: None, "next": None})


async def _with_sources(call: Call, found: list[Row]) -> list[Row]:
    ids = {"stories": as_list(row["id"] for row in found)}
    sources, differences = await asyncio.gather(
        call.rows(sql.SOURCES_OF_STORIES, ids), call.rows(sql.DIFFERENCES_OF_STORIES, ids)
    )
    by_story: dict[int, list[Row]] = defaultdict(list)
    for s in sources:
        by_story[s["story_id"]].append({**source_ref(call, s), "article_count": s["article_count"]})
    kinds: dict[int, Row] = defaultdict(dict)
    for d in differences:
        kinds[d["story_id"]][d["kind"]] = d["n"]
    return [
        {
            **row,
            "sources": by_story[row["id"]],
            "differences": kinds[row["id"]],
            "url": call.url(links.story_path(row["id"])),
        }
        for row in found
    ]
