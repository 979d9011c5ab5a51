"""From a sentence to the words that are compared: plain, without endings, numbers in one spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log10
from typing import NamedTuple, cast

from ..records import Quantity, StorySentence
from ..text.wordlists import listed
from ..text.words import is_title_case, norm, spans
from .irregular import NEGATIONS, NUMBERS, SAME_WORD

FORMS_KEPT = 200_000
"""Words that are kept for when they come again."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What is known of a word by itself. One object stands for all places of the same word."""

    stem: str
    """What is compared."""
    norm: str
    capitals: int
    letters: int
    is_number: bool
    is_negation: bool


class Tokens(NamedTuple):
    """The words of a sentence in order; `spans` count in the sentence, `names` and `quoted` are places among them."""

    forms: list[Form]
    spans: list[tuple[int, int]]
    names: list[int]
    quoted: list[int]
    capitals_tell: bool
    """Whether a capital marks a name: it does not where all or most words have one, as in many headlines."""


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


class _Forms(dict[str, Form]):
    """The form of each word that was asked for, as it stands in a plain text."""

    def __init__(self, shouted: bool) -> None:
        self.shouted = shouted

    def __missing__(self, word: str) -> Form:
        if len(self) >= FORMS_KEPT:
            self.clear()
        normal = norm(word, self.shouted)
        stemmed = stem(normal)
        self[word] = form = Form(
            stemmed,
            normal,
            capitals=sum(map(str.isupper, word)),
            letters=sum(map(str.isalpha, word)),
            is_number=stemmed[:1].isdigit(),
            is_negation=normal in NEGATIONS or stemmed == "not",
        )
        return form


_FORMS, _SHOUTED = _Forms(False), _Forms(True)


@lru_cache(maxsize=200_000)
def _value_form(value: float) -> Form:
    written = f"#{value:g}"
    return Form(written, written, capitals=0, letters=0, is_number=True, is_negation=False)


def tokenise(sentence: StorySentence) -> Tokens:
    """The words of a sentence in order, with what is known of each from the sentence alone.

    The words of a quantity that has a value count as one: `$500bn` and `$500 billion` are both `#5e+11`.
    """
    text = sentence.text
    words, places = spans(text)
    known = _SHOUTED if text.isupper() else _FORMS
    forms = [known[word] for word in words]
    capitals = sum([form.capitals for form in forms])
    shouted = capitals > 0.6 * sum([form.letters for form in forms])
    capitals_tell = not (shouted or is_title_case(text, sentence.role))
    if valued := [q for q in sentence.quantities if q.kind in VALUED and q.value is not None]:
        forms, places = _with_values(text, forms, places, valued, sentence.start)
    forms, places = forms[:MAX_TOKENS], places[:MAX_TOKENS]
    with_capital = [k for k, form in enumerate(forms) if form.capitals] if capitals and capitals_tell else []
    # a capital at the start of a sentence or quotation tells nothing
    names = [k for k in with_capital if forms[k].norm in SAME_WORD or (k and not _opens(text, places[k][0]))]
    quoted = [(q.start - sentence.start, q.end - sentence.start) for q in sentence.quotes]
    inside = {k for a, b in quoted for k, (start, _) in enumerate(places) if a <= start < b}
    return Tokens(forms, places, names, sorted(inside), capitals_tell)


def _opens(text: str, start: int) -> bool:
    """Whether what stands before a word says that something begins with it."""
    return text[max(0, start - 2) : start].strip() in _OPENING


def _with_values(
    text: str, forms: list[Form], places: list[tuple[int, int]], valued: Sequence[Quantity], offset: int
) -> tuple[list[Form], list[tuple[int, int]]]:
    """The words with those of each quantity as one word, which is its value."""
    kept: list[Form] = []
    at: list[tuple[int, int]] = []
    for form, (start, end) in zip(forms, places, strict=True):
        within = next((q for q in valued if q.start <= start + offset < q.end), None)
        if within is not None and form.norm in MAGNITUDES and kept and kept[-1].is_number:
            at[-1] = at[-1][0], end
            continue
        if within is not None and text[start:end].lstrip("$£€¥₹USDACNHKZR")[:1].isdigit():
            form = _value_form(cast(float, within.value))
        kept.append(form)
        at.append((start, end))
    return kept, at
