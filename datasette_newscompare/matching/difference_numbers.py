"""Numbers and dates that conflict: the same thing counted, measured or dated differently."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..records import Difference, Quantity, StorySentence
from ..text.agreement import same_quantity
from ..text.wordlists import listed
from ..text.words import words
from .tokens import stem

WINDOW = 7
"""Words on each side of a number that tell what it is about."""
LIKE = 0.34
"""Least share of these words that both sides must have in common."""
LIKE_PARTIAL = 0.6
"""The same for sentences that share only a part of what they tell, and for dates."""
_COMPARED = ("money", "percent", "count", "measure", "age", "duration", "date")
_PEOPLE = listed("person man woman child victim officer soldier civilian student other police policeman")
_CASUALTY = {
    "dead": re.compile(
        r"\b(?:dead|died|die|dies|death|deaths|kill|killed|killing|kills|fatalities|fatally|lost their lives)\b"
    ),
    "injured": re.compile(r"\b(?:injur\w+|wound\w+|hurt)\b"),
    "arrested": re.compile(r"\b(?:arrest\w*|detained|detentions?)\b"),
}
_COMMON = listed("""
    the a an and or but of in on at by for to from with as into over after before than that which who when where
    while if is are was were be been has have had do does did will would could should may might can not it he
    she they we you i his her its their our this these those there said say says told about more most one two
    some all also just only out up down new last first year years people percent million billion year-old her
    him them us what so no any other than
    """)


def number_differences(left: StorySentence, right: StorySentence, kind: str) -> Iterator[Difference]:
    """Pairs of quantities that conflict, of two sentences that tell the same otherwise (kinds number and date)."""
    ours, theirs = _topical(left), _topical(right)
    rest = [q for q in ours if not any(_agree(q, other) for other in theirs)]
    other_rest = [q for q in theirs if not any(_agree(q, other) for other in ours)]
    likeness = {
        (a.start, b.start): (_likeness(left, a, right, b, kind), a, b)
        for a in rest
        for b in other_rest
        if _conflict(a, b)
    }
    ranked = sorted(likeness.values(), key=lambda item: (-item[0], item[1].start, item[2].start))
    taken: set[int] = set()
    for n, (like, a, b) in enumerate(ranked):
        rivals = [other for other, x, y in ranked[n + 1 :] if x is a or y is b]
        if like > 0 and a.start not in taken and ~b.start not in taken and all(other < like for other in rivals):
            yield Difference(
                "date" if a.kind == "date" else "number", a.text, b.text, a.start, a.end, b.start, b.end, _note(a, b)
            )
        taken |= {a.start, ~b.start}


def _agree(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities say the same, also where one is written without its noun."""
    bare = a.kind == b.kind == "count" and (a.unit is None or b.unit is None)
    return same_quantity(a, b) is True or (bare and a.value is not None and a.value == b.value)


def _conflict(a: Quantity, b: Quantity) -> bool:
    if a.kind not in _COMPARED or same_quantity(a, b) is not False:
        return False
    if a.kind == "date":
        return _dates_conflict(a, b)
    return True


def _dates_conflict(a: Quantity, b: Quantity) -> bool:
    """Whether two days differ also when each is read as its article's week day or as a calendar day."""
    if a.text.lower() == b.text.lower() or a.unit != b.unit:
        return False
    if a.unit != "day" or a.value is None or b.value is None:
        return a.unit in ("weekday", "year")
    weekdays = [datetime.date.fromordinal(int(q.value or 1)).weekday() for q in (a, b)]
    named = [q.text.lower().endswith("day") for q in (a, b)]
    return not (any(named) and weekdays[0] == weekdays[1])


def _topical(sentence: StorySentence) -> list[Quantity]:
    """The sentence's quantities, with counts of people told apart by what happened to them."""
    return [_with_topic(sentence, q) if q.kind == "count" else q for q in sentence.quantities]


def _with_topic(sentence: StorySentence, quantity: Quantity) -> Quantity:
    if quantity.unit in ("killed", "dead"):
        return replace(quantity, unit="dead")
    if quantity.unit in ("wounded", "injured"):
        return replace(quantity, unit="injured")
    if quantity.unit is not None and quantity.unit not in _PEOPLE:
        return quantity
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    after, before = sentence.text[end : end + 28], sentence.text[max(0, start - 28) : start]
    for piece, order in ((after, 0), (before, -1)):
        hits = [(m[order].start(), topic) for topic, cue in _CASUALTY.items() if (m := list(cue.finditer(piece)))]
        if hits:
            topic = (min(hits) if order == 0 else max(hits))[1]
            return replace(quantity, unit=topic)
    return quantity


def _likeness(left: StorySentence, a: Quantity, right: StorySentence, b: Quantity, kind: str) -> float:
    """How alike the words around two numbers are, 0 where they are not enough so to be about the same thing."""
    ours, theirs = _around(left, a), _around(right, b)
    shared = len(ours & theirs)
    like = shared / max(1, min(len(ours), len(theirs)))
    if a.kind == "date" and (kind not in ("verbatim", "near-verbatim") or like < LIKE_PARTIAL):
        return 0.0
    return like if shared >= 2 and like >= (LIKE if kind != "partial" else LIKE_PARTIAL) else 0.0


def _around(sentence: StorySentence, quantity: Quantity) -> set[str]:
    found = words(sentence.text, sentence.start)
    inside = [n for n, w in enumerate(found) if w.start < quantity.end and quantity.start < w.end]
    if not inside:
        return set()
    near: Sequence = found[max(0, inside[0] - WINDOW) : inside[-1] + 1 + WINDOW]
    return {stem(w.norm) for w in near if w.norm not in _COMMON and not any(c.isdigit() for c in w.norm)}


def _note(a: Quantity, b: Quantity) -> str | None:
    if a.kind == "date" or a.value is None or b.value is None or not a.value or not b.value:
        return None
    low, high = sorted((abs(a.value), abs(b.value)))
    return None if low == 0 or a.unit != b.unit else f"{high / low:.2g} times" if high >= 2 * low else None
