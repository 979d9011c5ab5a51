"""What changed between two versions of a text: paragraphs aligned first, then sentences, then words.

Unlike `diff`, which asks whether two sentences of two outlets tell the same, this marks every change of an outlet's own
words, a comma as well as a number. Units that stay are found by a longest common subsequence; between them, each unit
of the older text is paired with the unit of the newer one that shares most of its words, without crossing pairs.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from rapidfuzz.distance import LCSseq

from ..text.segment import paragraphs, sentences

ALIKE = 0.4
"""Share of words two units must have in common to be one unit that changed (Dice coefficient, 0 to 1)."""
CANDIDATES = 8
"""Units of the other text that are looked at as partners: those that share most of the unit's rarer words."""
LONG = 150
"""Words from which a changed paragraph is aligned by its sentences before its words."""
COMMON = 12
"""Units of a stretch that hold a word, above which the word says nothing about who belongs to whom."""

_TOKEN = re.compile(r"\w+(?:[’'.,\-]\w+)*|[^\w\s]|\s+")
_SMALL = re.compile(r"\s*(?:\w{1,3}|[^\w\s])?\s*\Z")


class Piece(TypedDict, total=False):
    """A stretch of both versions, or with `mark` of one: `removed` or `added`."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph that changed, or a run of paragraphs that did not."""

    kind: str
    """same, changed, added, removed or moved (the same words in another place, shown where they stand now)."""
    texts: tuple[str, ...]
    """The paragraphs as they stand in the newer version; those of the older one where they were removed."""
    pieces: tuple[Piece, ...] = ()
    """Of a changed paragraph: both versions in one line of reading."""


def changes(old: str, new: str) -> list[Block]:
    """The newer text in reading order, with what was taken out at the place where it stood."""
    a, b = ([text[start:end].strip() for start, end in paragraphs(text)] for text in (old, new))
    steps = list(_align(a, b))
    gone = Counter(_key(a[i]) for i, j in steps if i is not None and j is None)
    come = Counter(_key(b[j]) for i, j in steps if i is None and j is not None)
    moved, left = gone & come, gone & come
    blocks: list[Block] = []
    same: list[str] = []
    for i, j in steps:
        if i is not None and j is not None and _key(a[i]) == _key(b[j]):
            same.append(b[j])
            continue
        if i is not None and j is None and left[_key(a[i])]:
            left[_key(a[i])] -= 1
            continue
        if same:
            blocks.append(Block("same", tuple(same)))
            same = []
        if i is not None and j is not None:
            blocks.append(Block("changed", (b[j],), tuple(words_changed(a[i], b[j]))))
        elif i is not None:
            blocks.append(Block("removed", (a[i],)))
        elif j is not None:
            key = _key(b[j])
            blocks.append(Block("moved" if moved[key] else "added", (b[j],)))
            moved[key] -= bool(moved[key])
    return [*blocks, Block("same", tuple(same))] if same else blocks


def words_changed(old: str, new: str) -> list[Piece]:
    """Two versions of one paragraph or title as one line of reading, each change marked."""
    if max(len(old), len(new)) > LONG * 10 or max(word_count(old), word_count(new)) > LONG:
        return _join(_by_sentence(old, new))
    return _join(_by_word(old, new))


def word_count(text: str) -> int:
    """How many words a text has, counted as articles are."""
    return len(text.split())


def _key(unit: str) -> str:
    return " ".join(unit.split())


Step = tuple[int | None, int | None]


def _align(a: Sequence[str], b: Sequence[str]) -> Iterator[Step]:
    """Index pairs in the order of reading; None where a unit stands on one side only."""
    numbers: dict[Hashable, int] = {}
    keys_a = [numbers.setdefault(_key(unit), len(numbers)) for unit in a]
    keys_b = [numbers.setdefault(_key(unit), len(numbers)) for unit in b]
    i = j = 0
    for block in LCSseq.opcodes(keys_a, keys_b):
        if block.tag == "equal":
            yield from _between(a, b, range(i, block.src_start), range(j, block.dest_start))
            i, j = block.src_end, block.dest_end
            yield from zip(range(block.src_start, i), range(block.dest_start, j), strict=True)
    yield from _between(a, b, range(i, len(a)), range(j, len(b)))


def _between(a: Sequence[str], b: Sequence[str], left: range, right: range) -> Iterator[Step]:
    """The units of a stretch in which none stayed as it was: those that changed in pairs, the others alone."""
    i, j = left.start, right.start
    for at_a, at_b in [*_partners(a, b, left, right), (left.stop, right.stop)]:
        yield from ((k, None) for k in range(i, at_a))
        yield from ((None, k) for k in range(j, at_b))
        if at_a < left.stop and at_b < right.stop:
            yield at_a, at_b
        i, j = at_a + 1, at_b + 1


