"""The Atom feed of stories, as a feed reader takes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from datasette.app import Datasette
from instances import DEMO_ACTOR, get, private, serve
from pages_html import parse
from pages_story import build

from datasette_newscompare.serving.feed import Entry, Feed, atom, moment

ROOT = "/news/-/newscompare"


@pytest.fixture
def story_db(tmp_path: Path) -> Path:
    return build(tmp_path / "news.db")


async def feed_of(datasette: Datasette, path: str = f"{ROOT}.atom") -> feedparser.FeedParserDict:
    response = await get(datasette, path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.text)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


@pytest.mark.asyncio
async def test_a_reader_is_told_of_stories_with_their_sources_and_dates(story_db: Path) -> None:
    feed = await feed_of(await serve(story_db))
    assert feed.feed.title == "Stories: news"
    [entry] = feed.entries
    assert entry.title == "Fire destroys harbour market"
    assert entry.link == entry.id == "http://localhost/news/-/newscompare/story/7"
    assert entry.updated == "2024-05-01T09:30:00+00:00"
    assert entry.published == "2024-05-01T05:00:00+00:00"
    assert "The Ledger" in [author.name for author in entry.authors]
    assert entry.summary.endswith("5 articles, 2 shared facts, 1 number that differs")


@pytest.mark.asyncio
async def test_the_list_of_stories_names_its_feed(story_db: Path) -> None:
    datasette = await serve(story_db)
    page = parse((await get(datasette, ROOT)).text)
    link = page.one("link", rel="alternate", type="application/atom+xml")
    assert link.attributes["href"] == f"{ROOT}.atom"
    assert page.one("p", "export-links").all("a", href=f"{ROOT}.atom")[0].text == "Atom feed"
    story = parse((await get(datasette, f"{ROOT}/story/7")).text)
    assert not story.all("link", type="application/atom+xml")
    assert (await get(datasette, f"{ROOT}/story/7.atom")).status_code == 404


@pytest.mark.asyncio
async def test_a_search_can_be_followed_as_a_feed(story_db: Path) -> None:
    datasette = await serve(story_db)
    page = parse((await get(datasette, f"{ROOT}?q=harbour&source=ledger")).text)
    address = page.one("link", rel="alternate", type="application/atom+xml").attributes["href"]
    followed = await feed_of(datasette, address)
    assert [entry.title for entry in followed.entries] == ["Fire destroys harbour market"]
    assert [link.href for link in followed.feed.links if link.rel == "self"] == [f"http://localhost{address}"]
    assert (await feed_of(datasette, f"{ROOT}.atom?q=unheardof")).entries == []


@pytest.mark.asyncio
async def test_the_newest_story_comes_first_and_one_without_a_date_says_when_it_was_loaded(story_db: Path) -> None:
    with sqlite3.connect(story_db) as connection:
        connection.execute("insert into stories (id, title, last_published) values (8, 'Later', '2024-06-01')")
        connection.execute("insert into stories (id, title) values (9, 'Undated')")
        connection.execute("update articles set story_id = 9 where id = 'radio'")
    entries = (await feed_of(await serve(story_db))).entries
    assert [entry.title for entry in entries] == ["Later", "Fire destroys harbour market", "Undated"]
    assert [entry.updated for entry in entries][::2] == ["2024-06-01T00:00:00+00:00", "2024-05-02T00:00:00+00:00"]


@pytest.mark.asyncio
async def test_a_title_with_markup_and_control_characters_stays_a_title(story_db: Path) -> None:
    title = "<script>alert(1)</script> & \x08\ufffe “fire” 🔥"
    with sqlite3.connect(story_db) as connection:
        connection.execute("update stories set title = ?", [title])
    response = await get(await serve(story_db), f"{ROOT}.atom")
    found = ET.fromstring(response.text).findtext("{*}entry/{*}title")
    assert found == "<script>alert(1)</script> &  “fire” 🔥"


@pytest.mark.asyncio
async def test_a_private_table_closes_the_feed(story_db: Path) -> None:
    datasette = await serve(story_db, private("news", "sources"))
    refused = await get(datasette, f"{ROOT}.atom")
    assert refused.status_code == 403
    assert "harbour" not in refused.text
    assert (await get(datasette, f"{ROOT}.atom", DEMO_ACTOR)).status_code == 200


@pytest.mark.asyncio
async def test_addresses_in_the_feed_hold_the_base_url(story_db: Path) -> None:
    datasette = await serve(story_db, base_url="/prefix/")
    [entry] = (await feed_of(datasette)).entries
    assert entry.link == "http://localhost/prefix/news/-/newscompare/story/7"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-05-01T09:30:00+02:00", "2024-05-01T09:30:00+02:00"),
        ("2024-05-01T09:30:12Z", "2024-05-01T09:30:12+00:00"),
        ("2024-05-01T09:30", "2024-05-01T09:30:00+00:00"),
        ("2024-05-01 09:30:01.250-0500", "2024-05-01T09:30:01-05:00"),
        ("2024-05-01", "2024-05-01T00:00:00+00:00"),
        ("2024-05", "2024-05-01T00:00:00+00:00"),
        ("2024", "2024-01-01T00:00:00+00:00"),
        ("2024-02-31", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_dates_of_any_precision_become_moments(written: str | None, meant: str | None) -> None:
    assert moment(written) == meant


def test_an_empty_feed_is_valid_and_never_seems_new() -> None:
    feed = feedparser.parse(atom(Feed("News", "http://a.example/f", "http://a.example/", [])))
    assert not feed.bozo
    assert feed.feed.updated == "1970-01-01T00:00:00+00:00"


def test_a_feed_is_as_new_as_its_newest_entry_whatever_the_zone() -> None:
    entries = [Entry("u", "t", "s", (), at, None) for at in ("2024-05-01T09:00:00+09:00", "2024-05-01T01:00:00Z")]
    feed = feedparser.parse(atom(Feed("News", "http://a.example/f", "http://a.example/", entries)))
    assert feed.feed.updated == "2024-05-01T01:00:00+00:00"
