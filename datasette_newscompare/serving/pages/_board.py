"""The rows of the compare page: two articles in one reading order, with their matches."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from ...records import Quantity
from ...text.agreement import same_quantity
from .. import diff, links
from ..router import Call
from ._rows import Row as Place
from ._rows import merge
from ._shared import Row
from ._side import Side

WHY = {
    "names": "both name",
    "numbers": "both give",
    "words": "both say",
    "quoted": "in quotation marks on one side, found on both",
    "judged": "a language model was asked:",
}
_EMPTY: Row = {
    "id": "",
    "type": "",
    "left": None,
    "right": None,
    "match": None,
    "also": [],
    "nearest": None,
    "stands_beside": None,
    "is_difference": False,
    "previous": None,
    "next": None,
}


class Board:
    """The rows of two articles: built once, read by the page and the overview."""

    def __init__(
        self,
        call: Call,
        left: Side,
        right: Side,
        matches: Sequence[Row],
        differences: Sequence[Row],
        verdicts: Sequence[Row],
        names: Sequence[str],
    ) -> None:
        self.call, self.left, self.right, self.matches, self.names = call, left, right, matches, names
        self.differences: dict[int, list[Row]] = defaultdict(list)
        for d in differences:
            self.differences[d["match_id"]].append(d)
        self.verdicts: dict[int, list[Row]] = defaultdict(list)
        for v in verdicts:
            self.verdicts[v["match_id"]].append({k: v[k] for k in ("verdict", "note", "actor", "at", "is_own")})
        self.by_id = {m["id"]: m for m in matches}
        self.primary = {m["left_sentence_id"]: m for m in matches if m["is_primary"]}
        self.others: dict[int, list[Row]] = defaultdict(list)
        for m in matches:
            if not m["is_primary"]:
                self.others[m["left_sentence_id"]].append(m)
                self.others[m["right_sentence_id"]].append(m)
        self.matched = {m[key] for m in matches for key in ("left_sentence_id", "right_sentence_id")}
        self.states = {s["id"]: self._state(s) for side in (left, right) for s in side.sentences}

    def _state(self, sentence: Row) -> str:
        if sentence["id"] in self.matched:
            return "matched"
        return "apart" if sentence["role"] == "boilerplate" or sentence["repeat_of"] is not None else "unmatched"

    def rows(self) -> list[Row]:
        places = merge(
            [s["id"] for s in self.left.sentences],
            [s["id"] for s in self.right.sentences],
            {s: m["right_sentence_id"] for s, m in self.primary.items()},
            {s for s, m in self.primary.items() if m["is_moved"]},
        )
        return [self._row(place) for place in places]

    def _row(self, place: Place) -> Row:
        if place.kind == "place":
            return self._place(place.left, place.right)
        if place.left and place.right:
            return self._pair(place.left, place.right, place.kind == "moved")
        return self._alone("left" if place.left else "right", place.left or place.right)

    def _pair(self, left: int, right: int, is_moved: bool) -> Row:
        match = self.primary[left]
        return {
            **_EMPTY,
            "id": f"match-{match['id']}",
            "type": "match",
            "left": self._sentence(self.left, left),
            "right": self._sentence(self.right, right),
            "match": {**self._match(match), "is_moved": is_moved},
            "also": self._also(left, "left") + self._also(right, "right"),
            "is_difference": bool(self.differences[match["id"]]),
        }

    def _place(self, left: int, right: int) -> Row:
        return {
            **_EMPTY,
            "id": f"place-{right}",
            "type": "place",
            "right": self._sentence(self.right, right),
            "stands_beside": {"number": self._number(left), "url": f"#match-{self.primary[left]['id']}"},
        }

    def _alone(self, name: str, sentence_id: int) -> Row:
        side = self.left if name == "left" else self.right
        state, others = self.states[sentence_id], self.others.get(sentence_id, [])
        return {
            **_EMPTY,
            "id": f"row-{sentence_id}",
            "type": "partial" if others else state,
            name: self._sentence(side, sentence_id),
            "match": self._match(others[0]) if others else None,
            "also": self._also(sentence_id, name),
            "nearest": self._nearest(side, sentence_id) if state == "unmatched" else None,
            "is_difference": state == "unmatched",
        }

    def _number(self, sentence_id: int) -> int:
        """The sentence's number for people, from 1."""
        sentence = self.left.by_id.get(sentence_id) or self.right.by_id[sentence_id]
        return int(sentence["position"]) + 1

    def marked(self, row: Row) -> Row:
        """The row with the words marked that the other side lacks; for a lone sentence, its best match does."""
        if row["match"] is None:
            return row
        words = self._diff(self.by_id[row["match"]["id"]])
        sides = (("left", words.left), ("right", words.right))
        segments = {side: {**row[side], "segments": marked} for side, marked in sides if row[side]}
        few_shared = words.few_shared and row["type"] == "match"
        return {**row, **segments, "match": {**row["match"], "few_shared": few_shared}}

    def _sentence(self, side: Side, sentence_id: int) -> Row:
        s = side.by_id[sentence_id]
        return {
            "sentence_id": sentence_id,
            "number": s["position"] + 1,
            "role": s["role"],
            "repeat_of": self._repeat_of(s),
            "text": s["text"],
            "segments": diff.plain(s["text"]),
        }

    def _repeat_of(self, sentence: Row) -> Row | None:
        first = sentence["repeat_of"]
        if first is None:
            return None
        here = first in self.left.by_id or first in self.right.by_id
        return {"sentence_id": first, "number": self._number(first) if here else None, "url": f"#sentence-{first}"}

    def _match(self, match: Row) -> Row:
        pair = links.compare_path(self.left.article["id"], self.right.article["id"], match["id"])
        why = json.loads(match["why"] or "{}")
        return {
            "id": match["id"],
            "kind": match["kind"],
            "score": match["score"],
            "is_moved": bool(match["is_moved"]),
            "few_shared": False,
            "why": {key: why.get(key, []) for key in WHY},
            "why_words": [{"label": label, "items": why[key]} for key, label in WHY.items() if why.get(key)],
            "verdicts": self.verdicts[match["id"]],
            "differences": [_difference(d) for d in self.differences[match["id"]]],
            "url": self.call.url(pair),
        }

    def _also(self, sentence_id: int, side: str) -> list[Row]:
        other = self.right if side == "left" else self.left
        key = "right_sentence_id" if side == "left" else "left_sentence_id"
        return [
            {
                "match_id": m["id"],
                "side": side,
                "kind": m["kind"],
                "score": m["score"],
                "sentence_id": m[key],
                "number": self._number(m[key]),
                "text": other.by_id[m[key]]["text"],
                "url": f"#sentence-{m[key]}",
                "verdicts": self.verdicts[m["id"]],
            }
            for m in self.others.get(sentence_id, [])
        ]

    def _nearest(self, side: Side, sentence_id: int) -> Row | None:
        found = side.nearest.get(sentence_id)
        if not found:
            return None
        other = self.right if side is self.left else self.left
        near = found["near_sentence_id"]
        return {
            "sentence_id": near,
            "number": self._number(near),
            "text": other.by_id[near]["text"],
            "score": found["score"],
            "url": f"#sentence-{near}",
        }

    def _diff(self, match: Row) -> diff.WordDiff:
        left, right = match["left_sentence_id"], match["right_sentence_id"]
        a, b = self.left.by_id[left], self.right.by_id[right]
        known: tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]] = ([], [])
        for d in self.differences[match["id"]]:
            if not _is_whole(d):
                continue
            for spans, name, other, start in (
                (known[0], "left", "right", a["start"]),
                (known[1], "right", "left", b["start"]),
            ):
                if d[f"{name}_start"] is not None and d[f"{name}_end"] is not None:
                    note = f"{d['kind']}: {d[f'{other}_text'] or 'none'} on the other side"
                    spans.append((d[f"{name}_start"] - start, d[f"{name}_end"] - start, note))
        numbers = _agreeing(self.left.quantities[left], self.right.quantities[right])
        anchors = [*numbers[0], *self.left.names[left]], [*numbers[1], *self.right.names[right]]
        return diff.compare(a["text"], b["text"], *anchors, *known)


