"""What several pages ask about articles and their sentences."""

from __future__ import annotations

ARTICLE = """
-- The article
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.author, a.url, a.language, a.word_count,
       a.sentence_count, a.story_id, st.title AS story
FROM articles a
JOIN sources so ON so.id = a.source_id
LEFT JOIN stories st ON st.id = a.story_id
WHERE a.id = :article_id
"""

STORY_ARTICLES = """
-- The articles of the story
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.url, a.word_count, a.sentence_count
FROM articles a
JOIN sources so ON so.id = a.source_id
WHERE a.story_id = :story_id
ORDER BY a.published IS NULL, a.published, so.name, a.id
"""

SENTENCES = """
-- The article's sentences
SELECT s.id, s.position, s.paragraph, s.role, s.start, s."end", s.text,
       (SELECT r.repeat_of FROM repeats r WHERE r.sentence_id = s.id) AS repeat_of
FROM sentences s
WHERE s.article_id = :article_id
ORDER BY s.position
"""

MENTIONS = """
-- Where the article names whom
SELECT m.sentence_id, m.entity_id, m.start, m."end"
FROM mentions m
WHERE m.article_id = :article_id AND m.entity_id IS NOT NULL
"""

QUANTITIES = """
-- The article's numbers
SELECT q.sentence_id, q.kind, q.value, q.unit, q.comparator, q.approximate, q.start, q."end", q.text
FROM sentences s
JOIN quantities q ON q.sentence_id = s.id
WHERE s.article_id = :article_id
"""
