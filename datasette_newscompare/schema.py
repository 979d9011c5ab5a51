"""The database's tables, indexes and views, made by sqlite-utils migrations from the files in `sql/`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from importlib.resources import files

from sqlite_utils import Database, Migrations

migrations = Migrations("datasette-newscompare")


def run(db: Database, name: str, parameters: Mapping[str, object] | None = None) -> None:
    """Run the statements of a file in `sql/` one by one: `executescript` would commit the open transaction."""
    statement = ""
    for line in (files("datasette_newscompare") / "sql" / name).read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement, parameters or {})
            statement = ""


@migrations()
def initial(db: Database) -> None:
    """The tables and views of the first release."""
    run(db, "001_initial.sql")
    run(db, "001_story_index.sql")
    run(db, "001_views.sql")


def mark_as_excerpts(connection: sqlite3.Connection, characters: int) -> None:
    """Write into the file's header that it holds excerpts, so that pages say so whatever tables a reader may see."""
    connection.execute(f"PRAGMA user_version = {int(characters)}")


def excerpt_length(connection: sqlite3.Connection, name: str = "main") -> int:
    """Up to how many characters of a sentence the database holds where it is a copy made of excerpts, else 0."""
    return int(connection.execute(f"PRAGMA {name}.user_version").fetchone()[0])


class OtherVersion(Exception):
    """The database was made by another version of this package; the message says which way round."""


def migrate(db: Database) -> None:
    """Bring the database to this version's schema; does nothing where it is there already.

    Raises OtherVersion where it is that of a newer version.
    """
    _refuse_newer(db)
    migrations.apply(db)


def check_version(db: Database) -> None:
    """Raises OtherVersion where the database has not this version's schema, or none of ours. Writes nothing."""
    _refuse_newer(db)
    if not migrations.applied(db):
        raise OtherVersion("this database was not made by datasette newscompare")
    if migrations.pending(db):
        raise OtherVersion("made by an older version; run `datasette newscompare match` on it first")


def _refuse_newer(db: Database) -> None:
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    newer = [migration.name for migration in migrations.applied(db) if migration.name not in ours]
    if newer:
        raise OtherVersion(
            f"made by a newer version of datasette-newscompare ({newer[-1]}); update this one: pip install -U"
            " datasette-newscompare"
        )
