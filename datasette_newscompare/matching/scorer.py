"""The score of each candidate pair: first the pair alone, then the pair among its surroundings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .candidates import find_candidates
from .context import context_features
from .features import NAMES, pair_features
from .index import Floats, Ints, StoryIndex
from .settings import MatchSettings
from .trees import Forest, read_forest


@dataclass(frozen=True, slots=True)
class Model:
    """The packaged weights of one level."""

    pair: Forest
    """On a pair alone: log-odds that a person aligns it, and that it tells the same."""
    context: Forest
    """The same, on the pair's features and its surroundings."""
    any_from: NDArray[np.float64]
    any_to: NDArray[np.float64]
    """Calibration: raw probability to the share of such pairs that people aligned."""
    same_from: NDArray[np.float64]
    same_to: NDArray[np.float64]
    same_weight: float
    """A pair is a match where score + same_weight * same reaches `cut`, and score reaches `floor`."""
    cut: float
    floor: float
    partial_below: float
    """A match is partial where same / score is below this."""
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidate pairs of rows of the index with their scores; `left` is the lower row."""

    left: Ints
    right: Ints
    score: NDArray[np.float64]
    """Calibrated probability that a person would align the two."""
    same: NDArray[np.float64]
    """Calibrated probability that a person would say the two tell the same."""
    ratio: Floats
    """Letter similarity, 0 to 100."""


@lru_cache(maxsize=4)
def load_model(level: str) -> Model:
    """The packaged model of a level. Raises ValueError where there is none of that name."""
    path = files(__package__) / f"model_{level}.json"
    if not path.is_file():
        raise ValueError(f"no model for the level {level!r}: use lexical or encoder")
    data = json.loads(path.read_text(encoding="utf-8"))
    points = {name: np.array(values, dtype=np.float64) for name, values in data["calibration"].items()}
    decision = data["decision"]
    return Model(
        pair=read_forest(data["pair"]),
        context=read_forest(data["context"]),
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


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds to probability."""
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def score_story(index: StoryIndex, settings: MatchSettings) -> Scored:
    """All candidate pairs of a story with their scores."""
    model = load_model(settings.level)
    left, right, _ = find_candidates(index, settings.candidates_per_sentence)
    features, short, long = pair_features(index, left, right)
    if not len(left):
        none = np.zeros(0)
        return Scored(left, right, none, none, none.astype(np.float32))
    first = sigmoid(model.pair.predict(features))
    around = context_features(index, short, long, first[:, 0].astype(np.float32), first[:, 1].astype(np.float32))
    raw = sigmoid(model.context.predict(np.hstack([features, around])))
    score = np.interp(raw[:, 0], model.any_from, model.any_to)
    same = np.minimum(score, np.interp(raw[:, 1], model.same_from, model.same_to))
    return Scored(left, right, score, same, features[:, NAMES.index("ratio")])
