"""Train the sentence matcher on hand-aligned stories and write its packaged model.

    python benchmarks/train_matcher.py STORIES [--level lexical] [--taught TAUGHT.npz] [--report FOLDER_OR_FILE ...]
        [--out MODEL.json]

STORIES is a folder of JSON files, one a story: `articles`, each with `id`, `title`, `text` (or `file`, beside
`--texts`), `sentences` (`id`, `start`, `end`: character offsets) and `pairs` of sentence ids `left`, `right` with
`label`: `same` (a person says that both tell the same), `partial` (they share a part of what they tell) or `unsure`.
All other pairs of sentences of two articles count as not aligned. TAUGHT is what a larger matcher that has not seen a
story says of its pairs (`train_reader.py` writes it): the trees learn more from that than from what people said, for
one person's labels are noisy (distillation: Hinton, Vinyals and Dean, 2015). Calibration, cut and figures come from
people alone.

Nothing is chosen by looking at the `--report` sets: the number of trees is fixed, calibration, cut and the border of
`partial` come from predictions on stories that the predicting model has not seen (five folds by story).
Needs catboost and scikit-learn beside the `load` extra: pip install catboost scikit-learn
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from datasette_newscompare.matching.context import NAMES as CONTEXT_NAMES
from datasette_newscompare.matching.encoder import encode
from datasette_newscompare.matching.index import StoryIndex, build_index
from datasette_newscompare.matching.scorer import (
    SETTLED,
    Measured,
    Reader,
    feature_names,
    in_context,
    measure,
    pairs_of,
    read_doubtful,
    sigmoid,
    texts_of,
)
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.tokens import tokenise
from datasette_newscompare.records import StoryArticle, StorySentence
from datasette_newscompare.text.quantities import find_quantities
from datasette_newscompare.text.quotes import find_quotes
from datasette_newscompare.text.segment import Span

try:
    import catboost
    from sklearn.isotonic import IsotonicRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import KFold
except ImportError as missing:  # pragma: no cover
    sys.exit(f"{missing.name} is needed to train: pip install catboost scikit-learn")

FOLDS = 5
TEACHER_SHARE = 0.8
"""How much of what the trees learn is what a teacher says of a pair; the rest is what people said."""
PARAMETERS = {
    "loss_function": "CrossEntropy",
    "learning_rate": 0.08,
    "depth": 6,
    "border_count": 64,
    "rsm": 0.5,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.8,
    "l2_leaf_reg": 5.0,
    "random_seed": 1,
    "thread_count": 1,
    "allow_writing_files": False,
    "verbose": False,
}
TREES = (250, 200)
"""Of the first and the second step."""
FIRST_SENTENCES = 5
TITLE_HELD = 0.65
"""Share of a title's words, by rarity, that a sentence must hold for the title to be labelled as that sentence."""
EVEN = 0.5
"""Least score of a match: it is more likely right than wrong."""
COPIES = ("titles", "short")
"""Copies of a story that are learned from beside it: with headlines, and cut short."""
SHORT = (4, 9)
"""Fewest and most sentences of an article in a story cut short."""
LABELS = ("none", "partial", "same", "unsure")

Targets = tuple[np.ndarray, np.ndarray]
"""Of each pair: aligned, and the same, as booleans or as how likely."""


@dataclass
class Story:
    """An aligned story with the features of its candidate pairs."""

    name: str
    group: int
    """The number of its file: its copy with headlines has the same."""
    changed: bool
    """A copy of the story with headlines or cut short: learned from, but no figures are given for it."""
    index: StoryIndex
    measured: Measured
    label: np.ndarray
    fitted: np.ndarray
    """Which pairs are learned from: in the copy with headlines, those with a headline."""
    ids: np.ndarray
    """The ids of the two sentences of each pair, as `read_story` numbers them."""
    same_count: int
    any_count: int


