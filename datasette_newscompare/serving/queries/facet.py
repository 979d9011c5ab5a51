"""What the entity facet and filter ask: which entities a table's rows name, and which of them most."""

from __future__ import annotations

import re
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

    @property
    def tables(self) -> tuple[str, ...]:
        """What the facet and the filter read, beside the rows themselves."""
        return (self.table, "entities")

    @property
    def path(self) -> str:
        """The join from the rows, `r`, to `x`, whose `entity_id` they name."""
        return f"{self.table} AS x ON x.{self.column} = r.{self.key}"

    def naming(self, which: str) -> str:
        """The condition on a row that it names an entity; `which` is what its id is compared with: `= :id`."""
        return f"{self.key} IN (SELECT {self.column} FROM {self.table} WHERE entity_id {which})"


JOINS = {
    "articles": Join("article_entities", "article_id", "article_count"),
    "sentences": Join("sentence_entities", "sentence_id", "sentence_count"),
    "stories": Join("story_entities", "story_id", "story_count"),
    "matches": Join("match_entities", "match_id", "match_count"),
    "differences": Join("match_entities", "match_id", "difference_count", key="match_id"),
    "facts": Join("fact_entities", "fact_id", "fact_count"),
    "quantities": Join("sentence_entities", "sentence_id", "quantity_count", key="sentence_id"),
    "quotes": Join("sentence_entities", "sentence_id", "quote_count", key="sentence_id"),
}
"""The tables that can be faceted by entity."""

OF_ROLE = re.compile(r'\s*["\[]?role["\]]? (?:=|!=) :p\d+\s*')
"""Datasette's condition that keeps the sentences of a role, or all others: `sentence_entities` holds the role too."""

OF_TYPE = "SELECT id FROM entities WHERE type = :newscompare_type"
OF_ANY_TYPE = "SELECT id FROM entities"

CANDIDATES = """
    SELECT id FROM (
        SELECT id FROM entities WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
        ORDER BY {count} DESC, id LIMIT :newscompare_guess
    )
    UNION ALL
    SELECT id FROM entities WHERE id IN (SELECT value FROM json_each(:newscompare_selected))
        AND (:newscompare_type IS NULL OR type = :newscompare_type)
"""

NEXT_CANDIDATE = """
    SELECT {count} FROM entities WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
    ORDER BY {count} DESC, id LIMIT 1 OFFSET :newscompare_guess
"""

UNFILTERED = """
    SELECT id, {count} AS n FROM entities
    WHERE {count} > 0 AND (:newscompare_type IS NULL OR type = :newscompare_type)
    ORDER BY {count} DESC, id LIMIT :newscompare_limit
"""

# CROSS JOIN keeps SQLite from turning the join round: the rows of the page come first, their entities are looked up.
# The + keeps it from looking up every candidate for every row.
SHOWN = """
    SELECT x.entity_id AS id, count(*) AS n
    FROM ({sql}) AS r CROSS JOIN {path}
    WHERE +x.entity_id IN ({which})
    GROUP BY x.entity_id
    ORDER BY x.entity_id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, n DESC, id
    LIMIT :newscompare_limit
"""

# Sentences of a role: their entities alone are looked at.
OF_ROLE_ONLY = """
    SELECT x.entity_id AS id, count(*) AS n FROM sentence_entities AS x
    WHERE x.entity_id IN ({which}) AND ({where})
    GROUP BY x.entity_id ORDER BY n DESC, id LIMIT :newscompare_limit
"""

# Where the page shows most of the table, fewer rows are left out than shown: those are counted, and taken off.
LEFT_OUT = """
    SELECT e.id, e.{count} - coalesce(gone.rows, 0) AS n
    FROM entities AS e LEFT JOIN (
        SELECT x.entity_id, count(*) AS rows
        FROM (SELECT * FROM {table} WHERE ({where}) IS NOT TRUE) AS r CROSS JOIN {path}
        WHERE +x.entity_id IN ({which})
        GROUP BY x.entity_id
    ) AS gone ON gone.entity_id = e.id
    WHERE e.id IN ({which}) AND e.{count} > coalesce(gone.rows, 0)
    ORDER BY e.id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, n DESC, e.id
    LIMIT :newscompare_limit
"""

NAMED = """
    SELECT e.id, e.name, e.type, top.n FROM ({counts}) AS top JOIN entities AS e ON e.id = top.id
    ORDER BY e.id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, top.n DESC, e.name
"""

NAMES_OF = """
    SELECT e.id, e.name, e.type, json_extract(top.value, '$[1]') AS n
    FROM json_each(:newscompare_top) AS top JOIN entities AS e ON e.id = json_extract(top.value, '$[0]')
    ORDER BY e.id IN (SELECT value FROM json_each(:newscompare_selected)) DESC, n DESC, e.name
"""


def shown(table: str, sql: str, which: str) -> str:
    """Counts what the rows of `sql` name, of the entities `which`."""
    return NAMED.format(counts=SHOWN.format(sql=sql, path=JOINS[table].path, which=which))


def left_out(table: str, where: str, which: str) -> str:
    """The same of the table's rows that `where` holds for, by counting those that it leaves out."""
    join = JOINS[table]
    return NAMED.format(counts=LEFT_OUT.format(table=table, where=where, count=join.count, path=join.path, which=which))


def of_role(where: str, which: str) -> str:
    """The same of the sentences that `where` holds for, which looks at their role alone."""
    return NAMED.format(counts=OF_ROLE_ONLY.format(where=where, which=which))
