"""The publishable copy: the same pages and rows, nothing of the machine, and in excerpt mode not a word too many."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

DAM = """The Kelso dam broke on Monday, flooding 12 houses in the lower town before dawn.

Mayor Ada Finch said nobody was hurt."""
MILL = """A fire at the Whitby paper mill killed two workers on Friday night.

Police in Whitby said the cause was not known."""


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(db: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def two_stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    records = [
        {"source": s, "text": t, "story": n} for s in ("Herald", "Post") for n, t in (("Dam", DAM), ("Mill", MILL))
    ]
    records.append({"source": "Courier", "text": MILL, "story": "Mill"})
    lines = folder / "secret-folder-name.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert newscompare("load", "--level", "lexical", folder / "all.db", lines).exit_code == 0
    return folder / "all.db"


def test_a_whole_copy_holds_the_same_rows_without_the_paths_of_the_machine(two_stories: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    result = newscompare("export", two_stories, out)
    assert result.exit_code == 0, result.output
    assert "Wrote 5 articles in 2 stories" in result.output
    for table in (
        "sources",
        "stories",
        "article_texts",
        "sentences",
        "entities",
        "entity_aliases",
        "entity_spellings",
        "mentions",
        "quantities",
        "quotes",
        "matches",
        "facts",
        "fact_sentences",
        "same_texts",
        "near_misses",
        "article_entities",
        "source_entities",
        "story_entities",
        "match_entities",
        "sentence_entities",
        "sentence_entity_ids",
        "article_entity_ids",
        "fact_entities",
    ):
        assert sorted(rows(out, f"SELECT * FROM {table}"), key=repr) == sorted(
            rows(two_stories, f"SELECT * FROM {table}"), key=repr
        ), table
    assert b"secret-folder-name" not in out.read_bytes()
    assert b"secret-folder-name" in two_stories.read_bytes()


def test_a_copy_can_be_searched(two_stories: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    newscompare("export", two_stories, out)
    found = "SELECT a.source_id FROM articles_fts f JOIN articles a ON a.rowid = f.rowid WHERE articles_fts MATCH 'dam'"
    assert sorted(rows(out, found)) == [("herald",), ("post",)]


@pytest.mark.parametrize(
    ("choice", "titles"),
    [
        (["--source", "Courier"], ["Mill"]),
        (["--entity", "Ada Finch"], ["Dam"]),
        (["--query", "SELECT id FROM stories WHERE source_count = 3"], ["Mill"]),
        (["--source", "Herald", "--entity", "Whitby"], ["Mill"]),
    ],
)
def test_a_choice_copies_whole_stories_with_counts_of_their_own(
    two_stories: Path, tmp_path: Path, choice: list[str], titles: list[str]
) -> None:
    out = tmp_path / "out.db"
    result = newscompare("export", two_stories, out, *choice)
    assert result.exit_code == 0, result.output
    assert [name for (name,) in rows(out, "SELECT given_name FROM stories")] == titles
    assert rows(out, "SELECT count(*) FROM articles") == rows(out, "SELECT sum(article_count) FROM sources")
    wrong = """SELECT name FROM entities e WHERE mention_count <> (SELECT count(*) FROM mentions WHERE entity_id = e.id)
               OR article_count <> (SELECT count(DISTINCT article_id) FROM mentions WHERE entity_id = e.id)"""
    assert rows(out, wrong) == []
    assert rows(out, "SELECT count(*) FROM entity_aliases WHERE mention_count = 0") == [(0,)]


def test_nothing_chosen_and_an_output_that_is_there_are_refused_in_words(two_stories: Path, tmp_path: Path) -> None:
    assert "no story is chosen" in newscompare("export", two_stories, tmp_path / "o.db", "--source", "Nobody").output
    there = tmp_path / "there.db"
    there.write_text("mine")
    result = newscompare("export", two_stories, there)
    assert result.exit_code == 1
    assert there.read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.db"]


def test_excerpts_hold_no_more_of_any_sentence_than_allowed(seeds_db: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    result = newscompare("export", seeds_db, out, "--excerpt", 60)
    assert result.exit_code == 0, result.output
    stored = out.read_bytes().decode("utf-8", "replace")
    kept = {id for pair in rows(seeds_db, "SELECT left_sentence_id, right_sentence_id FROM matches") for id in pair} | {
        id for (id,) in rows(seeds_db, "SELECT sentence_id FROM quotes")
    }
    titles = {title for (title,) in rows(seeds_db, "SELECT title FROM articles UNION SELECT title FROM stories")}
    checked = 0
    for id, text in rows(seeds_db, "SELECT id, text FROM sentences"):
        if " ".join(text.split()) in titles:
            continue
        allowed = 60 if id in kept else 0
        hidden = text[allowed:]
        for start in range(0, max(len(hidden) - 40, 0), 10):
            assert hidden[start : start + 40] not in stored, text
            checked += 1
        if allowed and len(text) > 60:
            assert text[:59] in stored
    assert checked > 200
    assert rows(out, "SELECT count(*) FROM article_texts") == [(0,)]
    assert rows(out, "SELECT max(length(text)) <= 60 FROM sentences") == [(1,)]


def test_an_excerpt_says_so_in_its_own_rows(seeds_db: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    newscompare("export", seeds_db, out, "--excerpt", 60)
    assert rows(out, "SELECT json_extract(settings, '$.excerpt') FROM loads WHERE command = 'export'") == [(60,)]


LEFT_BEHIND = {"watched_addresses", "sentence_vectors", "term_counts", "article_terms"}
"""What only a loader needs."""


def test_every_table_is_copied_or_named_here_as_left_behind(seeds_db: Path, tmp_path: Path) -> None:
    """So that a new table is not forgotten. Each gets a row where the seeds leave it empty."""
    path, out = tmp_path / "news.db", tmp_path / "out.db"
    shutil.copy(seeds_db, path)
    with sqlite3.connect(path) as connection:
        (name,) = connection.execute("select name from sources").fetchone()
        article, other = [id for (id,) in connection.execute("select id from articles limit 2")]
        for table, row in {
            "article_versions": {"article_id": article, "version": 1, "title": "", "text": "", "content_hash": ""},
            "source_aliases": {"alias": "Other", "name": name, "origin": "curated"},
            "corrections": {"action": "drop", "alias": "x", "alias_key": "x"},
            "verdicts": {"left_article_id": article, "left_text": "", "right_article_id": other, "right_text": "",
                         "verdict": "right"},
            "judgements": {"left_article_id": article, "left_text": "", "right_article_id": other, "right_text": "",
                           "model": "m", "answer": "same", "score": 1, "prompt_version": "1", "pair_hash": "h"},
        }.items():  # fmt: skip
            row |= {"seen_at" if table == "article_versions" else "at": "2024-05-01"}
            marks = ", ".join(f":{column}" for column in row)
            connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", row)
        connection.execute(
            "insert or ignore into repeats select max(id), min(id), 'verbatim', 1 from sentences group by article_id"
        )
    assert newscompare("export", path, out).exit_code == 0
    tables = "select name from sqlite_master where type = 'table' and name not like '%\\_fts%' escape '\\'"
    for (table,) in rows(path, tables + " and name not like 'sqlite_%' and name <> 'loads'"):
        counted = [rows(db, f"select count(*) from {table}")[0][0] for db in (path, out)]
        assert counted[1] == (0 if table in LEFT_BEHIND else counted[0]), table
