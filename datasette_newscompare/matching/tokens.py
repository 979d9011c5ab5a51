"""From a sentence to the words that are compared: plain, without endings, numbers in one spelling."""

from __future__ import annotations

from functools import lru_cache
from math import log10
from typing import NamedTuple

from ..records import StorySentence
from ..text.wordlists import listed
from ..text.words import words
from .irregular import NEGATIONS, NUMBERS, SAME_WORD

MAX_TOKENS = 96
"""Words looked at in one sentence; a longer one is nearly always a list or a caption."""

VALUED = frozenset({"money", "percent", "count", "measure", "duration", "age"})
"""Quantities that are compared by value; dates and times are compared by their words."""

MAGNITUDES = listed("hundred thousand million billion trillion m mn bn tn k percent pct cent dollars pounds euros")
"""Words that belong to the number before them."""

_OPENING = frozenset('"“.:')

_SUFFIXES = (
    ("ations", ""), ("ation", ""), ("ments", ""), ("ment", ""), ("nesses", ""), ("ness", ""),
    ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""), ("ied", "y"), ("ies", "y"), ("ed", ""),
    ("ions", ""), ("ion", ""), ("ities", ""), ("ity", ""), ("ives", ""), ("ive", ""), ("ally", ""), ("ly", ""),
    ("ers", ""), ("ors", ""), ("er", ""), ("or", ""), ("als", ""), ("al", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip


class Token(NamedTuple):
    """A word of a sentence: `stem` is what is compared; `start` and `end` count in the sentence."""

    stem: str
    norm: str
    start: int
    end: int
    is_name: bool
    is_number: bool
    is_quoted: bool
    is_negation: bool


@lru_cache(maxsize=200_000)
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


@lru_cache(maxsize=200_000)
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


@lru_cache(maxsize=200_000)
def _known(written: str, norm: str) -> tuple[str, bool, bool, bool]:
    """A word's stem, and whether it has a capital, is a number, and negates."""
    stemmed = stem(norm)
    return stemmed, written != written.lower(), stemmed[:1].isdigit(), norm in NEGATIONS or stemmed == "not"


def tokenise(sentence: StorySentence) -> list[Token]:
    """The words of a sentence in order, with what is known of each from the sentence alone.

    The words of a quantity that has a value count as one: `$500bn` and `$500 billion` are both `#5e+11`.
    """
    text = sentence.text
    shouted = text.isupper() or sum(map(str.isupper, text)) > 0.6 * sum(map(str.isalpha, text))
    valued = [
        (q.start - sentence.start, q.end - sentence.start, q)
        for q in sentence.quantities
        if q.kind in VALUED and q.value is not None
    ]
    quoted = [(q.start - sentence.start, q.end - sentence.start) for q in sentence.quotes]
    tokens: list[Token] = []
    for start, end, written, norm in words(text):
        within = next((q for a, b, q in valued if a <= start < b), None) if valued else None
        inside_quote = bool(quoted) and any(a <= start < b for a, b in quoted)
        if within is not None and norm in MAGNITUDES and tokens and tokens[-1].is_number:
            tokens[-1] = tokens[-1]._replace(end=end)
            continue
        if within is not None and written.lstrip("$£€¥₹USDACNHKZR")[:1].isdigit():
            value = f"#{within.value:g}"
            tokens.append(Token(value, value, start, end, False, True, inside_quote, False))
        else:
            stemmed, is_name, is_number, negates = _known(written, norm)
            if is_name and (shouted or norm not in SAME_WORD):
                # a capital at the start of a sentence or quotation tells nothing
                is_name = not shouted and bool(tokens) and text[max(0, start - 2) : start].strip() not in _OPENING
            tokens.append(Token(stemmed, norm, start, end, is_name, is_number, inside_quote, negates))
        if len(tokens) == MAX_TOKENS:
            break
    return tokens
