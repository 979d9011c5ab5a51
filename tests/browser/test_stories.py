"""The story of five sources, and one that strains the pages, as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pages_large import SENTENCES, SOURCES
from playwright.sync_api import Browser, Locator, Page, expect

from .pages import SCREENSHOTS, Open, opening

FIVE = "/five/-/newscompare"
WIDE = "/wide/-/newscompare"
STORY = f"{FIVE}/story/7"
LEDGER_POST = f"{FIVE}/compare?left=ledger&right=post"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def open_page(request: pytest.FixtureRequest, browser: Browser, stories_server: str) -> Iterator[Open]:
    with opening(browser, stories_server, request.param) as opened:
        yield opened


@pytest.fixture
def open_scripted(browser: Browser, stories_server: str) -> Iterator[Open]:
    with opening(browser, stories_server) as opened:
        yield opened


def main(page: Page) -> Locator:
    return page.get_by_role("main")


# Story


def test_a_cell_of_the_matrix_leads_to_its_sentence(open_page: Open) -> None:
    page = open_page(STORY)
    row = page.locator("tr#fact-1")
    expect(row.get_by_role("cell")).to_have_count(5)
    expect(row).to_contain_text("≠ number")
    row.get_by_role("link", name=re.compile("The Post ✓")).click()
    expect(page).to_have_url(re.compile(r"/article/post#sentence-\d+$"))
    expect(page.locator("details.nc-sentence:target")).to_contain_text("Fifteen people died")
    expect(page.locator("details.nc-sentence:target")).to_be_in_viewport()


def test_a_fact_opens_to_what_each_source_says(open_page: Open) -> None:
    row = open_page(STORY).locator("tr#fact-1")
    telling = row.locator("dd").first
    expect(telling).to_be_hidden()
    row.locator("summary").click()
    expect(telling).to_be_visible()
    expect(row).to_contain_text("4 of 5 sources, 3 independent")
    expect(row.locator("dt").first).to_have_text("The Wire, The Ledger")


def test_story_says_who_was_first_and_when(open_page: Open) -> None:
    page = open_page(STORY)
    expect(main(page)).to_contain_text("The Wire 2 facts")
    expect(page.locator("ol.nc-timeline li").nth(2)).to_contain_text("4.5 hours after the first")


def test_story_counts_a_copy_apart(open_page: Open) -> None:
    page = open_page(STORY)
    page.get_by_role("link", name="4 independent").click()
    expect(page.get_by_text("= the same text as The Wire")).to_be_in_viewport()


def test_no_match_found_stands_beside_the_nearest_sentence(open_page: Open) -> None:
    section = open_page(STORY).locator(".nc-without").filter(has_text="The Ledger")
    expect(section).to_contain_text("no match found")
    near = section.locator("details.nc-near")
    near.locator("summary").click()
    expect(near.locator("q")).to_have_text("Insurance will not pay, traders fear.")


def test_a_difference_leads_to_both_sentences(open_page: Open) -> None:
    page = open_page(STORY)
    page.get_by_role("link", name="number").first.click()
    page.locator("#differences + table").get_by_role("link", name="number").click()
    expect(page).to_have_url(re.compile("compare.*#match-2$"))
    expect(page.locator("#match-2")).to_be_in_viewport()


def test_a_quote_stands_beside_what_the_other_tells_without_marks(open_page: Open) -> None:
    table = open_page(STORY).locator("#quotes + table")
    expect(table).to_contain_text("We lost everything in an hour,")
    expect(table).to_contain_text("without quotation marks")
    expect(table).to_contain_text("The head of the market said that they had lost everything.")


def test_pairs_show_both_directions_and_lead_to_both_articles(open_page: Open) -> None:
    page = open_page(STORY)
    rows = page.locator("table.nc-pairs tbody tr")
    expect(rows.filter(has_text="The Ledger 6")).to_contain_text("67%")
    expect(rows.filter(has_text="The Post 5").get_by_role("link", name="80%")).to_be_visible()
    page.get_by_label("Left", exact=True).select_option("post")
    page.get_by_label("Right", exact=True).select_option("radio")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Post and The Radio side by side")


# Compare


def test_links_lead_from_difference_to_difference(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    page.get_by_role("link", name="First difference").click()
    expect(page.locator("#match-2")).to_be_in_viewport()
    seen = [page.url.partition("#")[2]]
    while following := page.locator(f"#{seen[-1]}").get_by_role("link", name="next difference").all():
        following[0].click()
        seen.append(page.url.partition("#")[2])
        expect(page.locator(f"#{seen[-1]}")).to_be_in_viewport()
    assert len(seen) == 4
    page.locator(f"#{seen[-1]}").get_by_role("link", name="previous difference").click()
    assert page.url.endswith(f"#{seen[-2]}")


def test_keys_lead_from_difference_to_difference(open_scripted: Open) -> None:
    page = open_scripted(LEDGER_POST)
    stops = page.locator("[data-nc-stop]")
    expect(stops).to_have_count(4)
    for n in (0, 1, 2):
        page.keyboard.press("n")
        expect(stops.nth(n)).to_be_focused()
        expect(stops.nth(n)).to_be_in_viewport()
    page.keyboard.press("p")
    expect(stops.nth(1)).to_be_focused()
    page.get_by_label("Score at least").focus()
    page.keyboard.press("n")
    expect(page.get_by_label("Score at least")).to_be_focused()  # keys are letters in a field


def test_sides_are_swapped(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    page.get_by_role("link", name="Swap sides").click()
    expect(page).to_have_url(re.compile("left=post&right=ledger"))
    expect(page.locator(".nc-compare thead th").first).to_contain_text("The Post")
    row = page.locator("tbody#match-2")
    expect(row.locator(".nc-left-cell del.nc-differs")).to_have_text("Fifteen")
    expect(row.locator(".nc-right-cell ins.nc-differs")).to_have_text("12")


def test_another_article_of_the_story_is_chosen(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    page.get_by_label("Right", exact=True).select_option("wire")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Ledger and The Wire side by side")
    expect(page.locator("tbody.nc-row-match")).to_have_count(2)


def test_names_are_hidden_for_reading_blind(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    page.get_by_role("link", name="Hide the sources’ names").click()
    expect(main(page)).to_contain_text("Source A and Source B side by side")
    text = main(page).inner_text()
    assert "Ledger" not in text
    assert "The Post" not in text
    page.get_by_role("link", name="Show the sources’ names").click()
    expect(main(page)).to_contain_text("The Ledger")


@pytest.mark.parametrize(
    ("label", "choice", "rows", "address"),
    [
        ("Show", "only sentences without a match", 3, "show=unmatched"),
        ("Show", "only matches with another number, name or quote", 1, "show=flagged"),
        ("Kind of match", "near-verbatim", 1, "kind=near-verbatim"),
        ("Score at least", "0.9", 2, "score=0.9"),
        ("Names", "Harbour Market", 2, "entity=1"),
    ],
)
def test_each_filter_has_its_address(open_page: Open, label: str, choice: str, rows: int, address: str) -> None:
    page = open_page(LEDGER_POST)
    field = page.get_by_label(label, exact=True)
    if label == "Score at least":
        field.fill(choice)
    else:
        value = field.locator("option").filter(has_text=choice).get_attribute("value")
        field.select_option(value)
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    expect(page.locator(".nc-compare tbody.nc-row")).to_have_count(rows)
    expect(page.get_by_role("status")).to_contain_text(f"Showing {rows} of")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".nc-compare tbody.nc-row")).to_have_count(10)


def test_the_strip_joins_matches_and_leads_to_them(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    strip = page.locator(".nc-strip svg")
    expect(strip).to_have_count(1)
    expect(strip.locator("rect.nc-b-left")).to_have_count(7)
    expect(strip.locator("line.nc-l-moved")).to_have_count(1)
    strip.locator("a[href='#match-4']").evaluate("link => link.dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    expect(page).to_have_url(re.compile("#match-4$"))
    expect(page.locator("#match-4")).to_be_in_viewport()


def test_a_moved_sentence_leads_to_its_place_and_back(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    page.get_by_role("link", name="moved: its place").click()
    place = page.locator("tbody:target")
    expect(place).to_contain_text("The city promised $2 billion")
    expect(place).to_be_in_viewport()


def test_a_verdict_is_kept_and_shown(open_page: Open) -> None:
    page = open_page(LEDGER_POST)
    row = page.locator("tbody#match-3")
    row.get_by_text(re.compile("judge this match|change your verdict")).click()
    row.get_by_label("right: they do").check()
    row.get_by_label("Note").fill("Both quote the head of the market")
    row.get_by_role("button", name="Save verdict").click()
    expect(page.locator("tbody#match-3")).to_contain_text("judged right")
    expect(page.locator("tbody#match-3")).to_contain_text("Both quote the head of the market")
    page.goto(f"{FIVE}/verdicts")
    expect(page.locator(".nc-precision tbody tr")).to_contain_text(["paraphrase"])


# Article, source, list


def test_a_sentence_opens_in_place_to_the_others(open_page: Open) -> None:
    page = open_page(f"{FIVE}/article/ledger")
    sentence = page.locator("details.nc-sentence").filter(has_text="killing 12 people")
    expect(sentence.locator(".nc-count")).to_contain_text("3")
    expect(sentence.locator("mark.nc-differs").first).to_have_text("12")
    expect(sentence.locator("dl")).to_be_hidden()
    sentence.locator("summary").click()
    expect(sentence.locator("dl")).to_contain_text("Fifteen people died when a fire destroyed the harbour market")
    furniture = page.locator(".nc-sentence").filter(has_text="Subscribe to our newsletter")
    expect(furniture).to_contain_text("not part of the article", ignore_case=True)


def test_a_source_shows_with_whom_it_shares(open_page: Open) -> None:
    page = open_page(f"{FIVE}/source/ledger")
    expect(main(page)).to_contain_text("With whom it shares most")
    expect(main(page)).to_contain_text("A school next door was not harmed.")


def test_stories_are_searched_and_narrowed(open_page: Open) -> None:
    page = open_page(FIVE)
    page.get_by_label("Search the articles").fill("bakery")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("q=bakery"))
    expect(page.locator(".nc-stories h2")).to_have_count(1)
    page.locator(".nc-facets").get_by_role("link", name="The Wire").click()
    expect(page).to_have_url(re.compile("source=wire"))
    expect(page.get_by_role("status")).to_contain_text("1 story")
    expect(page.locator("link[type='application/atom+xml']")).to_have_count(1)


# Craft


def test_what_has_the_focus_is_seen(open_scripted: Open) -> None:
    """Each stop of the Tab key on the longest pages shows an outline of two pixels or more."""
    for address in (LEDGER_POST, STORY, f"{FIVE}/article/ledger"):
        page = open_scripted(address)
        page.locator(".nc-nav a").first.focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            if not focused.count() or not focused.evaluate("e => e.closest('main') !== null"):
                break
            outline = focused.evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]")
            assert outline[0] != "none", focused.evaluate("e => e.outerHTML")
            assert float(outline[1].removesuffix("px")) >= 2


def test_print_leaves_the_tools_out(open_scripted: Open) -> None:
    page = open_scripted(LEDGER_POST)
    page.emulate_media(media="print")
    for tool in (".nc-nav", ".nc-filters", ".nc-tools", ".nc-judge", ".export-links"):
        expect(page.locator(tool).first).to_be_hidden()
    expect(page.locator("tbody#match-2 ins.nc-differs").first).to_be_visible()
    page = open_scripted(f"{WIDE}/story/1")
    page.emulate_media(media="print")
    matrix = page.locator(".nc-matrix-wrap").first
    assert matrix.evaluate("e => e.scrollHeight <= e.clientHeight + 2")  # no fact is hidden below an edge


STRAINING = (
    f"{WIDE}/story/1", f"{WIDE}/story/1?columns=all", f"{WIDE}/compare?left=long-words&right=arabic", WIDE,
    f"{WIDE}/article/long", f"{WIDE}/article/long-words", f"{WIDE}/source/long-words", f"{WIDE}/sources",
    f"{WIDE}/entities",
)  # fmt: skip


@pytest.mark.parametrize("address", STRAINING)
@pytest.mark.parametrize("width", [1280, 640, 320])
def test_nothing_breaks_the_layout(open_scripted: Open, address: str, width: int) -> None:
    """640 pixels are a screen of 1280 at a zoom of 200%."""
    page = open_scripted(address, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_columns_of_many_sources_fold(open_page: Open) -> None:
    page = open_page(f"{WIDE}/story/1")
    heads = page.locator("table.nc-matrix thead th")
    expect(heads).to_have_count(1 + 23 + 1)
    page.get_by_role("link", name=f"A column for each of {SOURCES} sources").click()
    expect(heads).to_have_count(1 + SOURCES)


def test_the_matrix_keeps_its_heading_in_view(open_page: Open) -> None:
    page = open_page(f"{WIDE}/story/1?columns=all", 800)
    wrap = page.locator(".nc-matrix-wrap").first
    wrap.evaluate("e => { e.scrollTop = 300; e.scrollLeft = 500; }")
    top = wrap.bounding_box()
    assert top
    head = page.locator("table.nc-matrix thead th").nth(1).bounding_box()
    fact = page.locator("table.nc-matrix tbody th").nth(6).bounding_box()
    assert head
    assert fact
    assert abs(head["y"] - top["y"]) <= 2
    assert abs(fact["x"] - top["x"]) <= 2


def test_right_to_left_text_runs_from_the_right(open_page: Open) -> None:
    page = open_page(f"{WIDE}/compare?left=long-words&right=arabic")
    cell = page.locator(".nc-right-cell").first
    assert cell.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.locator(".nc-left-cell").first.evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_an_endless_article_is_shown_whole(open_page: Open) -> None:
    page = open_page(f"{WIDE}/article/long")
    expect(page.locator("article .nc-sentence")).to_have_count(SENTENCES)


@pytest.mark.parametrize("width", [1280, 400])
def test_screenshots(open_scripted: Open, width: int) -> None:
    """Written to build/screenshots/ for people to look at."""
    pages = {
        "five-stories": FIVE, "five-story": STORY, "five-compare": LEDGER_POST, "wide-story": f"{WIDE}/story/1",
        "five-article": f"{FIVE}/article/ledger", "five-source": f"{FIVE}/source/ledger",
        "five-sources": f"{FIVE}/sources", "five-verdicts": f"{FIVE}/verdicts",
    }  # fmt: skip
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, address in pages.items():
        picture = open_scripted(address, width).screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        assert picture
