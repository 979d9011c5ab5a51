"""What the entities list and the page of one entity ask."""

from __future__ import annotations

LIST = """
-- Entities, in the order asked for
SELECT id, name, type, article_count, source_count, sentence_count, story_count, mention_count, match_count,
       difference_count
FROM entities
WHERE {where}
ORDER BY {order}
LIMIT :limit
"""

COLUMNS = {
    "articles": ("article_count", "sentence_count"),
    "sources": ("source_count", "sentence_count"),
    "sentences": ("sentence_count",),
    "differences": ("difference_count", "sentence_count"),
    "name": ("name",),
}
"""What the list can be sorted by, the largest first, but names from A on."""
ORDERS = {
    sort: ", ".join(column + (" DESC" if sort != "name" else "") for column in (*columns, "id"))
    for sort, columns in COLUMNS.items()
}
AFTER = {
    sort: "({}, id) {} ({}, :after_id)".format(
        ", ".join(columns), "<" if sort != "name" else ">", ", ".join(f":after_{column}" for column in columns)
    )
    for sort, columns in COLUMNS.items()
}

OF_TYPE = "type = :type"
NAMED = (
    "(name LIKE :name ESCAPE '\\' OR EXISTS ("
    "SELECT 1 FROM entity_aliases x WHERE x.entity_id = entities.id AND x.alias LIKE :name ESCAPE '\\'))"
)
"""Looked at in the list's order, until a page is full."""
FOUND = """
-- Entities with this in their name or spellings
SELECT json_group_array(DISTINCT id) AS ids, count(*) AS names FROM (
    SELECT id FROM entities WHERE name LIKE :name ESCAPE '\\'
    UNION ALL SELECT entity_id FROM entity_aliases WHERE alias LIKE :name ESCAPE '\\'
    LIMIT :most
)
"""
AMONG = "id IN (SELECT value FROM json_each(:found))"
"""What a search found, where it is not too much, is bound for the list and its length."""
SEVERAL_SOURCES = "source_count > 1"

ALL_TYPES = """
-- How many entities there are of each type
SELECT type, entity_count AS n FROM entity_types WHERE entity_count > 0 ORDER BY n DESC, type
"""
TYPES = """
-- How many entities that fit there are of each type
SELECT type, count(*) AS n FROM entities WHERE {where} GROUP BY type ORDER BY n DESC, type
"""

ALIASES_OF = """
-- How they are spelt
SELECT x.entity_id, x.alias, x.mention_count
FROM json_each(:entities) j
JOIN entity_aliases x ON x.entity_id = j.value
ORDER BY x.entity_id, x.mention_count DESC, x.alias
"""

ENTITY = """
-- The entity
SELECT id, name, type, people_of, article_count, source_count, sentence_count, story_count, mention_count, match_count,
       difference_count
FROM entities WHERE id = :entity_id
"""

COUNTRY = """
-- Whose people it is
SELECT id, name, type FROM entities
WHERE type = 'place' AND (name = :name OR id IN (SELECT entity_id FROM entity_aliases WHERE alias = :name))
ORDER BY name = :name DESC, sentence_count DESC, id LIMIT 1
"""

PEOPLES = """
-- Its people
SELECT id, name, type, sentence_count FROM entities
WHERE people_of = :name OR people_of IN (SELECT alias FROM entity_aliases WHERE entity_id = :entity_id)
ORDER BY sentence_count DESC, id LIMIT 12
"""

ALIASES = """
-- How it is spelt
SELECT alias, mention_count, origin FROM entity_aliases WHERE entity_id = :entity_id ORDER BY mention_count DESC, alias
"""

STORIES = """
-- Stories that name it
SELECT st.id, st.title, st.last_published, x.article_count, x.source_count, st.source_count AS story_source_count
FROM (
    SELECT story_id, article_count, source_count
    FROM story_entities
    WHERE entity_id = :entity_id
    ORDER BY story_id DESC
    LIMIT :newest
) x
JOIN stories st ON st.id = x.story_id
ORDER BY x.source_count DESC, x.article_count DESC, st.id DESC
LIMIT :limit
"""

SOURCES = """
-- Which sources name it
SELECT so.id, so.name, x.article_count
FROM source_entities x
JOIN sources so ON so.id = x.source_id
WHERE x.entity_id = :entity_id
ORDER BY x.article_count DESC, so.name
"""

