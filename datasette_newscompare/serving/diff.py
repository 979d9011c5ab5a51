"""Word-level differences of two sentences that tell the same, as segments ready to be shown.

Words are compared by what they mean to a reader: case, quotation marks, plurals and simple inflections do not count,
and anchors (a number or a named entity, known from the database) are equal where their values are, whatever their
wording. The order of shared words comes from a longest common subsequence (rapidfuzz); shared words out of that order
are moved.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypedDict

from rapidfuzz.distance import LCSseq

from ..text.words import words

FEW_SHARED = 0.34
"""Below this share of the shorter sentence's content words, the shared words are marked instead of the others."""

_JOINABLE = re.compile(r"(?:['’]s\b)?[\s,\-‐‑/&'’%]*")
_APPROXIMATE = {"around", "about", "approximately", "roughly", "circa", "some"}
_LIGHT_WORDS = """
a an the of that which who whom this these those there is are was were be been being am has have had having do does did
it its it's he him his she her hers they them their we us our i me my you your and as at by in on to with for s
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
"""Words that alone make no difference worth a mark. Negations and what changes a fact are not among them."""


class Segment(TypedDict, total=False):
    """A stretch of a sentence. Without `mark` it is plain."""

    text: str
    mark: str
    """only, shared, moved, agrees or differs."""
    note: str
    """What the mark says beyond its kind: the other side's wording."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of a sentence that is compared by `key` rather than by its words. Offsets are the sentence's own."""

    start: int
    end: int
    key: Hashable


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Both sentences as segments; `few_shared` where the shared words are marked because they are the exception."""

    left: list[Segment]
    right: list[Segment]
    few_shared: bool


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    key: Hashable
    light: bool
    mark: str = ""
    note: str = ""


def compare(
    left: str,
    right: str,
    left_anchors: Iterable[Anchor] = (),
    right_anchors: Iterable[Anchor] = (),
    left_differs: Iterable[tuple[int, int, str]] = (),
    right_differs: Iterable[tuple[int, int, str]] = (),
) -> WordDiff:
    """Mark what differs between two sentences.

    Anchors and `differs` (start, end, note: known disagreements, such as another number) hold offsets into the
    sentence. Every character of either sentence stands in exactly one segment, in order.
    """
    a, b = _tokens(left, left_anchors), _tokens(right, right_anchors)
    in_order, moved = _align(a, b)
    content_a, content_b = (sum(not t.light for t in side) for side in (a, b))
    shared = len(in_order) + len(moved)
    few = bool(content_a and content_b) and shared < FEW_SHARED * min(content_a, content_b)
    pairs_a = {i: b[j] for i, j in (*in_order, *moved)}
    pairs_b = {j: a[i] for i, j in (*in_order, *moved)}
    moved_a, moved_b = {i for i, _ in moved}, {j for _, j in moved}
    return WordDiff(
        _segments(left, _mark(a, pairs_a, moved_a, few), left_differs),
        _segments(right, _mark(b, pairs_b, moved_b, few), right_differs),
        few,
    )


def contrast(left: str | None, right: str | None) -> WordDiff:
    """Two wordings that are known to disagree: each marked as a whole, or where they share words only what differs."""
    both = compare(left or "", right or "")
    if left and right and not both.few_shared and any("mark" in s for s in (*both.left, *both.right)):
        return both
    sides: list[list[Segment]] = [[{"text": text, "mark": "differs"}] if text else [] for text in (left, right)]
    return WordDiff(sides[0], sides[1], both.few_shared)


def plain(text: str, marked: Iterable[tuple[int, int, str, str]] = ()) -> list[Segment]:
    """The text as segments, with the given (start, end, mark, note) stretches marked; overlapping ones are left out."""
    segments: list[Segment] = []
    at = 0
    for start, end, mark, note in sorted(marked):
        if start < at or end <= start or end > len(text):
            continue
        if start > at:
            segments.append({"text": text[at:start]})
        segment: Segment = {"text": text[start:end], "mark": mark}
        if note:
            segment["note"] = note
        segments.append(segment)
        at = end
    if at < len(text) or not segments:
        segments.append({"text": text[at:]})
    return segments


