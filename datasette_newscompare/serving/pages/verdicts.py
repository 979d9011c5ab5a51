"""What people judged of matches, newest first, and how often they found each kind and score right."""

from __future__ import annotations

import asyncio

from ...verdicts import VERDICTS
from .. import links
from ..queries import verdicts as sql
from ..router import BadRequest, Call, Page, page
from ._shared import Row, match_url, with_params

PAGE_SIZE = 100
_CSV = (
    "left_article_id", "left_text", "right_article_id", "right_text", "verdict", "note", "actor", "at", "kind", "score",
)  # fmt: skip


@page("/verdicts", name="verdicts", tables=("verdicts", "verdict_precision", "articles", "sources", "matches"))
async def verdicts(call: Call) -> Page:
    """The list; its CSV holds all verdicts at once, as `datasette newscompare verdicts --import` takes them in."""
    chosen = call.params.get("verdict") or None
    if chosen not in (None, *VERDICTS):
        raise BadRequest(f"verdict must be one of {', '.join(VERDICTS)}")
    offset = call.integer_param("next") or 0
    part = {"limit": -1, "offset": 0} if call.format == "csv" else {"limit": PAGE_SIZE + 1, "offset": offset}
    found, counts, precision = await asyncio.gather(
        call.rows(sql.LIST, {"verdict": chosen or "", **part}), call.rows(sql.COUNTS), call.rows(sql.PRECISION)
    )
    by_verdict = {row["verdict"]: row["n"] for row in counts}
    following = str(offset + PAGE_SIZE) if len(found) > PAGE_SIZE and call.format != "csv" else None
    data = {
        "verdicts": [_verdict(call, row) for row in found[:PAGE_SIZE]],
        "count": by_verdict.get(chosen, 0) if chosen else sum(by_verdict.values()),
        "verdict": chosen,
        "verdict_choices": [
            {
                "value": value,
                "count": by_verdict.get(value, 0),
                "url": with_params(call, "/verdicts", verdict=value, next=None),
            }
            for value in VERDICTS
        ],
        "clear_url": call.url("/verdicts"),
        "precision": precision,
        "next": following,
        "next_url": with_params(call, "/verdicts", next=following) if following else None,
    }
    return Page("newscompare/verdicts.html", data, "Verdicts", csv=found, csv_columns=_CSV)


def _verdict(call: Call, row: Row) -> Row:
    left, right = row["left_article_id"], row["right_article_id"]
    sides = {
        side: {"id": row[f"{side}_article_id"], "source": row[f"{side}_source"], "text": row[f"{side}_text"]}
        for side in ("left", "right")
    }
    url = call.url(links.compare_path(left, right))
    return {
        **{key: row[key] for key in ("verdict", "note", "actor", "at", "kind", "score", "match_id")},
        **sides,
        "url": url if row["match_id"] is None else match_url(call, left, right, row["match_id"]),
    }
