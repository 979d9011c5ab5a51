"""What an entity's page shows of how sources describe it, when they name it and where they differ about it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from instances import get, private, serve
from pages_html import Node, parse
from pages_story import build

from datasette_newscompare.serving.pages._timeline import timeline

ROOT = "/news/-/newscompare"
PAGE = f"{ROOT}/entity/1"


def describe(connection: sqlite3.Connection, source: str, word: str, times: int, relation: str = "adjective") -> None:
    """Put a word to entity 1 in its first sentence of a source, as often as given."""
    (mention, start) = connection.execute(
        "select m.id, m.start from mentions m join articles a on a.id = m.article_id"
        " where m.entity_id = 1 and a.source_id = ? order by m.id limit 1",
        [source],
    ).fetchone()
    connection.executemany(
        "insert into describing_words (mention_id, relation, word, start, end) values (?, ?, ?, ?, ?)",
        [(mention, relation, word, start, start + 3)] * times,
    )


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        describe(connection, "ledger", "beloved", 9)
        describe(connection, "ledger", "burn", 1, "does")
        describe(connection, "post", "old", 8)
        describe(connection, "wire", "old", 7)
        connection.execute(
            "insert into entity_words select m.entity_id, a.source_id, d.relation, d.word, count(*)"
            " from describing_words d join mentions m on m.id = d.mention_id join articles a on a.id = m.article_id"
            " group by 1, 2, 3, 4"
        )
        connection.execute("insert into word_counts select relation, word, sum(count) from entity_words group by 1, 2")
        connection.execute("insert into word_counts values ('does', 'say', 2000)")  # of other entities
        connection.execute(
            "insert into match_entities select distinct m.id, n.entity_id from matches m"
            " join mentions n on n.sentence_id in (m.left_sentence_id, m.right_sentence_id)"
        )
    return path


async def seen(path: Path, address: str = PAGE, metadata: dict[str, Any] | None = None) -> Node:
    response = await get(await serve(path, metadata), address)
    assert response.status_code == 200, response.text
    return parse(response.text)


@pytest.mark.asyncio
async def test_words_that_one_source_uses_far_more_stand_with_counts_and_sentences(db: Path) -> None:
    page = await seen(db)
    (first, *_) = page.one("ul", "nc-distinctive").all("li")
    assert first.one("strong").text == "beloved"
    assert "adjectives The Ledger: 9 of 10 words; the others 0 of 15 score" in first.text
    assert first.one("blockquote").one("b", "nc-name").text == "har"
    (link,) = [a for a in first.all("a") if "entity_word_sentences" in a.attributes["href"]]
    answer = await get(await serve(db), link.attributes["href"].replace("?", ".json?"))
    assert len(answer.json()["rows"]) == 9


@pytest.mark.asyncio
async def test_every_source_shows_its_commonest_words_by_relation(db: Path) -> None:
    ledger, post, wire, radio = (await seen(db)).one("div", "nc-words").all("section")
    assert ledger.one("h3").text == "The Ledger 10 words"
    assert [dt.text for dt in ledger.all("dt")] == ["names", "adjectives", "does"]
    assert [dd.text for dd in ledger.all("dd")] == ["harbour market 2", "beloved 9", "burn"]
    assert [s.all("dd")[1].text for s in (post, wire)] == ["old 8", "old 7"]
    assert [dt.text for dt in radio.all("dt")] == ["names"]  # it puts no word to it


@pytest.mark.asyncio
async def test_every_spelling_leads_to_its_sentences_of_all_sources_and_of_each(db: Path) -> None:
    page = await seen(db)
    found: Counter[tuple[str, bool]] = Counter()
    for link in page.all("a"):
        address = link.attributes.get("href", "")
        if "/entity_spelling_sentences?" in address:
            answer = await get(await serve(db), address.replace("?", ".json?"))
            found[link.text, "source_id=" in address] += len(answer.json()["rows"])
    aliases = {"harbour market": 4, "market at the harbour": 1}
    assert found == {(alias, of_source): n for alias, n in aliases.items() for of_source in (False, True)}


@pytest.mark.asyncio
async def test_spellings_stay_without_links_for_who_may_not_see_their_sentences(db: Path) -> None:
    page = await seen(db, metadata=private("news", "entity_spelling_sentences"))
    assert "entity_spelling_sentences" not in " ".join(a.attributes.get("href", "") for a in page.all("a"))
    assert page.all("ul", "nc-chips")[0].text == "harbour market 4 market at the harbour 1"
    assert "names" not in [dt.text for dt in page.one("div", "nc-words").all("dt")]


@pytest.mark.asyncio
async def test_words_are_left_out_for_who_may_not_see_them(db: Path) -> None:
    page = await seen(db, metadata=private("news", "entity_words"))
    assert "beloved" not in page.text
    assert {dt.text for dt in page.one("div", "nc-words").all("dt")} == {"names"}
    assert "All words with their counts" not in page.text


@pytest.mark.asyncio
async def test_who_may_see_neither_words_nor_spellings_sees_no_heading_for_them(db: Path) -> None:
    page = await seen(db, metadata=private("news", "entity_words", "entity_spellings"))
    assert not page.all("h2", id="words")


@pytest.mark.asyncio
async def test_what_a_single_source_says_is_no_difference(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("delete from entity_words where source_id <> 'ledger'")
    page = await seen(db)
    assert not page.all("ul", "nc-distinctive")
    assert "not be chance" not in page.text
    headings = [h3.text for h3 in page.one("div", "nc-words").all("h3")]
    assert headings == ["The Ledger 10 words", "The Post", "The Radio", "The Wire"]


@pytest.mark.asyncio
async def test_a_people_and_its_country_lead_to_each_other(seeds_db: Path) -> None:
    root = f"/{seeds_db.stem}/-/newscompare/entity"
    with sqlite3.connect(seeds_db) as connection:
        ids = dict(connection.execute("SELECT name, id FROM entities"))
        [(count,)] = connection.execute("SELECT sentence_count FROM entities WHERE name = 'American'")
    instance = await serve(seeds_db)
    people = (await get(instance, f"{root}/{ids['American']}.json")).json()
    assert (people["people_of"]["id"], people["peoples"]) == (ids["United States"], [])
    country = (await get(instance, f"{root}/{ids['United States']}.json")).json()
    assert country["people_of"] is None
    assert [(p["name"], p["sentence_count"]) for p in country["peoples"]] == [("American", count)]
    person = (await get(instance, f"{root}/{ids['Vladimir Putin']}.json")).json()
    assert (person["people_of"], person["peoples"]) == (None, [])


@pytest.mark.asyncio
async def test_differences_about_it_lead_to_the_pair(db: Path) -> None:
    page = await seen(db)
    (item,) = [li for ul in page.all("ul", "nc-quotes") for li in ul.all("li") if "side by side" in li.text]
    assert item.text == "number The Ledger: 12 · The Post: Fifteen side by side"
    assert item.one("a").attributes["href"] == f"{ROOT}/compare?left=ledger&right=post#match-2"


@pytest.mark.asyncio
async def test_company_is_counted_over_all_its_articles(db: Path) -> None:
    data = (await get(await serve(db), f"{PAGE}.json")).json()
    told = {(e["name"], e["article_count"]) for e in data["appears_with"]}
    assert told == {("Fire Brigade", 1), ("100%_Co", 1)}


@pytest.mark.asyncio
async def test_timeline_has_a_bar_for_each_day_that_leads_to_its_articles(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("update articles set published = '2024-05-03' where id = 'post'")
    page = await seen(db)
    bars = page.one("figure", "nc-time").all("a")
    assert [a.attributes["aria-label"] for a in bars] == ["2024-05-01: 2 articles", "2024-05-03: 1 article"]
    assert "articles by day, 2 at most; 1 without a date" in page.one("figcaption").text
    answer = await get(await serve(db), bars[0].attributes["href"].replace("?", ".json?"))
    assert len(answer.json()["rows"]) == 2


class _Addresses:
    """As much of a `Call` as the timeline asks for."""

    def table_url(self, table: str) -> str:
        return f"/news/{table}"


@pytest.mark.parametrize(
    ("days", "unit", "periods"),
    [
        (["2024-02-28", "2024-03-01"], "day", ["2024-02-28", "2024-03-01"]),
        (["2023-11-30", "2024-03-01", "2024-03-31"], "month", ["2023-11", "2024-03"]),
        (["1999-12-31", "2024-03-01"], "year", ["1999", "2024"]),
        (["2024", "2024-03-01"], "year", ["2024"]),
        (["9999-12-31", "9999-12-30", "soon", None], "day", ["9999-12-30", "9999-12-31"]),
    ],
)
def test_timeline_counts_by_day_month_or_year(days: list[str | None], unit: str, periods: list[str]) -> None:
    found = timeline(_Addresses(), 1, [{"day": day, "n": 1} for day in days])  # type: ignore[arg-type]
    assert (found["unit"], [bar["period"] for bar in found["bars"]]) == (unit, periods)
    known = [day for day in days if day and day != "soon"]
    assert sum(bar["article_count"] for bar in found["bars"]) == len(known)
    assert found["undated"] == len(days) - len(known)
    assert max(bar["x"] + bar["width"] for bar in found["bars"]) <= found["width"]


def test_timeline_of_articles_without_a_date_is_none() -> None:
    assert timeline(_Addresses(), 1, [{"day": None, "n": 3}]) is None  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_what_takes_too_long_is_named_instead_of_the_whole_page_failing(db: Path) -> None:
    instance = await serve(db, facet_time_limit_ms=1, sql_time_limit_ms=3000)
    with sqlite3.connect(db) as connection:  # it never ends
        connection.execute("drop view entity_words_by_source")
        connection.execute(
            "create view entity_words_by_source as with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select i % 7 as entity_id, i as count, i as score, '' as source_id, '' as source,"
            " '' as relation, '' as word, 1 as source_words, 0 as other_count, 0 as other_words, 0 as log_odds"
            " from n where i % 7 = 9"
        )
    page = parse((await get(instance, PAGE)).text)
    assert "There are too many words to compare the sources here" in page.text
    assert page.all("section", "nc-group")
