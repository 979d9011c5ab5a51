"""The noun that a number counts, found without a language model."""

from __future__ import annotations

import re

from .numbers import Number
from .units import COUNT_STOP, COUNTED_STATES, IRREGULAR_PLURALS, NAMED_BEFORE, NOT_PLURAL

_NEXT_WORD = re.compile(r"[ -]([A-Za-z][\w.'/-]*)")
_NAME_BEFORE = re.compile(r"(?:^|[ (\"-])([A-Z][\w.'&]*)[ -]\Z")
_PARTITIVE = ("fraction", "vague", "dozen")
_RATE_AFTER = re.compile(r" (?:in|out of)(?: every)? (?:\d|two|three|four|five|six|seven|eight|nine|ten)\b")
_RATE_BEFORE = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine) (?:in|out of)(?: every)? \Z", re.IGNORECASE
)
_NATION = re.compile(r"(?!Paris)[A-Z][a-z]+(?:is|ese)")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_REACH = 5
"""Words after the number among which its noun is looked for."""


def counted_noun(text: str, number: Number, before: str) -> tuple[str | None, int] | None:
    """The noun that a number counts (singular, lower case; None where it stands alone), and where the phrase ends.

    `before` is the text right before the number. The answer is None where the number counts nothing: a part of a
    name, a year, a rate such as "one in five", a score.
    """
    if _RATE_AFTER.match(text, number.end) or _RATE_BEFORE.search(before):
        return None
    found = _noun_after(text, number.end, number.written in _PARTITIVE)
    written = text[number.start : number.end]
    if number.written == "digits" and _YEAR.fullmatch(written):
        return found if found and found[0] in IRREGULAR_PLURALS.values() else None
    if found is not None:
        return found
    if number.written in ("fraction", "vague"):
        return (None, number.end) if text.startswith(" of ", number.end) else None
    if number.written == "digits":
        named = _NAME_BEFORE.search(before)
        if named and named.group(1).lower() not in NAMED_BEFORE:
            return None
        part_of_more = re.match(r"[-:/.]\w", text[number.end : number.end + 2])
        return None if part_of_more or before[-1:] in ("#", "/", ":", ".", "-", "@", "&") else (None, number.end)
    large = number.written == "words" and (number.value or 0) > 9
    return (None, number.end) if large or number.written == "dozen" else None


def _noun_after(text: str, at: int, partitive: bool) -> tuple[str, int] | None:
    for _ in range(_REACH):
        m = _NEXT_WORD.match(text, at)
        if m is None:
            return None
        word = m.group(1).rstrip(".'")
        low = word.lower().removesuffix("'s")
        end = m.start(1) + len(word)
        if low in COUNTED_STATES:
            return low, end
        if low in COUNT_STOP and not (low in ("of", "the") and partitive):
            return None
        if low in IRREGULAR_PLURALS:
            return IRREGULAR_PLURALS[low], end
        if (_plural(low) or _NATION.fullmatch(word)) and not word.endswith("'s"):
            return singular(low), end
        if m.group(1) != word:
            return None
        at = end
    return None


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in NOT_PLURAL


def singular(noun: str) -> str:
    """The singular of a regular English plural in lower case."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes", "zes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") else noun
