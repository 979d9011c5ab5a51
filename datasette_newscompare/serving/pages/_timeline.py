"""When articles name an entity: a bar for each day, month or year."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from ..router import Call
from ._shared import Row

MOST_BARS = 62
WIDTH, HEIGHT = 1000, 100
"""The chart's own units; a browser scales it."""


def timeline(call: Call, entity_id: int, days: Sequence[Row]) -> Row | None:
    """Bars for `days` (`day` as YYYY-MM-DD, or shorter where no more is known, and `n` articles); None without any.

    They stand for days where two months hold all of them, else for months up to five years, else for years.
    """
    known = {row["day"]: row["n"] for row in days if _is_date(row["day"])}
    if not known:
        return None
    first, last = min(known), max(known)
    length = next(n for n in (10, 7, 4) if n == 4 or _count(first, last, n) <= MOST_BARS)
    if any(len(day) < length for day in known):
        length = min(map(len, known))
    counts: Counter[str] = Counter()
    for day, n in known.items():
        counts[day[:length]] += n
    periods = list(_periods(first[:length], last[:length]))
    most, width = max(counts.values()), WIDTH / len(periods)
    bars = [
        {
            "period": period,
            "article_count": counts[period],
            "x": round(index * width, 2),
            "width": round(width * 0.85, 2),
            "y": round(HEIGHT - HEIGHT * counts[period] / most, 2),
            "height": round(HEIGHT * counts[period] / most, 2),
            "url": f"{call.table_url('articles')}?{urlencode({'_entity': entity_id, 'published__startswith': period})}",
        }
        for index, period in enumerate(periods)
        if counts[period]
    ]
    undated = sum(row["n"] for row in days) - sum(known.values())
    unit = {4: "year", 7: "month", 10: "day"}[length]
    shown: dict[str, Any] = {"width": WIDTH, "height": HEIGHT, "first": periods[0], "last": periods[-1]}
    return {"unit": unit, "most": most, "bars": bars, "undated": undated, **shown}


def _is_date(day: str | None) -> bool:
    try:
        return bool(day) and bool(_date(str(day)))
    except ValueError:
        return False


def _date(day: str) -> datetime.date:
    """The first day of a day, month or year. Raises ValueError for anything else."""
    if len(day) not in (4, 7, 10):
        raise ValueError(day)
    return datetime.date.fromisoformat(day + "-01-01"[len(day) - 4 :])


def _count(first: str, last: str, length: int) -> int:
    """How many days, months or years lie between two dates, both counted."""
    start, end = _date(first), _date(last)
    if length == 10:
        return (end - start).days + 1
    years = end.year - start.year
    return (years * 12 + end.month - start.month if length == 7 else years) + 1


def _periods(first: str, last: str) -> Iterator[str]:
    """All days, months or years from the first to the last, also those in which nothing happens."""
    at, end = _date(first), _date(last)
    while True:
        yield at.isoformat()[: len(first)]
        if at >= end:
            return
        if len(first) == 10:
            at += datetime.timedelta(days=1)
        elif len(first) == 7:
            at = (at.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        else:
            at = at.replace(year=at.year + 1)
