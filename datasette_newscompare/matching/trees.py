"""Boosted trees read from JSON and evaluated with numpy, all pairs and all trees at once.

Method: QuickScorer (Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of
regression trees", SIGIR 2015). Each tree's leaves are bits, left to right. A test that fails clears the bits of its
left branch; the lowest bit that is left is the leaf. For each feature the cleared bits are summed up beforehand for
every place among its thresholds, so a pair costs one table row a feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LEAVES = 16
PAIRS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees of one ensemble. Build it with `read_forests`."""

    features: tuple[int, ...]
    thresholds: tuple[NDArray[np.float32], ...]
    tables: tuple[NDArray[np.uint16], ...]
    leaves: NDArray[np.float32]
    """Trees x `MAX_LEAVES`."""
    base: float

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of the leaves (log-odds) of each row."""
        columns = np.ascontiguousarray(rows.T)
        places = [cuts.searchsorted(columns[k]) for k, cuts in zip(self.features, self.thresholds, strict=True)]
        leaves, first = self.leaves.ravel(), np.arange(len(self.leaves)) * MAX_LEAVES
        out = np.full(len(rows), self.base)
        lent = np.empty((2, min(len(rows), PAIRS_AT_ONCE), len(self.leaves)), dtype=np.uint16)
        for start in range(0, len(rows), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            alive, passed = lent[:, : len(out[some])]
            alive.fill(0xFFFF)
            for table, place in zip(self.tables, places, strict=True):
                # no place lies outside the table; "clip" spares numpy a copy of the result
                table.take(place[some], axis=0, out=passed, mode="clip")
                np.bitwise_and(alive, passed, out=alive)
            out[some] += leaves.take(_LOWEST_BIT.take(alive) + first).sum(1)
        return out


def read_forests(data: dict[str, Any], names: Sequence[str]) -> tuple[Forest, ...]:
    """A forest for each ensemble of the JSON form.

    `names` are the columns that `predict` will be given. `data` holds `names`: the columns that the trees count
    features by; and `ensembles`: a list of `{"base": log-odds, "trees": [...]}`, each tree `{"feature": [...],
    "threshold": [...], "left": [...], "right": [...], "value": [...]}`: inner node 0 is the root, a child below 0 is
    leaf `-1 - child`, and a row goes left where its feature is at most the threshold.
    Raises ValueError where a column is missing or a tree has more than `MAX_LEAVES` leaves.
    """
    missing = sorted(set(data["names"]) - set(names))
    if missing:
        raise ValueError(f"the model needs features that are not measured: {', '.join(missing)}")
    column = [names.index(name) for name in data["names"]]
    return tuple(_forest(ensemble["base"], ensemble["trees"], column) for ensemble in data["ensembles"])


def _forest(base: float, trees: Sequence[dict[str, Any]], column: Sequence[int]) -> Forest:
    leaves = np.zeros((len(trees), MAX_LEAVES), dtype=np.float32)
    tests: dict[int, list[tuple[float, int, int]]] = {}
    for t, tree in enumerate(trees):
        if len(tree["value"]) > MAX_LEAVES:
            raise ValueError(f"tree {t} has {len(tree['value'])} leaves, more than {MAX_LEAVES}")
        order: list[int] = []
        if not tree["feature"]:
            order.append(0)
        else:
            _walk(tree, 0, order, t, tests)
        leaves[t, : len(order)] = [tree["value"][leaf] for leaf in order]
    features, thresholds, tables = [], [], []
    for feature in sorted(tests):
        found = sorted(tests[feature])
        cuts = np.array(sorted({c for c, _, _ in found}), dtype=np.float32)
        table = np.full((len(cuts) + 1, len(trees)), 0xFFFF, dtype=np.uint16)
        for cut, tree_number, cleared in found:
            table[np.searchsorted(cuts, np.float32(cut)) + 1, tree_number] &= np.uint16(0xFFFF ^ cleared)
        features.append(column[feature])
        thresholds.append(cuts)
        tables.append(np.bitwise_and.accumulate(table, axis=0))
    return Forest(tuple(features), tuple(thresholds), tuple(tables), leaves, base)


def _walk(
    tree: dict[str, Sequence[Any]],
    node: int,
    order: list[int],
    number: int,
    tests: dict[int, list[tuple[float, int, int]]],
) -> None:
    """Put the leaves below `node` into `order`, left to right, and note each test with the leaves it clears."""
    if node < 0:
        order.append(-1 - node)
        return
    first = len(order)
    _walk(tree, tree["left"][node], order, number, tests)
    cleared = sum(1 << bit for bit in range(first, len(order)))
    tests.setdefault(tree["feature"][node], []).append((tree["threshold"][node], number, cleared))
    _walk(tree, tree["right"][node], order, number, tests)


def _lowest_bits() -> NDArray[np.uint8]:
    out = np.zeros(1 << MAX_LEAVES, dtype=np.uint8)
    values = np.arange(1 << MAX_LEAVES)
    for bit in reversed(range(MAX_LEAVES)):
        out[(values >> bit) & 1 == 1] = bit
    return out


_LOWEST_BIT = _lowest_bits()
