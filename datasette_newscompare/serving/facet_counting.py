"""How many of a page's rows name each entity: exact, told by what tells it soonest."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from heapq import nsmallest
from operator import and_
from typing import Any, NamedTuple

from .. import facet_bitmaps
from ..threshold import Pair, by_threshold, most_first
from . import facet_queries as sql
from .facet_queries import JOINS, Narrowed


class Named(NamedTuple):
    """An entity, and how many rows name it."""

    id: int
    name: str
    type: str
    rows: int


MOST = 0.5
"""The share of a table from which on the rows that are left out are counted instead."""

SAMPLE = 200
"""So many rows are asked for that share: their number is not always known, and takes longer to count."""

NAMING_MANY = ("articles", "stories")
"""Tables whose rows name many entities. Of the others, rows that name an entity are sooner looked at themselves."""

BATCH = 64
"""So many entities are counted first, then twice as many, and so on, until no other can be among the first."""


@dataclass(frozen=True)
class Page:
    """A table page of Datasette's, whose rows are counted."""

    table: str
    sql: str
    """Datasette's query of its rows."""
    where: str | None
    """The condition in it; None where it shows the whole table."""
    asked: Narrowed
    """The same, taken apart."""
    params: dict[str, Any]
    with_bitmaps: bool
    """Whether what `facet_bitmaps.py` stores may be read."""
    selected: tuple[int, ...]
    """The entities that it is filtered by."""


