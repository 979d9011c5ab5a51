-- Cuts the copy down to excerpts: matched and quoted sentences up to a number of characters, of the rest an ellipsis.
CREATE TEMP TABLE kept AS
    SELECT left_sentence_id AS id FROM matches UNION SELECT right_sentence_id FROM matches UNION SELECT sentence_id FROM quotes;
CREATE UNIQUE INDEX temp.kept_id ON kept(id);
DELETE FROM article_texts;
DELETE FROM article_versions;
UPDATE sentences SET text = CASE
    WHEN id NOT IN (SELECT id FROM kept) THEN '…'
    WHEN length(text) > :excerpt THEN substr(text, 1, :excerpt - 1) || '…'
    ELSE text END;
-- What was found beyond the words that stay goes with them; `reach` is where in the original text they end.
CREATE TEMP TABLE reach AS
    SELECT s.id, CASE WHEN s.id NOT IN (SELECT id FROM kept) THEN s.start WHEN s."end" - s.start > :excerpt THEN s.start + :excerpt - 1 ELSE s."end" END AS "end"
    FROM sentences s;
CREATE UNIQUE INDEX temp.reach_id ON reach(id);
DELETE FROM quantities WHERE "end" > (SELECT "end" FROM reach WHERE id = sentence_id);
DELETE FROM quotes WHERE start >= (SELECT "end" FROM reach WHERE id = sentence_id);
UPDATE quotes SET text = substr(text, 1, (SELECT "end" FROM reach WHERE id = sentence_id) - start)
    WHERE "end" > (SELECT "end" FROM reach WHERE id = sentence_id);
UPDATE quotes SET speaker = NULL WHERE speaker IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sentences q JOIN sentences s ON s.article_id = q.article_id JOIN reach r ON r.id = s.id
    WHERE q.id = quotes.sentence_id AND quotes.speaker_start >= s.start AND quotes.speaker_end <= r."end");
UPDATE mentions SET text = '', alias = '' WHERE "end" > (SELECT "end" FROM reach WHERE id = sentence_id);
DELETE FROM entity_aliases WHERE origin = 'found' AND NOT EXISTS (
    SELECT 1 FROM mentions m WHERE m.entity_id = entity_aliases.entity_id AND m.alias = entity_aliases.alias);
DELETE FROM entity_spellings WHERE NOT EXISTS (
    SELECT 1 FROM mentions m WHERE m.entity_id = entity_spellings.entity_id AND m.alias = entity_spellings.alias);
DELETE FROM describing_words WHERE "end" > (
    SELECT r."end" FROM mentions m JOIN reach r ON r.id = m.sentence_id WHERE m.id = mention_id);
UPDATE differences SET left_text = NULL WHERE left_end IS NULL
    OR left_end > (SELECT r."end" FROM matches m JOIN reach r ON r.id = m.left_sentence_id WHERE m.id = match_id);
UPDATE differences SET right_text = NULL WHERE right_end IS NULL
    OR right_end > (SELECT r."end" FROM matches m JOIN reach r ON r.id = m.right_sentence_id WHERE m.id = match_id);
UPDATE differences SET note = NULL WHERE left_text IS NULL OR right_text IS NULL;
-- Of the reasons for a match, those that can still be read on either side.
UPDATE matches SET why = (
    SELECT json_group_object(k.key, CASE k.type WHEN 'array' THEN json((
        SELECT json_group_array(j.value) FROM json_each(k.value) j WHERE EXISTS (
            SELECT 1 FROM sentences s WHERE s.id IN (matches.left_sentence_id, matches.right_sentence_id)
                AND instr(lower(s.text), lower(j.value)) > 0)))
        ELSE k.value END)
    FROM json_each(why) k WHERE k.type IN ('array', 'integer', 'real'));
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
-- Without whole texts, the search of articles looks at what is left of their sentences.
DROP VIEW article_search;
CREATE VIEW article_search AS
    SELECT articles.rowid AS rowid, articles.title, articles.author,
           (SELECT group_concat(text, ' ') FROM sentences WHERE article_id = articles.id AND text <> '…') AS text
    FROM articles;
