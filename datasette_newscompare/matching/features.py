"""What is measured on a pair of sentences, for many pairs at once.

Each pair is turned so that its first sentence is the one that tells less (by weight of its words): `short`, the other
`long`. What is shared is measured from both, so that a part told within a longer sentence shows.
"""

from __future__ import annotations

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from ..text.wordlists import listed
from .index import Floats, Ints, StoryIndex

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
    weight = _by_sentence(index, index.informative)
    turned = weight[left] > weight[right]
    short, long = np.where(turned, right, left), np.where(turned, left, right)
    out = np.zeros((len(short), len(NAMES)), dtype=np.float32)
    # pairs of like length stand together, so that little padding is compared
    size = np.maximum(index.lengths[short], index.lengths[long])
    order = np.argsort(size, kind="stable")
    for start in range(0, len(order), PAIRS_AT_ONCE):
        some = order[start : start + PAIRS_AT_ONCE]
        out[some] = _features(index, weight, short[some], long[some])
    return out, short, long


def _by_sentence(index: StoryIndex, weight: Floats) -> Floats:
    padded = np.append(weight, np.float32(0))
    return padded[index.content].sum(1)


def _trim(rows: Ints) -> Ints:
    used = (rows >= 0).sum(1).max(initial=1)
    return rows[:, : max(1, used)]


def _best(weights: Floats, count: int) -> Floats:
    """The `count` largest of each row, largest first."""
    if weights.shape[1] < count:
        weights = np.pad(weights, ((0, 0), (0, count - weights.shape[1])))
    top = -np.partition(-weights, count - 1, axis=1)[:, :count]
    return -np.sort(-top, axis=1)


