"""Words of an article as terms: lower case, cut to their stem, numbers in one spelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from wordfreq import get_frequency_dict

_WORD = re.compile(
    r"""[A-Za-z][a-z][^\W\d_]*(?:['’][^\W\d_]+)*
  | (?=\w)(?:(?:[^\W\d_]\.){2,} | [^\W\d_]+(?:['’][^\W\d_]+)* | \d+(?:[.,]\d+)*)""",
    re.VERBOSE,
)
PIECES_KEPT = 200_000
"""What stands between two white spaces, of which so many are kept for when they come again."""
_UNSEEN = 3e-8
"""How often a word occurs that wordfreq does not list: about where its large English list ends."""


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


class Numbered(dict[str, int]):
    """A number for each term that is asked for, in the order in which they come."""

    def __init__(self) -> None:
        super().__init__()
        self.is_figure: list[bool] = []
        """By number, whether the term is made of digits."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        self.is_figure.append(term[0].isdigit())
        return number


class TermNumbers:
    """The terms of texts as the numbers of `columns`, to which a term is added where it comes first."""

    def __init__(self, columns: Numbered) -> None:
        self._of_piece = _OfPiece(columns)

    def __call__(self, text: str) -> list[int]:
        """In reading order; single letters are left out."""
        several = self._of_piece.several
        found: list[int] = []
        for number in map(self._of_piece.__getitem__, text.split()):
            if number >= 0:
                found.append(number)
            else:
                found += several[~number]
        return found


class _OfPiece(dict[str, int]):
    """The number of the term that stands between two white spaces; where that is not one term, the place of its terms
    in `several`, inverted (`~`)."""

    def __init__(self, columns: Numbered) -> None:
        super().__init__()
        self._columns = columns
        self.several: list[list[int]] = []

    def __missing__(self, piece: str) -> int:
        if len(self) >= PIECES_KEPT:
            self.clear()
            self.several.clear()
        numbers = [self._columns[term] for term in _terms(piece)]
        if len(numbers) == 1:
            self[piece] = numbers[0]
        else:
            self[piece] = ~len(self.several)
            self.several.append(numbers)
        return self[piece]


@lru_cache(maxsize=PIECES_KEPT)
def _terms(piece: str) -> tuple[str, ...]:
    """The terms of a text, in reading order."""
    terms = [word.replace(",", "") if word[0].isdigit() else stem(word.lower()) for word in _WORD.findall(piece)]
    return tuple([term for term in terms if len(term) > 1 or term.isdigit()])


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
