"""Which pairs of sentences are worth a closer look: a sparse inverted index, rare words first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .index import Bools, Doubles, Ints, StoryIndex
from .ranking import rank

MAX_POSTINGS = 400
"""A word in more sentences than this finds no candidates: in a large story it is what the story is about."""

MAX_SHARED = 20_000_000
"""Places that two sentences share, over all words: in a story of many hundred articles the commonest words find no
candidates either, so that memory stays bounded."""

MAX_PAIRS = 2_000_000
"""Candidates of a story; of more, those with the most alike words are kept. Stories of several hundred articles have so
many."""

LEAST_SHARED = 0.006
"""Least weight of the shared words times their share of the sentence that tells more; below it hardly any pair is
aligned by people."""

LEAST_SHARED_WITHIN = 0.05
"""The same for pairs of one article, of which only those that say nearly the same are of use."""


WAYS_AT_ONCE = 1_000_000
"""About how many places that two sentences share are looked at in one step."""

ADDED = np.float32(0.02)
"""To the weight of each word, so that those that all sentences have count a little too."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Pairs (left row, right row) that share a telling word, left before right, in row order: those of two sources,
    and those of one article."""

    left: Ints
    right: Ints
    within: Bools
    """Which are of one article."""
    cosine: Doubles
    """Of the weighted words."""
    inside: Doubles
    """Weight of the shared words as a share of the sentence that tells less."""


def shared_words(index: StoryIndex) -> Shared:
    """All pairs that share enough (`LEAST_SHARED`) telling words that not too many sentences hold; a row with a
    stand-in is in none."""
    n = len(index.sentences)
    there = (index.content >= 0) & (index.stand_in == np.arange(n))[:, None]
    plain = there & ~index.name[index.content] & ~index.number[index.content]
    # a line of nothing but names and numbers, such as the sender and date under a message, tells nothing by itself
    rows, columns = np.nonzero(there & plain.any(axis=1, keepdims=True))
    terms = index.content[rows, columns]
    weight = index.informative[terms] + ADDED
    norm = np.sqrt(np.bincount(rows, weight**2, minlength=n)) + 1e-6
    total = np.bincount(rows, weight, minlength=n) + 1e-6
    order = np.argsort(terms, kind="stable")
    rows, weight = rows[order], weight[order].astype(np.float64)
    keys, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for one, other in _holders(np.bincount(terms)):
        left, right = rows[one], rows[other]
        of_use = (index.source[left] != index.source[right]) | (index.article[left] == index.article[right])
        keys.append(left[of_use] * n + right[of_use])
        values.append(weight[one[of_use]])
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    weights = np.concatenate(values)
    squares = np.bincount(inverse, weights**2, minlength=len(key))
    sums = np.bincount(inverse, weights, minlength=len(key))
    left, right = key // n, key % n
    least = np.where(index.article[left] == index.article[right], LEAST_SHARED_WITHIN, LEAST_SHARED)
    promising = sums**2 / np.maximum(total[left], total[right]) >= least
    left, right, squares, sums = left[promising], right[promising], squares[promising], sums[promising]
    return Shared(
        left=left,
        right=right,
        within=index.article[left] == index.article[right],
        cosine=squares / (norm[left] * norm[right]),
        inside=sums / np.minimum(total[left], total[right]),
    )


def _holders(size: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Places of every two that hold the same word, many words at once; `size` of them hold each word, one after the
    other. Words that very many hold are left out, from the commonest on (`MAX_POSTINGS`, `MAX_SHARED`)."""
    sizes, words = np.unique(size, return_counts=True)
    most = min(MAX_POSTINGS, int(sizes[np.cumsum(words * (sizes * (sizes - 1) // 2)) <= MAX_SHARED].max(initial=0)))
    first = np.cumsum(size) - size
    # those that come after each in its word
    after = np.repeat(np.where(size <= most, first + size, 0), size) - np.arange(int(size.sum())) - 1
    one = np.flatnonzero(after > 0)
    after = after[one]
    ends = np.cumsum(after)
    for part in np.split(np.arange(len(one)), np.flatnonzero(np.diff(ends // WAYS_AT_ONCE)) + 1):
        count = after[part]
        here = np.repeat(one[part], count)
        yield here, here + 1 + np.arange(len(here)) - np.repeat(np.cumsum(count) - count, count)


def find_candidates(
    index: StoryIndex, shared: Shared, per_sentence: int = 8, within: bool = False
) -> tuple[Ints, Ints]:
    """Pairs (left row, right row) of different sources, left before right, in row order.

    A pair is kept where it is among the `per_sentence` best of either sentence in the other's article, by cosine of
    weighted words or by the share of the shorter sentence that stands in the other. With `within`, pairs of one article
    instead.
    """
    wanted = shared.within == within
    left, right, cosine, inside = (x[wanted] for x in (shared.left, shared.right, shared.cosine, shared.inside))
    keep = np.zeros(len(left), dtype=bool)
    for here, there in ((left, right), (right, left)):
        group = here * len(index.sentences) + index.article[there]
        keep |= rank(group, cosine) < per_sentence
        keep |= rank(group, inside) < (per_sentence + 1) // 2
    if np.count_nonzero(keep) > MAX_PAIRS:
        order = np.argsort(np.where(keep, -cosine, np.inf), kind="stable")
        keep[order[MAX_PAIRS:]] = False
    return left[keep], right[keep]
