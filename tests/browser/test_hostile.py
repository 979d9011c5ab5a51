"""Hostile texts before a real browser: under a strict content security policy, nothing runs and nothing is refused."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
from live_server import fetch, serving
from playwright.sync_api import Browser, Page, Route
from test_hostile import NAMES, ROOT, address, facet_addresses

from datasette_newscompare.serving import canned

WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e => violations.push(
    `${e.violatedDirective} ${e.blockedURI} ${e.sample} ${e.sourceFile}:${e.lineNumber}`));
"""


@pytest.fixture(scope="module")
def hostile_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.build(tmp_path_factory.mktemp("hostile") / "news.db")


@pytest.fixture(scope="module")
def hostile_server(hostile_db: Path) -> Iterator[str]:
    with serving([sys.executable, "-m", "datasette", "serve", hostile_db.name], hostile_db.parent) as server:
        yield server


@pytest.fixture(scope="module")
def policy(hostile_server: str) -> str:
    """Only what the server itself sends as files, and the inline scripts that Datasette has on each of its pages."""
    scripts = re.findall(r"<script>(.*?)</script>", fetch(f"{hostile_server}/-/versions"), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{found}'" for found in hashes)
    return (
        f"default-src 'none'; script-src 'self' {allowed}; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'none'"
    )


@pytest.fixture
def watched(browser: Browser, hostile_server: str) -> Iterator[Page]:
    """A page that notes whatever a content security policy refuses, and loads nothing from elsewhere."""
    context = browser.new_context(base_url=hostile_server)
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def open_with(page: Page, address: str, policy: str) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})

    page.route("**/*", lambda route: answer(route) if route.request.resource_type == "document" else route.continue_())
    page.goto(address, wait_until="networkidle")


def stir(page: Page) -> None:
    """Do what a reader may do that runs a handler: point at things, focus them, open what can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate("""[...document.querySelectorAll('section.content *')].slice(0, 3000).forEach(e => {
        e.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})); e.focus && e.focus(); })""")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_and_nothing_is_refused_on_our_pages(
    watched: Page, policy: str, hostile_db: Path, name: str
) -> None:
    errors: list[str] = []
    watched.on("pageerror", lambda error: errors.append(str(error)))
    open_with(watched, address(hostile_db, name), policy)
    stir(watched)
    assert watched.evaluate("window.violations") == []
    assert watched.evaluate("window.hostile") is None
    assert errors == []
    assert watched.locator("section.content").inner_text().strip()
    assert watched.title()


@pytest.mark.parametrize("name", NAMES)
def test_long_words_do_not_push_the_page_beside_the_screen(
    watched: Page, policy: str, hostile_db: Path, name: str
) -> None:
    watched.set_viewport_size({"width": 390, "height": 800})
    open_with(watched, address(hostile_db, name), policy)
    wide = watched.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1


@pytest.mark.parametrize(
    "address",
    [*facet_addresses(), *(f"/news/{query.name}" for query in canned.QUERIES), "/news/sentences/101", "/news"],
)
def test_nothing_runs_on_datasettes_own_pages(watched: Page, address: str) -> None:
    """They have scripts of their own between their lines, so here all may run: and none of the texts does."""
    watched.goto(address, wait_until="networkidle")
    stir(watched)
    assert watched.evaluate("window.hostile") is None
    assert "hostile.example" not in watched.url


def test_the_policy_would_refuse_a_text_that_is_not_escaped(watched: Page, policy: str) -> None:
    open_with(watched, ROOT, policy)
    watched.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hostile=1\">')")
    watched.wait_for_function("window.violations.length > 0")
    assert watched.evaluate("window.hostile") is None
