"""The plugin's frame: addresses and errors of the pages, ways to them from Datasette's own, queries, metadata."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from datasette.app import Datasette
from instances import get, rows, serve

from datasette_newscompare.serving import canned, links
from datasette_newscompare.serving._compat import IS_ONE
from datasette_newscompare.serving.pages import PAGES
from datasette_newscompare.serving.router import Route, page

ROOT = Path(__file__).parent.parent
METADATA = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
CONFIG = yaml.safe_load((ROOT / "docs" / "datasette.yml").read_text(encoding="utf-8"))
HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def news_db(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds under the name that metadata.yml describes."""
    return Path(shutil.copy(seeds_db, tmp_path_factory.mktemp("news") / "news.db"))


@pytest_asyncio.fixture
async def news(news_db: Path) -> Datasette:
    return await serve(news_db)


def content(text: str) -> str:
    """What the page holds between Datasette's own head and foot."""
    return text.partition('<section class="content">')[2].partition('<footer class="ft">')[0]


# Addresses, formats, errors


def test_page_is_registered_under_its_address_in_each_format() -> None:
    @page("/story/{id}", name="story", tables=("stories",))
    async def story(call: Any) -> Any: ...

    assert isinstance(story, Route)
    found = re.match(story.regex(), "/my~20news/-/newscompare/story/7.json")
    assert found is not None
    assert found.groupdict() == {"database": "my~20news", "id": "7", "format": "json"}
    assert re.match(story.regex(), "/news/-/newscompare/story/7/more") is None


@pytest.mark.asyncio
async def test_html_and_json_hold_the_same(news: Datasette) -> None:
    shown = await get(news, "/news/-/newscompare")
    data = (await get(news, "/news/-/newscompare.json")).json()
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert 'rel="alternate"' in shown.headers["link"]
    assert [story["title"] for story in data["stories"]]
    assert all(story["title"] in shown.text for story in data["stories"])


@pytest.mark.asyncio
async def test_lists_come_as_csv(news: Datasette) -> None:
    response = await get(news, "/news/-/newscompare.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    (story,) = csv.DictReader(io.StringIO(response.text))
    assert "Putin" in story["title"]
    facts = list(csv.DictReader(io.StringIO((await get(news, "/news/-/newscompare/story/1.csv")).text)))
    assert any("500bn" in row["fact"] for row in facts)


@pytest.mark.asyncio
async def test_methods(news: Datasette) -> None:
    address = "/news/-/newscompare/story/1"
    head = await news.client.head(address)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["content-type"] == "text/html; charset=utf-8"
    posted = await news.client.post(address)
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await news.client.options(address)).status_code == 200
    assert (await news.client.head("/news/-/newscompare/story/999")).status_code == 404


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/story/999", 404),
        ("/story/one", 404),
        ("/story/99999999999999999999999", 404),
        ("/story/1;drop", 404),
        ("/article/none", 404),
        ("/article/~00", 404),
        ("/entity/999999", 404),
        ("/entity/-1", 404),
        ("/compare", 400),
        ("/compare?left=none&right=neither", 404),
        ("/nothing-here", 404),
        ("/story/1/more", 404),
    ],
)
async def test_what_is_not_there_is_said_in_words(news: Datasette, address: str, status: int) -> None:
    response = await get(news, "/news/-/newscompare" + address)
    assert response.status_code == status
    assert "<h1>" in response.text
    path, _, query = address.partition("?")
    as_json = await get(news, f"/news/-/newscompare{path}.json?{query}")
    assert as_json.status_code == status
    assert (as_json.json()["ok"], as_json.json()["status"]) == (False, status)
    assert as_json.json()["error"]


@pytest.mark.asyncio
async def test_database_that_was_not_loaded_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table stories (id integer primary key, title text)")
        connection.execute("insert into stories (title) values ('A title')")
    instance = await serve(path)
    for below in ("", "/story/1", "/entities"):
        response = await get(instance, f"/plain/-/newscompare{below}")
        assert response.status_code == 404
        assert "not loaded by datasette newscompare" in response.text
    assert "newscompare" not in (await get(instance, "/plain/stories")).text
    assert "newscompare" not in (await get(instance, "/plain")).text
    assert (await get(instance, "/nowhere/-/newscompare")).status_code == 404


