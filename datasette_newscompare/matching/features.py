"""What is measured on a pair of sentences, for many pairs at once.

Each pair is turned so that its first sentence is the one that tells less (by weight of its words): `short`, the other
`long`. What is shared is measured from both, so that a part told within a longer sentence shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from .index import Bools, Floats, Ints, StoryIndex

CELLS_AT_ONCE = 1 << 20
"""Words of one side by words of the other, of the pairs that are compared in one step: about what a cache holds."""
HEADLINES = ("headline", "standfirst")
LEAST_RATIO = 40.0
"""Letter similarity below which it counts as none: any two sentences of English have about that."""

NAMES = (
    "cover_short", "cover_long", "cosine", "cover_short_spread", "cover_long_spread", "cover_short_rare",
    "cover_long_rare", "soft_short", "soft_long", "shared_weight", "shared_count", "best_shared", "second_shared",
    "third_shared", "best_left_short", "best_left_long", "second_left_short", "names_shared", "names_short_only",
    "names_long_only", "name_weight_shared", "numbers_shared", "numbers_short_only", "numbers_long_only",
    "longest_run", "longest_run_weight", "run_pairs", "run_triples", "ratio",
    "quoted_short", "quoted_long", "quote_shared_short", "quote_shared_long", "words_short", "words_long",
    "weight_short", "weight_long", "weight_ratio", "negation_gap", "place_short", "place_long", "place_gap",
    "pronoun_short", "pronoun_long", "same_first", "plain_shared_weight",
    "plain_cover_short", "plain_cover_long", "headline_short", "headline_long",
)  # fmt: skip


def pair_features(index: StoryIndex, left: Ints, right: Ints) -> tuple[Floats, Ints, Ints]:
    """The features of pairs of rows, pairs x `NAMES`; and the rows again, the one that tells less first."""
    sentences = _Sentences(index)
    turned = sentences.weight[left] > sentences.weight[right]
    short, long = np.where(turned, right, left), np.where(turned, left, right)
    out = np.zeros((len(NAMES), len(short)), dtype=np.float32)
    # pairs of like length stand together, the longest first, so that little padding is compared
    size = np.maximum(index.lengths[short], index.lengths[long])
    order = np.argsort(-size, kind="stable")
    start = 0
    while start < len(order):
        some = order[start : start + max(1, CELLS_AT_ONCE // (int(size[order[start]]) + 1) ** 2)]
        out[:, some] = _features(sentences, short[some], long[some])
        start += len(some)
    return out.T, short, long


class _Sentences:
    """What is looked up of each sentence for each pair that it stands in; what is of its words, words x sentences."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        content = np.ascontiguousarray(index.content.T)
        there = content >= 0
        small: Any = np.int16 if len(index.rarity) <= np.iinfo(np.int16).max else np.int32
        self.ids = content.astype(small)
        self.stub = np.where(there, index.stub[content], -1).astype(small)
        self.run = np.ascontiguousarray(index.run.T, dtype=small)
        self.told = np.where(there, index.informative[content], 0).astype(np.float32)
        self.spread = np.where(there, index.spread[content], 0).astype(np.float32)
        self.rare = np.where(there, index.rarity[content], 0).astype(np.float32)
        self.name = index.name[content] & there
        self.number = index.number[content] & there
        self.plain = self.told * ~(self.name | self.number)
        self.quoted = index.quoted.T & there
        self.size = there.sum(0)
        self.weight: Floats = self.told.sum(0)
        self.text = np.array([s.text.lower() for s in index.sentences], dtype=object)
        self.is_headline = np.array([s.role in HEADLINES for s in index.sentences], dtype=bool)
        self.place = (index.place + 0.5) / index.article_size
        self.first = index.run[:, 0]
        self.points = np.append(index.pointing, np.False_)[self.first]

    def words(self, rows: Ints) -> _Words:
        """The telling words of these rows."""
        width = max(1, int(self.size[rows].max(initial=1)))

        def of_rows(array: NDArray[Any]) -> NDArray[Any]:
            return array[:width].take(rows, axis=1)

        return _Words(
            of_rows(self.ids),
            of_rows(self.stub),
            of_rows(self.told),
            of_rows(self.spread),
            of_rows(self.rare),
            of_rows(self.name),
            of_rows(self.number),
            of_rows(self.quoted),
            of_rows(self.plain),
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """The telling words of one side of some pairs, most words x pairs; padded places hold -1, 0 or False."""

    ids: Ints
    stubs: Ints
    told: Floats
    spread: Floats
    rare: Floats
    name: Bools
    number: Bools
    quoted: Bools
    plain: Floats
    """`told` of what is neither a name nor a number."""


def _held(a: Ints, b: Ints) -> tuple[Bools, Bools]:
    """Which words of one side of each pair the other has, from both sides."""
    same = a[:, None] == b[None]
    return same.any(1) & (a >= 0), same.any(0) & (b >= 0)


def _best(weights: Floats, count: int) -> Floats:
    """The `count` largest of each column, largest first; none is below 0."""
    if len(weights) < count:
        weights = np.pad(weights, ((0, count - len(weights)), (0, 0)))
    top = np.partition(weights, len(weights) - count, axis=0)[len(weights) - count :]
    return np.sort(top, axis=0)[::-1]


def _features(of: _Sentences, short: Ints, long: Ints) -> Floats:
    """`NAMES` x pairs."""
    index = of.index
    a, b = of.words(short), of.words(long)
    in_b, in_a = _held(a.ids, b.ids)
    like_b, like_a = _held(a.stubs, b.stubs)
    whole, part = np.float32(1), np.float32(0.7)
    soft_a, soft_b = np.where(in_b, whole, part * like_b), np.where(in_a, whole, part * like_a)
    sum_a, sum_b = a.told.sum(0) + 1e-6, b.told.sum(0) + 1e-6
    shared_a = a.told * in_b
    shared_weight = shared_a.sum(0)
    tops = _best(shared_a, 3)
    missing_a = _best(a.told * (1 - soft_a), 2)
    missing_b = (b.told * (1 - soft_b)).max(0)
    longest, longest_weight, pairs, triples = _runs(of, short, long)
    place_a, place_b = of.place[short], of.place[long]
    first_a, first_b = of.first[short], of.first[long]
    columns = (
        shared_weight / sum_a,
        (b.told * in_a).sum(0) / sum_b,
        (shared_a**2).sum(0) / (np.sqrt((a.told**2).sum(0) * (b.told**2).sum(0)) + 1e-6),
        (a.spread * in_b).sum(0) / (a.spread.sum(0) + 1e-6),
        (b.spread * in_a).sum(0) / (b.spread.sum(0) + 1e-6),
        (a.rare * in_b).sum(0) / (a.rare.sum(0) + 1e-6),
        (b.rare * in_a).sum(0) / (b.rare.sum(0) + 1e-6),
        (a.told * soft_a).sum(0) / sum_a,
        (b.told * soft_b).sum(0) / sum_b,
        shared_weight,
        in_b.sum(0),
        tops[0],
        tops[1],
        tops[2],
        missing_a[0],
        missing_b,
        missing_a[1],
        (a.name & in_b).sum(0),
        (a.name & ~in_b).sum(0),
        (b.name & ~in_a).sum(0),
        (a.told * (a.name & in_b)).sum(0),
        (a.number & in_b).sum(0),
        (a.number & ~in_b).sum(0),
        (b.number & ~in_a).sum(0),
        longest,
        longest_weight,
        pairs,
        triples,
        cpdist(of.text[short], of.text[long], scorer=fuzz.ratio, score_cutoff=LEAST_RATIO),
        a.quoted.sum(0),
        b.quoted.sum(0),
        (a.told * (a.quoted & in_b)).sum(0) / ((a.told * a.quoted).sum(0) + 1e-6),
        (b.told * (b.quoted & in_a)).sum(0) / ((b.told * b.quoted).sum(0) + 1e-6),
        index.lengths[short],
        index.lengths[long],
        of.weight[short],
        of.weight[long],
        of.weight[short] / (of.weight[long] + 1e-6),
        np.abs(index.negations[short] - index.negations[long]),
        place_a,
        place_b,
        np.abs(place_a - place_b),
        of.points[short],
        of.points[long],
        first_a == first_b,
        (a.plain * in_b).sum(0),
        (a.plain * soft_a).sum(0) / (a.plain.sum(0) + 1e-6),
        (b.plain * soft_b).sum(0) / (b.plain.sum(0) + 1e-6),
        of.is_headline[short],
        of.is_headline[long],
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns])


