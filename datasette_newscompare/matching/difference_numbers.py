"""Numbers that conflict: the same thing counted or measured differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..records import Difference, Quantity, StorySentence
from ..text.agreement import same_quantity
from ..text.numbers import numbers
from ..text.wordlists import listed
from ..text.words import norms, plain
from .difference_context import LEAST_SCORE, clause_likeness, opposite, words_around

LIKE = 0.34
"""Least share of these words that both sides must have in common."""
LIKE_PARTIAL = 0.6
"""The same for sentences that share only a part of what they tell."""
LARGEST_RATIO = 3.0
"""Two values further apart than this are about two things, not two figures for one; of casualties, `LARGEST_TOLL`."""
LARGEST_TOLL = 6.0

_COMPARED = ("money", "percent", "count", "measure", "age", "duration")
_PEOPLE = listed("person dead injured arrested killed wounded victim")
_OFFICIALS = listed("man woman child officer soldier civilian student police policeman")
_CASUALTY = {
    "dead": re.compile(
        r"\b(?:dead|died|die|dies|death|deaths|kill|killed|killing|kills|fatalities|fatally|lost their lives)\b"
    ),
    "injured": re.compile(r"\b(?:injur\w+|wound\w+|hurt)\b"),
    "arrested": re.compile(r"\b(?:arrest\w*|detained|detentions?)\b"),
}
_PART = re.compile(r"\b(?:other|additional|more(?! than)|another|further|new|extra)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:\b(?:from|than|versus|against|compared (?:with|to)|instead of|after|until)|\d[\d,.]* of(?: the| its)?) \Z",
    re.IGNORECASE,
)
"""What a figure is measured by: down from 3.5 percent, 1,000 of 2,400 jobs."""
_NAME = re.compile(r"(?<![.!?“\"‘'] )(?<!^)\b[A-Z][\w’'-]+")
_CAPITAL = re.compile(r"\b[A-Z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A quantity and what it counts: for people, what happened to them."""

    quantity: Quantity
    topic: str | None


def number_differences(
    left: StorySentence, right: StorySentence, kind: str, score: float = 1.0
) -> Iterator[Difference]:
    """Pairs of quantities that conflict, of two sentences that tell the same otherwise."""
    if score < LEAST_SCORE:
        return
    ours = [_figure(left, q) for q in left.quantities if not _given(q, right)]
    theirs = [_figure(right, q) for q in right.quantities if not _given(q, left)]
    ranked = sorted(
        ((_likeness(left, a, right, b, kind), a, b) for a in ours for b in theirs if _conflict(a, b)),
        key=lambda item: (-item[0], item[1].quantity.start, item[2].quantity.start),
    )
    for n, (like, a, b) in enumerate(ranked):
        rivals = [other for m, (other, x, y) in enumerate(ranked) if m != n and (x is a or y is b)]
        if like > 0 and all(other < like for other in rivals):
            one, other = a.quantity, b.quantity
            yield Difference("number", one.text, other.text, one.start, one.end, other.start, other.end)


def _given(quantity: Quantity, other: StorySentence) -> bool:
    """Whether the other sentence has the same figure, be it written without its noun or in a larger phrase."""
    if any(same_quantity(quantity, q) for q in other.quantities):
        return True
    if quantity.value is None:
        return False
    return quantity.value in _values(other.text)


@lru_cache(maxsize=4096)
def _values(text: str) -> frozenset[float | None]:
    return frozenset(number.value for number in numbers(plain(text)))


def _conflict(a: _Figure, b: _Figure) -> bool:
    x, y = a.quantity, b.quantity
    if x.kind not in _COMPARED or x.kind != y.kind:
        return False
    if a.topic != b.topic:
        return False
    if a.topic and x.value and y.value:
        return _unlike_tolls(x, y)
    if same_quantity(x, y) is not False or (x.kind in ("duration", "age") and x.unit != y.unit):
        return False
    return _ratio(x, y) <= LARGEST_RATIO and bool(_PART.search(x.text)) == bool(_PART.search(y.text))


def _unlike_tolls(x: Quantity, y: Quantity) -> bool:
    """Whether two counts of people to whom the same happened conflict, one of them told of people in general."""
    general = x.unit in _PEOPLE or x.unit is None, y.unit in _PEOPLE or y.unit is None
    if not (x.unit == y.unit or all(general)) or bool(_PART.search(x.text)) != bool(_PART.search(y.text)):
        return False
    alike = Quantity(x.kind, x.value, "person", x.comparator, x.approximate, x.start, x.end, x.text)
    other = Quantity(y.kind, y.value, "person", y.comparator, y.approximate, y.start, y.end, y.text)
    return same_quantity(alike, other) is False and _ratio(x, y) <= LARGEST_TOLL


def _ratio(x: Quantity, y: Quantity) -> float:
    low, high = sorted((abs(x.value or 0.0), abs(y.value or 0.0)))
    return high / low if low else float("inf")


def _figure(sentence: StorySentence, quantity: Quantity) -> _Figure:
    """The quantity with its topic, read off the words right after it, or else right before."""
    if quantity.kind != "count":
        return _Figure(quantity, None)
    if quantity.unit in ("killed", "dead"):
        return _Figure(quantity, "dead")
    if quantity.unit in ("wounded", "injured"):
        return _Figure(quantity, "injured")
    if quantity.unit is not None and quantity.unit not in _PEOPLE | _OFFICIALS:
        return _Figure(quantity, None)
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    after, before = sentence.text[end : end + 28], sentence.text[max(0, start - 28) : start]
    ahead = [(m.start(), topic) for topic, cue in _CASUALTY.items() if (m := cue.search(after))]
    if ahead:
        return _Figure(quantity, min(ahead)[1])
    behind = [(m.start(), topic) for topic, cue in _CASUALTY.items() for m in cue.finditer(before)]
    return _Figure(quantity, max(behind)[1] if behind else None)


def _likeness(left: StorySentence, a: _Figure, right: StorySentence, b: _Figure, kind: str) -> float:
    """How alike the words around two numbers are, 0 where they are not enough so to be about the same thing."""
    one, other = a.quantity, b.quantity
    if not _same_names(left, one, right) or opposite(left, one, right, other):
        return 0.0
    if _is_reference(left, one) != _is_reference(right, other):
        return 0.0
    ours, theirs = words_around(left, one), words_around(right, other)
    shared = len(ours & theirs)
    like = shared / max(1, min(len(ours), len(theirs)))
    need = LIKE_PARTIAL if kind == "partial" else LIKE
    clause = clause_likeness(left, one, right, other)
    return max(like, clause) if shared >= 2 and like >= need else clause


def _is_reference(sentence: StorySentence, quantity: Quantity) -> bool:
    """Whether a figure is not told itself, but is what another one is measured by."""
    return bool(_REFERENCE.search(sentence.text, 0, quantity.start - sentence.start))


def _same_names(left: StorySentence, quantity: Quantity, right: StorySentence) -> bool:
    """Whether the sentences share a name, or for counts, whether one of them has none: figures belong to someone."""
    ours, theirs = _names(left.text, _NAME), _names(right.text, _NAME)
    # A capital at a sentence's start tells only where the other side has the same word as a name.
    shared = (ours & _names(right.text, _CAPITAL)) | (theirs & _names(left.text, _CAPITAL))
    return bool(shared) or (quantity.kind in ("count", "measure") and not (ours and theirs))


def _names(text: str, pattern: re.Pattern[str]) -> set[str]:
    return {norms(m.group())[0] for m in pattern.finditer(text)}
