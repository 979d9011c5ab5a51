"""Fit the weights of datasette_newscompare/stories/pairs.py and measure them on stories held out.

    python benchmarks/train_stories.py

Prints B-cubed F1 by five-fold cross-validation over stories (ECB+: over topics), for several thresholds, then the
weights fitted on everything, to be pasted into pairs.py. Besides the sets as they are it trains on variants that real
archives look like: most events told by one article only, no dates at all, a database of a few articles.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from stories_quality import EVAL, Labelled, b_cubed, read_corpus, read_ecb

from datasette_newscompare.stories import StoryDocument
from datasette_newscompare.stories.clustering import average_link
from datasette_newscompare.stories.documents import StorySettings
from datasette_newscompare.stories.pairs import FEATURES, pair_features
from datasette_newscompare.stories.vectors import neighbour_pairs, vectorise

FOLDS = 5
RIDGE = 1.0
THRESHOLDS = (-1.0, -0.6, -0.3, 0.0)


@dataclass(frozen=True, slots=True)
class World:
    """A set of articles, taken as one whole database, with the candidate pairs found in it."""

    pairs: np.ndarray
    features: np.ndarray
    gold: list[str]
    weight: float

    @property
    def folds(self) -> np.ndarray:
        return np.array([zlib.crc32(story.split("#")[0].split("/")[0].encode()) % FOLDS for story in self.gold])

    @property
    def same(self) -> np.ndarray:
        gold = np.array(self.gold)
        return gold[self.pairs[:, 0]] == gold[self.pairs[:, 1]]


def world(labelled: Sequence[Labelled], weight: float = 1.0) -> World:
    labelled = sorted(labelled, key=lambda one: one.document.id)
    settings = StorySettings()
    vectors = vectorise([one.document for one in labelled])
    pairs = neighbour_pairs(vectors, settings.neighbours, settings.window_days)
    return World(pairs, pair_features(vectors, pairs), [one.story for one in labelled], weight)


def joined(worlds: Sequence[World], weight: float) -> World:
    """Many small databases as one world, in which no pair crosses from one to the other."""
    offsets = np.cumsum([0] + [len(one.gold) for one in worlds])
    return World(
        np.concatenate([one.pairs + offset for one, offset in zip(worlds, offsets, strict=False)]),
        np.concatenate([one.features for one in worlds]),
        [f"{story}#{number}" for number, one in enumerate(worlds) for story in one.gold],
        weight,
    )


def undated(one: Labelled) -> Labelled:
    document = one.document
    return Labelled(StoryDocument(document.id, document.source_id, document.title, document.text, None), one.story)


def cut(one: Labelled, words: int) -> Labelled:
    """The article as a feed would give it: headline and first words."""
    document = one.document
    text = " ".join(document.text.split()[:words])
    return Labelled(
        StoryDocument(document.id, document.source_id, document.title, text, document.published),
        one.story,
        one.ambiguous,
    )


def worlds() -> dict[str, World]:
    chance = random.Random(1)
    corpus = read_corpus(EVAL / "corpus" / "articles.jsonl.gz")
    ecb = read_ecb(EVAL / "stories" / "ecb_train_dev.jsonl", titled=True)
    stories: dict[str, list[Labelled]] = defaultdict(list)
    topics: dict[str, list[Labelled]] = defaultdict(list)
    for one in corpus:
        stories[one.story].append(one)
    for one in ecb:
        topics[one.story].append(one)

    def thinned(only_clear: bool) -> list[Labelled]:
        return [
            one
            for key in sorted(stories)
            if not (only_clear and stories[key][0].ambiguous)
            for one in (stories[key] if chance.random() < 0.4 else chance.sample(stories[key], 1))
        ]

    def some(source: dict[str, list[Labelled]], keys: Sequence[str], sizes: Sequence[int]) -> list[Labelled]:
        return [one for key in keys for one in chance.sample(source[key], min(len(source[key]), chance.choice(sizes)))]

    small = []
    for number in range(200):
        source = topics if number % 4 == 0 else stories
        articles = some(source, chance.sample(sorted(source), chance.choice([2, 2, 3, 6, 12])), [1, 1, 2, 3])
        if number % 4 == 1:
            articles = [cut(one, chance.randrange(20, 150)) for one in articles]
        if number % 4 == 2:
            articles = [undated(one) for one in articles]
        small.append(world(articles))
    return {
        "all": world(corpus, 2.0),
        "clear": world([one for one in corpus if not one.ambiguous], 2.0),
        "ecb": world(ecb),
        "ecb untitled": world(read_ecb(EVAL / "stories" / "ecb_train_dev.jsonl", titled=False)),
        "all, most alone": world(thinned(False)),
        "clear, most alone": world(thinned(True)),
        "all, no dates": world([undated(one) for one in corpus], 0.5),
        "ecb, most alone": world(some(topics, sorted(topics), [1, 1, 1, 2, 3, 4]), 3.0),
        "short": world([cut(one, chance.randrange(20, 150)) for one in corpus]),
        "short, most alone": world([cut(one, chance.randrange(20, 150)) for one in thinned(False)]),
        "small": joined(small, 4.0),
    }


def fit(features: np.ndarray, same: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Logistic regression with an L2 penalty by Newton's method; the last value is the intercept."""
    middle, spread = features.mean(axis=0), features.std(axis=0)
    inputs = np.column_stack([(features - middle) / spread, np.ones(len(features))])
    penalty = np.diag([RIDGE] * features.shape[1] + [0.0])
    found = np.zeros(inputs.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (weights * (chance - same)) + penalty @ found
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + penalty
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-6:
            break
    plain = found[:-1] / spread
    return np.append(plain, found[-1] - plain @ middle)


def fit_worlds(sets: dict[str, World], without: set[int], columns: Sequence[int]) -> np.ndarray:
    parts = []
    for one in sets.values():
        folds = one.folds
        kept = ~np.isin(folds[one.pairs], list(without)).any(axis=1)
        parts.append((one.features[kept][:, columns], one.same[kept], np.full(int(kept.sum()), one.weight)))
    features, same, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    return fit(features, same, weights)


def measured(one: World, odds: np.ndarray) -> float:
    groups = average_link(len(one.gold), one.pairs, odds, [None] * len(one.gold))
    label = {member: number for number, members in enumerate(groups) for member in members}
    return b_cubed([label[row] for row in range(len(one.gold))], one.gold)[2]


def cross_validated(sets: dict[str, World], columns: Sequence[int], thresholds: Sequence[float] = THRESHOLDS) -> None:
    held = {(a, b): fit_worlds(sets, {a, b}, columns) for a in range(FOLDS) for b in range(a, FOLDS)}
    table = []
    for one in sets.values():
        odds = np.zeros(len(one.pairs))
        sides = np.sort(one.folds[one.pairs], axis=1)
        for (a, b), weights in held.items():
            rows = (sides[:, 0] == a) & (sides[:, 1] == b)
            odds[rows] = one.features[rows][:, columns] @ weights[:-1] + weights[-1]
        table.append([measured(one, odds - threshold) for threshold in thresholds])
    for number, threshold in enumerate(thresholds):
        figures = "  ".join(f"{name} {row[number]:.3f}" for name, row in zip(sets, table, strict=True))
        print(f"threshold {threshold:4.1f}: {figures}", flush=True)


def main() -> None:
    if not EVAL.exists():
        print(f"skipped: {EVAL} is not there")
        return
    sets = worlds()
    for name, one in sets.items():
        print(f"{name}: {len(one.gold)} articles, {len(one.pairs)} pairs, {one.same.mean():.3f} of them in one story")
    columns = list(range(len(FEATURES)))
    print("cross-validated B-cubed F1")
    cross_validated(sets, columns)
    weights = fit_worlds(sets, set(), columns)
    for name, weight in zip((*FEATURES, "intercept"), weights, strict=True):
        print(f"    {name}: {weight:.3f}")


if __name__ == "__main__":
    sys.exit(main())
