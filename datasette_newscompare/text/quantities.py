"""Numbers with their meaning: money, shares, counts, measures, ages, durations, ordinals, dates and times."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from ..records import Quantity
from .counts import counted_noun
from .dates import find_dates
from .numbers import Number, numbers
from .units import (
    CURRENCY_BEFORE,
    CURRENCY_WORDS,
    DURATIONS,
    MEASURES,
)
from .words import plain

_BEFORE = 40
_QUALIFIER = re.compile(
    r"(?P<more>\b(?:more than|greater than|over|above|exceeding|upwards? of|in excess of|just over|well over|"
    r"north of|surpass(?:ed|ing)?|topp(?:ed|ing)))"
    r"|(?P<least>\b(?:at least|no fewer than|no less than|not less than|a minimum of|as many as|as much as))"
    r"|(?P<less>\b(?:fewer than|less than|under|below|short of|just under))"
    r"|(?P<most>\b(?:up to|at most|no more than|not more than|a maximum of|maximum))"
    r"|(?P<about>\b(?:about|around|approximately|approx\.?|roughly|some|nearly|almost|close to|an estimated|"
    r"estimated|circa|more or less|"
    r"or so|near|an average of|the better part of)|~|≈)"
)
_QUALIFIED = re.compile(
    r"(?:"
    + _QUALIFIER.pattern
    + r")(?P<article>[ ](?:a|an|the|another))?(?:[ ](?:only|just|about|around|some|roughly))?[ ]?\Z",
    re.IGNORECASE,
)
_AFTER_MORE = re.compile(r"(?:\+|[ -](?:plus|or more|or higher|or above|and (?:more|counting)))(?![\w])")
_AFTER_ABOUT = re.compile(r"[ -](?:or so|-?odd|-?ish)\b")
_PERCENT = re.compile(
    r"[ -]?(?:%|(?:percent|per cent|pct)\b)(?P<point>[ -](?:percentage[ -])?points?\b)?|"
    r"[ -](?P<pp>(?:percentage[ -])points?\b|pp\b)"
)
_ORDINAL = re.compile(
    r"\b(?:(?P<n>\d{1,3})(?:st|nd|rd|th)|(?P<word>third|fourth|fifth|sixth|seventh|eighth|ninth|tenth))\b(?!-[a-z]|s\b)"
)
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_AGE_AFTER = re.compile(r"[ -](?:year|yr)s?[ -]olds?\b|[ ](?:years?) of age\b")
_MONTHS_OLD = re.compile(r"[ -](month|week|day)s?[ -]olds?\b")
_AGE_BEFORE = re.compile(r"\b(?:aged|age|ages)[ ]\Z", re.IGNORECASE)
_AGE_COMMAS = re.compile(r"[A-Z][\w'-]+, \Z")
_UNIT = re.compile(
    r"[ -]?(" + "|".join(sorted(map(re.escape, {**MEASURES, **DURATIONS}), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_PER = re.compile(r"[ ](?:per|an|a)[ ](hour|gallon|second|minute)\b")
_MONEY_AFTER = re.compile(
    r"[ -](?:(?:US|U\.S\.|American|Canadian|Australian|Hong Kong|Singapore) )?(" + "|".join(CURRENCY_WORDS) + r")\b",
    re.IGNORECASE,
)


def find_quantities(text: str, offset: int = 0, published: str | None = None) -> list[Quantity]:
    """The quantities of a stretch of text in order; `offset` is added to their places.

    `published` (ISO 8601) resolves week days and dates without a year. Numbers that are part of a name ("Boeing 737",
    "G7", "COVID-19", "Section 230") are left out. A quantity's text begins with its comparator ("more than", "about").
    """
    flat = plain(text)
    day = _date(published)
    found = list(find_dates(flat, 0, day))
    taken = _Taken((q.start, q.end) for q in found)
    for number in numbers(flat):
        if taken.overlaps(number.start, number.end):
            continue
        quantity = _quantity(flat, number)
        if quantity is not None and not taken.overlaps(quantity.start, quantity.end):
            taken.add(quantity.start, quantity.end)
            found.append(quantity)
    for m in _ORDINAL.finditer(flat):
        if not taken.overlaps(m.start(), m.end()):
            value = float(m["n"] or _ORDINALS.index(m["word"].lower()) + 1)
            found.append(Quantity("ordinal", value, None, "=", False, m.start(), m.end(), m.group()))
    found.sort(key=lambda q: (q.start, q.end))
    return [
        Quantity(
            q.kind,
            q.value,
            q.unit,
            q.comparator,
            q.approximate,
            q.start + offset,
            q.end + offset,
            text[q.start : q.end],
        )
        for q in found
    ]


class _Taken:
    """Which characters of the text already belong to a quantity."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._at: set[int] = set()
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        self._at.update(range(start, end))

    def overlaps(self, start: int, end: int) -> bool:
        return any(at in self._at for at in range(start, end))


