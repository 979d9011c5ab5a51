"""A story's sentences as arrays, so that many pairs are compared in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import StoryArticle, StorySentence
from .tokens import Token, rarity, tokenise

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

MIN_RARITY = 0.1
"""Words below this are the grammar's (`the`, `of`, `would`): they stand in runs, not among what a sentence tells."""


@dataclass(frozen=True, slots=True)
class StoryIndex:
    """The sentences that take part, article by article in reading order; row i of each array is `sentences[i]`.

    Padded places hold -1. Vocabulary arrays (`rarity`, `informative`, `name`, `number`, `stub`) are by word id.
    """

    sentences: tuple[StorySentence, ...]
    tokens: tuple[list[Token], ...]
    article: Ints
    source: Ints
    place: Ints
    """0 for the first sentence of its article that takes part."""
    article_size: Ints
    """Number of sentences of the article, by sentence."""
    run: Ints
    """All words in order, sentences x longest."""
    content: Ints
    """Each telling word once, sentences x most."""
    quoted: Bools
    """Whether the word stands inside quotation marks, beside `content`."""
    words: tuple[str, ...]
    rarity: Floats
    informative: Floats
    """Rarity in the language times rarity in this story."""
    spread: Floats
    """Rarity in this story alone, 0 to 1."""
    name: Bools
    number: Bools
    stub: Ints
    """The same for words that begin alike, so that `accuse` and `accusation` are near."""
    negations: Ints
    lengths: Ints


def build_index(articles: Sequence[StoryArticle], language: str = "en") -> StoryIndex:
    """Arrays over all sentences of the story but boilerplate."""
    sentences: list[StorySentence] = []
    article_of: list[int] = []
    source_of: list[int] = []
    place: list[int] = []
    sources: dict[str, int] = {}
    for number, article in enumerate(articles):
        part = [s for s in article.sentences if s.role != "boilerplate"]
        sentences += part
        article_of += [number] * len(part)
        source_of += [sources.setdefault(article.source_id, len(sources))] * len(part)
        place += range(len(part))
    tokens = tuple(tokenise(s) for s in sentences)
    every = [t for row in tokens for t in row]
    stems, norms, _, _, is_name, _, is_quoted, is_negation = zip(*every, strict=True) if every else ((),) * 8
    ids: dict[str, int] = {}
    word = np.array([ids.setdefault(one, len(ids)) for one in stems], dtype=np.int64)
    words = tuple(ids)
    rare = np.ones(len(ids), dtype=np.float32)
    for one, norm in set(zip(stems, norms, strict=True)):
        rare[ids[one]] = min(rare[ids[one]], np.float32(rarity(norm, language)))
    named = np.bincount(word, np.array(is_name, dtype=np.int64), minlength=len(ids))
    name = 2 * named >= np.bincount(word, minlength=len(ids))
    lengths = np.array([len(row) for row in tokens], dtype=np.int64)
    row = np.repeat(np.arange(len(tokens)), lengths)
    run = _pad(row, word, len(tokens))
    # each telling word once, where the sentence has it first
    telling = np.flatnonzero(rare[word] >= MIN_RARITY)
    _, first, again = np.unique(row[telling] * max(1, len(ids)) + word[telling], return_index=True, return_inverse=True)
    inside = np.bincount(again, np.array(is_quoted, dtype=np.int64)[telling], minlength=len(first)) > 0
    order = np.argsort(first)
    once = telling[first[order]]
    content = _pad(row[once], word[once], len(tokens))
    quoted = content >= 0
    quoted[quoted] = inside[order]
    n = max(2, len(sentences))
    frequency = np.bincount(word[once], minlength=len(ids))
    spread = (np.log((n + 1) / np.maximum(1, frequency)) / np.log(n + 1)).astype(np.float32)
    stubs: dict[str, int] = {}
    stub = np.array([stubs.setdefault(w[:5], len(stubs)) for w in words], dtype=np.int64)
    sizes = (
        np.bincount(np.array(article_of, dtype=np.int64), minlength=len(articles)) if sentences else np.zeros(0, int)
    )
    return StoryIndex(
        sentences=tuple(sentences),
        tokens=tokens,
        article=np.array(article_of, dtype=np.int64),
        source=np.array(source_of, dtype=np.int64),
        place=np.array(place, dtype=np.int64),
        article_size=sizes[np.array(article_of, dtype=np.int64)] if sentences else np.zeros(0, dtype=np.int64),
        run=run,
        content=content,
        quoted=quoted,
        words=words,
        rarity=rare,
        informative=rare * spread,
        spread=spread,
        name=name,
        number=np.array([w[:1].isdigit() or w[:1] == "#" for w in words], dtype=bool),
        stub=stub,
        negations=np.bincount(row, np.array(is_negation, dtype=np.int64), minlength=len(tokens)).astype(np.int64),
        lengths=lengths,
    )


def _pad(row: Ints, values: Ints, rows: int) -> Ints:
    """The values of each row, which come in order of their rows, with -1 after the last."""
    size = np.bincount(row, minlength=rows)
    out = np.full((rows, max(1, int(size.max(initial=0)))), -1, dtype=np.int64)
    out[np.arange(out.shape[1]) < size[:, None]] = values
    return out
