"""Two articles side by side: what both tell in one row, what differs marked, what only one tells in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import links, permissions, writing
from ..queries import articles as article_sql
from ..queries import compare as sql
from ..queries import verdicts as verdict_sql
from ..router import BadRequest, Call, NotFound, Page, page
from ._board import Board, link_stops, reach_hidden, shown_matches
from ._rows import strip
from ._shared import Row, article_ref, entity_ref, share, story_ref, with_params
from ._side import Side, load_side

ROWS = 400
"""Rows on a page: all of them, but for the longest articles."""
CHOICES = 300
"""Articles of the story to choose another from: the first so many, and the two that are shown."""
KINDS = ("verbatim", "near-verbatim", "paraphrase", "partial")
SHOWS = {
    "all": "every sentence",
    "matched": "only matched sentences",
    "changed": "only matches in other words",
    "flagged": "only matches with another number, name or quote",
    "unmatched": "only sentences without a match",
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


@page(
    "/compare",
    name="compare",
    tables=(
        "articles", "sources", "stories", "sentences", "repeats", "mentions", "entities", "quantities", "matches",
        "differences", "near_misses",
    ),
    optional=("verdicts", "verdict_precision", "same_texts"),
)  # fmt: skip
async def compare(call: Call) -> Page:
    """The page of two articles, named by `left` and `right`, or by the `match` of two of their sentences."""
    left_id, right_id = await _article_ids(call)
    filters = _filters(call)
    pair = {"left": left_id, "right": right_id}
    left, right, matches, differences, entity_rows, (verdicts, precision, may_judge) = await asyncio.gather(
        load_side(call, left_id, right_id),
        load_side(call, right_id, left_id),
        call.rows(sql.PAIR_MATCHES, pair),
        call.rows(sql.PAIR_DIFFERENCES, pair),
        call.rows(sql.PAIR_ENTITIES, pair),
        _verdicts(call, pair),
    )
    blind = call.params.get("blind") == "1"
    names = ("Source A", "Source B") if blind else (left.article["source"], right.article["source"])
    board = Board(call, left, right, matches, differences, verdicts, names)
    rows = board.rows()
    accepted = [row for row in rows if filters.accepts(row, {**left.entities, **right.entities})]
    chosen = call.integer_param("match")
    start = _start(call, accepted, chosen)
    shown = [board.marked(row) for row in accepted[start : start + ROWS]]
    clear_url = with_params(call, "/compare", show=None, kind=None, score=None, entity=None, match=None, start=None)
    reach_hidden(shown, clear_url)
    link_stops(shown)
    story_id = left.article["story_id"] if left.article["story_id"] == right.article["story_id"] else None
    choices = [] if story_id is None or blind else await call.rows(article_sql.STORY_ARTICLES, {"story_id": story_id})
    data = {
        "left": _article_data(call, left, names[0], blind),
        "right": _article_data(call, right, names[1], blind),
        "same_text": None if matches or blind else await _same_text(call, left_id, right_id),
        "story": story_ref(call, story_id, left.article["story"]),
        "counts": {
            "matches": len(matches),
            "by_kind": {kind: sum(m["kind"] == kind for m in matches) for kind in KINDS},
            "moved": sum(1 for m in matches if m["is_moved"]),
            "differences": len(differences),
            "rows": len(rows),
            "rows_found": len(accepted),
            "rows_shown": len(shown),
        },
        "start": start,
        "filters": {
            "show": filters.show,
            "kind": list(filters.kinds),
            "score": filters.score,
            "entity": filters.entity,
            "active": filters.active,
        },
        "show_choices": [{"value": k, "label": v} for k, v in SHOWS.items()],
        "entities": [{**entity_ref(call, e), "sentence_count": e["sentence_count"]} for e in entity_rows],
        "articles_of_story": [
            article_ref(call, a) for i, a in enumerate(choices) if i < CHOICES or a["id"] in (left_id, right_id)
        ],
        "precision": precision,
        "may_judge": may_judge,
        "longest_note": writing.LONGEST_NOTE,
        "blind": blind,
        "match": chosen,
        "overview": strip(left.sentences, right.sentences, matches, board.states, shown_matches(shown)),
        "rows": shown,
        "links": {
            "swap": with_params(call, "/compare", left=right_id, right=left_id, match=None),
            "clear": clear_url,
            "matched": with_params(call, "/compare", show="matched", match=None, start=None),
            "blind": with_params(call, "/compare", blind=None if blind else 1),
            "previous_rows": with_params(call, "/compare", start=max(0, start - ROWS), match=None) if start else None,
            "next_rows": with_params(call, "/compare", start=start + ROWS, match=None)
            if len(accepted) > start + ROWS
            else None,
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


def _start(call: Call, rows: Sequence[Row], match_id: int | None) -> int:
    """The first row to show: as asked for, else that of the page on which the match stands."""
    start = call.integer_param("start")
    if start is not None:
        return start
    found = next((i for i, row in enumerate(rows) if row["match"] and row["match"]["id"] == match_id), 0)
    return found // ROWS * ROWS


async def _same_text(call: Call, left: str, right: str) -> Row | None:
    """The first article with the text that both carry, if they do. Of very many, each is matched with that one."""
    if not await call.sees("same_texts"):
        return None
    found = await call.rows(sql.SAME_TEXT, {"left": left, "right": right})
    if not found:
        return None
    first = found[0]["id"]
    urls = {f"{name}_url": call.url(links.compare_path(first, id)) for name, id in (("left", left), ("right", right))}
    return {**article_ref(call, found[0]), **urls}


async def _verdicts(call: Call, pair: Row) -> tuple[list[Row], list[Row], bool]:
    """People's judgements of the matches, and how often such were right: nothing that the actor may not see.

    Also whether the actor may add to them.
    """
    verdicts = await call.rows(sql.PAIR_VERDICTS, pair) if await call.sees("verdicts") else []
    own = writing.actor_id(call.request.actor)
    precision = await call.rows(verdict_sql.PRECISION) if await call.sees("verdicts", "verdict_precision") else []
    may_judge = await permissions.may_judge(call.datasette, call.request.actor, call.database)
    may_judge = may_judge and await call.sees(*writing.TABLES)
    return [{**v, "is_own": v["actor"] == own} for v in verdicts], precision, may_judge


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


def _article_data(call: Call, side: Side, name: str, blind: bool) -> Row:
    told, found = side.coverage["told"], side.coverage["found"]
    data = article_ref(call, side.article)
    if blind:
        data |= {"title": "", "source": {"id": None, "name": name, "url": None}, "web_url": None}
    return {**data, "told": told, "found": found, "share_found": share(found, told)}
