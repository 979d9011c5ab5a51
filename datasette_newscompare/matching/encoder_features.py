"""What a sentence encoder adds to a pair: how near the meanings are, of the whole and word by word.

Words are aligned softly, each with the word of the other sentence that is nearest in meaning where it stands, and
count by their rarity. All vectors are measured from the story's middle: what every sentence of the story is about
makes no two of them alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .encoder import Encoded
from .index import Bools, Floats, Ints, StoryIndex, distinct_pairs

PAIRS_AT_ONCE = 64
NEAR = 0.4
"""Cosine above which two words count as sharing some of what they mean."""
MUTUAL = 0.3
"""Least cosine of two words that are each other's nearest."""
NEIGHBOUR = 0.5
"""Weight of the sentence before and after in what a sentence's surroundings mean."""

NAMES = (
    "meaning", "meaning_centred", "meaning_around", "near_short", "near_long", "near_rare_short", "near_rare_long",
    "near_shared_short", "near_shared_long", "far_short", "far_long", "near_plain_short", "near_plain_long",
    "mutual_short", "mutual_long", "farthest_short", "farthest_long",
)  # fmt: skip


def encoder_features(index: StoryIndex, short: Ints, long: Ints, encoded: Mapping[str, Encoded]) -> Floats:
    """The features of pairs of rows, pairs x `NAMES`. `encoded` holds the text of every row that stands in a pair."""
    if not len(short):
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    rows, place = rows_of_pairs(index, short, long)
    whole, words = _vectors(index, rows, encoded)
    table = _Words(index, rows, words)
    centred = unit(whole - whole.mean(0))
    around = unit(with_neighbours(index, rows, whole) - whole.mean(0))
    plain = unit(whole)
    a, b = place[short], place[long]
    out = np.zeros((len(a), len(NAMES)), dtype=np.float32)
    for column, vectors in enumerate((plain, centred, around)):
        out[:, column] = np.einsum("ij,ij->i", vectors[a], vectors[b])
    once, of = distinct_pairs(index, short, long)
    a, b = a[once], b[once]
    words_of_pair = np.zeros((len(once), len(NAMES) - 3), dtype=np.float32)
    # pairs of like length stand together, so that little padding is compared
    order = np.argsort(np.maximum(table.sizes[a], table.sizes[b]), kind="stable")
    for start in range(0, len(order), PAIRS_AT_ONCE):
        some = order[start : start + PAIRS_AT_ONCE]
        words_of_pair[some] = table.compare(a[some], b[some])
    out[:, 3:] = words_of_pair[of]
    return out


def rows_of_pairs(index: StoryIndex, short: Ints, long: Ints) -> tuple[Ints, Ints]:
    """The rows that stand in a pair, each once, and for each row of the story its place among them, or -1."""
    rows = np.unique(np.concatenate([short, long]))
    place = np.full(len(index.sentences), -1)
    place[rows] = np.arange(len(rows))
    return rows, place


def unit(vectors: Floats) -> Floats:
    """The vectors, each brought to length 1."""
    return (vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-6)).astype(np.float32)


def _vectors(index: StoryIndex, rows: Ints, encoded: Mapping[str, Encoded]) -> tuple[Floats, list[Floats]]:
    """The mean vector of each sentence, and a vector for each of its words: the mean over the word's pieces."""
    whole, words = [], []
    for row in rows:
        sentence = encoded[index.sentences[row].text]
        exact = sentence.last.astype(np.float32)
        whole.append(exact.mean(0))
        within = sentence.pieces_in(index.tokens.spans(row)).T
        words.append(((within / np.maximum(1, within.sum(1, keepdims=True))) @ exact).astype(np.float32))
    return np.stack(whole), words


def with_neighbours(index: StoryIndex, rows: Ints, whole: Floats) -> Floats:
    """The mean of each row's vector and, with less weight, those of the sentences before and after it, if encoded."""
    out, count = whole.copy(), np.ones((len(rows), 1), dtype=np.float32)
    for step in (-1, 1):
        at = np.clip(np.arange(len(rows)) + step, 0, len(rows) - 1)
        beside = (index.article[rows[at]] == index.article[rows]) & (np.abs(rows[at] - rows) == 1)
        out[beside] += NEIGHBOUR * whole[at[beside]]
        count[beside] += NEIGHBOUR
    return out / count


class _Words:
    """The words of the rows as padded arrays."""

    def __init__(self, index: StoryIndex, rows: Ints, words: list[Floats]) -> None:
        every = np.concatenate(words)
        middle = every.mean(0) if len(every) else np.zeros(1, dtype=np.float32)
        self.sizes = np.array([len(w) for w in words])
        width = max(1, int(self.sizes.max()))
        self.vectors = np.zeros((len(rows), width, every.shape[1]), dtype=np.float32)
        for i, w in enumerate(words):
            self.vectors[i, : len(w)] = unit(w - middle)
        ids = index.run[rows][:, :width]
        self.there: Bools = ids >= 0
        ids = np.maximum(ids, 0)
        floor = np.float32(0.02)
        self.told: Floats = np.where(self.there, index.informative[ids] + floor, 0).astype(np.float32)
        self.rare: Floats = np.where(self.there, index.rarity[ids] + floor, 0).astype(np.float32)
        self.content: Bools = self.there & (index.rarity[ids] >= 0.1)
        self.plain: Floats = self.told * (self.content & ~index.name[ids] & ~index.number[ids])

    def compare(self, a: Ints, b: Ints) -> Floats:
        """All features but the first three."""
        width_a, width_b = int(self.sizes[a].max(initial=1)), int(self.sizes[b].max(initial=1))
        there_a, there_b = self.there[a, :width_a], self.there[b, :width_b]
        near = np.matmul(self.vectors[a, :width_a], self.vectors[b, :width_b].transpose(0, 2, 1))
        near[~(there_a[:, :, None] & there_b[:, None, :])] = -1
        best_a, best_b = np.where(there_a, near.max(2), 0), np.where(there_b, near.max(1), 0)
        mutual = (near >= best_a[:, :, None] - 1e-6) & (near >= best_b[:, None, :] - 1e-6) & (near > MUTUAL)
        columns = []
        sides = (
            (a, width_a, best_a, mutual.any(2)),
            (b, width_b, best_b, mutual.any(1)),
        )
        for measure in (_share, _rare, _sum_near, _worst, _plain, _mutual, _farthest):
            for rows, width, best, is_mutual in sides:
                columns.append(measure(self, rows, width, best, is_mutual))
        return np.stack(columns, axis=1)


def _mean(values: Floats, weights: Floats) -> Floats:
    return (values * weights).sum(1) / (weights.sum(1) + 1e-6)


def _share(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return _mean(best, words.told[rows, :width])


def _rare(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return _mean(best, words.rare[rows, :width])


def _sum_near(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return (np.maximum(0, best - NEAR) * words.told[rows, :width]).sum(1)


def _worst(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return (words.told[rows, :width] * (1 - best) * words.content[rows, :width]).max(1)


def _plain(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return _mean(best, words.plain[rows, :width])


def _mutual(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return _mean(best * mutual, words.told[rows, :width])


def _farthest(words: _Words, rows: Ints, width: int, best: Floats, mutual: Bools) -> Floats:
    return np.where(words.content[rows, :width], best, 1).min(1)
