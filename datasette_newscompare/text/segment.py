"""Paragraphs and sentences, with their offsets.

A rule set in the manner of Kiss & Strunk's and Sadvilkar & Neumann's descriptions of the problem (Punkt, 2006;
PySBD, 2020), written for news; `benchmarks/text_quality.py` measures it, beside pysbd and spaCy. The work is linear in
the text: every pattern looks at a bounded stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .abbreviations import BEFORE_NUMBER, MONTHS, NEVER_LAST, SENTENCE_STARTERS, SOMETIMES_LAST, TIME_FOLLOWERS
from .marks import quoted_spans

LONGEST_SENTENCE = 2000
"""Characters; a longer stretch without an end (a table, a list) is cut at white space."""
LONGEST_FRAMED_QUOTE = 300
"""Characters of a quotation of several sentences that stays in one piece with the words that introduce it."""

_END = re.compile(r"[.!?…。！？]{1,6}[\"'”’»)\]*_]{0,5}(?=\s|\Z)|[。！？](?=\w)")
_LAST_TOKEN = re.compile(r"[^\s(\[\"“‘—–/-]+\Z")
_NEXT_TOKEN = re.compile(r"\s*([*_]{0,3}[\"'“‘«„(\[]*)([\w$£€#@&-][\w.’'-]{0,30})?")
_DASH = re.compile(r"\s*[-–—―|]")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?\Z")
_SAID = re.compile(
    r"\s*(?:[A-Z][\w.’'-]*,?\s+|(?:the|of|de|von|van|al|senator|president|minister)\s+){1,5}"
    r"(?:said|says|asked|asks|added|told|wrote|tweeted|replied|shouted|continued|declared|exclaimed|quipped|yelled)\b"
)
_WORD_CHARACTER = re.compile(r"[^\W_]")
_EDGE_LEFT = re.compile(r"[\s*_#>•·‣▪●\u200b\ufeff]*(?:[-–—]\s+)?")
_EDGE_RIGHT = "*_ \t\r\n\u00a0\u200b"


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence's place: its paragraph's number and its offsets."""

    paragraph: int
    start: int
    end: int


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of each paragraph that holds a letter or digit, in order.

    A line is a paragraph, unless the text is hard-wrapped: then blank lines part paragraphs.
    """
    pattern = r"[^\n]+(?:\n(?![^\S\n]*(?:\n|\Z))[^\n]+)*" if _hard_wrapped(text) else r"[^\n]+"
    flat = text.replace("\r\n", " \n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    for m in re.finditer(pattern, flat):
        if _has_word(text, m.start(), m.end()):
            yield m.start(), m.end()


def sentences(text: str) -> list[Span]:
    """The text's sentences in reading order; the marks of headings, lists and emphasis around them are left out."""
    found: list[Span] = []
    for number, (start, end) in enumerate(paragraphs(text)):
        at = start
        for stop in _stops(text, start, end):
            _add(found, text, number, at, stop)
            at = stop
        _add(found, text, number, at, end)
    return found


def _add(found: list[Span], text: str, paragraph: int, start: int, end: int) -> None:
    while end - start > LONGEST_SENTENCE:
        cut = max(text.rfind(" ", start, start + LONGEST_SENTENCE), text.rfind("\n", start, start + LONGEST_SENTENCE))
        cut = cut if cut > start else start + LONGEST_SENTENCE
        _add(found, text, paragraph, start, cut)
        start = cut
    edge = _EDGE_LEFT.match(text, start, end)
    start = edge.end() if edge else start
    while end > start and text[end - 1] in _EDGE_RIGHT:
        end -= 1
    if _has_word(text, start, end):
        found.append(Span(paragraph, start, end))


def _has_word(text: str, start: int, end: int) -> bool:
    return _WORD_CHARACTER.search(text, start, end) is not None


