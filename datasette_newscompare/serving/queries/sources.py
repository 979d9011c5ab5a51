"""What the sources list and the page of one source ask. CROSS JOIN fixes the order of its two sides in SQLite."""

from __future__ import annotations

LIST = """
-- Sources, those with most articles first
SELECT id, name, domain, article_count, story_count
FROM sources
WHERE {where}
ORDER BY article_count DESC, name, id
LIMIT :limit OFFSET :offset
"""

NAMED = "(name LIKE :name ESCAPE '\\' OR domain LIKE :name ESCAPE '\\')"

COUNT = """
-- How many sources there are
SELECT count(*) AS n FROM sources WHERE {where}
"""

SOURCE = """
-- The source
SELECT id, name, domain, article_count, story_count FROM sources WHERE id = :source_id
"""

NEWEST = """
-- Its newest articles
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.url, a.word_count, a.sentence_count, a.story_id,
       st.title AS story, st.source_count, st.fact_count,
       (SELECT count(*) FROM facts f WHERE f.story_id = a.story_id AND f.first_source_id = a.source_id
        AND f.first_published IS NOT NULL) AS first_count
FROM articles a
JOIN sources so ON so.id = a.source_id
LEFT JOIN stories st ON st.id = a.story_id
WHERE a.source_id = :source_id
ORDER BY a.published DESC, a.id DESC
LIMIT :limit
"""

SHARED_WITH = """
-- Who tells the same in these stories
SELECT e.source_id AS id, so.name, count(DISTINCT e.sentence_id) AS sentence_count,
       count(DISTINCT e.story_id) AS story_count
FROM (
    SELECT m.story_id, m.left_sentence_id AS sentence_id, b.source_id
    FROM json_each(:stories) j
    CROSS JOIN matches m ON m.story_id = j.value
    JOIN articles a ON a.id = m.left_article_id AND a.source_id = :source_id
    JOIN articles b ON b.id = m.right_article_id
    UNION ALL
    SELECT m.story_id, m.right_sentence_id, a.source_id
    FROM json_each(:stories) j
    CROSS JOIN matches m ON m.story_id = j.value
    JOIN articles a ON a.id = m.left_article_id
    JOIN articles b ON b.id = m.right_article_id AND b.source_id = :source_id
) e
JOIN sources so ON so.id = e.source_id
GROUP BY e.source_id
ORDER BY sentence_count DESC, so.name
LIMIT :limit
"""

TOLD = """
-- How many sentences these articles tell
SELECT count(*) AS n
FROM articles a
JOIN sentences s ON s.article_id = a.id
WHERE a.id IN (SELECT value FROM json_each(:articles)) AND s.role <> 'boilerplate'
  AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)
"""

WITHOUT_MATCH = """
-- What only these articles tell
SELECT sentence_id, story_id, story, article_id, role, text, nearest_score
FROM (
    SELECT w.*, j.key AS place, row_number() OVER (PARTITION BY j.key ORDER BY w.position) AS n
    FROM json_each(:articles) j
    JOIN sentences_without_match w ON w.article_id = j.value
    WHERE w.role = 'body' AND w.text <> '…'
)
WHERE n <= CAST(:each AS INTEGER)
ORDER BY place, n
LIMIT :limit
"""