def read_story(
    path: Path, texts: Path | None = None, titles: bool = False
) -> tuple[str, list[StoryArticle], dict[tuple[int, int], str]]:
    """A story's articles as the matcher sees them, with the sentences of the alignment, and the label of each pair.

    With `titles`, an article whose title one of its first sentences holds has the title as its headline, and the
    headline is labelled as that sentence: people aligned bodies only, and the matcher must learn how headlines read.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    ids: dict[str, int] = {}
    stands_for: dict[int, int] = {}
    articles: list[StoryArticle] = []
    for a in data["articles"]:
        text = a["text"] if "text" in a else ((texts or path.parent) / a["file"]).read_text(encoding="utf-8")
        spans, paragraph, before = [], 0, 0
        for s in a["sentences"]:
            paragraph += "\n" in text[before : s["start"]]
            before = s["end"]
            spans.append(Span(paragraph, s["start"], s["end"]))
        quotes: dict[int, list[Any]] = {}
        for position, quote in find_quotes(text, spans):
            quotes.setdefault(position, []).append(quote)
        sentences = []
        for position, (s, span) in enumerate(zip(a["sentences"], spans, strict=True)):
            ids[s["id"]] = len(ids) + 1
            words = text[span.start : span.end]
            sentences.append(
                StorySentence(
                    id=ids[s["id"]],
                    article_id=a["id"],
                    source_id=a["id"],
                    position=position,
                    paragraph=span.paragraph,
                    role="body",
                    start=span.start,
                    text=words,
                    quantities=tuple(find_quantities(words, span.start, a.get("published"))),
                    quotes=tuple(quotes.get(position, ())),
                )
            )
        if titles and a.get("title"):
            headline = sentences[0]._replace(
                id=-len(articles) - 1, role="headline", text=a["title"], start=0, quotes=(),
                quantities=tuple(find_quantities(a["title"], 0, a.get("published"))),
            )  # fmt: skip
            told_in = holder(headline, sentences[:FIRST_SENTENCES])
            if told_in is not None:
                stands_for[headline.id] = told_in
                sentences = [headline, *(s._replace(position=s.position + 1) for s in sentences)]
        articles.append(StoryArticle(a["id"], a["id"], a.get("published"), tuple(sentences)))
    gold = {(ids[p["left"]], ids[p["right"]]): p["label"] for p in data["pairs"]}
    gold |= {(b, a): label for (a, b), label in gold.items()}
    every = [s.id for a in articles for s in a.sentences]
    for a, b in itertools.product(stands_for, every) if titles else ():
        label = gold.get((stands_for[a], stands_for.get(b, b)))
        if label is not None:
            gold[a, b] = gold[b, a] = label
    return data["story"], articles, gold


def holder(headline: StorySentence, sentences: list[StorySentence]) -> int | None:
    """The sentence that holds most of a headline's words by rarity, if it holds `TITLE_HELD` of them."""
    title = tokenise([headline])
    words = dict(zip(title.stems(0), title.known["rarity"][title.form].tolist(), strict=True))
    whole = sum(words.values())
    tokens = tokenise(sentences)
    share = {
        s.id: sum(words.get(stem, 0) for stem in set(tokens.stems(row))) / (whole + 1e-6)
        for row, s in enumerate(sentences)
    }
    best = max(share, key=lambda k: share[k], default=None)
    return best if best is not None and share[best] >= TITLE_HELD and len(words) >= 4 else None


def cut_short(name: str, articles: list[StoryArticle]) -> list[StoryArticle]:
    """A few sentences in a row of each article, always the same ones: so that the matcher learns how briefs read."""
    chance = random.Random(name)
    out = []
    for article in articles:
        size = chance.randint(*SHORT)
        start = chance.choice((0, chance.randint(0, max(0, len(article.sentences) - size))))
        out.append(replace(article, sentences=article.sentences[start : start + size]))
    return out


def stand_in_vectors(index: StoryIndex, settings: MatchSettings) -> dict[str, np.ndarray]:
    """For a model that a user will bring: what the packaged encoder makes of the sentences, the mean over the words."""
    return {text: stand_in_vector(text) for text in texts_of(index, pairs_of(index, settings))}


@cache
def stand_in_vector(text: str) -> np.ndarray:
    """Kept, for the copies of a story hold its sentences again."""
    vector: np.ndarray = encode([text])[text].last.astype(np.float32).mean(0)
    return vector


