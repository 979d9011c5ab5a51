"""Number phrases: digits with separators and scales, and numbers in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "t": 1e12,
    "tn": 1e12,
    "trn": 1e12,
}
_FRACTIONS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fourth": 0.25, "fifth": 0.2, "sixth": 1 / 6, "tenth": 0.1}
_WORDS = "|".join(sorted([*_UNITS, *_TENS], key=len, reverse=True))
_BIG = r"(?:hundred|thousand|million|billion|trillion)"
_SPELLED = (
    rf"(?:(?:(?:an?|several)[ -](?={_BIG}))?{_BIG}|(?:{_WORDS}))"
    rf"(?:(?:(?<=hundred)|(?<=thousand)|(?<=million))[ ]and[ ](?:{_WORDS})|[ -](?:{_WORDS}|{_BIG})){{0,6}}"
    r"(?!-(?:(?:fir|fif|six|seven|eigh|nin)[a-z]*th|first|second|third|fourth))"
)
# Most sentences name no number: these tell so in a fraction of the time that the whole pattern takes.
_HINT = re.compile(r"\d")
_LETTERS = re.compile(r"[a-z]+")
_NUMBER_WORDS = frozenset(
    [*_UNITS, *_TENS, *_SCALES, *_FRACTIONS, *(word + "s" for word in [*_SCALES, *_FRACTIONS, "ten"])]
) | {"dozen", "dozens", "scores"}
NUMBER = re.compile(
    rf"""
    (?P<sign>(?<![\w)])-(?=\d))?
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
    (?:(?P<glued>bn|mn|mln|bln|trn|tn|k|m|b|t)\b|[ -]?(?P<scale>{_BIG}|bn|mn|tn|mln|bln|trn)\b)?
  | \b(?P<fraction>(?:a|one|two|three|four|nine)[ -](?:half|thirds?|quarters?|fourths?|fifths?|sixths?|tenths?)|half)\b
    (?P<halfscale>[ ](?:a|an)[ ](?:{_BIG}|dozen))?
  | \b(?P<dozens>(?:(?:a|several|{_WORDS})[ ])?dozen|half[ -]dozen|half[ ]a[ ]dozen)\b(?![ ]of\b)
  | \b(?P<vague>(?:several[ ]|many[ ])?(?:dozens|scores|hundreds|thousands|millions|billions|trillions|tens)
      (?:[ ]of[ ](?:hundreds|thousands|millions|billions|trillions))?)\b
  | \b(?P<spelled>{_SPELLED})\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number phrase; `step` is the value of its last written digit, 1 for "12", 1e8 for "1.2 billion"."""

    start: int
    end: int
    value: float | None
    step: float
    written: str
    """One of digits, fraction, dozen, vague (no exact value), words."""


def numbers(text: str) -> Iterator[Number]:
    """The number phrases of a plain text (see `words.plain`), left to right, without overlap."""
    if not _HINT.search(text) and _NUMBER_WORDS.isdisjoint(_LETTERS.findall(text.lower())):
        return
    for m in NUMBER.finditer(text):
        number = _read(m)
        if number is not None:
            yield number


def _read(m: re.Match[str]) -> Number | None:
    start, end = m.span()
    if m["digits"]:
        digits = m["digits"].replace(",", "")
        scale = _SCALES[(m["glued"] or m["scale"] or "").lower()] if m["glued"] or m["scale"] else 1.0
        step = scale * 10.0 ** -len(digits.partition(".")[2])
        value = round(float(digits) * scale, 6)
        return Number(start, end, -value if m["sign"] else value, step, "digits")
    if m["fraction"]:
        return _fraction(m, start, end)
    if m["dozens"]:
        first = re.split("[ -]", m["dozens"].lower())[0]
        if first == "several":
            return Number(start, end, None, 1, "vague")
        times = 0.5 if first == "half" else float(_UNITS.get(first, 1) if first in _UNITS else _TENS.get(first, 1))
        return Number(start, end, 12 * times, 1, "dozen")
    if m["vague"]:
        return Number(start, end, None, 1, "vague")
    if m["spelled"].lower().startswith("several"):
        return Number(start, end, None, 1, "vague")
    spelled = spelled_value(m["spelled"])
    return None if spelled is None else Number(start, end, spelled, 1, "words")


def _fraction(m: re.Match[str], start: int, end: int) -> Number:
    parts = re.split("[ -]", m["fraction"].lower())
    share = _FRACTIONS[parts[-1].removesuffix("s")] * (1 if len(parts) == 1 else _UNITS.get(parts[0], 1))
    if m["halfscale"]:
        word = m["halfscale"].split()[-1].lower()
        return Number(start, end, share * (12 if word == "dozen" else _SCALES[word]), 1, "words")
    return Number(start, end, round(share, 6), 0.01, "fraction")


def spelled_value(phrase: str) -> float | None:
    """The value of a number in words, such as "twenty-five thousand"; None where it is none ("a")."""
    total = current = 0.0
    seen = False
    for word in re.split(r"[ -]+", phrase.lower()):
        if word in ("a", "an"):
            current = 1
        elif word in _UNITS or word in _TENS:
            current += _UNITS.get(word, _TENS.get(word, 0))
            seen = True
        elif word == "hundred":
            current = (current or 1) * 100
            seen = True
        elif word in _SCALES:
            total += (current or 1) * _SCALES[word]
            current, seen = 0, True
    return round(total + current, 6) if seen else None
