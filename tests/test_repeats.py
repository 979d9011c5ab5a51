"""Repeats within one source where it says very much: the same as ever, in bounded time and memory."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from datasette_newscompare.matching import repeats
from datasette_newscompare.matching.index import StoryIndex, build_index
from datasette_newscompare.records import StoryArticle, StorySentence

DAM = (
    "The dam above Kelso broke early on Monday, flooding twelve houses in the lower town.",
    "Mayor Ada Finch said that nobody was hurt.",
    "Engineers had warned of cracks in the wall since the spring.",
)


def one_source(texts: Sequence[str], copies: int = 1) -> StoryIndex:
    articles = []
    for copy in range(copies):
        id = f"a{copy:05}"
        sentences = (
            StorySentence(copy * len(texts) + n, id, "s", n, n, "body", n * 100, text) for n, text in enumerate(texts)
        )
        articles.append(StoryArticle(id, "s", None, tuple(sentences)))
    return build_index(articles)


def test_very_many_sentences_repeat_what_a_few_would(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    words = [f"w{number}" for number in range(300)]
    base = [" ".join(chance.choices(words, k=12)) for _ in range(60)]
    changed = [" ".join([*text.split()[:-1], chance.choice(words)]) for text in base]
    index = one_source([*base, *changed, *base[:20], *changed[:20]])
    plain = repeats.find_repeats(index)
    assert len(plain) >= 90
    monkeypatch.setattr(repeats, "MANY", 10)
    monkeypatch.setattr(repeats, "BLOCK", 7)
    assert repeats.find_repeats(index) == plain


def test_thousands_of_copies_in_one_outlet_all_repeat_the_first() -> None:
    index = one_source(DAM, copies=1_500)
    found = repeats.find_repeats(index)
    assert len(found) == 3 * 1_499
    assert {again.of for again in found} == {0, 1, 2}


def test_thousands_of_sentences_of_one_pattern_are_compared_in_bounded_memory() -> None:
    index = one_source([f"Sentence number {n} says that the mayor of Kelso spent {n} pounds." for n in range(4_000)])
    assert repeats.find_repeats(index) == []
