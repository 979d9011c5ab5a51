"""The words around a figure or a day, which tell what it is about."""

from __future__ import annotations

import re

from ..records import Quantity, StorySentence
from ..text.wordlists import listed
from ..text.words import Word, words
from .forms import stem

WINDOW = 7
"""Words on each side that tell what a figure is about."""
LEAST_SCORE = 0.6
"""Of a match whose figures are set against each other: below it, two days' reports of like figures are matched."""
FEWEST_OF_CLAUSE = 3
"""Words of a clause that both sides must share to tell of one thing, whatever stands in the rest of the sentences."""
LIKE_CLAUSE = 0.6
"""And the share of the shorter clause's words that these must be."""

_COMMON = listed("""
    the a an and or but of in on at by for to from with as into over after before than that which who when where
    while if is are was were be been has have had do does did will would could should may might can not it he
    she they we you i his her its their our this these those there said say says told about more most one two
    some all also just only out up down new last first year years people percent million billion year-old her
    him them us what so no any other than
    """)
_BREAKS = listed("while whereas but and after before as than from")
"""Words at which another clause begins, or another figure for the same thing."""
# "Lost 0.6 percent" and "0.7 percent lower" tell the same.
_DOWN = listed("""
    fell fall falls fallen down lower dropped drop drops slid slide slides slipped slip lost loses declined decline
    declines off shed sheds sank sinks tumbled tumble plunged plunge decreased decrease
    """)
_UP = listed("""
    rose rise rises risen up higher gained gain gains added adds climbed climb climbs jumped jump jumps advanced
    advance advances increased increase increases grew grow grows surged surge
    """)
_BREAK_SIGN = re.compile(r"[,;:—–()]|\.\.\.|…")


def words_around(sentence: StorySentence, quantity: Quantity) -> set[str]:
    """The stems of the telling words within `WINDOW` words of a quantity."""
    found, inside = _placed(sentence, quantity)
    if not inside:
        return set()
    near = found[max(0, inside[0] - WINDOW) : inside[-1] + 1 + WINDOW]
    return {stem(w.norm) for w in near if _tells(w)}


def nearest_words(sentence: StorySentence, quantity: Quantity, before: int, after: int) -> set[str]:
    """The stems of the nearest telling words on each side of a quantity, at most so many; names are left out."""
    found, inside = _placed(sentence, quantity)
    if not inside:
        return set()
    named = {w.start for w in found if sentence.text[w.start].isupper()}
    ahead = [w for w in reversed(found[: inside[0]]) if _tells(w) and w.start not in named][:before]
    behind = [w for w in found[inside[-1] + 1 :] if _tells(w) and w.start not in named][:after]
    return {stem(w.norm) for w in (*ahead, *behind)}


def words_of_clause(sentence: StorySentence, quantity: Quantity) -> set[str]:
    """The stems of the telling words around a quantity in its clause; what rises and what falls is one word each."""
    found, inside = _placed(sentence, quantity)
    if not inside:
        return set()
    first, last = inside[0], inside[-1]
    while first and not _breaks(sentence, found[first - 1], found[first]):
        first -= 1
    while last + 1 < len(found) and not _breaks(sentence, found[last], found[last + 1]):
        last += 1
    around = [*found[first : inside[0]], *found[inside[-1] + 1 : last + 1]]
    return {_movement(w.norm) for w in around if _tells(w) or w.norm in _DOWN | _UP}


def clause_likeness(left: StorySentence, a: Quantity, right: StorySentence, b: Quantity) -> float:
    """How much of the shorter of two quantities' clauses the other has too, 0 where it is too little to tell."""
    ours, theirs = words_of_clause(left, a), words_of_clause(right, b)
    shared = len(ours & theirs)
    like = shared / max(1, min(len(ours), len(theirs)))
    return like if shared >= FEWEST_OF_CLAUSE and like >= LIKE_CLAUSE else 0.0


def opposite(left: StorySentence, a: Quantity, right: StorySentence, b: Quantity) -> bool:
    """Whether one quantity is what something rose by and the other what something fell by."""
    ours, theirs = ({"up", "down"} & words_of_clause(*one) for one in ((left, a), (right, b)))
    return len(ours) == len(theirs) == 1 and ours != theirs


def _movement(norm: str) -> str:
    return "down" if norm in _DOWN else "up" if norm in _UP else stem(norm)


def _breaks(sentence: StorySentence, word: Word, following: Word) -> bool:
    """Whether another clause begins between two neighbouring words."""
    between = sentence.text[word.end : following.start]
    return bool(_BREAK_SIGN.search(between)) or word.norm in _BREAKS or following.norm in _BREAKS


def _placed(sentence: StorySentence, quantity: Quantity) -> tuple[list[Word], list[int]]:
    """The sentence's words, with their places in it, and which of them belong to the quantity."""
    found = words(sentence.text)
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    return found, [n for n, w in enumerate(found) if w.start < end and start < w.end]


def _tells(word: Word) -> bool:
    return word.norm not in _COMMON and not any(c.isdigit() for c in word.norm)
