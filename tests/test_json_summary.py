"""`--json`: one object on standard output whose keys stay, and every word for people on standard error."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.cli import cli

DOCUMENTED = Path(__file__).parent.parent / "docs" / "commands.md"
DAM = "The Kelso dam broke on Monday, flooding 12 houses.\n\nMayor Ada Finch said nobody was hurt.\n\n"


def documented(command: str) -> set[str]:
    """The keys that the documentation promises of a command."""
    found: set[str] = set()
    for keys, of in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]+) \|", DOCUMENTED.read_text(), re.MULTILINE):
        every = of.startswith("all") and f"but `{command}`" not in of
        if every or f"`{command}`" in of.removeprefix("all but"):
            found.update(re.findall(r"`(\w+)`", keys))
    return found - ({"seconds"} if command == "check" else set())


def newscompare(*arguments: object, status: int = 0) -> tuple[dict[str, Any], str]:
    result = CliRunner().invoke(cli, ["newscompare", *map(str, arguments), "--json"])
    assert result.exit_code == status, result.output
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout), result.stderr


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json")
    records = [{"text": DAM, "source": source, "id": source} for source in ("Herald", "Post")]
    (folder / "dam.jsonl").write_text("".join(json.dumps(r) + "\n" for r in [*records, {"title": "none"}]))
    told, words = newscompare("load", folder / "dam.db", folder / "dam.jsonl", "--no-entities")
    assert set(told) == documented("load")
    assert (told["read"], told["added"], told["skipped"], told["matches"]) == (2, 2, 1, {"verbatim": 2})
    assert (told["problems"][0]["place"], told["problems"][0]["loaded"]) == (f"{folder / 'dam.jsonl'}:3", False)
    assert "skipped: " in words
    assert "Read 2 articles" in words
    return folder / "dam.db"


def test_match_check_and_export_tell_their_outcome(db: Path, tmp_path: Path) -> None:
    told, _ = newscompare("match", db)
    assert set(told) <= documented("load")
    assert set(told) >= documented("match")
    assert (told["command"], told["facts"]) == ("match", 2)
    told, words = newscompare("check", db)
    assert (told, words) == (
        {"command": "check", "database": str(db), "ok": True, "findings": []},
        f"{db}: all holds.\n",
    )
    assert set(told) == documented("check")
    told, _ = newscompare("export", db, tmp_path / "out.db")
    assert set(told) == documented("export")
    assert (told["articles"], told["stories"], told["bytes"]) == (2, 1, (tmp_path / "out.db").stat().st_size)


def test_remove_tells_what_went_and_what_is_none(db: Path) -> None:
    told, words = newscompare("remove", db, "Post", "no-such")
    assert set(told) >= documented("remove")
    assert (told["removed"], told["unknown"], told["articles"]) == (1, ["no-such"], 1)
    assert "Removed 1 article; 1 left." in words


def test_a_command_that_can_not_work_writes_nothing_to_standard_output(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no database " * 100)
    for command in (
        ("load", tmp_path / "no.db", tmp_path),
        ("check", tmp_path / "no.db"),
        ("match", tmp_path / "none"),
    ):
        result = CliRunner().invoke(cli, ["newscompare", *map(str, command), "--json"])
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: ")


def test_nothing_readable_is_told_as_json_too(tmp_path: Path) -> None:
    told, _ = newscompare("load", tmp_path / "x.db", tmp_path / "none.txt", status=1)
    assert (told["read"], told["problems"][0]["place"]) == (0, str(tmp_path / "none.txt"))
