"""From sentences to the words that are compared: plain, without endings, numbers in one spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Quantity, Quote, StorySentence
from ..text.words import is_title_case, plain
from .forms import Lexicon, lexicon_of

MAX_TOKENS = 96
"""Words looked at in one sentence; a longer one is nearly always a list or a caption."""

VALUED = frozenset({"money", "percent", "count", "measure", "duration", "age"})
"""Quantities that are compared by value; dates and times are compared by their words."""

FEW = 1 << 20
"""Numbers of which each has a place in a table of all."""

_OPENING = frozenset('"“.:')
_LAST_SPACE = 0x3000
_BESIDE = np.array([2 if chr(c) in _OPENING else chr(c).isspace() for c in range(_LAST_SPACE + 2)], dtype=np.uint8)
"""By character: 2 where it opens something, 1 where it is white space; the last one stands for all after it."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The words of sentences in order, one sentence after the other."""

    lexicon: Lexicon
    known: NDArray[np.void]
    """What is known of the words (`forms.FORM`), in order of their first place."""
    form: NDArray[np.int64]
    """The number of each word in `known`."""
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    """Place in its sentence."""
    first: NDArray[np.int64]
    """Which of the words is the first of each sentence, and last the number of all words."""
    named: NDArray[np.bool_]
    """Whether a word has a capital that marks a name: not the one that a sentence or quotation begins with."""
    quoted: NDArray[np.bool_]
    """Whether a word stands inside quotation marks."""
    capitals_tell: NDArray[np.bool_]
    """By sentence, whether a capital marks a name: not where all or most words have one, as in many headlines."""

    def of(self, row: int) -> slice:
        """The places of a sentence's words among all."""
        return slice(int(self.first[row]), int(self.first[row + 1]))

    def stems(self, row: int) -> list[str]:
        """A sentence's words as they are compared."""
        return [self.lexicon.stems[k] for k in self.known["stem"][self.form[self.of(row)]].tolist()]

    def spans(self, row: int) -> list[tuple[int, int]]:
        """Where each word of a sentence starts and ends in it."""
        of = self.of(row)
        return list(zip(self.start[of].tolist(), self.end[of].tolist(), strict=True))


def tokenise(sentences: Sequence[StorySentence], language: str = "en") -> Tokens:
    """The words of sentences in order, with what is known of each word from its sentence alone.

    The words of a quantity that has a value count as one: `$500bn` and `$500 billion` are both `#5e+11`. Of a sentence
    the first `MAX_TOKENS` words are looked at.
    """
    split = _Split(sentences, language)
    row = np.repeat(np.arange(len(sentences)), np.diff(split.first))
    quoted = split.quoted()
    shouting = np.append(0, np.cumsum(split.lexicon.forms["shouting"][split.form]))
    titles = np.array([is_title_case(s.text, s.role) for s in sentences], dtype=bool)
    capitals_tell = (np.diff(shouting[split.first]) <= 0) & ~titles
    split.put_values()
    before = np.append(0, np.cumsum(split.left))
    kept = np.flatnonzero(split.left & (before[:-1] - before[split.first][row] < MAX_TOKENS))
    row, taken, starts = row[kept], split.form[kept], split.starts[kept]
    first = np.searchsorted(row, np.arange(len(sentences) + 1))
    forms = split.lexicon.forms
    new, form = first_places(taken, len(forms))
    known = forms[taken[new]]
    named = known["has_capital"][form] & capitals_tell[row]
    # a capital at the start of a sentence or quotation tells nothing
    asked = np.flatnonzero(named & ~known["is_listed"][form])
    named[asked] = (asked > first[row[asked]]) & ~_opens(split.text, starts[asked])
    offset = split.offsets[row]
    return Tokens(
        lexicon=split.lexicon,
        known=known,
        form=form,
        start=starts - offset,
        end=split.ends[kept] - offset,
        first=first,
        named=named,
        quoted=quoted[kept],
        capitals_tell=capitals_tell,
    )


