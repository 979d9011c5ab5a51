-- Every match twice, once from each side, so that a query can ask about "this source" and "the other".
CREATE VIEW match_pairs AS
SELECT m.id AS match_id, m.story_id, m.score, m.kind, m.is_primary, m.is_moved,
       a.source_id AS source_id, sa.name AS source, a.id AS article_id, a.title AS title, a.published AS published,
       s.id AS sentence_id, s.text AS text,
       b.source_id AS other_source_id, sb.name AS other_source, b.id AS other_article_id, b.title AS other_title,
       b.published AS other_published, t.id AS other_sentence_id, t.text AS other_text, m.why, a.url AS url, b.url AS other_url
FROM matches m
JOIN sentences s ON s.id = m.left_sentence_id JOIN articles a ON a.id = m.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN sentences t ON t.id = m.right_sentence_id JOIN articles b ON b.id = m.right_article_id JOIN sources sb ON sb.id = b.source_id
UNION ALL
SELECT m.id, m.story_id, m.score, m.kind, m.is_primary, m.is_moved,
       b.source_id, sb.name, b.id, b.title, b.published, t.id, t.text,
       a.source_id, sa.name, a.id, a.title, a.published, s.id, s.text, m.why, b.url, a.url
FROM matches m
JOIN sentences s ON s.id = m.left_sentence_id JOIN articles a ON a.id = m.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN sentences t ON t.id = m.right_sentence_id JOIN articles b ON b.id = m.right_article_id JOIN sources sb ON sb.id = b.source_id;

-- Sentences that tell something, in stories of two sources or more, for which no other source's sentence was found.
CREATE VIEW sentences_without_match AS
SELECT s.id AS sentence_id, a.story_id, st.title AS story, a.source_id, so.name AS source, s.article_id, a.title AS article,
       s.position, s.role, s.text,
       (SELECT n.near_sentence_id FROM near_misses n WHERE n.sentence_id = s.id ORDER BY n.score DESC LIMIT 1) AS nearest_sentence_id,
       (SELECT max(n.score) FROM near_misses n WHERE n.sentence_id = s.id) AS nearest_score
FROM sentences s
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id
JOIN stories st ON st.id = a.story_id
WHERE s.role <> 'boilerplate' AND st.source_count > 1
  AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.left_sentence_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.right_sentence_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id);

-- How much of one source's telling of a story stands in another's: a row for each ordered pair of sources and story.
-- Counted row by row, so that a look at one story costs no more than that story.
CREATE VIEW source_overlap AS
SELECT story_id, source_id, source, other_source_id, other_source, sentence_count, matched_count,
       round(1.0 * matched_count / nullif(sentence_count, 0), 4) AS share_found
FROM (
    SELECT a.story_id, a.source_id, x.name AS source, b.source_id AS other_source_id, y.name AS other_source,
           (SELECT count(*) FROM articles c JOIN sentences s ON s.article_id = c.id
            WHERE c.story_id = a.story_id AND c.source_id = a.source_id AND s.role <> 'boilerplate'
              AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)) AS sentence_count,
           (SELECT count(*) FROM articles c JOIN sentences s ON s.article_id = c.id
            WHERE c.story_id = a.story_id AND c.source_id = a.source_id AND s.role <> 'boilerplate'
              AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)
              AND (EXISTS (SELECT 1 FROM matches m JOIN articles d ON d.id = m.right_article_id
                           WHERE m.left_sentence_id = s.id AND d.source_id = b.source_id)
                OR EXISTS (SELECT 1 FROM matches m JOIN articles d ON d.id = m.left_article_id
                           WHERE m.right_sentence_id = s.id AND d.source_id = b.source_id))) AS matched_count
    FROM (SELECT DISTINCT story_id, source_id FROM articles) a
    JOIN (SELECT DISTINCT story_id, source_id FROM articles) b ON b.story_id = a.story_id AND b.source_id <> a.source_id
    JOIN sources x ON x.id = a.source_id
    JOIN sources y ON y.id = b.source_id
);

-- Articles that say, for the greater part, what an earlier one of the same outlet says: updates and second editions.
CREATE VIEW near_copies AS
SELECT article_id, copy_of, source_id, repeated_count, sentence_count,
       round(1.0 * repeated_count / sentence_count, 4) AS share_repeated
FROM (
    SELECT s.article_id, t.article_id AS copy_of, a.source_id, count(*) AS repeated_count,
           (SELECT count(*) FROM sentences x WHERE x.article_id = s.article_id AND x.role <> 'boilerplate') AS sentence_count
    FROM repeats r
    JOIN sentences s ON s.id = r.sentence_id
    JOIN sentences t ON t.id = r.repeat_of
    JOIN articles a ON a.id = s.article_id
    WHERE t.article_id <> s.article_id
    GROUP BY s.article_id, t.article_id
)
WHERE repeated_count >= 0.5 * sentence_count;

