"""Opening pages in the browser, with an eye on what it complains about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"

Open = Callable[..., Page]


@contextmanager
def opening(browser: Browser, server: str, script: bool = True) -> Iterator[Open]:
    """Gives a function that opens an address at a width; fails afterwards on what the browser complained of."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.url}")

    def opened(address: str, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=server, java_script_enabled=script, viewport={"width": width, "height": 900}
        )
        context.set_default_timeout(120_000)  # a busy machine is slow, not wrong
        contexts.append(context)
        page = context.new_page()
        page.on("console", log)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("response", answered)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
