"""What an outlet changed after publishing, from loading an article anew to the page that shows the changed words."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import DEMO_ACTOR, get, private, serve
from pages_html import Node, parse
from pages_story import build

from datasette_newscompare.serving.revisions import changes, words_changed

ROOT = "/news/-/newscompare"
PAGE = f"{ROOT}/article/ledger/versions"

FIRST = """A fire destroyed the harbour market on Tuesday night, killing 12 people.

The flames spread from a bakery, the fire brigade said.

Traders wept in the street.

A school next door was not harmed.

The mayor promised help."""
SECOND = """A fire destroyed the harbour market on Tuesday night, killing 15 people.

The flames spread from a bakery, the fire brigade said.

Police are holding a man of 40.

Traders wept in the street.

The mayor promised help."""
THIRD = SECOND.replace("The mayor promised help.", "The mayor promised help, and resigned.")


@pytest.fixture
def changed_db(tmp_path: Path) -> Path:
    """The Ledger's article as it stands after two changes, the older states as the loader keeps them."""
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        keep = "insert into article_versions values ('ledger', ?, ?, ?, ?, 'x', ?)"
        connection.execute(keep, [1, "Fire kills 12", "2024-05-01T06:00", FIRST, "2024-05-01T07:00:00+00:00"])
        connection.execute(keep, [2, "Fire kills 15", "2024-05-01T06:00", SECOND, "2024-05-01T09:15:00+00:00"])
        connection.execute(
            "update articles set title = 'Fire kills 15', published = '2024-05-01T10:00', "
            "loaded_at = '2024-05-01T10:05:00+00:00' where id = 'ledger'"
        )
        connection.execute("update article_texts set text = ? where article_id = 'ledger'", [THIRD])
    return path


async def seen(datasette: Datasette, path: str) -> Node:
    response = await get(datasette, path)
    assert response.status_code == 200, response.text
    return parse(response.text)


@pytest.mark.asyncio
async def test_the_page_marks_the_words_that_changed_and_folds_what_stayed(changed_db: Path) -> None:
    page = await seen(await serve(changed_db), f"{PAGE}?version=2")
    [change] = page.all("section", "nc-change")
    assert change.one("h2").text == "Version 2, seen on 2024-05-01 09:15"
    assert "1 paragraph changed, 1 paragraph added, 1 paragraph removed" in change.text
    body = change.one("div", "nc-article")
    assert [d.text for d in body.all("del")] == ["12", "A school next door was not harmed."]
    assert [i.text for i in body.all("ins")] == ["15", "Police are holding a man of 40."]
    folded = [d.one("summary").text for d in body.all("details")]
    assert folded == ["1 paragraph unchanged", "1 paragraph unchanged", "1 paragraph unchanged"]
    assert not [d for d in body.all("details") if "open" in d.attributes]
    title = change.all("strong")[0]
    assert (title.text, title.one("del").text, title.one("ins").text) == ("Fire kills 1215", "12", "15")


@pytest.mark.asyncio
async def test_the_newest_change_comes_first_and_each_version_says_when_it_was_seen(changed_db: Path) -> None:
    page = await seen(await serve(changed_db), PAGE)
    assert [h.text for h in page.all("h2")][:2] == [
        "Version 3, seen on 2024-05-01 10:05",
        "Version 2, seen on 2024-05-01 09:15",
    ]
    newest = page.all("section", "nc-change")[0]
    assert [i.text for i in newest.one("div", "nc-article").all("ins")] == [", and resigned"]
    assert [n.text for n in newest.all("time")][1:] == ["2024-05-01 06:00", "2024-05-01 10:00"]
    rows = [tr.text for tr in page.one("tbody").all("tr")]
    assert rows[0].startswith("1 2024-05-01 07:00 2024-05-01 06:00 Fire kills 12")
    assert rows[2].startswith("3 2024-05-01 10:05 the newest 2024-05-01 10:00 Fire kills 15")


@pytest.mark.asyncio
async def test_the_article_leads_to_its_versions_only_where_there_are_some(changed_db: Path) -> None:
    datasette = await serve(changed_db)
    link = (await seen(datasette, f"{ROOT}/article/ledger")).one("a", href=PAGE)
    assert link.text == "3 versions"
    assert not (await seen(datasette, f"{ROOT}/article/post")).all("a", href=f"{ROOT}/article/post/versions")
    closed = await serve(changed_db, private("news", "article_versions"))
    assert not (await seen(closed, f"{ROOT}/article/ledger")).all("a", href=PAGE)
    assert (await get(closed, PAGE)).status_code == 403
    assert (await get(closed, PAGE, DEMO_ACTOR)).status_code == 200


@pytest.mark.asyncio
async def test_an_article_that_did_not_change_says_so(changed_db: Path) -> None:
    datasette = await serve(changed_db)
    page = await seen(datasette, f"{ROOT}/article/post/versions")
    assert "This database holds one version of the article, seen on 2024-05-02" in page.text
    assert (await get(datasette, f"{ROOT}/article/nothing/versions")).status_code == 404
    for number in (1, 4):
        assert (await get(datasette, f"{PAGE}?version={number}")).status_code == 400


@pytest.mark.asyncio
async def test_json_and_csv_hold_what_the_page_shows(changed_db: Path) -> None:
    datasette = await serve(changed_db)
    data = (await get(datasette, f"{PAGE}.json?version=2")).json()
    assert [v["seen_at"] for v in data["versions"]][1] == "2024-05-01T09:15:00+00:00"
    [change] = data["changes"]
    assert [b["type"] for b in change["blocks"]] == ["changed", "same", "added", "same", "removed", "same"]
    marks = [(s["mark"], s["text"]) for s in change["blocks"][0]["segments"] if "mark" in s]
    assert marks == [("removed", "12"), ("added", "15")]
    assert (await get(datasette, f"{PAGE}.csv")).text.splitlines()[0] == "version,title,published,seen_at,is_current"


