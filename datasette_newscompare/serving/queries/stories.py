"""What the stories list asks. Its conditions are put together from the parts here, never from what a reader typed.

CROSS JOIN fixes the order of its two sides in SQLite: first the stories that fit, then what belongs to them.
"""

from __future__ import annotations

MATCHING = "stories.id IN (SELECT a.story_id FROM articles a WHERE a.rowid IN ({}))".format(
    "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :search"
)
SEARCHED = """
-- Stories of which an article holds the words searched for
SELECT json_group_array(id) AS ids, count(*) AS n FROM (
    SELECT DISTINCT a.story_id AS id
    FROM articles_fts
    CROSS JOIN articles a ON a.rowid = articles_fts.rowid
    WHERE articles_fts MATCH :search AND a.story_id IS NOT NULL
    LIMIT :most
)
"""
SEARCHED_AMONG = """
-- Stories that fit, of which an article holds the words searched for
SELECT json_group_array(id) AS ids, count(*) AS n FROM (
    SELECT DISTINCT stories.id
    FROM articles_fts
    CROSS JOIN articles a ON a.rowid = articles_fts.rowid
    CROSS JOIN stories ON stories.id = a.story_id
    WHERE articles_fts MATCH :search AND {where}
    LIMIT :most
)
"""
FOUND = """
-- Stories that fit
SELECT json_group_array(id) AS ids, count(*) AS n FROM (SELECT id FROM stories WHERE {where} LIMIT :most)
"""
AMONG = "stories.id IN (SELECT value FROM json_each(:found))"
"""What was found by several conditions, where it is not too much, is bound for the other queries of the page."""
AMONG_MANY = "+" + AMONG
"""The same for a list: with the plus, SQLite walks all stories in its order, and need not sort those found."""
NUMBERS = "SELECT id FROM stories WHERE {where}"
OF_SOURCE = "stories.id IN (SELECT a.story_id FROM articles a WHERE a.source_id = :{name})"
WITH_ENTITY = "stories.id IN (SELECT e.story_id FROM story_entities e WHERE e.entity_id = :{name})"
WITH_ANY_ENTITY = (
    "stories.id IN (SELECT e.story_id FROM story_entities e"
    " WHERE e.entity_id IN (SELECT value FROM json_each(:any_entity)))"
)
FROM_DAY = "stories.last_published >= :from_day"
TO_DAY = "substr(stories.first_published, 1, length(:to_day)) <= :to_day"
SEVERAL_SOURCES = "stories.source_count > 1"

LIST = """
-- The stories
SELECT id, title, first_published, last_published, article_count, source_count, match_count, fact_count,
       independent_count
FROM stories
WHERE {where}
ORDER BY {order}
LIMIT :limit
"""

SORTED_BY = {"newest": "last_published", "sources": "source_count", "facts": "fact_count"}
ORDERS = {sort: f"{column} DESC, id DESC" for sort, column in SORTED_BY.items()}
AFTER = {sort: f"({column}, id) < (:after_value, :after_id)" for sort, column in SORTED_BY.items()}
UNDATED = "last_published IS NULL"
"""Stories without a date come after all others."""
UNDATED_ORDER = "id DESC"
UNDATED_AFTER = "id < :after_id"

COUNT = """
-- How many stories there are
SELECT count(*) AS n FROM stories WHERE {where}
"""

SOURCES_OF_STORIES = """
-- Who tells these stories
SELECT a.story_id, so.id AS source_id, so.name AS source, count(*) AS article_count, min(a.published) AS published
FROM json_each(:stories) x
JOIN articles a ON a.story_id = x.value
JOIN sources so ON so.id = a.source_id
GROUP BY a.story_id, so.id
ORDER BY a.story_id, published IS NULL, published, so.name
"""

LOADED = """
-- When stories without a date were loaded
SELECT a.story_id AS id, max(a.loaded_at) AS loaded_at
FROM json_each(:stories) x JOIN articles a ON a.story_id = x.value
GROUP BY a.story_id
"""

DIFFERENCES_OF_STORIES = """
-- What differs in these stories
SELECT m.story_id, d.kind, count(*) AS n
FROM json_each(:stories) x
JOIN matches m ON m.story_id = x.value
JOIN differences d ON d.match_id = m.id
GROUP BY m.story_id, d.kind
"""

SOURCE_FACET = """
-- Sources of the stories found
SELECT so.id, so.name, x.n
FROM (
    SELECT source_id, count(*) AS n
    FROM (
        SELECT DISTINCT a.story_id, a.source_id
        FROM stories CROSS JOIN articles a ON a.story_id = stories.id
        WHERE {where}
    )
    GROUP BY source_id
    ORDER BY n DESC
    LIMIT :limit
) x
JOIN sources so ON so.id = x.source_id
ORDER BY x.n DESC, so.name
"""

ALL_SOURCES_FACET = """
-- Sources by stories
SELECT id, name, story_count AS n FROM sources ORDER BY n DESC, name LIMIT :limit
"""

ENTITY_FACET = """
-- Entities of the stories found, by type
SELECT id, name, type, n FROM (
    SELECT e.id, e.name, e.type, x.n, row_number() OVER (
        PARTITION BY e.type ORDER BY x.n DESC, e.sentence_count DESC, e.name) AS place
    FROM (
        SELECT y.entity_id, count(*) AS n
        FROM stories CROSS JOIN story_entities y ON y.story_id = stories.id
        WHERE {where}
        GROUP BY y.entity_id
    ) x
    JOIN entities e ON e.id = x.entity_id
)
WHERE place <= :limit ORDER BY type, place
"""

ALL_ENTITIES_FACET = "-- Entities by stories, of each type\n" + " UNION ALL ".join(
    f"SELECT * FROM (SELECT id, name, type, story_count AS n FROM entities WHERE type = '{kind}'"
    " ORDER BY story_count DESC, sentence_count DESC LIMIT :limit)"
    for kind in ("person", "organisation", "place")
)

NAMES = """
-- The names of what the list is narrowed to
SELECT 'source' AS kind, id, name FROM sources WHERE id IN (SELECT value FROM json_each(:sources))
UNION ALL
SELECT 'entity', id, name FROM entities WHERE id IN (SELECT value FROM json_each(:entities))
"""
