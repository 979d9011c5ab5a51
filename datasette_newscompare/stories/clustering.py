"""From pairs with log odds to groups: average linkage, so that one bridging article does not chain two stories."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

ABSENT = -4.0
"""Log odds of a pair that was not compared closely: it shared too little to be a candidate."""


def average_link(
    count: int,
    pairs: np.ndarray,
    odds: np.ndarray,
    anchors: Sequence[int | None],
    floors: np.ndarray | None = None,
) -> list[list[int]]:
    """Group items 0 to count-1 by merging, best first, while the mean log odds over all pairs of two groups is above 0.

    `pairs` has a row (i, j) with i < j for each pair that was compared, `odds` its log odds. Items with the same anchor
    start in one group, and groups with two different anchors never merge. `floors` says for each item what a pair that
    is not among `pairs` can have at most: ABSENT, or more where the item has so many close neighbours that some were
    left out. Ties are decided by the items' numbers. Returns the groups, each sorted.
    """
    first_of_anchor: dict[int, int] = {}
    start = [
        item if anchor is None else first_of_anchor.setdefault(anchor, item)
        for item, anchor in zip(range(count), anchors, strict=True)
    ]
    members: dict[int, list[int]] = {}
    for item, root in enumerate(start):
        members.setdefault(root, []).append(item)
    anchored = set(first_of_anchor.values())
    floors = np.full(count, ABSENT) if floors is None else floors
    floor = {root: sum(floors[group].tolist()) for root, group in members.items()}

    roots = np.array(start, dtype=np.int64)
    near = _may_meet(roots, pairs, odds)
    links: dict[int, dict[int, tuple[float, int]]] = {root: {} for root in members}
    for a, b, value in zip(*roots[pairs[near]].T.tolist(), odds[near].tolist(), strict=True):
        if a != b and not (a in anchored and b in anchored):
            total, seen = links[a].get(b, (0.0, 0))
            links[a][b] = links[b][a] = (total + value, seen + 1)

    def mean(a: int, b: int) -> float:
        total, seen = links[a][b]
        size = len(members[a]) * len(members[b])
        # nor is what was left out between two groups better than what was not
        absent = min(floor[a] / len(members[a]), floor[b] / len(members[b]), total / seen)
        return (total + absent * (size - seen)) / size

    heap = [(-gain, a, b) for a in links for b in links[a] if a < b and (gain := mean(a, b)) > 0]
    heapq.heapify(heap)
    while heap:
        cost, a, b = heapq.heappop(heap)
        if a not in members or b not in members or b not in links[a] or mean(a, b) != -cost:
            continue
        members[a] += members.pop(b)
        floor[a] += floor.pop(b)
        if b in anchored:
            anchored.add(a)
        for other, (total, seen) in links.pop(b).items():
            del links[other][b]
            if other != a:
                known_total, known_seen = links[a].get(other, (0.0, 0))
                links[a][other] = links[other][a] = (known_total + total, known_seen + seen)
        for other in list(links[a]):
            if a in anchored and other in anchored:
                del links[a][other], links[other][a]
            elif (gain := mean(a, other)) > 0:
                heapq.heappush(heap, (-gain, min(a, other), max(a, other)))
    return [sorted(group) for group in members.values()]


def _may_meet(roots: np.ndarray, pairs: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """Which of the pairs can come to stand in one group or between two that are merged.

    The mean of two groups is above 0 only where a pair between them is. So what is not joined by such pairs, one after
    the other, is never merged.
    """
    one, other = roots[pairs[odds > 0]].T
    graph = coo_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=(len(roots), len(roots)))
    _, part = connected_components(graph, directed=False)
    of_pair = part[roots[pairs]]
    return np.asarray(of_pair[:, 0] == of_pair[:, 1])


def absent_odds(count: int, pairs: np.ndarray, odds: np.ndarray, neighbours: int) -> np.ndarray:
    """For each item the log odds that a pair of its own left out of `pairs` can have at most, and ABSENT at least.

    An item has its `neighbours` best among the pairs, so what is left out is no better than the last of these.
    """
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    values = np.concatenate([odds, odds])
    order = np.lexsort((-values, source))
    source, values = source[order], values[order]
    held = np.bincount(source, minlength=count)
    last = np.cumsum(held) - held + neighbours - 1
    floors = np.full(count, ABSENT)
    full = held >= neighbours
    floors[full] = np.maximum(ABSENT, values[last[full]])
    return floors
