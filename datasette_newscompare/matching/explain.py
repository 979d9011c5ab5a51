"""Why two sentences match, in words that stand in both."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ..records import Why
from .index import StoryIndex

MOST = 6
FEWEST_QUOTED = 3
"""Words in a row that one side quotes and the other has, from which they are shown."""
TELLING = 0.15
"""Rarity in the language from which a shared word is shown."""


def explain(index: StoryIndex, left: int, right: int) -> Why:
    """The shared names, numbers, rare words (rarest first) and quoted runs, as the left sentence writes them."""
    text, spans = index.sentences[left].text, index.tokens.spans(left)
    words = index.words_of(left).tolist()
    other = index.words_of(right).tolist()
    held = set(other)
    shared = [k for k, word in enumerate(words) if word in held]
    of = index.run[left, shared]
    name, number, rarity = index.name[of].tolist(), index.number[of].tolist(), index.rarity[of].tolist()
    named = [k for k, is_name in zip(shared, name, strict=True) if is_name and text[spans[k][0]].isupper()]
    told = [
        (-rare, k)
        for k, is_number, rare in zip(shared, number, rarity, strict=True)
        if rare >= TELLING and not is_number and k not in named
    ]
    quoted = _quoted(index, left, right, shared)
    followed = set(pairwise(other))

    def text_of(run: list[int]) -> str:
        return text[spans[run[0]][0] : spans[run[-1]][1]]

    return Why(
        names=_first(text_of(run) for run in _runs(words, named, followed)),
        numbers=_first(text[slice(*spans[k])] for k, is_number in zip(shared, number, strict=True) if is_number),
        words=_first(text[slice(*spans[k])].lower() for _, k in sorted(told)),
        quoted=_first(text_of(run) for run in _runs(words, quoted, followed) if len(run) >= FEWEST_QUOTED),
    )


def _quoted(index: StoryIndex, left: int, right: int, shared: list[int]) -> list[int]:
    """Which of the left sentence's shared words one of the two quotes."""
    if not index.sentences[left].quotes and not index.sentences[right].quotes:
        return []
    ours, theirs = (index.tokens.quoted[index.tokens.of(row)] for row in (left, right))
    inside, words = ours.tolist(), index.words_of(left).tolist()
    told = set(index.words_of(right)[theirs].tolist())
    return [k for k in shared if inside[k] or words[k] in told]


def _runs(words: list[int], chosen: list[int], followed: set[tuple[int, int]]) -> list[list[int]]:
    """The chosen words (places in order) in runs of those that follow each other in the other sentence too."""
    runs: list[list[int]] = []
    for k in chosen:
        if runs and runs[-1][-1] == k - 1 and (words[k - 1], words[k]) in followed:
            runs[-1].append(k)
        else:
            runs.append([k])
    return runs


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST]
