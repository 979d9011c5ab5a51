"""Who may see what: every address of the plugin answers as Datasette answers for the tables behind it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import walk
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm
from instances import DEMO_ACTOR, ONLY_READER, get, private, rows, serve

from datasette_newscompare.serving import canned, facets
from datasette_newscompare.serving.pages import PAGES

FORMATS = ("", ".json", ".csv")
STRANGER = {"id": "stranger"}
QUERY = "?_shape=array"


@pytest.fixture(scope="module")
def news_db(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds with a number that differs, so that every query and page has something that it could give away."""
    path = tmp_path_factory.mktemp("news") / "news.db"
    shutil.copy(seeds_db, path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "insert into differences (match_id, kind, left_text, right_text) "
            "select min(id), 'number', '$500bn', '£396bn' from matches"
        )
        connection.execute(
            "update entities set difference_count = (select count(*) from match_entities m join differences d "
            "using (match_id) where m.entity_id = entities.id)"
        )
        connection.execute("update facts set first_source_id = (select min(id) from sources)")
    return path


def secrets(path: Path) -> list[str]:
    """Words that stand in the database and nowhere else."""
    names = [name for (name,) in rows(path, "select name from entities where length(name) > 8")]
    titles = [title for (title,) in rows(path, "select title from articles")]
    return [*names, *titles, "£396bn"]


def gives_away(path: Path, text: str) -> list[str]:
    return [secret for secret in secrets(path) if secret in text]


def entity_addresses() -> list[str]:
    return [
        f"/news/{table}{form}{query}"
        for table in facets.JOINS
        for form in FORMATS
        for query in ("?_entity=1", "?_facet_entity=all&_extra=facet_results", "?_facet_entity=person&_entity=1")
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("metadata", [ONLY_READER, private("news")], ids=["instance", "database"])
@pytest.mark.parametrize("actor", [None, STRANGER], ids=["anonymous", "stranger"])
async def test_private_instance_and_database_give_nothing_away(
    news_db: Path, metadata: dict[str, Any], actor: dict[str, Any] | None
) -> None:
    instance = await serve(news_db, metadata)
    asked = [address for _, address in walk.addresses(news_db)] + entity_addresses()
    asked += [f"/news/{query.name}{form}" for query in canned.QUERIES for form in FORMATS]
    for address in asked:
        response = await get(instance, address, actor)
        assert response.status_code == 403, address
        assert gives_away(news_db, response.text) == [], address
    for address in ("/", "/news"):
        assert "newscompare" not in (await get(instance, address, actor)).text


@pytest.mark.asyncio
@pytest.mark.parametrize("metadata", [ONLY_READER, private("news")], ids=["instance", "database"])
async def test_private_instance_and_database_open_to_the_reader(news_db: Path, metadata: dict[str, Any]) -> None:
    instance = await serve(news_db, metadata)
    for page, address in walk.addresses(news_db):
        response = await get(instance, address, DEMO_ACTOR)
        has_csv = page.name not in ("story", "compare", "entity", "source") or response.status_code == 200
        has_form = page.name == "stories" if ".atom" in address else ".csv" not in address or has_csv
        assert response.status_code == (200 if has_form else 404), address
    story = await get(instance, "/news/-/newscompare/story/1", DEMO_ACTOR)
    assert "🔒" in story.text
    for query in canned.QUERIES:
        assert (await get(instance, f"/news/{query.name}.json{QUERY}", DEMO_ACTOR)).json(), query.name
    assert "newscompare" in (await get(instance, "/", DEMO_ACTOR)).text


@pytest.mark.asyncio
@pytest.mark.parametrize("level", ["instance", "database", "table", "view"])
async def test_roles_decide_as_they_do_for_datasettes_own_pages(news_db: Path, level: str) -> None:
    allow = {"allow": {"roles": ["editor", "reporter"]}}
    closed = {"table": "stories", "view": "sentences_without_match"}.get(level)
    metadata: dict[str, Any] = {"databases": {"news": {"tables": {closed: allow}} if closed else allow}}
    instance = await serve(news_db, allow if level == "instance" else metadata)
    page = "/news/-/newscompare/story/1"
    for roles, status in ((["editor"], 200), (["guest", "reporter"], 200), (["guest"], 403), ([], 403)):
        actor = {"id": "ada", "roles": roles}
        assert (await get(instance, page, actor)).status_code == status, roles
        if closed:
            assert (await get(instance, f"/news/{closed}.json", actor)).status_code == status
    assert (await get(instance, f"{page}.json")).status_code == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted({table for page in PAGES for table in page.tables}))
