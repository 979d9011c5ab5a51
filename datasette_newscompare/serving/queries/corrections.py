"""What pages ask of people's corrections of names."""

from __future__ import annotations

LIST = """
-- Corrections of names, newest first
SELECT id, action, alias, entity, type, article_id AS article, note, actor, at
FROM corrections ORDER BY id DESC LIMIT :limit OFFSET :offset
"""

COUNT = """
-- How many names are corrected
SELECT count(*) AS n FROM corrections
"""

ENTITIES_NAMED = """
-- What they lead to
SELECT id, name, type FROM entities WHERE name IN (SELECT value FROM json_each(:names)) ORDER BY mention_count DESC
"""

OF_ENTITY = """
-- Corrections that concern it
SELECT id, action, alias, entity, type, article_id AS article, note, actor, at
FROM corrections
WHERE entity = :name COLLATE NOCASE OR alias_key IN (SELECT value FROM json_each(:keys))
ORDER BY id
"""

WAITING = """
-- Stories that the next load links and compares anew
SELECT count(*) AS n FROM stories CROSS JOIN story_entities x ON x.story_id = stories.id AND x.entity_id = :entity_id
WHERE stories.needs_relinking
"""
"""Stories that name an entity and that the next load links and compares anew."""

NAMESAKES = """
-- What else bears its name
SELECT id, name, type FROM entities WHERE name = :name AND id <> :entity_id ORDER BY mention_count DESC
"""

ARTICLES = """
-- Articles of the story that name it
SELECT a.id, a.title, so.name AS source FROM articles a
JOIN sources so ON so.id = a.source_id
JOIN article_entities x ON x.article_id = a.id AND x.entity_id = :entity_id
WHERE a.story_id = :story_id ORDER BY so.name, a.id LIMIT :limit
"""
"""Those of one story that name an entity."""

# Of the same stories first, since that is where one is most often called by two names.
CANDIDATES = """
-- Names that it may also have
SELECT name FROM (
    SELECT e.name, 0 AS elsewhere, e.article_count AS n
    FROM story_entities y JOIN entities e ON e.id = y.entity_id
    WHERE y.story_id = :story_id AND e.type = :type AND e.id <> :entity_id
    UNION ALL
    SELECT name, 1, article_count FROM entities
    WHERE name LIKE :like ESCAPE '\\' AND type = :type AND id <> :entity_id
)
GROUP BY name ORDER BY max(name LIKE :like ESCAPE '\\') DESC, min(elsewhere), max(n) DESC LIMIT :limit
"""
"""Names that an entity may also have: what its story names of the same type, and what shares a word with it."""
