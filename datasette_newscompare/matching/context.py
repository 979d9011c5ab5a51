"""What a pair's surroundings say: its rivals, its neighbours, the reading order, and what third articles tell.

A pair alone does not show whether a person would align it: a better counterpart in the same article speaks against it,
matching neighbours and a third article that tells both speak for it. Everything here is measured on first scores.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .index import Floats, Ints, StoryIndex
from .ranking import rank, rank_and_rival

ANCHOR = 0.4
"""First score from which a pair counts as a fixed point of the reading order."""

WEAKEST = 0.15
"""First score from which a pair can support others."""

WAYS_AT_ONCE = 200_000
"""About how many ways through other sentences are looked at in one step."""

_BESIDE = np.array([(-1, -1), (1, 1), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, 1), (1, -1)])
"""Places of the pairs around one, from its own, as their scores stand in `NAMES`."""
_BEFORE_AND_AFTER = np.array([[-1], [1]])

NAMES = (
    "any", "same", "rank_short", "rank_long", "rival_short", "rival_long", "rival_same_short", "rival_same_long",
    "others_short", "others_long", "near_before", "near_after", "near_short_before", "near_short_after",
    "near_long_before", "near_long_after", "cross_before", "cross_after", "density", "density_same", "size_short",
    "size_long", "in_order", "anchors", "anchor_distance", "diagonal", "third", "third_sum", "sibling", "told_short",
    "told_long",
    "rank_short_story", "rank_long_story", "sum_short_before", "sum_short_after", "sum_long_before", "sum_long_after",
    "articles",
)  # fmt: skip


def context_features(
    index: StoryIndex,
    short: Ints,
    long: Ints,
    any_score: Floats,
    same_score: Floats,
    siblings: tuple[Ints, Ints, Floats],
    wanted: Ints,
) -> Floats:
    """The features of the `wanted` pairs, given by place, among all candidate pairs of their story, wanted x `NAMES`.

    `siblings` are pairs of one article (row, row, first score), through which a sentence that says again what another
    one says is supported by the other's counterparts.
    """
    n, m = len(index.sentences), len(short)
    if len(wanted) == 0:
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    # every pair from both ends: `here` reads from one sentence, `there` is its counterpart
    here, there = np.concatenate([short, long]), np.concatenate([long, short])
    both = np.concatenate([any_score, any_score]).astype(np.float64)
    both_same = np.concatenate([same_score, same_score]).astype(np.float64)
    articles = int(index.article.max()) + 1
    row_and_other = here * articles + index.article[there]
    ranks, rival = rank_and_rival(row_and_other, both)
    _, rival_same = rank_and_rival(row_and_other, both_same)
    rank_story = rank(here, both)
    # sums by row and other article, and by two articles: of those that have pairs, for all would be very many
    row_keys, row_key = np.unique(row_and_other, return_inverse=True)
    row_sum = np.bincount(row_key, both)
    told = np.bincount(here, both, minlength=n)
    keys = here * n + there
    order = np.argsort(keys)
    keys_sorted, value_sorted = keys[order], both[order]

    def scores_at(i: Ints, j: Ints, i_from: Ints, j_from: Ints) -> Floats:
        inside = (i >= 0) & (j >= 0) & (i < n) & (j < n)
        i, j = np.clip(i, 0, n - 1), np.clip(j, 0, n - 1)
        inside &= (index.article[i] == index.article[i_from]) & (index.article[j] == index.article[j_from])
        key = i * n + j
        at = np.minimum(np.searchsorted(keys_sorted, key), len(keys_sorted) - 1)
        return np.where(inside & (keys_sorted[at] == key), value_sorted[at], 0.0)

    def sums_at(i: Ints, i_from: Ints, other: Ints) -> Floats:
        inside = (i >= 0) & (i < n)
        i = np.clip(i, 0, n - 1)
        inside &= index.article[i] == index.article[i_from]
        key = i * articles + index.article[other]
        at = np.minimum(np.searchsorted(row_keys, key), len(row_keys) - 1)
        return np.where(inside & (row_keys[at] == key), row_sum[at], 0.0)

    lower, higher = (pick(index.article[short], index.article[long]) for pick in (np.minimum, np.maximum))
    _, block = np.unique(lower * articles + higher, return_inverse=True)
    block_any = np.bincount(block, any_score)
    block_same = np.bincount(block, same_score)
    a, b = short[wanted], long[wanted]
    from_a, from_b = wanted, m + wanted
    told_here = row_sum[row_key]
    size_a, size_b = index.article_size[a], index.article_size[b]
    smaller = np.minimum(size_a, size_b)
    in_order, anchors, distance, diagonal = _order(index, short, long, any_score, block, wanted)
    third, third_sum, sibling = _through(index, here, there, both, siblings, a, b)
    columns = (
        any_score[wanted], same_score[wanted], ranks[from_a], ranks[from_b], rival[from_a], rival[from_b],
        rival_same[from_a], rival_same[from_b],
        told_here[from_a] - both[from_a], told_here[from_b] - both[from_b],
        *scores_at(a + _BESIDE[:, :1], b + _BESIDE[:, 1:], a, b),
        block_any[block[wanted]] / smaller, block_same[block[wanted]] / smaller, size_a, size_b,
        in_order, anchors, distance, diagonal, third, third_sum, sibling,
        (told[a] - told_here[from_a]) / max(1, index.article_count - 2),
        (told[b] - told_here[from_b]) / max(1, index.article_count - 2),
        rank_story[from_a], rank_story[from_b],
        *sums_at(a + _BEFORE_AND_AFTER, a, b), *sums_at(b + _BEFORE_AND_AFTER, b, a),
        np.full(len(wanted), index.article_count),
    )  # fmt: skip
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def _order(
    index: StoryIndex, short: Ints, long: Ints, score: Floats, block: Ints, wanted: Ints
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """How each wanted pair stands to the sure pairs of its two articles (`block`).

    Returns the weighted share of them that keep the same order, their summed weight over the shorter article's size,
    the distance in sentences to the nearest, and how far the pair is from where they would put it.
    """
    m = len(wanted)
    share, total, distance, diagonal = np.full(m, 0.5), np.zeros(m), np.full(m, 20.0), np.full(m, 1.0)
    turned = index.article[short] > index.article[long]
    x = index.place[np.where(turned, long, short)].astype(np.float64)
    y = index.place[np.where(turned, short, long)].astype(np.float64)
    smaller = np.minimum(index.article_size[short], index.article_size[long])
    y_size = index.article_size[np.where(turned, short, long)]
    anchors = np.flatnonzero(score >= ANCHOR)
    order = np.argsort(block[wanted], kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(block[wanted[order]])) + 1):
        members = wanted[places]
        sure = anchors[block[anchors] == block[members[0]]]
        if len(sure) == 0:
            continue
        dx, dy = x[members][:, None] - x[sure], y[members][:, None] - y[sure]
        other = (dx != 0) | (dy != 0)
        w = score[sure] * other
        weight = w.sum(1)
        kept = (w * (np.sign(dx) == np.sign(dy))).sum(1) / np.maximum(weight, 1e-6)
        share[places] = np.where(weight <= 1e-6, 0.5, kept)
        total[places] = weight / smaller[members]
        gap = np.where(other, np.maximum(np.abs(dx), np.abs(dy)), 20.0)
        distance[places] = np.minimum(20.0, gap.min(1))
        near = w * np.exp(-np.abs(dx) / 3.0) + 1e-9
        diagonal[places] = np.minimum(1.0, np.abs((near * dy).sum(1) / near.sum(1)) / y_size[members])
    return share, total, distance, diagonal


def _through(
    index: StoryIndex,
    here: Ints,
    there: Ints,
    value: np.ndarray,
    siblings: tuple[Ints, Ints, Floats],
    short: Ints,
    long: Ints,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best way between the two sentences of a pair through one other sentence: the weaker of both scores.

    Returns it for ways through a third article, their sum, and the best way through another sentence of one of the
    two articles.
    """
    m, n = len(short), len(index.sentences)
    third, total, sibling = np.zeros(m), np.zeros(m), np.zeros(m)
    a = np.concatenate([here, siblings[0], siblings[1]])
    b = np.concatenate([there, siblings[1], siblings[0]])
    v = np.concatenate([value, siblings[2], siblings[2]])
    strong = v >= WEAKEST
    a, b, v = a[strong], b[strong], v[strong]
    order = np.argsort(a, kind="stable")
    a, b, v = a[order], b[order], v[order]
    start, stop = np.searchsorted(a, np.arange(n)), np.searchsorted(a, np.arange(n), side="right")
    keys = short * n + long
    by_key = np.argsort(keys)
    sorted_keys = keys[by_key]
    article = index.article
    middles = np.flatnonzero(stop - start >= 2)
    for middle, i, j in _two_of_each(middles, start[middles], stop[middles]):
        apart = article[b[i]] != article[b[j]]
        middle, i, j = middle[apart], i[apart], j[apart]
        key = b[i] * n + b[j]
        at = np.minimum(np.searchsorted(sorted_keys, key), m - 1)
        found = sorted_keys[at] == key
        middle, i, j, pair = middle[found], i[found], j[found], by_key[at[found]]
        weakest = np.minimum(v[i], v[j])
        inside = (article[b[i]] == article[middle]) | (article[b[j]] == article[middle])
        np.maximum.at(sibling, pair[inside], weakest[inside])
        np.maximum.at(third, pair[~inside], weakest[~inside])
        np.add.at(total, pair[~inside], weakest[~inside])
    return third, total, sibling


def _two_of_each(rows: Ints, start: Ints, stop: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """For each row all (row, i, j) with i and j of its span, in order, many rows at once."""
    size = stop - start
    count = size * size
    block = np.cumsum(count) // WAYS_AT_ONCE
    for members in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(block)) + 1):
        number = count[members]
        ends = np.cumsum(number)
        within = np.arange(number.sum()) - np.repeat(ends - number, number)
        wide, first = np.repeat(size[members], number), np.repeat(start[members], number)
        yield np.repeat(rows[members], number), first + within // wide, first + within % wide
