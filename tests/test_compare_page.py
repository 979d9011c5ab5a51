"""What a person sees of two articles side by side."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from datasette.app import Datasette
from instances import get
from pages_html import Node
from pages_story import build
from story_pages import LEDGER_POST, ROOT, seen

from datasette_newscompare.serving._compat import IS_ONE
from datasette_newscompare.verdicts import judge_match


def cells(row: Node) -> tuple[str, str]:
    left, right = row.all("tr")[0].all("td")
    return left.text, right.text


@pytest.mark.asyncio
async def test_compare_page_aligns_rows_in_reading_order(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    rows = [cells(row) for row in page.one("table", "nc-compare").all("tbody")]
    assert "headline Fire destroys harbour market" in rows[0][0]
    assert "Market burns down" in rows[0][1]
    assert "moved" in rows[1][0]
    assert "The city promised $2 billion" in rows[1][1]
    assert "killing 12 people" in rows[2][0]
    assert "Fifteen people died when" in rows[2][1]
    assert "flames" in rows[3][0]
    assert "No match found in The Post" in rows[3][1]
    assert "We lost everything" in rows[4][0]
    assert "$2bn" in rows[5][0]
    assert "$2 billion" in rows[5][1]
    assert "No match found in The Post" in rows[6][1]
    assert "not part of the article Subscribe" in rows[7][0]
    assert "No match found in The Ledger" in rows[8][0]
    assert "Says again what sentence 3 says" in rows[9][0]
    assert len(rows) == 10


@pytest.mark.asyncio
async def test_compare_page_marks_changed_number(news: Datasette) -> None:
    row = (await seen(news, LEDGER_POST)).one("tbody", id="match-2")
    left, right = row.all("tr")[0].all("td")
    assert left.one("del", "nc-differs").text == "12"
    assert right.one("ins", "nc-differs").text == "Fifteen"
    assert "≠ number: 12 against| Fifteen" in row.one("span", "nc-difference").text


@pytest.mark.asyncio
async def test_compare_page_marks_words_on_the_side_that_has_them(news: Datasette) -> None:
    row = (await seen(news, LEDGER_POST)).one("tbody", id="match-4")
    left, right = row.all("tr")[0].all("td")
    assert [n.text for n in left.all("del", "nc-left")] == ["rebuild"]
    assert [n.text for n in right.all("ins", "nc-right")] == ["new"]
    assert left.one("span", "nc-agrees").text == "$2bn"
    assert "The same as “$2 billion”" in left.one("span", "nc-agrees").attributes["title"]


@pytest.mark.asyncio
async def test_compare_page_says_why_a_pair_matched(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    assert "Both name Harbour Market. Both say harbour." in page.one("tbody", id="match-2").one("details").text
    assert "lost everything" in page.one("tbody", id="match-3").one("details", "nc-why").text
    assert "paraphrase score 0.94" in page.one("tbody", id="match-2").text


@pytest.mark.asyncio
async def test_compare_page_leads_from_a_moved_pair_to_its_place_and_back(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    badge = page.one("tbody", id="match-4").one("a", "nc-moved")
    place = page.one("tbody", id=badge.attributes["href"][1:])
    assert place.one("td", "nc-none").one("a").attributes["href"] == "#match-4"


@pytest.mark.asyncio
async def test_compare_page_shows_secondary_matches_as_chips(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    chip = page.one("tbody", id="match-2").one("a", "nc-chip")
    assert chip.text == "The Post 1 partial 0.62"
    assert page.one("td", id=chip.attributes["href"][1:]).text.endswith("Market burns down: 15 dead")


@pytest.mark.asyncio
async def test_compare_page_shows_what_people_judged_to_who_may_see_it(tmp_path: Path) -> None:
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        judge_match(connection, 2, "wrong", "another fire", "ada", "2024-05-03T10:00:00+00:00")
    page = await seen(Datasette([str(path)]), f"{ROOT}/compare?left=post&right=ledger")
    verdict = page.one("tbody", id="match-2").one("span", "nc-verdict")
    assert (verdict.text[:19], verdict.one("time").text) == ("judged wrong by ada", "2024-05-03")
    assert verdict.one("span", "nc-note").text == "another fire"
    closed = {"databases": {"news": {"tables": {"verdicts": {"allow": False}}}}}
    configured = {"config": closed} if IS_ONE else {"metadata": closed}
    page = await seen(Datasette([str(path)], **configured), LEDGER_POST)
    assert not page.all("span", "nc-verdict")


@pytest.mark.asyncio
async def test_compare_page_counts_both_directions(news: Datasette) -> None:
    text = (await seen(news, LEDGER_POST)).one("div", "nc-coverage").text
    assert "4 of 6 sentences of The Ledger stand in The Post 67%" in text
    assert "4 of 5 sentences of The Post stand in The Ledger 80%" in text


@pytest.mark.asyncio
async def test_compare_page_shows_the_near_miss_beside_an_unmatched_sentence(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    near = page.one("details", "nc-near")
    assert "nearest: sentence 5, score 0.21" in near.text
    assert "Insurance will not pay, traders fear." in near.one("q").text


@pytest.mark.asyncio
async def test_compare_page_turns_around(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/compare?left=post&right=ledger")
    row = page.one("tbody", id="match-2")
    left, right = row.all("tr")[0].all("td")
    assert left.one("del", "nc-differs").text == "Fifteen"
    assert right.one("ins", "nc-differs").text == "12"
    assert "≠ number: Fifteen against| 12" in row.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("show=matched", ["match-1", "match-2", "match-3", "match-4"]),
        ("show=flagged", ["match-2"]),
        ("show=unmatched", ["row-103", "row-106", "row-112"]),
        ("kind=near-verbatim", ["match-4"]),
        ("kind=near-verbatim&kind=verbatim", ["match-4"]),
        ("score=0.9", ["match-2", "match-4"]),
        ("entity=1&show=matched", ["match-1", "match-2"]),
        ("kind=verbatim", []),
    ],
)
async def test_compare_page_filters_rows(news: Datasette, query: str, rows: list[str]) -> None:
    page = await seen(news, f"{LEDGER_POST}&{query}")
    bodies = page.one("table", "nc-compare").all("tbody")
    assert [b.attributes["id"] for b in bodies if "id" in b.attributes] == rows
    assert f"Showing {len(rows)} of 10 rows." in page.text


@pytest.mark.asyncio
async def test_compare_page_leads_to_rows_that_a_filter_hides(news: Datasette) -> None:
    page = await seen(news, f"{LEDGER_POST}&show=flagged")
    chip = page.one("a", "nc-chip")
    assert chip.attributes["href"] == f"{LEDGER_POST}#sentence-108"


@pytest.mark.asyncio
async def test_compare_page_leads_from_difference_to_difference(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    stop = page.one("a", "nc-jump").attributes["href"]
    visited = []
    while stop:
        visited.append(stop)
        row = page.one("tbody", id=stop[1:])
        stop = next((a.attributes["href"] for a in row.all("a", title="Next difference")), "")
    assert visited == ["#match-2", "#row-103", "#row-106", "#row-112"]


@pytest.mark.asyncio
async def test_compare_page_hides_the_names(news: Datasette) -> None:
    page = await seen(news, f"{LEDGER_POST}&blind=1")
    assert "Source A and Source B side by side" in page.one("h1").text
    assert "Ledger" not in page.text
    assert "Post" not in page.text


@pytest.mark.asyncio
async def test_compare_page_of_one_match_is_found_by_its_number(news: Datasette) -> None:
    page = await seen(news, f"{ROOT}/compare?match=2")
    assert page.one("tbody", "nc-chosen").attributes["id"] == "match-2"
    assert (await get(news, f"{ROOT}/compare?match=999")).status_code == 404


@pytest.mark.asyncio
async def test_compare_page_of_a_very_long_article_goes_on_to_further_rows(tmp_path: Path) -> None:
    path = build(tmp_path / "news.db")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            'INSERT INTO sentences (article_id, position, paragraph, role, start, "end", text) '
            "VALUES ('ledger', ?, 1, 'body', ?, ?, 'More.')",
            [(n, 1000 + n * 6, 1005 + n * 6) for n in range(10, 810)],
        )
    datasette = Datasette([str(path)])
    address, sentences = LEDGER_POST, []
    while address:
        page = await seen(datasette, address)
        sentences += [td.attributes["id"] for td in page.one("table", "nc-compare").all("td") if "id" in td.attributes]
        address = next((a.attributes["href"] for a in page.all("a", rel="next")), "")
    assert len(sentences) == len(set(sentences)) == 807 + 6 + 1
    page = await seen(datasette, f"{ROOT}/compare?left=post&right=ledger&match=2")
    assert page.one("tbody", "nc-chosen").attributes["id"] == "match-2"


@pytest.mark.asyncio
async def test_overview_strip_joins_every_match_and_leads_to_it(news: Datasette) -> None:
    page = await seen(news, LEDGER_POST)
    strip = page.one("figure", "nc-strip")
    hrefs = [a.attributes["href"] for a in strip.all("a")]
    assert sorted(hrefs) == ["#match-1", "#match-2", "#match-3", "#match-4", "#match-5"]
    ids = {n.attributes["id"] for n in page.nodes() if "id" in n.attributes}
    assert {h[1:] for h in hrefs} <= ids
    assert len(strip.all("rect")) == 13
    assert len(strip.all("line", "nc-l-moved")) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?left=ledger", 400),
        ("?left=ledger&right=ledger", 400),
        ("?left=ledger&right=nobody", 404),
        ("?left=ledger&right=post&score=x", 400),
        ("?left=ledger&right=post&score=nan", 400),
        ("?left=ledger&right=post&show=x", 400),
        ("?left=ledger&right=post&kind=x", 400),
        ("?left=ledger&right=post&entity=x", 400),
    ],
)
async def test_compare_page_refuses_what_it_does_not_understand(news: Datasette, query: str, status: int) -> None:
    assert (await get(news, f"{ROOT}/compare{query}")).status_code == status


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}?sort=x",
        f"{ROOT}?next=x",
        f"{ROOT}?sort=sources&next=1,x",
        f"{ROOT}?entity=x",
        f"{ROOT}?entity=9999999999999999999",
        f"{ROOT}/entities?next=1,x",
        f"{ROOT}/entities?next=1,2,x",
        f"{ROOT}/entities?next=1,2",
        f"{ROOT}/sources?next=x",
        f"{ROOT}/article/ledger?show=x",
        f"{ROOT}/entity/1?story=x",
    ],
)
async def test_pages_refuse_parameters_that_they_do_not_understand(news: Datasette, path: str) -> None:
    assert (await get(news, path)).status_code == 400


@pytest.mark.asyncio
async def test_seeds_compare_page_shows_the_core_pairs(seeds_db: Path) -> None:
    datasette = Datasette([str(seeds_db)])
    database = next(name for name in datasette.databases if name != "_internal")
    root = f"/{database}/-/newscompare"
    page = await seen(datasette, root)
    story = page.one("ol", "nc-stories").all("a")[0].attributes["href"]
    pair = next(
        a.attributes["href"]
        for a in (await seen(datasette, story)).one("table", "nc-pairs").all("a")
        if "/compare" in a.attributes["href"]
    )
    rows = [" | ".join(cells(r)) for r in (await seen(datasette, pair)).one("table", "nc-compare").all("tbody")]
    for words in ("Peskov", "Stefanishyna", "raw materials", r"\$500", "far(?: )?greater mineral|significantly more"):
        assert any(re.search(f"{words}.* \\| ", r) and "No match found" not in r for r in rows), words
    assert any("Krasnoyarsk" in r and "No match found" in r for r in rows)