def read_stories(
    path: Path, level: str, texts: Path | None = None, copies: tuple[str, ...] = (), read: Reader = read_doubtful
) -> list[Story]:
    """The stories of a folder, or of one file, with features, and those of `COPIES` that are named."""
    out = []
    settings = MatchSettings(level=level)
    for group, file in enumerate(sorted(path.glob("*.json")) if path.is_dir() else [path]):
        for copy in ("", *copies):
            name, articles, gold = read_story(file, texts, copy == "titles")
            if copy == "titles" and not any(s.id < 0 for a in articles for s in a.sentences):
                continue
            if copy == "short":
                articles = cut_short(name, articles)
            index = build_index(sorted(articles, key=lambda a: a.id))
            vectors = stand_in_vectors(index, settings) if level == "embedding" else None
            measured = measure(index, settings, read, vectors)
            ids = [s.id for s in index.sentences]
            pairs = [(ids[a], ids[b]) for a, b in zip(measured.left, measured.right, strict=True)]
            of_ids = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            label = np.array([LABELS.index(gold.get(pair, "none")) for pair in pairs], dtype=np.int64)
            fitted = np.array([copy != "titles" or min(pair) < 0 for pair in pairs], dtype=bool)
            labels = [] if copy else list(gold.values())
            counts = labels.count("same") // 2, (labels.count("same") + labels.count("partial")) // 2
            out.append(Story(name, group, bool(copy), index, measured, label, fitted, of_ids, *counts))
    return out


def said_unseen(path: Path) -> Reader:
    """A reader that says what `train_reader.py` wrote, story by story in the order in which they are read.

    The packaged reader has seen the training stories, so what it says of them is not what it says of new ones.
    """
    stored = np.load(path)
    stories = iter(stored.files)

    def read(index: StoryIndex, short: np.ndarray, *_: Any) -> np.ndarray:
        said = stored[next(stories)]
        if len(said) != len(short):
            sys.exit(f"{path} is of other stories, or of other candidates: run train_reader.py again")
        return said

    return read


@dataclass
class Booster:
    """Fitted symmetric trees."""

    trees: catboost.CatBoost

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """The probability of each row."""
        chance: np.ndarray = sigmoid(self.trees.predict(rows, prediction_type="RawFormulaVal"))
        return chance


def fit(rows: np.ndarray, target: np.ndarray, trees: int) -> Booster:
    """Boosted trees for the probability of `target`."""
    booster = catboost.CatBoost({**PARAMETERS, "iterations": trees})
    booster.fit(catboost.Pool(rows, target.astype(np.float64)))
    return Booster(booster)


