"""Articles as sparse vectors of weighted terms, and the nearest ones among them without comparing all with all."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from datasette_newscompare.stories.documents import StoryDocument
from datasette_newscompare.stories.terms import Numbered, TermNumbers, rarity

TITLE_WEIGHT = 4
"""A term of the headline counts as if it stood this many times more in the text."""
LEAD_WORDS = 60
"""The first terms of the text, which tell the event itself, count twice."""
SKETCH_TERMS = 40
"""By how many of its weightiest terms an article is looked up."""
AT_ONCE = 250
"""Articles whose terms one process counts at one time."""

Texts = Sequence[tuple[str, str]]
"""Headline and text of some articles."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Row i of each matrix is article i; columns are terms, weighted by their rarity. All rows have length 1 or 0."""

    whole: sparse.csr_matrix
    leads: sparse.csr_matrix
    """Headline and first terms of the text."""
    numbers: sparse.csr_matrix
    days: np.ndarray
    """Ordinal day of publication, or NaN."""
    lengths: np.ndarray
    """Terms in the text."""
    rarity: np.ndarray
    columns: Numbered


@lru_cache(maxsize=10_000)
def _damped(count: int) -> float:
    return 1.0 + math.log(count)


class _Rows:
    """Collects the rows of a sparse matrix, one article after the other."""

    def __init__(self) -> None:
        self.starts = array("q", [0])
        self.indices = array("i")
        self.data = array("f")

    def add(self, counts: Mapping[int, int]) -> None:
        self.indices.extend(counts)
        self.data.extend(map(_damped, counts.values()))
        self.starts.append(len(self.indices))

    def extend(self, others: _Rows, columns: np.ndarray) -> None:
        """Add rows that have other numbers for their columns: `columns` says which these are here."""
        start = len(self.indices)
        self.indices.frombytes(columns[np.asarray(others.indices)].tobytes())
        self.data.extend(others.data)
        self.starts.extend([start + end for end in others.starts[1:]])

    def matrix(self, width: int) -> sparse.csr_matrix:
        parts = (np.asarray(self.data), np.asarray(self.indices), np.asarray(self.starts))
        rows = sparse.csr_matrix(parts, shape=(len(self.starts) - 1, width))
        rows.sort_indices()
        return rows


@dataclass(frozen=True, slots=True)
class Counts:
    """How often articles say what, not weighted yet; columns are the places of `terms`."""

    terms: list[str]
    whole: _Rows
    leads: _Rows
    numbers: _Rows
    lengths: array[int]


class Each(Protocol):
    """Applies a function to each of some items, in order; `map` does."""

    def __call__(self, work: Callable[[Texts], Counts], items: Iterable[Texts], /) -> Iterable[Counts]: ...


def ordinal_day(published: str | None) -> float:
    """The day of an ISO 8601 date or time as a proleptic ordinal; NaN where it is missing or names no day."""
    try:
        return float(date.fromisoformat((published or "")[:10]).toordinal())
    except ValueError:
        return math.nan


class Archive(Protocol):
    """The articles that the documents at hand belong to, as far as the rarity of terms goes."""

    def article_count(self) -> int:
        """How many articles the counts are about."""

    def article_counts(self, terms: Collection[str]) -> Mapping[str, int]:
        """In how many of them each of the terms stands; terms of none may be left out."""


def count_terms(texts: Texts) -> Counts:
    """What each of some articles says."""
    columns = Numbered()
    numbered = TermNumbers(columns)
    whole, leads, numbers = _Rows(), _Rows(), _Rows()
    lengths = array("i")
    for title_text, text in texts:
        title, found = numbered(title_text), numbered(text)
        counts = Counter(found)
        numbers.add({column: 1 for column in counts if columns.is_figure[column]})
        lead = found[:LEAD_WORDS]
        counts.update(lead)
        for column in title:
            counts[column] += TITLE_WEIGHT
        whole.add(counts)
        leads.add(Counter(title + lead))
        lengths.append(len(found))
    return Counts(list(columns), whole, leads, numbers, lengths)


