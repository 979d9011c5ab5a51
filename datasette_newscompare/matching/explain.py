"""Why two sentences match, in words that stand in both."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ..records import Why
from .index import StoryIndex

MOST = 6
FEWEST_QUOTED = 3
"""Words in a row that one side quotes and the other has, from which they are shown."""
TELLING = 0.15
"""Rarity in the language from which a shared word is shown."""


def explain(index: StoryIndex, left: int, right: int) -> Why:
    """The shared names, numbers, rare words (rarest first) and quoted runs, as the left sentence writes them."""
    spans, text = index.tokens[left].spans, index.sentences[left].text
    ids = index.run[left, : len(spans)]
    other = index.run[right, : index.lengths[right]].tolist()
    held = set(other)
    shared = np.array([i in held for i in ids.tolist()], dtype=bool)
    followed = set(pairwise(other))
    named = shared & index.name[ids] & np.array([text[start].isupper() for start, _ in spans], dtype=bool)
    numbers = shared & index.number[ids]
    words = shared & ~named & ~numbers & (index.rarity[ids] >= TELLING)
    by_rarity = sorted(np.flatnonzero(words), key=lambda k: (-float(index.rarity[ids[k]]), int(k)))
    return Why(
        names=_first(_runs(index, left, named, followed, 1)),
        numbers=_first(text[slice(*spans[k])] for k in np.flatnonzero(numbers)),
        words=_first(text[slice(*spans[k])].lower() for k in by_rarity),
        quoted=_first(_quoted(index, left, right, shared, followed)),
    )


def _quoted(
    index: StoryIndex, left: int, right: int, shared: np.ndarray, followed: set[tuple[int, int]]
) -> Iterable[str]:
    ours, theirs = index.tokens[left].quoted, index.tokens[right].quoted
    if not ours and not theirs:
        return ()
    either = np.isin(index.run[left, : len(shared)], index.run[right, theirs])
    either[ours] = True
    return _runs(index, left, shared & either, followed, FEWEST_QUOTED)


def _runs(
    index: StoryIndex, row: int, chosen: np.ndarray, followed: set[tuple[int, int]], fewest: int
) -> Iterable[str]:
    """The left sentence's text of each run of chosen words that follow each other on the right too."""
    spans, text, ids = index.tokens[row].spans, index.sentences[row].text, index.run[row].tolist()
    start = None
    for k, inside in enumerate([*chosen.tolist(), False]):
        joined = inside and k > 0 and (ids[k - 1], ids[k]) in followed
        if start is not None and not (inside and joined):
            if k - start >= fewest:
                yield text[spans[start][0] : spans[k - 1][1]]
            start = None
        if inside and start is None:
            start = k


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST]
