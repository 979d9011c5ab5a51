"""Every page leads to the very SQL that made it, in Datasette's editor, for whoever may run SQL."""

from __future__ import annotations

import html
import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import walk
from instances import ONLY_READER, get, private, serve
from pages_html import parse
from pages_story import build

from datasette_newscompare.serving import asked
from datasette_newscompare.serving.pages import PAGES
from datasette_newscompare.serving.router import Call, Route

Ran = list[tuple[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def news_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = build(tmp_path_factory.mktemp("news") / "news.db")
    with sqlite3.connect(path) as connection:
        connection.execute(
            "insert into verdicts (left_article_id, left_sentence_id, left_text, right_article_id, right_sentence_id, "
            "right_text, verdict, at) select left_article_id, left_sentence_id, '', right_article_id, "
            "right_sentence_id, '', 'wrong', '2024-05-01' from matches limit 1"
        )
    return path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """What pages ask the database, and what they get."""
    seen: Ran = []
    rows = Call.rows

    async def noted(self: Call, sql: str, *arguments: Any, **options: Any) -> list[dict[str, Any]]:
        found = await rows(self, sql, *arguments, **options)
        seen.append((sql.strip(), found))
        return found

    monkeypatch.setattr(Call, "rows", noted)
    return seen


def links(text: str) -> list[str]:
    found = re.search(r'<details class="nc-sql">.*?</details>', text, re.DOTALL)
    return [html.unescape(link) for link in re.findall(r'href="([^"]*)"', found[0])] if found else []


@pytest.mark.asyncio
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("query", ["", "q=dam&source=ledger&entity=1&sort=sources&several=1&verdict=right"])
async def test_each_link_gives_the_rows_that_the_page_was_made_of(
    news_db: Path, ran: Ran, page: Route, query: str
) -> None:
    instance = await serve(news_db)
    answer = await get(instance, walk.address(news_db, page, query=query))
    assert answer.status_code == 200
    made, found = list(ran), links(answer.text)
    assert found
    assert {sql for sql, _ in made} == {parse_qs(urlsplit(link).query)["sql"][0] for link in found}
    for link in found:
        shown = await get(instance, f"{link}&_shape=array".replace("?", ".json?", 1))
        assert shown.status_code == 200, shown.text
        assert (parse_qs(urlsplit(link).query)["sql"][0], shown.json()) in made, link


@pytest.mark.asyncio
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_each_query_says_what_it_is_after(news_db: Path, page: Route, ran: Ran) -> None:
    await get(await serve(news_db), walk.address(news_db, page))
    assert ran
    assert [sql for sql, _ in ran if asked.Asked(sql, {}).title == "A query"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize("closed", [{"allow_sql": False}, {"permissions": {"execute-sql": False}}])
async def test_no_link_where_sql_is_switched_off(news_db: Path, closed: dict[str, Any]) -> None:
    instance = await serve(news_db, {"databases": {"news": closed}})
    refused = (await get(instance, "/news.json?sql=select+1", follow_redirects=True)).status_code == 403
    for page in PAGES:
        answer = await get(instance, walk.address(news_db, page))
        assert (links(answer.text) == []) == refused, page.name


@pytest.mark.asyncio
@pytest.mark.parametrize("metadata", [ONLY_READER, private("news")])
async def test_links_stand_where_a_private_database_is_open_to_the_reader(
    news_db: Path, metadata: dict[str, Any]
) -> None:
    answer = await get(await serve(news_db, metadata), "/news/-/newscompare", {"id": "reader"})
    assert len(links(answer.text)) > 3


@pytest.mark.asyncio
async def test_a_query_with_too_many_values_for_an_address_is_named_without_a_link(
    news_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "LONGEST_ADDRESS", 400)
    answer = await get(await serve(news_db), "/news/-/newscompare/story/7")
    assert 0 < len(links(answer.text)) < 13
    assert "too many values for an address" in parse(answer.text).text
