"""Gives every article its story, and keeps the ids of stories that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from sqlite_utils import Database

from ..stories import StoryDocument, StoryGroup, StorySettings, group
from .connection import insert

DOCUMENTS = """
SELECT a.id, a.source_id, a.title, a.published, a.given_story, a.story_id,
       (SELECT group_concat(text, char(10)) FROM
            (SELECT text FROM sentences WHERE article_id = a.id AND role <> 'boilerplate' ORDER BY position)),
       (SELECT group_concat(text, char(31)) FROM (SELECT DISTINCT text FROM mentions WHERE article_id = a.id))
FROM articles a ORDER BY a.id
"""


def group_articles(
    db: Database, settings: StorySettings, progress: Callable[[int], None], regroup: bool = False
) -> bool:
    """Put every article that has no story into one, old or new; with `regroup`, group all of them anew.

    Says whether there was anything to group. A new group that holds articles of a stored story takes over the id
    of the one with which it shares most.
    """
    if not regroup and not db.execute("SELECT 1 FROM articles WHERE story_id IS NULL LIMIT 1").fetchone():
        return False
    documents, stories = _documents(db, keep_stories=not regroup)
    groups = group(documents, settings)
    with db.atomic():
        taken: set[int] = set()
        for one in sorted(groups, key=lambda g: -len(g.article_ids)) if regroup else groups:
            _write_story(db, one, one.story if not regroup else _heir(one, stories, taken))
    progress(len(documents))
    return True


def _documents(db: Database, keep_stories: bool) -> tuple[list[StoryDocument], dict[str, int]]:
    documents, stories = [], {}
    for id, source_id, title, published, given, story, text, names in db.execute(DOCUMENTS):
        documents.append(
            StoryDocument(
                id=id,
                source_id=source_id,
                title=title,
                text=text or "",
                published=published,
                names=tuple(names.split("\x1f")) if names else (),
                given=given,
                story=story if keep_stories else None,
            )
        )
        if story is not None:
            stories[id] = story
    return documents, stories


def _heir(one: StoryGroup, stories: dict[str, int], taken: set[int]) -> int | None:
    shares = Counter(stories[id] for id in one.article_ids if id in stories and stories[id] not in taken)
    if not shares:
        return None
    story = min(shares, key=lambda id: (-shares[id], id))
    taken.add(story)
    return story


def _write_story(db: Database, one: StoryGroup, story: int | None) -> None:
    if story is None:
        story = insert(db, "INSERT INTO stories (title, given_name) VALUES (?, ?)", [one.title, one.given])
    elif set(_members(db, story)) == set(one.article_ids):
        return
    left = {row[0] for id in one.article_ids for row in db.execute("SELECT story_id FROM articles WHERE id = ?", [id])}
    db.conn.executemany(
        "UPDATE stories SET needs_linking = 1, needs_matching = 1 WHERE id = ?", [(id,) for id in {story, *left}]
    )
    db.conn.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(story, id) for id in one.article_ids])


def _members(db: Database, story: int) -> Sequence[str]:
    return [row[0] for row in db.execute("SELECT id FROM articles WHERE story_id = ?", [story])]
