"""The matrix of a story's facts and its sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..router import Call
from ._shared import Row, sentence_url

COLUMNS = 24
"""Sources that the matrix gives a column each; of more, those that tell most, and one column for all others."""
MATRIX_COLUMNS = ("fact_id", "fact", "source_count", "independent_count", "first_source", "first_published")
"""The first columns of the matrix as CSV; a column for each source follows."""


def fold(sources: Sequence[Row], sentences: Sequence[Row], every_source: bool) -> None:
    """Say of each source whether its column is folded away: where there are many, those that tell the fewest facts."""
    told: dict[str, set[int]] = defaultdict(set)
    for s in sentences:
        told[s["source_id"]].add(s["fact_id"])
    order = sorted(range(len(sources)), key=lambda i: (-len(told[sources[i]["id"]]), i))
    kept = set(order if every_source or len(sources) <= COLUMNS else order[: COLUMNS - 1])
    for i, source in enumerate(sources):
        source["folded"] = i not in kept


def facts_of(
    call: Call, facts: Sequence[Row], sentences: Sequence[Row], flags: Sequence[Row], sources: Sequence[Row]
) -> list[Row]:
    """The facts as the page shows them, each with a cell for each of the sources, in their order."""
    by_fact: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for s in sentences:
        by_fact[s["fact_id"]][s["source_id"]].append(
            {
                "sentence_id": s["sentence_id"],
                "text": s["text"],
                "published": s["published"],
                "url": sentence_url(call, s["article_id"], s["sentence_id"]),
            }
        )
    kinds: dict[int, Row] = defaultdict(dict)
    for flag in flags:
        kinds[flag["fact_id"]][flag["kind"]] = flag["n"]
    return [
        {
            "id": f["id"],
            "text": f["text"],
            "source_count": f["source_count"],
            "independent_count": f["independent_count"],
            "sentence_count": f["sentence_count"],
            "first_source": {"id": f["first_source_id"], "name": f["first_source"]} if f["first_source_id"] else None,
            "first_published": f["first_published"],
            "differences": kinds[f["id"]],
            "tellings": _tellings(by_fact[f["id"]], sources),
            "cells": [
                {
                    "source_id": source["id"],
                    "is_first": source["id"] == f["first_source_id"] and f["first_published"] is not None,
                    "sentences": by_fact[f["id"]][source["id"]],
                }
                for source in sources
            ],
        }
        for f in facts
    ]


def matrix(facts: Sequence[Row], sources: Sequence[Row]) -> list[Row]:
    """A row a fact, and for each source the sentences in which it tells it."""
    return [
        {
            source["name"]: " … ".join(s["text"] for s in cell["sentences"])
            for source, cell in zip(sources, f["cells"], strict=True)
        }
        | {
            "fact_id": f["id"],
            "fact": f["text"],
            "source_count": f["source_count"],
            "independent_count": f["independent_count"],
            "first_source": f["first_source"]["name"] if f["first_source"] else None,
            "first_published": f["first_published"],
        }
        for f in facts
    ]


def _tellings(told: Mapping[str, Sequence[Row]], sources: Sequence[Row]) -> list[Row]:
    """The sentences of a fact in the order of the sources, those in the same words once."""
    texts: dict[str, list[Row]] = defaultdict(list)
    for source in sources:
        for s in told.get(source["id"], ()):
            texts[s["text"]].append({"name": source["name"], "url": s["url"]})
    return [{"text": text, "sources": by} for text, by in texts.items()]
