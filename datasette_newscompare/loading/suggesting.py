"""Likely corrections as CSV, in the form that `--aliases` takes in."""

from __future__ import annotations

import csv
from typing import TextIO

from sqlite_utils import Database

from ..corrections import corrections
from ..entities.names import name_key
from ..entities.suggest import Candidate, suggest

COLUMNS = ("action", "alias", "entity", "type", "reason", "stories_together", "alias_articles", "entity_articles")

TOGETHER = """
SELECT count(*) FROM story_entities x JOIN story_entities y ON y.story_id = x.story_id
WHERE x.entity_id = ? AND y.entity_id = ?
"""


def write_suggestions(db: Database, out: TextIO, limit: int) -> None:
    """Write what may be one entity as CSV, the best founded first; what is decided already is left out."""
    rows = db.execute("SELECT id, name, type, article_count FROM entities WHERE article_count > 0 ORDER BY id")
    decided = {name_key(c.alias) for c in corrections(db.conn)}
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    found = suggest([Candidate(*row) for row in rows], lambda a, b: db.execute(TOGETHER, [a, b]).fetchone()[0])
    for one in [s for s in found if name_key(s.alias.name) not in decided][:limit]:
        entity = "" if one.action == "retype" else one.entity.name
        counts = [one.together, one.alias.article_count, one.entity.article_count]
        writer.writerow([one.action, one.alias.name, entity, one.entity.type, one.reason, *counts])