def _difference(d: Row) -> Row:
    words = diff.contrast(d["left_text"], d["right_text"])
    shown = {k: d[k] for k in ("kind", "left_text", "right_text", "note")}
    return {**shown, "left_segments": words.left, "right_segments": words.right}


def _is_whole(d: Row) -> bool:
    """Whether the two wordings share so little that each is marked as a whole, and not word by word."""
    words = diff.contrast(d["left_text"], d["right_text"])
    return len(words.left) < 2 and len(words.right) < 2


def _agreeing(left: Sequence[Quantity], right: Sequence[Quantity]) -> tuple[list[diff.Anchor], list[diff.Anchor]]:
    """The quantities of two sentences that can be compared, as anchors: equal where the two say the same number."""
    anchors: tuple[list[diff.Anchor], list[diff.Anchor]] = ([], [])
    for b in right:
        for a in left:
            if same_quantity(a, b):
                key = ("quantity", a.kind, a.value, a.unit, a.text.casefold() if a.value is None else "")
                anchors[0].append(diff.Anchor(a.start, a.end, key))
                anchors[1].append(diff.Anchor(b.start, b.end, key))
                break
    return anchors


def shown_matches(rows: Sequence[Row]) -> set[int]:
    return {m["match_id"] for row in rows for m in row["also"]} | {row["match"]["id"] for row in rows if row["match"]}


def reach_hidden(rows: Sequence[Row], whole_url: str) -> None:
    """Where a filter hides what a link within the page leads to, lead to the page without filters."""
    sentences = (row[side] for row in rows for side in ("left", "right") if row[side] and row["type"] != "place")
    here = {f"#{row['id']}" for row in rows} | {f"#sentence-{s['sentence_id']}" for s in sentences}
    for row in rows:
        repeats = [row[side]["repeat_of"] for side in ("left", "right") if row[side]]
        for link in filter(None, (*row["also"], row["nearest"], row["stands_beside"], *repeats)):
            if link["url"] not in here:
                link["url"] = whole_url + link["url"]


def link_stops(rows: Sequence[Row]) -> None:
    """Give each row the addresses of the difference before and after it; rows without a match in a run are one stop."""
    stops = [
        i
        for i, row in enumerate(rows)
        if row["is_difference"] and not (row["type"] == "unmatched" and i and rows[i - 1]["type"] == "unmatched")
    ]
    for i, row in enumerate(rows):
        row["is_difference"] = i in stops
    for n, i in enumerate(stops):
        rows[i]["previous"] = f"#{rows[stops[n - 1]]['id']}" if n else None
        rows[i]["next"] = f"#{rows[stops[n + 1]]['id']}" if n + 1 < len(stops) else None
