"""Articles that carry the same text are recognised, and counted apart from independent reports."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli

from datasette_newscompare.loading import pipeline
from datasette_newscompare.loading.check import check
from datasette_newscompare.matching.copies import count_independent, same_texts
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story
from datasette_newscompare.records import Match, Repeat, StoryArticle, StoryComparison, StorySentence

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

TOPICS = [
    "The old bridge in Hale was closed on Monday.",
    "Rain is expected in the north for the rest of the week.",
    "The price of wheat rose by a tenth in April.",
    "Two lions were born in the zoo of Stoke.",
    "The orchestra will tour Japan next autumn.",
]


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


COPY_OF_THREE = MatchSettings(most_copies=3)


def telling(name: str, source: str, published: str, texts: list[str]) -> StoryArticle:
    """An article that says these sentences; a7 has the ids 701, 702, ..."""
    sentences = tuple(
        StorySentence(id=int(name[1:]) * 100 + 1 + n, article_id=name, source_id=source, position=n, paragraph=n,
                      role="body", start=0, text=text)
        for n, text in enumerate(texts)
    )  # fmt: skip
    return StoryArticle(name, source, published, sentences)


def wire_of(count: int, *others: StoryArticle) -> list[StoryArticle]:
    """A text that so many sources carry, a1 first; and other articles."""
    return [telling(f"a{n}", f"s{n}", f"2024-05-{n:02}", WIRE.split("\n\n")) for n in range(1, count + 1)] + [*others]


def pairs(found: StoryComparison) -> set[tuple[int, int]]:
    return {(m.left_id, m.right_id) for m in found.matches}


def test_a_text_that_very_many_carry_is_matched_with_the_first_copy_beyond_a_number() -> None:
    own = telling("a9", "s9", "2024-05-09", OWN.split("\n\n"))
    articles = wire_of(6, own)
    found = compare_story(articles, COPY_OF_THREE)
    assert found.further_copies == 12
    first = {(left, right) for left, right in pairs(found) if right < 900}
    assert first == {
        (100 * a + n, 100 * b + n) for n in (1, 2, 3, 4) for a, b in ((1, 2), (1, 3), (2, 3), (1, 4), (1, 5), (1, 6))
    }
    assert {m.kind for m in found.matches if m.right_id < 900} == {"verbatim"}
    assert {m.is_primary for m in found.matches if m.right_id < 900} == {True}
    repairs = [f.sentence_ids for f in found.facts if 102 in f.sentence_ids]
    assert repairs == [(102, 202, 302, 402, 502, 602, 902)]
    same = same_texts(articles, found.matches, found.repeats)
    assert [(s.article_id, s.first_article_id, s.share) for s in same] == [(f"a{n}", "a1", 1.0) for n in range(1, 7)]


def test_copies_up_to_the_number_are_matched_each_with_each() -> None:
    found = compare_story(wire_of(3), COPY_OF_THREE)
    assert found == compare_story(wire_of(3))
    assert (len(found.matches), found.further_copies) == (12, 0)


def test_what_very_many_carry_finds_its_paraphrase_as_what_few_carry() -> None:
    own = telling("a90", "s90", "2024-05-09", OWN.split("\n\n"))
    few, many = (compare_story(wire_of(n, own), MatchSettings(most_copies=10)) for n in (10, 20))
    assert {pair for pair in pairs(few) if pair[1] > 9000} == {pair for pair in pairs(many) if pair[1] > 9000}


def test_further_copies_of_one_source_are_repeats_of_its_first_and_matched_with_another_source() -> None:
    texts = WIRE.split("\n\n")
    articles = [telling(f"a{n}", "chain", f"2024-05-{n:02}", texts) for n in range(1, 7)]
    other = telling("a8", "other", "2024-05-08", texts)
    found = compare_story([*articles, other], COPY_OF_THREE)
    assert pairs(found) == {(100 * n + k, 800 + k) for n in range(1, 7) for k in (1, 2, 3, 4)}
    assert {(r.sentence_id, r.repeat_of) for r in found.repeats} == {
        (100 * n + k, 100 + k) for n in range(2, 7) for k in (1, 2, 3, 4)
    }
    assert [len(f.sentence_ids) for f in found.facts] == [7, 7, 7, 7]
    assert compare_story(articles, COPY_OF_THREE).matches == ()


def test_what_an_article_says_twice_in_a_crowd_is_matched_once() -> None:
    texts = WIRE.split("\n\n")
    found = compare_story(wire_of(5, telling("a7", "s7", "2024-05-07", [*texts, texts[0]])), COPY_OF_THREE)
    assert 705 not in {id for pair in pairs(found) for id in pair}
    assert (101, 701) in pairs(found)


def test_a_line_that_tells_nothing_is_no_match_in_a_crowd_either() -> None:
    found = compare_story(
        [telling(f"a{n}", f"s{n}", f"2024-05-{n:02}", [text, "17, 18, 19."]) for n, text in enumerate(TOPICS, 1)],
        COPY_OF_THREE,
    )
    assert pairs(found) == set()


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


def test_loader_says_how_many_copies_it_matched_with_the_first_one_only(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pipeline, "MatchSettings", partial(MatchSettings, most_copies=3))
    db = load({f"Paper {n}": WIRE for n in range(1, 8)})
    assert list(check(tmp_path / "news.db")) == []
    assert db.execute("SELECT independent_count FROM stories").fetchall() == [(1,)]
    assert db.execute("SELECT count(*) FROM same_texts WHERE first_article_id = 'Paper 1-1'").fetchall() == [(7,)]
    assert db.execute("SELECT source_count FROM facts WHERE text LIKE '%14 million%'").fetchall() == [(7,)]
    before = db.execute("SELECT * FROM matches ORDER BY id").fetchall()
    again = CliRunner().invoke(
        cli, ["newscompare", "match", str(tmp_path / "news.db"), "--level", "lexical"], catch_exceptions=False
    )
    assert "note: 16 sentences are matched with the first copy only" in again.output
    assert db.execute("SELECT * FROM matches ORDER BY id").fetchall() == before


@pytest.mark.asyncio
async def test_of_two_copies_that_were_not_compared_the_page_leads_to_the_first_one(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pipeline, "MatchSettings", partial(MatchSettings, most_copies=3))
    load({f"Paper {n}": WIRE for n in range(1, 8)})
    client = Datasette([str(tmp_path / "news.db")]).client
    of_two = "/news/-/newscompare/compare{}?left=Paper 6-1&right=Paper 7-1"
    shown = (await client.get(of_two.format(".json"))).json()
    assert shown["counts"]["matches"] == 0
    assert shown["same_text"]["id"] == "Paper 1-1"
    assert shown["same_text"]["left_url"] in (await client.get(of_two.format(""))).text.replace("&amp;", "&")
    with_first = (await client.get(shown["same_text"]["left_url"].replace("compare?", "compare.json?"))).json()
    assert (with_first["left"]["id"], with_first["right"]["id"]) == ("Paper 1-1", "Paper 6-1")
    assert with_first["counts"]["by_kind"]["verbatim"] >= 4
    assert with_first["same_text"] is None


@pytest.mark.asyncio
async def test_pages_of_a_text_that_very_many_carry_stay_small(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load({f"Paper {n}": WIRE for n in range(1, 8)})
    client = Datasette([str(tmp_path / "news.db")]).client
    root = "/news/-/newscompare"
    story, article = "datasette_newscompare.serving.pages.story", "datasette_newscompare.serving.pages.article"
    whole = (await client.get(f"{root}/story/1.json")).json()
    assert len(whole["articles"]) == 7
    assert whole["all_articles_url"] is None
    monkeypatch.setattr(sys.modules[story], "ARTICLES", 4)
    monkeypatch.setattr(sys.modules[story], "PAIRED", 3)
    cut = (await client.get(f"{root}/story/1.json")).json()
    assert cut["articles"] == [
        {**a, "same_text_as": [id for id in a["same_text_as"] if id in {b["id"] for b in whole["articles"][:4]}]}
        for a in whole["articles"][:4]
    ]
    assert len(cut["sources"]) == 4
    assert cut["pairs"] == []
    assert len(cut["closest_pairs"]) == 4 * 3
    assert all(len(fact["cells"]) == 4 and fact["source_count"] == 7 for fact in cut["facts"])
    shown = (await client.get(f"{root}/story/1")).text
    assert "The first 4 of 7 articles are shown here." in shown
    assert (await client.get(cut["all_articles_url"].replace("/articles?", "/articles.json?"))).json()["rows"]
    monkeypatch.setattr(sys.modules[article], "ELSEWHERE", 2)
    monkeypatch.setattr(sys.modules[article], "OTHERS", 5)
    address = whole["articles"][0]["url"]
    told = (await client.get(f"{address}.json")).json()
    sentence = next(s for p in told["paragraphs"] for s in p["sentences"] if s["state"] == "matched")
    assert (len(sentence["elsewhere"]), sentence["source_count"]) == (2, 6)
    rest = sentence["all_elsewhere_url"].replace("/match_pairs?", "/match_pairs.json?")
    assert len((await client.get(rest)).json()["rows"]) == 6
    table = list(csv.DictReader(io.StringIO((await client.get(f"{address}.csv")).text)))
    assert {row["sources"].count(";") + 1 for row in table if row["state"] == "matched"} == {6}
    assert (len(told["compare_with"]), told["compare_with_count"]) == (5, 6)
    assert "and 1 more" in (await client.get(address)).text


def test_a_corrected_copy_is_its_own_report_again(load: Load) -> None:
    load({"Wire": WIRE, "Post": WIRE})
    db = load({"Wire": WIRE, "Post": OWN})
    assert db.execute("SELECT * FROM same_texts").fetchall() == []
    assert db.execute("SELECT independent_count FROM stories").fetchall() == [(2,)]
