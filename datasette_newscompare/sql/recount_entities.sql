-- Counts everything that is counted of entities anew, from their mentions.
DELETE FROM source_entities;
INSERT INTO source_entities
    SELECT a.source_id, x.entity_id, count(*) FROM article_entities x JOIN articles a ON a.id = x.article_id GROUP BY 1, 2;
DELETE FROM entity_words;
INSERT INTO entity_words
    SELECT m.entity_id, a.source_id, d.relation, d.word, count(*)
    FROM describing_words d JOIN mentions m ON m.id = d.mention_id JOIN articles a ON a.id = m.article_id
    WHERE m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4;
DELETE FROM word_counts;
INSERT INTO word_counts SELECT relation, word, sum(count) FROM entity_words GROUP BY 1, 2;
UPDATE entities SET
    (article_count, mention_count) = (
        SELECT count(*), coalesce(sum(mention_count), 0) FROM article_entities WHERE entity_id = entities.id),
    sentence_count = (SELECT count(*) FROM sentence_entities WHERE entity_id = entities.id),
    source_count = (SELECT count(*) FROM source_entities WHERE entity_id = entities.id),
    story_count = (SELECT count(*) FROM story_entities WHERE entity_id = entities.id),
    match_count = (SELECT count(*) FROM match_entities WHERE entity_id = entities.id),
    difference_count = (SELECT count(*) FROM match_entities x JOIN differences d ON d.match_id = x.match_id
                        WHERE x.entity_id = entities.id),
    fact_count = (SELECT count(*) FROM fact_entities WHERE entity_id = entities.id),
    quantity_count = (SELECT count(*) FROM sentence_entities x JOIN quantities q ON q.sentence_id = x.sentence_id
                      WHERE x.entity_id = entities.id),
    quote_count = (SELECT count(*) FROM sentence_entities x JOIN quotes q ON q.sentence_id = x.sentence_id
                   WHERE x.entity_id = entities.id);
