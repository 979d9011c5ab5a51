"""A word by itself: plain, without its ending, with what it says that two sentences share it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from math import log10
from threading import RLock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..text.wordlists import listed
from ..text.words import norm, spans
from .irregular import NEGATIONS, NUMBERS, SAME_WORD

KEPT = 200_000
"""Words, and pieces of text, that are kept for when they come again."""

MAGNITUDES = listed("hundred thousand million billion trillion m mn bn tn k percent pct cent dollars pounds euros")
"""Words that belong to the number before them."""

POINTING = listed("he she it they this that these those we i his her their its but and")
"""Words with which a sentence goes on from the one before."""

ALIKE = 5
"""Letters of a stem from which on words that begin with the same are near: `accuse` and `accusation`."""

_SUFFIXES = (
    ("ations", ""), ("ation", ""), ("ments", ""), ("ment", ""), ("nesses", ""), ("ness", ""),
    ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""), ("ied", "y"), ("ies", "y"), ("ed", ""),
    ("ions", ""), ("ion", ""), ("ities", ""), ("ity", ""), ("ives", ""), ("ive", ""), ("ally", ""), ("ly", ""),
    ("ers", ""), ("ors", ""), ("er", ""), ("or", ""), ("als", ""), ("al", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip


@lru_cache(maxsize=KEPT)
def stem(word: str) -> str:
    """A word as `text.words` gives it (`norm`) without its ending, so that `proposed` and `proposal` meet.

    A light suffix stripper: it takes the longest ending that leaves four letters, and undoubles the last consonant.
    """
    if word in SAME_WORD:
        return SAME_WORD[word]
    if word in NUMBERS:
        return NUMBERS[word]
    if word.endswith("n't"):
        return "not"
    word = word.replace("'", "")
    if word[:1].isdigit():
        return word.replace(",", "")
    if len(word) < 5:
        return word[:-1] if len(word) == 4 and word.endswith("s") and word[-2] not in "su" else word
    for ending, instead in _SUFFIXES:
        if word.endswith(ending) and len(word) - len(ending) >= 4 - len(instead):
            if ending == "s" and word.endswith("ss"):
                continue
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


@lru_cache(maxsize=8)
def _frequencies(language: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict

    return get_frequency_dict(language, wordlist="best")


def rarity(word: str, language: str = "en") -> float:
    """How much it says that two sentences share a word: 0 (`the`) to 1 (in less than 3 of 100 million words).

    From the word's share of all words in the `wordfreq` lists (Speer, 2022). Numbers say more, the more digits that
    are not noughts they have.
    """
    if word[:1].isdigit() or word[:1] in "#$£€":
        digits = len([c for c in word.rstrip("0.,%") if c.isdigit()])
        return min(1.0, 0.45 + 0.12 * digits)
    frequency = _frequencies(language).get(word, 0.0) or _frequencies(language).get(word.replace(".", ""), 0.0)
    if frequency <= 0.0:
        return 1.0
    return min(1.0, max(0.0, (6.4 - log10(frequency) - 9) / 4.9))


FORM = np.dtype(
    [
        ("stem", np.int64),
        ("norm", np.int64),
        ("stub", np.int64),
        ("shouting", np.int64),
        ("rarity", np.float32),
        ("has_capital", np.bool_),
        ("is_number", np.bool_),
        ("is_magnitude", np.bool_),
        ("is_negation", np.bool_),
        ("is_pointing", np.bool_),
        ("is_listed", np.bool_),
    ]
)
"""What is known of a word by itself.

