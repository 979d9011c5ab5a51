"""The score of each candidate pair: first the pair alone, then the pair among its surroundings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .candidates import find_candidates, shared_words
from .context import NAMES as CONTEXT_NAMES
from .context import context_features
from .encoder import Encoded, Kept, encode
from .encoder_features import NAMES as ENCODER_NAMES
from .encoder_features import encoder_features
from .features import NAMES, pair_features
from .index import Doubles, Floats, Ints, StoryIndex
from .reader import NAMES as READER_NAMES
from .reader import UNREAD, read_pairs
from .settings import MatchSettings
from .trees import Forest, read_forests
from .vector_features import NAMES as VECTOR_NAMES
from .vector_features import vector_features

Reader = Callable[[StoryIndex, Ints, Ints, Floats, Mapping[str, Encoded]], Floats]
"""From a story's pairs (short, long), their features and the encoded sentences to what a reader says of each pair."""

SIBLINGS_PER_SENTENCE = 3
"""How many sentences of its own article a sentence is compared with, to see whether it says the same again."""


RULED_OUT = 0.015
"""First lexical score below which a pair is not encoded."""
DOUBTFUL = 0.12
"""Score by words and encoder from which a pair is read by the pair reader."""
SETTLED = 0.02
"""Score below which surroundings do not save a pair, and below which it is not asked whether a pair tells the same."""
SIBLING_RULED_OUT = 0.1
"""The same for pairs of one article."""


@dataclass(frozen=True, slots=True)
class Two:
    """Two forests over the same features: that a person aligns a pair, and that it tells the same."""

    any: Forest
    same: Forest

    def predict(self, rows: Floats) -> Doubles:
        """Both probabilities, rows x 2, not calibrated; the second is 0 where the first is below `SETTLED`."""
        out = np.zeros((len(rows), 2))
        out[:, 0] = sigmoid(self.any.predict(rows))
        open_ = out[:, 0] >= SETTLED
        out[open_, 1] = sigmoid(self.same.predict(rows[open_]))
        return out


