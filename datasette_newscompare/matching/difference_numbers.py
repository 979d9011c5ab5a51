"""Numbers and dates that conflict: the same thing counted, measured or dated differently."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..records import Difference, Quantity, StorySentence
from ..text.agreement import same_quantity
from ..text.numbers import numbers
from ..text.wordlists import listed
from ..text.words import plain, words
from .tokens import stem

WINDOW = 7
"""Words on each side of a number that tell what it is about."""
LIKE = 0.34
"""Least share of these words that both sides must have in common."""
LIKE_PARTIAL = 0.6
"""The same for sentences that share only a part of what they tell, and for dates."""
LEAST_SCORE = 0.6
"""Of a match whose figures are set against each other: below it, two days' reports of like figures are matched."""
LARGEST_RATIO = 3.0
"""Two values further apart than this are about two things, not two figures for one; of casualties, `LARGEST_TOLL`."""
LARGEST_TOLL = 6.0
FEWEST_WORDS = 8
"""Of a sentence whose dates are compared: shorter ones are datelines and signatures."""

_COMPARED = ("money", "percent", "count", "measure", "age", "duration", "date")
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
_NAME = re.compile(r"(?<![.!?“\"‘'] )(?<!^)\b[A-Z][\w’'-]+")
_CAPITAL = re.compile(r"\b[A-Z][\w’'-]+")
_COMMON = listed("""
    the a an and or but of in on at by for to from with as into over after before than that which who when where
    while if is are was were be been has have had do does did will would could should may might can not it he
    she they we you i his her its their our this these those there said say says told about more most one two
    some all also just only out up down new last first year years people percent million billion year-old her
    him them us what so no any other than
    """)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A quantity and what it counts: for people, what happened to them."""

    quantity: Quantity
    topic: str | None


def number_differences(
    left: StorySentence, right: StorySentence, kind: str, score: float = 1.0
) -> Iterator[Difference]:
    """Pairs of quantities that conflict, of two sentences that tell the same otherwise (kinds number and date)."""
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
            kind_found = "date" if one.kind == "date" else "number"
            yield Difference(kind_found, one.text, other.text, one.start, one.end, other.start, other.end)


def _given(quantity: Quantity, other: StorySentence) -> bool:
    """Whether the other sentence has the same figure, be it written without its noun or in a larger phrase."""
    if any(same_quantity(quantity, q) for q in other.quantities):
        return True
    if quantity.value is None or quantity.kind in ("date", "time"):
        return False
    return any(number.value == quantity.value for number in numbers(plain(other.text)))


def _conflict(a: _Figure, b: _Figure) -> bool:
    x, y = a.quantity, b.quantity
    if x.kind not in _COMPARED or x.kind != y.kind:
        return False
    if x.kind == "date":
        return same_quantity(x, y) is False and _dates_conflict(x, y)
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


def _dates_conflict(a: Quantity, b: Quantity) -> bool:
    """Whether two days differ also when each is read as its article's week day or as a calendar day."""
    if a.text.lower() == b.text.lower() or a.unit != b.unit:
        return False
    if a.unit != "day" or a.value is None or b.value is None:
        return a.unit in ("weekday", "year")
    weekdays = [datetime.date.fromordinal(int(q.value or 1)).weekday() for q in (a, b)]
    named = [q.text.lower().endswith("day") for q in (a, b)]
    return not (any(named) and weekdays[0] == weekdays[1])


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
    ours, theirs = _around(left, one), _around(right, other)
    shared = len(ours & theirs)
    like = shared / max(1, min(len(ours), len(theirs)))
    need = LIKE_PARTIAL if kind == "partial" or one.kind == "date" else LIKE
    if shared < 2 or like < need or not _same_names(left, one, right):
        return 0.0
    if one.kind == "date" and (kind not in ("verbatim", "near-verbatim") or len(words(left.text)) < FEWEST_WORDS):
        return 0.0
    return like


def _same_names(left: StorySentence, quantity: Quantity, right: StorySentence) -> bool:
    """Whether the sentences share a name, or for counts, whether one of them has none: figures belong to someone."""
    ours, theirs = _names(left.text, _NAME), _names(right.text, _NAME)
    # A capital at a sentence's start tells only where the other side has the same word as a name.
    shared = (ours & _names(right.text, _CAPITAL)) | (theirs & _names(left.text, _CAPITAL))
    return bool(shared) or (quantity.kind in ("count", "measure") and not (ours and theirs))


def _names(text: str, pattern: re.Pattern[str]) -> set[str]:
    return {words(m.group())[0].norm for m in pattern.finditer(text)}


def _around(sentence: StorySentence, quantity: Quantity) -> set[str]:
    found = words(sentence.text, sentence.start)
    inside = [n for n, w in enumerate(found) if w.start < quantity.end and quantity.start < w.end]
    if not inside:
        return set()
    near = found[max(0, inside[0] - WINDOW) : inside[-1] + 1 + WINDOW]
    return {stem(w.norm) for w in near if w.norm not in _COMMON and not any(c.isdigit() for c in w.norm)}
