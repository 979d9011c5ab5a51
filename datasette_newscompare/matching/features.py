"""What is measured on a pair of sentences, for many pairs at once.

Each pair is turned so that its first sentence is the one that tells less (by weight of its words): `short`, the other
`long`. What is shared is measured from both, so that a part told within a longer sentence shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from ..text.wordlists import listed
from .index import Bools, Floats, Ints, StoryIndex

PAIRS_AT_ONCE = 256
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
    out = np.zeros((len(short), len(NAMES)), dtype=np.float32)
    # pairs of like length stand together, so that little padding is compared
    size = np.maximum(index.lengths[short], index.lengths[long])
    order = np.argsort(size, kind="stable")
    for start in range(0, len(order), PAIRS_AT_ONCE):
        some = order[start : start + PAIRS_AT_ONCE]
        out[some] = _features(sentences, short[some], long[some])
    return out, short, long


class _Sentences:
    """What is looked up of each sentence for each pair that it stands in, beside `content` where it is of words."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        content = index.content
        there = content >= 0
        self.told = np.where(there, index.informative[content], 0).astype(np.float32)
        self.spread = np.where(there, index.spread[content], 0).astype(np.float32)
        self.rare = np.where(there, index.rarity[content], 0).astype(np.float32)
        self.name = index.name[content] & there
        self.number = index.number[content] & there
        self.quoted = index.quoted & there
        self.size = there.sum(1)
        self.stub = np.where(there, index.stub[content], -1)
        self.weight: Floats = self.told.sum(1)
        self.text = [s.text.lower() for s in index.sentences]
        self.is_headline = np.array([s.role in HEADLINES for s in index.sentences], dtype=bool)
        self.place = (index.place + 0.5) / index.article_size
        pointing = np.array([w in _POINTING for w in index.words] + [False])
        self.first = index.run[:, 0]
        self.points = pointing[self.first]
        # the last column takes what is written for padded places, and is never read as held
        self.words_held = np.zeros((PAIRS_AT_ONCE, len(index.words) + 1), dtype=bool)
        self.stubs_held = np.zeros((PAIRS_AT_ONCE, len(index.words) + 1), dtype=bool)

    def words(self, rows: Ints) -> _Words:
        """The telling words of these rows."""
        width = max(1, int(self.size[rows].max(initial=1)))
        told = self.told[:, :width][rows]
        name, number = self.name[:, :width][rows], self.number[:, :width][rows]
        return _Words(
            self.index.content[:, :width][rows],
            self.stub[:, :width][rows],
            told,
            self.spread[:, :width][rows],
            self.rare[:, :width][rows],
            name,
            number,
            self.quoted[:, :width][rows],
            told * ~(name | number),
        )

    def shared(self, a: _Words, b: _Words) -> tuple[Bools, Bools, Floats, Floats]:
        """Which words of one side the other has, from both sides; and how much of each it has, words that begin alike
        included."""
        in_b, in_a = _held(self.words_held, a.ids, b.ids), _held(self.words_held, b.ids, a.ids)
        like_b, like_a = _held(self.stubs_held, a.stubs, b.stubs), _held(self.stubs_held, b.stubs, a.stubs)
        whole, part = np.float32(1), np.float32(0.7)
        return in_b, in_a, np.where(in_b, whole, part * like_b), np.where(in_a, whole, part * like_a)


@dataclass(frozen=True, slots=True)
class _Words:
    """The telling words of one side of some pairs, pairs x most words; padded places hold -1, 0 or False."""

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


def _held(table: Bools, asked: Ints, held: Ints) -> Bools:
    """Whether the other side of a pair holds what is asked for; `table`, pairs x words, is lent and left empty."""
    row = np.arange(len(asked))[:, None]
    table[row, held] = True
    table[:, -1] = False
    found: Bools = table[row, asked]
    table[row, held] = False
    return found


def _best(weights: Floats, count: int) -> Floats:
    """The `count` largest of each row, largest first."""
    if weights.shape[1] < count:
        weights = np.pad(weights, ((0, 0), (0, count - weights.shape[1])))
    top = -np.partition(-weights, count - 1, axis=1)[:, :count]
    return -np.sort(-top, axis=1)


