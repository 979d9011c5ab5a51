"""Two articles side by side: what both tell in one row, what differs marked, what only one tells in its place."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...records import Quantity
from ...text.agreement import same_quantity
from .. import diff, links
from ..queries import articles as article_sql
from ..queries import compare as sql
from ..router import BadRequest, Call, NotFound, Page, page
from ._rows import Row as Place
from ._rows import merge, strip
from ._shared import Row, article_ref, entity_ref, share, story_ref, with_params

KINDS = ("verbatim", "near-verbatim", "paraphrase", "partial")
SHOWS = {
    "all": "every sentence",
    "matched": "only matched sentences",
    "changed": "only matches in other words",
    "flagged": "only matches with another number, name or quote",
    "unmatched": "only sentences without a match",
}
WHY = {
    "names": "both name",
    "numbers": "both give",
    "words": "both say",
    "quoted": "in quotation marks on one side, found on both",
}


@dataclass(frozen=True)
class Filters:
    """Which rows the reader asked for. Kind and score ask about matches, so they leave rows without a match out."""

    show: str
    kinds: tuple[str, ...]
    score: float
    entity: int | None

    @property
    def active(self) -> bool:
        return bool(self.show != "all" or self.kinds or self.score or self.entity)

    def accepts(self, row: Row, entities: Mapping[int, set[int]]) -> bool:
        match = row["match"]
        if self.kinds and (match is None or match["kind"] not in self.kinds):
            return False
        if self.score and (match is None or match["score"] < self.score):
            return False
        sides = [s["sentence_id"] for s in (row["left"], row["right"]) if s]
        if self.entity and not any(self.entity in entities.get(s, ()) for s in sides):
            return False
        if self.show == "matched":
            return match is not None
        if self.show == "changed":
            return match is not None and match["kind"] != "verbatim"
        if self.show == "flagged":
            return bool(match and match["differences"])
        return self.show == "all" or row["type"] == "unmatched"


@dataclass(frozen=True)
class Side:
    """One of the two articles with what was found in it, by sentence id."""

    article: Row
    sentences: list[Row]
    by_id: dict[int, Row]
    quantities: dict[int, list[Quantity]]
    names: dict[int, list[diff.Anchor]]
    entities: dict[int, set[int]]
    nearest: dict[int, Row]
    coverage: Row


@page(
    "/compare",
    name="compare",
    tables=(
        "articles", "sources", "stories", "sentences", "repeats", "mentions", "entities", "quantities", "matches",
        "differences", "near_misses",
    ),
)  # fmt: skip
async def compare(call: Call) -> Page:
    """The page of two articles, named by `left` and `right`, or by the `match` of two of their sentences."""
    left_id, right_id = await _article_ids(call)
    filters = _filters(call)
    pair = {"left": left_id, "right": right_id}
    left, right, matches, differences, entity_rows = await asyncio.gather(
        _side(call, left_id, right_id),
        _side(call, right_id, left_id),
        call.rows(sql.PAIR_MATCHES, pair),
        call.rows(sql.PAIR_DIFFERENCES, pair),
        call.rows(sql.PAIR_ENTITIES, pair),
    )
    blind = call.params.get("blind") == "1"
    names = ("Source A", "Source B") if blind else (left.article["source"], right.article["source"])
    board = _Board(call, left, right, matches, differences, names)
    rows = board.rows()
    shown = [row for row in rows if filters.accepts(row, {**left.entities, **right.entities})]
    clear_url = with_params(call, "/compare", show=None, kind=None, score=None, entity=None, match=None)
    _reach_hidden(shown, clear_url)
    _link_stops(shown)
    story_id = left.article["story_id"] if left.article["story_id"] == right.article["story_id"] else None
    choices = [] if story_id is None or blind else await call.rows(article_sql.STORY_ARTICLES, {"story_id": story_id})
    chosen = call.integer_param("match")
    data = {
        "left": _article_data(call, left, names[0], blind),
        "right": _article_data(call, right, names[1], blind),
        "story": story_ref(call, story_id, left.article["story"]),
        "counts": {
            "matches": len(matches),
            "by_kind": {kind: sum(m["kind"] == kind for m in matches) for kind in KINDS},
            "moved": sum(1 for m in matches if m["is_moved"]),
            "differences": len(differences),
            "rows": len(rows),
            "rows_shown": len(shown),
        },
        "filters": {
            "show": filters.show,
            "kind": list(filters.kinds),
            "score": filters.score,
            "entity": filters.entity,
            "active": filters.active,
        },
        "show_choices": [{"value": k, "label": v} for k, v in SHOWS.items()],
        "entities": [{**entity_ref(call, e), "sentence_count": e["sentence_count"]} for e in entity_rows],
        "articles_of_story": [article_ref(call, a) for a in choices],
        "blind": blind,
        "match": chosen,
        "overview": strip(left.sentences, right.sentences, matches, board.states, _shown_matches(shown)),
        "rows": shown,
        "links": {
            "swap": with_params(call, "/compare", left=right_id, right=left_id, match=None),
            "clear": clear_url,
            "blind": with_params(call, "/compare", blind=None if blind else 1),
            "first_difference": next((f"#{row['id']}" for row in shown if row["is_difference"]), None),
        },
    }
    title = f"{names[0]} and {names[1]} side by side"
    return Page("newscompare/compare.html", data, title, csv=[_csv_row(r) for r in shown], csv_columns=_CSV)


_CSV = (
    "type",
    "left_text",
    "right_text",
    "kind",
    "score",
    "is_moved",
    "left_sentence_id",
    "right_sentence_id",
    "match_id",
)


def _csv_row(row: Row) -> Row:
    match, left, right = row["match"] or {}, row["left"] or {}, row["right"] or {}
    return {
        "type": row["type"],
        "left_text": left.get("text"),
        "right_text": right.get("text"),
        "kind": match.get("kind"),
        "score": match.get("score"),
        "is_moved": int(match.get("is_moved", False)),
        "left_sentence_id": left.get("sentence_id"),
        "right_sentence_id": right.get("sentence_id"),
        "match_id": match.get("id"),
    }


async def _article_ids(call: Call) -> tuple[str, str]:
    left, right, match_id = call.params.get("left"), call.params.get("right"), call.integer_param("match")
    if not left and not right and match_id is not None:
        found = await call.rows(sql.MATCH_ARTICLES, {"match_id": match_id})
        if not found:
            raise NotFound(f"No match {match_id}: the articles were matched again since, or it never was")
        left, right = found[0]["left_article_id"], found[0]["right_article_id"]
    if not left or not right:
        raise BadRequest("Name two articles to compare: ?left=ARTICLE&right=ARTICLE")
    if left == right:
        raise BadRequest("left and right are the same article: name two")
    return left, right


def _filters(call: Call) -> Filters:
    show = call.params.get("show") or "all"
    if show not in SHOWS:
        raise BadRequest(f"show must be one of {', '.join(SHOWS)}")
    kinds = tuple(k for k in call.params.getlist("kind") if k)
    if not set(kinds) <= set(KINDS):
        raise BadRequest(f"kind must be one of {', '.join(KINDS)}")
    try:
        score = float(call.params.get("score") or 0)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise BadRequest("score must be a number from 0 to 1")
    return Filters(show, kinds, score, call.integer_param("entity"))


async def _side(call: Call, article_id: str, other_id: str) -> Side:
    only = {"article_id": article_id}
    both = {**only, "other_article_id": other_id}
    found, sentences, mentions, quantities, nearest, coverage = await asyncio.gather(
        call.rows(article_sql.ARTICLE, only),
        call.rows(article_sql.SENTENCES, only),
        call.rows(article_sql.MENTIONS, only),
        call.rows(article_sql.QUANTITIES, only),
        call.rows(sql.NEAREST, both),
        call.rows(sql.COVERAGE, both),
    )
    if not found:
        raise NotFound(f"No article {article_id}")
    starts = {s["id"]: s["start"] for s in sentences}
    names: dict[int, list[diff.Anchor]] = defaultdict(list)
    entities: dict[int, set[int]] = defaultdict(set)
    amounts: dict[int, list[Quantity]] = defaultdict(list)
    for q in quantities:
        at = starts[q["sentence_id"]]
        place = {"start": q["start"] - at, "end": q["end"] - at, "approximate": bool(q["approximate"])}
        amounts[q["sentence_id"]].append(Quantity(**{k: v for k, v in q.items() if k != "sentence_id"} | place))
    for m in mentions:
        at = starts[m["sentence_id"]]
        names[m["sentence_id"]].append(diff.Anchor(m["start"] - at, m["end"] - at, ("entity", m["entity_id"])))
        entities[m["sentence_id"]].add(m["entity_id"])
    return Side(
        article=found[0],
        sentences=sentences,
        by_id={s["id"]: s for s in sentences},
        quantities=amounts,
        names=names,
        entities=entities,
        nearest={n["sentence_id"]: n for n in nearest},
        coverage=coverage[0],
    )


def _article_data(call: Call, side: Side, name: str, blind: bool) -> Row:
    told, found = side.coverage["told"], side.coverage["found"]
    data = article_ref(call, side.article)
    if blind:
        data |= {"title": "", "source": {"id": None, "name": name, "url": None}, "web_url": None}
    return {**data, "told": told, "found": found, "share_found": share(found, told)}


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


class _Board:
    """The rows of two articles: built once, read by the page and the overview."""

    def __init__(
        self,
        call: Call,
        left: Side,
        right: Side,
        matches: Sequence[Row],
        differences: Sequence[Row],
        names: Sequence[str],
    ) -> None:
        self.call, self.left, self.right, self.matches, self.names = call, left, right, matches, names
        self.differences: dict[int, list[Row]] = defaultdict(list)
        for d in differences:
            self.differences[d["match_id"]].append(d)
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
        marked = self._diff(match)
        return {
            **_EMPTY,
            "id": f"match-{match['id']}",
            "type": "match",
            "left": self._sentence(self.left, left, marked.left),
            "right": self._sentence(self.right, right, marked.right),
            "match": {**self._match(match, marked.few_shared), "is_moved": is_moved},
            "also": self._also(left, "left") + self._also(right, "right"),
            "is_difference": bool(self.differences[match["id"]]),
        }

    def _place(self, left: int, right: int) -> Row:
        return {
            **_EMPTY,
            "id": f"place-{right}",
            "type": "place",
            "right": self._sentence(self.right, right, None),
            "stands_beside": {"number": self._number(left), "url": f"#match-{self.primary[left]['id']}"},
        }

    def _alone(self, name: str, sentence_id: int) -> Row:
        side = self.left if name == "left" else self.right
        state, others = self.states[sentence_id], self.others.get(sentence_id, [])
        marked = getattr(self._diff(others[0]), name) if others else None
        return {
            **_EMPTY,
            "id": f"row-{sentence_id}",
            "type": "partial" if others else state,
            name: self._sentence(side, sentence_id, marked),
            "match": self._match(others[0], False) if others else None,
            "also": self._also(sentence_id, name),
            "nearest": self._nearest(side, sentence_id) if state == "unmatched" else None,
            "is_difference": state == "unmatched",
        }

    def _number(self, sentence_id: int) -> int:
        """The sentence's number for people, from 1."""
        sentence = self.left.by_id.get(sentence_id) or self.right.by_id[sentence_id]
        return int(sentence["position"]) + 1

    def _sentence(self, side: Side, sentence_id: int, segments: list[diff.Segment] | None) -> Row:
        s = side.by_id[sentence_id]
        return {
            "sentence_id": sentence_id,
            "number": s["position"] + 1,
            "role": s["role"],
            "repeat_of": self._repeat_of(s),
            "text": s["text"],
            "segments": segments or diff.plain(s["text"]),
        }

    def _repeat_of(self, sentence: Row) -> Row | None:
        first = sentence["repeat_of"]
        if first is None:
            return None
        here = first in self.left.by_id or first in self.right.by_id
        return {"sentence_id": first, "number": self._number(first) if here else None, "url": f"#sentence-{first}"}

    def _match(self, match: Row, few_shared: bool) -> Row:
        pair = links.compare_path(self.left.article["id"], self.right.article["id"], match["id"])
        why = json.loads(match["why"] or "{}")
        return {
            "id": match["id"],
            "kind": match["kind"],
            "score": match["score"],
            "is_moved": bool(match["is_moved"]),
            "few_shared": few_shared,
            "why": {key: why.get(key, []) for key in WHY},
            "why_words": [{"label": label, "items": why[key]} for key, label in WHY.items() if why.get(key)],
            "differences": [
                {k: d[k] for k in ("kind", "left_text", "right_text", "note")} for d in self.differences[match["id"]]
            ],
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


def _shown_matches(rows: Sequence[Row]) -> set[int]:
    return {m["match_id"] for row in rows for m in row["also"]} | {row["match"]["id"] for row in rows if row["match"]}


def _reach_hidden(rows: Sequence[Row], whole_url: str) -> None:
    """Where a filter hides what a link within the page leads to, lead to the page without filters."""
    sentences = (row[side] for row in rows for side in ("left", "right") if row[side] and row["type"] != "place")
    here = {f"#{row['id']}" for row in rows} | {f"#sentence-{s['sentence_id']}" for s in sentences}
    for row in rows:
        repeats = [row[side]["repeat_of"] for side in ("left", "right") if row[side]]
        for link in filter(None, (*row["also"], row["nearest"], row["stands_beside"], *repeats)):
            if link["url"] not in here:
                link["url"] = whole_url + link["url"]


def _link_stops(rows: Sequence[Row]) -> None:
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