def _tokens(text: str, anchors: Iterable[Anchor]) -> list[_Token]:
    """Words and anchors in order. Of overlapping anchors the longer counts, and where alike the earlier given."""
    kept: list[Anchor] = []
    for anchor in sorted(anchors, key=lambda x: x.start - x.end):
        inside = 0 <= anchor.start < anchor.end <= len(text)
        if inside and all(anchor.end <= k.start or anchor.start >= k.end for k in kept):
            kept.append(anchor)
    tokens = [_Token(k.start, k.end, text[k.start : k.end], ("anchor", k.key), False) for k in kept]
    for word in words(text):
        if all(word.end <= k.start or word.start >= k.end for k in kept):
            norm = "around" if word.norm in _APPROXIMATE else word.norm
            tokens.append(_Token(word.start, word.end, word.text, _stem(norm), norm in _LIGHT))
    return sorted(tokens, key=lambda t: t.start)


def _stem(word: str) -> str:
    """The word without plural or verb ending: only good for asking whether two words of a matched pair are one."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e")


Pairs = list[tuple[int, int]]


def _align(a: Sequence[_Token], b: Sequence[_Token]) -> tuple[Pairs, Pairs]:
    """Content words that both sides have, as index pairs: those in one order, and the rest."""
    content_a = [i for i, t in enumerate(a) if not t.light]
    content_b = [j for j, t in enumerate(b) if not t.light]
    numbers: dict[Hashable, int] = {}
    keys_a = [numbers.setdefault(a[i].key, len(numbers)) for i in content_a]
    keys_b = [numbers.setdefault(b[j].key, len(numbers)) for j in content_b]
    in_order: Pairs = []
    for block in LCSseq.opcodes(keys_a, keys_b):
        if block.tag == "equal":
            at_a, at_b = content_a[block.src_start : block.src_end], content_b[block.dest_start : block.dest_end]
            in_order += zip(at_a, at_b, strict=True)
    used_a, used_b = {i for i, _ in in_order}, {j for _, j in in_order}
    free_b: dict[Hashable, list[int]] = {}
    for j in content_b:
        if j not in used_b:
            free_b.setdefault(b[j].key, []).append(j)
    moved = [(i, free_b[a[i].key].pop(0)) for i in content_a if i not in used_a and free_b.get(a[i].key)]
    return in_order, moved


def _mark(tokens: Sequence[_Token], pairs: dict[int, _Token], moved: set[int], few: bool) -> list[_Token]:
    marked = []
    for i, token in enumerate(tokens):
        other = pairs.get(i)
        if other is None:
            mark, note = ("" if few or token.light else "only"), ""
        elif isinstance(token.key, tuple) and _plain_words(token.text) != _plain_words(other.text):
            mark, note = "agrees", other.text
        else:
            mark, note = ("shared" if few else "moved" if i in moved else ""), ""
        marked.append(replace(token, mark=mark, note=note))
    return _bridge(marked, "shared" if few else "only")


def _plain_words(text: str) -> list[str]:
    return [word.norm for word in words(text)]


def _bridge(tokens: list[_Token], mark: str) -> list[_Token]:
    """Mark up to three light words that stand between two marked words, so that a changed phrase is one mark."""
    at = [i for i, t in enumerate(tokens) if t.mark == mark]
    for i, j in pairwise(at):
        if 1 < j - i <= 4 and all(t.light and not t.mark for t in tokens[i + 1 : j]):
            tokens[i + 1 : j] = [replace(t, mark=mark) for t in tokens[i + 1 : j]]
    return tokens


def _segments(text: str, tokens: Sequence[_Token], differs: Iterable[tuple[int, int, str]]) -> list[Segment]:
    known = [(start, end, "differs", note) for start, end, note in differs if 0 <= start < end <= len(text)]
    spans: list[tuple[int, int, str, str]] = []
    for token in tokens:
        if not token.mark or any(token.start < end and token.end > start for start, end, _, _ in known):
            continue
        if spans:
            start, end, mark, note = spans[-1]
            between_known = any(s >= end and e <= token.start for s, e, _, _ in known)
            if mark == token.mark != "agrees" and not between_known and _JOINABLE.fullmatch(text, end, token.start):
                spans[-1] = (start, token.end, mark, note)
                continue
        spans.append((token.start, token.end, token.mark, token.note))
    return plain(text, [*spans, *known])
