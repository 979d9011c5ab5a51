"""Correcting names on the pages: who may, what shows at once, what is taken back, what is refused in which words."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli
from instances import get, private, rows
from pages_html import Node, parse

from datasette_newscompare import correcting
from datasette_newscompare.corrections import Correction
from datasette_newscompare.serving._compat import IS_ONE

ROOT = "/news/-/newscompare"
ADA = {"id": "ada"}
ALLOWED = {"databases": {"news": {"permissions": {"newscompare-correct": {"id": "ada"}}}}}
DAM = (
    "The Kelso dam broke on Monday, flooding 12 houses in Kelso.\n\n"
    "Mayor Ada Finch said nobody was hurt. Finch, a former judge, thanked the Kelso Fire Brigade."
)
MILL = (
    "A fire at the Whitby paper mill killed two workers on Friday.\n\n"
    "Mayor Ida Finsh of Whitby said the cause was unknown."
)


def newscompare(*arguments: object) -> None:
    result = CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("correct")
    records = [
        {"id": f"{source}-{story}", "source": source, "text": text, "story": story}
        for source in ("Herald", "Post")
        for story, text in (("dam", DAM), ("mill", MILL))
    ]
    (folder / "articles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    newscompare("load", "--level", "lexical", folder / "news.db", folder / "articles.jsonl")
    return folder / "news.db"


@pytest.fixture
def db(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded, tmp_path / "news.db"))


async def serve(path: Path, config: dict[str, Any] | None = ALLOWED, *, immutable: bool = False) -> Datasette:
    configured = {"config" if IS_ONE else "metadata": config}
    files: dict[str, Any] = {"immutables": [str(path)]} if immutable else {"files": [str(path)]}
    instance = Datasette(**{"files": [], **files}, **configured)
    await instance.invoke_startup()
    return instance


async def seen(instance: Datasette, path: str, actor: dict[str, Any] | None = None) -> Node:
    response = await get(instance, path, actor)
    assert response.status_code == 200, response.text
    return parse(response.text)


async def send(instance: Datasette, path: str, actor: dict[str, Any] | None = ADA, **form: str) -> httpx.Response:
    """What a browser does with a form: its cookies and token go along, on the line that asks for them."""
    cookies = {} if actor is None else {"ds_actor": instance.sign({"a": actor}, "actor")}
    if not IS_ONE:
        page = await get(instance, "/-/logout", ADA)
        cookies["ds_csrftoken"] = form["csrftoken"] = page.cookies["ds_csrftoken"]
    return await instance.client.post(f"{ROOT}{path}", data=form, cookies=cookies, follow_redirects=False)


def id_of(path: Path, name: str) -> int:
    ((found,),) = rows(path, "select id from entities where name = ?", name)
    return found


def linked(path: Path) -> list[tuple[Any, ...]]:
    return rows(
        path, "select m.id, m.text, e.name, e.type from mentions m left join entities e on e.id = entity_id order by 1"
    )


def holds(path: Path) -> None:
    """All counts are those of the rows."""
    newscompare("check", path)


async def correct(instance: Datasette, path: Path, whom: str, /, **form: str) -> httpx.Response:
    return await send(instance, f"/entity/{id_of(path, whom)}/correct", **form)


def message(instance: Datasette, answer: httpx.Response) -> str:
    ((text, _),) = instance.unsign(answer.cookies["ds_messages"], "messages")
    return text


@pytest.mark.asyncio
async def test_a_merge_shows_at_once_everywhere_and_leads_to_the_other(db: Path) -> None:
    instance = await serve(db)
    kept = id_of(db, "Ada Finch")
    answer = await correct(instance, db, "Ida Finsh", action="merge", name="ada finch", note=" slip of the desk ")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ROOT}/entity/{kept}"
    assert message(instance, answer).startswith("“Ida Finsh” is one with “Ada Finch” now. The next load")
    holds(db)
    page = await seen(instance, f"{ROOT}/entity/{kept}")
    assert "in 2 stories" in page.one("p", "nc-lede").text
    assert "Ida Finsh 2, corrected" in [n.text for n in page.all("ul", "nc-chips")[0].all("li")]
    told = page.one("ul", "nc-corrections").one("li")
    assert told.one("span", "nc-told-correction").text == "Ida Finsh is Ada Finch"
    assert told.one("span", "nc-note").text == "slip of the desk"
    assert "by ada" in told.text
    assert not told.all("form"), "the anonymous may not take it back"
    assert "1 story of it is to be linked and compared anew" in page.text
    facet = (
        await get(instance, f"/news/articles.json?_facet_entity=person&_entity={kept}&_extra=facet_results")
    ).json()
    panel = facet["facet_results"].get("results", facet["facet_results"])["person"]
    assert [(v["label"], v["count"]) for v in panel["results"]] == [("Ada Finch", 4)]


@pytest.mark.asyncio
async def test_a_split_takes_a_spelling_away_at_once(db: Path) -> None:
    instance = await serve(db)
    answer = await correct(instance, db, "Ada Finch", action="split", alias="Finch", name="Ben Finch", type="person")
    assert answer.headers["location"] == f"{ROOT}/entity/{id_of(db, 'Ben Finch')}"
    holds(db)
    assert {(text, name) for _, text, name, _ in linked(db) if text.endswith("Finch")} == {
        ("Ada Finch", "Ada Finch"),
        ("Finch", "Ben Finch"),
    }
    page = await seen(instance, answer.headers["location"])
    assert "2 sentences of 2 articles" in page.one("p", "nc-lede").text
    assert page.one("section", "nc-group").all("b", "nc-name")[0].text == "Finch"


@pytest.mark.asyncio
async def test_a_split_may_hold_in_one_article_only(db: Path) -> None:
    instance = await serve(db)
    page = await seen(instance, f"{ROOT}/entity/{id_of(db, 'Ada Finch')}", ADA)
    (choices,) = page.all("select", name="article")
    assert [o.attributes["value"] for o in choices.all("option")] == ["", "Herald-dam", "Post-dam"]
    form = {"alias": "Ada Finch", "name": "Ada Finch (judge)", "article": "Post-dam"}
    await correct(instance, db, "Ada Finch", action="split", **form)
    holds(db)
    found = rows(
        db,
        """select distinct m.article_id, e.name from mentions m join entities e on e.id = m.entity_id
           where m.text like '%Finch' order by 1""",
    )
    assert found == [("Herald-dam", "Ada Finch"), ("Post-dam", "Ada Finch (judge)")]


@pytest.mark.asyncio
async def test_renaming_retyping_and_dropping_show_at_once(db: Path) -> None:
    instance = await serve(db)
    whitby, kelso = id_of(db, "Whitby"), id_of(db, "Kelso")
    answer = await correct(instance, db, "Whitby", action="rename", name="Whitby-on-Sea")
    assert answer.headers["location"] == f"{ROOT}/entity/{whitby}"
    await correct(instance, db, "Kelso", action="retype", type="organisation")
    answer = await correct(instance, db, "Kelso Fire Brigade", action="drop")
    assert answer.headers["location"] == f"{ROOT}/corrections"
    holds(db)
    page = await seen(instance, f"{ROOT}/entity/{whitby}")
    assert page.one("h1").text == "Whitby-on-Sea"
    assert (await seen(instance, f"{ROOT}/entity/{kelso}")).one("p", "nc-lede").text.startswith("Organisation, named")
    listed = await seen(instance, f"{ROOT}/entities")
    assert "Kelso Fire Brigade" not in listed.text
    told = [n.text for n in (await seen(instance, f"{ROOT}/corrections")).all("span", "nc-told-correction")]
    assert told == [
        "Kelso Fire Brigade is no organisation",
        "Kelso is of the type organisation",
        "Whitby is shown as Whitby-on-Sea",
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Ida Finsh", {"action": "merge", "name": "Ada Finch"}),
        ("Whitby", {"action": "rename", "name": "Whitby-on-Sea"}),
        ("Whitby", {"action": "retype", "type": "event"}),
        ("Kelso Fire Brigade", {"action": "drop"}),
        ("Ada Finch", {"action": "split", "alias": "Finch", "name": "Ben Finch", "type": "person"}),
    ],
    ids=lambda value: value["action"] if isinstance(value, dict) else "",
)
async def test_what_was_done_holds_after_a_match_and_can_be_undone(db: Path, name: str, form: dict[str, str]) -> None:
    instance = await serve(db)
    before, kept = linked(db), id_of(db, "Ada Finch")
    await correct(instance, db, name, **form)
    after = linked(db)
    assert after != before
    newscompare("match", db)
    assert linked(db) == after
    holds(db)
    page = await seen(instance, f"{ROOT}/corrections", ADA)
    (undo,) = page.all("form", "nc-undo")
    answer = await send(instance, undo.attributes["action"].removeprefix(ROOT))
    assert linked(db) == before
    assert answer.headers["location"] == f"{ROOT}/entity/{id_of(db, name)}", "it leads to what was corrected"
    if form["action"] in ("merge", "split", "rename"):
        assert id_of(db, "Ada Finch") == kept, "addresses stay"
    holds(db)
    assert rows(db, "select count(*) from corrections") == [(0,)]


@pytest.mark.asyncio
async def test_what_concerns_very_many_stories_waits_for_the_next_load_and_says_so(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "AT_ONCE", 0)
    instance = await serve(db)
    before = linked(db)
    answer = await correct(instance, db, "Ada Finch", action="split", alias="Finch", name="Ben Finch")
    assert "shows only after the next load or match: it concerns 1 story." in message(instance, answer)
    assert answer.headers["location"] == f"{ROOT}/entity/{id_of(db, 'Ada Finch')}"
    assert linked(db) == before
    newscompare("match", db)
    assert id_of(db, "Ben Finch")


@pytest.mark.asyncio
async def test_the_corrections_file_is_what_the_loader_takes(db: Path, loaded: Path, tmp_path: Path) -> None:
    instance = await serve(db)
    await correct(instance, db, "Ida Finsh", action="merge", name="Ada Finch")
    await correct(instance, db, "Ada Finch", action="split", alias="Finch", name="Ben Finch")
    written = await get(instance, f"{ROOT}/corrections.csv")
    (tmp_path / "aliases.csv").write_bytes(written.content)
    other = Path(shutil.copy(loaded, tmp_path / "other.db"))
    newscompare("match", other, "--aliases", tmp_path / "aliases.csv")
    assert [row[1:] for row in linked(other)] == [row[1:] for row in linked(db)]


@pytest.mark.asyncio
@pytest.mark.parametrize("actor", [None, {"id": "eve"}], ids=["anonymous", "stranger"])
async def test_who_was_not_allowed_sees_no_form_and_changes_nothing(db: Path, actor: dict[str, Any] | None) -> None:
    instance = await serve(db)
    await correct(instance, db, "Whitby", action="rename", name="Whitby-on-Sea")
    whitby, before = id_of(db, "Whitby-on-Sea"), linked(db)
    for path in (f"/entity/{whitby}", "/corrections"):
        page = await seen(instance, ROOT + path, actor)
        assert not [
            f for f in page.all("form") if f.attributes.get("method") == "post" and ROOT in f.attributes["action"]
        ]
    for path in (f"/entity/{whitby}/correct", "/correction/1/undo"):
        answer = await send(instance, path, actor, action="drop")
        assert answer.status_code == 403
        assert "You do not have permission to correct names" in answer.text
    assert linked(db) == before


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["immutable", "not writable"])
async def test_a_read_only_copy_offers_nothing(db: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "not writable":
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    instance = await serve(db, immutable=how == "immutable")
    whitby = id_of(db, "Whitby")
    page = await seen(instance, f"{ROOT}/entity/{whitby}", ADA)
    assert "Correct this name" not in page.text
    answer = await send(instance, f"/entity/{whitby}/correct", action="drop")
    assert answer.status_code == 403
    assert "served read-only" in answer.text


@pytest.mark.asyncio
async def test_who_may_not_read_the_corrections_neither_sees_nor_makes_them(db: Path) -> None:
    closed = private("news", "corrections")
    closed["databases"]["news"] |= ALLOWED["databases"]["news"]
    instance = await serve(db, closed)
    whitby = id_of(db, "Whitby")
    with sqlite3.connect(db) as connection:
        correcting.correct(connection, Correction("rename", "Whitby", "Whitby-on-Sea", at="2025-01-01"))
    page = await seen(instance, f"{ROOT}/entity/{whitby}", ADA)
    assert not page.all("ul", "nc-corrections")
    assert "Correct this name" not in page.text
    assert (await get(instance, f"{ROOT}/corrections", ADA)).status_code == 403
    assert (await send(instance, f"/entity/{whitby}/correct", action="drop")).status_code == 403


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose what to do: merge, rename"),
        ({"action": "merge"}, "Write the name of the entity"),
        ({"action": "merge", "name": "Nobody Known"}, "Nothing is named 'Nobody Known'. To show this entity under"),
        ({"action": "merge", "name": "the Whitby"}, "is this entity itself"),
        ({"action": "merge", "name": "x" * 201}, "A name has 200 characters at most"),
        ({"action": "split", "alias": "Kelso"}, "'Kelso' is none of its spellings"),
        ({"action": "split", "alias": "Whitby"}, "is what this entity is named"),
        ({"action": "split", "alias": "Whitby", "name": "A", "type": "town"}, "A type is one of person, place"),
        ({"action": "split", "alias": "Whitby", "name": "A", "article": "none"}, "there is no article 'none'"),
        ({"action": "retype"}, "Choose another type than it has"),
        ({"action": "rename", "name": "Whitby"}, "is itself"),
        ({"action": "drop", "note": "x" * 1001}, "The note has 1,001 characters"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words_on_the_entitys_page(
    db: Path, form: dict[str, str], words: str
) -> None:
    instance = await serve(db)
    if form.get("action") == "retype":
        form |= {"type": rows(db, "select type from entities where name = 'Whitby'")[0][0]}
    answer = await correct(instance, db, "Whitby", **form)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ROOT}/entity/{id_of(db, 'Whitby')}"
    assert message(instance, answer).startswith("Nothing was corrected. ")
    assert words in message(instance, answer)
    assert rows(db, "select count(*) from corrections") == [(0,)]


@pytest.mark.asyncio
async def test_what_is_gone_is_not_found(db: Path) -> None:
    instance = await serve(db)
    assert (await send(instance, "/entity/999999/correct", action="drop")).status_code == 404
    assert (await send(instance, "/correction/1/undo")).status_code == 404
    assert (await get(instance, f"{ROOT}/entity/1/correct", ADA)).status_code == 405


@pytest.mark.asyncio
async def test_a_form_without_its_token_changes_nothing(db: Path) -> None:
    instance = await serve(db)
    cookies = {"ds_actor": instance.sign({"a": ADA}, "actor")}
    answer = await instance.client.post(
        f"{ROOT}/entity/{id_of(db, 'Whitby')}/correct",
        data={"action": "drop"},
        cookies=cookies,
        headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert rows(db, "select count(*) from corrections") == [(0,)]


@pytest.mark.asyncio
async def test_the_form_names_others_that_it_would_concern_and_who_may_be_meant(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("insert into entities (name, type, name_key) values ('Whitby', 'person', 'whitby')")
    instance = await serve(db)
    ((whitby,),) = rows(db, "select min(id) from entities where name = 'Whitby'")
    page = await seen(instance, f"{ROOT}/entity/{whitby}", ADA)
    form = page.one("details", "nc-correct")
    assert "also Whitby, person" in form.text
    page = await seen(instance, f"{ROOT}/entity/{id_of(db, 'Ada Finch')}", ADA)
    assert {o.attributes["value"] for o in page.one("datalist").all("option")} <= {"Ida Finsh"}