def ours(text: str) -> list[str]:
    return re.findall(r'href="([^"]*/-/newscompare[^"]*)"', text)


@pytest.mark.asyncio
async def test_every_link_holds_the_base_url(news_db: Path) -> None:
    instance = await serve(news_db, base_url="/papers/")
    for below in ("/news/-/newscompare", "/news/-/newscompare/story/1", "/news/articles", "/news"):
        found = ours((await get(instance, below)).text)
        assert found
        assert all(re.match(r"(http://localhost)?/papers/news/-/newscompare", link) for link in found), found
    data = (await get(instance, "/news/-/newscompare.json")).json()
    assert data["stories"][0]["url"].startswith("/papers/news/-/newscompare/story/")


@pytest.mark.asyncio
async def test_database_is_found_by_its_route(news_db: Path) -> None:
    """As datasette-hashed-urls gives an unchanging database an address with its hash."""
    instance = await serve(news_db)
    instance.databases["news"].route = "news-0a1b2c3"
    response = await get(instance, "/news-0a1b2c3/-/newscompare")
    assert response.status_code == 200
    assert all("/news-0a1b2c3/-/newscompare" in link for link in ours(response.text))
    assert (await get(instance, "/news/-/newscompare")).status_code == 404


@pytest.mark.asyncio
async def test_odd_names_of_databases_and_articles_work(seeds_db: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(seeds_db, tmp_path / "the news, v1.5.db"))
    odd = "a/b.c d?e#é"
    with sqlite3.connect(path) as connection:
        ((old,),) = connection.execute("select min(id) from articles")
        for table, column in (
            ("articles", "id"),
            ("sentences", "article_id"),
            ("article_texts", "article_id"),
            ("article_entities", "article_id"),
            ("mentions", "article_id"),
            ("matches", "left_article_id"),
            ("matches", "right_article_id"),
        ):
            connection.execute(f"update {table} set {column} = ? where {column} = ?", (odd, old))
    instance = await serve(path)
    stories = await get(instance, "/the~20news~2C~20v1~2E5/-/newscompare")
    assert stories.status_code == 200
    table = await get(instance, "/the~20news~2C~20v1~2E5/articles")
    (link,) = [link for link in ours(table.text) if "/article/a" in link]
    article = await get(instance, link)
    assert article.status_code == 200
    assert (await get(instance, f"{link}.json")).status_code == 200
    matches = await get(instance, "/the~20news~2C~20v1~2E5/matches")
    compare = next(link for link in ours(matches.text) if "/compare" in link)
    assert (await get(instance, compare.replace("&amp;", "&"))).status_code == 200


@pytest.mark.asyncio
async def test_pages_bring_their_files_and_nothing_that_a_strict_policy_forbids(news: Datasette, news_db: Path) -> None:
    (left,), (right,) = rows(news_db, "select id from articles order by id")
    for below in ("", "/story/1", f"/compare?left={left}&right={right}", f"/article/{left}", "/entities", "/entity/1"):
        shown = (await get(news, "/news/-/newscompare" + below)).text
        files = re.findall(r'(?:href|src)="([^"]*static-plugins/datasette_newscompare/[^"]+)"', shown)
        assert files
        for file in files:
            assert (await get(news, file)).status_code == 200, file
        assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=", content(shown)) == []


# Ways from Datasette's own pages


@pytest.mark.asyncio
async def test_datasettes_own_pages_lead_to_ours(news: Datasette, news_db: Path) -> None:
    (left,), (right,) = rows(news_db, "select id from articles order by id")
    (match, sentence) = rows(news_db, "select id, left_sentence_id from matches order by id")[0]
    base = "/news/-/newscompare"
    for address, link in (
        ("/", base),
        ("/news", base),
        ("/news", f"{base}/entities"),
        ("/news/articles", base),
        ("/news/entities", f"{base}/entities"),
        ("/news/stories", f"{base}/story/1"),
        ("/news/stories/1", f"{base}/story/1"),
        ("/news/articles", f"{base}/article/{left}"),
        (f"/news/articles/{left}", f"{base}/article/{left}"),
        ("/news/entities", f"{base}/entity/1"),
        ("/news/matches", f"{base}/compare?left={left}&amp;right={right}#match-{match}"),
        (f"/news/matches/{match}", f"{base}/compare?left={left}&amp;right={right}#match-{match}"),
        ("/news/sentences", f"{base}/article/{left}#sentence-{sentence}"),
    ):
        assert link in ours((await get(news, address)).text), (address, link)


