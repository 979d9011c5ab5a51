-- Copies the rows of the chosen stories from the attached database `src`, parents before children.
INSERT INTO sources SELECT * FROM src.sources
    WHERE id IN (SELECT source_id FROM src.articles WHERE story_id IN (SELECT id FROM chosen));
INSERT INTO source_aliases SELECT * FROM src.source_aliases WHERE name IN (SELECT name FROM sources);
INSERT INTO loads SELECT * FROM src.loads;
INSERT INTO stories SELECT * FROM src.stories WHERE id IN (SELECT id FROM chosen) ORDER BY id;
-- Where an article was read is a matter of the machine that read it.
INSERT INTO articles (id, source_id, story_id, title, author, published, url, host, language, word_count, sentence_count,
                      content_hash, given_story, origin, loaded_at, load_id)
    SELECT id, source_id, story_id, title, author, published, url, host, language, word_count, sentence_count,
           content_hash, given_story, '', loaded_at, load_id
    FROM src.articles WHERE story_id IN (SELECT id FROM chosen) ORDER BY rowid;
INSERT INTO article_texts SELECT * FROM src.article_texts WHERE article_id IN (SELECT id FROM articles);
INSERT INTO article_versions SELECT * FROM src.article_versions WHERE article_id IN (SELECT id FROM articles);
INSERT INTO sentences SELECT * FROM src.sentences WHERE article_id IN (SELECT id FROM articles) ORDER BY id;
INSERT INTO repeats SELECT * FROM src.repeats WHERE sentence_id IN (SELECT id FROM sentences) ORDER BY sentence_id;
INSERT INTO entities SELECT * FROM src.entities
    WHERE id IN (SELECT entity_id FROM src.story_entities WHERE story_id IN (SELECT id FROM chosen)) ORDER BY id;
INSERT INTO mentions SELECT * FROM src.mentions WHERE article_id IN (SELECT id FROM articles) ORDER BY id;
INSERT INTO entity_aliases
    SELECT a.* FROM src.entity_aliases a JOIN entities e ON e.id = a.entity_id
    WHERE a.origin = 'curated' OR EXISTS (SELECT 1 FROM chosen_all)
       OR EXISTS (SELECT 1 FROM mentions m WHERE m.entity_id = a.entity_id AND m.alias = a.alias);
INSERT INTO article_entities SELECT * FROM src.article_entities WHERE article_id IN (SELECT id FROM articles);
INSERT INTO article_entity_ids SELECT * FROM src.article_entity_ids WHERE article_id IN (SELECT id FROM articles);
INSERT INTO sentence_entities SELECT * FROM src.sentence_entities WHERE sentence_id IN (SELECT id FROM sentences);
INSERT INTO sentence_entity_ids SELECT * FROM src.sentence_entity_ids WHERE sentence_id IN (SELECT id FROM sentences);
INSERT INTO story_entities SELECT * FROM src.story_entities WHERE story_id IN (SELECT id FROM chosen);
INSERT INTO corrections SELECT * FROM src.corrections
    WHERE article_id IS NULL OR article_id IN (SELECT id FROM articles) ORDER BY id;
INSERT INTO describing_words SELECT * FROM src.describing_words WHERE mention_id IN (SELECT id FROM mentions) ORDER BY id;
INSERT INTO quantities SELECT * FROM src.quantities WHERE sentence_id IN (SELECT id FROM sentences) ORDER BY id;
INSERT INTO quotes SELECT * FROM src.quotes WHERE sentence_id IN (SELECT id FROM sentences) ORDER BY id;
INSERT INTO judgements SELECT * FROM src.judgements
    WHERE left_article_id IN (SELECT id FROM articles) AND right_article_id IN (SELECT id FROM articles) ORDER BY id;
INSERT INTO matches SELECT * FROM src.matches WHERE story_id IN (SELECT id FROM chosen) ORDER BY id;
INSERT INTO match_entities SELECT * FROM src.match_entities WHERE match_id IN (SELECT id FROM matches);
INSERT INTO near_misses SELECT * FROM src.near_misses WHERE sentence_id IN (SELECT id FROM sentences);
-- The same words may have been judged in a story that stays behind.
UPDATE matches SET judgement_id = NULL WHERE judgement_id NOT IN (SELECT id FROM judgements);
UPDATE near_misses SET judgement_id = NULL WHERE judgement_id NOT IN (SELECT id FROM judgements);
INSERT INTO differences SELECT * FROM src.differences WHERE match_id IN (SELECT id FROM matches) ORDER BY id;
INSERT INTO facts SELECT * FROM src.facts WHERE story_id IN (SELECT id FROM chosen) ORDER BY id;
INSERT INTO fact_sentences SELECT * FROM src.fact_sentences WHERE fact_id IN (SELECT id FROM facts);
INSERT INTO fact_entities SELECT * FROM src.fact_entities WHERE fact_id IN (SELECT id FROM facts);
INSERT INTO same_texts SELECT * FROM src.same_texts WHERE story_id IN (SELECT id FROM chosen);
INSERT INTO verdicts SELECT * FROM src.verdicts
    WHERE left_article_id IN (SELECT id FROM articles) AND right_article_id IN (SELECT id FROM articles) ORDER BY id;
DELETE FROM loads WHERE id NOT IN (SELECT load_id FROM articles WHERE load_id IS NOT NULL);
UPDATE sources SET (article_count, story_count) = (
    SELECT count(*), count(DISTINCT story_id) FROM articles WHERE source_id = sources.id);
