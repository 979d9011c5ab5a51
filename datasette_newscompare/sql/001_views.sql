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
CREATE VIEW source_overlap AS
WITH told AS (
    SELECT a.story_id, a.source_id, count(*) AS sentence_count
    FROM articles a JOIN sentences s ON s.article_id = a.id
    WHERE s.role <> 'boilerplate' AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = s.id)
    GROUP BY a.story_id, a.source_id
), ends AS (
    SELECT m.story_id, m.left_sentence_id AS sentence_id, m.left_article_id AS article_id, m.right_article_id AS other_article_id FROM matches m
    UNION ALL
    SELECT m.story_id, m.right_sentence_id, m.right_article_id, m.left_article_id FROM matches m
), shared AS (
    SELECT e.story_id, a.source_id, b.source_id AS other_source_id, count(DISTINCT e.sentence_id) AS matched_count
    FROM ends e JOIN articles a ON a.id = e.article_id JOIN articles b ON b.id = e.other_article_id
    WHERE NOT EXISTS (SELECT 1 FROM repeats r WHERE r.sentence_id = e.sentence_id)
    GROUP BY e.story_id, a.source_id, b.source_id
)
SELECT t.story_id, t.source_id, x.name AS source, o.source_id AS other_source_id, y.name AS other_source,
       t.sentence_count, coalesce(h.matched_count, 0) AS matched_count,
       round(1.0 * coalesce(h.matched_count, 0) / t.sentence_count, 4) AS share_found
FROM told t
JOIN told o ON o.story_id = t.story_id AND o.source_id <> t.source_id
JOIN sources x ON x.id = t.source_id
JOIN sources y ON y.id = o.source_id
LEFT JOIN shared h ON h.story_id = t.story_id AND h.source_id = t.source_id AND h.other_source_id = o.source_id;

-- Who tells which fact: a row for each fact and source that tells it.
CREATE VIEW fact_matrix AS
SELECT f.story_id, f.id AS fact_id, f.text AS fact, f.source_count, a.source_id, so.name AS source,
       count(*) AS sentence_count, min(a.published) AS published, min(s.id) AS sentence_id,
       f.first_source_id = a.source_id AS is_first
FROM facts f
JOIN fact_sentences fs ON fs.fact_id = f.id
JOIN sentences s ON s.id = fs.sentence_id
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id
GROUP BY f.id, a.source_id;

-- Every sentence that names an entity, once.
CREATE VIEW entity_sentences AS
SELECT e.id AS entity_id, e.name AS entity, e.type, s.id AS sentence_id, s.text, s.role, s.article_id, a.title AS article,
       a.source_id, so.name AS source, a.published, a.story_id
FROM entities e
JOIN (SELECT DISTINCT entity_id, sentence_id FROM mentions) m ON m.entity_id = e.id
JOIN sentences s ON s.id = m.sentence_id
JOIN articles a ON a.id = s.article_id
JOIN sources so ON so.id = a.source_id;

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
