"""One outlet, one source: its names, its hosts, what was found in addresses and what is said by hand."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.cli import cli

from datasette_newscompare.loading.pipeline import Summary, load
from datasette_newscompare.settings import LoadSettings

DAM = "The {} dam broke on Monday, flooding 12 houses.\n\nMayor Ada Finch of {} said nobody was hurt.\n\n"
SETTINGS = LoadSettings(level="lexical", entities=False)


def record(town: str, source: str | None = None, host: str | None = None, **more: str) -> dict[str, str]:
    found = {"text": DAM.format(town, town), **more}
    if source:
        found["source"] = source
    if host:
        found["url"] = f"https://{host}/news/{town}"
    return found


def take(db: Path, *records: dict[str, str], file: str = "records", sources: str | None = None) -> Summary:
    path = db.with_name(f"{file}.jsonl")
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    names = db.with_name("sources.csv") if sources else None
    if names and sources:
        names.write_text(sources)
    return load(db, [str(path)], SETTINGS, sources=names)


def rows(db: Path, sql: str) -> list[Any]:
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def names(db: Path) -> dict[str, int]:
    assert "all holds" in CliRunner().invoke(cli, ["newscompare", "check", str(db)]).output
    return dict(rows(db, "SELECT name, article_count FROM sources ORDER BY name"))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


NAMED = [record("Kelso", "BBC News", "www.bbc.co.uk"), record("Denby", "BBC News", "www.bbc.co.uk")]
BARE = [record("Whitby", host="amp.bbc.co.uk"), record("Corran", host="m.bbc.co.uk")]


@pytest.mark.parametrize("order", [(NAMED, BARE), (BARE, NAMED), (NAMED + BARE,), (BARE + NAMED,)])
def test_a_name_and_its_host_are_one_source_in_any_order_and_stay_so(
    db: Path, order: tuple[list[dict[str, str]], ...]
) -> None:
    for records in order:
        take(db, *records)
    assert names(db) == {"BBC News": 4}
    ids = rows(db, "SELECT id FROM articles ORDER BY id")
    for records in order:
        again = take(db, *records)
        assert (again.added, again.changed) == (0, 0)
    assert rows(db, "SELECT id FROM articles ORDER BY id") == ids


def test_the_same_address_is_the_same_article_whether_its_outlet_is_named_or_not(db: Path) -> None:
    named = record("Kelso", "Kelso Evening Star", "kes.example")
    bare = record("Kelso", host="kes.example")
    take(db, bare)
    assert names(db) == {"kes.example": 1}
    assert take(db, named).changed == 1
    assert take(db, bare).unchanged == 1
    assert names(db) == {"Kelso Evening Star": 1}
    assert rows(db, "SELECT count(*) FROM article_versions") == [(0,)]


def test_articles_of_united_sources_are_no_longer_compared_with_each_other(db: Path) -> None:
    take(db, record("Kelso", "Herald", "herald.example", id="a", story="dam"))
    take(db, record("Kelso", "Post", "post.example", id="b", story="dam"), record("Whitby", "Post", "post.example"))
    take(db, {**record("Kelso", id="c", story="dam"), "url": "https://daily.example/x"})
    assert rows(db, "SELECT source_count FROM stories WHERE given_name = 'dam'") == [(3,)]
    take(db, record("Denby", "Herald"), sources="name,domain\nHerald,daily.example\n")
    assert names(db) == {"Herald": 3, "Post": 2}
    assert rows(db, "SELECT source_count FROM stories WHERE given_name = 'dam'") == [(2,)]
    pairs = "SELECT DISTINCT left_article_id, right_article_id FROM matches JOIN stories s ON s.id = story_id"
    assert rows(db, f"{pairs} WHERE given_name = 'dam' ORDER BY 1") == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    "records",
    [
        [record("A", "Reuters", "news.yahoo.com"), record("B", "Reuters", "news.yahoo.com")],
        [record(town, paper, "portal.example") for town, paper in (("A", "Herald"), ("B", "Post"), ("C", "Post"))],
        [record("A", "Kelso Evening Star", "kes.example")],
        [record("A", "Reuters", "kes.example"), record("B", "Reuters", "kes.example"),
         *(record(town, "Reuters", "reuters.example") for town in "CDE")],
    ],
    ids=["aggregator", "two names", "one article, unlike name", "mostly elsewhere"],
)  # fmt: skip
def test_hosts_that_may_be_another_outlet_are_left_alone(db: Path, records: list[dict[str, str]]) -> None:
    host = records[0]["url"].split("/")[2]
    take(db, *records)
    take(db, record("Whitby", host=host), file="bare")
    assert names(db)[host] == 1
    assert rows(db, "SELECT * FROM source_aliases") == []


def test_one_article_is_enough_where_name_and_host_are_alike(db: Path) -> None:
    take(
        db, record("Kelso", "The Kelso Herald", "www.kelsoherald.example"), record("Denby", host="kelsoherald.example")
    )
    assert names(db) == {"The Kelso Herald": 2}
    assert rows(db, "SELECT alias, name, origin FROM source_aliases") == [
        ("kelsoherald.example", "The Kelso Herald", "found")
    ]


def test_names_that_differ_in_capitals_are_one(db: Path) -> None:
    take(db, record("Kelso", "BBC News"), record("Denby", "BBC NEWS"), record("Whitby", "bbc  news"))
    assert take(db, record("Corran", "Bbc News")).added == 1
    assert names(db) == {"BBC News": 4}


def test_what_is_said_by_hand_holds_for_what_is_stored_and_what_comes_later(db: Path) -> None:
    take(db, record("Kelso", host="blogs.ft.example"), record("Denby", "FT"), record("Whitby", "Financial Times"))
    said = "Name;Domain;Alias\nFinancial Times;https://www.ft.example/;FT\n;x.example;\nNone;no host;\n"
    done = take(db, record("Corran", "ft"), sources=said)
    assert done.sources
    assert (done.sources.changed, [p.place.rpartition(":")[2] for p in done.sources.problems]) == (1, ["3", "4"])
    assert names(db) == {"Financial Times": 4}
    take(db, record("Bramley", host="www.ft.example"), file="later")
    assert names(db) == {"Financial Times": 5}
    again = take(db, record("Kelso", host="blogs.ft.example"), sources=said)
    assert again.sources
    assert (again.sources.changed, again.sources.unchanged, again.unchanged) == (0, 1, 1)


def test_a_host_said_to_be_its_own_outlet_is_not_united(db: Path) -> None:
    take(db, *NAMED, sources="name,domain\nbbc.co.uk,bbc.co.uk\n")
    take(db, *BARE)
    assert names(db) == {"BBC News": 2, "bbc.co.uk": 2}


def test_a_file_without_the_columns_is_explained_and_one_that_is_none_ends_in_words(db: Path, tmp_path: Path) -> None:
    done = take(db, record("Kelso", "Herald"), sources="outlet,host\nHerald,herald.example\n")
    assert done.sources
    assert "must name the columns name and domain" in done.sources.problems[0].reason
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01" * 50)
    arguments = [
        "newscompare",
        "load",
        str(db),
        str(tmp_path / "records.jsonl"),
        "--sources",
        str(tmp_path / "binary.csv"),
    ]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    assert "save it as CSV in UTF-8" in result.output
