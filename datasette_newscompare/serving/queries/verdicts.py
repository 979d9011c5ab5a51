"""What the page of people's verdicts asks, and how often they agreed with the matcher."""

from __future__ import annotations

COLUMNS = """v.left_article_id, v.left_text, v.right_article_id, v.right_text, v.verdict, v.note, v.actor, v.at, v.kind,
       v.score"""
"""First those of the file that `datasette newscompare verdicts` writes and takes in, in its order."""

LIST = f"""
-- People's verdicts, the newest first
SELECT {COLUMNS}, sa.name AS left_source, sb.name AS right_source, m.id AS match_id
FROM verdicts v
JOIN articles a ON a.id = v.left_article_id JOIN sources sa ON sa.id = a.source_id
JOIN articles b ON b.id = v.right_article_id JOIN sources sb ON sb.id = b.source_id
LEFT JOIN matches m ON m.left_sentence_id = v.left_sentence_id AND m.right_sentence_id = v.right_sentence_id
WHERE :verdict = '' OR v.verdict = :verdict
ORDER BY v.at DESC, v.id DESC
LIMIT :limit OFFSET :offset
"""

COUNTS = """
-- How many verdicts there are of each kind
SELECT verdict, count(*) AS n FROM verdicts GROUP BY verdict
"""

PRECISION = """
-- How often people agreed with the matcher
SELECT kind, score_from, round(score_from + 0.1, 1) AS score_to, judged, right_count, wrong_count, unsure_count,
       share_right
FROM verdict_precision
ORDER BY CASE kind WHEN 'verbatim' THEN 1 WHEN 'near-verbatim' THEN 2 WHEN 'paraphrase' THEN 3 ELSE 4 END,
         score_from DESC
"""
