"""Words as the matcher and the word-level marks of the pages see them. Standard library only: serving imports this."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from .wordlists import listed

_PLAIN = {
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛′ʼ＇´`", "'"),
    **dict.fromkeys("–—‒―−‐‑", "-"),
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "),
    **dict.fromkeys("\u3000\t\r\n\v\f\u0085\u2028\u2029\u200b\ufeff", " "),
    # The only letters beyond ASCII that patterns without regard to case take for one of ASCII's; looking up what
    # such a pattern found would fail.
    **{"ſ": "s", "ı": "i", "İ": "I", "\u212a": "K"},
}
_NOT_PLAIN = re.compile(f"[{''.join(_PLAIN)}]")

_WORD = re.compile(
    r"""(
    [A-Za-z][a-z][^\W_]*(?:'[^\W_]+)*                       # most words: what is below finds the same, more slowly
  | (?=[\w$£€¥₹])(?:
      (?:[^\W\d_]\.){2,}(?:[^\W\d_](?![\w']))?             # U.S., a.m., U.S.A
    | (?:[A-Z]{0,3}[$£€¥₹])?\d+(?:[.,:/]\d+)*(?:[^\W_]+|%)?  # $500bn, 1,200.5, 5%, 10:45, 9/11, 21st
    | [^\W_]+(?:'[^\W_]+)*                                  # resources, it's, O'Rourke
    ))""",
    re.VERBOSE,
)
_CONTRACTED = listed("it's he's she's that's what's who's there's here's let's where's how's when's one's")
_LETTERS = re.compile(r"[^\W\d_]+")
LONGEST_KEPT = 1000
"""Characters of a text whose words are kept for when they are asked for again."""
# Abbreviations that would read as another word once lower-cased.
_AMBIGUOUS = frozenset({"us", "it", "who", "am", "pm"})


class Word(NamedTuple):
    """One word with its place; `norm` is what two spellings of the same word share."""

    start: int
    end: int
    text: str
    norm: str


def plain(text: str) -> str:
    """The text with quotation marks, dashes, white space and look-alike letters made plain; offsets stay true."""
    return _NOT_PLAIN.sub(lambda mark: _PLAIN[mark[0]], text)


def normalise(text: str) -> str:
    """The text made plain as in `plain`, with every run of white space as one space and none at the ends."""
    return " ".join(plain(text).split())


def words(text: str, offset: int = 0) -> list[Word]:
    """The words of the text in order; `offset` is added to their places.

    Numbers keep their separators and signs ("$500bn", "5%", "1,200.5"), hyphenated words come apart. `norm` is
    casefolded, without accents and without a possessive 's; "U.S." and "US" are "u.s.", which the pronoun "us" is not.
    """
    found = _kept_words(text) if len(text) <= LONGEST_KEPT else _words(text)
    if offset:
        return [Word(start + offset, end + offset, word, norm) for start, end, word, norm in found]
    return list(found)


def norms(text: str) -> tuple[str, ...]:
    """What the words of the text share with other spellings of the same words, in order: the `norm` of each."""
    return _kept_norms(text) if len(text) <= LONGEST_KEPT else _norms(text)


def spans(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of the text as they stand in `plain(text)`, where each starts, and where each ends."""
    parts = _WORD.split(plain(text))  # by turns what stands between words, and a word
    ends = list(accumulate(map(len, parts)))
    return parts[1::2], ends[:-1:2], ends[1::2]


def is_title_case(text: str, role: str) -> bool:
    """Whether most words of a headline or subheading are capitalised, so that capitals mark no names."""
    if role not in ("headline", "standfirst") and (len(text) > 100 or text.rstrip()[-1:] in '.!?"”'):
        return False
    longer = [word for word in _LETTERS.findall(text) if len(word) > 3]
    return len(longer) >= 3 and sum(word[0].isupper() for word in longer) >= 0.7 * len(longer)


def _words(text: str) -> tuple[Word, ...]:
    shouted = text.isupper()
    return tuple(
        [Word(start, end, text[start:end], norm(word, shouted)) for word, start, end in zip(*spans(text), strict=True)]
    )


def _norms(text: str) -> tuple[str, ...]:
    shouted = text.isupper()
    return tuple([norm(word, shouted) for word in _WORD.findall(plain(text))])


# A story's sentences are read several times over: for what they share, and for each way in which they differ.
_kept_words = lru_cache(maxsize=4096)(_words)
_kept_norms = lru_cache(maxsize=4096)(_norms)


@lru_cache(maxsize=100_000)
def norm(word: str, shouted: bool) -> str:
    """What two spellings of the same word share; `word` as it stands in a plain text, which is `shouted` where all of
    it is in capitals."""
    if word.isascii() and word.isalpha() and not word.isupper():
        return word.lower()
    folded = word.casefold()
    if not folded.isascii():
        folded = _without_accents(folded)
    if "'" in folded:
        if folded.endswith("'s") and folded not in _CONTRACTED:
            folded, word = folded[:-2], word[:-2]
        elif folded.endswith("'"):
            folded, word = folded[:-1], word[:-1]
    dotted = "." in folded and folded[0].isalpha()
    if dotted:
        folded = folded.replace(".", "")
    if folded in _AMBIGUOUS and (dotted or (word.isupper() and not shouted)):
        return "".join(letter + "." for letter in folded)
    return folded


def _without_accents(word: str) -> str:
    """Latin letters without their accents; letters of other scripts stay, where a mark makes another letter."""
    kept = []
    for letter in word:
        base = unicodedata.normalize("NFKD", letter)
        kept.append(base[0] if len(base) > 1 and base[0].isascii() and base[0].isalpha() else letter)
    return "".join(kept)