def _hard_wrapped(text: str) -> bool:
    """Whether line ends are only where a line was full: blocks of lines of like length that break in mid-sentence."""
    inner: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n", text[:20000]):
        lines = [line.rstrip() for line in block.strip("\n").split("\n")]
        inner.extend(lines[:-1])
    if len(inner) < 3:
        return False
    longest = max(map(len, inner))
    full = sum(len(line) >= 0.7 * longest for line in inner)
    broken = sum(line[-1:] not in tuple('.!?:"”’*') for line in inner)
    return 40 <= longest <= 120 and full >= 0.7 * len(inner) and broken >= 0.7 * len(inner)


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences of one paragraph end, but for the last."""
    quotes = quoted_spans(text, start, end)
    kept_whole = [
        (a, b) for a, b, closed in quotes if b - a <= LONGEST_FRAMED_QUOTE and _framed(text, a, b, closed, start, end)
    ]
    turn = 0
    for m in _END.finditer(text, start, end):
        if m.end() >= end:
            return
        while turn < len(kept_whole) and kept_whole[turn][1] < m.start():
            turn += 1
        if turn < len(kept_whole) and kept_whole[turn][0] <= m.start() and m.end() <= kept_whole[turn][1]:
            continue
        if _is_stop(text, m, start, end):
            yield m.end()


def _framed(text: str, a: int, b: int, closed: bool, start: int, end: int) -> bool:
    """Whether a quotation is part of a sentence that goes on around it, as in: "One. Two," she said."""
    if not closed:
        return False
    after = text[b + 1 : min(end, b + 80)]
    if text[b - 1 : b] in (",", "，") or re.match(r"[,;]?\s*[-–—]*\s*[a-z]", after) or after[:1] in (",", ";"):
        return True
    if text[b - 1 : b] in ("?", "!") and _SAID.match(after):
        return True
    before = text[max(start, a - 40) : a - 1].rstrip()
    return bool(before) and (before[-1].isalnum() or before[-1] in ",:")


def _is_stop(text: str, m: re.Match[str], start: int, end: int) -> bool:
    after = _NEXT_TOKEN.match(text, m.end(), min(end, m.end() + 50))
    opening, token = (after.group(1), after.group(2) or "") if after else ("", "")
    if not token:
        return not (_DASH.match(text, m.end()) and _abbreviated(text, m, start))
    if token[0].islower() and not opening.strip("*_"):
        return False
    marks = m.group()
    closed = marks.rstrip("*_")[-1:] in "\"'”’»)"
    if token[0].islower() and "(" in opening:
        return False
    if marks[0] in "!?。！？" or "?" in marks or "!" in marks:
        return not (closed and _SAID.match(text, m.end(), min(end, m.end() + 80)))
    if marks.startswith(("…", "..")):
        return token[0].isupper() or bool(opening)
    last = _last_token(text, m, start)
    if closed or not last:
        return True
    return _stops_after(last, token, opening)


def _last_token(text: str, m: re.Match[str], start: int) -> str:
    before = _LAST_TOKEN.search(text, max(start, m.start() - 30), m.start())
    return before.group() if before else ""


def _abbreviated(text: str, m: re.Match[str], start: int) -> bool:
    """Whether the point at `m` belongs to an abbreviation, such as "KANSAS CITY, Mo. — ..."."""
    last = _last_token(text, m, start)
    return last.lower() in SOMETIMES_LAST | MONTHS or bool(_DOTTED.match(last)) or "etc" in last


def _stops_after(last: str, token: str, opening: str) -> bool:
    """Whether the point after `last`, a word or an abbreviation, ends a sentence when `token` comes next."""
    starts = token in SENTENCE_STARTERS or (bool(opening.strip("*_([")) and not token[0].islower())
    word = last.lower()
    if word in NEVER_LAST:
        return False
    if last in BEFORE_NUMBER:
        return not token[0].isdigit()
    if word in MONTHS:
        return not token[0].isdigit() and starts
    if word in ("a.m", "p.m", "am", "pm"):
        return token.rstrip(".") not in TIME_FOLLOWERS and not token.isupper()
    if word in SOMETIMES_LAST or _DOTTED.match(last):
        return starts
    if len(last) == 1 and last.isupper():
        return last == "I" and starts
    return True
