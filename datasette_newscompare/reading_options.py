"""The options of commands that read articles: how columns are called, how dates are meant, how pages are fetched."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from .settings import ReadSettings

FIELDS = ("id", "source", "title", "published", "url", "author", "language", "story", "text")
"""What `--map` can fill."""
FORMATS = ("text", "jsonl", "json", "csv", "html", "mhtml", "feed", "urls", "warc", "zip", "tar")
"""What `--format` can name."""


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets what they say as the argument `reading`."""

    @wraps(command)
    def with_settings(
        map: tuple[tuple[str, str], ...],
        format: str | None,
        dates: Any,
        fetch: bool,
        ignore_robots: bool,
        user_agent: str | None,
        timeout: float,
        delay: float,
        **others: Any,
    ) -> Any:
        reading = ReadSettings(map, format, dates, fetch, user_agent, not ignore_robots, timeout, delay=delay)
        return command(reading=reading, **others)

    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings


def _pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`text=body,published=date` as pairs; raises BadParameter where it is none."""
    pairs: dict[str, str] = {}
    for pair in (pair for one in given for pair in one.split(",") if pair.strip()):
        field, mark, column = (part.strip() for part in pair.partition("="))
        if not mark or not column:
            raise click.BadParameter(f"{pair!r} is no FIELD=COLUMN, such as text=body")
        if field not in FIELDS:
            raise click.BadParameter(f"{field!r} is no field of an article; fields are {', '.join(FIELDS)}")
        pairs[field] = column
    return tuple(pairs.items())


_OPTIONS = (
    click.option(
        "--map",
        multiple=True,
        callback=_pairs,
        metavar="FIELD=COLUMN,…",
        help="Which column or key holds what, where its name does not tell: --map text=story,published=day.",
    ),
    click.option(
        "--format", type=click.Choice(FORMATS), help="What the files named, or standard input, are. Without it: told by"
        " their names and first bytes."
    ),
    click.option(
        "--dates", type=click.Choice(["day-first", "month-first"]), help="How 03/04/2025 is meant. Without it, such a"
        " date is left out."
    ),
    click.option("--fetch", is_flag=True, help="Get the pages that feeds and tables link to, where they lack text."),
    click.option("--ignore-robots", is_flag=True, help="Fetch what a site's robots.txt asks programs to leave alone."),
    click.option("--user-agent", metavar="TEXT", help="What to tell sites about who fetches, with a way to reach you."),
    click.option(
        "--timeout", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Seconds for one page."
    ),
    click.option(
        "--delay",
        type=click.FloatRange(0, 3600),
        default=1,
        show_default=True,
        help="Seconds between two requests to a site.",
    ),
)  # fmt: skip