def _features(of: _Sentences, short: Ints, long: Ints) -> Floats:
    index = of.index
    a, b = of.words(short), of.words(long)
    in_b, in_a, soft_a, soft_b = of.shared(a, b)
    sum_a, sum_b = a.told.sum(1) + 1e-6, b.told.sum(1) + 1e-6
    shared_a = a.told * in_b
    shared_weight = shared_a.sum(1)
    tops = _best(shared_a, 3)
    missing_a = _best(a.told * ~in_b * (1 - soft_a), 2)
    missing_b = (b.told * ~in_a * (1 - soft_b)).max(1)
    longest, longest_weight, pairs, triples = _runs(index, short, long)
    text_a = [of.text[i] for i in short.tolist()]
    text_b = [of.text[i] for i in long.tolist()]
    place_a, place_b = of.place[short], of.place[long]
    first_a, first_b = of.first[short], of.first[long]
    columns = (
        shared_weight / sum_a,
        (b.told * in_a).sum(1) / sum_b,
        (shared_a**2).sum(1) / (np.sqrt((a.told**2).sum(1) * (b.told**2).sum(1)) + 1e-6),
        (a.spread * in_b).sum(1) / (a.spread.sum(1) + 1e-6),
        (b.spread * in_a).sum(1) / (b.spread.sum(1) + 1e-6),
        (a.rare * in_b).sum(1) / (a.rare.sum(1) + 1e-6),
        (b.rare * in_a).sum(1) / (b.rare.sum(1) + 1e-6),
        (a.told * soft_a).sum(1) / sum_a,
        (b.told * soft_b).sum(1) / sum_b,
        shared_weight,
        in_b.sum(1),
        tops[:, 0],
        tops[:, 1],
        tops[:, 2],
        missing_a[:, 0],
        missing_b,
        missing_a[:, 1],
        (a.name & in_b).sum(1),
        (a.name & ~in_b).sum(1),
        (b.name & ~in_a).sum(1),
        (a.told * (a.name & in_b)).sum(1),
        (a.number & in_b).sum(1),
        (a.number & ~in_b).sum(1),
        (b.number & ~in_a).sum(1),
        longest,
        longest_weight,
        pairs,
        triples,
        cpdist(text_a, text_b, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO),
        a.quoted.sum(1),
        b.quoted.sum(1),
        (a.told * (a.quoted & in_b)).sum(1) / ((a.told * a.quoted).sum(1) + 1e-6),
        (b.told * (b.quoted & in_a)).sum(1) / ((b.told * b.quoted).sum(1) + 1e-6),
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
        (a.plain * in_b).sum(1),
        (a.plain * soft_a).sum(1) / (a.plain.sum(1) + 1e-6),
        (b.plain * soft_b).sum(1) / (b.plain.sum(1) + 1e-6),
        of.is_headline[short],
        of.is_headline[long],
    )
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


_POINTING = listed("he she it they this that these those we i his her their its but and")


def _runs(index: StoryIndex, short: Ints, long: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """The longest run of words that both hold in the same order: its words and weight; shared word pairs, triples.

    The equal words of a pair are places in a table, words of one side by words of the other; a run is a diagonal of
    it, followed from its first place to its last.
    """
    wide, deep = int(index.lengths[long].max(initial=1)), int(index.lengths[short].max(initial=1))
    a, b = index.run[:, :deep][short].astype(np.int32), index.run[:, :wide][long].astype(np.int32)
    b[b < 0] = -2
    rows, columns = a.shape[1] + 1, b.shape[1] + 1
    # a row and a column of nothing before each table end every run; so does what follows the last table
    flat = np.zeros(len(a) * rows * columns + columns + 1, dtype=bool)
    table = flat[: len(a) * rows * columns].reshape(len(a), rows, columns)
    np.equal(a[:, :, None], b[:, None, :], out=table[:, 1:, 1:])
    step = columns + 1
    at = np.flatnonzero(flat)
    at = at[~flat[at - step]]
    rarity = np.zeros((len(a), rows), dtype=np.float32)
    rarity[:, 1:] = np.append(index.rarity, np.float32(0))[a]
    rarity = rarity.ravel()
    longest, heaviest = np.zeros(len(a), dtype=np.float32), np.zeros(len(a), dtype=np.float32)
    second, third = np.zeros(len(rarity), dtype=bool), np.zeros(len(rarity), dtype=bool)
    word = at // columns
    heavy = rarity[word]
    size = 1
    while len(at):
        longest[word // rows] = size
        np.maximum.at(heaviest, word // rows, heavy)
        if size >= 2:
            second[word] = True
        if size >= 3:
            third[word] = True
        on = flat[at + step]
        at = at[on] + step
        word = word[on] + 1
        heavy = heavy[on] + rarity[word]
        size += 1
    pairs, triples = (held.reshape(len(a), rows).sum(1).astype(np.float32) for held in (second, third))
    return longest, heaviest, pairs, triples
