"""A whole article in which each sentence shows how many other sources tell it, and opens to theirs."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from .. import diff, links
from ..queries import article as sql
from ..queries import articles as article_sql
from ..queries import versions as version_sql
from ..router import BadRequest, Call, NotFound, Page, page
from ._shared import Row, article_ref, entity_ref, match_url, sentence_url, share, story_ref, with_params

SHOWS = {
    "all": "the whole article",
    "matched": "only what others tell too",
    "unmatched": "only sentences without a match",
    "differs": "only where a number, name or quote differs",
}


ELSEWHERE = 60
"""Sentences of others that one sentence opens to."""
OTHERS = 120
"""Articles of the story that it can be compared with from here."""


@page(
    "/article/{id}",
    name="article",
    tables=(
        "articles", "sources", "stories", "sentences", "repeats", "matches", "near_misses", "differences", "entities",
        "article_entities",
    ),
    optional=("article_versions",),
)  # fmt: skip
async def article(call: Call) -> Page:
    """The page of an article by its id."""
    show = call.params.get("show") or "all"
    if show not in SHOWS:
        raise BadRequest(f"show must be one of {', '.join(SHOWS)}")
    only = {"article_id": call.url_vars["id"]}
    found, sentences, elsewhere, nearest, differences, entities, repeated = await asyncio.gather(
        call.rows(article_sql.ARTICLE, only),
        call.rows(article_sql.SENTENCES, only),
        call.rows(sql.TOLD_ELSEWHERE, only),
        call.rows(sql.NEAREST, only),
        call.rows(sql.DIFFERENCES, only),
        call.rows(sql.ENTITIES, only),
        call.rows(sql.REPEATED, only),
    )
    if not found:
        raise NotFound(f"No article {only['article_id']}")
    this = found[0]
    others = await call.rows(article_sql.STORY_ARTICLES, {"story_id": this["story_id"]})
    others = [a for a in others if a["source_id"] != this["source_id"]]
    rows = _sentences(call, this, sentences, elsewhere, nearest, differences, bool(others))
    told = [s for s in rows if s["state"] in ("matched", "unmatched")]
    matched = [s for s in told if s["state"] == "matched"]
    shown = [s for s in rows if _accepts(s, show)]
    data = {
        "article": {**article_ref(call, this), "author": this["author"], "language": this["language"]},
        "story": story_ref(call, this["story_id"], this["story"]),
        "told": len(told),
        "found": len(matched),
        "share_found": share(len(matched), len(told)),
        "other_source_count": len({a["source_id"] for a in others}),
        "show": show,
        "show_choices": [
            {"value": k, "label": v, "url": with_params(call, _path(this), show=None if k == "all" else k)}
            for k, v in SHOWS.items()
        ],
        "sentence_count": len(rows),
        "sentences_shown": len(shown),
        "paragraphs": [
            {"number": n, "sentences": [_opening_to_some(call, s) for s in group]}
            for n, group in groupby(shown, key=lambda s: s["paragraph"])
        ],
        "compare_with": [
            {**article_ref(call, a), "compare_url": call.url(links.compare_path(this["id"], a["id"]))}
            for a in others[:OTHERS]
        ],
        "compare_with_count": len(others),
        "repeats": [{**article_ref(call, a), "repeated_count": a["repeated_count"]} for a in repeated],
        "version_count": 1 + await _earlier_versions(call, this),
        "versions_url": call.url(f"{_path(this)}/versions"),
        "entities": [{**entity_ref(call, e), "mention_count": e["mention_count"]} for e in entities],
    }
    return Page("newscompare/article.html", data, this["title"], csv=[_csv_row(s) for s in shown], csv_columns=_CSV)


_CSV = ("sentence_id", "number", "paragraph", "role", "state", "source_count", "sources", "text")


def _csv_row(s: Row) -> Row:
    return {**s, "sources": "; ".join(sorted({e["source"] for e in s["elsewhere"]}))}


def _opening_to_some(call: Call, s: Row) -> Row:
    """A sentence with the first of those elsewhere that tell it, and the way to all where there are more."""
    more = len(s["elsewhere"]) > ELSEWHERE
    url = f"{call.table_url('match_pairs')}?sentence_id={s['sentence_id']}" if more else None
    return {**s, "elsewhere": s["elsewhere"][:ELSEWHERE], "all_elsewhere_url": url}


def _path(this: Row) -> str:
    return links.article_path(this["id"])


async def _earlier_versions(call: Call, this: Row) -> int:
    """How often the outlet changed the article; 0 where the actor may not know."""
    if not await call.sees("article_versions", "article_texts"):
        return 0
    return int((await call.rows(version_sql.COUNT, {"article_id": this["id"]}))[0]["n"])


def _accepts(sentence: Row, show: str) -> bool:
    if show == "differs":
        return bool(sentence["differences"])
    return show in ("all", sentence["state"])


def _sentences(
    call: Call,
    this: Row,
    sentences: Sequence[Row],
    elsewhere: Sequence[Row],
    nearest: Sequence[Row],
    differences: Sequence[Row],
    compared: bool,
) -> list[Row]:
    told: dict[int, list[Row]] = defaultdict(list)
    for e in elsewhere:
        told[e["sentence_id"]].append(
            {
                "source": e["source"],
                "source_id": e["source_id"],
                "text": e["text"],
                "kind": e["kind"],
                "score": e["score"],
                "published": e["published"],
                "url": sentence_url(call, e["other_article_id"], e["other_sentence_id"]),
                "match_url": match_url(call, this["id"], e["other_article_id"], e["match_id"]),
            }
        )
    near = {n["sentence_id"]: n for n in nearest}
    differs: dict[int, list[Row]] = defaultdict(list)
    for d in differences:
        differs[d["sentence_id"]].append(d)
    numbers = {s["id"]: s["position"] + 1 for s in sentences}
    rows = []
    for s in sentences:
        state = _state(s, bool(told[s["id"]]), compared)
        n = near.get(s["id"]) if state == "unmatched" else None
        rows.append(
            {
                "sentence_id": s["id"],
                "number": numbers[s["id"]],
                "paragraph": s["paragraph"],
                "role": s["role"],
                "state": state,
                "repeat_of": s["repeat_of"] and {"sentence_id": s["repeat_of"], "number": numbers.get(s["repeat_of"])},
                "text": s["text"],
                "segments": _segments(s, differs[s["id"]]),
                "source_count": len({e["source_id"] for e in told[s["id"]]}),
                "elsewhere": told[s["id"]],
                "differences": [
                    {
                        "kind": d["kind"],
                        "text": d["own_text"],
                        "other_text": d["other_text"],
                        "other_source": d["source"],
                        "note": d["note"],
                    }
                    for d in differs[s["id"]]
                ],
                "nearest": n
                and {
                    "source": n["source"],
                    "text": n["text"],
                    "score": n["score"],
                    "url": sentence_url(call, n["other_article_id"], n["near_sentence_id"]),
                },
            }
        )
    return rows


def _state(sentence: Row, matched: bool, compared: bool) -> str:
    if sentence["role"] == "boilerplate" or sentence["repeat_of"] is not None:
        return "apart"
    if matched:
        return "matched"
    return "unmatched" if compared else "alone"


def _segments(sentence: Row, differences: Sequence[Row]) -> list[diff.Segment]:
    marked = [
        (
            d["own_start"] - sentence["start"],
            d["own_end"] - sentence["start"],
            "differs",
            f"{d['kind']}: {d['other_text'] or 'none'} in {d['source']}",
        )
        for d in differences
        if d["own_start"] is not None and d["own_end"] is not None
    ]
    return diff.plain(sentence["text"], marked)
