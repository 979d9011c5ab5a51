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
    ids: dict[str, int] = {}
    surface_rarity: list[float] = []
    named: list[int] = []
    seen: list[int] = []
    for row in tokens:
        for t in row:
            i = ids.setdefault(t.stem, len(ids))
            if i == len(seen):
                surface_rarity.append(1.0)
                named.append(0)
                seen.append(0)
            surface_rarity[i] = min(surface_rarity[i], rarity(t.norm, language))
            named[i] += t.is_name
            seen[i] += 1
    rare = np.array(surface_rarity, dtype=np.float32)
    name = np.array([2 * a >= b for a, b in zip(named, seen, strict=True)], dtype=bool)
    run = _pad([[ids[t.stem] for t in row] for row in tokens])
    content_rows: list[list[int]] = []
    quoted_rows: list[list[bool]] = []
    for row in tokens:
        inside: dict[int, bool] = {}
        for t in row:
            i = ids[t.stem]
            if rare[i] >= MIN_RARITY:
                inside[i] = inside.get(i, False) or t.is_quoted
        content_rows.append(list(inside))
        quoted_rows.append(list(inside.values()))
    content = _pad(content_rows)
    quoted = np.zeros(content.shape, dtype=bool)
    for r, flags in enumerate(quoted_rows):
        quoted[r, : len(flags)] = flags
    n = max(2, len(sentences))
    frequency = np.bincount(content[content >= 0], minlength=len(ids))[: len(ids)] if len(ids) else np.zeros(0)
    spread = (np.log((n + 1) / np.maximum(1, frequency)) / np.log(n + 1)).astype(np.float32)
    words = tuple(ids)
    stubs: dict[str, int] = {}
    stub = np.array([stubs.setdefault(w[:5] if len(w) >= 5 else w, len(stubs)) for w in words], dtype=np.int64)
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
        negations=np.array([sum(t.is_negation for t in row) for row in tokens], dtype=np.int64),
        lengths=np.array([len(row) for row in tokens], dtype=np.int64),
    )


def _pad(rows: Sequence[Sequence[int]]) -> Ints:
    width = max((len(r) for r in rows), default=0)
    out = np.full((len(rows), max(1, width)), -1, dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out
