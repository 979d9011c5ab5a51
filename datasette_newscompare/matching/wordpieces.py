"""Text to the word pieces that a BERT encoder reads, with their places in the text.

Method: WordPiece as BERT uses it (Devlin et al., 2019; Wu et al., 2016): lower case, accents off, punctuation apart,
then the longest piece of the vocabulary first. The vocabulary is the one of `bert-base-uncased` (Apache-2.0).
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

LONGEST_WORD = 100
"""A longer run of letters is unknown to the encoder."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The ids that an encoder reads, its start and end marks with them; `starts`, `ends` by id (-1 for the marks)."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, int]:
    """Word piece to id."""
    listed = json.loads((files(__package__) / "wordpieces.json").read_text(encoding="utf-8"))
    return {piece: number for number, piece in enumerate(listed)}


def wordpieces(text: str, most: int) -> Pieces:
    """The word pieces of a text, the first `most` with both marks."""
    known = vocabulary()
    ids, starts, ends = [known["[CLS]"]], [-1], [-1]
    for start, end in _words(text):
        for piece, a, b in _split(text, start, end, known):
            if len(ids) == most - 1:
                break
            ids.append(piece)
            starts.append(a)
            ends.append(b)
    return Pieces((*ids, known["[SEP]"]), (*starts, -1), (*ends, -1))


def _words(text: str) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    start = None
    for i, c in enumerate(text):
        space = c.isspace() or unicodedata.category(c) in ("Cc", "Cf", "Zs")
        alone = not space and _is_punctuation(c)
        if (space or alone) and start is not None:
            out.append((start, i))
            start = None
        if alone:
            out.append((i, i + 1))
        elif not space and start is None:
            start = i
    if start is not None:
        out.append((start, len(text)))
    return out


@lru_cache(maxsize=4096)
def _is_punctuation(c: str) -> bool:
    if c.isascii():
        return not c.isalnum() and not c.isspace()
    return unicodedata.category(c).startswith("P") or 0x4E00 <= ord(c) <= 0x9FFF


def _split(text: str, start: int, end: int, known: dict[str, int]) -> list[tuple[int, int, int]]:
    letters: list[str] = []
    place: list[int] = []
    for i in range(start, end):
        for c in unicodedata.normalize("NFD", text[i].lower()):
            if unicodedata.category(c) != "Mn":
                letters.append(c)
                place.append(i)
    out: list[tuple[int, int, int]] = []
    at = 0
    while at < len(letters):
        stop = len(letters)
        while stop > at:
            piece = ("##" if at else "") + "".join(letters[at:stop])
            if piece in known:
                break
            stop -= 1
        if stop == at or len(letters) > LONGEST_WORD:
            return [(known["[UNK]"], start, end)]
        out.append((known[piece], place[at], place[stop - 1] + 1))
        at = stop
    return out
