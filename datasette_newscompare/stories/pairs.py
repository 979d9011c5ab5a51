"""How likely two articles tell the same event."""

from __future__ import annotations

import numpy as np

from datasette_newscompare.stories.vectors import Vectors

_SLOPE = 25.0
_MIDDLE = 0.22
_DECAY_DAYS = 20.0


def cosines(vectors: Vectors, pairs: np.ndarray, block: int = 20_000) -> np.ndarray:
    """The cosine of each pair of rows."""
    parts = [
        np.asarray(vectors.rows[chunk[:, 0]].multiply(vectors.rows[chunk[:, 1]]).sum(axis=1)).ravel()
        for chunk in (pairs[start : start + block] for start in range(0, len(pairs), block))
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def log_odds(vectors: Vectors, pairs: np.ndarray) -> np.ndarray:
    """Log odds that the two articles of each pair tell one event."""
    gaps = np.abs(vectors.days[pairs[:, 0]] - vectors.days[pairs[:, 1]])
    decay = np.where(np.isnan(gaps), 1.0, np.exp(-gaps / _DECAY_DAYS))
    return _SLOPE * (cosines(vectors, pairs) * decay - _MIDDLE)
