-- Counts by source, spelling, word and type what is counted of entities anew; their own rows follow (`COUNTS` in
-- entity_rows.py).
DELETE FROM source_entities;
INSERT INTO source_entities
    SELECT a.source_id, x.entity_id, count(*) FROM article_entities x JOIN articles a ON a.id = x.article_id GROUP BY 1, 2;
-- An excerpt holds some mentions without their words.
DELETE FROM entity_spellings;
INSERT INTO entity_spellings
    SELECT m.entity_id, m.alias, a.source_id, count(*) FROM mentions m JOIN articles a ON a.id = m.article_id
    WHERE m.entity_id IS NOT NULL AND m.text <> '' GROUP BY 1, 2, 3;
UPDATE entity_aliases SET mention_count = coalesce((
    SELECT sum(mention_count) FROM entity_spellings x
    WHERE x.entity_id = entity_aliases.entity_id AND x.alias = entity_aliases.alias), 0);
DELETE FROM entity_words;
INSERT INTO entity_words
    SELECT m.entity_id, a.source_id, d.relation, d.word, count(*)
    FROM describing_words d JOIN mentions m ON m.id = d.mention_id JOIN articles a ON a.id = m.article_id
    WHERE m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4;
DELETE FROM word_counts;
INSERT INTO word_counts SELECT relation, word, sum(count) FROM entity_words GROUP BY 1, 2;
DELETE FROM entity_types;
INSERT INTO entity_types SELECT type, count(*) FROM entities GROUP BY type;
