"""Which pair of each group is the best, the second, and so on, for many groups at once."""

from __future__ import annotations

import numpy as np

from .index import Doubles, Ints


def best_first(group: Ints, value: Doubles) -> tuple[Ints, Ints]:
    """The order of pairs by group (a number from 0) and, within it, by value, largest first, equal ones as they come;
    and for each place in that order the place where its group starts."""
    order = np.lexsort((-value, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    return order, np.repeat(starts, np.diff(starts, append=len(group)))


def rank(group: Ints, value: Doubles) -> Ints:
    """The place of each pair in its group, 0 for the best value."""
    order, start = best_first(group, value)
    out = np.empty_like(order)
    out[order] = np.arange(len(group)) - start
    return out


def rank_and_rival(group: Ints, value: Doubles) -> tuple[Ints, Doubles]:
    """The place of each pair in its group, 0 for the best value, and the best value in the group but its own."""
    order, start = best_first(group, value)
    best = value[order]
    place = np.arange(len(group)) - start
    second = np.minimum(start + 1, len(group) - 1)
    rival = np.where(place > 0, best[start], np.where((second > start) & (start[second] == start), best[second], 0.0))
    ranks, rivals = np.empty_like(order), np.empty(len(group))
    ranks[order], rivals[order] = place, rival
    return ranks, rivals
