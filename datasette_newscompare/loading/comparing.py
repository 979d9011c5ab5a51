"""Runs the matcher over every story that needs it, and stores what it finds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields
from functools import partial
from itertools import groupby, islice
from time import monotonic

from sqlite_utils import Database

from ..entity_counts import link_matches, uncount_matches
from ..matching.copies import count_independent, same_texts
from ..matching.story import MatchSettings, compare_story, texts_to_encode
from ..records import Match, Quantity, Quote, SameText, StoryArticle, StoryComparison, StorySentence, Why
from .counting import count_stories
from .embedding import Vector
from .encodings import Encodings
from .executors import run_in_order
from .facts import write_facts
from .judgements import Judged, apply_judgements

STORIES_A_BATCH = 50
SECONDS_A_BATCH = 10.0
"""After which what is compared is stored, however few stories it is."""
TOLD = tuple(field.name for field in fields(Why))

SENTENCES = """
SELECT s.article_id, a.source_id, a.published, s.id, s.position, s.paragraph, s.role, s.start, s.text
FROM articles a JOIN sentences s ON s.article_id = a.id
WHERE a.story_id = ? ORDER BY a.id, s.position
"""
QUANTITIES = """
SELECT q.sentence_id, q.kind, q.value, q.unit, q.comparator, q.approximate, q.start, q."end", q.text
FROM articles a JOIN sentences s ON s.article_id = a.id JOIN quantities q ON q.sentence_id = s.id
WHERE a.story_id = ? ORDER BY q.start
"""
QUOTES = """
SELECT q.sentence_id, q.start, q."end", q.text, q.speaker, q.speaker_start, q.speaker_end
FROM articles a JOIN sentences s ON s.article_id = a.id JOIN quotes q ON q.sentence_id = s.id
WHERE a.story_id = ? ORDER BY q.start
"""
UPSERT_MATCH = """
INSERT INTO matches (story_id, left_sentence_id, right_sentence_id, left_article_id, right_article_id,
                     score, kind, is_primary, is_moved, why, judgement_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (left_sentence_id, right_sentence_id) DO UPDATE SET
    story_id = excluded.story_id, score = excluded.score, kind = excluded.kind,
    is_primary = excluded.is_primary, is_moved = excluded.is_moved, why = excluded.why,
    judgement_id = excluded.judgement_id
"""


Story = tuple[StoryArticle, ...]
Compared = tuple[int, tuple[Story, StoryComparison]]
"""A story's number, its articles and what matching found in them."""
Encode = Callable[[Sequence[str]], Mapping[str, Vector]]
"""Gives a vector for each text."""


def compare_stale_stories(
    db: Database,
    settings: MatchSettings,
    pool: Executor | None,
    progress: Callable[[int], None],
    encode: Encode | None = None,
    encodings: Encodings | None = None,
) -> dict[int, int]:
    """Compare the articles of each story that changed and store matches, facts and counts.

    Gives, by story that was compared, the number of its sentences that were matched with the first copy of their words
    only, because more than `settings.most_copies` sentences have them.

    A batch of stories is one transaction, so that a run that is cut short leaves whole stories; it is stored when it is
    full, or took some seconds, and `progress` is told of its size. What language models judged of pairs earlier is
    applied to what the matcher finds. `encode` makes the vectors that the level `embedding` matches by, in this
    process; what it raises ends the run. What the level `encoder` makes of sentences is kept in `encodings`, if given.
    """
    judged = Judged(db)
    further_copies: dict[int, int] = {}
    stale = [row[0] for row in db.execute("SELECT id FROM stories WHERE needs_matching ORDER BY id")]
    stories = (load_story(db, story) for story in stale)
    compared = zip(stale, _compared(stories, settings, pool, encode, encodings), strict=True)
    while batch := _batch(compared):
        ids = [story for story, _ in batch]
        with db.atomic():
            uncount_matches(db.conn, ids)
            for story, (articles, found) in batch:
                decided = apply_judgements(articles, found, judged.of_story(articles), settings)
                _write_comparison(db, story, articles, decided)
                further_copies[story] = found.further_copies
            count_stories(db, ids)
            link_matches(db.conn, ids)
        progress(len(batch))
    return further_copies


def _batch(compared: Iterator[Compared]) -> list[Compared]:
    """The next stories that are stored together; none at the end."""
    batch: list[Compared] = []
    until = monotonic() + SECONDS_A_BATCH
    for one in islice(compared, STORIES_A_BATCH):
        batch.append(one)
        if monotonic() >= until:
            break
    return batch


def _compared(
    stories: Iterable[Story],
    settings: MatchSettings,
    pool: Executor | None,
    encode: Encode | None,
    encodings: Encodings | None,
) -> Iterator[tuple[Story, StoryComparison]]:
    """Each story with what matching finds in it."""
    if encode is None:
        yield from run_in_order(pool, partial(_compare, settings, encodings), stories, chunk=4)
        return
    asked = run_in_order(pool, partial(texts_to_encode, settings=settings), stories, chunk=4)
    encoded = ((story, encode(texts)) for story, texts in asked)
    for (story, _), found in run_in_order(pool, partial(_compare_encoded, settings), encoded, chunk=4):
        yield story, found


def _compare(settings: MatchSettings, encodings: Encodings | None, articles: Story) -> StoryComparison:
    if encodings is None:
        return compare_story(articles, settings)
    with encodings.opened() as kept:
        return compare_story(articles, settings, kept=kept)


def _compare_encoded(settings: MatchSettings, story: tuple[Story, Mapping[str, Vector]]) -> StoryComparison:
    articles, vectors = story
    return compare_story(articles, settings, vectors)


def load_story(db: Database, story: int) -> Story:
    """A story's articles with all that matching looks at, in order of id."""
    quantities = defaultdict(list)
    for sentence, kind, value, unit, comparator, approximate, start, end, text in db.execute(QUANTITIES, [story]):
        quantities[sentence].append(Quantity(kind, value, unit, comparator, bool(approximate), start, end, text))
    quotes = defaultdict(list)
    for sentence, *rest in db.execute(QUOTES, [story]):
        quotes[sentence].append(Quote(*rest))
    articles = []
    rows = db.execute(SENTENCES, [story]).fetchall()
    for (article, source, published), sentences in groupby(rows, key=lambda row: row[:3]):
        articles.append(
            StoryArticle(
                article,
                source,
                published,
                tuple(
                    StorySentence(
                        id=id,
                        article_id=article,
                        source_id=source,
                        position=position,
                        paragraph=paragraph,
                        role=role,
                        start=start,
                        text=text,
                        quantities=tuple(quantities.get(id, ())),
                        quotes=tuple(quotes.get(id, ())),
                    )
                    for _, _, _, id, position, paragraph, role, start, text in sentences
                ),
            )
        )
    return tuple(articles)


def _write_comparison(db: Database, story: int, articles: Sequence[StoryArticle], comparison: StoryComparison) -> None:
    owner = {sentence.id: article.id for article in articles for sentence in article.sentences}
    _write_matches(db, story, comparison.matches, owner)
    for table in ("near_misses", "repeats"):
        db.execute(
            f"DELETE FROM {table} WHERE sentence_id IN (SELECT s.id FROM articles a JOIN sentences s"
            " ON s.article_id = a.id WHERE a.story_id = ?)",
            [story],
        )
    db.conn.executemany(
        "INSERT INTO near_misses (sentence_id, near_sentence_id, score, judgement_id) VALUES (?, ?, ?, ?)",
        [(n.sentence_id, n.near_sentence_id, n.score, n.judgement_id) for n in comparison.near_misses],
    )
    db.conn.executemany(
        "INSERT INTO repeats (sentence_id, repeat_of, kind, score) VALUES (?, ?, ?, ?)",
        [(r.sentence_id, r.repeat_of, r.kind, r.score) for r in comparison.repeats],
    )
    first = _write_same_texts(db, story, same_texts(articles, comparison.matches, comparison.repeats))
    write_facts(db, story, articles, comparison.facts, first)
    independent = count_independent((article.id for article in articles), first)
    db.execute("UPDATE stories SET needs_matching = 0, independent_count = ? WHERE id = ?", [independent, story])


def _write_same_texts(db: Database, story: int, same: Sequence[SameText]) -> dict[str, str]:
    """Replace what is known of a story's copies; gives the first article of its text for each that carries one."""
    db.execute(
        "DELETE FROM same_texts WHERE story_id = ?1 OR article_id IN (SELECT id FROM articles WHERE story_id = ?1)",
        [story],
    )
    db.conn.executemany(
        "INSERT INTO same_texts (article_id, first_article_id, story_id, share) VALUES (?, ?, ?, ?)",
        [(one.article_id, one.first_article_id, story, one.share) for one in same],
    )
    return {one.article_id: one.first_article_id for one in same}


def _why(why: Why) -> str:
    told = {name: getattr(why, name) for name in TOLD if name != "judged" or why.judged}
    return json.dumps(told, ensure_ascii=False)


def _write_matches(db: Database, story: int, matches: Sequence[Match], owner: dict[int, str]) -> None:
    """Store a story's matches; one that was there keeps its id."""
    wanted = {(m.left_id, m.right_id) for m in matches}
    stored = db.execute("SELECT id, left_sentence_id, right_sentence_id FROM matches WHERE story_id = ?", [story])
    gone = [(id,) for id, left, right in stored.fetchall() if (left, right) not in wanted]
    db.conn.executemany("DELETE FROM matches WHERE id = ?", gone)
    db.conn.executemany(
        UPSERT_MATCH,
        [
            (
                story,
                m.left_id,
                m.right_id,
                owner[m.left_id],
                owner[m.right_id],
                m.score,
                m.kind,
                m.is_primary,
                m.is_moved,
                _why(m.why),
                m.judgement_id,
            )
            for m in matches
        ],
    )
    ids = {
        (left, right): id
        for id, left, right in db.execute(
            "SELECT id, left_sentence_id, right_sentence_id FROM matches WHERE story_id = ?", [story]
        )
    }
    db.execute("DELETE FROM differences WHERE match_id IN (SELECT id FROM matches WHERE story_id = ?)", [story])
    db.conn.executemany(
        "INSERT INTO differences (match_id, kind, left_text, right_text, left_start, left_end, right_start, right_end,"
        " note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                ids[m.left_id, m.right_id],
                d.kind,
                d.left_text,
                d.right_text,
                d.left_start,
                d.left_end,
                d.right_start,
                d.right_end,
                d.note,
            )
            for m in matches
            for d in m.differences
        ],
    )
