"""The sentences that name an entity, side by side: those of one fact together, and the numbers in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from .. import diff
from ..router import Call
from ._shared import Row, match_url, sentence_url


def sentences_of(call: Call, sentences: Sequence[Row], mentions: Sequence[Row], quantities: Sequence[Row]) -> list[Row]:
    """The sentences with the entity's names marked and the numbers in them."""
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


def groups_of(call: Call, rows: Sequence[Row], matches: Sequence[Row], facts: Sequence[Row]) -> list[Row]:
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


def numbers_of(quantities: Sequence[Row], rows: dict[int, Row]) -> list[Row]:
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
