"""How likely two articles tell the same event: a logistic regression over what they share."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from datasette_newscompare.stories.vectors import Vectors

DECAY_DAYS = 20.0
UNDATED_DECAY = 0.85
"""What closeness keeps where a date is missing: about what three days leave."""
LITTLE = 0.05
"""A closeness that says little: to be the best of poor ones is no merit."""

FEATURES = (
    "whole",
    "leads",
    "numbers",
    "undated",
    "days",
    "shorter",
    "rank_worse",
    "rank_better",
)
"""Cosines of the whole texts, of headlines with leads, and of numbers; whether a date is missing; logarithm of the
days between; logarithm of the shorter text's length; and how near the pair comes to the closest neighbour of each side,
which tells two events of one kind apart: an article has something closer than the like event."""

# Fitted by `benchmarks/train_stories.py`, which also prints how well they do on stories held out.
WEIGHTS = {
    "whole": 13.215,
    "leads": -1.225,
    "numbers": 2.331,
    "undated": -2.915,
    "days": -2.652,
    "shorter": -0.787,
    "rank_worse": 3.429,
    "rank_better": 4.345,
}
INTERCEPT = -1.456


def log_odds(vectors: Vectors, pairs: np.ndarray) -> np.ndarray:
    """Log odds that the two articles of each pair tell one event."""
    return pair_features(vectors, pairs) @ np.array([WEIGHTS[name] for name in FEATURES]) + INTERCEPT


def pair_features(vectors: Vectors, pairs: np.ndarray) -> np.ndarray:
    """A row of FEATURES for each pair (i, j). The pairs are also what is known of each article's surroundings."""
    if not len(pairs):
        return np.empty((0, len(FEATURES)))
    left, right = pairs[:, 0], pairs[:, 1]
    whole, leads = cosines(vectors.whole, pairs), cosines(vectors.leads, pairs)
    apart = np.abs(vectors.days[left] - vectors.days[right])
    undated = np.isnan(apart)
    closeness = (whole + leads) / 2 * np.where(undated, UNDATED_DECAY, np.exp(-apart / DECAY_DAYS))
    best = np.zeros(len(vectors.days))
    np.maximum.at(best, left, closeness)
    np.maximum.at(best, right, closeness)
    length = np.log(vectors.lengths + 20.0)
    return np.stack(
        [
            whole,
            leads,
            cosines(vectors.numbers, pairs),
            undated.astype(float),
            np.log1p(np.where(undated, 0.0, apart)),
            np.minimum(length[left], length[right]),
            closeness / (np.maximum(best[left], best[right]) + LITTLE),
            closeness / (np.minimum(best[left], best[right]) + LITTLE),
        ],
        axis=1,
    )


def cosines(rows: sparse.csr_matrix, pairs: np.ndarray, block: int = 20_000) -> np.ndarray:
    """The cosine of each pair of rows of length 1."""
    parts = [
        np.asarray(rows[chunk[:, 0]].multiply(rows[chunk[:, 1]]).sum(axis=1), dtype=float).ravel()
        for chunk in (pairs[start : start + block] for start in range(0, len(pairs), block))
    ]
    return np.concatenate(parts)