def first_places(keys: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places where each different key comes first, in order; and for each key which of these it is.

    Keys are numbers from 0 to below `count`.
    """
    if count > FEW:
        _, keys = np.unique(keys, return_inverse=True)
        count = len(keys)
    places = np.arange(len(keys))
    table = np.empty(count, dtype=np.int64)
    table[keys[::-1]] = places[::-1]  # of several places of a key the last one stays: its first
    new = np.flatnonzero(table[keys] == places)
    table[keys[new]] = places[: len(new)]
    return new, table[keys]


def _opens(text: str, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether one of the two characters before a place opens something, and the other, if any, is white space."""
    there = _BESIDE[np.minimum(np.frombuffer(f"  {text}".encode("utf-32-le", "surrogatepass"), "<u4"), _LAST_SPACE + 1)]
    return there[starts] + there[starts + 1] == 3


class _Split:
    """The words of sentences, which are split as one text: a word ends at the latest with its sentence."""

    def __init__(self, sentences: Sequence[StorySentence], language: str) -> None:
        self.sentences = sentences
        self.text = " ".join([s.text for s in sentences])
        self.lexicon = lexicon_of(language)
        self.form, self.starts, self.ends = self.lexicon.split(self.text)
        """Each word by its number, and its place in the text."""
        self.offsets = np.cumsum([0, *[len(s.text) + 1 for s in sentences]])
        self.first = np.searchsorted(self.starts, self.offsets)
        """Which of the words is the first of each sentence, and last the number of all words."""
        self.left = np.ones(len(self.form), dtype=bool)
        """Without words that belong to the number before them."""
        for row, sentence in enumerate(sentences):
            if sentence.text.isupper():
                shown = plain(self.text[self.offsets[row] : self.offsets[row + 1]])
                for word in range(self.first[row], self.first[row + 1]):
                    start, end = self.starts[word] - self.offsets[row], self.ends[word] - self.offsets[row]
                    self.form[word] = self.lexicon.shouted[shown[start:end]]

    def _within(self, parts: Sequence[tuple[int, Quote | Quantity]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first word that begins in each part of a sentence, given by row, and the first after it that does not."""
        places = [(row, part.start, part.end, self.sentences[row].start) for row, part in parts]
        row, start, end, shift = np.array(places, dtype=np.int64).reshape(-1, 4).T
        shift = self.offsets[row] - shift
        opened, closed = (
            np.clip(np.searchsorted(self.starts, place + shift), self.first[row], self.first[row + 1])
            for place in (start, end)
        )
        return opened, np.maximum(opened, closed)

    def quoted(self) -> NDArray[np.bool_]:
        """Which words begin inside quotation marks that their sentence has."""
        marks = [(row, quote) for row, sentence in enumerate(self.sentences) for quote in sentence.quotes]
        count = len(self.form) + 1
        opened, closed = (np.bincount(places, minlength=count) for places in self._within(marks))
        return np.asarray(np.cumsum(opened - closed)[:-1] > 0)

    def put_values(self) -> None:
        """Put the value of each quantity in the place of its number, and drop the words that belong to that."""
        valued = [
            (row, quantity)
            for row, sentence in enumerate(self.sentences)
            for quantity in sentence.quantities
            if quantity.kind in VALUED and quantity.value is not None
        ]
        seen = -1
        for (row, quantity), start, stop in zip(valued, *self._within(valued), strict=True):
            for word in range(max(start, seen + 1), stop):
                seen = word
                before = word - 1
                while before >= self.first[row] and not self.left[before]:
                    before -= 1
                if before >= self.first[row] and self._is("is_magnitude", word) and self._is("is_number", before):
                    self.ends[before], self.left[word] = self.ends[word], False
                elif self.text[self.starts[word] : self.ends[word]].lstrip("$£€¥₹USDACNHKZR")[:1].isdigit():
                    self.form[word] = self.lexicon.values[quantity.value or 0.0]

    def _is(self, what: str, word: int) -> bool:
        return bool(self.lexicon.forms[what][self.form[word]])
