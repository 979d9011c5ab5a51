"""Judging matches on the pages: who may, what is stored, what everybody sees, and what is refused in which words."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli
from instances import ONLY_READER, get, private, rows
from pages_html import Node, parse
from pages_story import build
from rights import ordinary_rights

from datasette_newscompare.serving._compat import IS_ONE
from datasette_newscompare.serving.writing import LONGEST_NOTE
from datasette_newscompare.verdicts import judge_match

ROOT = "/news/-/newscompare"
PAIR = f"{ROOT}/compare?left=ledger&right=post"
ADA = {"id": "ada"}
RUTH = {"id": "ruth"}
ALLOWED = {"databases": {"news": {"permissions": {"newscompare-verdict": {"id": ["ada", "ruth"]}}}}}


@pytest.fixture
def story_db(tmp_path: Path) -> Path:
    return build(tmp_path / "news.db")


async def serve(path: Path, config: dict[str, Any] | None = ALLOWED, *, immutable: bool = False) -> Datasette:
    """An instance whose permissions stand where its line of Datasette reads them."""
    configured = {"config" if IS_ONE else "metadata": config}
    files: dict[str, Any] = {"immutables": [str(path)]} if immutable else {"files": [str(path)]}
    instance = Datasette(**{"files": [], **files}, **configured)
    await instance.invoke_startup()
    return instance


async def seen(instance: Datasette, path: str, actor: dict[str, Any] | None = None) -> Node:
    response = await get(instance, path, actor)
    assert response.status_code == 200, response.text
    return parse(response.text)


async def send(instance: Datasette, actor: dict[str, Any] | None, match: object = 2, **form: str) -> httpx.Response:
    """What a browser does with the form: its cookies and token go along, on the line that asks for them."""
    cookies = {} if actor is None else {"ds_actor": instance.sign({"a": actor}, "actor")}
    if not IS_ONE:
        page = await get(instance, "/-/logout", ADA)
        cookies["ds_csrftoken"] = form["csrftoken"] = page.cookies["ds_csrftoken"]
    path = f"{ROOT}/match/{match}/verdict"
    return await instance.client.post(path, data=form, cookies=cookies, follow_redirects=False)


def form_of(page: Node, match: int) -> Node:
    return page.one("form", action=f"{ROOT}/match/{match}/verdict")


def stored(path: Path) -> list[tuple[Any, ...]]:
    return rows(path, "select left_text, verdict, note, actor from verdicts order by id")


@pytest.mark.asyncio
async def test_a_judgement_is_stored_shown_to_everybody_and_leads_back_to_its_row(story_db: Path) -> None:
    instance = await serve(story_db)
    page = await seen(instance, f"{PAIR}&show=matched&blind=1", ADA)
    form = form_of(page, 2)
    assert form.attributes["method"] == "post"
    hidden = {n.attributes["name"]: n.attributes["value"] for n in form.all("input", type="hidden")}
    answer = await send(instance, ADA, query=hidden["query"], verdict="wrong", note=" Twelve is not fifteen.\r\n ")
    assert answer.status_code == 303
    back = answer.headers["location"]
    assert back == f"{PAIR}&show=matched&blind=1#match-2"
    [(text, *said)] = stored(story_db)
    assert text.startswith("A fire destroyed")
    assert said == ["wrong", "Twelve is not fifteen.", "ada"]
    row = (await seen(instance, back)).one("tbody", id="match-2")
    shown = row.one("span", "nc-verdict").text
    assert shown.startswith("judged wrong by ada 20")
    assert shown.endswith(": Twelve is not fifteen.")
    assert not row.all("form")


@pytest.mark.asyncio
async def test_the_form_posts_to_the_address_that_takes_it(story_db: Path) -> None:
    page = await seen(await serve(story_db), PAIR, ADA)
    forms = [f for f in page.all("form") if f.attributes["method"] == "post" and "/match/" in f.attributes["action"]]
    judged = {f.attributes["action"] for f in forms}
    assert judged == {f"{ROOT}/match/{n}/verdict" for n in (1, 2, 3, 4, 5)}, "the secondary match 5 too"
    assert {i.attributes["value"] for i in forms[0].all("input", type="radio")} == {"right", "wrong", "unsure"}
    assert forms[0].one("textarea").attributes["maxlength"] == str(LONGEST_NOTE)


@pytest.mark.asyncio
async def test_a_person_can_change_and_take_back_what_they_said_but_not_what_another_said(story_db: Path) -> None:
    instance = await serve(story_db)
    await send(instance, ADA, verdict="wrong", note="first")
    await send(instance, RUTH, verdict="unsure")
    page = await seen(instance, PAIR, ADA)
    summaries = [d.one("summary").text for d in page.one("tbody", id="match-2").all("details", "nc-judge")]
    assert summaries == ["change your verdict on this match", "judge the one with The Post 1"]
    form = form_of(page, 2)
    assert [i.attributes["value"] for i in form.all("input", type="radio") if "checked" in i.attributes] == ["wrong"]
    assert form.one("textarea").text == "first"
    await send(instance, ADA, verdict="right", note="second")
    assert [v[1:] for v in stored(story_db)] == [("right", "second", "ada"), ("unsure", None, "ruth")]
    await send(instance, ADA, verdict="right", withdraw="Take it back")
    assert [v[1:] for v in stored(story_db)] == [("unsure", None, "ruth")]


@pytest.mark.asyncio
@pytest.mark.parametrize("actor", [None, {"id": "eve"}], ids=["anonymous", "stranger"])
async def test_who_was_not_allowed_reads_verdicts_and_changes_none(
    story_db: Path, actor: dict[str, Any] | None
) -> None:
    with sqlite3.connect(story_db) as connection:
        judge_match(connection, 2, "right", None, "ada", "2024-05-03T10:00:00+00:00")
    instance = await serve(story_db)
    page = await seen(instance, PAIR, actor)
    assert page.one("span", "nc-verdict").text == "judged right by ada 2024-05-03"
    assert not page.all("details", "nc-judge")
    refused = await send(instance, actor, verdict="wrong")
    assert refused.status_code == 403
    assert "permission to judge" in refused.text
    assert [v[1] for v in stored(story_db)] == ["right"]


@pytest.mark.asyncio
async def test_nobody_but_root_may_judge_unless_the_configuration_says_so(story_db: Path) -> None:
    instance = await serve(story_db, None)
    if IS_ONE:
        instance.root_enabled = True
    assert (await send(instance, ADA, verdict="wrong")).status_code == 403
    assert not (await seen(instance, PAIR, ADA)).all("details", "nc-judge")
    assert (await send(instance, {"id": "root"}, verdict="wrong")).status_code == 303


@pytest.mark.asyncio
async def test_a_permission_for_another_database_is_none_for_this_one(story_db: Path) -> None:
    other = {"databases": {"views": {"permissions": {"newscompare-verdict": {"id": "ada"}}}}}
    assert (await send(await serve(story_db, other), ADA, verdict="wrong")).status_code == 403
    everywhere = {"permissions": {"newscompare-verdict": {"id": "ada"}}}
    assert (await send(await serve(story_db, everywhere), ADA, verdict="wrong")).status_code == 303


@pytest.mark.asyncio
async def test_a_read_only_instance_shows_verdicts_and_takes_none(story_db: Path) -> None:
    with sqlite3.connect(story_db) as connection:
        judge_match(connection, 2, "right", None, "ada", "2024-05-03T10:00:00+00:00")
    instance = await serve(story_db, immutable=True)
    page = await seen(instance, PAIR, ADA)
    assert page.one("span", "nc-verdict").text.startswith("judged right by ada")
    assert not page.all("details", "nc-judge")
    refused = await send(instance, ADA, verdict="wrong")
    assert refused.status_code == 403
    assert "read-only" in refused.text


@pytest.mark.asyncio
async def test_a_file_that_may_not_be_written_shows_no_form(story_db: Path) -> None:
    story_db.chmod(0o444)
    with ordinary_rights():
        instance = await serve(story_db)
        assert not (await seen(instance, PAIR, ADA)).all("details", "nc-judge")
        assert (await send(instance, ADA, verdict="wrong")).status_code == 403


@pytest.mark.asyncio
async def test_while_another_program_writes_the_reader_is_told_so(story_db: Path) -> None:
    instance = await serve(story_db)
    await instance.get_database("news").execute_write("pragma busy_timeout=50")
    loader = sqlite3.connect(story_db, isolation_level=None)
    loader.execute("begin immediate")
    try:
        refused = await send(instance, ADA, verdict="wrong")
    finally:
        loader.execute("rollback")
        loader.close()
    assert refused.status_code == 503
    assert "If a loader is writing, try again" in refused.text
    assert (await send(instance, ADA, verdict="wrong")).status_code == 303


@pytest.mark.asyncio
async def test_a_hostile_note_stays_text(story_db: Path) -> None:
    instance = await serve(story_db)
    note = "</textarea><script>alert(1)</script>\" onclick='x' {{ 7*7 }}"
    await send(instance, ADA, verdict="wrong", note=note)
    for path in (PAIR, f"{ROOT}/verdicts"):
        response = await get(instance, path, ADA)
        assert "<script>alert" not in response.text
        assert [n.text for n in parse(response.text).all("span", "nc-note")] == [note]
    assert form_of(await seen(instance, PAIR, ADA), 2).one("textarea").text == note


@pytest.mark.asyncio
async def test_what_can_not_be_stored_is_refused_in_words(story_db: Path) -> None:
    instance = await serve(story_db)
    for form in ({}, {"verdict": "maybe"}, {"verdict": ""}):
        refused = await send(instance, ADA, **form)
        assert refused.status_code == 400
        assert "Choose a verdict: right, wrong, unsure" in refused.text
    refused = await send(instance, ADA, verdict="right", note="x" * (LONGEST_NOTE + 234))
    assert refused.status_code == 400
    assert "The note has 1,234 characters; 1,000 are the most" in refused.text
    assert (await send(instance, ADA, verdict="right", note="x" * LONGEST_NOTE)).status_code == 303
    assert (await send(instance, ADA, 9_999, verdict="right")).status_code == 404
    assert (await send(instance, ADA, 2**63, verdict="right")).status_code == 404
    assert (await send(instance, ADA, "two", verdict="right")).status_code == 404
    assert len(stored(story_db)) == 1


@pytest.mark.asyncio
async def test_the_address_only_takes_posts(story_db: Path) -> None:
    response = await get(await serve(story_db), f"{ROOT}/match/2/verdict", ADA)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.asyncio
async def test_another_site_can_not_judge_in_a_persons_name(story_db: Path) -> None:
    instance = await serve(story_db)
    cookies = {"ds_actor": instance.sign({"a": ADA}, "actor")}
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    path = f"{ROOT}/match/2/verdict"
    answer = await instance.client.post(path, data={"verdict": "wrong"}, cookies=cookies, headers=headers)
    assert answer.status_code == 403
    assert stored(story_db) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["//evil.example/", "left=x&next=https://evil.example", "a\r\nSet-Cookie: b=c"])
async def test_the_way_back_leads_nowhere_else(story_db: Path, query: str) -> None:
    answer = await send(await serve(story_db), ADA, verdict="wrong", query=query)
    assert answer.headers["location"] == f"{PAIR}#match-2"
    assert "set-cookie" not in answer.headers or "b=c" not in answer.headers["set-cookie"]


@pytest.mark.asyncio
async def test_the_way_back_keeps_the_sides(story_db: Path) -> None:
    swapped = "left=post&right=ledger&match=2&score=0.5"
    answer = await send(await serve(story_db), ADA, verdict="wrong", query=swapped)
    assert answer.headers["location"] == f"{ROOT}/compare?left=post&right=ledger&score=0.5#match-2"


@pytest.mark.asyncio
@pytest.mark.parametrize("table", ["matches", "verdicts", "articles"])
async def test_who_may_not_see_a_table_may_not_judge_by_it(story_db: Path, table: str) -> None:
    config = {"databases": {"news": {**ALLOWED["databases"]["news"], **private("news", table)["databases"]["news"]}}}
    instance = await serve(story_db, config)
    assert (await send(instance, ADA, verdict="wrong")).status_code == 403
    assert stored(story_db) == []


@pytest.mark.asyncio
async def test_a_private_database_takes_verdicts_only_of_its_readers(story_db: Path) -> None:
    config = {"databases": {"news": {**ALLOWED["databases"]["news"], **ONLY_READER}}}
    assert (await send(await serve(story_db, config), ADA, verdict="wrong")).status_code == 403


@pytest.fixture
def judged_db(story_db: Path) -> Path:
    """Four matches judged: the two paraphrases above 0.9 differently."""
    said = [(2, "wrong", "another number"), (4, "right", None), (6, "right", None), (8, "unsure", "what is meant?")]
    with sqlite3.connect(story_db) as connection:
        for at, (match, verdict, note) in enumerate(said):
            judge_match(connection, match, verdict, note, "ada", f"2024-05-03T10:00:0{at}+00:00")
        judge_match(connection, 2, "right", None, "ruth", "2024-05-03T11:00:00+00:00")
    return story_db


@pytest.mark.asyncio
async def test_the_measured_precision_stands_with_the_matches(judged_db: Path) -> None:
    instance = await serve(judged_db)
    for page in (await seen(instance, PAIR), await seen(instance, f"{ROOT}/verdicts")):
        table = page.one("table", "nc-precision")
        assert [tr.text for tr in table.one("tbody").all("tr")] == [
            "verbatim 0.9 to 1.0 1 0 0 100%",
            "near-verbatim 0.9 to 1.0 1 0 0 100%",
            "paraphrase 0.9 to 1.0 1 1 0 50%",
            "paraphrase 0.8 to 0.9 0 0 1 –",
        ]
    legend = (await seen(instance, PAIR)).one("div", "nc-legend")
    assert "People found 3 of 4 judged matches right" in legend.text


@pytest.mark.asyncio
async def test_the_page_of_verdicts_lists_them_and_leads_to_each_pair(judged_db: Path) -> None:
    instance = await serve(judged_db)
    page = await seen(instance, f"{ROOT}/verdicts")
    entries = page.one("ul", "nc-verdicts").all("li")
    assert entries[0].text.startswith("right says ruth 2024-05-03 11:00 of a paraphrase match, score 0.94")
    assert entries[1].text.startswith("unsure says ada")
    assert entries[0].all("a")[0].attributes["href"] == f"{PAIR}#match-2"
    wrong = await seen(instance, f"{ROOT}/verdicts?verdict=wrong")
    assert len(wrong.one("ul", "nc-verdicts").all("li")) == 1
    assert "another number" in wrong.text
    assert (await get(instance, f"{ROOT}/verdicts?verdict=maybe")).status_code == 400


@pytest.mark.asyncio
async def test_the_csv_of_the_page_is_what_the_command_takes_in(judged_db: Path, tmp_path: Path) -> None:
    response = await get(await serve(judged_db), f"{ROOT}/verdicts.csv")
    listed = list(csv.DictReader(io.StringIO(response.text)))
    assert len(listed) == 5
    other, file = build(tmp_path / "other.db"), tmp_path / "verdicts.csv"
    file.write_text(response.text)
    result = CliRunner().invoke(cli, ["newscompare", "verdicts", str(other), "--import", str(file)])
    assert "Took in 5 verdicts, 0 skipped." in result.output
    assert sorted(map(repr, stored(other))) == sorted(map(repr, stored(judged_db)))


@pytest.mark.asyncio
async def test_a_verdict_whose_match_is_gone_is_still_shown(judged_db: Path) -> None:
    with sqlite3.connect(judged_db) as connection:
        connection.execute("delete from matches where id = 6")
    page = await seen(await serve(judged_db), f"{ROOT}/verdicts")
    [gone] = [li for li in page.one("ul", "nc-verdicts").all("li") if "no longer matched" in li.text]
    assert gone.all("a")[0].attributes["href"] == f"{ROOT}/compare?left=ledger&right=wire"


@pytest.mark.asyncio
async def test_a_page_without_verdicts_says_so(story_db: Path) -> None:
    instance = await serve(story_db)
    assert "Nobody has judged a match yet." in (await seen(instance, f"{ROOT}/verdicts")).text
    assert not (await seen(instance, PAIR)).all("table", "nc-precision")