`stem` is what is compared, as a number, `norm` what all its spellings share, and `stub` how its stem begins: equal
where two words' are. `rarity` is that in the language, see `rarity`. `shouting` is five times its capitals less three
times its letters: added up over words it is above 0 where more than three in five of all letters are capitals.
`is_magnitude`: whether it belongs to the number before it. `is_listed`: whether `irregular.py` lists it; then its
capital marks a name even at the start of a sentence.
"""

PIECE = np.dtype([("first", np.int64), ("count", np.int64), ("length", np.int64)])
"""What stands between two spaces: the place of its first word among `parts`, how many it has, and its characters."""
PART = np.dtype([("form", np.int64), ("start", np.int64), ("end", np.int64)])
"""A word of such a piece, by its number, and its place in it."""

Key = TypeVar("Key", bound=Hashable)


class _Table:
    """Rows that are added one by one and looked up many at once."""

    def __init__(self, of: np.dtype[np.void]) -> None:
        self.rows: NDArray[np.void] = np.zeros(1024, dtype=of)
        """Grows: ask for it after the last row was added."""
        self.size = 0

    def add(self, row: tuple[Any, ...]) -> int:
        if self.size == len(self.rows):
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.rows[self.size] = row
        self.size += 1
        return self.size - 1


class _Numbers(dict[Key, int]):
    """The number of each key that was asked for, which `add` gives it the first time."""

    def __init__(self, add: Callable[[Key], int], lock: RLock) -> None:
        self.add, self.lock = add, lock

    def __missing__(self, key: Key) -> int:
        with self.lock:
            if key not in self:
                self[key] = self.add(key)
        return self[key]


class Lexicon:
    """The words of one language that were asked for so far. Each has a number: its row of `forms`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.stems: list[str] = []
        """By number."""
        self._stem: dict[str, int] = {}
        self._norm: dict[str, int] = {}
        self._stub: dict[str, int] = {}
        self._forms, self._pieces, self._parts = _Table(FORM), _Table(PIECE), _Table(PART)
        lock = RLock()
        self.plain: _Numbers[str] = _Numbers(lambda word: self._add_word(word, False), lock)
        """The number of a word as it stands in a plain text."""
        self.shouted: _Numbers[str] = _Numbers(lambda word: self._add_word(word, True), lock)
        """The same in a text of which all is in capitals."""
        self.values = _Numbers(self._add_value, lock)
        """The number of what stands for all spellings of a value."""
        self.pieces = _Numbers(self._add_piece, lock)
        """The number of a text without spaces among `split`."""

    @property
    def is_full(self) -> bool:
        return max(self._forms.size, self._pieces.size) >= KEPT

    @property
    def forms(self) -> NDArray[np.void]:
        """What is known of each word (`FORM`) that was asked for."""
        return self._forms.rows

    def split(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The words of a text by number, and where each starts and ends."""
        # no word has a space in it, and most of what stands between two spaces has been seen before
        pieces = text.split(" ")
        numbers = np.fromiter(map(self.pieces.__getitem__, pieces), dtype=np.int64, count=len(pieces))
        found = self._pieces.rows[numbers]
        count = found["count"]
        ends = np.cumsum(found["length"] + 1)
        shift = np.repeat(ends - found["length"] - 1, count)
        parts = self._parts.rows[np.arange(len(shift)) + np.repeat(found["first"] - np.cumsum(count) + count, count)]
        return parts["form"], parts["start"] + shift, parts["end"] + shift

    def _add_piece(self, piece: str) -> int:
        words, starts, ends = spans(piece)
        forms = [self.plain[word] for word in words]
        first = self._parts.size
        for row in zip(forms, starts, ends, strict=True):
            self._parts.add(row)
        return self._pieces.add((first, len(words), len(piece)))

    def _add_word(self, word: str, shouted: bool) -> int:
        normal = norm(word, shouted)
        stemmed = stem(normal)
        return self._add(
            stemmed,
            normal,
            5 * sum(map(str.isupper, word)) - 3 * sum(map(str.isalpha, word)),
            rarity(normal, self.language),
            any(map(str.isupper, word)),
            stemmed[:1].isdigit(),
            normal in MAGNITUDES,
            normal in NEGATIONS or stemmed == "not",
            stemmed in POINTING,
            normal in SAME_WORD,
        )

    def _add_value(self, value: float) -> int:
        written = f"#{value:g}"
        return self._add(written, written, 0, rarity(written), False, True, False, False, False, False)

    def _add(self, stemmed: str, normal: str, *known: float) -> int:
        if stemmed not in self._stem:
            self._stem[stemmed] = len(self.stems)
            self.stems.append(stemmed)
        return self._forms.add(
            (
                self._stem[stemmed],
                self._norm.setdefault(normal, len(self._norm)),
                self._stub.setdefault(stemmed[:ALIKE], len(self._stub)),
                *known,
            )
        )


_lexicons: dict[str, Lexicon] = {}


def lexicon_of(language: str) -> Lexicon:
    """The words of a language that were asked for so far; a new one where they have become too many."""
    known = _lexicons.get(language)
    if known is None or known.is_full:
        known = _lexicons[language] = Lexicon(language)
    return known