@dataclass(frozen=True, slots=True)
class Model:
    """The packaged weights of one level."""

    pair: Two
    """On a pair alone."""
    gate: Forest
    """The first of both without the reader: which pairs are read, and what pairs of one article score."""
    context: Two
    """On the pair's features and its surroundings."""
    any_from: Doubles
    any_to: Doubles
    """Calibration: raw probability to the share of such pairs that people aligned."""
    same_from: Doubles
    same_to: Doubles
    same_weight: float
    """A pair is a match where score + same_weight * same reaches `cut`, and score reaches `floor`."""
    cut: float
    floor: float
    partial_below: float
    """A match is partial where same / score is below this."""
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a story's pairs before anything is scored."""

    left: Ints
    right: Ints
    short: Ints
    long: Ints
    """The same pairs, the sentence that tells less first, as `features` are measured."""
    features: Floats
    sibling_left: Ints
    sibling_right: Ints
    sibling_short: Ints
    sibling_long: Ints
    siblings: Floats
    """Pairs of one article, the same with the sentence that tells less first, and their features, without the reader's.
    """


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidate pairs of rows of the index with their scores; `left` is the lower row."""

    left: Ints
    right: Ints
    score: Doubles
    """Calibrated probability that a person would align the two."""
    same: Doubles
    """Calibrated probability that a person would say the two tell the same."""
    ratio: Floats
    """Letter similarity, 0 to 100."""
    sibling_left: Ints
    sibling_right: Ints
    sibling: Doubles
    """Pairs of rows of one article, with the first score that they would have if they stood in two."""


def feature_names(level: str) -> tuple[str, ...]:
    """The columns that are measured on a pair alone at a level."""
    return NAMES + {"encoder": ENCODER_NAMES + READER_NAMES, "embedding": VECTOR_NAMES}.get(level, ())


@lru_cache(maxsize=4)
def load_model(level: str) -> Model:
    """The packaged model of a level. Raises ValueError where there is none of that name."""
    path = files(__package__) / f"model_{level}.json"
    if not path.is_file():
        raise ValueError(f"no model for the level {level!r}: use lexical, encoder or embedding")
    data = json.loads(path.read_text(encoding="utf-8"))
    names = feature_names(level)
    pair = Two(*read_forests(data["pair"], names))
    points = {name: np.array(values, dtype=np.float64) for name, values in data["calibration"].items()}
    decision = data["decision"]
    return Model(
        pair=pair,
        gate=read_forests(data["gate"], names)[0] if "gate" in data else pair.any,
        context=Two(*read_forests(data["context"], names + CONTEXT_NAMES)),
        any_from=points["any_from"],
        any_to=points["any_to"],
        same_from=points["same_from"],
        same_to=points["same_to"],
        same_weight=decision["same_weight"],
        cut=decision["cut"],
        floor=decision["floor"],
        partial_below=decision["partial_below"],
        figures=data["figures"],
    )


def sigmoid(x: Doubles) -> Doubles:
    """Log-odds to probability."""
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def read_doubtful(
    index: StoryIndex, short: Ints, long: Ints, features: Floats, encoded: Mapping[str, Encoded]
) -> Floats:
    """What the packaged reader says of the pairs that words and encoder do not rule out, pairs x `READER_NAMES`."""
    out = np.full((len(short), len(READER_NAMES)), UNREAD, dtype=np.float32)
    doubtful = sigmoid(load_model("encoder").gate.predict(features)) >= DOUBTFUL
    out[doubtful] = read_pairs(index, short[doubtful], long[doubtful], encoded)
    return out


def pairs_of(index: StoryIndex, settings: MatchSettings) -> Measured:
    """The candidate pairs of a story, and of each article with itself, with what their words say of each pair alone.

    On the other levels than `lexical` only pairs that it does not rule out are kept. Where no pair of two sources is
    left, none of one article is of use.
    """
    left = right = sibling_left = sibling_right = np.zeros(0, dtype=np.int64)
    if (index.source != index.source[:1]).any():
        shared = shared_words(index)
        left, right = find_candidates(index, shared, settings.candidates_per_sentence)
        if len(left):
            sibling_left, sibling_right = find_candidates(index, shared, SIBLINGS_PER_SENTENCE, within=True)
    features, short, long = pair_features(
        index, np.concatenate([left, sibling_left]), np.concatenate([right, sibling_right])
    )
    pairs, siblings = np.split(np.arange(len(short)), [len(left)])
    if settings.level != "lexical":
        first = sigmoid(load_model("lexical").pair.any.predict(features))
        pairs = pairs[first[pairs] >= RULED_OUT]
        siblings = siblings[(first[siblings] >= SIBLING_RULED_OUT) & (len(pairs) > 0)]
    among = siblings - len(left)
    return Measured(
        left[pairs], right[pairs], short[pairs], long[pairs], features[pairs],
        sibling_left[among], sibling_right[among], short[siblings], long[siblings], features[siblings],
    )  # fmt: skip


def measure(
    index: StoryIndex,
    settings: MatchSettings,
    read: Reader = read_doubtful,
    vectors: Mapping[str, Floats] | None = None,
    kept: Kept | None = None,
) -> Measured:
    """The pairs of `pairs_of` with all that is measured on each alone.

    The level `encoder` encodes their sentences, but for those that are `kept`; what `read` says of pairs of two
    articles stands in the last columns. `embedding` takes what was made of the sentences, `vectors` by text, and raises
    ValueError where there is none.
    """
    pairs = pairs_of(index, settings)
    if settings.level == "lexical":
        return pairs
    ends = np.concatenate([pairs.short, pairs.sibling_short]), np.concatenate([pairs.long, pairs.sibling_long])
    count = len(pairs.short)
    if settings.level == "encoder":
        encoded = encode(texts_of(index, pairs), kept)
        finer = encoder_features(index, *ends, encoded)
    elif vectors is None:
        raise ValueError("the level `embedding` needs a vector for each of `texts_to_encode`")
    else:
        finer = vector_features(index, *ends, vectors)
    features = np.hstack([pairs.features, finer[:count]])
    if settings.level == "encoder":
        features = np.hstack([features, read(index, pairs.short, pairs.long, features, encoded)])
    return replace(pairs, features=features, siblings=np.hstack([pairs.siblings, finer[count:]]))


def texts_of(index: StoryIndex, pairs: Measured) -> list[str]:
    """The different texts of the sentences that stand in a pair, in reading order."""
    rows = np.unique(np.concatenate([pairs.short, pairs.long, pairs.sibling_short, pairs.sibling_long]))
    return list(dict.fromkeys(index.sentences[row].text for row in rows))


def in_context(index: StoryIndex, measured: Measured, first: Doubles, sibling_first: Doubles, wanted: Ints) -> Floats:
    """All features of the `wanted` candidate pairs, given the first scores of all (pairs x any, same) and the siblings'
    (any)."""
    around = context_features(
        index,
        measured.short,
        measured.long,
        first[:, 0].astype(np.float32),
        first[:, 1].astype(np.float32),
        (measured.sibling_left, measured.sibling_right, sibling_first.astype(np.float32)),
        wanted,
    )
    return np.hstack([measured.features[wanted], around])


def score_story(
    index: StoryIndex,
    settings: MatchSettings,
    vectors: Mapping[str, Floats] | None = None,
    kept: Kept | None = None,
) -> Scored:
    """All candidate pairs of a story with their scores."""
    model, measured = load_model(settings.level), measure(index, settings, vectors=vectors, kept=kept)
    ratio = measured.features[:, NAMES.index("ratio")]
    sibling_first = sigmoid(model.gate.predict(measured.siblings))
    siblings = measured.sibling_left, measured.sibling_right, sibling_first
    if not len(measured.left):
        return Scored(measured.left, measured.right, np.zeros(0), np.zeros(0), ratio, *siblings)
    first = model.pair.predict(measured.features)
    raw = first.copy()
    undecided = np.flatnonzero(first[:, 0] >= SETTLED)
    raw[undecided] = model.context.predict(in_context(index, measured, first, sibling_first, undecided))
    score = np.interp(raw[:, 0], model.any_from, model.any_to)
    same = np.minimum(score, np.interp(raw[:, 1], model.same_from, model.same_to))
    return Scored(measured.left, measured.right, score, same, ratio, *siblings)
