"""Vectors of sentences by any embedding model of the `llm` library, each made once and kept in the database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from .llm_models import CallFailed, ModelProblem, call

Vector = NDArray[np.float32]

MOST_AT_ONCE = 64
ATTEMPTS = 3

STORED = """
SELECT text_hash, vector FROM sentence_vectors WHERE model = ? AND text_hash IN (SELECT value FROM json_each(?))
"""


class EmbeddingFailed(ModelProblem):
    """The model brought no usable vectors; the message says why and what to do. What it brought before is kept."""


@dataclass(frozen=True, slots=True)
class EmbedSettings:
    """How an embedding model is asked."""

    timeout: float = 120.0
    """Seconds for one batch."""
    wait: float = 1.0
    """Seconds after a batch that failed; doubled with each attempt."""


DEFAULTS = EmbedSettings()


def sentence_vectors(
    db: Database,
    model: Any,
    texts: Iterable[str],
    settings: EmbedSettings = DEFAULTS,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Vector]:
    """A vector for each different text, by an `llm.EmbeddingModel`; as it gives them, not scaled to one length.

    Texts that the model has encoded before are read from the database; the others are put to it in batches, each
    stored in a transaction of its own, so that a run cut short goes on there. `progress` is told how many were
    encoded. Raises EmbeddingFailed where a batch fails three times, or its vectors are none.
    """
    wanted = list(dict.fromkeys(texts))
    found = _stored(db, model.model_id, wanted)
    size = len(next(iter(found.values()))) if found else _known_size(db, model.model_id)
    missing = iter([text for text in wanted if text not in found])
    while batch := list(islice(missing, min(model.batch_size or MOST_AT_ONCE, MOST_AT_ONCE))):
        vectors = _encode(model, batch, size, settings)
        size = vectors.shape[1]
        with db.atomic():
            db.conn.executemany(
                "INSERT OR IGNORE INTO sentence_vectors (model, text_hash, vector) VALUES (?, ?, ?)",
                [
                    (model.model_id, text_hash(text), vector.astype("<f4").tobytes())
                    for text, vector in zip(batch, vectors, strict=True)
                ],
            )
        found |= zip(batch, vectors, strict=True)
        progress(len(batch))
    return {text: found[text] for text in wanted}


def forget_vectors(db: Database, texts: Iterable[str]) -> None:
    """Delete what was kept of these texts, whichever model made it. Call inside a transaction."""
    hashes = json.dumps([text_hash(text) for text in texts])
    db.execute("DELETE FROM sentence_vectors WHERE text_hash IN (SELECT value FROM json_each(?))", [hashes])


def _stored(db: Database, model: str, texts: Sequence[str]) -> dict[str, Vector]:
    by_hash = {text_hash(text): text for text in texts}
    rows = db.execute(STORED, [model, json.dumps(list(by_hash))])
    return {by_hash[hash]: np.frombuffer(vector, dtype="<f4").astype(np.float32) for hash, vector in rows}


def _known_size(db: Database, model: str) -> int | None:
    row = db.execute("SELECT length(vector) / 4 FROM sentence_vectors WHERE model = ? LIMIT 1", [model]).fetchone()
    return row[0] if row else None


def text_hash(text: str) -> str:
    """By what a sentence is known where something is kept of it."""
    return sha256(text.encode()).hexdigest()


def _encode(model: Any, batch: Sequence[str], size: int | None, settings: EmbedSettings) -> Vector:
    """The vectors of a batch, a row each. Raises EmbeddingFailed."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(settings.wait * 2 ** (attempt - 1))
        try:
            vectors = call(lambda: _checked(list(model.embed_multi(list(batch))), len(batch)), settings.timeout)
            break
        except CallFailed as failure:
            last = failure
    else:
        raise EmbeddingFailed(
            f"--embed {model.model_id}: {last}; what was encoded is kept, run the command again to go on"
        ) from last
    if size is not None and vectors.shape[1] != size:
        raise EmbeddingFailed(
            f"--embed {model.model_id}: it gave {size} numbers a sentence before and gives {vectors.shape[1]} now;"
            " it is another model under the same name: give it a name of its own in llm"
        )
    return vectors


def _checked(found: Sequence[Sequence[float]], count: int) -> Vector:
    vectors = np.array(found, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != count or not vectors.shape[1]:
        raise ValueError(f"{count} sentences came back as vectors of the shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector holds numbers that are none")
    return vectors
