"""What the story page asks."""

from __future__ import annotations

STORY = """
-- The story
SELECT id, title, first_published, last_published, article_count, source_count, match_count, fact_count,
       independent_count
FROM stories WHERE id = :story_id
"""

FACTS = """
-- Facts that several sources tell
SELECT f.id, f.text, f.sentence_count, f.source_count, f.independent_count, f.first_source_id,
       so.name AS first_source, f.first_published,
       (SELECT min(s.position) FROM fact_sentences x JOIN sentences s ON s.id = x.sentence_id
        WHERE x.fact_id = f.id) AS position
FROM facts f
LEFT JOIN sources so ON so.id = f.first_source_id
WHERE f.story_id = :story_id
ORDER BY f.source_count DESC, position, f.id
LIMIT :limit
"""

FACT_SENTENCES = """
-- The sentences that tell these facts
SELECT x.fact_id, s.id AS sentence_id, s.position, s.text, s.article_id, a.source_id, a.published
FROM json_each(:facts) j
JOIN fact_sentences x ON x.fact_id = j.value
JOIN sentences s ON s.id = x.sentence_id
JOIN articles a ON a.id = s.article_id
ORDER BY x.fact_id, a.published IS NULL, a.published, a.source_id, s.article_id, s.position
"""

FACT_DIFFERENCES = """
-- Where sentences of a fact disagree
SELECT x.fact_id, d.kind, count(*) AS n
FROM matches m
JOIN differences d ON d.match_id = m.id
JOIN fact_sentences x ON x.sentence_id = m.left_sentence_id
JOIN fact_sentences y ON y.fact_id = x.fact_id AND y.sentence_id = m.right_sentence_id
WHERE m.story_id = :story_id
GROUP BY x.fact_id, d.kind
"""

FIRST_REPORTS = """
-- Who reported how many facts first
SELECT so.id AS source_id, so.name AS source, count(*) AS n
FROM facts f
JOIN sources so ON so.id = f.first_source_id
WHERE f.story_id = :story_id
GROUP BY so.id
ORDER BY n DESC, so.name
"""

TOLD = """
-- How many sentences each article tells
SELECT a.id AS article_id,
       (SELECT count(*) FROM sentences s WHERE s.article_id = a.id AND s.role <> 'boilerplate'
        AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)) AS told
FROM articles a
WHERE a.story_id = :story_id
"""

FOUND = """
-- How much of each article stands in each other one
SELECT article_id, other_article_id, count(DISTINCT sentence_id) AS found
FROM (
    SELECT left_article_id AS article_id, right_article_id AS other_article_id, left_sentence_id AS sentence_id
    FROM matches WHERE story_id = :story_id
    UNION ALL
    SELECT right_article_id, left_article_id, right_sentence_id
    FROM matches WHERE story_id = :story_id
) e
WHERE NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = e.sentence_id)
GROUP BY article_id, other_article_id
"""

SAME_TEXTS = """
-- Articles that carry the same text
SELECT article_id, first_article_id, share FROM same_texts WHERE story_id = :story_id
"""

WITHOUT_MATCH = """
-- What only one source tells
SELECT w.sentence_id, w.source_id, w.source, w.article_id, w.position, w.role, w.text,
       w.nearest_sentence_id, w.nearest_score, n.text AS nearest_text, n.article_id AS nearest_article_id,
       ns.name AS nearest_source
FROM sentences_without_match w
LEFT JOIN sentences n ON n.id = w.nearest_sentence_id
LEFT JOIN articles na ON na.id = n.article_id
LEFT JOIN sources ns ON ns.id = na.source_id
WHERE w.story_id = :story_id
ORDER BY w.source, w.article_id, w.position
"""

DIFFERENCES = """
-- Where matched sentences disagree
SELECT d.id, d.kind, d.left_text, d.right_text, d.note, m.id AS match_id, m.score,
       sa.name AS left_source, s.text AS left_sentence, m.left_article_id,
       sb.name AS right_source, t.text AS right_sentence, m.right_article_id
FROM matches m
JOIN differences d ON d.match_id = m.id
JOIN sentences s ON s.id = m.left_sentence_id
JOIN articles a ON a.id = m.left_article_id
JOIN sources sa ON sa.id = a.source_id
JOIN sentences t ON t.id = m.right_sentence_id
JOIN articles b ON b.id = m.right_article_id
JOIN sources sb ON sb.id = b.source_id
WHERE m.story_id = :story_id
ORDER BY d.kind, m.score DESC, d.id
LIMIT :limit
"""

DIFFERENCE_COUNTS = """
-- How often they disagree in what
SELECT d.kind, count(*) AS n
FROM matches m
JOIN differences d ON d.match_id = m.id
WHERE m.story_id = :story_id
GROUP BY d.kind
ORDER BY d.kind
"""

QUOTES = """
-- Quotes of matched sentences
SELECT match_id, left_source, left_quote, left_speaker, left_sentence, left_article_id,
       right_source, right_quote, right_speaker, right_sentence, right_article_id, score
FROM quote_comparison q
WHERE story_id = :story_id
  AND NOT EXISTS (SELECT 1 FROM differences d WHERE d.match_id = q.match_id AND d.kind = 'quote')
ORDER BY score DESC, match_id
LIMIT :limit
"""

ENTITIES = """
-- Whom and what the story is about
SELECT e.id, e.name, e.type, x.article_count, x.source_count
FROM (
    SELECT y.entity_id, sum(y.mention_count) AS mention_count
    FROM articles a CROSS JOIN article_entities y ON y.article_id = a.id
    WHERE a.story_id = :story_id GROUP BY y.entity_id
) named
CROSS JOIN story_entities x ON x.story_id = :story_id AND x.entity_id = named.entity_id
JOIN entities e ON e.id = x.entity_id
ORDER BY x.source_count DESC, x.article_count DESC, named.mention_count DESC, e.name
LIMIT :limit
"""