@pytest.mark.asyncio
async def test_places_that_links_name_are_there(news: Datasette, news_db: Path) -> None:
    (left,), (right,) = rows(news_db, "select id from articles order by id")
    (match, sentence) = rows(news_db, "select id, left_sentence_id from matches where is_primary order by id")[0]
    compare = await get(news, "/news/-/newscompare" + links.compare_path(left, right))
    assert f'id="match-{match}"' in compare.text
    article = await get(news, "/news/-/newscompare" + links.article_path(left))
    assert f'id="sentence-{sentence}"' in article.text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a?b=c", True),
        ("HTTP://example.com", True),
        ("javascript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.com", False),
        ("https://", False),
        ("https://exa mple.com", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_http_addresses_are_safe(url: str | None, safe: bool) -> None:
    assert (links.safe_url(url) is not None) == safe


@pytest_asyncio.fixture
async def hostile(seeds_db: Path, tmp_path: Path) -> Datasette:
    """The seeds, with everything that others wrote turned against the reader."""
    path = Path(shutil.copy(seeds_db, tmp_path / "news.db"))
    with sqlite3.connect(path) as connection:
        for change in (
            "update sources set name = ? || id",
            "update stories set title = ?",
            "update articles set title = ? || id",
            "update articles set author = ?",
            "update entities set name = ? || id",
            "update entity_aliases set alias = ? || alias",
            "update mentions set text = ?",
            "update quotes set text = ?, speaker = ?1",
            "update facts set text = ?",
            "insert into differences (match_id, kind, left_text, right_text, note) "
            "select id, 'number', ?, ?1, ?1 from matches",
            "update matches set why = json_object('names', json_array(?), 'words', json_array(?1))",
        ):
            connection.execute(change, (HOSTILE,))
        # The offsets of what was found in the sentences stay true: the same length, the mark-up first.
        connection.execute("update sentences set text = substr(? || text, 1, length(text))", (HOSTILE,))
        connection.execute("update articles set url = 'javascript:alert(1)'")
    return await serve(path)


@pytest.mark.asyncio
async def test_hostile_words_are_shown_and_never_run(hostile: Datasette, seeds_db: Path) -> None:
    (left,), (right,) = rows(seeds_db, "select id from articles order by id")
    base = "/news/-/newscompare"
    asked = [base + below for below in ("", "?q=alert", "?entity=1", "/story/1", f"/compare?left={left}&right={right}")]
    asked += [base + below for below in (f"/article/{left}", "/entities", "/entity/1")]
    asked += [f"/news/{table}?_facet_entity=all&_entity=1" for table in ("articles", "sentences", "stories", "matches")]
    asked += ["/", "/news", "/news/entities", "/news/stories/1", f"/news/articles/{left}"]
    asked += [f"/news/{query.name}" for query in canned.QUERIES]
    asked += [f"/news/articles?_entity={HOSTILE}", f"{base}/compare?left={HOSTILE}&right=x"]
    shown = 0
    for address in asked:
        text = (await get(hostile, address)).text
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert 'href="javascript:' not in text, address
        shown += "&lt;script&gt;alert" in text
    assert shown > len(asked) / 2


# Queries


async def answer(instance: Datasette, query: canned.CannedQuery, **parameters: str) -> list[dict[str, Any]]:
    arguments = "&".join(f"{name}={value}" for name, value in parameters.items())
    response = await get(instance, f"/news/{query.name}.json?_shape=array&{arguments}")
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.asyncio
async def test_queries_are_listed_with_their_titles_and_explain_themselves(news: Datasette) -> None:
    listed = (await get(news, "/news")).text
    for query in canned.QUERIES:
        assert query.title in listed
        shown = (await get(news, f"/news/{query.name}")).text
        assert query.title in shown
        assert query.description[:40] in shown
        for parameter in query.parameters:
            assert f'name="{parameter}"' in shown


@pytest.mark.asyncio
async def test_only_in_one_source_finds_what_the_view_finds(news: Datasette, news_db: Path) -> None:
    found = await answer(news, canned.ONLY_IN_ONE_SOURCE)
    told = rows(news_db, "select sentence_id from sentences_without_match")
    assert {row["sentence_id"] for row in found} == {sentence for (sentence,) in told}
    source = found[0]["source"]
    narrowed = await answer(news, canned.ONLY_IN_ONE_SOURCE, source=source, story="1")
    assert narrowed == [row for row in found if row["source"] == source]
    assert await answer(news, canned.ONLY_IN_ONE_SOURCE, story="2") == []


@pytest.mark.asyncio
async def test_most_alike_begins_with_the_surest(news: Datasette, news_db: Path) -> None:
    found = await answer(news, canned.MOST_ALIKE)
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    assert len(found) == rows(news_db, "select count(*) from matches")[0][0]
    kind = found[0]["kind"]
    assert await answer(news, canned.MOST_ALIKE, kind=kind) == [row for row in found if row["kind"] == kind]
    assert await answer(news, canned.MOST_ALIKE, source="nobody") == []


@pytest.mark.asyncio
async def test_entities_by_source_counts_articles(news: Datasette, news_db: Path) -> None:
    found = await answer(news, canned.ENTITIES_BY_SOURCE, entity="Donald Trump", type="person")
    assert {row["source"] for row in found} == {name for (name,) in rows(news_db, "select name from sources")}
    assert {(row["article_count"], row["share_of_its_articles"]) for row in found} == {(1, 1.0)}
    assert await answer(news, canned.ENTITIES_BY_SOURCE, entity="Donald Trump", type="place") == []


@pytest.mark.asyncio
async def test_numbers_and_first_reports(seeds_db: Path, tmp_path: Path) -> None:
    """What the two seed articles do not hold: a number that differs, and dates."""
    path = Path(shutil.copy(seeds_db, tmp_path / "news.db"))
    with sqlite3.connect(path) as connection:
        (first, second) = (name for (name,) in connection.execute("select id from sources order by id"))
        connection.execute(
            "insert into differences (match_id, kind, left_text, right_text, note) "
            "select min(id), 'number', '12', '15', 'another number' from matches"
        )
        connection.execute("update articles set published = '2025-02-2' || (4 + (source_id = ?))", (second,))
        connection.execute("update facts set first_source_id = ?, first_published = '2025-02-24'", (first,))
    instance = await serve(path)
    (numbers,) = [row for row in await answer(instance, canned.NUMBERS_THAT_DIFFER) if row["note"] == "another number"]
    assert (numbers["left_number"], numbers["right_number"]) == ("12", "15")
    reports = await answer(instance, canned.WHO_REPORTS_FIRST)
    assert len(reports) == rows(path, "select count(*) from facts")[0][0]
    assert {row["first_source"] for row in reports} == {
        rows(path, "select name from sources where id = ?", first)[0][0]
    }
    assert all(row["followed_by"].endswith("2025-02-25") for row in reports)
    assert await answer(instance, canned.WHO_REPORTS_FIRST, source=second) == []


@pytest.mark.asyncio
@pytest.mark.skipif(not IS_ONE, reason="0.65 takes queries from metadata")
async def test_query_of_the_same_name_in_the_configuration_stays_on_1(news_db: Path) -> None:
    own = {"databases": {"news": {"queries": {"most_alike": {"sql": "select 'mine' as whose"}}}}}
    instance = Datasette([str(news_db)], config=own)
    await instance.invoke_startup()
    assert await answer(instance, canned.MOST_ALIKE) == [{"whose": "mine"}]


@pytest.mark.asyncio
@pytest.mark.skipif(IS_ONE, reason="1.0 takes queries from its configuration")
async def test_query_of_the_same_name_in_metadata_stays_on_065(news_db: Path) -> None:
    own = {"databases": {"news": {"queries": {"most_alike": {"sql": "select 'mine' as whose"}}}}}
    assert await answer(await serve(news_db, own), canned.MOST_ALIKE) == [{"whose": "mine"}]


@pytest.mark.parametrize("query", canned.QUERIES, ids=lambda query: query.name)
def test_query_reads_its_large_tables_by_index(news_db: Path, query: canned.CannedQuery) -> None:
    with sqlite3.connect(news_db) as connection:
        plan = connection.execute("explain query plan " + query.sql, dict.fromkeys(query.parameters, ""))
        scanned = [row[3].split()[1] for row in plan if row[3].startswith("SCAN ")]
    assert not {"sentences", "left_sentences", "right_sentences", "mentions", "source_entities"} & set(scanned)


# Metadata


TABLE_SETTINGS = ("label_column", "sort", "sort_desc", "facets", "hidden")


def test_both_files_set_the_tables_alike() -> None:
    told = METADATA["databases"]["news"]["tables"]
    kept = {name: {key: of[key] for key in TABLE_SETTINGS if key in of} for name, of in told.items()}
    assert CONFIG["databases"]["news"]["tables"] == {name: of for name, of in kept.items() if of}


@pytest_asyncio.fixture(params=["metadata.yml", "docs/datasette.yml"])
async def described(request: pytest.FixtureRequest, news_db: Path) -> Datasette:
    """An instance with metadata.yml, and on 1.0 also one with both files."""
    if request.param == "metadata.yml":
        return await serve(news_db, METADATA)
    if not IS_ONE:
        pytest.skip("for Datasette 1.0")
    instance = Datasette([str(news_db)], metadata=METADATA, config=CONFIG)
    await instance.invoke_startup()
    return instance


@pytest.mark.asyncio
async def test_datasette_shows_what_metadata_says(described: Datasette, news_db: Path) -> None:
    home = (await get(described, "/")).text
    assert METADATA["title"] in home
    assert METADATA["license"] in home
    tables = METADATA["databases"]["news"]["tables"]
    stories = html.unescape((await get(described, "/news/stories")).text)
    assert tables["stories"]["description"] in stories
    assert tables["stories"]["columns"]["given_name"] in stories
    assert "person (entity)" in re.sub(r"\s+", " ", stories)
    matches = (await get(described, "/news/matches")).text
    ((sentence,),) = rows(
        news_db, "select text from sentences where id = (select left_sentence_id from matches order by score desc)"
    )
    assert sentence.split()[-1].strip(".”\"'’") in matches, "a link to a sentence shows its words"


@pytest.mark.asyncio
async def test_internals_are_hidden(described: Datasette) -> None:
    tables = {table["name"]: table["hidden"] for table in (await get(described, "/news.json")).json()["tables"]}
    hidden = {name for name, is_hidden in tables.items() if is_hidden}
    joins = {f"{row}_entities" for row in ("article", "sentence", "source", "story", "match", "fact")} | {
        "facet_bitmaps",
        "facet_value_bitmaps",
        "sentence_entity_ids",
        "article_entity_ids",
    }
    assert joins | {"_sqlite_migrations", "articles_fts", "sentences_fts"} <= hidden
    assert not {"articles", "sentences", "matches", "entities", "mentions", "fact_sentences"} & hidden


@pytest.mark.asyncio
async def test_every_described_table_opens_sorted_and_faceted_as_set(described: Datasette, news_db: Path) -> None:
    for name, told in METADATA["databases"]["news"]["tables"].items():
        response = await get(described, f"/news/{name}")
        assert response.status_code == 200, name
        assert f"sorted by {told['sort_desc']} descending" in response.text if "sort_desc" in told else True
        if not rows(news_db, f"select 1 from {name} limit 1"):
            continue
        for facet in told.get("facets", []):
            panel = facet if isinstance(facet, str) else facet["entity"]
            assert f'id="facet-{panel}' in response.text, (name, panel)


def test_every_page_has_a_name_and_tables_of_its_own() -> None:
    assert len({route.name for route in PAGES}) == len({route.path for route in PAGES}) == len(PAGES)
    assert all(route.tables for route in PAGES)
