"""People's judgements of matches: the one place that writes them, for the pages and for the command line alike."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

VERDICTS = ("right", "wrong", "unsure")

MATCH = """
SELECT m.left_article_id, m.left_sentence_id, s.text, m.right_article_id, m.right_sentence_id, t.text, m.kind, m.score
FROM matches m JOIN sentences s ON s.id = m.left_sentence_id JOIN sentences t ON t.id = m.right_sentence_id
WHERE m.id = ?
"""
RECORD = """
INSERT INTO verdicts (left_article_id, left_sentence_id, left_text, right_article_id, right_sentence_id, right_text,
                      kind, score, verdict, note, actor, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (left_article_id, left_text, right_article_id, right_text, actor) DO UPDATE SET
    left_sentence_id = excluded.left_sentence_id, right_sentence_id = excluded.right_sentence_id,
    kind = coalesce(excluded.kind, kind), score = coalesce(excluded.score, score),
    verdict = excluded.verdict, note = excluded.note, at = excluded.at
WHERE excluded.at >= verdicts.at
"""
REATTACH = """
UPDATE verdicts SET
    left_sentence_id = (SELECT id FROM sentences WHERE article_id = left_article_id AND text = left_text
                        ORDER BY position LIMIT 1),
    right_sentence_id = (SELECT id FROM sentences WHERE article_id = right_article_id AND text = right_text
                         ORDER BY position LIMIT 1)
WHERE left_sentence_id IS NULL OR right_sentence_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person's judgement of two sentences; `left` is of the article whose id sorts first."""

    left_article_id: str
    left_text: str
    right_article_id: str
    right_text: str
    verdict: str
    note: str | None
    actor: str
    at: str
    """ISO 8601, UTC."""


def judge_match(
    connection: sqlite3.Connection, match_id: int, verdict: str, note: str | None, actor: str, at: str
) -> bool:
    """Record what `actor` says of a match, in place of what they said of it before; False if there is no such match.

    Raises ValueError for a verdict that is none of `VERDICTS`.
    """
    _check(verdict)
    row = connection.execute(MATCH, [match_id]).fetchone()
    if row is None:
        return False
    connection.execute(RECORD, [*row, verdict, note, actor, at])
    return True


def withdraw(connection: sqlite3.Connection, match_id: int, actor: str) -> None:
    """Take back what `actor` said of a match."""
    connection.execute(
        "DELETE FROM verdicts WHERE actor = ? AND (left_sentence_id, right_sentence_id) = "
        "(SELECT left_sentence_id, right_sentence_id FROM matches WHERE id = ?)",
        [actor, match_id],
    )


def record(connection: sqlite3.Connection, one: Verdict) -> bool:
    """Record a judgement that was made elsewhere; an older one than is stored changes nothing.

    False if one of its articles is not loaded. Raises ValueError for a verdict that is none of `VERDICTS`.
    """
    _check(one.verdict)
    ids = []
    for article, text in ((one.left_article_id, one.left_text), (one.right_article_id, one.right_text)):
        if connection.execute("SELECT 1 FROM articles WHERE id = ?", [article]).fetchone() is None:
            return False
        found = connection.execute(
            "SELECT id FROM sentences WHERE article_id = ? AND text = ? ORDER BY position LIMIT 1", [article, text]
        ).fetchone()
        ids.append(found[0] if found else None)
    match = connection.execute(
        "SELECT kind, score FROM matches WHERE left_sentence_id = ? AND right_sentence_id = ?", ids
    ).fetchone() or (None, None)
    connection.execute(
        RECORD,
        [
            one.left_article_id,
            ids[0],
            one.left_text,
            one.right_article_id,
            ids[1],
            one.right_text,
            *match,
            one.verdict,
            one.note,
            one.actor,
            one.at,
        ],
    )
    return True


def reattach(connection: sqlite3.Connection) -> None:
    """Bind verdicts whose sentences were stored anew to the rows that now hold the same words."""
    connection.execute(REATTACH)


def _check(verdict: str) -> None:
    if verdict not in VERDICTS:
        raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
