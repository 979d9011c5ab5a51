"""A small network that reads two sentences together and says how far they tell the same.

The two sentences come from the encoder, each read by itself up to its fourth layer; two more layers, which began as the
encoder's own fifth and sixth and were trained on aligned stories (`benchmarks/train_reader.py`), read them as one text.
Method: Cao et al., "DeFormer: decomposing pre-trained transformers for faster question answering" (ACL 2020), so a
sentence is encoded once however many pairs it stands in. Beside its vector, each word piece brings what the story knows
of its word: how rare it is there, whether it names or counts, and whether the other sentence has it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .encoder import Encoded, open_session
from .index import Bools, Floats, Ints, StoryIndex, distinct_pairs

NAMES = ("read_any", "read_same")
"""Log-odds that a person aligns the pair; that both sentences tell the same."""

PIECE_FEATURES = 9
UNREAD = -8.0
"""What stands for both in a pair that is not read."""
PAIRS_AT_ONCE = 4
"""Few, so that hardly any padding is read."""


@lru_cache(maxsize=1)
def _session() -> Any:
    return open_session((files(__package__) / "reader.onnx").read_bytes())


def read_pairs(index: StoryIndex, short: Ints, long: Ints, encoded: Mapping[str, Encoded]) -> Floats:
    """What the reader says of pairs of rows, pairs x `NAMES`. `encoded` holds the text of every row of a pair.

    Pairs in the same words are read once. Raises ImportError, with what to install, where onnxruntime is missing.
    """
    once, of = distinct_pairs(index, short, long)
    short, long = short[once], long[once]
    out = np.zeros((len(short), len(NAMES)), dtype=np.float32)
    rows = {int(row): Row(index, int(row), encoded) for row in np.unique(np.concatenate([short, long]))}
    # pairs of like length stand together, so that little padding is read
    order = np.argsort(
        [len(rows[a].vectors) + len(rows[b].vectors) for a, b in zip(short, long, strict=True)], kind="stable"
    )
    for start in range(0, len(order), PAIRS_AT_ONCE):
        some = order[start : start + PAIRS_AT_ONCE]
        pairs = [(rows[int(a)], rows[int(b)]) for a, b in zip(short[some], long[some], strict=True)]
        (out[some],) = _session().run(None, reader_inputs(pairs))
    return out[of]


class Row:
    """A sentence as the reader takes it."""

    def __init__(self, index: StoryIndex, row: int, encoded: Mapping[str, Encoded]) -> None:
        sentence = encoded[index.sentences[row].text]
        self.vectors = sentence.lower
        self.words: Ints = index.words_of(row)
        self.stubs: Ints = index.stub[self.words]
        within = sentence.pieces_in(index.tokens.spans(row))
        self.is_word: Bools = np.any(within, axis=1)
        self.word: Ints = within.argmax(1) if len(self.words) else np.zeros(len(within), dtype=np.int64)
        quoted = index.tokens.quoted[index.tokens.of(row)]
        of = self.words
        self.known: Floats = np.stack(
            [index.informative[of], index.rarity[of], index.name[of], index.number[of], quoted], axis=1
        ).astype(np.float32)

    def beside(self, other: Row) -> Floats:
        """What is known of each piece where `other` is the other sentence, pieces x `PIECE_FEATURES`."""
        out = np.zeros((len(self.vectors), PIECE_FEATURES), dtype=np.float32)
        if not len(self.words):
            return out
        told, rarity, name, number, quoted = self.known.T
        shared = np.isin(self.words, other.words)
        like = np.isin(self.stubs, other.stubs) & ~shared
        columns = (shared, like, ~shared, shared * told, ~shared * told, rarity, name, number, quoted)
        of_word = np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)
        out[self.is_word] = of_word[self.word[self.is_word]]
        return out


def reader_inputs(pairs: list[tuple[Row, Row]]) -> dict[str, np.ndarray]:
    """The reader's inputs for some pairs, padded to the longest: `vectors`, `known`, `side` (of two), `there`."""
    longest = max(len(a.vectors) + len(b.vectors) for a, b in pairs)
    width = pairs[0][0].vectors.shape[1]
    vectors = np.zeros((len(pairs), longest, width), dtype=np.float32)
    known = np.zeros((len(pairs), longest, PIECE_FEATURES), dtype=np.float32)
    side = np.zeros((len(pairs), longest), dtype=np.int64)
    there = np.zeros((len(pairs), longest), dtype=bool)
    for i, (a, b) in enumerate(pairs):
        middle, end = len(a.vectors), len(a.vectors) + len(b.vectors)
        vectors[i, :middle], vectors[i, middle:end] = a.vectors, b.vectors
        known[i, :middle], known[i, middle:end] = a.beside(b), b.beside(a)
        side[i, middle:] = 1
        there[i, :end] = True
    return {"vectors": vectors, "known": known, "side": side, "there": there}