def _features(index: StoryIndex, weight: Floats, short: Ints, long: Ints) -> Floats:
    a, b = _trim(index.content[short]), _trim(index.content[long])
    has_a, has_b = a >= 0, b >= 0
    equal = (a[:, :, None] == b[:, None, :]) & has_a[:, :, None]
    in_b, in_a = equal.any(2), equal.any(1)
    stub_a, stub_b = np.where(has_a, index.stub[a], -1), np.where(has_b, index.stub[b], -2)
    like = stub_a[:, :, None] == stub_b[:, None, :]
    soft_a = np.where(in_b, np.float32(1), np.float32(0.7) * like.any(2))
    soft_b = np.where(in_a, np.float32(1), np.float32(0.7) * like.any(1))

    def weights(of: Floats) -> tuple[Floats, Floats]:
        return np.where(has_a, of[a], 0).astype(np.float32), np.where(has_b, of[b], 0).astype(np.float32)

    told_a, told_b = weights(index.informative)
    spread_a, spread_b = weights(index.spread)
    rare_a, rare_b = weights(index.rarity)
    sum_a, sum_b = told_a.sum(1) + 1e-6, told_b.sum(1) + 1e-6
    shared_a = told_a * in_b
    tops = _best(shared_a, 3)
    missing_a = _best(told_a * ~in_b * (1 - soft_a), 2)
    missing_b = _best(told_b * ~in_a * (1 - soft_b), 1)
    name_a, name_b = index.name[a] & has_a, index.name[b] & has_b
    number_a, number_b = index.number[a] & has_a, index.number[b] & has_b
    quoted_a, quoted_b = index.quoted[short][:, : a.shape[1]] & has_a, index.quoted[long][:, : b.shape[1]] & has_b
    longest, longest_weight, pairs, triples = _runs(index, short, long)
    text_a = [index.sentences[i].text.lower() for i in short]
    text_b = [index.sentences[i].text.lower() for i in long]
    place_a = (index.place[short] + 0.5) / index.article_size[short]
    place_b = (index.place[long] + 0.5) / index.article_size[long]
    first_a, first_b = index.run[short, 0], index.run[long, 0]
    pronouns = np.array([w in _POINTING for w in index.words] + [False])
    plain_a, plain_b = told_a * ~(name_a | number_a), told_b * ~(name_b | number_b)
    columns = (
        shared_a.sum(1) / sum_a,
        (told_b * in_a).sum(1) / sum_b,
        (shared_a**2).sum(1) / (np.sqrt((told_a**2).sum(1) * (told_b**2).sum(1)) + 1e-6),
        (spread_a * in_b).sum(1) / (spread_a.sum(1) + 1e-6),
        (spread_b * in_a).sum(1) / (spread_b.sum(1) + 1e-6),
        (rare_a * in_b).sum(1) / (rare_a.sum(1) + 1e-6),
        (rare_b * in_a).sum(1) / (rare_b.sum(1) + 1e-6),
        (told_a * soft_a).sum(1) / sum_a,
        (told_b * soft_b).sum(1) / sum_b,
        shared_a.sum(1),
        in_b.sum(1),
        tops[:, 0],
        tops[:, 1],
        tops[:, 2],
        missing_a[:, 0],
        missing_b[:, 0],
        missing_a[:, 1],
        (name_a & in_b).sum(1),
        (name_a & ~in_b).sum(1),
        (name_b & ~in_a).sum(1),
        (told_a * (name_a & in_b)).sum(1),
        (number_a & in_b).sum(1),
        (number_a & ~in_b).sum(1),
        (number_b & ~in_a).sum(1),
        longest,
        longest_weight,
        pairs,
        triples,
        cpdist(text_a, text_b, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO),
        quoted_a.sum(1),
        quoted_b.sum(1),
        (told_a * (quoted_a & in_b)).sum(1) / ((told_a * quoted_a).sum(1) + 1e-6),
        (told_b * (quoted_b & in_a)).sum(1) / ((told_b * quoted_b).sum(1) + 1e-6),
        index.lengths[short],
        index.lengths[long],
        weight[short],
        weight[long],
        weight[short] / (weight[long] + 1e-6),
        np.abs(index.negations[short] - index.negations[long]),
        place_a,
        place_b,
        np.abs(place_a - place_b),
        pronouns[first_a],
        pronouns[first_b],
        first_a == first_b,
        (plain_a * in_b).sum(1),
        (plain_a * soft_a).sum(1) / (plain_a.sum(1) + 1e-6),
        (plain_b * soft_b).sum(1) / (plain_b.sum(1) + 1e-6),
        [index.sentences[i].role in HEADLINES for i in short],
        [index.sentences[i].role in HEADLINES for i in long],
    )
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


_POINTING = listed("he she it they this that these those we i his her their its but and")


def _runs(index: StoryIndex, short: Ints, long: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """The longest run of words that both hold in the same order: its words and weight; shared word pairs, triples."""
    a, b = _trim(index.run[short]), _trim(index.run[long])
    equal = (a[:, :, None] == b[:, None, :]) & (a >= 0)[:, :, None]
    pairs = equal[:, 1:, 1:] & equal[:, :-1, :-1]
    triples = pairs[:, 1:, 1:] & equal[:, :-2, :-2]
    rarity = np.append(index.rarity, np.float32(0))[a]
    length = np.zeros((len(a), b.shape[1] + 1), dtype=np.float32)
    heavy = np.zeros_like(length)
    longest = np.zeros(len(a), dtype=np.float32)
    heaviest = np.zeros(len(a), dtype=np.float32)
    for i in range(a.shape[1]):
        now = equal[:, i, :]
        length[:, 1:] = (length[:, :-1] + 1) * now
        heavy[:, 1:] = (heavy[:, :-1] + rarity[:, i : i + 1]) * now
        np.maximum(longest, length.max(1), out=longest)
        np.maximum(heaviest, heavy.max(1), out=heaviest)
    return longest, heaviest, pairs.any(2).sum(1).astype(np.float32), triples.any(2).sum(1).astype(np.float32)
