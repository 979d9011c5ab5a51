"""A story: who tells which fact, who tells it first, what only one source tells, and where the numbers differ."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import datetime

from .. import diff, links
from ..queries import articles as article_sql
from ..queries import story as sql
from ..router import Call, NotFound, Page, page
from ._shared import (
    LEFT_OUT,
    Row,
    article_ref,
    as_list,
    entity_ref,
    match_url,
    sentence_url,
    share,
    source_ref,
    with_params,
)
from ._story_facts import MATRIX_COLUMNS, facts_of, fold, matrix

FACTS = 60
WITHOUT_MATCH = 6
"""Sentences of one source shown at first; the rest stand on the article's page."""
DIFFERENCES = 40
QUOTES = 30
ENTITIES = 12
CLOSEST = 30
ARTICLES = 120
"""Articles that the page tells of, each with its source; of more, those published first."""
PAIRED = 60
"""Articles of which the data holds how much of each stands in each other one; of more, the closest pairs alone."""


@page(
    "/story/{id}",
    name="story",
    tables=(
        "stories", "articles", "sources", "sentences", "repeats", "facts", "fact_sentences", "matches", "differences",
        "near_misses", "quotes", "entities", "story_entities", "article_entities", "sentences_without_match",
        "quote_comparison", "same_texts",
    ),
)  # fmt: skip
async def story(call: Call) -> Page:
    """The page of a story by its number."""
    story_id = {"story_id": call.integer("id")}
    found = await call.rows(sql.STORY, story_id)
    if not found:
        raise NotFound(f"No story {story_id['story_id']}")
    every_fact = call.params.get("facts") == "all" or call.format == "csv"
    articles, facts, first, without, differences, counts, quotes, entities = await asyncio.gather(
        call.rows(article_sql.STORY_ARTICLES, story_id),
        call.rows(sql.FACTS, {**story_id, "limit": -1 if every_fact else FACTS}),
        call.rows(sql.FIRST_REPORTS, story_id),
        call.rows(sql.WITHOUT_MATCH, story_id),
        call.rows(sql.DIFFERENCES, {**story_id, "limit": DIFFERENCES}),
        call.rows(sql.DIFFERENCE_COUNTS, story_id),
        call.rows(sql.QUOTES, {**story_id, "limit": QUOTES}),
        call.rows(sql.ENTITIES, {**story_id, "limit": ENTITIES}),
    )
    fact_ids = {"facts": as_list(f["id"] for f in facts)}
    sentences, flags, told, shared, same = await asyncio.gather(
        call.rows(sql.FACT_SENTENCES, fact_ids),
        call.rows(sql.FACT_DIFFERENCES, story_id),
        call.rows(sql.TOLD, story_id),
        call.rows(sql.FOUND, story_id),
        call.rows(sql.SAME_TEXTS, story_id),
    )
    told_by = {row["article_id"]: row["told"] for row in told}
    shown = articles[:ARTICLES]
    copies = _copies(same, {a["id"] for a in shown})
    refs = [
        {**article_ref(call, a), "told": told_by.get(a["id"], 0), "same_text_as": copies.get(a["id"], [])}
        for a in shown
    ]
    sources = _sources(refs)
    fold(sources, sentences, every_source=call.params.get("columns") == "all")
    told_facts = facts_of(call, facts, sentences, flags, sources)
    data = {
        "story": {**found[0], "url": call.url(links.story_path(found[0]["id"]))},
        "sources": sources,
        "articles": refs,
        "all_articles_url": f"{call.table_url('articles')}?story_id={story_id['story_id']}"
        if len(articles) > len(refs)
        else None,
        "timeline": _timeline(refs),
        "facts": told_facts,
        "all_facts_url": None
        if len(facts) == found[0]["fact_count"]
        else with_params(call, _path(found[0]), facts="all"),
        "all_sources_url": with_params(call, _path(found[0]), columns="all")
        if any(source["folded"] for source in sources)
        else None,
        "first_reports": [{**source_ref(call, f), "count": f["n"]} for f in first],
        "without_match": _without_match(call, without, {source["id"] for source in sources}),
        "difference_counts": {row["kind"]: row["n"] for row in counts},
        "differences": [_difference(call, d) for d in differences],
        "quotes": sorted((_quote(call, q) for q in quotes), key=_by_interest),
        "pairs": _pairs(call, refs, shared) if len(refs) <= PAIRED else [],
        "closest_pairs": _closest(call, refs, shared),
        "entities": [{**entity_ref(call, e), "source_count": e["source_count"]} for e in entities],
    }
    columns = (*MATRIX_COLUMNS, *(source["name"] for source in sources))
    return Page("newscompare/story.html", data, found[0]["title"], csv=matrix(told_facts, sources), csv_columns=columns)


def _path(story: Row) -> str:
    return links.story_path(story["id"])


def _copies(same: Sequence[Row], shown: Set[str]) -> dict[str, list[str]]:
    """For each of these articles that carries the same text as others of them: those others."""
    same = [row for row in same if row["article_id"] in shown]
    texts: dict[str, list[str]] = defaultdict(list)
    for row in same:
        texts[row["first_article_id"]].append(row["article_id"])
    return {
        row["article_id"]: sorted(other for other in texts[row["first_article_id"]] if other != row["article_id"])
        for row in same
    }


def _sources(articles: Sequence[Row]) -> list[Row]:
    """The sources in the order in which they came, each with its articles' ids."""
    by_id: dict[str, Row] = {}
    for a in articles:
        source = by_id.setdefault(a["source"]["id"], {**a["source"], "articles": []})
        source["articles"].append(a["id"])
    return list(by_id.values())


