-- Cuts the copy down to excerpts: matched and quoted sentences up to a number of characters, nothing of the rest.
CREATE TEMP TABLE kept AS
    SELECT left_sentence_id AS id FROM matches UNION SELECT right_sentence_id FROM matches UNION SELECT sentence_id FROM quotes;
CREATE UNIQUE INDEX temp.kept_id ON kept(id);
DELETE FROM article_texts;
DELETE FROM article_versions;
UPDATE sentences SET text = CASE
    WHEN id NOT IN (SELECT id FROM kept) THEN ''
    WHEN length(text) > :excerpt THEN substr(text, 1, :excerpt - 1) || '…'
    ELSE text END;
-- What was found beyond the words that stay goes with them; `reach` is where in the original text they end.
CREATE TEMP TABLE reach AS
    SELECT s.id, CASE WHEN s.text = '' THEN s.start WHEN s."end" - s.start > :excerpt THEN s.start + :excerpt - 1 ELSE s."end" END AS "end"
    FROM sentences s;
CREATE UNIQUE INDEX temp.reach_id ON reach(id);
DELETE FROM quantities WHERE "end" > (SELECT "end" FROM reach WHERE id = sentence_id);
DELETE FROM quotes WHERE start >= (SELECT "end" FROM reach WHERE id = sentence_id);
UPDATE quotes SET text = substr(text, 1, (SELECT "end" FROM reach WHERE id = sentence_id) - start)
    WHERE "end" > (SELECT "end" FROM reach WHERE id = sentence_id);
DELETE FROM describing_words WHERE "end" > (
    SELECT r."end" FROM mentions m JOIN reach r ON r.id = m.sentence_id WHERE m.id = mention_id);
DELETE FROM entity_words;
DELETE FROM word_counts;
INSERT INTO entity_words
    SELECT m.entity_id, a.source_id, d.relation, d.word, count(*)
    FROM describing_words d JOIN mentions m ON m.id = d.mention_id JOIN articles a ON a.id = m.article_id
    WHERE m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4;
INSERT INTO word_counts SELECT relation, word, sum(count) FROM entity_words GROUP BY 1, 2;
UPDATE differences SET left_text = NULL WHERE left_end IS NULL
    OR left_end > (SELECT r."end" FROM matches m JOIN reach r ON r.id = m.left_sentence_id WHERE m.id = match_id);
UPDATE differences SET right_text = NULL WHERE right_end IS NULL
    OR right_end > (SELECT r."end" FROM matches m JOIN reach r ON r.id = m.right_sentence_id WHERE m.id = match_id);
UPDATE differences SET note = NULL WHERE left_text IS NULL OR right_text IS NULL;
UPDATE matches SET why = json_set(why, '$.quoted', json('[]')) WHERE why IS NOT NULL;
UPDATE facts SET text = CASE WHEN length(text) > :excerpt THEN substr(text, 1, :excerpt - 1) || '…' ELSE text END;
UPDATE judgements SET reason = NULL,
    left_text = coalesce((SELECT s.text FROM sentences s JOIN matches m ON s.id IN (m.left_sentence_id, m.right_sentence_id)
        WHERE m.judgement_id = judgements.id AND s.article_id = judgements.left_article_id), ''),
    right_text = coalesce((SELECT s.text FROM sentences s JOIN matches m ON s.id IN (m.left_sentence_id, m.right_sentence_id)
        WHERE m.judgement_id = judgements.id AND s.article_id = judgements.right_article_id), '');
UPDATE verdicts SET
    left_text = coalesce((SELECT text FROM sentences WHERE id = left_sentence_id), ''),
    right_text = coalesce((SELECT text FROM sentences WHERE id = right_sentence_id), '');
DELETE FROM near_misses WHERE near_sentence_id NOT IN (SELECT id FROM kept) OR sentence_id NOT IN (SELECT id FROM kept);
