"""The few entities that most rows name, found without counting all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import nsmallest
from itertools import islice

Pair = tuple[int, int]
"""An entity's id, and how many rows name it."""

Count = Callable[[list[Pair], list[Pair]], Iterable[Pair]]
"""From some entities, with how many rows of the whole table name them, and the best pairs until now, to how many of the
rows in question name each."""


def by_threshold(candidates: Iterator[Pair], wanted: int, count: Count, batch: int = 1, growth: int = 1) -> list[Pair]:
    """The `wanted` entities that most of the rows in question name: those of them that any row names, best first.

    `candidates` come in the order of how many rows of the whole table name them, most first; `batch` of them are
    counted at once, then `growth` times as many. When that number falls below the count of the last one wanted, no
    other can have more (Fagin, Lotem and Naor, "Optimal aggregation algorithms for middleware", 2003: the threshold
    algorithm, with one list).
    """
    best: list[Pair] = []
    while wanted > 0 and (some := list(islice(candidates, batch))):
        if len(best) == wanted and best[-1][1] > some[0][1]:
            break
        found = [pair for pair in count(some, best) if pair[1] > 0]
        best = nsmallest(wanted, [*best, *found], key=most_first)
        batch *= growth
    return best


def most_first(pair: Pair) -> Pair:
    """What pairs are put in order by: most rows first, then the lowest id."""
    id, number = pair
    return -number, id
