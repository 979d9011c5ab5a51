"""No page has a fault that axe-core finds, wide and narrow, with everything opened that opens.

axe-core is looked for in `NEWSCOMPARE_AXE` (the path of its axe.min.js) and in `node_modules` beside pyproject.toml,
where `npm install --no-save axe-core@4` puts it. Without it these tests are skipped and say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .pages import Open, opening

ROOT = Path(__file__).parent.parent.parent
FIVE = "/five/-/newscompare"
WIDE = "/wide/-/newscompare"
PAGES = (
    FIVE, f"{FIVE}/story/7", f"{FIVE}/compare?left=ledger&right=post", f"{FIVE}/compare?left=ledger&right=post&blind=1",
    f"{FIVE}/article/ledger", f"{FIVE}/article/ledger/versions", f"{FIVE}/sources", f"{FIVE}/source/ledger",
    f"{FIVE}/entities", f"{FIVE}/entity/1", f"{FIVE}/verdicts", f"{WIDE}/story/1", f"{WIDE}/article/arabic",
    f"{WIDE}/compare?left=long-words&right=arabic",
)  # fmt: skip
OPEN = "document.querySelectorAll('main details').forEach((details, n) => { if (n < 50) details.open = true; })"
RUN = """
axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.flatMap(
    v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)} ${n.failureSummary}`)))
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    places = (os.environ.get("NEWSCOMPARE_AXE"), ROOT / "node_modules" / "axe-core" / "axe.min.js")
    found = next((Path(place) for place in places if place and Path(place).is_file()), None)
    if found is None:
        pytest.skip(
            "axe-core is not installed: npm install --no-save axe-core@4, or name its axe.min.js in NEWSCOMPARE_AXE"
        )
    return found.read_text(encoding="utf-8")


@pytest.fixture
def open_page(axe: str, browser: Browser, stories_server: str) -> Iterator[Open]:
    with opening(browser, stories_server) as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_no_fault(axe: str, open_page: Open, address: str, width: int) -> None:
    page = open_page(address, width)
    page.evaluate(OPEN)
    page.evaluate(axe)
    assert page.evaluate(RUN) == []