def _runs(of: _Sentences, short: Ints, long: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """The longest run of words that both hold in the same order: its words and weight; shared word pairs, triples.

    The equal words of a pair are places in a table, words of one side by words of the other; a run is a diagonal of
    it, followed from its first place to its last. The tables of all pairs lie in one another, place by place.
    """
    index, count = of.index, len(short)
    deep, wide = int(index.lengths[short].max(initial=1)), int(index.lengths[long].max(initial=1))
    a, b = of.run[:deep].take(short, axis=1), of.run[:wide].take(long, axis=1)
    b[b < 0] = -2
    # a row and a column of nothing before each table end every run; so does what follows the last table
    row, step = (wide + 1) * count, (wide + 2) * count
    flat = np.zeros((deep + 1) * row + step, dtype=bool)
    table = flat[: (deep + 1) * row].reshape(deep + 1, wide + 1, count)
    np.equal(a[:, None], b[None], out=table[1:, 1:])
    at = np.flatnonzero(flat)
    at = at[~flat[at - step]]
    rarities = np.zeros((deep + 1, count), dtype=np.float32)
    rarities[1:] = np.append(index.rarity, np.float32(0))[a]
    rarity = rarities.ravel()
    longest, heaviest = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
    second, third = np.zeros(len(rarity), dtype=bool), np.zeros(len(rarity), dtype=bool)
    pair = at % count
    word = at // row * count + pair
    heavy = rarity[word]
    size = 1
    while len(at):
        longest[pair] = size
        np.maximum.at(heaviest, pair, heavy)
        if size >= 2:
            second[word] = True
        if size >= 3:
            third[word] = True
        on = flat[at + step]
        at, pair, word = at[on] + step, pair[on], word[on] + count
        heavy = heavy[on] + rarity[word]
        size += 1
    pairs, triples = (held.reshape(deep + 1, count).sum(0).astype(np.float32) for held in (second, third))
    return longest, heaviest, pairs, triples
