"""What the page of an article's versions asks."""

from __future__ import annotations

ARTICLE = """
-- The article
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.url, a.word_count, a.sentence_count, a.story_id,
       st.title AS story, a.loaded_at, a.language
FROM articles a
JOIN sources so ON so.id = a.source_id
LEFT JOIN stories st ON st.id = a.story_id
WHERE a.id = :article_id
"""

VERSIONS = """
-- Its earlier versions
SELECT version, title, published, seen_at, length(text) AS length
FROM article_versions WHERE article_id = :article_id
ORDER BY version
"""

TEXTS = """
-- What these versions said
SELECT version, text FROM article_versions
WHERE article_id = :article_id AND version IN (SELECT value FROM json_each(:versions))
"""

CURRENT = """
-- What it says now
SELECT text FROM article_texts WHERE article_id = :article_id
"""

COUNT = """
-- How many earlier versions there are
SELECT count(*) AS n FROM article_versions WHERE article_id = :article_id
"""
