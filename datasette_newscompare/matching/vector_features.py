"""What vectors of whole sentences add to a pair, whichever model made them.

Models differ in how near they put any two sentences: one gives 0.1 to unrelated ones, another 0.7. So nothing here
is a cosine as it stands: each is measured against all pairs of the story's encoded sentences (how many standard
deviations above their mean) or by its place among them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .encoder_features import rows_of_pairs, unit, with_neighbours
from .index import Floats, Ints, StoryIndex

PAIRS_AT_ONCE = 1024

NAMES = (
    "vector_near", "vector_centred", "vector_around", "vector_rank_short", "vector_rank_long", "vector_lead_short",
    "vector_lead_long",
)  # fmt: skip
"""Cosine of the two; the same measured from the story's middle; and with the sentences around; the share of the other
article's sentences that are nearer; and how much nearer the two are than the nearest other."""


def vector_features(index: StoryIndex, short: Ints, long: Ints, vectors: Mapping[str, Floats]) -> Floats:
    """The features of pairs of rows, pairs x `NAMES`. `vectors` holds the text of every row that stands in a pair."""
    if not len(short):
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    rows, place = rows_of_pairs(index, short, long)
    whole = unit(np.stack([vectors[index.sentences[row].text] for row in rows]))
    middle = whole.mean(0)
    centred, around = unit(whole - middle), unit(with_neighbours(index, rows, whole) - middle)
    a, b = place[short], place[long]
    out = np.zeros((len(a), len(NAMES)), dtype=np.float32)
    for column, of in enumerate((whole, centred, around)):
        mean, spread = _of_all_pairs(of)
        out[:, column] = (np.einsum("ij,ij->i", of[a], of[b]) - mean) / spread
    _, spread = _of_all_pairs(centred)
    article = index.article[rows]
    for start in range(0, len(a), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        for column, here, there in ((0, a[some], b[some]), (1, b[some], a[some])):
            near = centred[here] @ centred.T
            own = near[np.arange(len(here)), there]
            rival = article[None, :] == article[there][:, None]
            rival[np.arange(len(here)), there] = False
            count = rival.sum(1)
            out[some, 3 + column] = ((near > own[:, None]) & rival).sum(1) / np.maximum(1, count)
            best = np.where(rival, near, -1).max(1)
            out[some, 5 + column] = np.where(count > 0, (own - best) / spread, 0)
    return out


def _of_all_pairs(unit: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the cosines of every two of these vectors of length 1."""
    n = len(unit)
    if n < 3:
        return 0.0, 1.0
    # sums over all pairs without a table of them: of the cosines, and of their squares by the smaller Gram matrix
    total = float(np.square(unit.sum(0, dtype=np.float64)).sum()) - n
    gram = unit @ unit.T if n <= unit.shape[1] else unit.T @ unit
    squares = float(np.square(gram, dtype=np.float64).sum()) - n
    pairs = n * (n - 1)
    mean = total / pairs
    return mean, max(1e-3, (max(0.0, squares / pairs - mean**2)) ** 0.5)
