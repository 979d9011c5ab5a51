"""What a person sees on the pages, on the five-source story and on the seeds."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from datasette.app import Datasette
from instances import get
from pages_html import parse
from pages_story import build
from sqlite_utils import Database
from story_pages import LEDGER_POST, ROOT, data, seen

from datasette_newscompare import schema

# Stories


@pytest.mark.asyncio
async def test_stories_list_shows_title_sources_and_what_differs(news: Datasette) -> None:
    page = await seen(news, ROOT)
    story = page.one("ol", "nc-stories").all("li")[0]
    assert story.one("h2").text == "Fire destroys harbour market"
    assert [c.text for c in story.one("ul", "nc-chips").all("li")] == [
        "The Wire", "The Ledger", "The Post", "The Beacon", "The Radio",
    ]  # fmt: skip
    assert "5 articles · 2 shared facts · ≠ 1 number that differs" in story.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=bakery", 1),
        ("q=nothing-of-the-kind", 0),
        ("q=%22lost+everything%22", 1),
        ("q=%22everything+lost%22", 0),
        ('q="', 1),
        ("q=AND+OR+*", 0),
        ("source=post", 1),
        ("source=post&source=ledger", 1),
        ("source=post&source=elsewhere", 0),
        ("entity=1", 1),
        ("entity=1&source=post&q=fire", 1),
        ("entity=999", 0),
        ("several=1", 1),
    ],
)
async def test_stories_are_found_by_words_sources_and_entities(news: Datasette, query: str, count: int) -> None:
    page = await seen(news, f"{ROOT}?{query}")
    assert len(page.one("ol", "nc-stories").all("h2")) == count
    assert page.all("span", role="status")[0].text.startswith(f"{count} stor")


@pytest.mark.asyncio
async def test_stories_say_what_was_chosen_and_how_to_take_it_away(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}?entity=1&source=post")
    chosen = page.all("span", "nc-chosen-filter")
    assert [c.text.removesuffix(" about") for c in chosen] == ["source: The Post ✖", "entity: Harbour Market ✖"]
    away = chosen[0].one("a")
    assert parse_qs(urlsplit(away.attributes["href"]).query) == {"entity": ["1"]}


@pytest.mark.asyncio
@pytest.mark.parametrize("sort", ["newest", "sources", "facts"])
async def test_stories_page_through_every_story_once(tmp_path: Path, sort: str) -> None:
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO stories (id, title, last_published, source_count) VALUES (?, ?, ?, ?)",
            [(i, f"Story {i}", f"2024-01-{i % 5 + 1:02}" if i % 3 else None, i % 4) for i in range(100, 165)],
        )
    datasette = Datasette([str(path)])
    address, titles, pages = f"{ROOT}?sort={sort}", [], 0
    while address:
        page = await seen(datasette, address)
        titles += [h.text for h in page.one("ol", "nc-stories").all("h2")]
        following = page.all("a", rel="next")
        address = following[0].attributes["href"] if following else ""
        pages += 1
    assert pages == 4
    assert len(titles) == 66
    assert len(set(titles)) == 66
    assert titles[0] == "Fire destroys harbour market"


# Story


@pytest.mark.asyncio
async def test_story_matrix_shows_who_tells_what_and_who_was_first(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    matrix = page.one("table", "nc-matrix")
    assert [h.text for h in matrix.one("thead").all("th")] == [
        "Fact", "The Wire", "The Ledger", "The Post", "The Beacon", "The Radio",
    ]  # fmt: skip
    first, second = matrix.one("tbody").all("tr")
    assert [c.text for c in first.all("td")] == [
        "The Wire 1st", "The Ledger ✓", "The Post ✓", "no match found", "The Radio ✓",
    ]  # fmt: skip
    assert "4 of 5 sources" in first.one("th").text
    assert "≠ number" in first.one("th").text
    assert [c.text for c in second.all("td")] == [
        "The Wire 1st", "The Ledger ✓", "no match found", "no match found", "no match found",
    ]  # fmt: skip
    cell = first.all("td")[1].one("a")
    assert cell.attributes["href"] == f"{ROOT}/article/ledger#sentence-102"
    assert "killing 12 people" in cell.attributes["title"]


@pytest.mark.asyncio
async def test_story_lists_what_only_one_source_tells_as_no_match_found(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    groups = {g.one("h3").text: g for g in page.all("section", "nc-without")}
    assert list(groups) == [
        "The Beacon 1 sentence, no match found",
        "The Ledger 1 sentence, no match found",
        "The Post 1 sentence, no match found",
    ]
    school = groups["The Ledger 1 sentence, no match found"]
    assert "A school next door was not harmed." in school.text
    assert "nearest: The Post, score 0.21" in school.text
    assert "Insurance will not pay" in school.one("q").text
    assert "omitted" not in page.text


@pytest.mark.asyncio
async def test_story_shows_numbers_that_differ_with_both_sentences(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    [row] = page.all("table", "nc-list")[0].one("tbody").all("tr")
    assert row.one("del").text == "12"
    assert row.one("ins").text == "Fifteen"
    assert "The Ledger: 12 A fire destroyed the harbour market on Tuesday night, killing 12 people." in row.text
    assert row.one("a").attributes["href"] == f"{LEDGER_POST}#match-2"


@pytest.mark.asyncio
async def test_story_grid_shows_the_share_in_both_directions(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    grid = page.one("table", "nc-pairs")
    rows = {r.one("th").one("a").text: [c.text for c in r.all("td")] for r in grid.one("tbody").all("tr")}
    assert rows["The Ledger"] == ["33%", "–", "67%", "0%", "17%"]
    assert rows["The Post"][1] == "80%"
    assert rows["The Wire"] == ["–", "100%", "0%", "0%", "0%"]


@pytest.mark.asyncio
async def test_story_timeline_counts_from_the_first_report(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    lines = [li.text for li in page.one("ol", "nc-timeline").all("li")]
    assert lines[0].startswith("2024-05-01 05:00 The Wire")
    assert lines[2].endswith("4.5 hours after the first")
    assert len(lines) == 3


@pytest.mark.asyncio
async def test_story_of_many_sources_lists_the_closest_pairs_instead_of_a_grid(tmp_path: Path) -> None:
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        for n in range(12):
            connection.execute("INSERT INTO sources (id, name) VALUES (?, ?)", [f"s{n}", f"Source {n}"])
            connection.execute(
                "INSERT INTO articles (id, source_id, story_id, title, word_count, sentence_count, content_hash, "
                "origin, loaded_at) VALUES (?, ?, 7, 'Fire', 1, 1, '', '', '')",
                [f"a{n}", f"s{n}"],
            )
    page = await seen(Datasette([str(path)]), f"{ROOT}/story/7")
    assert not page.all("table", "nc-pairs")
    pairs = page.one("ol", "nc-closest").all("li")
    assert pairs[0].text == "The Wire in The Ledger 100% 2 sentences"
    assert pairs[1].text == "The Radio in The Ledger 100% 1 sentence"
    assert len(page.one("table", "nc-matrix").one("thead").all("th")) == 18
    assert len(page.one("select", id="nc-right").all("option")) == 17


# Article


@pytest.mark.asyncio
async def test_article_sentence_shows_how_many_tell_it_and_opens_to_theirs(news: Datasette) -> None:
    sentence = (await seen(news, f"{ROOT}/article/ledger")).one("details", id="sentence-102")
    assert sentence.one("summary").text.endswith("told by 3 other sources")
    assert [dt.text for dt in sentence.all("dt")] == [
        "The Post paraphrase, score 0.94", "The Post partial, score 0.62", "The Radio paraphrase, score 0.83",
        "The Wire verbatim, score 0.99",
    ]  # fmt: skip
    assert "Fifteen people died when a fire" in sentence.all("dd")[0].text
    assert sentence.one("mark", "nc-differs").text == "12"
    assert "12 here, Fifteen in The Post" in sentence.text


@pytest.mark.asyncio
async def test_article_marks_sentences_without_a_match_repeats_and_furniture(news: Datasette) -> None:
    ledger = await seen(news, f"{ROOT}/article/ledger")
    school = ledger.one("details", id="sentence-106")
    assert "No match found in any other source of the story." in school.text
    assert "Nearest: The Post, score 0.21" in school.text
    assert (
        ledger.one("span", "nc-sentence", id="sentence-107").text
        == "not part of the article Subscribe to our newsletter"
    )
    post = await seen(news, f"{ROOT}/article/post")
    assert "repeat" in post.one("span", "nc-sentence", id="sentence-113").text
    assert "says sentence 3 again" in post.one("span", "nc-sentence", id="sentence-113").text


@pytest.mark.asyncio
async def test_article_shows_only_what_was_asked_for(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/article/ledger?show=unmatched")
    assert [n.attributes["id"] for n in page.one("article").all("", "nc-sentence")] == ["sentence-106"]
    assert "1 of 7 sentences" in page.text


@pytest.mark.asyncio
async def test_article_of_two_counts_what_the_comparison_counts(seeds_db: Path) -> None:
    seeds = Datasette([str(seeds_db)])
    root = f"/{seeds_db.stem}/-/newscompare"
    pairs = (await get(seeds, f"{root}/story/1.json")).json()["pairs"]
    for row in pairs:
        other = next(cell for cell in row["cells"] if cell)
        article = (await get(seeds, f"{root}/article/{row['article_id']}.json")).json()
        assert (article["told"], article["found"]) == (row["told"], other["found"])
        repeats = [s for p in article["paragraphs"] for s in p["sentences"] if s["repeat_of"]]
        assert repeats
        assert {s["state"] for s in repeats} == {"apart"}


@pytest.mark.asyncio
async def test_article_links_only_to_web_addresses(news: Datasette) -> None:
    ledger = await get(news, f"{ROOT}/article/ledger")
    post = await get(news, f"{ROOT}/article/post")
    assert 'href="https://ledger.example/fire"' in ledger.text
    assert "javascript:" not in post.text


# Entities


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Harbour Market", "100%_Co", "Fire Brigade"]),
        ("?sort=name", ["100%_Co", "Fire Brigade", "Harbour Market"]),
        ("?sort=name&next=2,Fire+Brigade", ["Harbour Market"]),
        ("?sort=sentences&several=1", ["Harbour Market"]),
        ("?q=at+the+harb", ["Harbour Market"]),
        ("?q=%25_", ["100%_Co"]),
        ("?type=organisation", ["100%_Co", "Fire Brigade"]),
        ("?type=organisation&q=fire", ["Fire Brigade"]),
        ("?q=nobody", []),
    ],
)
async def test_entities_are_found_by_any_spelling_and_type(news: Datasette, query: str, names: list[str]) -> None:
    page = await seen(news, f"{ROOT}/entities{query}")
    assert [a.text for table in page.all("table") for th in table.one("tbody").all("th") for a in th.all("a")] == names


@pytest.mark.asyncio
@pytest.mark.parametrize("sort", ["articles", "sources", "sentences", "differences", "name"])
async def test_pages_of_one_entity_each_lead_through_the_list(
    news: Datasette, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    whole = (await get(news, f"{ROOT}/entities.json?sort={sort}")).json()["entities"]
    assert len(whole) == 3
    monkeypatch.setattr(sys.modules["datasette_newscompare.serving.pages.entities"], "PAGE_SIZE", 1)
    found, url = [], f"{ROOT}/entities.json?sort={sort}"
    while url:
        page = (await get(news, url)).json()
        found += page["entities"]
        url = page["next_url"] and page["next_url"].replace("/entities?", "/entities.json?")
    assert found == whole


@pytest.mark.asyncio
async def test_of_entities_in_as_many_articles_the_one_in_more_sentences_comes_first(seeds_db: Path) -> None:
    seeds = Datasette([str(seeds_db)])
    found = (await get(seeds, f"/{seeds_db.stem}/-/newscompare/entities.json")).json()["entities"]
    assert [e["name"] for e in found[:3]] == ["Ukraine", "United States", "Vladimir Putin"]


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["q=HARB", "q=r&type=organisation", "q=at+the+harb"])
async def test_a_search_that_finds_too_much_is_listed_and_not_counted(
    news: Datasette, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    counted = (await get(news, f"{ROOT}/entities.json?{query}")).json()
    assert counted["count"] == len(counted["entities"]) > 0
    monkeypatch.setattr(sys.modules["datasette_newscompare.serving.pages.entities"], "FOUND", 0)
    listed = (await get(news, f"{ROOT}/entities.json?{query}")).json()
    assert listed["entities"] == counted["entities"]
    assert listed["count"] is None
    page = await seen(news, f"{ROOT}/entities?{query}")
    assert page.one("strong", role="status").text == "Too many entities to count"


@pytest.mark.asyncio
async def test_entity_page_shows_spellings_and_each_sources_sentences(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/entity/1")
    assert [li.text for li in page.all("ul", "nc-chips")[0].all("li")] == [
        "harbour market 4",
        "market at the harbour 1",
    ]
    together, alone = page.all("section", "nc-group")
    assert "4 sources tell this" in together.one("h3").text
    assert [h.text for h in together.all("h4")] == ["The Ledger", "The Post", "The Radio", "The Wire"]
    assert [b.text for b in together.all("b", "nc-name")] == [
        "harbour market", "harbour market", "market at the harbour", "harbour market",
    ]  # fmt: skip
    assert "Fire destroys harbour market" in alone.text


# Sources


@pytest.mark.asyncio
async def test_source_page_shows_with_whom_it_shares_and_what_only_it_tells(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/source/ledger")
    rows = [[cell.text for cell in tr.all("th") + tr.all("td")] for tr in page.one("table").one("tbody").all("tr")]
    assert rows == [
        ["The Post", "4", "67%", "1"],
        ["The Wire", "2", "33%", "1"],
        ["The Radio", "1", "17%", "1"],
    ]
    assert [li.one("a", "nc-plain").text for li in page.one("div", "nc-without").all("li")] == [
        "A school next door was not harmed."
    ]
    assert (await get(news, f"{ROOT}/source/nobody")).status_code == 404


@pytest.mark.asyncio
async def test_story_counts_a_copied_text_once(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/story/7")
    assert "5 sources, 5 articles (4 independent: the others carry the same text)" in page.one("p", "nc-lede").text
    copies = [li.text for li in page.one("ul", "nc-articles").all("li") if "the same text as" in li.text]
    assert [c.rpartition("= ")[2] for c in copies] == ["the same text as The Ledger", "the same text as The Wire"]


# With little to show


@pytest.fixture
def lone(tmp_path: Path) -> Datasette:
    """A story that one source tells, in an article without a date."""
    path = tmp_path / "news.db"
    db = Database(path)
    schema.migrate(db)
    db["sources"].insert({"id": "ledger", "name": "The Ledger", "article_count": 1, "story_count": 1})
    db["stories"].insert({"id": 1, "title": "A quiet day", "article_count": 1, "source_count": 1})
    row = {"id": "quiet", "source_id": "ledger", "story_id": 1, "title": "A quiet day", "word_count": 3}
    db["articles"].insert(
        {**row, "sentence_count": 1, "content_hash": "x", "origin": "test", "loaded_at": "2024-05-02"}
    )
    db["article_texts"].insert({"article_id": "quiet", "text": "Nothing happened today."})
    row = {"article_id": "quiet", "position": 0, "paragraph": 0, "role": "body", "start": 0, "end": 23}
    db["sentences"].insert({**row, "text": "Nothing happened today."})
    db["entities"].insert({"id": 1, "name": "Nobody", "type": "person"})
    db.conn.commit()
    return Datasette([str(path)])


@pytest.mark.asyncio
async def test_a_story_of_one_source_claims_nothing_about_others(lone: Datasette) -> None:
    stories = await seen(lone, ROOT)
    assert stories.one("ol", "nc-stories").all("p")[0].text == "1 article · one source"
    story = await seen(lone, f"{ROOT}/story/1")
    assert not story.all("table")
    assert "match" not in story.one("section", "content").text.partition("queries that made this page")[0]
    article = await seen(lone, f"{ROOT}/article/quiet")
    assert "No other source tells this story in this database." in article.text
    assert "no match found" not in article.text.lower()
    assert (await seen(lone, f"{ROOT}/source/ledger")).one("ul", "nc-articles").text.endswith("no other source")
    assert "named in 0 sentences" in (await seen(lone, f"{ROOT}/entity/1")).text


@pytest.mark.asyncio
async def test_an_empty_database_says_how_to_fill_it(tmp_path: Path) -> None:
    db = Database(tmp_path / "news.db")
    schema.migrate(db)
    db.conn.commit()
    datasette = Datasette([str(tmp_path / "news.db")])
    assert "datasette newscompare load news.db ARTICLES" in (await seen(datasette, ROOT)).text
    assert "No entity fits." in (await seen(datasette, f"{ROOT}/entities")).text
    assert "No source fits." in (await seen(datasette, f"{ROOT}/sources")).text
    assert (await get(datasette, f"{ROOT}/story/1")).status_code == 404


# Everything

PAGES = [
    ROOT,
    f"{ROOT}/story/7",
    LEDGER_POST,
    f"{LEDGER_POST}&show=flagged",
    f"{LEDGER_POST}&show=matched&kind=verbatim",
    f"{ROOT}/article/ledger",
    f"{ROOT}/article/radio",
    f"{ROOT}/entities",
    f"{ROOT}/entity/1",
    f"{ROOT}/corrections",
    f"{ROOT}/sources",
    f"{ROOT}/source/ledger",
    f"{ROOT}/verdicts",
    f"{ROOT}/article/ledger/versions",
]


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_links_within_a_page_lead_somewhere_and_ids_are_unique(news: Datasette, path: str) -> None:
    page = await seen(news, path)
    ids = Counter(n.attributes["id"] for n in page.nodes() if "id" in n.attributes)
    assert [i for i, n in ids.items() if n > 1] == []
    targets = {a.attributes["href"][1:] for a in page.all("a") if a.attributes.get("href", "").startswith("#")}
    assert targets <= set(ids)


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_links_to_other_pages_answer(news: Datasette, path: str) -> None:
    page = await seen(news, path)
    content = page.one("section", "content")
    links = {a.attributes["href"].partition("#")[0] for a in content.all("a") if "href" in a.attributes}
    assert all(re.match(r"/|https?://|$", link) for link in links), links
    for link in sorted(links):
        if link.startswith("/"):
            assert (await get(news, link)).status_code == 200, link


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_pages_hold_no_inline_script_or_style(news: Datasette, path: str) -> None:
    content = (await seen(news, path)).one("section", "content")
    assert not content.all("script")
    assert not content.all("style")
    assert not [n for n in content.nodes() if any(k == "style" or k.startswith("on") for k in n.attributes)]


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_article_text_is_escaped(news: Datasette, path: str) -> None:
    response = await get(news, path)
    assert "<script>alert" not in response.text


def keys(value: object) -> set[str]:
    """All keys of the objects in a JSON value, but not those that are themselves data: the kinds of differences."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    data = {k for k in value if k in ("number", "quote") and isinstance(value[k], int)}
    return {k for k in value if k not in data}.union(*map(keys, value.values()))


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_json_holds_only_documented_keys(news: Datasette, path: str) -> None:
    found = keys(await data(news, path))
    documented = set(re.findall(r"`([a-z_0-9]+)`", (Path(__file__).parent.parent / "docs" / "json.md").read_text()))
    kinds = {"verbatim", "near-verbatim", "paraphrase", "partial"}
    assert found - kinds <= documented


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "first"),
    [
        (f"{ROOT}.csv", "id,title,first_published"),
        (f"{ROOT}/entities.csv", "id,name,type"),
        (f"{ROOT}/compare.csv?left=ledger&right=post", "type,left_text,right_text"),
        (f"{ROOT}/article/ledger.csv", "sentence_id,number"),
        (f"{ROOT}/entity/1.csv", "sentence_id,source"),
        (f"{ROOT}/sources.csv", "id,name,domain"),
        (f"{ROOT}/source/ledger.csv", "id,title,published"),
        (f"{ROOT}/story/7.csv", "fact_id,fact,source_count,independent_count"),
    ],
)
async def test_lists_are_csv_too(news: Datasette, path: str, first: str) -> None:
    response = await get(news, path)
    assert response.status_code == 200
    lines = response.text.splitlines()
    assert lines[0].startswith(first)
    assert len(lines) > 1


@pytest.mark.asyncio
async def test_pages_stand_under_a_base_url(story_db: Path) -> None:
    datasette = Datasette([str(story_db)], settings={"base_url": "/prefix/"})
    page = parse((await datasette.client.get(f"{ROOT}/story/7")).text)
    content = page.one("section", "content")
    links = [a.attributes["href"] for a in content.all("a") if a.attributes["href"].startswith("/")]
    assert links
    assert all(link.startswith(("/prefix/news/", "/prefix/news?sql=")) for link in links)


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["", "?several=1"])
async def test_seeds_are_first_offered_by_who_is_named_most(seeds_db: Path, query: str) -> None:
    answer = await get(Datasette([str(seeds_db)]), f"/{seeds_db.stem}/-/newscompare.json{query}")
    offered = answer.json()["facets"]
    assert [offered[kind][0]["name"] for kind in ("person", "place")] == ["Vladimir Putin", "Ukraine"]
