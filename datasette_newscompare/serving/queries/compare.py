"""What the compare page asks: always from the left article's side, whichever way a match is stored."""

from __future__ import annotations

PAIR_MATCHES = """
-- Matched sentences of the two articles
SELECT id, left_sentence_id, right_sentence_id, score, kind, is_primary, is_moved, why, 0 AS is_turned
FROM matches WHERE left_article_id = :left AND right_article_id = :right
UNION ALL
SELECT id, right_sentence_id, left_sentence_id, score, kind, is_primary, is_moved, why, 1
FROM matches WHERE left_article_id = :right AND right_article_id = :left
ORDER BY score DESC, id
"""

PAIR_DIFFERENCES = """
-- Where their matched sentences disagree
SELECT d.match_id, d.kind, d.left_text, d.right_text, d.left_start, d.left_end, d.right_start, d.right_end, d.note
FROM matches m
JOIN differences d ON d.match_id = m.id
WHERE m.left_article_id = :left AND m.right_article_id = :right
UNION ALL
SELECT d.match_id, d.kind, d.right_text, d.left_text, d.right_start, d.right_end, d.left_start, d.left_end, d.note
FROM matches m
JOIN differences d ON d.match_id = m.id
WHERE m.left_article_id = :right AND m.right_article_id = :left
"""

PAIR_ENTITIES = """
-- Whom and what either of them names
SELECT e.id, e.name, e.type, count(DISTINCT x.sentence_id) AS sentence_count
FROM mentions x
JOIN entities e ON e.id = x.entity_id
WHERE x.article_id IN (:left, :right)
GROUP BY e.id
ORDER BY sentence_count DESC, e.name
"""

SAME_TEXT = """
-- The first article with the text that both carry
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.url, a.word_count, a.sentence_count
FROM same_texts x
JOIN same_texts y ON y.first_article_id = x.first_article_id AND y.article_id = :right
JOIN articles a ON a.id = x.first_article_id
JOIN sources so ON so.id = a.source_id
WHERE x.article_id = :left
"""

NEAREST = """
-- What comes nearest to a sentence in the other article
SELECT n.sentence_id, n.near_sentence_id, max(n.score) AS score
FROM sentences s
JOIN near_misses n ON n.sentence_id = s.id
JOIN sentences t ON t.id = n.near_sentence_id
WHERE s.article_id = :article_id AND t.article_id = :other_article_id
GROUP BY n.sentence_id
"""

COVERAGE = """
-- How many of an article's sentences stand in the other
SELECT count(*) AS told,
       coalesce(sum(
           EXISTS (SELECT 1 FROM matches m WHERE m.left_sentence_id = s.id AND m.right_article_id = :other_article_id)
           OR
           EXISTS (SELECT 1 FROM matches m WHERE m.right_sentence_id = s.id AND m.left_article_id = :other_article_id)
       ), 0) AS found
FROM sentences s
WHERE s.article_id = :article_id AND s.role <> 'boilerplate'
  AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)
"""

PAIR_VERDICTS = """
-- What people judged of the matches
SELECT m.id AS match_id, v.verdict, v.note, v.actor, v.at
FROM matches m
JOIN verdicts v ON v.left_sentence_id = m.left_sentence_id AND v.right_sentence_id = m.right_sentence_id
WHERE m.left_article_id = :left AND m.right_article_id = :right
UNION ALL
SELECT m.id, v.verdict, v.note, v.actor, v.at
FROM matches m
JOIN verdicts v ON v.left_sentence_id = m.left_sentence_id AND v.right_sentence_id = m.right_sentence_id
WHERE m.left_article_id = :right AND m.right_article_id = :left
ORDER BY at
"""

MATCH_ARTICLES = """
-- The articles of the match
SELECT left_article_id, right_article_id FROM matches WHERE id = :match_id
"""