def _without_match(call: Call, rows: Sequence[Row], shown: Set[str]) -> list[Row]:
    """For each of these sources: how many of its sentences have no match, and the first ones with what came nearest."""
    groups: dict[str, Row] = {}
    for w in (row for row in rows if row["source_id"] in shown):
        group = groups.setdefault(
            w["source_id"],
            {
                "source": {"id": w["source_id"], "name": w["source"]},
                "count": 0,
                "sentences": [],
                "url": call.url(links.article_path(w["article_id"])) + "?show=unmatched",
            },
        )
        group["count"] += 1
        if len(group["sentences"]) < WITHOUT_MATCH and w["text"] != LEFT_OUT:
            group["sentences"].append(_lone_sentence(call, w))
    return list(groups.values())


def _lone_sentence(call: Call, w: Row) -> Row:
    nearest = None
    if w["nearest_sentence_id"] is not None:
        nearest = {
            "sentence_id": w["nearest_sentence_id"],
            "text": w["nearest_text"],
            "source": w["nearest_source"],
            "score": w["nearest_score"],
            "url": sentence_url(call, w["nearest_article_id"], w["nearest_sentence_id"]),
        }
    return {
        "sentence_id": w["sentence_id"],
        "article_id": w["article_id"],
        "role": w["role"],
        "text": w["text"],
        "url": sentence_url(call, w["article_id"], w["sentence_id"]),
        "nearest": nearest,
    }


def _difference(call: Call, d: Row) -> Row:
    words = diff.contrast(d["left_text"], d["right_text"])
    return {
        "id": d["id"],
        "kind": d["kind"],
        "note": d["note"],
        **{
            side: {
                "source": d[f"{side}_source"],
                "text": d[f"{side}_text"],
                "segments": segments,
                "sentence": d[f"{side}_sentence"],
            }
            for side, segments in (("left", words.left), ("right", words.right))
        },
        "match_id": d["match_id"],
        "url": match_url(call, d["left_article_id"], d["right_article_id"], d["match_id"]),
    }


def _quote(call: Call, q: Row) -> Row:
    both = diff.compare(q["left_quote"] or "", q["right_quote"] or "")
    compared = bool(q["left_quote"] and q["right_quote"])
    sides = {
        side: {
            "source": q[f"{side}_source"],
            "quote": q[f"{side}_quote"],
            "speaker": q[f"{side}_speaker"],
            "sentence": q[f"{side}_sentence"],
            "segments": segments if compared else diff.plain(q[f"{side}_quote"] or ""),
        }
        for side, segments in (("left", both.left), ("right", both.right))
    }
    return {
        **sides,
        "same_words": compared and not both.few_shared and not any("mark" in s for s in (*both.left, *both.right)),
        "match_id": q["match_id"],
        "url": match_url(call, q["left_article_id"], q["right_article_id"], q["match_id"]),
    }


def _by_interest(quote: Row) -> int:
    """Quotes that differ first, then what only one side quotes, then what both quote alike."""
    both = bool(quote["left"]["quote"] and quote["right"]["quote"])
    return 2 if quote["same_words"] else 0 if both else 1


def _pairs(call: Call, articles: Sequence[Row], shared: Sequence[Row]) -> list[Row]:
    """A row an article, a cell for each other one: how much of the row's article stands in the column's."""
    found = {(row["article_id"], row["other_article_id"]): row["found"] for row in shared}
    rows = []
    for a in articles:
        cells: list[Row | None] = []
        for b in articles:
            if a["source"]["id"] == b["source"]["id"]:
                cells.append(None)
                continue
            cells.append(_cell(call, a, b, found.get((a["id"], b["id"]), 0)))
        rows.append({"article_id": a["id"], "told": a["told"], "cells": cells})
    return rows


def _closest(call: Call, articles: Sequence[Row], shared: Sequence[Row]) -> list[Row]:
    """The pairs of which one stands in the other to the largest part."""
    place = {a["id"]: i for i, a in enumerate(articles)}
    every = []
    for row in shared:
        i, j = place.get(row["article_id"]), place.get(row["other_article_id"])
        if i is not None and j is not None and row["found"]:
            every.append((-(share(row["found"], articles[i]["told"]) or 0), i, j, row["found"]))
    return [
        {
            "article_id": articles[i]["id"],
            "source": articles[i]["source"]["name"],
            **_cell(call, articles[i], articles[j], found),
            "other_source": articles[j]["source"]["name"],
        }
        for _, i, j, found in sorted(every)[:CLOSEST]
    ]


def _cell(call: Call, article: Row, other: Row, found: int) -> Row:
    return {
        "other_article_id": other["id"],
        "found": found,
        "share_found": share(found, article["told"]),
        "url": call.url(links.compare_path(article["id"], other["id"])),
    }


def _timeline(articles: Sequence[Row]) -> list[Row]:
    """The dated articles from the first on, each with the hours since, where the dates hold times."""
    dated = [a for a in articles if a["published"]]
    start = _moment(dated[0]["published"]) if dated else None
    rows = []
    for a in dated:
        at = _moment(a["published"])
        known = start is not None and at is not None and (start.tzinfo is None) == (at.tzinfo is None)
        hours = round((at - start).total_seconds() / 3600, 1) if known and at and start else None
        rows.append({"article_id": a["id"], "published": a["published"], "hours_after_first": hours})
    return rows


def _moment(published: str) -> datetime | None:
    """The point in time, or None where only the day is known."""
    if len(published) <= 10:
        return None
    try:
        return datetime.fromisoformat(published.replace("Z", "+00:00"))
    except ValueError:
        return None