def unseen(data: Table, target: np.ndarray, trees: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row of `data`, and each of its siblings, the prediction of trees that were not fitted on its story."""
    out, siblings = np.zeros(len(data.rows)), np.zeros(len(data.siblings))
    groups = np.unique(data.group)
    for _, test in KFold(FOLDS, shuffle=True, random_state=seed).split(groups):
        rows, sibling_rows = np.isin(data.group, groups[test]), np.isin(data.sibling_group, groups[test])
        others = ~rows & data.fitted
        fitted = fit(data.rows[others], target[others], trees)
        out[rows] = fitted.predict(data.rows[rows])
        if sibling_rows.any():
            siblings[sibling_rows] = fitted.predict(data.siblings[sibling_rows])
    return out, siblings


@dataclass
class Table:
    """The pairs of many stories, row under row; `siblings` are pairs of one article."""

    rows: np.ndarray
    label: np.ndarray
    story: np.ndarray
    group: np.ndarray
    fitted: np.ndarray
    judged: np.ndarray
    """Which pairs figures are given for: those of the stories as people aligned them."""
    siblings: np.ndarray
    sibling_story: np.ndarray
    sibling_group: np.ndarray
    same_count: int
    any_count: int


def tabulate(stories: list[Story]) -> Table:
    """All stories' pairs in one table."""
    sizes = [len(s.label) for s in stories]
    sibling_sizes = [len(s.measured.siblings) for s in stories]
    groups = [s.group for s in stories]
    return Table(
        rows=np.concatenate([s.measured.features for s in stories]),
        label=np.concatenate([s.label for s in stories]),
        story=np.repeat(np.arange(len(stories)), sizes),
        group=np.repeat(groups, sizes),
        fitted=np.concatenate([s.fitted for s in stories]),
        judged=np.repeat([not s.changed for s in stories], sizes),
        siblings=np.concatenate([s.measured.siblings for s in stories]),
        sibling_story=np.repeat(np.arange(len(stories)), sibling_sizes),
        sibling_group=np.repeat(groups, sibling_sizes),
        same_count=sum(s.same_count for s in stories),
        any_count=sum(s.any_count for s in stories),
    )


def without_reader(table: Table) -> Table:
    """The same pairs with what is measured on pairs of one article too: all but what the reader says."""
    return replace(table, rows=table.rows[:, : table.siblings.shape[1]])


def widen(stories: list[Story], table: Table, first: np.ndarray, sibling_first: np.ndarray) -> np.ndarray:
    """The features of all pairs in their surroundings, given their first scores (any, same) and the siblings' (any)."""
    return np.concatenate(
        [
            in_context(
                s.index,
                s.measured,
                first[table.story == k],
                sibling_first[table.sibling_story == k],
                np.arange(len(s.measured.left)),
            )
            for k, s in enumerate(stories)
        ]
    )


def targets_of(table: Table) -> Targets:
    """Which pairs people aligned, and which of them tell the same."""
    return np.isin(table.label, (1, 2)), table.label == 2


def learned_targets(stories: list[Story], table: Table, taught: Path | None) -> Targets:
    """What the trees learn: `targets_of`, and for pairs that a teacher scored `TEACHER_SHARE` of what it says.

    `taught` holds the stories in the order in which they are read: of each pair its two ids, any and same. Levels
    differ in their candidates, so pairs are found by their ids.
    """
    targets = np.stack(targets_of(table), axis=1).astype(np.float64)
    if taught is not None:
        stored = np.load(taught)
        if len(stored.files) != len(stories):
            sys.exit(f"{taught} is of other stories: run train_reader.py again")
        unknown = (np.nan, np.nan)
        said = []
        for story, name in zip(stories, stored.files, strict=True):
            by_ids = {(int(a), int(b)): scores for a, b, *scores in stored[name]}
            said += [by_ids.get((a, b), unknown) for a, b in story.ids.tolist()]
        scores = np.array(said)
        known = ~np.isnan(scores[:, 0])
        targets[known] += TEACHER_SHARE * (scores[known] - targets[known])
    return targets[:, 0], targets[:, 1]


def first_step(stories: list[Story], table: Table, targets: Targets, trees: int) -> tuple[np.ndarray, Table]:
    """The pairs' scores (any, same) by themselves, from trees that have not seen their story, and the table with their
    surroundings by these scores."""
    _, sibling_first = unseen(without_reader(table), targets[0], trees, seed=0)
    alone = replace(table, siblings=table.siblings[:0], sibling_group=table.sibling_group[:0])
    first = as_scored(np.stack([unseen(alone, y, trees, seed=0)[0] for y in targets], axis=1))
    return first, replace(alone, rows=widen(stories, table, first, sibling_first))


def as_scored(first: np.ndarray) -> np.ndarray:
    """First scores (any, same) as the matcher has them, which does not ask for the second where the first is low."""
    return np.where((first[:, :1] < SETTLED) & [False, True], 0.0, first)


@dataclass
class Boosters:
    """All trees of a level: any and same of the pair alone, any without the reader, any and same in surroundings."""

    pair: list[Booster]
    gate: Booster
    context: list[Booster]

    def scores(self, stories: list[Story], table: Table) -> tuple[np.ndarray, np.ndarray]:
        """The pairs' scores in their surroundings, not calibrated: any and same."""
        first = as_scored(np.stack([b.predict(table.rows) for b in self.pair], axis=1))
        siblings = self.gate.predict(table.siblings) if len(table.siblings) else np.zeros(0)
        rows = widen(stories, table, first, siblings)
        raw_any, raw_same = (b.predict(rows) for b in self.context)
        return raw_any, raw_same


def fit_all(table: Table, second: Table, targets: Targets, trees: tuple[int, int]) -> Boosters:
    """The trees of both steps, fitted on all pairs that are learned from."""
    taken, plain = table.fitted, without_reader(table)
    return Boosters(
        pair=[fit(table.rows[taken], y[taken], trees[0]) for y in targets],
        gate=fit(plain.rows[taken], targets[0][taken], trees[0]),
        context=[fit(second.rows[taken], y[taken], trees[1]) for y in targets],
    )


def measures(chosen: np.ndarray, label: np.ndarray, same_count: int, any_count: int) -> dict[str, float]:
    """P_any, R_same, R_any and F of the chosen pairs; unsure pairs count neither way."""
    judged = label[chosen & (label != LABELS.index("unsure"))]
    right = int(np.isin(judged, (1, 2)).sum())
    precision, recall = right / max(1, len(judged)), int((judged == 2).sum()) / max(1, same_count)
    return {
        "P_any": round(precision, 4),
        "R_same": round(recall, 4),
        "R_any": round(right / max(1, any_count), 4),
        "F": round(2 * precision * recall / max(1e-9, precision + recall), 4),
    }


def calibrate(raw: np.ndarray, target: np.ndarray) -> tuple[list[float], list[float]]:
    """Points of a rising line from raw to observed probability (isotonic regression, thinned and smoothed)."""
    order = np.argsort(raw)
    raw, target = raw[order], target[order]
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, target)
    at = np.concatenate([[0.0], np.linspace(0.02, 0.98, 33), [1.0]])
    values = np.array([fitted.predict(np.clip(np.linspace(x - 0.02, x + 0.02, 9), 0, 1)).mean() for x in at])
    return [round(float(x), 4) for x in at], [round(float(x), 4) for x in np.maximum.accumulate(values)]


