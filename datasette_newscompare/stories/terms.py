"""Words of an article as terms: lower case, cut to their stem, numbers in one spelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from wordfreq import get_frequency_dict

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_UNSEEN = 3e-8
"""How often a word occurs that wordfreq does not list: about where its large English list ends."""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The word, lower case, without the endings that English adds to one and the same word.

    Lighter than Porter's: it takes off plural, -ed and -ing, and never tells two names apart less well than that.
    """
    word = word.replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    word = word.replace("'", "").replace(".", "")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith("ing"):
        word = word[:-3]
    elif len(word) > 4 and word.endswith(("ed", "es")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word


def terms(text: str) -> list[str]:
    """The terms of a text in reading order; single letters are left out."""
    return [term for word in _WORD.findall(text) if (term := _term(word))]


@lru_cache(maxsize=200_000)
def _term(word: str) -> str | None:
    if word[0].isdigit():
        return word.replace(",", "")
    stemmed = stem(word.lower())
    return stemmed if len(stemmed) > 1 else None


@lru_cache(maxsize=1)
def _background() -> dict[str, float]:
    """How often each stem occurs in English, a share of all words, from the wordfreq package (Speer, 2022)."""
    shares: defaultdict[str, float] = defaultdict(float)
    for word, share in get_frequency_dict("en").items():
        shares[stem(word)] += share
    return shares


def rarity(
    vocabulary: Iterable[str], counts: np.ndarray, articles: int, *, prior_articles: int = 1000, words: int = 300
) -> np.ndarray:
    """Inverse document frequency of each term, in nats, that holds for two articles as for a hundred thousand.

    `counts` says in how many of the `articles` loaded ones each term stands. To these come `prior_articles` imagined
    ones of `words` words drawn from the language at large, so that it is known in advance which words are rare.
    """
    background = _background()
    shares = np.array([background.get(term, _UNSEEN) for term in vocabulary])
    expected = -np.expm1(-words * shares) * prior_articles
    return -np.log((counts + expected) / (articles + prior_articles))