async def test_private_table_closes_the_pages_that_read_it_and_no_other(news_db: Path, table: str) -> None:
    instance = await serve(news_db, private("news", table))
    closed = (await get(instance, f"/news/{table}")).status_code
    assert closed == 403
    for page, address in walk.addresses(news_db):
        response = await get(instance, address)
        if table in page.tables:
            assert response.status_code == closed, address
            assert gives_away(news_db, response.text) == []
            assert (await get(instance, address, STRANGER)).status_code == closed
            assert (await get(instance, address, DEMO_ACTOR)).status_code != closed
        else:
            assert response.status_code != closed, address


@pytest.mark.asyncio
async def test_table_that_is_open_in_a_private_database_answers_as_datasette_does(news_db: Path) -> None:
    named = rows(news_db, "select name from sqlite_master where type in ('table', 'view')")
    tables = {name: {"allow": True} for (name,) in named}
    instance = await serve(news_db, {"databases": {"news": {**ONLY_READER, "tables": tables}}})
    assert (await get(instance, "/news")).status_code == 403
    assert (await get(instance, "/news/stories")).status_code == 200
    for page, address in walk.addresses(news_db):
        assert (await get(instance, address)).status_code != 403, page.name


class Reads:
    """A plugin that writes down which tables and views SQLite is asked to read, and on behalf of which view."""

    __name__ = "reads"  # 0.65 asks every plugin for it

    def __init__(self) -> None:
        self.seen: set[tuple[str, str | None]] = set()

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        def note(action: int, table: str | None, column: str | None, schema: str | None, view: str | None) -> int:
            if action == sqlite3.SQLITE_READ and schema == "main":
                self.seen.add((str(table), view))
            return sqlite3.SQLITE_OK

        if database == "news":
            conn.set_authorizer(note)


async def reads_of(path: Path, address: str, closed: tuple[str, ...] = ()) -> set[tuple[str, str | None]]:
    """What an anonymous reader's request makes SQLite read, where some tables are kept for another."""
    reads = Reads()
    pm.register(reads, name="reads")
    metadata = {
        "databases": {"news": {"tables": {table: dict(ONLY_READER) for table in closed}}}
    }  # 1.0 empties what it is given
    try:
        await get(await serve(path, metadata), address)
    finally:
        pm.unregister(name="reads")
    return reads.seen


