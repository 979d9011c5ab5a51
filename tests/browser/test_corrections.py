"""Correcting a name in a real browser, as somebody with permission does it: without any script."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import serving
from playwright.sync_api import Browser, Page, expect

from datasette_newscompare.serving._compat import IS_ONE

from .conftest import chromium
from .test_pages import SCREENSHOTS

ENTITIES = "/news/-/newscompare/entities"
ANYBODY = "permissions:\n  newscompare-correct:\n    unauthenticated: true\n"


@pytest.fixture(scope="module")
def open_server(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Datasette on which anybody may correct names."""
    chromium()
    folder = tmp_path_factory.mktemp("corrections")
    shutil.copy(seeds_db, folder / "news.db")
    (folder / "allowed.yml").write_text(ANYBODY)
    option = "--config" if IS_ONE else "--metadata"
    command = [sys.executable, "-m", "datasette", "serve", "news.db", option, "allowed.yml"]
    with serving(command, folder) as address:
        yield address


def opened(browser: Browser, server: str, name: str, width: int = 1280, script: bool = False) -> Page:
    """The page of an entity, with its forms open, as a person reaches it from the list."""
    context = browser.new_context(base_url=server, java_script_enabled=script, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(ENTITIES)
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_text("Correct this name").click()
    return page


def section(page: Page, title: str) -> Page:
    return page.locator(".nc-correct section").filter(has_text=re.compile(title))  # type: ignore[return-value]


def test_a_name_is_changed_and_changed_back(browser: Browser, open_server: str) -> None:
    page = opened(browser, open_server, "Dmitry Peskov")
    rename = section(page, "^Rename")
    rename.get_by_label("New name").fill("Dmitri Peskov")
    rename.get_by_label("Why").fill("house style")
    rename.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dmitri Peskov")
    expect(page.locator(".message-info")).to_contain_text("“Dmitry Peskov” is shown as “Dmitri Peskov” now.")
    expect(page.locator(".nc-corrections li")).to_contain_text("house style")
    page.get_by_role("button", name="Take back: Dmitry Peskov").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dmitry Peskov")
    expect(page.locator(".nc-corrections li")).to_have_count(0)


def test_two_names_are_united_and_a_spelling_is_split_off(browser: Browser, open_server: str) -> None:
    page = opened(browser, open_server, "Kremlin")
    merge = section(page, "^Merge")
    merge.get_by_label("Name of the other").fill("russia")
    merge.get_by_role("button", name="Merge into it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Russia")
    spellings = page.locator("h2#spellings + ul li")
    expect(spellings.filter(has_text="Kremlin")).to_contain_text("corrected")
    page.get_by_text("Correct this name").click()
    split = section(page, "^Split")
    split.get_by_label("Spelling").select_option("Russian Federation")
    split.get_by_label("Type").select_option("organisation")
    split.get_by_role("button", name="Split off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Russian Federation")
    expect(page.locator(".nc-lede")).to_contain_text("Organisation, named in 1 sentence")
    page.goto("/news/-/newscompare/corrections")
    expect(page.locator(".nc-corrections li")).to_have_count(2)
    page.screenshot(path=SCREENSHOTS / "corrections-1280.png", full_page=True)


def test_what_cannot_be_done_is_said_in_words(browser: Browser, open_server: str) -> None:
    page = opened(browser, open_server, "Olga Stefanishyna")
    merge = section(page, "^Merge")
    merge.get_by_label("Name of the other").fill("Nobody Known")
    merge.get_by_role("button", name="Merge into it").click()
    expect(page.locator("body")).to_contain_text("Nothing is named 'Nobody Known'")


@pytest.mark.parametrize("width", [1280, 400, 320])
def test_the_forms_fit_every_width(browser: Browser, open_server: str, width: int) -> None:
    page = opened(browser, open_server, "Donald Trump", width, script=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in (button.bounding_box() for button in page.locator(".nc-correct button").all()):
        assert box
        assert box["height"] >= 24
        assert box["x"] + box["width"] <= width
    page.screenshot(path=SCREENSHOTS / f"entity-correct-{width}.png", full_page=True)