def choose(
    score: np.ndarray, same: np.ndarray, label: np.ndarray, counts: tuple[int, int], precision: float
) -> dict[str, float]:
    """The weight of `same` and the cut that give most F where P_any is at least `precision`; and the floor."""
    best: tuple[float, dict[str, float]] = (-1.0, {})
    for weight in (0.0, 0.5, 1.0, 2.0):
        for cut in np.arange(0.2, 2.4, 0.02):
            found = measures((score + weight * same >= cut) & (score >= EVEN), label, *counts)
            if found["P_any"] >= precision and found["F"] > best[0]:
                best = found["F"], {"same_weight": weight, "cut": round(float(cut), 2), "floor": EVEN}
    return best[1]


def dump(boosters: list[Booster], names: tuple[str, ...]) -> dict[str, Any]:
    """Ensembles as `matching.trees.read_forests` reads them."""
    out = []
    for booster in boosters:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trees.json"
            booster.trees.save_model(str(path), format="json")
            stored = json.loads(path.read_text(encoding="utf-8"))
        scale, (base,) = stored["scale_and_bias"]
        trees = [
            {
                "feature": [split["float_feature_index"] for split in tree["splits"] or ()],
                "threshold": [round_to(split["border"], 9) for split in tree["splits"] or ()],
                "value": [round_to(scale * value, 4) for value in tree["leaf_values"]],
            }
            for tree in stored["oblivious_trees"]
        ]
        out.append({"base": base, "trees": trees})
    return {"names": names, "ensembles": out}


def round_to(x: float, digits: int) -> float:
    """`x` with this many significant digits."""
    return float(f"{x:.{digits}g}")


