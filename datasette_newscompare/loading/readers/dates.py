"""Dates in the forms that feeds, pages, exports and people write, kept as precise as they came."""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from dateutil import parser

Order = Literal["day-first", "month-first"]

LONGEST: Final = 80
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)?(Z?)")
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")
BY_NUMBERS = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)\b")
HAS_TIME = re.compile(r"\d:\d\d|\d\s*[ap]\.?m\b|\d\.\d\d (?:GMT|BST)\b", re.IGNORECASE)
OFFSET = re.compile(r"([+-]\d\d):(\d\d)$")
LEADING_WORDS = re.compile(
    r"^\s*(?:(?:first |last |originally )?(?:published|updated|posted|modified|created)(?: (?:on|at))?\s*:?|on)\s+",
    re.IGNORECASE,
)
REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
"""Zones by their short names, where news use one meaning. IST is left out: India, Ireland and Israel share it."""


class UnclearDate(ValueError):
    """A date that can be read in two ways; the message says which."""


def iso_date(value: Any, order: Order | None = None) -> str | None:
    """A date in ISO 8601, as precise as it came and in the time zone it came in; None for an empty one.

    Takes ISO 8601, RFC 2822 (feeds and mail), what YAML and tables make of dates, seconds and milliseconds since 1970,
    the compact form of GDELT, and dates in words, English first. `order` tells how to read 03/04/2025.
    Raises UnclearDate where that is needed and missing, and ValueError for what is no date.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, int | float):
        value = str(value) if isinstance(value, int) else f"{value:.0f}"
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(value)
    text = value.strip()
    if not text:
        return None
    try:
        return _in_iso(text)
    except ValueError:
        pass
    for form in (_compact, _epoch, _in_mail):
        found = form(text)
        if found:
            return found
    text = LEADING_WORDS.sub("", text)
    return _by_numbers(text, order) or _in_words(text)


def _in_iso(text: str) -> str:
    moment = parser.isoparse(text)
    if len(text) in (4, 7):
        return text
    return moment.date().isoformat() if len(text) <= 10 else moment.isoformat()


def _compact(text: str) -> str | None:
    """20250224183000 and 20250224T183000Z, which GDELT counts in UTC."""
    match = COMPACT.fullmatch(text)
    if not match:
        return None
    numbers = [int(part or 0) for part in match.groups()[:6]]
    try:
        return datetime.datetime(*numbers, tzinfo=datetime.timezone.utc).isoformat()  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _epoch(text: str) -> str | None:
    if not EPOCH.fullmatch(text):
        return None
    whole = text.partition(".")[0]
    seconds = int(whole) / (1 if len(whole) < 12 else 1_000 if len(whole) < 15 else 1_000_000)
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).isoformat()


def _in_mail(text: str) -> str | None:
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d", text):
        return None
    try:
        moment = parsedate_to_datetime(OFFSET.sub(r"\1\2", text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None and not text.endswith("-0000") and not text.rstrip()[-1].isdigit():
        return None  # a zone that mail does not know
    return moment.isoformat()


def _by_numbers(text: str, order: Order | None) -> str | None:
    """24/02/2025, with or without a time behind it."""
    match = BY_NUMBERS.match(text)
    if not match:
        return None
    first, second = int(match[1]), int(match[3])
    if match[2] == ".":
        order = "day-first"
    if first > 12 or second > 12:
        order = "day-first" if first > 12 else "month-first"
    elif first != second and not order:
        raise UnclearDate("the day may be first or second; say which with --dates day-first or --dates month-first")
    moment = _parsed(text, dayfirst=order == "day-first")
    return _as_precise(text, moment)


def _in_words(text: str) -> str:
    try:
        moment = _parsed(text)
    except ValueError:
        return _in_other_words(text)
    other = _parsed(text, default=datetime.datetime(1904, 2, 29, 1, 1))
    if moment.year != other.year or not re.search(r"\d{4}|'\d\d|\d[ /-]\d\d\b", text):
        raise ValueError(text)  # no year: which one is not ours to say
    if moment.month != other.month:
        return f"{moment.year:04}"
    if moment.day != other.day:
        return f"{moment.year:04}-{moment.month:02}"
    return _as_precise(text, moment)


def _in_other_words(text: str) -> str:
    """Dates with the month's name in another language than English."""
    if not re.search(r"[^\W\d_]", text) or not re.search(r"\d{4}", text):
        raise ValueError(text)
    try:
        import dateparser
    except ImportError:
        raise ValueError(text) from None
    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "RETURN_AS_TIMEZONE_AWARE": False}
    try:
        moment = dateparser.parse(text, settings=settings)
    except Exception as error:  # it fails on odd input in many ways
        raise ValueError(text) from error
    if moment is None:
        raise ValueError(text)
    return _as_precise(text, moment)


def _as_precise(text: str, moment: datetime.datetime) -> str:
    return moment.isoformat() if HAS_TIME.search(text) else moment.date().isoformat()


def _parsed(
    text: str, dayfirst: bool = False, default: datetime.datetime = datetime.datetime(1903, 1, 1)
) -> datetime.datetime:
    """Raises ValueError where dateutil can't make a date of the text, in whichever way it fails."""
    try:
        moment = parser.parse(_without_commas_before_zone(text), dayfirst=dayfirst, default=default, tzinfos=_zone)
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, ArithmeticError, AssertionError) as error:
        raise ValueError(text) from error
    region = re.search(r"\b(ET|CT|MT|PT)$", text.strip())
    if region and moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(REGIONS[region[1]]))
        moment = moment.astimezone(datetime.timezone(moment.utcoffset() or datetime.timedelta()))
    return moment


def _without_commas_before_zone(text: str) -> str:
    text = re.sub(r"\b([ap])\.m\b\.?", r"\1m", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+at\s+|\s*[|·•–—]\s*", " ", text)
    return re.sub(r"\s*\b(?:ET|CT|MT|PT)$", "", text.strip())


def _zone(name: str | None, offset: int | None) -> datetime.tzinfo | None:
    if offset is not None:
        return datetime.timezone(datetime.timedelta(seconds=offset))
    hours = HOURS.get(name or "")
    return None if hours is None else datetime.timezone(datetime.timedelta(hours=hours))
