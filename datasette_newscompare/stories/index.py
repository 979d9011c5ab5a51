"""What the database keeps so that new articles find their stories without reading all the others.

Two tables: in how many articles each term stands, and for each article its weightiest terms with its day, so that one
look-up by term and time gives the candidates. `sql/001_story_index.sql` makes them, `index_rows` says what to write for
an article, and `SqliteIndex` answers `group_new` from them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import numpy as np

from datasette_newscompare.stories.documents import StoryDocument
from datasette_newscompare.stories.vectors import Vectors, ordinal_day, sketches, vectorise

WRITE_TERM = "INSERT OR REPLACE INTO article_terms (term, day, article_id, weight) VALUES (?, ?, ?, ?)"
WRITE_COUNT = """
INSERT INTO term_counts (term, article_count) VALUES (?, ?)
ON CONFLICT (term) DO UPDATE SET article_count = article_count + excluded.article_count
"""

COUNTS = "SELECT term, article_count FROM term_counts WHERE term IN (SELECT value FROM json_each(?))"

# An article without a date (day 0) is a candidate for all, and all are candidates for it.
CANDIDATES = """
SELECT article_id, sum(shared) AS shared FROM (
    SELECT t.article_id, t.weight * q.value AS shared
    FROM json_each(:weights) q CROSS JOIN article_terms t ON t.term = q.key AND t.day = 0
    UNION ALL
    SELECT t.article_id, t.weight * q.value
    FROM json_each(:weights) q CROSS JOIN article_terms t ON t.term = q.key AND t.day BETWEEN :first AND :last
)
GROUP BY article_id ORDER BY 2 DESC, article_id LIMIT :limit
"""

STORY_MEMBERS = """
SELECT id FROM articles WHERE story_id IN (
    SELECT story_id FROM articles WHERE id IN (SELECT value FROM json_each(:articles))
    UNION SELECT id FROM stories WHERE given_name IN (SELECT value FROM json_each(:given))
)
"""

STORED_TERMS = 20
"""How many of an article's weightiest terms are kept. An article that looks for the 30 nearest by 40 terms of its own
finds 97.1% of its story where 16 are kept, 97.7% where 24, and 97.9% where 40 are (1,610 articles)."""

_LAST_DAY = 3_652_059
"""31 December 9999, the last day that Python's and SQLite's dates know."""


class StoryIndex(Protocol):
    """What `group_new` asks of the articles that are loaded already."""

    def article_count(self) -> int:
        """How many articles the counts are about."""

    def article_counts(self, terms: Collection[str]) -> Mapping[str, int]:
        """In how many loaded articles each of the terms stands; terms of none may be left out."""

    def candidates(self, weights: Mapping[str, float], day: float, window_days: int, limit: int) -> Sequence[str]:
        """Ids of the `limit` articles that share most of the weighted terms, best first.

        `day` is an ordinal or NaN; articles without a date and, for NaN, all dates are within the window.
        """

    def members(self, article_ids: Collection[str], given: Collection[str]) -> Sequence[str]:
        """Ids of all articles of the stories that these articles are in, and of the stories with these given names."""

    def documents(self, article_ids: Collection[str]) -> Sequence[StoryDocument]:
        """These articles with their stored stories, in any order."""


class SqliteIndex:
    """The index in the database's tables. `read` makes the documents of the ids that it is given."""

    def __init__(
        self, connection: sqlite3.Connection, read: Callable[[Collection[str]], Sequence[StoryDocument]]
    ) -> None:
        self._connection = connection
        self._read = read

    def article_count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    def article_counts(self, terms: Collection[str]) -> Mapping[str, int]:
        return dict(self._connection.execute(COUNTS, [json.dumps(sorted(terms))]).fetchall())

    def candidates(self, weights: Mapping[str, float], day: float, window_days: int, limit: int) -> Sequence[str]:
        known = day == day
        asked = {
            "weights": json.dumps(dict(weights)),
            "first": max(1, int(day) - window_days) if known else 1,
            "last": int(day) + window_days if known else _LAST_DAY,
            "limit": limit,
        }
        return [row[0] for row in self._connection.execute(CANDIDATES, asked)]

    def members(self, article_ids: Collection[str], given: Collection[str]) -> Sequence[str]:
        asked = {"articles": json.dumps(sorted(article_ids)), "given": json.dumps(sorted(given))}
        return [row[0] for row in self._connection.execute(STORY_MEMBERS, asked)]

    def documents(self, article_ids: Collection[str]) -> Sequence[StoryDocument]:
        return self._read(article_ids)


def index_rows(
    documents: Sequence[StoryDocument], index: StoryIndex, vectors: Vectors | None = None
) -> tuple[list[tuple[str, int, str, int]], list[tuple[str, int]]]:
    """What to write for articles that the index does not hold yet: parameters of WRITE_TERM and of WRITE_COUNT.

    To take an article out, negate the counts that its old text gives here, and delete its `article_terms`. `vectors`
    is what `vectorise` gives for the documents, where the caller has it already. Rows come in the order of their keys.
    """
    vectors = vectors or vectorise(documents, index)
    terms = list(vectors.columns)
    weightiest = sketches(vectors.whole, STORED_TERMS)
    rows = []
    for number, document in enumerate(documents):
        day = ordinal_day(document.published)
        span = slice(weightiest.indptr[number], weightiest.indptr[number + 1])
        for column, weight in zip(weightiest.indices[span], weightiest.data[span], strict=True):
            thousandths = max(1, round(float(weight) * 1000))
            rows.append((terms[column], int(day) if day == day else 0, document.id, thousandths))
    counts = np.bincount(vectors.whole.indices, minlength=len(terms))
    return sorted(rows), sorted((term, int(count)) for term, count in zip(terms, counts, strict=True))
