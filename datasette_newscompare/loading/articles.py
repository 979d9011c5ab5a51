"""Writes articles and what their words say, one transaction a batch."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from ..entities.names import tidy
from ..entity_counts import unlink_stories
from ..records import Sentence
from .annotating import Annotated
from .clock import now
from .connection import insert
from .grouping import forget_articles
from .identity import Identified, State
from .readers.outlets import host_name

INSERT_ARTICLE = """
INSERT INTO articles (id, source_id, title, author, published, url, host, language, word_count, sentence_count,
                      content_hash, given_story, origin, loaded_at, load_id)
VALUES (:id, :source_id, :title, :author, :published, :url, :host, :language, :word_count, :sentence_count,
        :content_hash, :given_story, :origin, :loaded_at, :load_id)
ON CONFLICT (id) DO UPDATE SET
    source_id = excluded.source_id, title = excluded.title, author = excluded.author, published = excluded.published,
    url = excluded.url, host = excluded.host, language = excluded.language, word_count = excluded.word_count,
    sentence_count = excluded.sentence_count, content_hash = excluded.content_hash,
    story_id = CASE WHEN given_story IS excluded.given_story THEN story_id END,
    given_story = excluded.given_story, origin = excluded.origin, loaded_at = excluded.loaded_at,
    load_id = excluded.load_id
"""


def write_articles(db: Database, batch: Sequence[Annotated], load_id: int) -> None:
    """Store new and changed articles with their sentences, mentions, quantities and quotes.

    The sentences of a changed article keep their ids where their words stay the same, so that what hangs on
    them stays. Stories of changed articles are marked to be matched again.
    """
    with db.atomic():
        for one in batch:
            if one.identified.state is State.CHANGED:
                _keep_version(db, one)
                forget_articles(db, [one.identified.id])
                _mark_story(db, one.identified.id)
            _write_source(db, one.identified)
            _write_article(db, one, load_id)
            _write_words(db, one)


def _keep_version(db: Database, one: Annotated) -> None:
    """Set aside what the article says now, before something else takes its place."""
    db.execute(
        "INSERT INTO article_versions (article_id, version, title, published, text, content_hash, seen_at)"
        " SELECT a.id, 1 + (SELECT count(*) FROM article_versions WHERE article_id = a.id),"
        " a.title, a.published, t.text, a.content_hash, a.loaded_at"
        " FROM articles a JOIN article_texts t ON t.article_id = a.id"
        " WHERE a.id = ? AND (a.title, a.published, t.text) IS NOT (?, ?, ?)",
        [one.identified.id, one.annotation.title, one.identified.article.published, one.identified.article.text],
    )


def _mark_story(db: Database, article: str) -> None:
    [story] = db.execute("SELECT story_id FROM articles WHERE id = ?", [article]).fetchone()
    if story is not None:
        unlink_stories(db.conn, [story])
        db.execute("UPDATE stories SET needs_linking = 1, needs_matching = 1 WHERE id = ?", [story])


def _write_source(db: Database, identified: Identified) -> None:
    name = identified.article.source or "unknown"
    domain = host_name(identified.article.url or "")
    db.execute(
        "INSERT INTO sources (id, name, domain) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET domain = coalesce(domain, excluded.domain)",
        [identified.source_id, name, domain],
    )


def _write_article(db: Database, one: Annotated, load_id: int) -> None:
    article = one.identified.article
    db.execute(
        INSERT_ARTICLE,
        {
            "id": one.identified.id,
            "source_id": one.identified.source_id,
            "title": one.annotation.title,
            "author": article.author,
            "published": article.published,
            "url": article.url,
            "host": host_name(article.url or ""),
            "language": article.language,
            "word_count": len(article.text.split()),
            "sentence_count": len(one.annotation.sentences),
            "content_hash": one.identified.content_hash,
            "given_story": article.story,
            "origin": article.origin,
            "loaded_at": now(),
            "load_id": load_id,
        },
    )
    db.execute("DELETE FROM article_texts WHERE article_id = ?", [one.identified.id])
    db.execute("INSERT INTO article_texts (article_id, text) VALUES (?, ?)", [one.identified.id, article.text])


def _write_words(db: Database, one: Annotated) -> None:
    sentences = one.annotation.sentences
    ids = _write_sentences(db, one.identified, sentences)
    starts = [sentence.start for sentence in sentences]

    def sentence_id(start: int) -> int:
        return ids[max(bisect_right(starts, start) - 1, 0)]

    if one.identified.state is State.CHANGED:
        for table in ("mentions", "quantities", "quotes"):
            db.execute(
                f"DELETE FROM {table} WHERE sentence_id IN (SELECT id FROM sentences WHERE article_id = ?)",
                [one.identified.id],
            )
    mentions = [
        insert(
            db,
            'INSERT INTO mentions (sentence_id, article_id, start, "end", text, type, alias)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [sentence_id(m.start), one.identified.id, m.start, m.end, m.text, m.type, tidy(m.text)],
        )
        for m in one.mentions
    ]
    _insert(
        db,
        'INSERT INTO describing_words (mention_id, relation, word, start, "end") VALUES (?, ?, ?, ?, ?)',
        ((mentions[d.mention], d.relation, d.word, d.start, d.end) for d in one.descriptions),
    )
    _insert(
        db,
        'INSERT INTO quantities (sentence_id, kind, value, unit, comparator, approximate, start, "end", text)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (ids[position], q.kind, q.value, q.unit, q.comparator, q.approximate, q.start, q.end, q.text)
            for position, q in one.annotation.quantities
        ),
    )
    _insert(
        db,
        'INSERT INTO quotes (sentence_id, speaker, speaker_start, speaker_end, start, "end", text)'
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (ids[position], q.speaker, q.speaker_start, q.speaker_end, q.start, q.end, q.text)
            for position, q in one.annotation.quotes
        ),
    )


def _write_sentences(db: Database, identified: Identified, sentences: Sequence[Sentence]) -> list[int]:
    """Store the sentences and return their ids in order."""
    kept: dict[str, list[int]] = defaultdict(list)
    if identified.state is State.CHANGED:
        stored = db.execute(
            "SELECT id, text FROM sentences WHERE article_id = ? ORDER BY position DESC", [identified.id]
        )
        for id, text in stored.fetchall():
            kept[text].append(id)
        # Out of the way of the new positions, which are unique within the article.
        db.execute("UPDATE sentences SET position = -1 - position WHERE article_id = ?", [identified.id])
    ids = []
    for s in sentences:
        row = [s.position, s.paragraph, s.role, s.start, s.end]
        if kept[s.text]:
            ids.append(kept[s.text].pop())
            db.execute(
                'UPDATE sentences SET position = ?, paragraph = ?, role = ?, start = ?, "end" = ? WHERE id = ?',
                [*row, ids[-1]],
            )
        else:
            ids.append(
                insert(
                    db,
                    'INSERT INTO sentences (position, paragraph, role, start, "end", article_id, text)'
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [*row, identified.id, s.text],
                )
            )
    db.execute("DELETE FROM sentences WHERE article_id = ? AND position < 0", [identified.id])
    return ids


def _insert(db: Database, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    db.conn.executemany(sql, rows)