@pytest.mark.asyncio
async def test_hostile_words_stay_text(changed_db: Path) -> None:
    with sqlite3.connect(changed_db) as connection:
        connection.execute("update article_versions set text = '<script>alert(1)</script> gone', title = '<b>x</b>'")
    text = (await get(await serve(changed_db), PAGE)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; gone" in text
    assert "<b>x</b>" not in text


@pytest.mark.asyncio
async def test_many_changes_are_shown_three_at_a_time(changed_db: Path) -> None:
    with sqlite3.connect(changed_db) as connection:
        for number in range(3, 9):
            row = [number, SECOND + f"\n\nUpdate {number}.", f"2024-05-01T09:{number + 20}:00+00:00"]
            connection.execute("insert into article_versions values ('ledger', ?, 'Fire', null, ?, 'x', ?)", row)
    datasette = await serve(changed_db)
    page = await seen(datasette, PAGE)
    assert [s.attributes["id"] for s in page.all("section", "nc-change")] == ["version-9", "version-8", "version-7"]
    assert "5 older changes: choose a version above." in page.text
    older = page.one("a", **{"aria-label": "What version 4 changed"}).attributes["href"]
    assert [s.attributes["id"] for s in (await seen(datasette, older)).all("section", "nc-change")] == ["version-4"]


@pytest.mark.asyncio
async def test_what_the_loader_kept_is_shown_and_an_excerpt_copy_holds_none(tmp_path: Path) -> None:
    database, lines = tmp_path / "news.db", tmp_path / "news.jsonl"
    for text in (FIRST, SECOND):
        records = [{"id": name, "source": name, "title": "Fire", "text": text} for name in ("a", "b")]
        lines.write_text("".join(json.dumps(record) + "\n" for record in records))
        result = CliRunner().invoke(cli, ["newscompare", "load", "--level", "lexical", str(database), str(lines)])
        assert result.exit_code == 0, result.output
    page = await seen(await serve(database), f"{ROOT}/article/a/versions")
    assert "12" in [d.text for d in page.all("del")]
    copy = tmp_path / "copy" / "news.db"
    copy.parent.mkdir()
    result = CliRunner().invoke(cli, ["newscompare", "export", str(database), str(copy), "--excerpt", "40"])
    assert result.exit_code == 0, result.output
    page = await seen(await serve(copy), f"{ROOT}/article/a/versions")
    assert "copies made of excerpts hold none" in page.text


# The comparison itself


def kinds(old: str, new: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(block.kind, block.texts) for block in changes(old, new)]


def marked(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.get("mark", ""), piece["text"]) for piece in words_changed(old, new)]


def test_a_paragraph_that_stands_elsewhere_is_moved_not_gone_and_new() -> None:
    assert kinds("One word.\nTwo words.\nThree words.", "Two words.\nThree words.\nOne word.") == [
        ("same", ("Two words.", "Three words.")),
        ("moved", ("One word.",)),
    ]


def test_every_change_is_marked_even_of_case_or_a_comma() -> None:
    assert marked("the minister said, that", "The minister said that") == [
        ("removed", "the"),
        ("added", "The"),
        ("", " minister said"),
        ("removed", ","),
        ("", " that"),
    ]


def test_a_changed_phrase_is_one_change() -> None:
    assert marked("He was not at home.", "She is not in town.") == [
        ("removed", "He was not at home"),
        ("added", "She is not in town"),
        ("", "."),
    ]


def test_a_long_paragraph_is_aligned_by_its_sentences() -> None:
    sentences = [f"In street number {n} the people of the town saw water come in." for n in range(40)]
    later = [*sentences[:10], "Nobody was hurt.", *sentences[10:30], *sentences[31:]]
    found = [piece for piece in words_changed(" ".join(sentences), " ".join(later)) if "mark" in piece]
    assert [(p["mark"], p["text"].strip()) for p in found] == [
        ("added", "Nobody was hurt."),
        ("removed", sentences[30]),
    ]


def test_texts_of_twenty_thousand_words_keep_what_they_share() -> None:
    chance = random.Random(5)
    words = [f"w{n}" for n in range(4_000)]
    old = [" ".join(chance.choices(words, k=50)) + "." for _ in range(400)]
    new = [p if n % 7 else p.replace(p.split()[20], "otherwise", 1) for n, p in enumerate(old)]
    new.insert(200, "A paragraph that is quite new.")
    found = changes("\n\n".join(old), "\n\n".join(new))
    assert sum(block.kind == "changed" for block in found) == 58
    assert [block.texts for block in found if block.kind == "added"] == [("A paragraph that is quite new.",)]
    assert sum(len(block.texts) for block in found) == 401


TEXTS = st.text(st.sampled_from("ab .,\n"), max_size=60)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = words_changed(old, new)
    now = "".join(p["text"] for p in pieces if p.get("mark") != "removed")
    was = "".join(p["text"] for p in pieces if p.get("mark") != "added")
    assert now == new
    assert was.split() == old.split()


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_the_newer_text_stands_in_the_blocks_in_its_order(old: str, new: str) -> None:
    shown = [text for block in changes(old, new) if block.kind != "removed" for text in block.texts]
    assert " ".join(" ".join(shown).split()) == " ".join(
        word for line in new.split("\n") if any(c.isalnum() for c in line) for word in line.split()
    )