def undeclared(seen: set[tuple[str, str | None]], tables: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """What was read beside the declared tables and what stands behind declared views.

    A search index that is read shows as itself; how it stores its words is its own affair.
    """
    return sorted(
        (table, view)
        for table, view in seen
        if not {table, view} & {*tables, "json_each"} and "_fts_" not in table and not table.startswith("sqlite_")
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("name", [page.name for page in PAGES])
@pytest.mark.parametrize("query", ["", "q=Putin&search=Putin&source=x&entity=1&sort=sources"])
async def test_page_reads_only_tables_whose_permission_it_asked_for(news_db: Path, name: str, query: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    for form in walk.FORMS:
        address = walk.address(news_db, page, form, query)
        seen = await reads_of(news_db, address)
        assert {table for table, _ in seen} & set(page.tables), "the page reads something"
        assert undeclared(seen, (*page.tables, *page.optional)) == []
        assert undeclared(await reads_of(news_db, address, closed=page.optional), page.tables) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted(facets.JOINS))
async def test_facet_and_filter_read_only_tables_whose_permission_they_asked_for(news_db: Path, table: str) -> None:
    address = f"/news/{table}.json?_facet_entity=all&_entity=1&_extra=facet_results&_labels=off"
    tables = (table, *facets.JOINS[table].tables)
    bitmaps = ("facet_bitmaps", "facet_value_bitmaps")
    assert undeclared(await reads_of(news_db, address), (*tables, *bitmaps)) == []
    for closed in bitmaps:
        assert undeclared(await reads_of(news_db, address, closed=(closed,)), tables) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("query", canned.QUERIES, ids=lambda query: query.name)
async def test_query_reads_only_tables_whose_permission_it_asked_for(news_db: Path, query: canned.CannedQuery) -> None:
    seen = await reads_of(news_db, f"/news/{query.name}.json")
    assert {table for table, _ in seen} & set(query.tables)
    assert undeclared(seen, query.tables) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted(facets.JOINS))
@pytest.mark.parametrize("closed", [0, 1], ids=["join table", "entities"])
async def test_entities_that_may_not_be_seen_neither_facet_nor_filter(news_db: Path, table: str, closed: int) -> None:
    closed_table = facets.JOINS[table].tables[closed]
    instance = await serve(news_db, private("news", closed_table))
    panel = f"/news/{table}.json?_facet_entity=all&_extra=facet_results,suggested_facets"
    response = await get(instance, panel)
    assert response.status_code == 200
    assert json.dumps(response.json()["facet_results"]).count("entity") == 0
    assert [facet for facet in response.json()["suggested_facets"] if facet.get("type") == "entity"] == []
    for form in FORMATS:
        refused = await get(instance, f"/news/{table}{form}?_entity=1")
        assert refused.status_code == 403
        assert "permission to filter" in refused.text
        assert "Putin" not in refused.text
        allowed = await get(instance, f"/news/{table}{form}?_entity=1", DEMO_ACTOR)
        assert allowed.status_code == 200
    shown = (await get(instance, panel, DEMO_ACTOR)).json()["facet_results"]
    assert shown.get("results", shown)["all"]["results"]


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted(canned.TABLES))
async def test_query_is_closed_and_unlisted_where_it_reads_a_private_table(news_db: Path, table: str) -> None:
    instance = await serve(news_db, private("news", table))
    listed = {actor: (await get(instance, "/news", actor and DEMO_ACTOR)).text for actor in (None, "reader")}
    for query in canned.QUERIES:
        closed = table in query.tables
        for form in FORMATS if closed else ("",):
            assert (await get(instance, f"/news/{query.name}{form}")).status_code == (403 if closed else 200)
        assert (await get(instance, f"/news/{query.name}.json", DEMO_ACTOR)).status_code == 200
        assert (query.title in listed[None]) != closed
        assert query.title in listed["reader"]


@pytest.mark.asyncio
async def test_links_lead_to_no_closed_door(news_db: Path) -> None:
    instance = await serve(news_db, private("news", "stories"))
    for address in ("/", "/news", "/news/articles", "/news/entities"):
        assert '/-/newscompare"' not in (await get(instance, address)).text, address
        assert '/-/newscompare"' in (await get(instance, address, DEMO_ACTOR)).text, address


@pytest.mark.asyncio
async def test_forbidden_page_goes_through_the_hook_that_login_plugins_use(news_db: Path) -> None:
    class Login:
        @hookimpl
        def forbidden(self, datasette: Datasette, request: Any, message: str) -> Any:
            from datasette import Response

            return Response.redirect("/-/login")

    instance = await serve(news_db, ONLY_READER)
    pm.register(Login(), name="login")
    try:
        response = await get(instance, "/news/-/newscompare/story/1")
    finally:
        pm.unregister(name="login")
    assert (response.status_code, response.headers["location"]) == (302, "/-/login")
