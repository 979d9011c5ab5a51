"""Calendar dates, week days, years and clock times in English news."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from ..records import Quantity

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_HINT = re.compile(r"\d|day\b")
_DATE = re.compile(
    rf"""
    \b(?P<m1>{_MONTH})\ (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,?\ (?P<y1>(?:19|20)\d\d)\b)?
  | \b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?(?P<m2>{_MONTH})\b(?:,?\ (?P<y2>(?:19|20)\d\d)\b)?
  | \b(?P<m3>{_MONTH}),?\ (?:of\ )?(?P<y3>(?:19|20)\d\d)\b
  | \b(?P<y4>(?:19|20)\d\d)-(?P<m4>0[1-9]|1[0-2])-(?P<d4>[0-3]\d)\b
  | \b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)(?:'s)?\b(?!s)
  | (?<![\w$£€/.,-])(?P<y5>(?:19|20)\d\d)\b(?![,.]?\d|-\d|\ ?(?:percent|per\ cent|people|%))
    """,
    re.VERBOSE,
)
_YEAR_AFTER = re.compile(
    r"\b(?:in|since|during|before|after|until|by|of|from|the|early|late|mid|to|and|its|his|her|for|a|spring|summer|"
    r"fall|autumn|winter)[ -]\Z|[,(] ?\Z",
    re.IGNORECASE,
)
_AT_TIME = re.compile(r"\b(?:at|by|around|about|until|from|to|and|before|after|since)[ (]\Z")
_ZONE = re.compile(r" ?(?:GMT|UTC|BST|CET|ET|EST|EDT|local|hours|Moscow|Eastern)\b")
_TIME = re.compile(
    r"\b(?:(?P<h1>1[0-2]|0?[1-9])(?:[:.](?P<m1>[0-5]\d))? ?(?P<half>[ap])\.?m\b\.?|(?P<h2>[01]?\d|"
    r"2[0-3]):(?P<m2>[0-5]\d)(?![:\d]))"
)


def find_dates(text: str, offset: int, published: datetime.date | None) -> Iterator[Quantity]:
    """Dates and clock times of a plain text (see `words.plain`).

    A date's value is its proleptic ordinal day (`datetime.date.toordinal`), unit "day". A week day, and a day without
    its year, are resolved to the nearest one to `published` (week days: on or before it); unresolved they have no
    value, and unit "weekday" or "month-day". Months are months since year 0, years the year. Times are minutes after
    midnight.
    """
    if not _HINT.search(text):
        return
    for m in _DATE.finditer(text):
        found = _read_date(text, m, published)
        if found:
            value, unit, group = found
            start = m.start(group) if group else m.start()
            end = m.end(group) if group else m.end()
            yield Quantity("date", value, unit, "=", False, start + offset, end + offset, text[start:end])
    for m in _TIME.finditer(text):
        if m["h2"] and not (_AT_TIME.search(text, max(0, m.start() - 12), m.start()) or _ZONE.match(text, m.end())):
            continue
        hour = int(m["h1"] or m["h2"])
        if m["half"]:
            hour = hour % 12 + (12 if m["half"] == "p" else 0)
        minutes = 60 * hour + int(m["m1"] or m["m2"] or 0)
        yield Quantity("time", float(minutes), "minute", "=", False, m.start() + offset, m.end() + offset, m.group())


def _read_date(
    text: str, m: re.Match[str], published: datetime.date | None
) -> tuple[float | None, str, str | None] | None:
    if m["weekday"]:
        return _weekday(_DAYS.index(m["weekday"].lower()), published), "day" if published else "weekday", "weekday"
    if m["y5"]:
        if not _YEAR_AFTER.search(text, max(0, m.start() - 12), m.start()):
            return None
        return float(m["y5"]), "year", "y5"
    if m["m3"]:
        return 12.0 * int(m["y3"]) + _month(m["m3"]) - 1, "month", None
    month = int(m["m4"]) if m["m4"] else _month(m["m1"] or m["m2"])
    day = int(m["d1"] or m["d2"] or m["d4"])
    year = m["y1"] or m["y2"] or m["y4"]
    if not 1 <= day <= 31:
        return None
    try:
        if year:
            return float(datetime.date(int(year), month, day).toordinal()), "day", None
        if published is None:
            datetime.date(2000, month, day)
            return None, "month-day", None
        around = [
            datetime.date(published.year + shift, month, day)
            for shift in (-1, 0, 1)
            if _exists(published.year + shift, month, day)
        ]
    except ValueError:
        return None
    if not around:
        return None
    return float(min(around, key=lambda d: abs((d - published).days)).toordinal()), "day", None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _weekday(day: int, published: datetime.date | None) -> float | None:
    return None if published is None else float(published.toordinal() - (published.weekday() - day) % 7)
