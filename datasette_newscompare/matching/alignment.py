"""Which candidate pairs become matches, and what kind of match each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import Indel

from .index import Ints, StoryIndex
from .scorer import Model, Scored
from .settings import MatchSettings

NEAR_VERBATIM = 0.85
"""Share of words, in order, from which two wordings are near-verbatim (1 - indel distance / words of both)."""
CERTAIN = 0.97
"""Score of wordings that are nearly the same, where the model is less sure."""
FEWEST_WORDS = 5
"""A shorter sentence is matched by its wording alone only where the model agrees."""
LIKE_ENOUGH = 75.0
"""Letter similarity below which word order is not compared."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """A pair that is a match: its place among the candidates, its score and kind."""

    pair: int
    left: int
    right: int
    score: float
    same: float
    kind: str


def align(index: StoryIndex, scored: Scored, model: Model, settings: MatchSettings) -> list[Aligned]:
    """The matches among scored candidate pairs, by row.

    Rivals for one sentence need no rule of their own here: the model has seen them (see `context`), and a sentence
    keeps as many counterparts as a person would give it.
    """
    likeness = wording(index, scored)
    certain = np.zeros(len(likeness), dtype=bool)
    for pair in np.flatnonzero(likeness >= NEAR_VERBATIM):
        certain[pair] = not _names_differ(index, int(scored.left[pair]), int(scored.right[pair]))
    score = np.where(certain, np.maximum(scored.score, CERTAIN), scored.score)
    same = np.where(certain, np.maximum(scored.same, CERTAIN), scored.same)
    if settings.threshold is not None:
        chosen = score >= settings.threshold
    else:
        chosen = (score + model.same_weight * same >= model.cut) & (score >= model.floor)
    out = []
    for pair in np.flatnonzero(chosen):
        left, right = int(scored.left[pair]), int(scored.right[pair])
        kind = kind_of(float(likeness[pair]), float(same[pair] / max(score[pair], 1e-6)), model.partial_below)
        out.append(Aligned(int(pair), left, right, float(score[pair]), float(same[pair]), kind))
    return out


def match_copies(index: StoryIndex, matches: Sequence[Aligned], first_pair: int) -> list[Aligned]:
    """A match with its stand-in for each row that has one, as the copies match that were compared; none if they do not.

    `first_pair` is the place of the first of them, after all candidates.
    """
    known: dict[int, Aligned] = {}
    for m in matches:
        if m.kind == "verbatim":
            known.setdefault(m.left, m)
            known.setdefault(m.right, m)
    rows = np.flatnonzero((index.stand_in != np.arange(len(index.stand_in))) & (index.stand_in >= 0))
    found = [(row, at) for row, at in zip(rows.tolist(), index.stand_in[rows].tolist(), strict=True) if at in known]
    return [
        replace(known[at], pair=first_pair + k, left=min(row, at), right=max(row, at))
        for k, (row, at) in enumerate(found)
    ]


def kind_of(likeness: float, same_share: float, partial_below: float) -> str:
    """The kind of a match from the likeness of its words and the share of such matches that tell all the same."""
    if likeness >= 1.0:
        return "verbatim"
    if likeness >= NEAR_VERBATIM:
        return "near-verbatim"
    return "partial" if same_share < partial_below else "paraphrase"


def _names_differ(index: StoryIndex, left: int, right: int) -> bool:
    """Whether each side has a name or number that the other lacks, as in lists made from one pattern."""
    a, b = index.words_of(left), index.words_of(right)
    if np.array_equal(a, b):
        return False
    only = [x[~np.isin(x, y)] for x, y in ((a, b), (b, a))]
    return all(bool((index.name[x] | index.number[x]).any()) for x in only)


def wording(index: StoryIndex, scored: Scored) -> np.ndarray:
    """How alike the words of each pair are in order, 0 to 1; 0 where a glance at the letters rules it out."""
    out = np.zeros(len(scored.left))
    for pair in np.flatnonzero(scored.ratio >= LIKE_ENOUGH):
        out[pair] = word_likeness(index, int(scored.left[pair]), int(scored.right[pair]))
    return out


def word_likeness(index: StoryIndex, left: int, right: int) -> float:
    """1 - indel distance / words of both; below `FEWEST_WORDS` words only 1 counts."""
    a, b = index.spelling[left], index.spelling[right]
    alike = Indel.normalized_similarity(a, b)
    return alike if alike == 1.0 or min(len(a), len(b)) >= FEWEST_WORDS else 0.0


def primary_and_moved(index: StoryIndex, matches: list[Aligned]) -> tuple[set[int], set[int]]:
    """Which matches (by place in the list) stand in one row, and which of those stand out of the reading order.

    Within each pair of articles rows go to the best-scored matches first, each sentence once. Moved are those outside
    the heaviest run of rows whose order is the same in both articles.
    """
    primary: set[int] = set()
    taken: set[tuple[int, int]] = set()
    blocks: dict[tuple[int, int], list[int]] = {}
    ranked = sorted(range(len(matches)), key=lambda k: (-(matches[k].score + matches[k].same), matches[k].pair))
    for k in ranked:
        m = matches[k]
        a, b = int(index.article[m.left]), int(index.article[m.right])
        ends = {(m.left, b), (m.right, a)}
        if ends & taken:
            continue
        taken |= ends
        primary.add(k)
        blocks.setdefault((min(a, b), max(a, b)), []).append(k)
    moved: set[int] = set()
    for (first, _), members in blocks.items():
        rows = []
        for k in members:
            m = matches[k]
            x, y = (m.left, m.right) if index.article[m.left] == first else (m.right, m.left)
            rows.append((int(index.place[x]), int(index.place[y]), m.score, k))
        kept = _heaviest_run(sorted(rows))
        moved.update(k for *_, k in rows if k not in kept)
    return primary, moved


def _heaviest_run(rows: list[tuple[int, int, float, int]]) -> set[int]:
    """The rows whose second place rises with the first and whose weights sum to most."""
    best: list[float] = []
    before: list[int] = []
    for i, (_, y, weight, _) in enumerate(rows):
        options = [(best[j], -j) for j in range(i) if rows[j][1] < y]
        top, at = max(options, default=(0.0, 1))
        best.append(top + weight)
        before.append(-at if options else -1)
    kept: set[int] = set()
    i = max(range(len(rows)), key=lambda k: best[k], default=-1)
    while i >= 0:
        kept.add(rows[i][3])
        i = before[i]
    return kept


def near_misses(
    index: StoryIndex, scored: Scored, matches: list[Aligned], floor: float
) -> list[tuple[int, int, float]]:
    """For each sentence and each article of another source where it has no match: the best candidate from `floor` up.

    Returns (row, row of the near one, score), by row.
    """
    matched = {(m.left, int(index.article[m.right])) for m in matches}
    matched |= {(m.right, int(index.article[m.left])) for m in matches}
    near = scored.score >= floor
    left, right, scores = scored.left[near], scored.right[near], scored.score[near]
    here: Ints = np.concatenate([left, right])
    there: Ints = np.concatenate([right, left])
    score = np.concatenate([scores, scores])
    order = np.lexsort((there, -score, here))
    found: dict[tuple[int, int], tuple[int, float]] = {}
    for row, other, article, value in zip(
        here[order].tolist(),
        there[order].tolist(),
        index.article[there[order]].tolist(),
        score[order].tolist(),
        strict=True,
    ):
        if (row, article) not in matched:
            found.setdefault((row, article), (other, value))
    return [(row, near, value) for (row, _), (near, value) in sorted(found.items())]
