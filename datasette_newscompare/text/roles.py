"""What part each sentence plays in its article: headline, standfirst, caption, body or boilerplate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from .furniture import BOILERPLATE, BYLINE, CAPTION_START, CREDIT, CREDIT_AT_END, LONGEST_FURNITURE
from .segment import Span
from .wordlists import listed
from .words import words

_HEADING_MARK = re.compile(r"[\s>]*(?:#{1,6}\s|\*\*|__(?=\w))")
_SMALL_WORDS = listed(
    "a an the and or but nor of in on at by for to from with as is into over after amid vs via than that its his her be"
)
_TOP = 6
"""Paragraphs from the top among which a headline may stand."""
_LONGEST_HEADLINE = 30
_LONGEST_STANDFIRST = 45
_LONGEST_CAPTION = 1200


def roles(text: str, spans: Sequence[Span], title: str | None = None) -> list[str]:
    """A role for each sentence of `text`. `title` is the article's given title, if it has one.

    A given title that stands near the top is the headline, as is its repetition; without a title the headline is
    found by its form. A sentence is furniture or a caption only where the whole of it reads so.
    """
    paragraphs = [list(group) for _, group in groupby(range(len(spans)), key=lambda i: spans[i].paragraph)]
    found = ["body"] * len(spans)
    for part in paragraphs:
        _mark_furniture(text, spans, part, found)
    _mark_headlines(text, spans, paragraphs, found, title)
    return found


def _piece(text: str, spans: Sequence[Span], part: Sequence[int]) -> str:
    return text[spans[part[0]].start : spans[part[-1]].end]


def _mark_furniture(text: str, spans: Sequence[Span], part: list[int], found: list[str]) -> None:
    whole = _piece(text, spans, part)
    role = _furniture(whole)
    if role is None and len(whole) <= _LONGEST_CAPTION and len(part) <= 4 and _is_caption(text, spans, part):
        role = "caption"
    for i in part:
        found[i] = role or _furniture(text[spans[i].start : spans[i].end]) or "body"


def _furniture(piece: str) -> str | None:
    """The role of a short stretch that is nothing but furniture or a credit, or None."""
    if len(piece) > LONGEST_FURNITURE:
        return None
    if CREDIT.fullmatch(piece):
        return "caption"
    if BOILERPLATE.fullmatch(piece) or BYLINE.fullmatch(piece):
        return "boilerplate"
    return None


def _is_caption(text: str, spans: Sequence[Span], part: Sequence[int]) -> bool:
    """Whether a paragraph is a picture's caption: it begins like one, or a credit ends it."""
    whole = _piece(text, spans, part)
    if CAPTION_START.match(whole):
        return True
    last = text[spans[part[-1]].start : spans[part[-1]].end]
    return bool(CREDIT_AT_END.fullmatch(last) or (len(part) > 1 and CREDIT.fullmatch(last)))


def _mark_headlines(
    text: str, spans: Sequence[Span], paragraphs: list[list[int]], found: list[str], title: str | None
) -> None:
    top = [n for n, part in enumerate(paragraphs[:_TOP]) if found[part[0]] == "body"]
    pieces = [_piece(text, spans, paragraphs[n]) for n in top]
    if title:
        wanted = _norms(title)
        heads = [n for n, piece in zip(top, pieces, strict=True) if wanted and _norms(piece) == wanted]
    else:
        heads = [n for n in top if _is_marked(text, spans[paragraphs[n][0]].start)][:2]
        if len(heads) == 2 and _norms(_piece(text, spans, paragraphs[heads[0]])) != _norms(
            _piece(text, spans, paragraphs[heads[1]])
        ):
            heads = heads[:1]
        if not heads and top and top[0] == 0 and len(paragraphs) > 1 and _reads_as_headline(text, spans, paragraphs[0]):
            heads = [0]
    if not heads:
        return
    for n in heads:
        for i in paragraphs[n]:
            found[i] = "headline"
    for n in top:
        if n < heads[0] and len(words(_piece(text, spans, paragraphs[n]))) <= _LONGEST_STANDFIRST:
            for i in paragraphs[n]:
                found[i] = "standfirst"
    after = heads[-1] + 1
    if after < len(paragraphs) and _is_standfirst(text, spans, paragraphs, after, found):
        for i in paragraphs[after]:
            found[i] = "standfirst"


def _norms(piece: str) -> list[str]:
    return [word.norm for word in words(piece)]


def _is_marked(text: str, start: int) -> bool:
    """Whether the line on which a sentence starts is marked as a heading."""
    line = text.rfind("\n", 0, start) + 1
    return bool(_HEADING_MARK.match(text, line, start + 1)) and line < start


def _reads_as_headline(text: str, spans: Sequence[Span], part: Sequence[int]) -> bool:
    """A first line in title case or capitals, or one without a final point that is no start of a report."""
    piece = _piece(text, spans, part)
    found = words(piece)
    if len(part) > 2 or not 3 <= len(found) <= _LONGEST_HEADLINE:
        return False
    if piece.isupper():
        return True
    long = [w.text for w in found if w.norm not in _SMALL_WORDS and not w.text[0].isdigit()]
    if len(long) >= 3 and sum(w[0].isupper() for w in long) >= 0.8 * len(long):
        return True
    bare = piece.rstrip("\"”’'")
    spoken = piece[0] in '"“' and bare != piece
    return bare[-1] not in ".!:,;…" and len(found) <= 26 and not spoken


def _is_standfirst(
    text: str, spans: Sequence[Span], paragraphs: Sequence[Sequence[int]], n: int, found: Sequence[str]
) -> bool:
    """Whether a short sentence under the headline is a summary: the paragraphs below are longer, or it has no point."""
    part = paragraphs[n]
    if found[part[0]] != "body" or len(part) > 2:
        return False
    piece = _piece(text, spans, part)
    count = len(words(piece))
    if count > _LONGEST_STANDFIRST or "“" in piece or '"' in piece or re.match(r"[A-Z][A-Z/ ,.]{3,40}[-–—(]", piece):
        return False
    body = [p for p in paragraphs[n + 1 :] if found[p[0]] == "body"]
    if not body:
        return False
    if piece[-1] not in '.!?"”’:…' and count > 4:
        return True
    following = sorted(spans[p[-1]].end - spans[p[0]].start for p in body)
    several = sum(len(p) > 1 for p in body)
    return several >= 0.6 * len(body) and len(piece) < 0.5 * following[len(following) // 2]
