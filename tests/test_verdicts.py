"""People's judgements: they outlive matching and reloading, and travel as CSV."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

from datasette_newscompare.verdicts import judge_match, withdraw


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


@pytest.fixture
def db(seeds_db: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeds_db, tmp_path / "seeds.db"))


def rows(db: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


def judge(db: Path, match: int, verdict: str, actor: str = "ada", at: str = "2025-03-01T10:00:00+00:00") -> bool:
    with sqlite3.connect(db) as connection:
        return judge_match(connection, match, verdict, "a note", actor, at)


def test_a_later_judgement_of_the_same_person_takes_the_place_of_the_first(db: Path) -> None:
    assert judge(db, 1, "wrong")
    assert judge(db, 1, "right", at="2025-03-02T10:00:00+00:00")
    assert judge(db, 1, "unsure", actor="ruth")
    assert rows(db, "SELECT actor, verdict FROM verdicts ORDER BY actor") == [("ada", "right"), ("ruth", "unsure")]


def test_a_judgement_of_nothing_or_of_another_word_is_refused(db: Path) -> None:
    assert not judge(db, 99999, "right")
    with pytest.raises(ValueError, match="right, wrong, unsure"):
        judge(db, 1, "maybe")


def test_a_judgement_can_be_taken_back(db: Path) -> None:
    judge(db, 1, "wrong")
    with sqlite3.connect(db) as connection:
        withdraw(connection, 1, "ada")
    assert rows(db, "SELECT * FROM verdicts") == []


def test_verdicts_outlive_matching_again(db: Path) -> None:
    judge(db, 1, "wrong")
    before = rows(db, "SELECT * FROM verdicts")
    assert newscompare("match", db).exit_code == 0
    assert rows(db, "SELECT * FROM verdicts") == before


def test_a_verdict_keeps_its_words_when_the_article_changes_and_finds_them_again(tmp_path: Path) -> None:
    text = "The Kelso dam broke on Monday.\n\nMayor Ada Finch said nobody was hurt."
    records = [{"id": "a", "source": "A", "text": text}, {"id": "b", "source": "B", "text": text}]
    db, lines = tmp_path / "dam.db", tmp_path / "dam.jsonl"

    def load() -> None:
        lines.write_text("".join(json.dumps(record) + "\n" for record in records))
        assert newscompare("load", "--level", "lexical", db, lines).exit_code == 0

    load()
    judge(db, 1, "right")
    judged = rows(db, "SELECT left_text FROM verdicts")
    records[0]["text"] = "Something else entirely happened in Whitby, where a mill burnt down."
    load()
    assert rows(db, "SELECT left_text, left_sentence_id FROM verdicts") == [(*judged[0], None)]
    records[0]["text"] = text
    load()
    [(found,)] = rows(db, "SELECT s.text FROM verdicts v JOIN sentences s ON s.id = v.left_sentence_id")
    assert (found,) == judged[0]


def test_precision_counts_what_people_said_by_kind_and_score(db: Path) -> None:
    matches = rows(
        db, "SELECT min(m.id) FROM matches m JOIN sentences s ON s.id = left_sentence_id GROUP BY s.text LIMIT 4"
    )
    for (match,), verdict in zip(matches, ("right", "right", "wrong", "unsure"), strict=True):
        judge(db, match, verdict)
    found = rows(db, "SELECT sum(judged), sum(right_count), sum(wrong_count), sum(unsure_count) FROM verdict_precision")
    assert found == [(4, 2, 1, 1)]


def test_verdicts_travel_as_csv_to_another_copy(db: Path, seeds_db: Path, tmp_path: Path) -> None:
    judge(db, 1, "right")
    judge(db, 2, "wrong", actor="ruth")
    exported = newscompare("verdicts", db)
    assert exported.exit_code == 0
    assert [row["verdict"] for row in csv.DictReader(io.StringIO(exported.output))] == ["right", "wrong"]
    file = tmp_path / "verdicts.csv"
    file.write_text(exported.output)
    other = Path(shutil.copy(seeds_db, tmp_path / "other.db"))
    assert "Took in 2 verdicts, 0 skipped." in newscompare("verdicts", other, "--import", file).output
    query = "SELECT left_sentence_id, right_sentence_id, verdict, note, actor, at, kind, score FROM verdicts"
    assert rows(other, query) == rows(db, query)


def test_rows_that_can_not_be_taken_in_are_named(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text(
        "left_article_id,left_text,right_article_id,right_text,verdict\n"
        "no-such,One.,nor-this,Two.,right\n"
        "000_70963c9eee253a3c,One.,003_27c86b006fe4f70f,Two.,perhaps\n"
    )
    result = newscompare("verdicts", db, "--import", file)
    assert result.exit_code == 1
    assert f"{file}:2: one of its articles is not in this database" in result.output
    assert f"{file}:3: a verdict is one of right, wrong, unsure" in result.output


def test_a_file_without_the_columns_is_refused_in_words(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text("a,b\n1,2\n")
    result = newscompare("verdicts", db, "--import", file)
    assert result.exit_code == 1
    assert "the columns left_article_id" in result.output
