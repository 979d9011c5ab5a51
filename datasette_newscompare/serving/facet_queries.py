"""What the entity facet and filter ask: which entities a table's rows name, and which rows a page shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Join:
    """How a table's rows lead to the entities that they name, each pair once."""

    table: str
    """The table that joins them."""
    column: str
    """Its column that leads to the rows."""
    count: str
    """The column of `entities` that holds how many rows name the entity."""
    key: str = "id"
    """The rows' column that it leads to."""
    lists: str | None = None
    """The table that holds all entities of what `column` leads to in one piece."""

    @property
    def tables(self) -> tuple[str, ...]:
        """What the facet and the filter read, beside the rows themselves."""
        return (self.table, *([self.lists] if self.lists else []), "entities")

    def entities_of(self, rows: str, roles: Sequence[str] = ()) -> str:
        """The query for all entities that the rows of a query name, of each row anew, as numbers with commas between.

        `roles` are conditions on sentences that the query does not look at.
        """
        # CROSS JOIN keeps SQLite from turning the join round: the rows come first, their entities are looked up.
        join, table, listed = "CROSS JOIN", self.table, "x.entity_id"
        if self.lists and not roles:
            table, listed = self.lists, "x.entity_ids"
        if self.table == "article_entities":
            # Some lists are missing while a load runs.
            one_by_one = f"SELECT group_concat(entity_id) FROM {self.table} WHERE {self.column} = r.{self.key}"
            join, listed = "LEFT JOIN", f"coalesce(x.entity_ids, ({one_by_one}))"
        only = f" WHERE {' AND '.join(roles)}" if roles else ""
        return (
            f"SELECT group_concat({listed}) FROM ({rows}) AS r"
            f" {join} {table} AS x ON x.{self.column} = r.{self.key}{only}"
        )

    def naming(self, which: str) -> str:
        """The condition on a row that it names an entity; `which` is what its id is compared with: `= :id`."""
        return f"{self.key} IN (SELECT {self.column} FROM {self.table} WHERE entity_id {which})"


OF_SENTENCE = "sentence_entity_ids"

JOINS = {
    "articles": Join("article_entities", "article_id", "article_count", lists="article_entity_ids"),
    "sentences": Join("sentence_entities", "sentence_id", "sentence_count", lists=OF_SENTENCE),
    "stories": Join("story_entities", "story_id", "story_count"),
    "matches": Join("match_entities", "match_id", "match_count"),
    "differences": Join("match_entities", "match_id", "difference_count", key="match_id"),
    "facts": Join("fact_entities", "fact_id", "fact_count"),
    "quantities": Join("sentence_entities", "sentence_id", "quantity_count", key="sentence_id", lists=OF_SENTENCE),
    "quotes": Join("sentence_entities", "sentence_id", "quote_count", key="sentence_id", lists=OF_SENTENCE),
}
"""The tables that can be faceted by entity."""

ENTITY = r":newscompare_entity_[0-9]+"
OF_ROLE = re.compile(r'["\[]?role["\]]? (?:=|!=) :p[0-9]+')
VALUE = re.compile(r'["\[]?(\w+)["\]]? = :(p[0-9]+)')
"""A column says what a parameter holds."""
SEARCHED = re.compile(
    r'["\[]?rowid["\]]? in \((select rowid from \S+ where \S+ match (?:escape_fts\(:search\w*\)|:search\w*))\)'
)


@dataclass(frozen=True)
class Narrowed:
    """What a page's rows must fulfil, taken apart into what can be told without a look at them, and the rest."""

    named: tuple[str, ...] = ()
    """What the id of an entity that they name is compared with."""
    roles: tuple[str, ...] = ()
    """Conditions on a sentence's role, which `sentence_entities` holds too."""
    searches: tuple[str, ...] = ()
    """Queries of a search index for their rowids."""
    rest: tuple[str, ...] = ()
    """All other conditions."""


def narrowed(table: str, where: str) -> Narrowed:
    """Datasette's condition, and that of `_entity`, taken apart. What is not known stays in `rest` as it is."""
    naming = re.compile(
        re.escape(JOINS[table].naming("\0")).replace(re.escape("\0"), rf"(= {ENTITY}|IN \({ENTITY}(?:, {ENTITY})*\))")
    )
    found: dict[str, list[str]] = {"named": [], "roles": [], "searches": [], "rest": []}
    for part in _parts(where):
        if named := naming.fullmatch(part):
            found["named"].append(named[1])
        elif table == "sentences" and OF_ROLE.fullmatch(part):
            found["roles"].append(part)
        elif searched := SEARCHED.fullmatch(part):
            found["searches"].append(searched[1])
        else:
            found["rest"].append(part)
    return Narrowed(**{name: tuple(parts) for name, parts in found.items()})


def _parts(where: str) -> list[str]:
    """The conditions that `and` joins, in brackets or not; in one piece where that is not plain to see."""
    if re.search(r"['`;]|--|/\*|\b(?:or|case)\b", where, re.I) or where.count("(") != where.count(")"):
        return [where.strip()]
    parts, depth = [""], 0
    for piece in re.split(r"( and |[()])", where.strip()):
        depth += (piece == "(") - (piece == ")")
        if piece == " and " and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


OVERALL = "SELECT id, {count} FROM entities WHERE id IN (SELECT value FROM json_each(:newscompare_ids))"
OF_TYPE = "SELECT id FROM entities WHERE type = ? AND id IN (SELECT value FROM json_each(?))"
NAMES = "SELECT id, name, type FROM entities WHERE id IN (SELECT value FROM json_each(?))"

IN_ONE = "WITH found(number) AS ({query}) SELECT group_concat(number) FROM found"
"""The only column of a query, whole numbers, with commas between."""

OF_ROLES = """
    SELECT x.entity_id, count(*) FROM sentence_entities AS x
    WHERE x.entity_id IN (SELECT value FROM json_each(:newscompare_ids)) AND {roles}
    GROUP BY x.entity_id
"""
"""Sentences of a role: their entities alone are looked at."""

AMONG = "rowid IN (SELECT value FROM json_each(:newscompare_rows))"
"""A row is among those of these rowids."""

AMONG_SAMPLE = f"SELECT count(*), coalesce(sum(({{where}}) IS TRUE), 0) FROM {{table}} WHERE {AMONG}"
"""How many rows of a sample, given by their rowids, there are, and how many of them a condition holds for."""

KEPT = "SELECT {columns} FROM {table} WHERE {where}"

LEFT_OUT = "SELECT {columns} FROM {table} WHERE ({where}) IS NOT TRUE"


def sentences(asked: Narrowed) -> tuple[str, tuple[str, ...]] | None:
    """A query that reads no sentence for the ids of the sentences that fulfil all but `rest`, and the conditions on
    their role that it leaves over; None where there is none."""
    if asked.rest or not (asked.named or asked.searches):
        return None
    sources = []
    for which in asked.named:
        each = [f"= {id}" for id in re.findall(ENTITY, which)]
        named = [" AND ".join((f"entity_id {one}", *asked.roles)) for one in each]
        selects = [f"SELECT sentence_id AS id FROM sentence_entities WHERE {one}" for one in named]
        # In order SQLite merges them, which takes less time than a tree of them.
        sources.append(" UNION ".join(selects) + (" ORDER BY 1" if len(selects) > 1 else ""))
    sources += [f"SELECT rowid AS id FROM ({search})" for search in asked.searches]
    if len(sources) > 1:
        sources = [f"SELECT id FROM ({source})" for source in sources]
    return " INTERSECT ".join(sources), () if asked.named else asked.roles
