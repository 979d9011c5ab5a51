"""One entity: its spellings, how each source describes it, and each source's sentences about it, side by side."""

from __future__ import annotations

import asyncio

from .. import links
from ..queries import entities as sql
from ..router import Call, NotFound, Page, page
from ._by_bitmaps import company_of, days_of
from ._described import SPELT, described, spelling_url
from ._described import TABLES as DESCRIBED
from ._said import groups_of, numbers_of, sentences_of
from ._shared import Row, as_list, entity_ref, match_url, sentence_url, story_ref, with_params
from ._timeline import timeline
from .corrections import of_entity

NEWEST = 1000
"""Of an entity in more stories, or matches, the newest are looked at."""
STORIES = 30
SENTENCES = 400
QUOTES = 20
COMPANY = 12
DIFFERENCES = 20


@page(
    "/entity/{id}",
    name="entity",
    tables=(
        "entities", "entity_aliases", "mentions", "sentences", "articles", "sources", "stories", "story_entities",
        "source_entities", "article_entities", "match_entities", "repeats", "matches", "differences", "facts",
        "fact_sentences", "quantities", "quotes",
    ),
    optional=("corrections", "facet_bitmaps", *DESCRIBED, *SPELT),
)  # fmt: skip
async def entity(call: Call) -> Page:
    """The page of an entity by its number; `story` chooses the story whose sentences it shows."""
    only = {"entity_id": call.integer("id")}
    found = await call.rows(sql.ENTITY, only)
    if not found:
        raise NotFound(f"No entity {only['entity_id']}: names were corrected or linked anew since, or it never was")
    this = found[0]
    aliases, sources, stories, quotes, differences = await asyncio.gather(
        call.rows(sql.ALIASES, only),
        call.rows(sql.SOURCES, only),
        call.rows(sql.STORIES, {**only, "newest": NEWEST, "limit": STORIES}),
        call.rows(sql.QUOTES, {**only, "limit": QUOTES}),
        call.rows(sql.DIFFERENCES, {**only, "newest": NEWEST, "limit": DIFFERENCES}),
    )
    days, company, words = await asyncio.gather(
        days_of(call, this["id"]),
        company_of(call, this["id"], COMPANY),
        described(call, this["id"], this["mention_count"]),
    )
    chosen = call.integer_param("story")
    story_id = chosen if chosen is not None else stories[0]["id"] if stories else None
    sentences = await call.rows(sql.SENTENCES, {**only, "story_id": story_id, "limit": SENTENCES})
    named = {**only, "sentences": as_list(s["sentence_id"] for s in sentences)}
    mentions, matches, facts, quantities, corrections = await asyncio.gather(
        call.rows(sql.MENTIONS, named),
        call.rows(sql.MATCHES, {"sentences": named["sentences"]}),
        call.rows(sql.FACTS, {"sentences": named["sentences"]}),
        call.rows(sql.QUANTITIES, {"sentences": named["sentences"]}),
        of_entity(call, this, aliases, story_id),
    )
    rows = sentences_of(call, sentences, mentions, quantities)
    columns = [{"id": s["id"], "name": s["name"]} for s in sources if any(r["source"]["id"] == s["id"] for r in rows)]
    spelt = await call.sees(*SPELT)
    country = await call.rows(sql.COUNTRY, {"name": this["people_of"]}) if this["people_of"] else []
    peoples = await call.rows(sql.PEOPLES, {**only, "name": this["name"]}) if this["type"] == "place" else []
    title = next((s["title"] for s in stories if s["id"] == story_id), None)
    groups = groups_of(call, rows, matches, facts)
    data = {
        "entity": {**entity_ref(call, this), **{k: this[k] for k in _COUNTS}},
        "people_of": entity_ref(call, country[0]) if country else None,
        "peoples": [{**entity_ref(call, p), "sentence_count": p["sentence_count"]} for p in peoples],
        "aliases": [{**a, "url": spelling_url(call, this["id"], a["alias"]) if spelt else None} for a in aliases],
        **corrections,
        "sources": [{**s, "url": call.url(links.source_path(s["id"]))} for s in sources],
        "timeline": timeline(call, this["id"], days or []),
        "described": words,
        "stories": [_story(call, s, this["id"], story_id) for s in stories],
        "story": story_ref(call, story_id, title),
        "columns": columns,
        "groups": groups,
        "truncated": len(sentences) == SENTENCES,
        "differences": [_difference(call, d) for d in differences],
        "quantities": numbers_of(quantities, {r["sentence_id"]: r for r in rows}),
        "quotes": [
            {
                "text": q["text"],
                "speaker": q["speaker"],
                "source": q["source"],
                "url": sentence_url(call, q["article_id"], q["sentence_id"]),
            }
            for q in quotes
        ],
        "appears_with": [{**entity_ref(call, e), "article_count": e["article_count"]} for e in company or []],
        "timed_out": [name for name, part in (("timeline", days), ("appears_with", company)) if part is None],
        "stories_url": f"{call.url()}?entity={this['id']}",
    }
    csv = [{**r, "source": r["source"]["name"]} for group in groups for r in group["sentences"]]
    return Page("newscompare/entity.html", data, this["name"], csv=csv, csv_columns=_CSV)


_COUNTS = (
    "article_count", "source_count", "story_count", "sentence_count", "mention_count", "match_count",
    "difference_count",
)  # fmt: skip
_CSV = ("sentence_id", "source", "article_id", "published", "role", "text")


def _difference(call: Call, d: Row) -> Row:
    kept = ("kind", "left_source", "left_text", "right_source", "right_text", "note")
    url = match_url(call, d["left_article_id"], d["right_article_id"], d["match_id"])
    return {**{key: d[key] for key in kept}, "url": url}


def _story(call: Call, s: Row, entity_id: int, chosen: int | None) -> Row:
    return {
        "id": s["id"],
        "title": s["title"],
        "source_count": s["source_count"],
        "article_count": s["article_count"],
        "chosen": s["id"] == chosen,
        "url": call.url(links.story_path(s["id"])),
        "choose_url": with_params(call, links.entity_path(entity_id), story=s["id"]),
    }
