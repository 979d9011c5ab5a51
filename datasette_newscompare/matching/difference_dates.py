"""Another day, month or year for the same thing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from ..records import Difference, Quantity, StorySentence
from ..text.agreement import same_quantity
from ..text.cues import CALENDAR
from ..text.wordlists import listed
from ..text.words import norms
from .difference_context import LEAST_SCORE, nearest_words, words_around, words_of_clause
from .forms import stem

LIKE = 0.6
"""Share of the words around two days that near copies must have in common."""
FEWEST_WORDS = 8
"""Of a near copy whose days are compared: shorter ones are datelines and signatures."""
LIKE_TOLD = 0.5
"""The same share for sentences in other words, of which at least `FEWEST_TOLD` must be shared."""
FEWEST_TOLD = 3
FARTHEST = 10
"""Days from a week day to a calendar day that are set against each other; the year may have been read wrongly."""

_CALENDAR = {stem(w) for w in CALENDAR | listed("day week month year morning afternoon evening night")}
_STATEMENT = (
    r"(?:said|says?|told|tells|announc\w+|report\w*|tweet\w*|wrote|statements?|interview\w*|spoke|speaking|added|"
    r"confirmed|noted|called|posted|conference|briefing|testified|asked|urged|argued)"
)
"""Statements are made on two days about one event: their days are set against each other in near copies only."""
_STATED = (
    re.compile(rf"\b{_STATEMENT}\b[^.;:]{{0,24}}\Z", re.IGNORECASE),
    re.compile(rf"[^.;:\w]{{0,3}}{_STATEMENT}\b", re.IGNORECASE),
)
_OWNED = re.compile(r"(?:['’]s?|\b(?:the|a|an|his|her|its|their|this|that)) \Z", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\b(?:night|evening|overnight|midnight|early|late|morning|dawn)\b", re.IGNORECASE)
_REACH = 14
"""Characters around a day in which a part of the day stands: "late Monday" and "early on Tuesday" may be one night."""


def date_differences(left: StorySentence, right: StorySentence, kind: str, score: float = 1.0) -> Iterator[Difference]:
    """Days, months and years that conflict: of near copies, or of sentences that tell of one thing on each."""
    if score < LEAST_SCORE:
        return
    ours = [q for q in left.quantities if q.kind == "date" and not _given(q, right)]
    theirs = [q for q in right.quantities if q.kind == "date" and not _given(q, left)]
    found = [(a, b) for a in ours for b in theirs if _conflict(left, a, right, b) and _alike(left, a, right, b, kind)]
    for a, b in found:
        if sum(x is a for x, _ in found) == sum(y is b for _, y in found) == 1:
            yield Difference("date", a.text, b.text, a.start, a.end, b.start, b.end)


def _given(quantity: Quantity, other: StorySentence) -> bool:
    return any(same_quantity(quantity, q) for q in other.quantities)


def _conflict(left: StorySentence, a: Quantity, right: StorySentence, b: Quantity) -> bool:
    """Whether two days differ also when each is read as its article's week day or as a calendar day."""
    if same_quantity(a, b) is not False or a.text.lower() == b.text.lower() or a.unit != b.unit:
        return False
    if a.unit != "day" or a.value is None or b.value is None:
        return a.unit in ("weekday", "month", "year")
    named = [q.text.lower().endswith("day") for q in (a, b)]
    gap = abs(a.value - b.value)
    if any(named):  # an article that names a week day may mean the one before or after the one it was read as
        one, other = (datetime.date.fromordinal(int(q.value or 1)).weekday() for q in (a, b))
        far = not all(named) and gap > FARTHEST
        gap = 0 if far else min((one - other) % 7, (other - one) % 7)
    return gap > 1 or (gap == 1 and not (_part_of_day(left, a) or _part_of_day(right, b)))


def _part_of_day(sentence: StorySentence, quantity: Quantity) -> bool:
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    return bool(_PART_OF_DAY.search(sentence.text[max(0, start - _REACH) : end + _REACH]))


def _alike(left: StorySentence, a: Quantity, right: StorySentence, b: Quantity, kind: str) -> bool:
    ours, theirs = words_around(left, a) - _CALENDAR, words_around(right, b) - _CALENDAR
    if kind in ("verbatim", "near-verbatim"):
        return _share(ours, theirs, 2) >= LIKE and len(norms(left.text)) >= FEWEST_WORDS
    if _of_statement(left, a) or _of_statement(right, b) or _attributive(left, a) != _attributive(right, b):
        return False
    told = (nearest_words(left, a, 2, 2) & nearest_words(right, b, 2, 2)) - _CALENDAR
    ours |= words_of_clause(left, a) - _CALENDAR
    theirs |= words_of_clause(right, b) - _CALENDAR
    return kind == "paraphrase" and bool(told) and _share(ours, theirs, FEWEST_TOLD) >= LIKE_TOLD


def _of_statement(sentence: StorySentence, quantity: Quantity) -> bool:
    """Whether the word next to a day tells of a statement: officials said Tuesday, a statement on Monday."""
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    before, after = _STATED
    return bool(before.search(sentence.text, 0, start) or after.match(sentence.text, end))


def _attributive(sentence: StorySentence, quantity: Quantity) -> bool:
    """Whether a day stands before a noun that it tells from others: the mayor's June 5 letters, a 2007 case."""
    return bool(_OWNED.search(sentence.text, 0, quantity.start - sentence.start))


def _share(ours: set[str], theirs: set[str], fewest: int) -> float:
    """The share of the smaller set that both have, 0 for fewer words than `fewest`."""
    shared = len(ours & theirs)
    return shared / min(len(ours), len(theirs)) if shared >= fewest else 0.0
