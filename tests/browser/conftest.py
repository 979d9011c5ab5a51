"""A real Chromium before a real Datasette that serves the seeds."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pages_large
import pages_story
import pytest
from live_server import serving
from playwright.sync_api import Browser, expect, sync_playwright

from datasette_newscompare.serving._compat import IS_ONE

expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong

ROOT = Path(__file__).parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """The path of a Chromium or Chrome; skips the test where there is none, or fails it where one is required."""
    found = os.environ.get("NEWSCOMPARE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    message = f"no browser found (looked for {', '.join(NAMES)}; NEWSCOMPARE_CHROMIUM names one)"
    if os.environ.get("NEWSCOMPARE_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)


# Not for the whole session: Playwright keeps an event loop running, beside which asyncio tests can't start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Datasette with the seeds as `news.db`."""
    chromium()
    folder = tmp_path_factory.mktemp("browser")
    shutil.copy(seeds_db, folder / "news.db")
    command = [sys.executable, "-m", "datasette", "serve", "news.db", "--metadata", str(ROOT / "metadata.yml")]
    with serving(command, folder) as address:
        yield address


@pytest.fixture(scope="module")
def stories_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Datasette with the story of five sources as `five.db` and the one that strains the pages as `wide.db`.

    Anybody may judge matches.
    """
    chromium()
    folder = tmp_path_factory.mktemp("stories")
    pages_story.build(folder / "five.db")
    pages_large.build(folder / "wide.db")
    (folder / "all.yml").write_text("permissions:\n  newscompare-verdict: true\n")
    flag = "--config" if IS_ONE else "--metadata"
    command = [sys.executable, "-m", "datasette", "serve", "five.db", "wide.db", flag, "all.yml"]
    with serving([*command, "--setting", "sql_time_limit_ms", "10000"], folder) as address:
        yield address
