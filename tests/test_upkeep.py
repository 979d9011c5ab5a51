"""Versions of changed articles, taking articles out, and checking that all holds."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

DAM = "The Kelso dam broke on Monday, flooding 12 houses in Kelso.\n\nMayor Ada Finch said nobody was hurt."
MILL = "A fire at the Whitby paper mill killed two workers on Friday.\n\nPolice in Whitby said the cause was unknown."


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(db: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


def load(db: Path, *records: dict[str, str]) -> None:
    lines = db.with_suffix(".jsonl")
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    result = newscompare("load", "--level", "lexical", db, lines)
    assert result.exit_code == 0, result.output


def both(story: str, text: str) -> list[dict[str, str]]:
    return [
        {"id": f"{source}-{story}", "source": source, "text": text, "story": story} for source in ("Herald", "Post")
    ]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "two.db"
    load(path, *both("dam", DAM), *both("mill", MILL))
    return path


def test_an_article_that_changed_keeps_what_it_said_before(db: Path) -> None:
    load(db, {"id": "Herald-dam", "source": "Herald", "story": "dam", "text": DAM.replace("12 houses", "15 houses")})
    load(db, {"id": "Herald-dam", "source": "Herald", "story": "dam", "text": DAM.replace("12 houses", "20 houses")})
    versions = rows(db, "SELECT version, text FROM article_versions WHERE article_id = 'Herald-dam' ORDER BY version")
    assert [(number, next(n for n in ("12", "15", "20") if f"{n} houses" in text)) for number, text in versions] == [
        (1, "12"),
        (2, "15"),
    ]
    assert newscompare("check", db).output == f"{db}: all holds.\n"


def test_removed_articles_take_everything_along_and_leave_the_rest(db: Path) -> None:
    mill = "SELECT * FROM matches WHERE story_id = (SELECT id FROM stories WHERE given_name = 'mill')"
    before = rows(db, mill)
    result = newscompare("remove", db, "Post-dam", "Herald-dam")
    assert result.exit_code == 0, result.output
    assert "Removed 2 articles; 2 left." in result.output
    assert rows(db, mill) == before
    assert rows(db, "SELECT count(*) FROM stories") == [(1,)]
    assert rows(db, "SELECT name FROM entities WHERE name LIKE '%Finch%'") == []
    assert rows(db, "SELECT count(*) FROM sentences_fts WHERE sentences_fts MATCH 'dam'") == [(0,)]
    assert newscompare("check", db).exit_code == 0


def test_a_story_that_loses_a_source_loses_its_matches(db: Path) -> None:
    assert newscompare("remove", db, "--source", "Post").exit_code == 0
    assert rows(db, "SELECT count(*) FROM matches") == [(0,)]
    assert rows(db, "SELECT source_count, match_count, fact_count FROM stories") == [(1, 0, 0), (1, 0, 0)]
    assert rows(db, "SELECT id FROM sources") == [("herald",)]
    assert newscompare("check", db).exit_code == 0


def test_a_name_that_is_not_loaded_is_said(db: Path) -> None:
    result = newscompare("remove", db, "no-such-article")
    assert result.exit_code == 1
    assert "no-such-article: no such article or outlet is loaded" in result.output
    assert newscompare("remove", db).exit_code == 2


def test_a_database_of_the_seeds_holds(seeds_db: Path) -> None:
    result = newscompare("check", seeds_db)
    assert (result.exit_code, result.output) == (0, f"{seeds_db}: all holds.\n")


def test_a_file_that_is_none_of_ours_is_refused_in_words(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE articles (id)")
    assert "not made by datasette newscompare" in newscompare("check", other).output
    (tmp_path / "junk.db").write_bytes(b"no database" * 1000)
    assert "can't be checked" in newscompare("check", tmp_path / "junk.db").output
    assert newscompare("check", tmp_path / "none.db").exit_code == 1


def test_new_articles_join_stored_stories_through_an_index_that_follows_every_change(tmp_path: Path) -> None:
    db = tmp_path / "grown.db"

    def one(id: str, text: str) -> dict[str, str]:
        return {"id": id, "source": id.split("-")[0], "text": text, "published": "2025-02-24"}

    load(db, one("Herald-dam", DAM), one("Herald-mill", MILL))
    stories = rows(db, "SELECT id, title FROM stories")
    load(db, one("Post-dam", DAM), one("Post-mill", MILL))
    assert rows(db, "SELECT id, title FROM stories") == stories
    assert rows(db, "SELECT DISTINCT source_count FROM stories") == [(2,)]
    load(db, one("Post-mill", MILL.replace("two workers", "four workers and a guard")))
    newscompare("remove", db, "Herald-dam")

    counted = rows(db, "SELECT * FROM term_counts WHERE article_count <> 0")
    indexed = rows(db, "SELECT term, article_id FROM article_terms ORDER BY 1, 2")
    newscompare("match", db)
    assert rows(db, "SELECT * FROM term_counts WHERE article_count <> 0") == counted
    assert rows(db, "SELECT DISTINCT article_id FROM article_terms") == rows(db, "SELECT id FROM articles ORDER BY id")
    assert {article for _, article in indexed} == {"Herald-mill", "Post-dam", "Post-mill"}
    assert newscompare("check", db).exit_code == 0


def test_a_story_is_named_by_a_headline_where_one_of_its_articles_has_one(tmp_path: Path) -> None:
    db = tmp_path / "titled.db"
    lead = {"id": "a", "source": "Herald", "text": DAM, "published": "2025-02-24"}
    load(
        db, lead, {"id": "b", "source": "Post", "title": "Dam bursts at Kelso", "text": DAM, "published": "2025-02-25"}
    )
    assert rows(db, "SELECT title FROM stories") == [("Dam bursts at Kelso",)]


def test_a_second_edition_in_one_outlet_is_a_near_copy_and_counts_once(tmp_path: Path) -> None:
    db = tmp_path / "copies.db"
    first = {"id": "Post-1", "source": "Post", "text": f"{DAM}\n\n{MILL}", "published": "2025-02-24", "story": "dam"}
    second = {
        **first,
        "id": "Post-2",
        "published": "2025-02-25",
        "text": f"{DAM}\n\n{MILL}\n\nThe army came on Sunday.",
    }
    load(db, first, second, {**first, "id": "Herald-1", "source": "Herald"})
    assert rows(db, "SELECT article_id, copy_of, repeated_count, sentence_count FROM near_copies") == [
        ("Post-2", "Post-1", 4, 5)
    ]
    assert rows(db, "SELECT count(*), max(source_count) FROM facts") == [(4, 2)]
    assert rows(db, "SELECT sentence_count, matched_count FROM source_overlap ORDER BY source_id") == [(4, 4), (5, 4)]
    page = subprocess.run(
        [sys.executable, "-m", "datasette", str(db), "--get", "/copies/-/newscompare/article/Post-2"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Says again 4 sentences of Post’s earlier" in page


def test_after_grouping_a_storys_rows_are_looked_up_and_not_searched_for(db: Path) -> None:
    """A load that ended before its articles had stories leaves statistics by which none is worth looking up."""
    with sqlite3.connect(db) as connection:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.executemany(
            "INSERT INTO sqlite_stat1 VALUES ('articles', ?, ?)",
            [("articles_story_id", "24000 1001 112"), ("sqlite_autoindex_articles_1", "24000 1")],
        )
    load(db, *both("ferry", "The Corran ferry sank on Sunday. Forty people were saved."))
    told = dict(rows(db, "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'articles'"))
    assert told["articles_story_id"].startswith("6 2")


LEVEL_OF_LAST_RUN = "SELECT command, json_extract(settings, '$.match.level') FROM loads ORDER BY id DESC LIMIT 1"


def test_what_is_left_is_compared_as_the_last_run_did(db: Path) -> None:
    assert newscompare("remove", db, "Post-dam").exit_code == 0
    assert rows(db, LEVEL_OF_LAST_RUN) == [("remove", "lexical")]


def test_articles_can_be_removed_where_the_embedding_model_of_the_last_run_is_gone(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE loads SET settings = json_set(settings, '$.load.embed', 'no-such-model')")
    assert newscompare("remove", db, "Post-dam").exit_code == 0
    assert rows(db, LEVEL_OF_LAST_RUN) == [("remove", "lexical")]