def vectorise(documents: Sequence[StoryDocument], archive: Archive | None = None, each: Each = map) -> Vectors:
    """TF-IDF rows with logarithmic term counts (Salton and Buckley, 1988) for all documents.

    How rare a term is, the archive says where one is given, the documents themselves otherwise. Terms are counted by
    `each`, which may have several processes do it.
    """
    texts = [(document.title, document.text) for document in documents]
    columns = Numbered()
    whole, leads, numbers = _Rows(), _Rows(), _Rows()
    lengths = array("i")
    for some in each(count_terms, (texts[at : at + AT_ONCE] for at in range(0, len(texts), AT_ONCE))):
        of_terms = np.array([columns[term] for term in some.terms], dtype=np.int32)
        for rows, others in ((whole, some.whole), (leads, some.leads), (numbers, some.numbers)):
            rows.extend(others, of_terms)
        lengths.extend(some.lengths)
    width = len(columns)
    counted = whole.matrix(width)
    articles = np.bincount(counted.indices, minlength=width)
    total = len(documents)
    if archive is not None:
        known = archive.article_counts(columns.keys())
        articles = np.maximum(articles, [known.get(term, 0) for term in columns])
        total = max(total, archive.article_count())
    rare = rarity(columns, articles, total)
    weights = sparse.diags(rare.astype(np.float32))
    return Vectors(
        whole=scaled(counted @ weights),
        leads=scaled(leads.matrix(width) @ weights),
        numbers=scaled(numbers.matrix(width) @ weights),
        days=np.array([ordinal_day(document.published) for document in documents], dtype=float),
        lengths=np.asarray(lengths),
        rarity=rare,
        columns=columns,
    )


def scaled(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows, each divided by its length; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return (sparse.diags((1.0 / lengths).astype(np.float32)) @ rows).tocsr()


def sketches(rows: sparse.csr_matrix, size: int = SKETCH_TERMS) -> sparse.csr_matrix:
    """Each row with only its `size` weightiest terms; ties go to the term of the lower column."""
    rows = rows.sorted_indices()
    falling = -rows.data
    kept = [
        np.arange(start, end)
        if end - start <= size
        else start + np.sort(np.argsort(falling[start:end], kind="stable")[:size])
        for start, end in pairwise(rows.indptr.tolist())
    ]
    starts = np.concatenate([[0], np.cumsum([len(places) for places in kept], dtype=rows.indptr.dtype)])
    places = np.concatenate([np.empty(0, dtype=np.int64), *kept])
    return sparse.csr_matrix((rows.data[places], rows.indices[places], starts), shape=rows.shape)


def neighbour_pairs(vectors: Vectors, neighbours: int, window_days: int, block: int = 500) -> np.ndarray:
    """Candidate pairs (i, j), i < j, as an array of two columns, sorted.

    A pair is one where either article is among the `neighbours` most similar ones of the other, by what their
    weightiest terms share, with no more than `window_days` between them where both have dates.
    """
    count = len(vectors.days)
    order = np.argsort(vectors.days, kind="stable")
    sketch = sketches(vectors.whole)[order]
    days = vectors.days[order]
    dated = int(np.sum(~np.isnan(days)))
    found: list[np.ndarray] = []
    for first in range(0, count, block):
        last = min(first + block, count)
        low, high = 0, dated
        if last <= dated:
            low = int(np.searchsorted(days[:dated], days[first] - window_days, side="left"))
            high = int(np.searchsorted(days[:dated], days[last - 1] + window_days, side="right"))
        others = np.concatenate([np.arange(low, high), np.arange(dated, count)])
        shared = (sketch[first:last] @ sketch[others].T).tocsr()
        for row in range(last - first):
            span = slice(shared.indptr[row], shared.indptr[row + 1])
            targets, values = others[shared.indices[span]], shared.data[span]
            fits = (targets != first + row) & ~(np.abs(days[targets] - days[first + row]) > window_days)
            targets, values = order[targets[fits]], values[fits]
            if len(values) > neighbours:
                least = np.partition(values, -neighbours)[-neighbours]
                targets, values = targets[values >= least], values[values >= least]
            best = targets[np.lexsort((targets, -values))[:neighbours]]
            source = np.full(len(best), order[first + row])
            found.append(np.stack([np.minimum(source, best), np.maximum(source, best)], axis=1))
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.unique(np.concatenate(found), axis=0)
