"""From named fields, as records, front matter and pages give them, to an Article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...records import Article
from . import limits
from .dates import Order, UnclearDate, iso_date
from .languages import detect_language, language_code
from .outlets import Outlet, broken_address, tidy_address
from .problems import Problem

TEXT_FIELDS = ("id", "source", "title", "url", "author", "language", "story")


def article_from_fields(
    fields: Mapping[str, Any], place: str, outlet: Outlet, name: str | None = None, order: Order | None = None
) -> Iterator[Article | Problem]:
    """Make an Article from a record's fields; `outlet` says whose it is where the record does not.

    Known fields: id, source, title, published, url, author, language, story, text; others are left alone.
    A field of the wrong kind yields a Problem that names it instead; a date that is not understood yields
    a Problem beside the Article, which then has no date. `name` is what to make an id of, such as a file's stem.
    """
    text = fields.get("text")
    if not isinstance(text, str) or not (text := clean_controls(text)).strip():
        yield Problem(place, 'there is no text; give the article\'s words as a string in the field "text"')
        return
    if len(text) > limits.ARTICLE:
        yield Problem(
            place,
            f"the text has more than {limits.ARTICLE:,} characters, which no article has; split it into articles",
        )
        return
    values: dict[str, str | None] = {}
    for field in TEXT_FIELDS:
        value = fields.get(field)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            yield Problem(place, f'"{field}" must be a string, not {str(value)[:60]!r}')
            return
        values[field] = clean_controls(str(value)).strip() or None if value is not None else None
    try:
        published = iso_date(fields.get("published"), order)
    except ValueError as error:
        published = None
        shown = str(fields["published"])[:60]
        why = f"; {error}" if isinstance(error, UnclearDate) else "; write 2025-02-24 or 2025-02-24T18:30:00Z"
        yield Problem(
            place,
            f'"published" is no date that is understood: {shown!r}{why} (the article is loaded without a date)',
            loaded=True,
        )
    if values["url"]:
        if broken_address(values["url"]):
            yield Problem(place, f'"url" is no web address: {values["url"][:60]!r} (loaded without it)', loaded=True)
            values["url"] = None
        else:
            values["url"] = tidy_address(values["url"])
    values["source"] = outlet.name(values["source"], values["url"])
    values["language"] = language_code(values["language"]) if values["language"] else detect_language(text)
    yield Article(text=text, origin=place, published=published, name=name, **values)


def clean_controls(text: str) -> str:
    """The text with line ends made `\\n` and what SQLite or a page can't hold (NUL, lone surrogates) left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "ignore").decode("utf-8")
