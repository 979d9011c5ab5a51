"""Takes articles out, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from ..entity_counts import unlink_stories
from .connection import path_of
from .embedding import forget_vectors
from .encodings import encodings_beside, forget_encodings
from .grouping import forget_articles


def remove_articles(db: Database, ids: Sequence[str], sources: Sequence[str]) -> tuple[int, list[str]]:
    """Delete articles by id and all articles of sources by id or name, in one transaction.

    Returns how many went, and the names that are none of either. Their stories have to be compared again.
    """
    found: set[str] = set()
    unknown: list[str] = []
    for name, sql in [
        *((id, "SELECT id FROM articles WHERE id = ?") for id in ids),
        *(
            (name, "SELECT id FROM articles WHERE source_id IN (SELECT id FROM sources WHERE ?1 IN (id, name))")
            for name in sources
        ),
    ]:
        rows = {row[0] for row in db.execute(sql, [name])}
        found |= rows
        if not rows:
            unknown.append(name)
    with db.atomic():
        stories = {db.execute("SELECT story_id FROM articles WHERE id = ?", [id]).fetchone()[0] for id in found} - {
            None
        }
        unlink_stories(db.conn, sorted(stories))
        db.conn.executemany(
            "UPDATE stories SET needs_linking = 1, needs_matching = 1 WHERE id = ?", [(story,) for story in stories]
        )
        of_article = "SELECT text FROM sentences WHERE article_id = ?"
        texts = [text for id in sorted(found) for (text,) in db.execute(of_article, [id])]
        forget_vectors(db, texts)
        forget_encodings(encodings_beside(path_of(db)), texts)
        forget_articles(db, sorted(found))
        db.conn.executemany("DELETE FROM articles WHERE id = ?", [(id,) for id in sorted(found)])
    return len(found), unknown
