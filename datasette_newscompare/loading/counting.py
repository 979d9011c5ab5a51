"""Keeps the counts in step with the rows that they count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from .. import schema
from ..entities.names import people_of
from ..entity_rows import COUNTS

COUNT_STORY = """
UPDATE stories SET
    (article_count, source_count, first_published, last_published) = (
        SELECT count(*), count(DISTINCT source_id), min(published), max(published)
        FROM articles WHERE story_id = :story),
    match_count = (SELECT count(*) FROM matches WHERE story_id = :story),
    fact_count = (SELECT count(*) FROM facts WHERE story_id = :story)
WHERE id = :story
"""
COUNT_SOURCES = """
UPDATE sources SET article_count = found.articles, story_count = found.stories
FROM (SELECT s.id AS source, count(a.id) AS articles, count(DISTINCT a.story_id) AS stories
      FROM sources s LEFT JOIN articles a ON a.source_id = s.id GROUP BY s.id) AS found
WHERE found.source = sources.id
  AND (article_count, story_count) IS NOT (found.articles, found.stories)
"""


def count_stories(db: Database, stories: Sequence[int]) -> None:
    """Bring the counts of these stories up to date; a story without articles goes."""
    for story in stories:
        db.execute(COUNT_STORY, {"story": story})
        db.execute("DELETE FROM stories WHERE id = ? AND article_count = 0", [story])


def count_sources(db: Database) -> None:
    """Bring the counts of all sources up to date; a source without articles goes."""
    with db.atomic():
        db.execute(COUNT_SOURCES)
        db.execute("DELETE FROM sources WHERE article_count = 0")


def recount_entities(db: Database) -> None:
    """Count all that is counted of entities anew, by the rows that name them, and see whose people each is.

    Call inside a transaction.
    """
    db.conn.create_function("people_of", 2, people_of, deterministic=True)
    db.execute("UPDATE entities SET people_of = people_of(name, type) WHERE people_of IS NOT people_of(name, type)")
    schema.run(db, "recount_entities.sql")
    db.execute(COUNTS)
