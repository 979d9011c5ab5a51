"""One of the two articles of the compare page, with all that was found in it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass

from ...records import Quantity
from .. import diff
from ..queries import articles as article_sql
from ..queries import compare as sql
from ..router import Call, NotFound
from ._shared import Row


@dataclass(frozen=True)
class Side:
    """One of the two articles with what was found in it, by sentence id."""

    article: Row
    sentences: list[Row]
    by_id: dict[int, Row]
    quantities: dict[int, list[Quantity]]
    names: dict[int, list[diff.Anchor]]
    entities: dict[int, set[int]]
    nearest: dict[int, Row]
    coverage: Row


async def load_side(call: Call, article_id: str, other_id: str) -> Side:
    """The article with its sentences, and what was found of the other one in it. Raises `NotFound`."""
    only = {"article_id": article_id}
    both = {**only, "other_article_id": other_id}
    found, sentences, mentions, quantities, nearest, coverage = await asyncio.gather(
        call.rows(article_sql.ARTICLE, only),
        call.rows(article_sql.SENTENCES, only),
        call.rows(article_sql.MENTIONS, only),
        call.rows(article_sql.QUANTITIES, only),
        call.rows(sql.NEAREST, both),
        call.rows(sql.COVERAGE, both),
    )
    if not found:
        raise NotFound(f"No article {article_id}")
    starts = {s["id"]: s["start"] for s in sentences}
    names: dict[int, list[diff.Anchor]] = defaultdict(list)
    entities: dict[int, set[int]] = defaultdict(set)
    amounts: dict[int, list[Quantity]] = defaultdict(list)
    for q in quantities:
        at = starts[q["sentence_id"]]
        place = {"start": q["start"] - at, "end": q["end"] - at, "approximate": bool(q["approximate"])}
        amounts[q["sentence_id"]].append(Quantity(**{k: v for k, v in q.items() if k != "sentence_id"} | place))
    for m in mentions:
        at = starts[m["sentence_id"]]
        names[m["sentence_id"]].append(diff.Anchor(m["start"] - at, m["end"] - at, ("entity", m["entity_id"])))
        entities[m["sentence_id"]].add(m["entity_id"])
    return Side(
        article=found[0],
        sentences=sentences,
        by_id={s["id"]: s for s in sentences},
        quantities=amounts,
        names=names,
        entities=entities,
        nearest={n["sentence_id"]: n for n in nearest},
        coverage=coverage[0],
    )
