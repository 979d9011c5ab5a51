"""Articles as sparse vectors of weighted terms, and the nearest ones among them without comparing all with all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from datasette_newscompare.stories.documents import StoryDocument
from datasette_newscompare.stories.terms import rarity, terms

TITLE_WEIGHT = 4
"""A term of the headline counts as if it stood this many times more in the text."""
LEAD_WORDS = 60
"""The first terms of the text, which tell the event itself, count twice."""
SKETCH_TERMS = 40
"""By how many of its weightiest terms an article is looked up."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """`rows[i]` is article i, of length 1; `days` its ordinal day of publication or NaN."""

    rows: sparse.csr_matrix
    days: np.ndarray
    rarity: np.ndarray
    columns: dict[str, int]


def term_counts(document: StoryDocument) -> Counter[str]:
    """How much each term is in the article, headline and lead counted more."""
    body = terms(document.text)
    counts = Counter(body)
    counts.update(body[:LEAD_WORDS])
    for term in terms(document.title):
        counts[term] += TITLE_WEIGHT
    return counts


def ordinal_day(published: str | None) -> float:
    """The day of an ISO 8601 date or time as a proleptic ordinal; NaN where it is missing or names no day."""
    try:
        return float(date.fromisoformat((published or "")[:10]).toordinal())
    except ValueError:
        return math.nan


def vectorise(documents: Sequence[StoryDocument]) -> Vectors:
    """TF-IDF rows with logarithmic term counts (Salton and Buckley, 1988) for all documents."""
    counted = [term_counts(document) for document in documents]
    frequencies: Counter[str] = Counter()
    for counts in counted:
        frequencies.update(counts.keys())
    rare = rarity(frequencies, frequencies, len(documents))
    columns = {term: column for column, term in enumerate(sorted(frequencies))}
    weights = np.fromiter((rare[term] for term in columns), dtype=np.float32, count=len(columns))
    starts, indices, data = [0], [], []
    for counts in counted:
        for term in sorted(counts):
            indices.append(columns[term])
            data.append(1.0 + math.log(counts[term]))
        starts.append(len(indices))
    rows = sparse.csr_matrix(
        (np.asarray(data, dtype=np.float32), np.asarray(indices, dtype=np.int32), np.asarray(starts, dtype=np.int64)),
        shape=(len(documents), len(columns)),
    )
    rows = rows @ sparse.diags(weights)
    days = np.array([ordinal_day(document.published) for document in documents], dtype=float)
    return Vectors(rows=scaled(rows), days=days, rarity=weights, columns=columns)


def scaled(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows, each divided by its length; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return (sparse.diags(1.0 / lengths) @ rows).tocsr()


def sketches(rows: sparse.csr_matrix, size: int = SKETCH_TERMS) -> sparse.csr_matrix:
    """Each row with only its `size` weightiest terms; ties go to the term that sorts first."""
    starts, indices, data = [0], [], []
    for row in range(rows.shape[0]):
        low, high = rows.indptr[row], rows.indptr[row + 1]
        columns, values = rows.indices[low:high], rows.data[low:high]
        kept = np.sort(np.argsort(-values, kind="stable")[:size])
        indices.append(columns[kept])
        data.append(values[kept])
        starts.append(starts[-1] + len(kept))
    if not indices:
        return rows
    return sparse.csr_matrix((np.concatenate(data), np.concatenate(indices), np.asarray(starts)), shape=rows.shape)


def neighbour_pairs(vectors: Vectors, neighbours: int, window_days: int, block: int = 500) -> np.ndarray:
    """Candidate pairs (i, j), i < j, as an array of two columns, sorted.

    A pair is one where either article is among the `neighbours` most similar ones of the other, by what their
    weightiest terms share, with no more than `window_days` between them where both have dates.
    """
    count = len(vectors.days)
    order = np.argsort(vectors.days, kind="stable")
    sketch = sketches(vectors.rows)[order]
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
            best = np.lexsort((targets, -values))[:neighbours]
            source = np.full(len(best), order[first + row])
            found.append(np.stack([np.minimum(source, targets[best]), np.maximum(source, targets[best])], axis=1))
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.unique(np.concatenate(found), axis=0)
