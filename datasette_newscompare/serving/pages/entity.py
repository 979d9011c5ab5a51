"""One entity: its spellings, and what each source's sentences say about it, side by side, story by story."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence

from .. import diff, links
from ..queries import entities as sql
from ..router import Call, NotFound, Page, page
from ._shared import Row, as_list, entity_ref, match_url, sentence_url, story_ref, with_params

NEWEST = 1000
"""Of an entity in more stories, the newest are looked at."""
STORIES = 30
SENTENCES = 400
QUOTES = 20
COMPANY = 12


@page(
    "/entity/{id}",
    name="entity",
    tables=(
        "entities", "entity_aliases", "mentions", "sentences", "articles", "sources", "stories",
        "story_entities", "source_entities", "repeats", "matches", "facts", "fact_sentences", "quantities", "quotes",
    ),
)  # fmt: skip
async def entity(call: Call) -> Page:
    """The page of an entity by its number; `story` chooses the story whose sentences it shows."""
    only = {"entity_id": call.integer("id")}
    found = await call.rows(sql.ENTITY, only)
    if not found:
        raise NotFound(f"No entity {only['entity_id']}")
    this = found[0]
    aliases, sources, stories, quotes = await asyncio.gather(
        call.rows(sql.ALIASES, only),
        call.rows(sql.SOURCES, only),
        call.rows(sql.STORIES, {**only, "newest": NEWEST, "limit": STORIES}),
        call.rows(sql.QUOTES, {**only, "limit": QUOTES}),
    )
    chosen = call.integer_param("story")
    story_id = chosen if chosen is not None else stories[0]["id"] if stories else None
    sentences = await call.rows(sql.SENTENCES, {**only, "story_id": story_id, "limit": SENTENCES})
    named = {**only, "sentences": as_list(s["sentence_id"] for s in sentences)}
    mentions, matches, facts, quantities, company = await asyncio.gather(
        call.rows(sql.MENTIONS, named),
        call.rows(sql.MATCHES, {"sentences": named["sentences"]}),
        call.rows(sql.FACTS, {"sentences": named["sentences"]}),
        call.rows(sql.QUANTITIES, {"sentences": named["sentences"]}),
        call.rows(sql.WITH_ENTITIES, {**named, "limit": COMPANY}),
    )
    rows = _sentences(call, sentences, mentions, quantities)
    columns = [{"id": s["id"], "name": s["name"]} for s in sources if any(r["source"]["id"] == s["id"] for r in rows)]
    title = next((s["title"] for s in stories if s["id"] == story_id), None)
    groups = _groups(call, rows, matches, facts)
    data = {
        "entity": {**entity_ref(call, this), **{k: this[k] for k in _COUNTS}},
        "aliases": aliases,
        "sources": [{**s, "url": call.url(links.source_path(s["id"]))} for s in sources],
        "stories": [_story(call, s, this["id"], story_id) for s in stories],
        "story": story_ref(call, story_id, title),
        "columns": columns,
        "groups": groups,
        "truncated": len(sentences) == SENTENCES,
        "quantities": _numbers(quantities, {r["sentence_id"]: r for r in rows}),
        "quotes": [
            {
                "text": q["text"],
                "speaker": q["speaker"],
                "source": q["source"],
                "url": sentence_url(call, q["article_id"], q["sentence_id"]),
            }
            for q in quotes
        ],
        "appears_with": [{**entity_ref(call, e), "sentence_count": e["sentence_count"]} for e in company],
        "stories_url": f"{call.url()}?entity={this['id']}",
    }
    csv = [{**r, "source": r["source"]["name"]} for group in groups for r in group["sentences"]]
    return Page("newscompare/entity.html", data, this["name"], csv=csv, csv_columns=_CSV)


_COUNTS = ("article_count", "source_count", "story_count", "sentence_count", "mention_count", "match_count")
_CSV = ("sentence_id", "source", "article_id", "published", "role", "text")


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


def _sentences(call: Call, sentences: Sequence[Row], mentions: Sequence[Row], quantities: Sequence[Row]) -> list[Row]:
    marks: dict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
    starts = {s["sentence_id"]: s["start"] for s in sentences}
    for m in mentions:
        at = starts[m["sentence_id"]]
        marks[m["sentence_id"]].append((m["start"] - at, m["end"] - at, "name", ""))
    numbers: dict[int, list[str]] = defaultdict(list)
    for q in quantities:
        numbers[q["sentence_id"]].append(q["text"])
    return [
        {
            "sentence_id": s["sentence_id"],
            "source": {"id": s["source_id"], "name": s["source"]},
            "article_id": s["article_id"],
            "published": s["published"],
            "role": s["role"],
            "text": s["text"],
            "segments": diff.plain(s["text"], marks[s["sentence_id"]]),
            "quantities": numbers[s["sentence_id"]],
            "url": sentence_url(call, s["article_id"], s["sentence_id"]),
        }
        for s in sentences
    ]


def _groups(call: Call, rows: Sequence[Row], matches: Sequence[Row], facts: Sequence[Row]) -> list[Row]:
    """The sentences of one fact together, the most widely told first; then all the others as one group."""
    by_id = {r["sentence_id"]: r for r in rows}
    placed: set[int] = set()
    groups: list[Row] = []
    together: dict[int, list[int]] = defaultdict(list)
    texts: dict[int, str] = {}
    for f in facts:
        together[f["fact_id"]].append(f["sentence_id"])
        texts[f["fact_id"]] = f["text"]
    pairs = {(m["left_sentence_id"], m["right_sentence_id"]): m for m in matches}
    for fact_id, ids in together.items():
        members = [i for i in by_id if i in ids and i not in placed]
        if len({by_id[i]["source"]["id"] for i in members}) < 2:
            continue
        placed.update(members)
        inside = [pairs[p] for p in pairs if p[0] in members and p[1] in members]
        links_inside = [match_url(call, m["left_article_id"], m["right_article_id"], m["id"]) for m in inside]
        groups.append(_group(fact_id, texts[fact_id], [by_id[i] for i in members], links_inside))
    lone = [r for r in rows if r["sentence_id"] not in placed]
    groups.sort(key=lambda g: -g["source_count"])
    return [*groups, *([_group(None, None, lone, [])] if lone else [])]


def _group(fact_id: int | None, text: str | None, sentences: list[Row], urls: list[str]) -> Row:
    return {
        "fact_id": fact_id,
        "text": text,
        "source_count": len({s["source"]["id"] for s in sentences}),
        "sentences": sentences,
        "compare_urls": urls,
    }


def _numbers(quantities: Sequence[Row], rows: dict[int, Row]) -> list[Row]:
    """The numbers of the shown sentences, each with the sources that give it, the most widely given first."""
    given: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for q in quantities:
        given[q["kind"], q["text"]].append(rows[q["sentence_id"]])
    counted = Counter({key: len({r["source"]["id"] for r in found}) for key, found in given.items()})
    return [
        {
            "text": text,
            "kind": kind,
            "source_count": n,
            "sentences": [{"source": r["source"]["name"], "url": r["url"]} for r in given[kind, text]],
        }
        for (kind, text), n in counted.most_common()
    ]
