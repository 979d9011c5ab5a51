"""How each source calls and describes an entity: what its page asks."""

from __future__ import annotations

SOURCES = """
-- Sources that describe it
SELECT w.source_id, so.name AS source, sum(w.count) AS word_count
FROM entity_words w JOIN sources so ON so.id = w.source_id
WHERE w.entity_id = :entity_id
GROUP BY w.source_id ORDER BY word_count DESC, so.name
"""

SPELLINGS = """
-- How each source spells it most often
SELECT x.source_id, so.name AS source, x.alias, x.mention_count, x.of_source
FROM (
    SELECT source_id, alias, mention_count, sum(mention_count) OVER (PARTITION BY source_id) AS of_source,
           row_number() OVER (PARTITION BY source_id ORDER BY mention_count DESC, alias) AS place
    FROM entity_spellings
    WHERE entity_id = :entity_id
) x
JOIN sources so ON so.id = x.source_id
WHERE x.place <= :spellings
ORDER BY x.of_source DESC, so.name, x.place
"""

MOST_USED = """
-- The words that each source uses most
SELECT w.source_id, w.relation, w.word, w.count
FROM json_each(:sources) s
CROSS JOIN json_each(:relations) r
CROSS JOIN entity_words w
    ON w.entity_id = :entity_id AND w.source_id = s.value AND w.relation = r.value AND w.word IN (
        SELECT x.word FROM entity_words x
        WHERE x.entity_id = :entity_id AND x.source_id = s.value AND x.relation = r.value
        ORDER BY x.count DESC, x.word LIMIT :words)
ORDER BY w.source_id, w.relation, w.count DESC, w.word
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

# CROSS JOIN fixes what SQLite starts from: what has fewer rows, the uses of the words or the entity's mentions.
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
SENTENCES_OF_WORDS = """
-- Sentences of these words, each by source
SELECT s.id AS sentence_id, s.text, s.start AS sentence_start, x.article_id, x.start, x."end",
       x.source_id, x.relation, x.word
FROM (
    SELECT m.sentence_id, m.article_id, d.start, d."end", a.source_id, d.relation, d.word,
           row_number() OVER (PARTITION BY a.source_id, d.relation, d.word ORDER BY m.id) AS place
    FROM mentions m
    CROSS JOIN describing_words d INDEXED BY describing_words_mention_id ON d.mention_id = m.id
    CROSS JOIN articles a ON a.id = m.article_id
    WHERE m.entity_id = :entity_id
    AND (d.relation, d.word) IN (
        SELECT json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(:words))
    AND (a.source_id, d.relation, d.word) IN (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
        FROM json_each(:words))
) x
JOIN sentences s ON s.id = x.sentence_id
WHERE x.place <= :limit
ORDER BY x.source_id, x.relation, x.word, x.place
"""
