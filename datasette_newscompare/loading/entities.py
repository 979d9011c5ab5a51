"""Links the mentions of every story that changed to their entities."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from itertools import islice

from sqlite_utils import Database

from ..corrections import rules
from ..entities.curation import Curation
from ..entity_counts import unlink_stories
from ..linking import corrected, link_stories, resolve_mentions, story_mentions
from .executors import run_in_order

STORIES_A_BATCH = 1000


def link_stale_stories(db: Database, pool: Executor | None, progress: Callable[[int], None]) -> bool:
    """Link the mentions of every story that changed to their entities; says whether there was any.

    People's corrections are applied to each story's entities. A batch of stories is one transaction; `progress` is
    told of each batch's size.
    """
    stale = [row[0] for row in db.execute("SELECT id FROM stories WHERE needs_linking ORDER BY id")]
    curation = Curation(rules(db.conn))
    mentions = (story_mentions(db.conn, story) for story in stale)
    resolved = zip(stale, run_in_order(pool, resolve_mentions, mentions, chunk=10), strict=True)
    parts = ((story, corrected(curation, rows, found)) for story, (rows, found) in resolved)
    while batch := list(islice(parts, STORIES_A_BATCH)):
        with db.atomic():
            stories = [story for story, _ in batch]
            unlink_stories(db.conn, stories)
            link_stories(db.conn, batch)
            db.conn.executemany("UPDATE stories SET needs_linking = 0 WHERE id = ?", [(story,) for story in stories])
        progress(len(batch))
    return bool(stale)
