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
from .tokens import first_places

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
    """Repeats within each source, by source, in reading order; a sentence repeats the earliest one that it is as like
    as any.

    `score` is the likeness of the words in order (1 - indel distance / words of both). A sentence with a name or
    number that the earlier one lacks repeats nothing.
    """
    sizes = np.bincount(index.source)
    many = np.flatnonzero(sizes > MANY)
    by_source = np.argsort(index.source, kind="stable")
    few = by_source[np.isin(index.source[by_source], many, invert=True)]
    found = _repeats(index, few, {}, len(few))
    for source in many.tolist():
        rows = np.flatnonzero(index.source == source)
        found += _repeats(index, rows, _twins(index, rows), MOST_CANDIDATES)
    return sorted(found, key=lambda again: (index.source[again.row], again.row))


def _repeats(index: StoryIndex, rows: Ints, twins: Mapping[int, int], most: int) -> list[Again]:
    """The repeats among rows that come source by source; a twin is looked at beside its first only."""
    likeness = _Likeness(index)
    found: dict[int, Again] = {}
    single = np.array([row for row in rows.tolist() if row not in twins], dtype=np.int64)
    for row, candidates in _candidates(index, single, most):
        best = (0.0, -1)
        for earlier in candidates:
            if earlier not in found:
                value = likeness(row, earlier)
                best = (value, earlier) if value > best[0] else best
        if best[0] > 0:
            found[row] = Again(row, best[1], best[0], _kind(best[0]))
    for row, first in twins.items():
        # what its words repeat, the first one with these words repeats already
        earlier = found[first].of if first in found else first
        value = likeness(row, earlier)
        if value > 0:
            found[row] = Again(row, earlier, value, _kind(value))
    return list(found.values())


def _kind(likeness: float) -> str:
    return "verbatim" if likeness == 1 else "near-verbatim" if likeness >= NEAR_VERBATIM else "paraphrase"


def _twins(index: StoryIndex, rows: Ints) -> dict[int, int]:
    """Rows whose words an earlier one has in the same order, each with the first such."""
    first: dict[bytes, int] = {}
    found = {}
    for row in rows.tolist():
        words = index.words_of(row).tobytes()
        if words in first:
            found[row] = first[words]
        else:
            first[words] = row
    return found


def _candidates(index: StoryIndex, rows: Ints, most: int) -> Iterator[tuple[int, list[int]]]:
    """For each row that has any: the earlier rows of its source that share at least half of its words.

    Of more than `most` only those that share most words; where `most` is less than there are rows, words that very many
    hold do not count, so that time and memory stay in step with the number of rows.
    """
    row, place = np.nonzero(index.run[rows] >= 0)
    # the words of each source are counted for themselves, so that no rows of two sources share one
    words, sources = len(index.rarity), int(index.source.max(initial=0)) + 1
    of_source, column = first_places(index.source[rows[row]] * words + index.run[rows[row], place], sources * words)
    # a word that a sentence has twice counts once
    once, _ = first_places(row * len(of_source) + column, len(rows) * len(of_source))
    row, column = row[once], column[once]
    ends = np.searchsorted(row, np.arange(len(rows) + 1))
    held = csr_matrix((np.ones(len(once), dtype=np.int32), column, ends), shape=(len(rows), len(of_source)))
    if most < len(rows):
        held = held[:, np.bincount(held.indices, minlength=len(of_source)) <= MAX_POSTINGS]
    fewest = np.maximum((np.diff(held.indptr) + 1) // 2, 1)
    turned = held.T.tocsr()
    for start in range(0, len(rows), BLOCK):
        shared = (held[start : start + BLOCK] @ turned).tocsr()
        shared.sort_indices()
        here = start + np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
        enough = np.flatnonzero((shared.data >= fewest[here]) & (shared.indices < here))
        for k in np.split(enough, np.flatnonzero(np.diff(here[enough])) + 1) if len(enough) else ():
            if len(k) > most:
                k = np.sort(k[np.argsort(-shared.data[k], kind="stable")[:most]])
            yield int(rows[here[k[0]]]), rows[shared.indices[k]].tolist()


class _Likeness:
    """How much a row repeats an earlier one, 0 where it does not."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        self.marked = index.name | index.number
        self.rarity = index.rarity.tolist()
        self.known: dict[int, tuple[list[int], frozenset[int], frozenset[int]]] = {}
        """Of rows: the words in order, the different ones, and which of these are names and numbers."""

    def __call__(self, row: int, earlier: int) -> float:
        spelling = self.index.spelling
        if spelling[row] == spelling[earlier]:
            return 1.0
        (a, _, marked), (b, held, _) = self._words(row), self._words(earlier)
        if min(len(a), len(b)) < FEWEST_WORDS or not marked <= held:
            return 0.0
        exact = word_likeness(self.index, row, earlier)
        if exact >= NEAR_VERBATIM:
            return exact
        telling = [word for word in self.index.content[row].tolist() if word >= 0]
        weight = sum([self.rarity[word] for word in telling])
        covered = sum([self.rarity[word] for word in telling if word in held]) / max(1e-6, weight)
        if covered < COVERED:
            return 0.0
        alike = float(Indel.normalized_similarity(a, b))
        return alike if alike >= LIKE else 0.0

    def _words(self, row: int) -> tuple[list[int], frozenset[int], frozenset[int]]:
        if row not in self.known:
            words = self.index.words_of(row)
            listed = words.tolist()
            self.known[row] = listed, frozenset(listed), frozenset(words[self.marked[words]].tolist())
        return self.known[row]
