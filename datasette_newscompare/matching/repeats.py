"""Sentences of one source that say again what an earlier one of it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Indel
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from .alignment import NEAR_VERBATIM, word_likeness
from .candidates import MAX_POSTINGS
from .index import Ints, StoryIndex

FEWEST_WORDS = 4
"""A shorter sentence ("He agreed.") repeats only itself word for word."""
LIKE = 0.6
"""Likeness of the words in order from which a sentence repeats an earlier one."""
COVERED = 0.85
"""Share of its telling words, by rarity, that must then stand in the earlier one; names and numbers all must."""

MANY = 2_000
"""Sentences of one source in one story from which on the search for repeats is bounded."""
MOST_CANDIDATES = 50
BLOCK = 1_000
"""Rows whose shared words are counted at once."""


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
    if not index.sentences:
        return found
    by_source = np.argsort(index.source, kind="stable")
    for rows in np.split(by_source, np.flatnonzero(np.diff(index.source[by_source])) + 1):
        repeated: dict[int, int] = {}
        twins = _twins(index, rows) if len(rows) > MANY else {}
        for row, candidates in _candidates(index, rows, twins):
            best: tuple[float, int] | None = None
            if row in twins:  # what its words repeat, the first one with these words repeats already
                candidates = [repeated.get(twins[row], twins[row])]
            for earlier in candidates:
                if earlier in repeated:
                    continue
                value = _likeness(index, row, earlier)
                if value > 0 and (best is None or value > best[0]):
                    best = value, earlier
            if best is not None:
                repeated[row] = best[1]
                kind = "verbatim" if best[0] == 1 else "near-verbatim" if best[0] >= NEAR_VERBATIM else "paraphrase"
                found.append(Again(row, best[1], best[0], kind))
    return found


def _twins(index: StoryIndex, rows: Ints) -> dict[int, int]:
    """Rows whose words an earlier one has in the same order, each with the first such."""
    first: dict[bytes, int] = {}
    found = {}
    for row in rows.tolist():
        words = index.run[row, : index.lengths[row]].tobytes()
        if words in first:
            found[row] = first[words]
        else:
            first[words] = row
    return found


def _candidates(index: StoryIndex, rows: Ints, twins: Mapping[int, int]) -> Iterator[tuple[int, list[int]]]:
    """For each row the earlier rows of its source that share at least half of its words; for a twin, its first.

    Among more than `MANY` rows, words that very many hold do not count, and only the rows that share most do, so that
    time and memory stay in step with the number of rows.
    """
    single = np.array([row for row in rows.tolist() if row not in twins], dtype=np.int64)
    words = index.run[single]
    row, place = np.nonzero(words >= 0)
    ones = np.ones(len(row), dtype=np.int32)
    held = csr_matrix((ones, (row, words[row, place])), shape=(len(single), max(1, len(index.words))))
    held.data[:] = 1  # a word that a sentence has twice counts once
    most = len(single)
    if len(rows) > MANY:
        held = held[:, np.asarray(held.sum(axis=0)).ravel() <= MAX_POSTINGS]
        most = MOST_CANDIDATES
    fewest = np.maximum((np.diff(held.indptr) + 1) // 2, 1)
    place_of = {row: k for k, row in enumerate(single.tolist())}
    turned = held.T.tocsr()
    start, shared = -BLOCK, None
    for one in rows.tolist():
        if one in twins:
            yield one, [twins[one]]
            continue
        k = place_of[one]
        if shared is None or k >= start + BLOCK:
            start = k
            shared = (held[start : start + BLOCK] @ turned).tocsr()
            shared.sort_indices()
        span = slice(shared.indptr[k - start], shared.indptr[k - start + 1])
        earlier, counts = shared.indices[span], shared.data[span]
        enough = (counts >= fewest[k]) & (earlier < k)
        earlier, counts = earlier[enough], counts[enough]
        if len(earlier) > most:
            earlier = np.sort(earlier[np.argsort(-counts, kind="stable")[:most]])
        if len(earlier):
            yield one, single[earlier].tolist()


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
