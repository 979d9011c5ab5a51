"""What the article page asks. A plus before a sort column keeps SQLite from walking a whole table in that order."""

from __future__ import annotations

TOLD_ELSEWHERE = """
-- Sentences of other sources that tell the same
SELECT e.sentence_id, e.match_id, e.score, e.kind, t.id AS other_sentence_id, t.text, t.article_id AS other_article_id,
       a.source_id, so.name AS source, a.published
FROM (
    SELECT left_sentence_id AS sentence_id, right_sentence_id AS other_sentence_id, id AS match_id, score, kind
    FROM matches WHERE left_article_id = :article_id
    UNION ALL
    SELECT right_sentence_id, left_sentence_id, id, score, kind
    FROM matches WHERE right_article_id = :article_id
) e
JOIN sentences t ON t.id = e.other_sentence_id
JOIN articles a ON a.id = t.article_id
JOIN sources so ON so.id = a.source_id
ORDER BY +e.sentence_id, so.name, e.score DESC
"""

REPEATED = """
-- Articles of the same source that it says again, sentence by sentence
SELECT a.id, a.title, a.source_id, so.name AS source, a.published, a.url, a.word_count, a.sentence_count,
       count(*) AS repeated_count
FROM sentences s
JOIN repeats r ON r.sentence_id = s.id
JOIN sentences t ON t.id = r.repeat_of
JOIN articles a ON a.id = t.article_id
JOIN sources so ON so.id = a.source_id
WHERE s.article_id = :article_id AND t.article_id <> :article_id
GROUP BY a.id
ORDER BY count(*) DESC, a.id
"""

NEAREST = """
-- The sentence that comes nearest to each one without a match
SELECT n.sentence_id, n.near_sentence_id, max(n.score) AS score, t.text, t.article_id AS other_article_id,
       so.name AS source
FROM sentences s
JOIN near_misses n ON n.sentence_id = s.id
JOIN sentences t ON t.id = n.near_sentence_id
JOIN articles a ON a.id = t.article_id
JOIN sources so ON so.id = a.source_id
WHERE s.article_id = :article_id
GROUP BY n.sentence_id
"""

DIFFERENCES = """
-- Where matched sentences disagree
SELECT e.sentence_id, e.match_id, d.kind, e.own_text, e.other_text, e.own_start, e.own_end, d.note, so.name AS source
FROM (
    SELECT m.left_sentence_id AS sentence_id, m.id AS match_id, m.right_article_id AS other_article_id, d.id,
           d.left_text AS own_text, d.right_text AS other_text, d.left_start AS own_start, d.left_end AS own_end
    FROM matches m JOIN differences d ON d.match_id = m.id WHERE m.left_article_id = :article_id
    UNION ALL
    SELECT m.right_sentence_id, m.id, m.left_article_id, d.id, d.right_text, d.left_text, d.right_start, d.right_end
    FROM matches m JOIN differences d ON d.match_id = m.id WHERE m.right_article_id = :article_id
) e
JOIN differences d ON d.id = e.id
JOIN articles a ON a.id = e.other_article_id
JOIN sources so ON so.id = a.source_id
ORDER BY +e.sentence_id, e.own_start
"""

ENTITIES = """
-- Whom and what the article names
SELECT e.id, e.name, e.type, x.mention_count
FROM article_entities x
JOIN entities e ON e.id = x.entity_id
WHERE x.article_id = :article_id
ORDER BY x.mention_count DESC, e.name
"""

STORY_SOURCES = """
-- How many sources tell the story
SELECT source_count FROM stories WHERE id = :story_id
"""
