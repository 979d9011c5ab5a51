"""Why two sentences match, in words that stand in both."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ..records import Why
from .index import StoryIndex

MOST = 6
FEWEST_QUOTED = 3
"""Words in a row that one side quotes and the other has, from which they are shown."""
TELLING = 0.15
"""Rarity in the language from which a shared word is shown."""


def explain(index: StoryIndex, left: int, right: int) -> Why:
    """The shared names, numbers, rare words (rarest first) and quoted runs, as the left sentence writes them."""
    spans, text = index.tokens.spans(left), index.sentences[left].text
    ids = index.run[left, : len(spans)]
    other = index.run[right, : index.lengths[right]].tolist()
    held = set(other)
    shared = [k for k, word in enumerate(ids.tolist()) if word in held]
    followed = set(pairwise(other))
    name, number, rarity = index.name[ids].tolist(), index.number[ids].tolist(), index.rarity[ids].tolist()
    named = {k for k in shared if name[k] and text[spans[k][0]].isupper()}
    words = [k for k in shared if k not in named and not number[k] and rarity[k] >= TELLING]
    return Why(
        names=_first(_runs(index, left, named, followed, 1)),
        numbers=_first(text[slice(*spans[k])] for k in shared if number[k]),
        words=_first(text[slice(*spans[k])].lower() for k in sorted(words, key=lambda k: -rarity[k])),
        quoted=_first(_quoted(index, left, right, shared, followed)),
    )


def _quoted(
    index: StoryIndex, left: int, right: int, shared: list[int], followed: set[tuple[int, int]]
) -> Iterable[str]:
    ours, theirs = (index.tokens.quoted[index.tokens.of(row)] for row in (left, right))
    if not ours.any() and not theirs.any():
        return ()
    words, told = index.run[left].tolist(), set(index.run[right, : len(theirs)][theirs].tolist())
    either = {k for k in shared if ours[k] or words[k] in told}
    return _runs(index, left, either, followed, FEWEST_QUOTED)


def _runs(index: StoryIndex, row: int, chosen: set[int], followed: set[tuple[int, int]], fewest: int) -> Iterable[str]:
    """The left sentence's text of each run of chosen words that follow each other on the right too."""
    spans, text, ids = index.tokens.spans(row), index.sentences[row].text, index.run[row].tolist()
    start = None
    for k in range(len(spans) + 1):
        inside = k in chosen
        joined = inside and k > 0 and (ids[k - 1], ids[k]) in followed
        if start is not None and not (inside and joined):
            if k - start >= fewest:
                yield text[spans[start][0] : spans[k - 1][1]]
            start = None
        if inside and start is None:
            start = k


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST]