-- Who tells which fact: a row for each fact and source that tells it, at the first of its sentences that do.
CREATE VIEW fact_matrix AS
SELECT f.story_id, f.id AS fact_id, f.text AS fact, f.source_count, a.source_id, so.name AS source,
       (SELECT count(*) FROM fact_sentences x JOIN sentences t ON t.id = x.sentence_id JOIN articles b ON b.id = t.article_id
        WHERE x.fact_id = f.id AND b.source_id = a.source_id) AS sentence_count,
       (SELECT min(b.published) FROM fact_sentences x JOIN sentences t ON t.id = x.sentence_id
        JOIN articles b ON b.id = t.article_id WHERE x.fact_id = f.id AND b.source_id = a.source_id) AS published,
       fs.sentence_id, f.first_source_id = a.source_id AS is_first
FROM facts f
JOIN fact_sentences fs ON fs.fact_id = f.id
JOIN sentences s ON s.id = fs.sentence_id
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id
WHERE NOT EXISTS (
    SELECT 1 FROM fact_sentences x JOIN sentences t ON t.id = x.sentence_id JOIN articles b ON b.id = t.article_id
    WHERE x.fact_id = f.id AND b.source_id = a.source_id AND x.sentence_id < fs.sentence_id);

-- Every sentence that names an entity, once.
CREATE VIEW entity_sentences AS
SELECT e.id AS entity_id, e.name AS entity, e.type, s.id AS sentence_id, s.text, s.role, s.article_id, a.title AS article,
       a.source_id, so.name AS source, a.published, a.story_id
FROM entities e
JOIN sentence_entities m ON m.entity_id = e.id
JOIN sentences s ON s.id = m.sentence_id
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id;

-- Who is named with whom: in how many articles, and in how many sentences, which are counted from the sentences of
-- the one that is named in fewer.
CREATE VIEW entity_pairs AS
SELECT p.entity_id, e.name AS entity, e.type, p.other_entity_id, o.name AS other_entity, o.type AS other_type,
       CASE WHEN e.sentence_count < o.sentence_count THEN (
           SELECT count(*) FROM sentence_entities m CROSS JOIN sentence_entities n ON n.sentence_id = m.sentence_id
           WHERE m.entity_id = p.entity_id AND n.entity_id = p.other_entity_id)
       ELSE (
           SELECT count(*) FROM sentence_entities m CROSS JOIN sentence_entities n ON n.sentence_id = m.sentence_id
           WHERE m.entity_id = p.other_entity_id AND n.entity_id = p.entity_id)
       END AS sentence_count, p.article_count
FROM (
    SELECT x.entity_id, y.entity_id AS other_entity_id, count(*) AS article_count
    FROM article_entities x JOIN article_entities y ON y.article_id = x.article_id
    WHERE y.entity_id <> x.entity_id GROUP BY x.entity_id, y.entity_id
) p
JOIN entities e ON e.id = p.entity_id
JOIN entities o ON o.id = p.other_entity_id;

-- How each source calls and describes an entity, and which words it uses far more than the other sources do.
-- log_odds and score follow Monroe, Colaresi and Quinn (2008), "Fightin' Words", equations 15, 18 and 22: the log odds
-- of the word in this source less those in the others, and the same in standard deviations (a z-score), each word
-- counted up by a prior: its part of 100 words that are spread over all words as those of all entities are. Both are
-- NULL where no other source describes the entity.
CREATE VIEW entity_words_by_source AS
SELECT d.entity_id, e.name AS entity, e.type, d.source_id, s.name AS source, d.relation, d.word, d.count, d.other_count,
       d.source_words, d.other_words,
       CASE WHEN d.other_words THEN ln(d.odds / d.other_odds) END AS log_odds,
       CASE WHEN d.other_words THEN ln(d.odds / d.other_odds)
           / sqrt(1 / (d.count + d.prior) + 1 / (d.other_count + d.prior)) END AS score
