"""Progress on a terminal: one line that is written over. Where there is no terminal, a line now and then."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS_BETWEEN_LINES = 30
SECONDS_BETWEEN_CHANGES = 0.1
WORDS = {
    "read": "articles read",
    "annotated": "annotated",
    "grouped": "grouped",
    "linked": "stories linked",
    "encoded": "sentences encoded",
    "compared": "stories compared",
    "judged": "pairs judged",
}
TOTALS = {"linked": "to link", "compared": "to compare"}
"""The stage that tells how many there will be of another."""


@contextmanager
def show_progress() -> Iterator[Callable[[str, int], None]]:
    """Yields the function to call with a stage and how many more are done."""
    on_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    done: Counter[str] = Counter()
    last = time.monotonic()

    def progress(stage: str, more: int) -> None:
        nonlocal last
        done[stage] += more
        now = time.monotonic()
        line = _line(done)
        if not line or now - last < (SECONDS_BETWEEN_CHANGES if on_terminal else SECONDS_BETWEEN_LINES):
            return
        last = now
        click.echo(f"\r\x1b[K{line}" if on_terminal else line, err=True, nl=not on_terminal)

    try:
        yield progress
    finally:
        if on_terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


def _line(done: Counter[str]) -> str:
    parts = []
    for stage, words in WORDS.items():
        total = done[TOTALS.get(stage, "")]
        if done[stage] or total:
            parts.append(f"{done[stage]:,}{f' of {total:,}' if total else ''} {words}")
    return ", ".join(parts)
