"""A word by itself: plain, without its ending, with what it says that two sentences share it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log10

from ..text.words import norm
from .irregular import NEGATIONS, NUMBERS, SAME_WORD

KEPT = 200_000
"""Words that are kept for when they come again."""

_SUFFIXES = (
    ("ations", ""), ("ation", ""), ("ments", ""), ("ment", ""), ("nesses", ""), ("ness", ""),
    ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""), ("ied", "y"), ("ies", "y"), ("ed", ""),
    ("ions", ""), ("ion", ""), ("ities", ""), ("ity", ""), ("ives", ""), ("ive", ""), ("ally", ""), ("ly", ""),
    ("ers", ""), ("ors", ""), ("er", ""), ("or", ""), ("als", ""), ("al", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What is known of a word by itself."""

    stem: str
    """What is compared."""
    norm: str
    rarity: float
    """In the language, see `rarity`."""
    has_capital: bool = False
    shouting: int = 0
    """Five times its capitals less three times its letters: added up over words it is above 0 where more than three in
    five of all letters are capitals."""
    is_number: bool = False
    is_negation: bool = False
    is_listed: bool = False
    """Whether `irregular.py` lists it; its capital marks a name even at the start of a sentence."""


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


class Forms(dict[str, Form]):
    """The form of each word that was asked for, as it stands in a plain text, which is `shouted` where all of it is in
    capitals."""

    def __init__(self, language: str, shouted: bool) -> None:
        self.language, self.shouted = language, shouted

    def __missing__(self, word: str) -> Form:
        if len(self) >= KEPT:
            self.clear()
        normal = norm(word, self.shouted)
        stemmed = stem(normal)
        self[word] = form = Form(
            stemmed,
            normal,
            rarity(normal, self.language),
            has_capital=any(map(str.isupper, word)),
            shouting=5 * sum(map(str.isupper, word)) - 3 * sum(map(str.isalpha, word)),
            is_number=stemmed[:1].isdigit(),
            is_negation=normal in NEGATIONS or stemmed == "not",
            is_listed=normal in SAME_WORD,
        )
        return form


@lru_cache(maxsize=8)
def forms_of(language: str, shouted: bool) -> Forms:
    """The forms of a language's words that were asked for so far."""
    return Forms(language, shouted)


@lru_cache(maxsize=KEPT)
def value_form(value: float) -> Form:
    """What stands for all spellings of a value."""
    written = f"#{value:g}"
    return Form(written, written, rarity(written), is_number=True)
