"""Boosted trees read from JSON and evaluated with numpy, all trees and many pairs at once.

The trees are symmetric (oblivious): all nodes of one depth make the same test, so the tests that a pair passes are the
bits of the number of its leaf (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", NeurIPS
2018). A test that several trees make is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_DEPTH = 8
"""So that a leaf's number is a byte."""
PAIRS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees of one ensemble. Build it with `read_forests`."""

    columns: NDArray[np.intp]
    """Of each test: the column that it looks at."""
    thresholds: NDArray[np.float32]
    """Tests x 1: a row passes where its value is above this."""
    tests: NDArray[np.intp]
    """Depth x trees: the test, by number, whose outcome is the bit that stands there, the highest first."""
    leaves: NDArray[np.float32]
    """The leaves of all trees, tree after tree."""
    first: NDArray[np.intp]
    """Trees x 1: where the leaves of each tree begin."""
    base: float

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of the leaves (log-odds) of each row."""
        columns = np.ascontiguousarray(rows.T)
        out = np.full(len(rows), self.base, dtype=np.float64)
        for start in range(0, len(rows), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            passed = (columns[:, some].take(self.columns, axis=0) > self.thresholds).view(np.uint8)
            leaf = np.zeros((self.tests.shape[1], passed.shape[1]), dtype=np.uint8)
            for test in self.tests:
                leaf += leaf
                leaf |= passed.take(test, axis=0)
            out[some] += self.leaves.take(leaf + self.first).sum(0)
        return out


def read_forests(data: dict[str, Any], names: Sequence[str]) -> tuple[Forest, ...]:
    """A forest for each ensemble of the JSON form.

    `names` are the columns that `predict` will be given. `data` holds `names`: the columns that the trees count
    features by; and `ensembles`: a list of `{"base": log-odds, "trees": [...]}`, each tree `{"feature": [...],
    "threshold": [...], "value": [...]}`: a row passes test k where its feature is above the threshold, and then bit k
    (the lowest is 0) of the number of its leaf in `value` is set.
    Raises ValueError where a column is missing, or a tree has more than `MOST_DEPTH` tests or not a leaf for each
    outcome.
    """
    missing = sorted(set(data["names"]) - set(names))
    if missing:
        raise ValueError(f"the model needs features that are not measured: {', '.join(missing)}")
    column = [names.index(name) for name in data["names"]]
    return tuple(_forest(ensemble["base"], ensemble["trees"], column) for ensemble in data["ensembles"])


def _forest(base: float, trees: Sequence[dict[str, Any]], column: Sequence[int]) -> Forest:
    depth = max((len(tree["feature"]) for tree in trees), default=0)
    # what a shallow tree lacks in depth is a test that nothing passes
    numbers: dict[tuple[int, float], int] = {(0, np.inf): 0}
    tests = np.zeros((depth, len(trees)), dtype=np.intp)
    leaves = np.zeros((len(trees), 1 << depth), dtype=np.float32)
    for t, tree in enumerate(trees):
        asked = list(zip(tree["feature"], tree["threshold"], strict=True))
        if len(asked) > MOST_DEPTH or len(tree["value"]) != 1 << len(asked):
            raise ValueError(
                f"tree {t} has {len(asked)} tests and {len(tree['value'])} leaves: at most {MOST_DEPTH} tests can be "
                "read, with a leaf for each outcome"
            )
        for bit, (feature, threshold) in enumerate(asked):
            tests[depth - 1 - bit, t] = numbers.setdefault((column[feature], threshold), len(numbers))
        leaves[t, : len(tree["value"])] = tree["value"]
    return Forest(
        columns=np.array([c for c, _ in numbers], dtype=np.intp),
        thresholds=np.array([threshold for _, threshold in numbers], dtype=np.float32)[:, None],
        tests=tests,
        leaves=leaves.ravel(),
        first=np.arange(0, leaves.size, 1 << depth, dtype=np.intp)[:, None],
        base=base,
    )
