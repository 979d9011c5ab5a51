"""The sources, and the page of one: what it published last, with whom it shares most, and what only it told."""

from __future__ import annotations

import asyncio

from .. import links
from ..queries import sources as sql
from ..router import Call, NotFound, Page, page
from ._shared import Row, article_ref, as_list, escape_like, sentence_url, share, story_ref, with_params

PAGE_SIZE = 100
CSV_SIZE = 1_000
NEWEST = 30
SHARED = 12
WITHOUT_MATCH = 12
EACH = 2
"""Sentences of one article among them, at most."""


@page("/sources", name="sources", tables=("sources",))
async def sources(call: Call) -> Page:
    """The list, the most productive first; `next` in its data is the token of the page after it."""
    search = (call.params.get("q") or "").strip()
    offset = call.integer_param("next") or 0
    where, values = (sql.NAMED, {"name": f"%{escape_like(search)}%"}) if search else ("1", {})
    size = CSV_SIZE if call.format == "csv" else PAGE_SIZE
    limits = {"limit": size + 1, "offset": offset}
    found, counted = await asyncio.gather(
        call.rows(sql.LIST.format(where=where), {**values, **limits}),
        call.rows(sql.COUNT.format(where=where), values),
    )
    following = str(offset + size) if len(found) > size else None
    rows = [{**s, "url": call.url(links.source_path(s["id"]))} for s in found[:size]]
    data = {
        "sources": rows,
        "count": counted[0]["n"],
        "search": search,
        "next": following,
        "next_url": with_params(call, "/sources", next=following) if following else None,
    }
    return Page("newscompare/sources.html", data, "Sources", csv=rows, csv_columns=_CSV)


_CSV = ("id", "name", "domain", "article_count", "story_count")


@page(
    "/source/{id}",
    name="source",
    tables=("sources", "articles", "stories", "facts", "matches", "sentences", "repeats", "sentences_without_match"),
)
async def source(call: Call) -> Page:
    """The page of a source by its id. What it shares and what only it told is counted in its newest articles."""
    only = {"source_id": call.url_vars["id"]}
    size = CSV_SIZE if call.format == "csv" else NEWEST
    found, listed = await asyncio.gather(call.rows(sql.SOURCE, only), call.rows(sql.NEWEST, {**only, "limit": size}))
    if not found:
        raise NotFound(f"No source {only['source_id']}")
    newest = listed[:NEWEST]
    shared_stories = [a["story_id"] for a in newest if (a["source_count"] or 0) > 1]
    articles = as_list(a["id"] for a in newest if a["story_id"] in shared_stories)
    shared, told, without = await asyncio.gather(
        call.rows(sql.SHARED_WITH, {**only, "stories": as_list(shared_stories), "limit": SHARED}),
        call.rows(sql.TOLD, {"articles": articles}),
        call.rows(sql.WITHOUT_MATCH, {"articles": articles, "each": EACH, "limit": WITHOUT_MATCH}),
    )
    rows = [_article(call, a) for a in listed]
    data = {
        "source": {**found[0], "url": call.url(links.source_path(found[0]["id"]))},
        "articles": rows,
        "told": told[0]["n"],
        "shared_story_count": len(set(shared_stories)),
        "shares_with": [
            {
                **s,
                "share_found": share(s["sentence_count"], told[0]["n"]),
                "url": call.url(links.source_path(s["id"])),
                "stories_url": with_params(call, "", [("source", found[0]["id"]), ("source", s["id"])]),
            }
            for s in shared
        ],
        "without_match": [
            {
                "sentence_id": w["sentence_id"],
                "text": w["text"],
                "nearest_score": w["nearest_score"],
                "story": story_ref(call, w["story_id"], w["story"]),
                "url": sentence_url(call, w["article_id"], w["sentence_id"]),
            }
            for w in without
        ],
        "stories_url": with_params(call, "", [("source", found[0]["id"])]),
    }
    csv = [{**r, "source": r["source"]["name"], "story": (r["story"] or {}).get("title")} for r in rows]
    return Page("newscompare/source.html", data, found[0]["name"], csv=csv, csv_columns=_ARTICLE_CSV)


_ARTICLE_CSV = ("id", "title", "published", "story", "source_count", "first_count", "word_count")


def _article(call: Call, a: Row) -> Row:
    return {
        **article_ref(call, a),
        "story": story_ref(call, a["story_id"], a["story"]),
        "source_count": a["source_count"],
        "fact_count": a["fact_count"],
        "first_count": a["first_count"],
    }
