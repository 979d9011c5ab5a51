"""Keeps the counts in step with the rows that they count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

COUNT_STORY = """
UPDATE stories SET
    (article_count, source_count, first_published, last_published) = (
        SELECT count(*), count(DISTINCT source_id), min(published), max(published)
        FROM articles WHERE story_id = :story),
    match_count = (SELECT count(*) FROM matches WHERE story_id = :story),
    fact_count = (SELECT count(*) FROM facts WHERE story_id = :story)
WHERE id = :story
"""
STORY_ENTITIES = """
INSERT INTO story_entities (story_id, entity_id, article_count, source_count)
SELECT a.story_id, x.entity_id, count(*), count(DISTINCT a.source_id)
FROM articles a JOIN article_entities x ON x.article_id = a.id WHERE a.story_id = ? GROUP BY x.entity_id
"""
MATCH_ENTITIES = """
INSERT OR IGNORE INTO match_entities (match_id, entity_id)
SELECT m.id, n.entity_id FROM matches m JOIN mentions n ON n.sentence_id IN (m.left_sentence_id, m.right_sentence_id)
WHERE m.story_id = ? AND n.entity_id IS NOT NULL
"""
COUNT_ENTITIES = """
UPDATE entities SET
    (article_count, mention_count) = (
        SELECT count(*), coalesce(sum(mention_count), 0) FROM article_entities WHERE entity_id = entities.id),
    sentence_count = (SELECT count(DISTINCT sentence_id) FROM mentions WHERE entity_id = entities.id),
    (story_count, source_count) = (
        SELECT count(DISTINCT a.story_id), count(DISTINCT a.source_id)
        FROM article_entities x JOIN articles a ON a.id = x.article_id WHERE x.entity_id = entities.id),
    match_count = (SELECT count(*) FROM match_entities WHERE entity_id = entities.id)
WHERE id IN (SELECT entity_id FROM stale_entities)
"""
COUNT_SOURCES = """
UPDATE sources SET
    (article_count, story_count) = (
        SELECT count(*), count(DISTINCT story_id) FROM articles WHERE source_id = sources.id)
"""
COUNT_ALIASES = """
UPDATE entity_aliases SET mention_count = (
    SELECT count(*) FROM mentions m WHERE m.entity_id = entity_aliases.entity_id AND m.text = entity_aliases.alias)
WHERE entity_id IN (SELECT entity_id FROM stale_entities)
"""


def count_stories(db: Database, stories: Sequence[int]) -> None:
    """Bring the counts and entity lists of these stories up to date; a story without articles goes."""
    for story in stories:
        db.execute(COUNT_STORY, {"story": story})
        db.execute("DELETE FROM story_entities WHERE story_id = ?", [story])
        db.execute(STORY_ENTITIES, [story])
        db.execute("DELETE FROM match_entities WHERE match_id IN (SELECT id FROM matches WHERE story_id = ?)", [story])
        db.execute(MATCH_ENTITIES, [story])
        db.execute("DELETE FROM stories WHERE id = ? AND article_count = 0", [story])


def count_all(db: Database) -> None:
    """Count sources, and the entities that the run touched; entities that nothing names any more go."""
    with db.atomic():
        db.execute(COUNT_SOURCES)
        db.execute(COUNT_ENTITIES)
        db.execute(COUNT_ALIASES)
        db.execute(
            "DELETE FROM entity_aliases WHERE origin = 'found' AND mention_count = 0"
            " AND entity_id IN (SELECT entity_id FROM stale_entities)"
        )
        db.execute(
            "DELETE FROM entities WHERE mention_count = 0 AND id IN (SELECT entity_id FROM stale_entities)"
            " AND NOT EXISTS (SELECT 1 FROM entity_aliases WHERE entity_id = entities.id)"
        )
        db.execute("DELETE FROM stale_entities")
