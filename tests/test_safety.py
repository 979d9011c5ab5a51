"""Loading beside a reader, beside a second loader, and into places that can't be written."""

from __future__ import annotations

import json
import shlex
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli
from rights import ordinary_rights

from datasette_newscompare.loading import connection

TEXT = "The {town} dam broke on Monday, flooding {n} houses in {town}.\n\nMayor Ada Finch said nobody was hurt."
QUICK = ("--no-entities", "--level", "lexical")
"""What is tested here is the same with names and the encoder, which only take time."""


def write(path: Path, towns: list[str]) -> Path:
    records = [
        {"id": f"{source}-{town}", "source": source, "text": TEXT.format(town=town, n=len(town)), "story": town}
        for town in towns
        for source in ("Herald", "Post")
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def start(db: Path, lines: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "datasette", "newscompare", "load", str(db), str(lines), *QUICK]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check(db: Path) -> str:
    command = [sys.executable, "-m", "datasette", "newscompare", "check", str(db)]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_two_loaders_at_once_take_turns_and_lose_nothing(tmp_path: Path) -> None:
    db = tmp_path / "both.db"
    loaders = [
        start(db, write(tmp_path / f"{number}.jsonl", [f"{name}{number}ton" for name in ("Kel", "Whit", "Den", "Cor")]))
        for number in range(2)
    ]
    for loader in loaders:
        _, errors = loader.communicate()
        assert loader.returncode == 0, errors
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (16,)
        assert connection.execute("SELECT count(*) FROM stories WHERE source_count = 2").fetchone() == (8,)
    assert "all holds" in check(db)


def test_a_reader_sees_whole_stories_while_the_loader_writes(tmp_path: Path) -> None:
    db = tmp_path / "read.db"
    assert start(db, write(tmp_path / "a.jsonl", ["Kelso"])).wait() == 0
    loader = start(db, write(tmp_path / "b.jsonl", [f"Town{number}ham" for number in range(40)]))
    reader = sqlite3.connect(f"file:{db}?mode=ro", uri=True)  # waits five seconds, like Datasette
    looks = 0
    while loader.poll() is None:
        found = reader.execute(
            """SELECT count(*) FROM stories s WHERE NOT needs_matching AND match_count <>
               (SELECT count(*) FROM matches WHERE story_id = s.id)"""
        ).fetchone()
        assert found == (0,)
        looks += 1
        time.sleep(0.01)
    reader.close()
    assert loader.returncode == 0
    assert looks > 10


def test_places_that_can_not_be_written_are_said_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    db = folder / "x.db"
    lines = {name: write(tmp_path / f"{name}.jsonl", [name]) for name in ("Kelso", "Denby")}

    def load(db: Path, name: str) -> Result:
        return CliRunner().invoke(cli, ["newscompare", "load", str(db), str(lines[name]), *QUICK])

    def refused(db: Path) -> None:
        result = load(db, "Denby")
        assert (result.exit_code, "permissions" in result.output) == (1, True), result.output

    assert load(db, "Kelso").exit_code == 0
    before = db.read_bytes()
    with ordinary_rights():
        db.chmod(0o444)
        refused(db)
        db.chmod(0o666)
        folder.chmod(0o555)
        refused(db)
        refused(folder / "new.db")
        assert db.read_bytes() == before
        result = CliRunner().invoke(cli, ["newscompare", "check", str(db)])
        assert (result.exit_code, "all holds" in result.output) == (0, True), result.output
        folder.chmod(0o755)


def test_a_file_that_another_program_holds_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = tmp_path / "held.db"
    assert start(db, write(tmp_path / "a.jsonl", ["Kelso"])).wait() == 0
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(db, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    arguments = ["newscompare", "load", str(db), str(write(tmp_path / "b.jsonl", ["Denby"])), *QUICK]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    assert "another program is writing to it; wait until it is done" in result.output
    holder.execute("ROLLBACK")
    holder.close()
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert "all holds" in check(db)


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    loader = start(tmp_path / "no" / "x.db", write(tmp_path / "a.jsonl", ["Kelso"]))
    _, errors = loader.communicate()
    assert loader.returncode == 1
    assert "does not exist" in errors


def test_a_full_disk_ends_in_words_and_leaves_what_was_stored(tmp_path: Path) -> None:
    db = tmp_path / "full.db"
    assert start(db, write(tmp_path / "a.jsonl", ["Kelso"])).wait() == 0
    lines = write(tmp_path / "b.jsonl", [f"Town{number}ham" for number in range(120)])
    load = [sys.executable, "-m", "datasette", "newscompare", "load", str(db), str(lines), *QUICK, "--workers", "1"]
    command = f"ulimit -f 800; exec {shlex.join(load)}"
    done = subprocess.run(["bash", "-c", "trap '' XFSZ; " + command], capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    with sqlite3.connect(db) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM articles WHERE given_story = 'Kelso'").fetchone() == (2,)
    assert start(db, lines).wait() == 0
    assert "all holds" in check(db)
