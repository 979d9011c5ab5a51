"""From sentences to the words that are compared: plain, without endings, numbers in one spelling."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ..records import Quantity, StorySentence
from ..text.words import is_title_case, spans
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
    """What is known of the words (`forms.FORM`), in order of their first place; of one in capitals, or a value, more
    than once."""
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
    starts = np.array(split.starts, dtype=np.int64)
    quoted = split.quoted(sentences, starts)
    as_written = np.array(split.form, dtype=np.int64)
    for at, sentence in enumerate(sentences):
        if sentence.quantities:
            split.put_values(at, sentence)
    forms = split.lexicon.forms[split.forms]
    shouting = np.append(0, np.cumsum(forms["shouting"][as_written]))
    titles = np.array([is_title_case(s.text, s.role) for s in sentences], dtype=bool)
    capitals_tell = (np.diff(shouting[split.first]) <= 0) & ~titles
    left = np.array(split.left, dtype=bool)
    before = np.append(0, np.cumsum(left))
    kept = np.flatnonzero(left & (before[:-1] - before[split.first][row] < MAX_TOKENS))
    row = row[kept]
    first = np.searchsorted(row, np.arange(len(sentences) + 1))
    taken = np.array(split.form, dtype=np.int64)[kept]
    new, form = first_places(taken, len(forms))
    known = forms[taken[new]]
    starts = starts[kept]
    named = known["has_capital"][form] & capitals_tell[row]
    # a capital at the start of a sentence or quotation tells nothing
    asked = np.flatnonzero(named & ~known["is_listed"][form])
    named[asked] = (asked > first[row[asked]]) & ~_opens(split.text, starts[asked])
    offset = np.array(split.offsets)[row]
    return Tokens(
        lexicon=split.lexicon,
        known=known,
        form=form,
        start=starts - offset,
        end=np.array(split.ends, dtype=np.int64)[kept] - offset,
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
        self.text = " ".join([s.text for s in sentences])
        words, self.starts, self.ends = spans(self.text)
        self.offsets = list(accumulate([len(s.text) + 1 for s in sentences], initial=0))
        self.first = [bisect_left(self.starts, offset) for offset in self.offsets]
        """Which of the words is the first of each sentence, and last the number of all words."""
        self.lexicon = lexicon_of(language)
        different = dict.fromkeys(words)
        self.forms = list(map(self.lexicon.plain.__getitem__, different))
        number = dict(zip(different, range(len(different)), strict=True))
        self.form = list(map(number.__getitem__, words))
        """Each word's place in `forms`."""
        for row, sentence in enumerate(sentences):
            if sentence.text.isupper():
                for word in range(self.first[row], self.first[row + 1]):
                    self.put(word, self.lexicon.shouted[words[word]])
        self.left = [True] * len(words)
        """Without words that belong to the number before them."""

    def put(self, word: int, form: int) -> None:
        """Take a word in another form."""
        self.form[word] = len(self.forms)
        self.forms.append(form)

    def quoted(self, sentences: Sequence[StorySentence], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which words begin inside quotation marks that their sentence has; `starts` is where each begins."""
        marks = [
            (row, quote.start + offset - sentence.start, quote.end + offset - sentence.start)
            for row, (sentence, offset) in enumerate(zip(sentences, self.offsets, strict=False))
            for quote in sentence.quotes
        ]
        row, start, end = np.array(marks, dtype=np.int64).reshape(-1, 3).T
        first = np.array(self.first)
        opened, closed = (np.clip(np.searchsorted(starts, place), first[row], first[row + 1]) for place in (start, end))
        count = len(starts) + 1
        depth = np.bincount(opened, minlength=count) - np.bincount(np.maximum(opened, closed), minlength=count)
        return np.asarray(np.cumsum(depth)[:-1] > 0)

    def _within(self, row: int, sentence: StorySentence, part: Quantity) -> range:
        """Which words begin in a part of a sentence."""
        first, stop = self.first[row], self.first[row + 1]
        shift = self.offsets[row] - sentence.start
        at = bisect_left(self.starts, part.start + shift, first, stop)
        return range(at, bisect_left(self.starts, part.end + shift, at, stop))

    def put_values(self, row: int, sentence: StorySentence) -> None:
        """Put the value of each quantity in the place of its number, and drop the words that belong to that."""
        first = self.first[row]
        seen = first - 1
        for quantity in sentence.quantities:
            if quantity.kind not in VALUED or quantity.value is None:
                continue
            for word in self._within(row, sentence, quantity):
                if word <= seen:
                    continue
                seen = word
                before = word - 1
                while before >= first and not self.left[before]:
                    before -= 1
                if self._is("is_magnitude", word) and before >= first and self._is("is_number", before):
                    self.ends[before], self.left[word] = self.ends[word], False
                elif self.text[self.starts[word] : self.ends[word]].lstrip("$£€¥₹USDACNHKZR")[:1].isdigit():
                    self.put(word, self.lexicon.values[quantity.value])

    def _is(self, what: str, word: int) -> bool:
        return bool(self.lexicon.forms[what][self.forms[self.form[word]]])