def _partners(a: Sequence[str], b: Sequence[str], left: range, right: range) -> list[tuple[int, int]]:
    """Pairs of units that are alike enough, none crossing another, with the greatest sum of likeness found."""
    if not left or not right:
        return []
    bags = {j: Counter(_words(b[j])) for j in right}
    holders: dict[str, list[int]] = defaultdict(list)
    for j, bag in bags.items():
        for word in bag:
            holders[word].append(j)
    pairs: list[tuple[int, int, float]] = []
    for i in left:
        bag = Counter(_words(a[i]))
        votes = Counter(j for word in bag for j in holders.get(word, ()) if len(holders[word]) <= COMMON)
        for j, _ in votes.most_common(CANDIDATES) if votes else [(k, 0) for k in right[:CANDIDATES]]:
            likeness = 2 * (bag & bags[j]).total() / ((bag.total() + bags[j].total()) or 1)
            if likeness >= ALIKE:
                pairs.append((i, j, likeness))
    return _increasing(pairs)


def _increasing(pairs: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The heaviest chain in which both indexes rise (a longest increasing subsequence, by weight)."""
    ends: list[int] = []
    weights: list[float] = []
    chains: list[tuple[int, int, Any]] = []
    for i, j, weight in sorted(pairs, key=lambda p: (p[0], -p[1])):
        at = bisect_left(ends, j)
        total = weight + (weights[at - 1] if at else 0.0)
        chain = (i, j, chains[at - 1] if at else None)
        if at < len(ends) and ends[at] == j:
            if weights[at] >= total:
                continue
        elif at and weights[at - 1] >= total:
            continue
        stop = at
        while stop < len(ends) and weights[stop] <= total:
            stop += 1
        ends[at:stop], weights[at:stop], chains[at:stop] = [j], [total], [chain]
    found: list[tuple[int, int]] = []
    link = chains[-1] if chains else None
    while link is not None:
        found.append((link[0], link[1]))
        link = link[2]
    return found[::-1]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _by_sentence(old: str, new: str) -> Iterator[Piece]:
    a, b = _cut(old), _cut(new)
    for i, j in _align(a, b):
        if i is not None and j is not None:
            yield from [Piece(text=b[j])] if _key(a[i]) == _key(b[j]) else _by_word(a[i], b[j])
        elif i is not None:
            yield Piece(text=a[i], mark="removed")
        elif j is not None:
            yield Piece(text=b[j], mark="added")


def _cut(text: str) -> list[str]:
    """The text cut before each sentence, so that the parts together are the text."""
    starts = sorted({0, *(span.start for span in sentences(text))})
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _by_word(old: str, new: str) -> Iterator[Piece]:
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    numbers: dict[Hashable, int] = {}
    keys = [[numbers.setdefault(token.strip() or " ", len(numbers)) for token in side] for side in (a, b)]
    for block in LCSseq.opcodes(*keys):
        was, now = "".join(a[block.src_start : block.src_end]), "".join(b[block.dest_start : block.dest_end])
        if block.tag == "equal":
            yield Piece(text=now)
            continue
        if was:
            yield Piece(text=was, mark="removed")
        if now:
            yield Piece(text=now, mark="added")


def _join(pieces: Iterator[Piece]) -> list[Piece]:
    """The pieces with small words between two changes drawn into the change: a changed phrase is one change."""
    runs: list[tuple[str, str, bool]] = []
    for piece in pieces:
        mark, text = piece.get("mark", ""), piece["text"]
        was = text if mark != "added" else ""
        now = text if mark != "removed" else ""
        if runs and runs[-1][2] == bool(mark):
            runs[-1] = (runs[-1][0] + was, runs[-1][1] + now, bool(mark))
        else:
            runs.append((was, now, bool(mark)))
    joined: list[tuple[str, str, bool]] = []
    for at, (was, now, changed) in enumerate(runs):
        inside = 0 < at < len(runs) - 1
        small = not changed and inside and bool(_SMALL.match(now))
        if joined and (changed or small) and joined[-1][2]:
            joined[-1] = (joined[-1][0] + was, joined[-1][1] + now, True)
        else:
            joined.append((was, now, changed))
    return [piece for run in joined for piece in _pieces(*run)]


def _pieces(was: str, now: str, changed: bool) -> Iterator[Piece]:
    """A run as pieces; white space that both sides begin or end with stands outside the marks."""
    if not changed:
        yield Piece(text=now)
        return
    head = _shared_space(was, now)
    was, now = was[len(head) :], now[len(head) :]
    tail = _shared_space(was[::-1], now[::-1])
    was, now = was[: len(was) - len(tail)], now[: len(now) - len(tail)]
    parts = (Piece(text=head), Piece(text=was, mark="removed"), Piece(text=now, mark="added"), Piece(text=tail))
    yield from (part for part in parts if part["text"])


def _shared_space(a: str, b: str) -> str:
    size = 0
    while size < min(len(a), len(b)) and a[size] == b[size] and a[size].isspace():
        size += 1
    return a[:size]
