"""How each source calls and describes an entity: what its page asks."""

from __future__ import annotations

SOURCES = """
-- Sources that describe it
SELECT w.source_id, so.name AS source, sum(w.count) AS word_count
FROM entity_words w JOIN sources so ON so.id = w.source_id
WHERE w.entity_id = :entity_id
GROUP BY w.source_id ORDER BY word_count DESC, so.name
"""

MOST_USED = """
-- The words that each source uses most
SELECT source_id, relation, word, count FROM (
    SELECT source_id, relation, word, count,
           row_number() OVER (PARTITION BY source_id, relation ORDER BY count DESC, word) AS place
    FROM entity_words
    WHERE entity_id = :entity_id AND source_id IN (SELECT value FROM json_each(:sources))
)
WHERE place <= :words ORDER BY source_id, relation, place
"""

DISTINCTIVE = """
-- Words that one source uses far more than the others
SELECT source_id, source, relation, word, count, source_words, other_count, other_words, log_odds, score
FROM entity_words_by_source
WHERE entity_id = :entity_id AND count >= :least AND score >= :score
ORDER BY score DESC, count DESC, word LIMIT :limit
"""

USES = """
-- How often these words describe anything
SELECT w.relation, w.word, w.count
FROM json_each(:words) j
JOIN word_counts w ON w.relation = json_extract(j.value, '$[0]') AND w.word = json_extract(j.value, '$[1]')
"""
"""How often a word describes anything at all."""

# CROSS JOIN fixes what SQLite starts from: the one that has fewer rows, the word's uses or the entity's mentions.
SENTENCES_OF_WORD = """
-- Sentences of a word
SELECT s.id AS sentence_id, s.text, s.start AS sentence_start, a.id AS article_id, d.start, d."end"
FROM describing_words d
CROSS JOIN mentions m ON m.id = d.mention_id AND m.entity_id = :entity_id
JOIN articles a ON a.id = m.article_id AND a.source_id = :source_id
JOIN sentences s ON s.id = m.sentence_id
WHERE d.word = :word AND d.relation = :relation
LIMIT :limit
"""
SENTENCES_OF_ENTITY = """
-- Sentences of a word
SELECT s.id AS sentence_id, s.text, s.start AS sentence_start, a.id AS article_id, d.start, d."end"
FROM mentions m
CROSS JOIN describing_words d ON d.mention_id = m.id AND d.word = :word AND d.relation = :relation
JOIN articles a ON a.id = m.article_id AND a.source_id = :source_id
JOIN sentences s ON s.id = m.sentence_id
WHERE m.entity_id = :entity_id
LIMIT :limit
"""
