"""A slim copy to publish: written row by row into a new file, so that nothing but what is chosen gets into it."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from .. import facet_bitmaps, schema
from .clock import now
from .connection import DatabaseProblem
from .corrections import read_only
from .counting import recount_entities


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What goes into the copy: whole stories, all of them or those that a choice names."""

    excerpt: int | None = None
    """Keep only matched and quoted sentences, up to this many characters each, and no whole text."""
    stories: tuple[int, ...] = ()
    source: str | None = None
    """Stories that this outlet, by name or id, has an article in."""
    entity: str | None = None
    """Stories that name this entity, by name or id."""
    query: str | None = None
    """A SELECT whose first column is story ids."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    articles: int
    stories: int
    bytes: int
    seconds: float


CHOSEN = {
    "source": "SELECT story_id FROM src.articles WHERE source_id IN (SELECT id FROM src.sources WHERE ? IN (id, name))",
    "entity": "SELECT story_id FROM src.story_entities WHERE entity_id IN"
    " (SELECT id FROM src.entities WHERE ? IN (name, CAST(id AS TEXT)))",
}


def export(path: Path, out: Path, settings: ExportSettings) -> Exported:
    """Write a publishable copy of the database at `path` to the new file `out`.

    The original is opened read-only. Paths of the machine that loaded the articles are left out. Raises
    DatabaseProblem where the database is missing or unfinished, where `out` exists, or where nothing is chosen.
    """
    started = time.monotonic()
    if not path.exists():
        raise DatabaseProblem(f"{path}: there is no such file")
    if out.exists():
        raise DatabaseProblem(f"{out}: there is such a file already; choose another name or remove it")
    with read_only(path):
        pass  # refuses what another version made
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(part.resolve().as_uri(), uri=True)
        try:
            _write(connection, path, settings)
            articles, stories = (
                connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("articles", "stories")
            )
        finally:
            connection.close()
        part.rename(out)
    except sqlite3.Error as error:
        raise DatabaseProblem(f"{path}: can't be exported ({error})") from error
    finally:
        part.unlink(missing_ok=True)
    return Exported(articles, stories, out.stat().st_size, time.monotonic() - started)


def _write(connection: sqlite3.Connection, path: Path, settings: ExportSettings) -> None:
    db = Database(connection)
    schema.migrate(db)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:  # the search index is made at once at the end, not row by row
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("ATTACH ? AS src", [f"{path.resolve().as_uri()}?mode=ro"])
    if settings.excerpt and schema.excerpt_length(connection, "src"):
        raise DatabaseProblem(f"{path}: holds excerpts already; export from the database that they were taken from")
    if connection.execute("SELECT 1 FROM src.stories WHERE needs_linking OR needs_matching").fetchone():
        raise DatabaseProblem(f"{path}: a load of it was cut short; run the loader again first")
    _choose(connection, path, settings)
    schema.run(db, "export_rows.sql")
    if settings.excerpt:
        schema.run(db, "export_excerpt.sql", {"excerpt": settings.excerpt})
        schema.mark_as_excerpts(connection, settings.excerpt)
    recount_entities(db)
    facet_bitmaps.complete(connection)
    for _, sql in triggers:
        connection.execute(sql)
    for table in ("articles_fts", "sentences_fts"):
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
    connection.execute(
        "INSERT INTO loads (command, started_at, finished_at, settings, versions) VALUES ('export', ?, ?, ?, ?)",
        [
            now(),
            now(),
            json.dumps({"excerpt": settings.excerpt}),
            json.dumps({"datasette-newscompare": version("datasette-newscompare")}),
        ],
    )
    connection.commit()
    connection.execute("DETACH src")
    connection.execute("PRAGMA foreign_keys = ON")
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise DatabaseProblem(f"{path}: a row of {broken[0]} points to a row that is not there; load it anew")
    connection.execute("ANALYZE")
    connection.commit()
    connection.execute("VACUUM")


def _choose(connection: sqlite3.Connection, path: Path, settings: ExportSettings) -> None:
    """Fill the table `chosen` with the stories to export, and `chosen_all` where that is every one."""
    connection.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE chosen_all (one INTEGER)")
    wanted = [("SELECT value FROM json_each(?)", [json.dumps(settings.stories)])] if settings.stories else []
    wanted += [(CHOSEN[name], [value]) for name in CHOSEN if (value := getattr(settings, name)) is not None]
    rows = [{row[0] for row in connection.execute(sql, parameters)} for sql, parameters in wanted]
    if settings.query is not None:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as original:
            rows.append({row[0] for row in original.execute(settings.query)})
    stored = {row[0] for row in connection.execute("SELECT id FROM src.stories")}
    chosen = stored.intersection(*rows)
    if not chosen:
        raise DatabaseProblem(f"{path}: no story is chosen; check what was asked for")
    connection.executemany("INSERT INTO chosen VALUES (?)", [(id,) for id in sorted(chosen)])
    if chosen == stored:
        connection.execute("INSERT INTO chosen_all VALUES (1)")
