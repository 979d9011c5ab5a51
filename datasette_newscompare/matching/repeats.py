"""Sentences of one source that say again what an earlier one of it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Indel
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from .alignment import NEAR_VERBATIM, word_likeness
from .index import Ints, StoryIndex

FEWEST_WORDS = 4
"""A shorter sentence ("He agreed.") repeats only itself word for word."""
LIKE = 0.6
"""Likeness of the words in order from which a sentence repeats an earlier one."""
COVERED = 0.85
"""Share of its telling words, by rarity, that must then stand in the earlier one; names and numbers all must."""


@dataclass(frozen=True, slots=True)
class Again:
    """`row` says again what the earlier `of` says."""

    row: int
    of: int
    score: float
    kind: str


def find_repeats(index: StoryIndex) -> list[Again]:
    """Repeats within each source, in reading order; a sentence repeats the earliest one that it is as like as any.

    `score` is the likeness of the words in order (1 - indel distance / words of both). A sentence with a name or
    number that the earlier one lacks repeats nothing.
    """
    found: list[Again] = []
    for source in np.unique(index.source):
        rows = np.flatnonzero(index.source == source)
        repeated: set[int] = set()
        for row, candidates in _candidates(index, rows):
            best: tuple[float, int] | None = None
            for earlier in candidates:
                if earlier in repeated:
                    continue
                value = _likeness(index, row, earlier)
                if value > 0 and (best is None or value > best[0]):
                    best = value, earlier
            if best is not None:
                repeated.add(row)
                kind = "verbatim" if best[0] == 1 else "near-verbatim" if best[0] >= NEAR_VERBATIM else "paraphrase"
                found.append(Again(row, best[1], best[0], kind))
    return found


def _candidates(index: StoryIndex, rows: Ints) -> list[tuple[int, list[int]]]:
    """For each row the earlier rows of its source that share at least half of its words."""
    words = index.run[rows]
    row, place = np.nonzero(words >= 0)
    ones = np.ones(len(row), dtype=np.int32)
    held = csr_matrix((ones, (row, words[row, place])), shape=(len(rows), max(1, len(index.words))))
    held.data[:] = 1  # a word that a sentence has twice counts once
    fewest = (np.diff(held.indptr) + 1) // 2
    shared = (held @ held.T).tocsr()
    shared.sort_indices()
    out = []
    for k in range(len(rows)):
        span = slice(shared.indptr[k], shared.indptr[k + 1])
        earlier = shared.indices[span][shared.data[span] >= fewest[k]]
        enough = rows[earlier[earlier < k]].tolist()
        if enough:
            out.append((int(rows[k]), enough))
    return out


def _likeness(index: StoryIndex, row: int, earlier: int) -> float:
    """How much `row` repeats `earlier`, 0 where it does not."""
    exact = word_likeness(index, row, earlier)
    if exact == 1:
        return 1.0
    a = index.run[row, : index.lengths[row]]
    b = index.run[earlier, : index.lengths[earlier]]
    held = set(b.tolist())
    new = [word for word in a.tolist() if word not in held]
    if min(len(a), len(b)) < FEWEST_WORDS or index.name[new].any() or index.number[new].any():
        return 0.0
    if exact >= NEAR_VERBATIM:
        return exact
    alike = float(Indel.normalized_similarity(a.tolist(), b.tolist()))
    telling = index.content[row][index.content[row] >= 0]
    weight = index.rarity[telling]
    covered = float(weight[np.isin(telling, b)].sum() / max(1e-6, weight.sum()))
    return alike if alike >= LIKE and covered >= COVERED else 0.0
