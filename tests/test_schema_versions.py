"""Files that an older or a newer version made: brought up to date, or refused in words and left as they are."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli
from sqlite_utils import Database, Migrations

from datasette_newscompare import schema

DAM = "The Kelso dam broke on Monday, flooding 12 houses.\n\nMayor Ada Finch said nobody was hurt.\n\n"


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(path: Path, sql: str) -> list[Any]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of this version with two articles."""
    folder = tmp_path_factory.mktemp("made")
    records = [{"text": DAM, "source": source, "id": source} for source in ("Herald", "Post")]
    (folder / "dam.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    result = newscompare("load", folder / "dam.db", folder / "dam.jsonl", "--no-entities")
    assert result.exit_code == 0, result.output
    return folder / "dam.db"


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "copy.db"))


@pytest.fixture
def later_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """This program as a later version of it would be: with one migration more."""
    later = Migrations(schema.migrations.name)
    later(name="initial")(schema.initial)

    @later()
    def ratings(db: Database) -> None:
        db.execute("ALTER TABLE articles ADD COLUMN rating INTEGER")

    monkeypatch.setattr(schema, "migrations", later)


@pytest.mark.usefixtures("later_version")
def test_a_file_of_an_older_version_is_brought_up_to_date_and_keeps_everything(db: Path, made: Path) -> None:
    for command in (("check", db), ("export", db, db.with_name("out.db")), ("entities", db)):
        result = newscompare(*command)
        assert result.exit_code == 1
        assert "older version; run `datasette newscompare match` on it first" in result.output
    assert newscompare("match", db).exit_code == 0
    assert rows(db, "SELECT rating FROM articles") == [(None,), (None,)]
    everything = "SELECT id, story_id, title FROM articles", "SELECT * FROM matches", "SELECT * FROM facts"
    assert [rows(db, sql) for sql in everything] == [rows(made, sql) for sql in everything]
    assert newscompare("check", db).exit_code == 0
    assert newscompare("load", db, made.with_suffix(".jsonl"), "--no-entities").exit_code == 0


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    db: Path, made: Path, later_version: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    @schema.migrations()
    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half (id)")
        db.execute("ALTER TABLE no_such_table ADD COLUMN x")

    result = newscompare("match", db)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert rows(db, "SELECT name FROM sqlite_master WHERE name = 'half'") == []
    assert rows(db, "SELECT count(*) FROM matches") == rows(made, "SELECT count(*) FROM matches")


COMMANDS = (
    "load DB LINES", "match DB", "remove DB Post", "check DB", "export DB OUT", "entities DB", "verdicts DB",
    "watch DB http://127.0.0.1:9/feed --once",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_a_newer_version_is_refused_in_words_and_left_alone(db: Path, made: Path, command: str) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'ratings', '2030-01-01')",
            [schema.migrations.name],
        )
        before = list(connection.iterdump())
    paths = {"DB": db, "LINES": made.with_suffix(".jsonl"), "OUT": db.with_name("out.db")}
    result = newscompare(*[paths.get(word, word) for word in command.split()])
    assert result.exit_code == 1
    assert "made by a newer version of datasette-newscompare (ratings)" in result.output
    assert "pip install -U" in result.output
    with sqlite3.connect(db) as connection:
        assert list(connection.iterdump()) == before
    assert sorted(path.name for path in db.parent.iterdir()) == ["copy.db"]


def test_a_file_whose_tables_are_not_ours_is_refused_in_words(db: Path, made: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.executescript("DROP INDEX articles_host; ALTER TABLE articles DROP COLUMN host")
    (db.parent / "more.jsonl").write_text(json.dumps({"text": DAM + "More.", "source": "Courier"}))
    result = newscompare("load", db, db.parent / "more.jsonl", "--no-entities")
    assert result.exit_code == 1
    assert "its tables are not those of this version" in result.output
