"""Articles that carry the same text are recognised, and counted apart from independent reports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.cli import cli

from datasette_newscompare.matching.copies import count_independent, same_texts
from datasette_newscompare.records import Match, Repeat, StoryArticle, StorySentence

WIRE = (
    "The old bridge over the Arden in Hale was closed on Monday after engineers found cracks in two of its pillars.\n\n"
    "Mayor Ann Hale said that repairs would take nine months and cost 14 million pounds.\n\n"
    "Some 20,000 drivers cross the bridge on a working day, most of them on their way to the port.\n\n"
    "Buses will take the tunnel at Stoke until the spring, the transport authority said in a statement."
)
OWN = (
    "Hale woke up on Tuesday to a city cut in two, and to queues that reached back to the ring road.\n\n"
    "Ann Hale, the mayor, spoke of nine months of repairs at a price of £14 million.\n\n"
    "“I have run this bakery for thirty years and never saw the street so empty,” said one trader by the bridge.\n\n"
    "The opposition on the council wants to know when the first crack was reported."
)


def article(name: str, roles: list[str], published: str | None = None) -> StoryArticle:
    """An article whose sentences have ids that begin with the number in its name: a1 has 101, 102, ..."""
    first = int(name[1:]) * 100 + 1
    sentences = tuple(
        StorySentence(id=first + n, article_id=name, source_id=f"of {name}", position=n, paragraph=n, role=role,
                      start=0, text="…")
        for n, role in enumerate(roles)
    )  # fmt: skip
    return StoryArticle(name, f"of {name}", published, sentences)


def match(left: int, right: int, kind: str = "verbatim") -> Match:
    return Match(left, right, 0.9, kind)


def test_a_text_that_stands_whole_in_another_is_the_same_text() -> None:
    articles = [article("a1", ["body"] * 10, "2024-05-02"), article("a2", ["body"] * 2, "2024-05-01")]
    found = same_texts(articles, [match(101, 201), match(102, 202, "near-verbatim")], [])
    assert [(s.article_id, s.first_article_id, s.share) for s in found] == [("a1", "a2", 0.2), ("a2", "a2", 1.0)]


def test_four_fifths_make_the_same_text_and_less_does_not() -> None:
    articles = [article("a1", ["body"] * 5), article("a2", ["body"] * 9)]
    assert len(same_texts(articles, [match(100 + n, 200 + n) for n in range(1, 5)], [])) == 2
    assert same_texts(articles, [match(100 + n, 200 + n) for n in range(1, 4)], []) == ()


def test_paraphrases_make_no_copy() -> None:
    articles = [article("a1", ["body"] * 3), article("a2", ["body"] * 3)]
    assert same_texts(articles, [match(100 + n, 200 + n, "paraphrase") for n in range(1, 4)], []) == ()


def test_one_sentence_makes_no_copy() -> None:
    assert same_texts([article("a1", ["body"]), article("a2", ["body"])], [match(101, 201)], []) == ()


def test_furniture_and_repeats_do_not_count() -> None:
    articles = [article("a1", ["body", "body", "boilerplate", "body"]), article("a2", ["body"] * 9)]
    found = same_texts(articles, [match(101, 201), match(102, 202)], [Repeat(104, 101, 0.9, "near-verbatim")])
    assert [s.share for s in found] == [1.0, 0.2222]


def test_copies_of_copies_are_one_text() -> None:
    articles = [article(f"a{n}", ["body"] * 2) for n in (1, 2, 3, 4)]
    found = same_texts(articles, [match(101, 201), match(102, 202), match(201, 301), match(202, 302)], [])
    assert [(s.article_id, s.first_article_id) for s in found] == [("a1", "a1"), ("a2", "a1"), ("a3", "a1")]
    assert count_independent([a.id for a in articles], {s.article_id: s.first_article_id for s in found}) == 2


Load = Callable[[dict[str, str]], sqlite3.Connection]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a text a source as one story and opens the database."""

    def loaded(texts: dict[str, str]) -> sqlite3.Connection:
        lines = [
            json.dumps({"id": f"{source}-1", "source": source, "title": title, "text": text, "story": "bridge",
                        "published": f"2024-05-0{n}T08:00:00Z"})
            for n, (source, text) in enumerate(texts.items(), 1)
            for title in [f"What {source} says of the bridge"]
        ]  # fmt: skip
        (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
        command = [
            "newscompare",
            "load",
            "--level",
            "lexical",
            str(tmp_path / "news.db"),
            str(tmp_path / "in.jsonl"),
            "--no-entities",
        ]
        result = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return sqlite3.connect(tmp_path / "news.db")

    return loaded


def test_loader_counts_a_wire_text_once(load: Load) -> None:
    db = load(
        {"Wire": WIRE, "Post": WIRE, "Herald": f"{WIRE}\n\nThe Herald's office stands by the bridge.", "Echo": OWN}
    )
    copies = db.execute("SELECT article_id, first_article_id FROM same_texts ORDER BY 1").fetchall()
    assert copies == [("Herald-1", "Wire-1"), ("Post-1", "Wire-1"), ("Wire-1", "Wire-1")]
    assert db.execute("SELECT source_count, article_count, independent_count FROM stories").fetchall() == [(4, 4, 2)]
    cracks = "SELECT source_count, independent_count FROM facts WHERE text LIKE '%cracks%'"
    assert db.execute(cracks).fetchall() == [(3, 1)]
    repairs = "SELECT source_count, independent_count FROM facts WHERE text LIKE '%14 million%'"
    assert db.execute(repairs).fetchall() == [(4, 2)]


def test_a_corrected_copy_is_its_own_report_again(load: Load) -> None:
    load({"Wire": WIRE, "Post": WIRE})
    db = load({"Wire": WIRE, "Post": OWN})
    assert db.execute("SELECT * FROM same_texts").fetchall() == []
    assert db.execute("SELECT independent_count FROM stories").fetchall() == [(2,)]
