"""Stores a story's facts so that a fact keeps its id while any of its sentences stays in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from sqlite_utils import Database

from ..matching.copies import count_independent
from ..records import Fact, StoryArticle
from .connection import insert


def write_facts(
    db: Database, story: int, articles: Sequence[StoryArticle], facts: Sequence[Fact], same: Mapping[str, str]
) -> None:
    """Replace a story's facts; `same` leads from an article to the first that carries its text.

    Call inside a transaction.
    """
    owner = dict(
        db.execute(
            "SELECT f.sentence_id, f.fact_id FROM facts x JOIN fact_sentences f ON f.fact_id = x.id"
            " WHERE x.story_id = ?",
            [story],
        ).fetchall()
    )
    article_of = {sentence.id: article for article in articles for sentence in article.sentences}
    text_of = {sentence.id: sentence.text for article in articles for sentence in article.sentences}
    db.conn.executemany("DELETE FROM fact_sentences WHERE fact_id = ?", [(id,) for id in set(owner.values())])
    kept: set[int] = set()
    for fact in facts:
        shares = Counter(owner[id] for id in fact.sentence_ids if id in owner and owner[id] not in kept)
        id = min(shares, key=lambda one: (-shares[one], one)) if shares else None
        tellers = [article_of[sentence] for sentence in fact.sentence_ids]
        row = [
            text_of[fact.sentence_ids[0]],
            len(fact.sentence_ids),
            len({article.source_id for article in tellers}),
            independent_tellers(tellers, same),
            *first_told(tellers),
        ]
        if id is None:
            id = insert(
                db,
                "INSERT INTO facts (text, sentence_count, source_count, independent_count, first_source_id,"
                " first_published, story_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [*row, story],
            )
        else:
            db.execute(
                "UPDATE facts SET text = ?, sentence_count = ?, source_count = ?, independent_count = ?,"
                " first_source_id = ?, first_published = ? WHERE id = ?",
                [*row, id],
            )
        kept.add(id)
        db.conn.executemany(
            "INSERT INTO fact_sentences (fact_id, sentence_id) VALUES (?, ?)",
            [(id, sentence) for sentence in fact.sentence_ids],
        )
    db.conn.executemany("DELETE FROM facts WHERE id = ?", [(id,) for id in set(owner.values()) - kept])


def independent_tellers(tellers: Sequence[StoryArticle], same: Mapping[str, str]) -> int:
    """How many tell it independently: sources, where those that carry the same text count once."""
    texts = count_independent((article.id for article in tellers), same)
    return min(texts, len({article.source_id for article in tellers}))


def first_told(tellers: Sequence[StoryArticle]) -> tuple[str | None, str | None]:
    """The source that surely published first, and the earliest date as it stands.

    The source is None where the dates can't tell: one is missing, or a date without a time leaves open whether
    another source came before. A time without a zone counts as UTC.
    """
    dated = [
        (_span(article.published), article.source_id, article.published) for article in tellers if article.published
    ]
    if not dated:
        return None, None
    (_, latest), source, published = min(dated, key=lambda one: (one[0], one[1]))
    others = [span for span, other, _ in dated if other != source]
    sure = len(dated) == len(tellers) and all(latest <= begin for begin, _ in others)
    return (source if sure and others else None), published


def _span(published: str) -> tuple[datetime, datetime]:
    """The first moment that an ISO 8601 date of any precision may mean, and the first that it does not."""
    if len(published) > 10:
        moment = datetime.fromisoformat(published)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return moment, moment + timedelta(seconds=1)
    begin = datetime.fromisoformat(published + "-01-01"[len(published) - 10 :] if len(published) < 10 else published)
    begin = begin.replace(tzinfo=timezone.utc)
    days = {4: 366, 7: 31}.get(len(published), 1)
    return begin, begin + timedelta(days=days)
