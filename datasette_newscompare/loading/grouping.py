"""Gives every article its story, and keeps the ids of stories that are there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial

from sqlite_utils import Database

from ..stories import SqliteIndex, StoryDocument, StoryGroup, StorySettings, group, group_new, index_rows, vectorise
from ..stories.index import WRITE_COUNT, WRITE_TERM
from ..stories.vectors import Counts, Texts
from .connection import insert
from .executors import run_in_order

DOCUMENTS = """
SELECT a.id, a.source_id, a.title, a.published, a.given_story, a.story_id,
       (SELECT group_concat(text, char(10)) FROM
            (SELECT text FROM sentences WHERE article_id = a.id AND role <> 'boilerplate' ORDER BY position))
FROM articles a WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id
"""

CHANGED = """
SELECT a.id FROM stories s JOIN articles a ON a.story_id = s.id
WHERE s.needs_linking AND NOT EXISTS (SELECT 1 FROM article_terms WHERE article_id = a.id) ORDER BY a.id
"""

HEADLINES = """
SELECT a.title FROM articles a WHERE a.id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
    SELECT 1 FROM sentences s WHERE s.article_id = a.id AND s.role <> 'headline'
    AND substr(s.text, 1, 40) = substr(a.title, 1, 40))
ORDER BY a.published IS NULL, a.published, a.id
"""


def group_articles(
    db: Database,
    settings: StorySettings,
    pool: Executor | None,
    progress: Callable[[int], None],
    regroup: bool = False,
) -> bool:
    """Put every article that has no story into one, old or new; with `regroup`, group all of them anew.

    Says whether there was anything to group. Adding costs what the new articles cost, not the archive. A new group
    that holds articles of a stored story takes over the id of the one with which it shares most.
    """
    if regroup:
        ids, unindexed = [row[0] for row in db.execute("SELECT id FROM articles ORDER BY id")], []
    else:
        ids = [row[0] for row in db.execute("SELECT id FROM articles WHERE story_id IS NULL ORDER BY id")]
        unindexed = [row[0] for row in db.execute(CHANGED)]
    if not ids and not unindexed:
        return False
    stories = dict(db.execute("SELECT id, story_id FROM articles WHERE story_id IS NOT NULL")) if regroup else {}
    documents = read_documents(db, ids, keep_stories=not regroup)
    index = _index(db)
    everything = regroup or _is_first(db)
    # what the archive would say of rare words is what these articles say, for there are no others
    vectors = vectorise(documents, each=partial(_in_processes, pool)) if everything else None
    groups = group(documents, settings, vectors) if everything else group_new(documents, index, settings)
    with db.atomic():
        if regroup:
            db.execute("DELETE FROM article_terms")
            db.execute("DELETE FROM term_counts")
        for some, known in ((documents, vectors), (read_documents(db, unindexed), None)):
            terms, counts = index_rows(some, index, known)
            db.conn.executemany(WRITE_TERM, terms)
            db.conn.executemany(WRITE_COUNT, counts)
        taken: set[int] = set()
        for one in sorted(groups, key=lambda g: -len(g.article_ids)) if regroup else groups:
            _write_story(db, one, one.story if not regroup else _heir(one, stories, taken))
    progress(len(documents))
    return True


def _in_processes(pool: Executor | None, work: Callable[[Texts], Counts], items: Iterable[Texts]) -> Iterator[Counts]:
    return (counts for _, counts in run_in_order(pool, work, items))


def forget_articles(db: Database, ids: Collection[str]) -> None:
    """Take articles out of the index by which new ones find their stories. Call inside a transaction, while they
    are as they were when they were grouped."""
    known = [id for id in ids if db.execute("SELECT 1 FROM article_terms WHERE article_id = ?", [id]).fetchone()]
    if known:
        _, counts = index_rows(read_documents(db, known), _index(db))
        db.conn.executemany(WRITE_COUNT, [(term, -count) for term, count in counts])
        db.conn.executemany("DELETE FROM article_terms WHERE article_id = ?", [(id,) for id in known])


def read_documents(db: Database, ids: Collection[str], keep_stories: bool = True) -> list[StoryDocument]:
    """Stored articles as the grouping sees them, in order of id; with the stories they are in, if wanted."""
    return [
        StoryDocument(
            id=id,
            source_id=source_id,
            title=title,
            text=text or "",
            published=published,
            given=given,
            story=story if keep_stories else None,
        )
        for id, source_id, title, published, given, story, text in db.execute(DOCUMENTS, [json.dumps(list(ids))])
    ]


def _index(db: Database) -> SqliteIndex:
    return SqliteIndex(db.conn, partial(read_documents, db))


def _is_first(db: Database) -> bool:
    return db.execute("SELECT 1 FROM articles WHERE story_id IS NOT NULL LIMIT 1").fetchone() is None


def _heir(one: StoryGroup, stories: dict[str, int], taken: set[int]) -> int | None:
    shares = Counter(stories[id] for id in one.article_ids if id in stories and stories[id] not in taken)
    if not shares:
        return None
    story = min(shares, key=lambda id: (-shares[id], id))
    taken.add(story)
    return story


def _write_story(db: Database, one: StoryGroup, story: int | None) -> None:
    if story is None:
        title = one.given or _headline(db, one)
        story = insert(db, "INSERT INTO stories (title, given_name) VALUES (?, ?)", [title, one.given])
    elif set(_members(db, story)) == set(one.article_ids):
        return
    left = {row[0] for id in one.article_ids for row in db.execute("SELECT story_id FROM articles WHERE id = ?", [id])}
    db.conn.executemany(
        "UPDATE stories SET needs_linking = 1, needs_matching = 1 WHERE id = ?", [(id,) for id in {story, *left}]
    )
    db.conn.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(story, id) for id in one.article_ids])


def _headline(db: Database, one: StoryGroup) -> str:
    """The story's most central title, unless that is only how a text begins and another article has a headline."""
    headlines = [row[0] for row in db.execute(HEADLINES, [json.dumps(one.article_ids)])]
    return one.title if not headlines or one.title in headlines else headlines[0]


def _members(db: Database, story: int) -> Sequence[str]:
    return [row[0] for row in db.execute("SELECT id FROM articles WHERE story_id = ?", [story])]
