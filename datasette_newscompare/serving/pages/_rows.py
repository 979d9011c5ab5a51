"""The reading order of two articles side by side, and the strip that shows it at a glance."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from typing import Any, Literal, NamedTuple

WIDTH = 1000
"""The overview strip's width in its own units; a browser scales it."""


class Row(NamedTuple):
    """A row of the compare page, by sentence ids; 0 where a side is empty.

    `place` is where a moved right sentence stands in its own article; its row is the pair's, of kind `moved`.
    """

    kind: Literal["match", "moved", "left", "right", "place"]
    left: int
    right: int


def merge(left: Sequence[int], right: Sequence[int], pairs: Mapping[int, int], moved: set[int]) -> list[Row]:
    """Both articles' sentences in one order: the left's, with what only the right has in its place.

    `pairs` leads from left to right sentences that share a row; `moved` holds the left ones whose right sentence
    stands elsewhere in its article (pairs that still cross are taken as moved, so that no sentence is lost). A moved
    pair's row stands at the left sentence's place. Every sentence stands in one row, a moved right one in a `place`
    row too.
    """
    position = {sentence: i for i, sentence in enumerate(right)}
    taken = {r: s for s, r in pairs.items()}
    together = [s for s in left if s in pairs and s not in moved]
    in_place = {together[i] for i in _longest_rising([position[pairs[s]] for s in together])}
    rows: list[Row] = []
    pending: list[Row] = []
    at = 0

    def right_until(end: int) -> list[Row]:
        return [Row("place", taken[r], r) if r in taken else Row("right", 0, r) for r in right[at:end]]

    for sentence in left:
        other = pairs.get(sentence)
        if other is None:
            pending.append(Row("left", sentence, 0))
        elif sentence not in in_place:
            pending.append(Row("moved", sentence, other))
        else:
            rows += [*pending, *right_until(position[other]), Row("match", sentence, other)]
            pending, at = [], position[other] + 1
    return [*rows, *pending, *right_until(len(right))]


def _longest_rising(values: Sequence[int]) -> list[int]:
    """The indexes of a longest rising subsequence (patience sorting): all of them where the values already rise."""
    tops: list[int] = []
    before: list[int] = []
    for i, value in enumerate(values):
        pile = bisect_left(tops, value, key=values.__getitem__)
        before.append(tops[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [i]
    chain = []
    i = tops[-1] if tops else -1
    while i >= 0:
        chain.append(i)
        i = before[i]
    return chain[::-1]


def strip(
    left: Sequence[Mapping[str, Any]],
    right: Sequence[Mapping[str, Any]],
    matches: Sequence[Mapping[str, Any]],
    states: Mapping[int, str],
    shown: Container[int],
) -> dict[str, Any]:
    """Where the matches of two articles lie, in units of `WIDTH` along each text.

    Out come `left` and `right`: a block a sentence with `x`, `width`, `state`; and `lines`: from `x1` on the left
    article's bar to `x2` on the right's, a line a match, `shown` or not.
    """
    bars = {"left": _blocks(left, states), "right": _blocks(right, states)}
    middle = {b["sentence_id"]: round(b["x"] + b["width"] / 2, 1) for bar in bars.values() for b in bar}
    lines = [
        {
            "match_id": m["id"],
            "x1": middle[m["left_sentence_id"]],
            "x2": middle[m["right_sentence_id"]],
            "is_moved": bool(m["is_moved"]),
            "is_primary": bool(m["is_primary"]),
            "is_shown": m["id"] in shown,
        }
        for m in matches
        if m["left_sentence_id"] in middle and m["right_sentence_id"] in middle
    ]
    return {"width": WIDTH, **bars, "lines": lines}


def _blocks(sentences: Sequence[Mapping[str, Any]], states: Mapping[int, str]) -> list[dict[str, Any]]:
    """A block for each sentence, as wide as its share of the text without the gaps between sentences."""
    whole = sum(s["end"] - s["start"] for s in sentences) or 1
    blocks, at = [], 0
    for s in sentences:
        length = s["end"] - s["start"]
        x, end = WIDTH * at / whole, WIDTH * (at + length) / whole
        at += length
        blocks.append(
            {
                "sentence_id": s["id"],
                "x": round(x, 1),
                "width": round(end - x, 1),
                "state": states.get(s["id"], "matched"),
            }
        )
    return blocks
