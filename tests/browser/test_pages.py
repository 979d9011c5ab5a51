"""What a person sees and does on the pages, in a real browser, with JavaScript and without."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .pages import SCREENSHOTS, Open, opening

ROOT = Path(__file__).parent.parent.parent
STORIES = "/news/-/newscompare"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def open_page(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Open]:
    """Opens an address at a width; afterwards fails on anything that the browser complained about."""
    with opening(browser, server, request.param) as opened:
        yield lambda address=STORIES, width=1280: opened(address, width)


WITH_SCRIPT = pytest.mark.parametrize("open_page", [True], ids=["script"], indirect=True)
"""For what is the same without it."""


@pytest.fixture(scope="module")
def addresses(browser: Browser, server: str) -> dict[str, str]:
    """An address for each kind of page, as a person reaches it from the stories list."""
    page = browser.new_page(base_url=server)
    page.goto(STORIES)
    found = {"stories": page.url}
    to_story(page)
    found["story"] = page.url
    found["article"] = str(page.locator("a[href*='/article/']").first.get_attribute("href"))
    to_comparison(page)
    found["compare"] = page.url.partition("#")[0]
    to_entities(page)
    found["entities"] = page.url
    to_putin(page)
    found["entity"] = page.url
    found["entity facet"] = "/news/articles"
    page.close()
    return found


def content(page: Page) -> Locator:
    """What lies between the header and the footer."""
    return page.locator("section.content")


def to_story(page: Page) -> None:
    content(page).get_by_role("link", name=re.compile("Putin")).first.click()
    expect(page).to_have_url(re.compile(rf"{STORIES}/story/\d+$"))


def to_comparison(page: Page) -> None:
    content(page).locator("a[href*='/compare?left=']").first.click()
    expect(page).to_have_url(re.compile(rf"{STORIES}/compare\?left=.+&right=.+"))


def to_entities(page: Page) -> None:
    content(page).get_by_role("link", name="Entities", exact=True).click()
    expect(page).to_have_url(re.compile(rf"{STORIES}/entities$"))


def to_putin(page: Page) -> None:
    content(page).get_by_role("link", name="Vladimir Putin", exact=True).first.click()
    expect(page).to_have_url(re.compile(rf"{STORIES}/entity/\d+$"))


def row_with(page: Page, text: str) -> Locator:
    """The row of the comparison that shows a text."""
    return page.locator(".nc-compare tbody").filter(has_text=text)


def test_clicks_lead_from_the_database_to_a_comparison(open_page: Open) -> None:
    page = open_page("/news")
    stories = page.locator(f"a[href='{STORIES}']")
    page.locator("details", has=stories).first.locator("summary").first.click()
    stories.first.click()
    expect(page).to_have_url(re.compile(f"{STORIES}$"))
    to_story(page)
    to_comparison(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("side by side")
    content(page).locator(".nc-of a").click()
    expect(page).to_have_url(re.compile(rf"{STORIES}/story/\d+$"))


def test_comparison_shows_both_articles_in_two_columns(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["compare"])
    columns = page.locator(".nc-compare thead th")
    expect(columns).to_have_count(2)
    left, right = (columns.nth(i).bounding_box() for i in range(2))
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"] + 1
    assert min(left["width"], right["width"]) > 400
    expect(content(page)).to_contain_text("Putin Extends Olive Branch to US")
    expect(content(page)).to_contain_text("Putin Proposes Rare Minerals Partnership")


def test_comparison_puts_the_500_billion_of_both_in_one_row(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["compare"])
    row = row_with(page, "$500bn").filter(has_text="$500 billion")
    expect(row).to_have_count(1)
    expect(row.locator(".nc-left-cell, .nc-right-cell")).to_have_count(2)
    expect(row.locator(".nc-kind")).to_be_visible()
    expect(row.locator(".nc-score")).to_contain_text(re.compile(r"[01]\.\d\d"))


def test_comparison_marks_words_of_each_side_by_colour_and_by_line(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["compare"])
    left, right = (page.locator(f".nc-compare tbody {mark}").first for mark in ("del.nc-left", "ins.nc-right"))
    looks = [
        [style(mark, name) for name in ("color", "text-decoration-style", "text-decoration-line")]
        for mark in (left, right)
    ]
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]
    assert looks[0][2] == looks[1][2] == "underline"  # never struck through: nobody deleted anything


def style(element: Locator, name: str) -> str:
    return str(element.evaluate("(element, name) => getComputedStyle(element).getPropertyValue(name)", name))


def test_comparison_leaves_the_disputed_figure_without_a_match(open_page: Open, addresses: dict[str, str]) -> None:
    row = row_with(open_page(addresses["compare"]), "Zelenzky has disputed that figure")
    expect(row).to_have_count(1)
    expect(row.locator(".nc-nomatch")).to_contain_text("No match found in")
    expect(row.locator(".nc-right-cell")).to_have_count(0)


def test_comparison_explains_its_marks(open_page: Open, addresses: dict[str, str]) -> None:
    legend = open_page(addresses["compare"]).locator(".nc-legend")
    expect(legend.locator(".nc-key")).to_be_visible()
    expect(legend.locator(".nc-key")).to_contain_text("the same in other wording")
    expect(legend.locator(".nc-key")).to_contain_text("moved")
    legend.get_by_text("How to read this page").click()
    expect(legend.locator("li").first).to_be_visible()
    expect(legend).to_contain_text("words that only")


def test_match_says_why(open_page: Open, addresses: dict[str, str]) -> None:
    row = row_with(open_page(addresses["compare"]), "$500bn").first
    why = row.locator("details.nc-why")
    expect(why.locator("p")).to_be_hidden()
    why.locator("summary").click()
    expect(why.locator("p")).to_contain_text("500")


def test_address_of_a_pair_leads_to_its_row(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["compare"])
    row = row_with(page, "Stefanishyna").filter(has=page.locator(".nc-address")).first
    row.locator(".nc-address").click()
    expect(page).to_have_url(re.compile("match"))
    expect(row).to_be_in_viewport()


def test_entity_panel_filters_articles_by_a_click(open_page: Open) -> None:
    page = open_page("/news/articles")
    content(page).get_by_role("link", name="Krasnoyarsk", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"_entity=\d+"))
    expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(1)
    expect(content(page)).to_contain_text("Olive Branch")


def test_entity_page_shows_the_sentences_of_both_sources(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["entity"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vladimir Putin")
    expect(content(page)).to_contain_text("extended an extraordinary offer to the United States")
    expect(content(page)).to_contain_text("expressed readiness to collaborate on mining")


PAGES = ("stories", "story", "compare", "article", "entities", "entity")


@WITH_SCRIPT
@pytest.mark.parametrize("width", [1280, 400, 320])
@pytest.mark.parametrize("kind", PAGES)
def test_page_fits_the_screen(open_page: Open, addresses: dict[str, str], kind: str, width: int) -> None:
    page = open_page(addresses[kind], width)
    if width != 320:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{kind}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@WITH_SCRIPT
@pytest.mark.parametrize("kind", PAGES)
def test_page_runs_under_a_strict_content_security_policy(
    open_page: Open, addresses: dict[str, str], kind: str
) -> None:
    """The plugin's part of the page has no script, style or handler written into it. (Datasette's own frame does.)"""
    page = open_page(addresses[kind])
    expect(content(page).locator("script:not([src]), style, [style], a[href^='javascript:']")).to_have_count(0)
    handlers = "all => all.flatMap(e => [...e.attributes]).map(a => a.name).filter(name => name.startsWith('on'))"
    assert content(page).locator("*").evaluate_all(handlers) == []


def test_pictures_for_the_readme(browser: Browser, server: str, addresses: dict[str, str]) -> None:
    """The parts of the comparison and of the story that say most, small enough to stand in the README."""
    page = browser.new_page(base_url=server, viewport={"width": 1060, "height": 900})
    page.goto(addresses["compare"])
    row_with(page, "Kyiv estimates").first.evaluate("element => element.scrollIntoView()")
    last = row_with(page, "Meanwhile, the European Union").first.bounding_box()
    assert last
    top = 9  # leaves out the edge of the heading that stays in view
    keep_picture(page, "compare", top, last["y"] + last["height"])
    page.goto(addresses["story"])
    row = page.locator("table.nc-matrix tbody tr").nth(5).bounding_box()
    assert row
    keep_picture(page, "story", 42, row["y"] + row["height"])
    page.close()


def keep_picture(page: Page, name: str, top: float, bottom: float) -> None:
    """Store a part of the page with the screenshots, and for the README where that is asked for."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    clip = {"x": 0, "y": top, "width": 1060, "height": bottom - top}
    picture = page.screenshot(path=SCREENSHOTS / f"{name}.png", clip=clip)
    if os.environ.get("NEWSCOMPARE_README_IMAGE"):
        (ROOT / "docs" / "images" / f"{name}.png").write_bytes(picture)
    assert 10_000 < len(picture) < 400_000
