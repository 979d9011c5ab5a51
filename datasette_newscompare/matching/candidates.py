"""Which pairs of sentences are worth a closer look: a sparse inverted index, rare words first."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .index import Floats, Ints, StoryIndex

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


def find_candidates(index: StoryIndex, per_sentence: int = 8, within: bool = False) -> tuple[Ints, Ints]:
    """Pairs (left row, right row) of different sources, left before right, in row order.

    A row with a stand-in is in no pair. A pair is kept where it is among the `per_sentence` best of either sentence in
    the other's article, by cosine of weighted words or by the share of the shorter sentence that stands in the other.
    With `within`, pairs of one article instead.
    """
    n = len(index.sentences)
    there = (index.content >= 0) & (index.stand_in == np.arange(n))[:, None]
    plain = there & ~index.name[index.content] & ~index.number[index.content]
    # a line of nothing but names and numbers, such as the sender and date under a message, tells nothing by itself
    rows, columns = np.nonzero(there & plain.any(axis=1, keepdims=True))
    terms = index.content[rows, columns]
    weight = index.informative[terms] + np.float32(0.02)
    norm = np.sqrt(np.bincount(rows, weight**2, minlength=n)) + 1e-6
    total = np.bincount(rows, weight, minlength=n) + 1e-6
    order = np.argsort(terms, kind="stable")
    terms, rows = terms[order], rows[order]
    _, first, size = np.unique(terms, return_index=True, return_counts=True)
    keys: list[Ints] = []
    values: list[Floats] = []
    shared = 0
    for k, words in zip(*np.unique(size, return_counts=True), strict=True):
        shared += int(words) * int(k) * (int(k) - 1) // 2
        if k > MAX_POSTINGS or shared > MAX_SHARED:
            break
        if k < 2:
            continue
        starts = first[size == k]
        members = rows[starts[:, None] + np.arange(k)]
        a, b = _two_of(int(k))
        left, right = members[:, a].ravel(), members[:, b].ravel()
        w = np.repeat(index.informative[terms[starts]] + np.float32(0.02), len(a))
        other = index.article[left] == index.article[right] if within else index.source[left] != index.source[right]
        keys.append(left[other] * n + right[other])
        values.append(w[other])
    if not keys:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    weights = np.concatenate(values)
    squares = np.bincount(inverse, weights.astype(np.float64) ** 2)
    sums = np.bincount(inverse, weights.astype(np.float64))
    left, right = key // n, key % n
    cosine = squares / (norm[left] * norm[right])
    inside = sums / np.minimum(total[left], total[right])
    promising = sums**2 / np.maximum(total[left], total[right]) >= (LEAST_SHARED_WITHIN if within else LEAST_SHARED)
    left, right, cosine, inside = left[promising], right[promising], cosine[promising], inside[promising]
    keep = np.zeros(len(left), dtype=bool)
    for measure, most in ((cosine, per_sentence), (inside, (per_sentence + 1) // 2)):
        for here, there in ((left, right), (right, left)):
            keep |= _rank(here, index.article[there], measure) < most
    if np.count_nonzero(keep) > MAX_PAIRS:
        order = np.argsort(np.where(keep, -cosine, np.inf), kind="stable")
        keep[order[MAX_PAIRS:]] = False
    return left[keep], right[keep]


@lru_cache(maxsize=32)
def _two_of(count: int) -> tuple[Ints, Ints]:
    """Every two of so many, the lower first."""
    return np.triu_indices(count, 1)


def _rank(row: Ints, group: Ints, value: np.ndarray) -> Ints:
    """The place of each pair among those of its row and group, best value first."""
    order = np.lexsort((-value, group, row))
    r, g = row[order], group[order]
    new = np.ones(len(r), dtype=bool)
    new[1:] = (r[1:] != r[:-1]) | (g[1:] != g[:-1])
    starts = np.flatnonzero(new)
    place = np.arange(len(r)) - np.repeat(starts, np.diff(np.append(starts, len(r))))
    out = np.empty(len(r), dtype=np.int64)
    out[order] = place
    return out
