"""The same person or place named, titled or spelled differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from ..records import Difference, StorySentence
from ..text.cues import CALENDAR, TITLES
from ..text.words import norms

_CAPITALISED = re.compile(r"(?<![\w’'-])[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{4,}(?:-[A-Z][a-z]+)?(?![\w’'-]*\w)")


_NO_NAMES = TITLES | CALENDAR


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    lower: str


def name_differences(left: StorySentence, right: StorySentence) -> Iterator[Difference]:
    """Names of one side that the other spells differently."""
    ours, theirs = _capitalised(left.text), _capitalised(right.text)
    if not ours or not theirs:
        return
    left_text, right_text = left.text.lower(), right.text.lower()
    for word in ours:
        if word.lower in right_text:
            continue
        like = [w for w in theirs if w.lower not in left_text and _misspelt(word.text, w.text)]
        if len(like) == 1:
            other = like[0]
            places = left.start + word.start, left.start + word.end, right.start + other.start, right.start + other.end
            yield Difference("name", word.text, other.text, *places, "spelling")
            break


@lru_cache(maxsize=4096)
def _capitalised(text: str) -> list[_Word]:
    """Words in mid-sentence that begin with a capital; the first word may be one only for its place."""
    return [
        _Word(*m.span(), m[0], lower)
        for m in _CAPITALISED.finditer(text)
        if m.start() > 0 and (lower := m[0].lower()) not in _NO_NAMES
    ]


def _misspelt(a: str, b: str) -> bool:
    """Whether two words are one name in two spellings: few letters apart, none the other's plural or adjective."""
    x, y = (norms(name)[0] for name in (a, b))
    if x == y:
        return False
    if min(len(x), len(y)) < 5 or x[0] != y[0] or x[-1] != y[-1] or x.startswith(y[:-1]) or y.startswith(x[:-1]):
        return False
    return Levenshtein.distance(x, y) <= (1 if max(len(x), len(y)) < 7 else 2)