def _date(published: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def _quantity(text: str, number: Number) -> Quantity | None:
    """What a number phrase means where it stands, or None where it is no quantity."""
    if (number.start and text[number.start - 1].isalnum()) or text[number.end : number.end + 1].isalpha():
        return None
    if number.start > 1 and text[number.start - 1] == "-" and text[number.start - 2].isupper():
        return None
    start, end, value = number.start, number.end, number.value
    before = text[max(0, start - _BEFORE) : start]
    kind, unit = "", None
    if currency := CURRENCY_BEFORE.search(before):
        kind, unit = "money", _currency_code(currency.group(1))
        start -= len(before) - currency.start()
        if money := re.match(r"-?(?:[ ](?:US|Canadian|Australian))?(?:[ ]dollars)?", text[end:]):
            end += money.end() if money.group().strip() and money.group() != "-" else 0
    elif m := _PERCENT.match(text, end):
        kind, unit, end = "percent", "percentage point" if m["point"] or m["pp"] else "percent", m.end()
    elif m := _MONEY_AFTER.match(text, end):
        kind, (unit, scale), end = "money", CURRENCY_WORDS[m.group(1).lower()], m.end()
        value = value * scale if value is not None else None
    elif m := _AGE_AFTER.match(text, end):
        kind, unit, end = "age", "year", m.end()
    elif m := _MONTHS_OLD.match(text, end):
        kind, unit, end = "age", m.group(1).lower(), m.end()
    elif _AGE_BEFORE.search(before) and number.written in ("digits", "words"):
        kind, unit = "age", "year"
    elif m := _UNIT.match(text, end):
        word = m.group(1)
        kind, unit = (
            ("duration", DURATIONS[word.lower()])
            if word.lower() in DURATIONS
            else ("measure", MEASURES.get(word, MEASURES.get(word.lower(), "")))
        )
        end = m.end()
        if per := _PER.match(text, end):
            unit, end = f"{unit}/{per.group(1)}".replace("mi/hour", "mph").replace("km/hour", "km/h"), per.end()
    elif (
        number.written == "digits"
        and re.fullmatch(r"\d\d", text[start:end])
        and _AGE_COMMAS.search(before)
        and text[end : end + 1] == ","
    ):
        kind, unit = "age", "year"
    else:
        counted = counted_noun(text, number, before)
        if counted is None:
            return None
        kind, unit, end = "count", counted[0], counted[1]
    return _qualified(text, kind, unit, value, start, end, number)


def _currency_code(sign: str) -> str:
    known = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "₽": "RUB", "₴": "UAH", "₩": "KRW", "₪": "ILS"}
    sign = sign.strip().upper()
    if sign in known:
        return known[sign]
    if sign.endswith("$"):
        return {
            "US": "USD",
            "U.S.": "USD",
            "C": "CAD",
            "CA": "CAD",
            "CAN": "CAD",
            "A": "AUD",
            "AU": "AUD",
            "NZ": "NZD",
            "HK": "HKD",
            "S": "SGD",
            "R": "BRL",
        }.get(sign[:-1], "USD")
    return sign


def _qualified(
    text: str, kind: str, unit: str | None, value: float | None, start: int, end: int, number: Number
) -> Quantity:
    comparator, approximate = "=", number.written == "vague"
    if m := _QUALIFIED.search(text[max(0, start - _BEFORE) : start]):
        group = next(name for name in ("more", "least", "less", "most", "about") if m[name])
        # "information about a $5 million deal" is not about its size, nor does "over ten years" mean more than ten.
        if (m["article"] and not text[start].isalpha()) or (
            kind in ("duration", "date") and m[0].lower().startswith("over")
        ):
            return Quantity(kind, value, unit, comparator, approximate, start, end, text[start:end])
        comparator = {"more": ">", "least": ">=", "less": "<", "most": "<="}.get(group, "=")
        approximate = approximate or group == "about"
        start -= min(_BEFORE, start) - m.start()
    if m := _AFTER_MORE.match(text, end):
        comparator, end = ">=", m.end()
    elif m := _AFTER_ABOUT.match(text, end):
        approximate, end = True, m.end()
    return Quantity(kind, value, unit, comparator, approximate, start, end, text[start:end])