FROM (
    SELECT c.*, (c.count + c.prior) / (c.source_words - c.count + 100.001 - c.prior) AS odds,
           (c.other_count + c.prior) / (c.other_words - c.other_count + 100.001 - c.prior) AS other_odds
    FROM (
        SELECT w.entity_id, w.source_id, w.relation, w.word, w.count,
               u.count - w.count AS other_count, n.count AS source_words, t.count - n.count AS other_words,
               100.0 * k.count / every.count AS prior
        FROM entity_words w
        JOIN (SELECT word, relation, entity_id, sum(count) AS count FROM entity_words GROUP BY 1, 2, 3) u
            ON u.entity_id = w.entity_id AND u.relation = w.relation AND u.word = w.word
        JOIN (SELECT entity_id, source_id, sum(count) AS count FROM entity_words GROUP BY 1, 2) n
            ON n.entity_id = w.entity_id AND n.source_id = w.source_id
        JOIN (SELECT entity_id, sum(count) AS count FROM entity_words GROUP BY 1) t ON t.entity_id = w.entity_id
        LEFT JOIN word_counts k ON k.relation = w.relation AND k.word = w.word
        JOIN (SELECT sum(count) AS count FROM word_counts) every
    ) c
) d
JOIN entities e ON e.id = d.entity_id
JOIN sources s ON s.id = d.source_id;

-- The sentences behind the counts of entity_aliases and entity_spellings.
CREATE VIEW entity_spelling_sentences AS
SELECT m.entity_id, e.name AS entity, m.alias, a.source_id, so.name AS source, m.sentence_id, s.text, m.article_id,
       a.title AS article, a.published, a.story_id, m.start, m."end"
FROM mentions m
JOIN entities e ON e.id = m.entity_id
JOIN sentences s ON s.id = m.sentence_id
JOIN articles a ON a.id = m.article_id
JOIN sources so ON so.id = a.source_id;

-- The sentences behind the counts of entity_words.
CREATE VIEW entity_word_sentences AS
SELECT m.entity_id, a.source_id, so.name AS source, d.relation, d.word, m.sentence_id, s.text, m.article_id,
       a.title AS article, a.published, a.story_id, d.start, d."end"
FROM describing_words d
JOIN mentions m ON m.id = d.mention_id
JOIN sentences s ON s.id = m.sentence_id
JOIN articles a ON a.id = m.article_id
JOIN sources so ON so.id = a.source_id
WHERE m.entity_id IS NOT NULL;

-- Matched sentences whose numbers do not agree.
CREATE VIEW number_differences AS
SELECT d.id AS difference_id, m.id AS match_id, m.story_id, d.left_text AS left_number, d.right_text AS right_number, d.note,
       sa.name AS left_source, s.text AS left_sentence, sb.name AS right_source, t.text AS right_sentence, m.score, m.kind,
       m.left_article_id, m.right_article_id, m.left_sentence_id, m.right_sentence_id
FROM differences d
JOIN matches m ON m.id = d.match_id
JOIN sentences s ON s.id = m.left_sentence_id JOIN articles a ON a.id = m.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN sentences t ON t.id = m.right_sentence_id JOIN articles b ON b.id = m.right_article_id JOIN sources sb ON sb.id = b.source_id
WHERE d.kind = 'number';

-- Matched sentences of which at least one quotes, with what each side puts in quotation marks and who says it.
CREATE VIEW quote_comparison AS
SELECT m.id AS match_id, m.story_id, sa.name AS left_source,
       (SELECT group_concat(q.text, ' … ') FROM quotes q WHERE q.sentence_id = m.left_sentence_id) AS left_quote,
       (SELECT group_concat(DISTINCT q.speaker) FROM quotes q WHERE q.sentence_id = m.left_sentence_id) AS left_speaker,
       s.text AS left_sentence, sb.name AS right_source,
       (SELECT group_concat(q.text, ' … ') FROM quotes q WHERE q.sentence_id = m.right_sentence_id) AS right_quote,
       (SELECT group_concat(DISTINCT q.speaker) FROM quotes q WHERE q.sentence_id = m.right_sentence_id) AS right_speaker,
       t.text AS right_sentence, m.score, m.kind, m.left_article_id, m.right_article_id, m.left_sentence_id, m.right_sentence_id
FROM matches m
JOIN sentences s ON s.id = m.left_sentence_id JOIN articles a ON a.id = m.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN sentences t ON t.id = m.right_sentence_id JOIN articles b ON b.id = m.right_article_id JOIN sources sb ON sb.id = b.source_id
WHERE EXISTS (SELECT 1 FROM quotes q WHERE q.sentence_id IN (m.left_sentence_id, m.right_sentence_id));

-- How often people agreed with the matcher: a row for each kind of match and tenth of the score.
CREATE VIEW verdict_precision AS
SELECT kind, min(CAST(score * 10 AS INTEGER), 9) / 10.0 AS score_from, count(*) AS judged,
       sum(verdict = 'right') AS right_count, sum(verdict = 'wrong') AS wrong_count, sum(verdict = 'unsure') AS unsure_count,
       round(1.0 * sum(verdict = 'right') / nullif(sum(verdict <> 'unsure'), 0), 4) AS share_right
FROM verdicts
WHERE kind IS NOT NULL
GROUP BY kind, score_from;