SENTENCES = """
-- Sentences of a story that name it
SELECT s.id AS sentence_id, s.text, s.role, s.article_id, a.source_id, so.name AS source, a.published, s.position,
       s.start
FROM articles a
JOIN sources so ON so.id = a.source_id
JOIN sentences s ON s.article_id = a.id
WHERE a.story_id = :story_id AND s.role <> 'boilerplate'
  AND EXISTS (SELECT 1 FROM mentions m WHERE m.sentence_id = s.id AND m.entity_id = :entity_id)
  AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)
ORDER BY a.published IS NULL, a.published, a.id, s.position
LIMIT :limit
"""

MENTIONS = """
-- Where these sentences name it
SELECT m.sentence_id, m.start, m."end"
FROM json_each(:sentences) j
CROSS JOIN mentions m ON m.sentence_id = j.value AND m.entity_id = :entity_id
ORDER BY m.sentence_id, m.start
"""

MATCHES = """
-- Which of these sentences match
SELECT m.id, m.left_sentence_id, m.right_sentence_id, m.left_article_id, m.right_article_id, m.score, m.kind
FROM json_each(:sentences) j
JOIN matches m ON m.left_sentence_id = j.value
WHERE m.right_sentence_id IN (SELECT value FROM json_each(:sentences))
ORDER BY m.score DESC, m.id
"""

FACTS = """
-- Facts that these sentences tell
SELECT x.fact_id, x.sentence_id, f.text, f.source_count
FROM json_each(:sentences) j
JOIN fact_sentences x ON x.sentence_id = j.value
JOIN facts f ON f.id = x.fact_id
ORDER BY f.source_count DESC, x.fact_id
"""

QUANTITIES = """
-- Numbers in these sentences
SELECT q.sentence_id, q.text, q.kind
FROM json_each(:sentences) j
JOIN quantities q ON q.sentence_id = j.value
ORDER BY q.kind, q.value, q.id
"""

QUOTES = """
-- What it is quoted with
SELECT q.id, q.sentence_id, q.text, q.speaker, s.article_id, so.name AS source
FROM quotes q
JOIN sentences s ON s.id = q.sentence_id
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id
WHERE q.entity_id = :entity_id
ORDER BY q.id DESC
LIMIT :limit
"""

DAYS = """
-- When articles name it
SELECT substr(a.published, 1, 10) AS day, count(*) AS n
FROM article_entities x JOIN articles a ON a.id = x.article_id
WHERE x.entity_id = :entity_id GROUP BY day
"""

DAYS_BY_BITMAP = """
SELECT substr(published, 1, 10) AS day, sum(n) AS n
FROM (SELECT published, count(*) AS n FROM articles WHERE substr(:digits, rowid + 1, 1) = x'31' GROUP BY published)
GROUP BY day
"""
"""The same, of the articles whose place in the text of digits that is bound bears a 1."""

DIFFERENCES = """
-- Where matched sentences that name it differ
SELECT d.kind, d.left_text, d.right_text, d.note, m.id AS match_id, m.left_article_id, m.right_article_id,
       sa.name AS left_source, sb.name AS right_source
FROM (SELECT match_id FROM match_entities WHERE entity_id = :entity_id ORDER BY match_id DESC LIMIT :newest) x
JOIN differences d ON d.match_id = x.match_id
JOIN matches m ON m.id = x.match_id
JOIN articles a ON a.id = m.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN articles b ON b.id = m.right_article_id JOIN sources sb ON sb.id = b.source_id
WHERE m.is_primary
ORDER BY m.score DESC, d.id LIMIT :limit
"""
"""Of the newest matches that name an entity, the differences of the surest."""

NAME = "SELECT id, name, type FROM entities WHERE id = :entity_id"

COMPANY = """
-- Who is named in the same articles
SELECT e.id, e.name, e.type, x.article_count
FROM (
    SELECT y.entity_id, count(*) AS article_count
    FROM article_entities x CROSS JOIN article_entities y ON y.article_id = x.article_id
    WHERE x.entity_id = :entity_id AND y.entity_id <> :entity_id
    GROUP BY y.entity_id ORDER BY article_count DESC, y.entity_id LIMIT :limit
) x
JOIN entities e ON e.id = x.entity_id
ORDER BY x.article_count DESC, e.name
"""