def reliability(score: np.ndarray, label: np.ndarray) -> list[dict[str, float]]:
    """Of the pairs in each tenth of the score: how many there are, their mean score and the share that people align."""
    out = []
    known = label != LABELS.index("unsure")
    for low in np.arange(0, 1, 0.1):
        some = known & (score >= low) & (score < (low + 0.1 if low < 0.89 else 1.01))
        if some.any():
            share = float(np.isin(label[some], (1, 2)).mean())
            out.append(
                {
                    "from": round(float(low), 1),
                    "pairs": int(some.sum()),
                    "mean": round(float(score[some].mean()), 3),
                    "right": round(share, 3),
                }
            )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path)
    parser.add_argument("--level", default="lexical")
    parser.add_argument("--read", type=Path, help="level encoder: the read.npz that train_reader.py wrote of STORIES")
    parser.add_argument("--taught", type=Path, help="the taught.npz that train_reader.py wrote of STORIES")
    parser.add_argument("--trees", type=int, nargs=2, default=TREES, help="of the first and second step")
    parser.add_argument("--precision", type=float, default=0.8, help="least P_any that the cut is chosen for")
    parser.add_argument("--report", type=Path, nargs="*", default=[], help="aligned stories to give figures for")
    parser.add_argument("--texts", type=Path, help="where the files of articles without text are")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    started = time.perf_counter()
    if (args.level == "encoder") != (args.read is not None):
        parser.error("the level encoder, and no other, needs --read")
    read = said_unseen(args.read) if args.read else read_doubtful
    stories = read_stories(args.stories, args.level, copies=COPIES, read=read)
    table = tabulate(stories)
    counts = table.same_count, table.any_count
    targets = learned_targets(stories, table, args.taught)
    first, second = first_step(stories, table, targets, args.trees[0])
    judged = table.judged
    any_2, same_2 = (unseen(second, y, args.trees[1], seed=1)[0][judged] for y in targets)
    is_any, is_same = (y[judged] for y in targets_of(table))
    any_1, label = first[judged, 0], table.label[judged]
    any_from, any_to = calibrate(any_2, is_any)
    same_from, same_to = calibrate(same_2, is_same)
    score = np.interp(any_2, any_from, any_to)
    same = np.minimum(score, np.interp(same_2, same_from, same_to))
    decision = choose(score, same, label, counts, args.precision)
    chosen = (score + decision["same_weight"] * same >= decision["cut"]) & (score >= decision["floor"])
    right = chosen & is_any
    borders = np.arange(0.2, 0.8, 0.02)
    decision["partial_below"] = round(
        float(max(borders, key=lambda b: np.mean(((same / score)[right] >= b) == is_same[right]))), 2
    )
    figures: dict[str, Any] = {
        "trained on": {
            "stories": len(np.unique(table.group)),
            "aligned pairs": counts[1],
            "candidate pairs": len(label),
            "pairs of copies with headlines or cut short": int((~judged & table.fitted).sum()),
        },
        "cross-validated": {
            **measures(chosen, label, *counts),
            "AP_any pair alone": round(float(average_precision_score(is_any, any_1)), 4),
            "AP_any": round(float(average_precision_score(is_any, score)), 4),
            "candidates hold": round(float(is_any.sum() / counts[1]), 4),
            "candidates hold same": round(float(is_same.sum() / counts[0]), 4),
            "kind right": round(
                float(np.mean(((same / score)[right] >= decision["partial_below"]) == is_same[right])), 4
            ),
        },
        "reliability": reliability(score, label),
    }
    boosters = fit_all(table, second, targets, args.trees)
    for path in args.report:
        held = read_stories(path, args.level, args.texts)
        held_table = tabulate(held)
        h_label = held_table.label
        raw_any, raw_same = boosters.scores(held, held_table)
        h_score = np.interp(raw_any, any_from, any_to)
        h_same = np.minimum(h_score, np.interp(raw_same, same_from, same_to))
        h_chosen = (h_score + decision["same_weight"] * h_same >= decision["cut"]) & (h_score >= decision["floor"])
        figures[path.stem] = {
            **measures(h_chosen, h_label, held_table.same_count, held_table.any_count),
            "reliability": reliability(h_score, h_label),
        }
    figures["seconds"] = round(time.perf_counter() - started)
    print(json.dumps({"decision": decision, **figures}, indent=1))
    if args.out:
        model = {
            "figures": figures,
            "decision": decision,
            "calibration": {"any_from": any_from, "any_to": any_to, "same_from": same_from, "same_to": same_to},
            "pair": dump(boosters.pair, feature_names(args.level)),
            "context": dump(boosters.context, feature_names(args.level) + CONTEXT_NAMES),
        }
        if args.read:
            model["gate"] = dump([boosters.gate], feature_names(args.level)[: table.siblings.shape[1]])
        args.out.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