class PageCounts:
    """The entities that a page's rows name, with how many of them do.

    What was counted for one panel is kept for the next. Where the page shows a whole table, the counts stand in
    `entities`. Articles and stories, and matches, facts, quotes and quantities by their columns, are counted by the
    bitmaps of the entities that are named most (see `facet_bitmaps`), sentences of a role in `sentence_entities`, which
    holds it. Else the rows' entities are counted, or those of the rows that are left out, where these are fewer.

    Wherever an entity can be counted by itself, those that are named most in the whole table come first, until the last
    one wanted has more rows than any other entity has in the whole table (`by_threshold`).
    """

    connection: sqlite3.Connection

    def __init__(self, page: Page) -> None:
        self.page = page
        self.join = JOINS[page.table]

    def named(self, connection: sqlite3.Connection, kind: str | None, limit: int) -> list[Named]:
        """At most `limit` entities of a type, or of any: the selected, then most rows first.

        Raises `sqlite3.OperationalError` where its queries are interrupted.
        """
        self.connection = connection
        top = dict(self._top(kind, limit))
        found = self.connection.execute(sql.NAMES, [json.dumps(list(top))]).fetchall()
        rows = [Named(id, name, type, top[id]) for id, name, type in found]
        return sorted(rows, key=lambda row: (row.id not in self.page.selected, -row.rows, row.name))

    def _top(self, kind: str | None, limit: int) -> list[Pair]:
        page = self.page
        if page.where is None:
            return self._by_threshold(kind, limit, lambda batch: batch)
        if self._shown is not None:
            top = facet_bitmaps.count(self.connection, page.table, self._shown, kind, limit, page.selected)
            if top is not None:
                return top
        if page.table == "sentences" and page.asked == Narrowed(roles=page.asked.roles):
            return self._by_threshold(kind, limit, self._of_roles)
        if self._keeps_most:
            return self._by_threshold(kind, limit, self._but_left_out)
        return self._of_shown(kind, limit)

    @cached_property
    def _shown(self) -> int | None:
        """The page's rows as a bitmap, a number below 0 where all but some; None where bitmaps are not asked."""
        page, asked = self.page, self.page.asked
        if not page.with_bitmaps or not facet_bitmaps.stand(self.connection, page.table):
            return None
        if page.table not in NAMING_MANY and asked.named:
            return None
        parts = [self._bits(search) for search in asked.searches]
        for which in asked.named:
            ids = [page.params[name[1:]] for name in re.findall(sql.ENTITY, which)]
            parts.append(facet_bitmaps.naming(self.connection, page.table, ids))
        if asked.rest:
            parts += self._by_value(asked.rest) or [self._by_columns(reduce(and_, parts) if parts else None)]
        return reduce(and_, parts)

    def _by_value(self, conditions: Sequence[str]) -> list[int]:
        """The rows that fulfil each condition, where bitmaps tell it of all of them; else none."""
        page = self.page
        found = []
        for condition in conditions:
            said = sql.VALUE.fullmatch(condition)
            if said is None or said[1] not in facet_bitmaps.COLUMNS.get(page.table, ()):
                return []
            rows = facet_bitmaps.of_value(self.connection, page.table, said[1], page.params[said[2]])
            if rows is None:
                return []
            found.append(rows)
        return found

    def _by_columns(self, among: int | None) -> int:
        """The rows that fulfil the conditions of `rest`; where `among` is a few rows, those of them alone."""
        table, where = self.page.table, " AND ".join(self.page.asked.rest)
        if among is not None and facet_bitmaps.is_few(among):
            query = sql.KEPT.format(columns="rowid", table=table, where=f"{sql.AMONG} AND ({where})")
            return self._bits(query, newscompare_rows=json.dumps(facet_bitmaps.members(among)))
        if self._is_most(where):
            return ~self._bits(sql.LEFT_OUT.format(columns="rowid", table=table, where=where))
        return self._bits(sql.KEPT.format(columns="rowid", table=table, where=where))

    @cached_property
    def _keeps_most(self) -> bool:
        """Whether the page shows so much of the table that what it leaves out is counted sooner."""
        page, asked = self.page, self.page.asked
        if not asked.rest or page.where is None:
            return False
        if self._shown is not None:
            return self._shown < 0 or self._shown.bit_count() > MOST * self._newest
        # A sample of a search would take as long as the search.
        return not (asked.searches or asked.named) and self._is_most(page.where)

    @cached_property
    def _newest(self) -> int:
        [(newest,)] = self._run(facet_bitmaps.NEWEST.format(table=self.page.table))
        return int(newest)

    def _is_most(self, where: str) -> bool:
        """Whether a condition holds for most rows of the table, by a sample."""
        # Spread by the golden ratio: rows at even distances may be alike.
        rows = json.dumps([1 + int(number * 0.618034 % 1 * self._newest) for number in range(SAMPLE)])
        query = sql.AMONG_SAMPLE.format(table=self.page.table, where=where)
        [(sampled, shown)] = self._run(query, newscompare_rows=rows)
        return bool(shown > MOST * sampled)

    @cached_property
    def _counted(self) -> Counter[int]:
        """How many of the rows shown name each entity."""
        page, asked = self.page, self.page.asked
        if self._shown is not None and facet_bitmaps.is_few(self._shown):
            query = sql.KEPT.format(columns=self.join.key, table=page.table, where=sql.AMONG)
            return self._count(query, newscompare_rows=json.dumps(facet_bitmaps.members(self._shown)))
        if page.table == "sentences" and (found := sql.sentences(asked)):
            return self._count(*found)
        return self._count(page.sql)

    @cached_property
    def _left_out(self) -> Counter[int]:
        """The same of the rows that the page leaves out."""
        return self._count(sql.LEFT_OUT.format(columns="*", table=self.page.table, where=self.page.where))

    def _of_shown(self, kind: str | None, limit: int) -> list[Pair]:
        """The first of those that were counted."""
        counted = self._counted
        chosen = self._selected(kind)
        others: list[Pair] = []
        # Few are of other types than the panel's: all are put into order only where they are not.
        for many in (8 * limit, len(counted)):
            first = nsmallest(many, counted.items(), key=most_first)
            of_type = self._of_type(kind, (id for id, _ in first))
            others = [pair for pair in first if pair[0] in of_type and pair[0] not in chosen]
            if len(others) >= limit:
                break
        told = sorted(((id, counted[id]) for id in chosen if counted[id]), key=most_first)
        return [*told, *others][:limit]

    def _by_threshold(self, kind: str | None, limit: int, count: Callable[[list[Pair]], Iterable[Pair]]) -> list[Pair]:
        """The first of those that `count` counts: it takes entities with their rows in the whole table."""
        chosen = self._selected(kind)
        overall = self._run(sql.OVERALL.format(count=self.join.count), newscompare_ids=json.dumps(list(chosen)))
        told = sorted((pair for pair in count(overall) if pair[1] > 0), key=most_first)

        def of_others(some: list[Pair], best: list[Pair]) -> Iterable[Pair]:
            return count([pair for pair in some if pair[0] not in chosen])

        return [*told, *by_threshold(self._candidates(kind), limit - len(told), of_others, BATCH, growth=2)]

    def _candidates(self, kind: str | None) -> Iterator[Pair]:
        """All entities of a type that rows of the table name, most rows first."""
        query = facet_bitmaps.CANDIDATES.format(count=self.join.count, of_type=" AND type = :type" if kind else "")
        return iter(self.connection.execute(query, {"type": kind}))

    def _of_roles(self, batch: list[Pair]) -> Iterable[Pair]:
        query = sql.OF_ROLES.format(roles=" AND ".join(self.page.asked.roles))
        return self._run(query, newscompare_ids=json.dumps([id for id, _ in batch]))

    def _but_left_out(self, batch: list[Pair]) -> Iterable[Pair]:
        return ((id, overall - self._left_out[id]) for id, overall in batch)

    def _selected(self, kind: str | None) -> set[int]:
        return self._of_type(kind, self.page.selected) if self.page.selected else set()

    def _of_type(self, kind: str | None, ids: Iterable[int]) -> set[int]:
        if kind is None:
            return set(ids)
        return {id for (id,) in self.connection.execute(sql.OF_TYPE, [kind, json.dumps(list(ids))])}

    def _count(self, rows: str, roles: Sequence[str] = (), **more: Any) -> Counter[int]:
        """How many of a query's rows name each entity; `roles` are conditions that the query does not look at."""
        return Counter(self._numbers(self.join.entities_of(rows, roles), **more))

    def _bits(self, query: str, **more: Any) -> int:
        """The bitmap of what a query for rowids finds."""
        return facet_bitmaps.bits(self._numbers(sql.IN_ONE.format(query=query), **more))

    def _numbers(self, query: str, **more: Any) -> list[int]:
        """What a query for numbers finds, in one piece: SQLite hands out row by row at several times the cost."""
        [(found,)] = self._run(query, **more)
        numbers: list[int] = json.loads(f"[{found or ''}]")
        return numbers

    def _run(self, query: str, **more: Any) -> list[Any]:
        return self.connection.execute(query, {**self.page.params, **more}).fetchall()
