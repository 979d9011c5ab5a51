"""From named fields, as JSON records and front matter give them, to an Article."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from dateutil.parser import isoparse

from ...records import Article
from .problems import Problem

TEXT_FIELDS = ("id", "source", "title", "url", "author", "language", "story")


def article_from_fields(
    fields: Mapping[str, Any], place: str, source: str, name: str | None = None
) -> Iterator[Article | Problem]:
    """Make an Article from a record's fields; `source` is taken where the record names none.

    Known fields: id, source, title, published, url, author, language, story, text; others are left alone.
    A field of the wrong kind yields a Problem that names it instead; a date that is not understood yields
    a Problem beside the Article, which then has no date. `name` is what to make an id of, such as a file's stem.
    """
    text = fields.get("text")
    if not isinstance(text, str) or not clean_controls(text).strip():
        yield Problem(place, 'there is no text; give the article\'s words as a string in the field "text"')
        return
    values: dict[str, str | None] = {}
    for field in TEXT_FIELDS:
        value = fields.get(field)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            yield Problem(place, f'"{field}" must be a string, not {str(value)[:60]!r}')
            return
        values[field] = clean_controls(str(value)).strip() or None if value is not None else None
    try:
        published = iso_date(fields.get("published"))
    except ValueError:
        published = None
        shown = str(fields["published"])[:60]
        yield Problem(
            place,
            f'"published" is no date that is understood: {shown!r}; write 2025-02-24 or 2025-02-24T18:30:00Z '
            "(the article is loaded without a date)",
            loaded=True,
        )
    values["source"] = values["source"] or source
    yield Article(text=clean_controls(text), origin=place, published=published, name=name, **values)


def iso_date(value: Any) -> str | None:
    """A date in ISO 8601, as precise as it came; None for an empty one.

    Takes ISO 8601 and RFC 2822 (the dates of feeds and mail) and what YAML makes of dates.
    Raises ValueError for anything else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if not isinstance(value, str):
        raise ValueError(value)
    text = value.strip()
    try:
        moment = isoparse(text)
    except ValueError:
        return parsedate_to_datetime(text).isoformat()
    return text if len(text) in (4, 7) else moment.date().isoformat() if len(text) <= 10 else moment.isoformat()


def clean_controls(text: str) -> str:
    """The text with line ends made `\\n` and what SQLite or a page can't hold (NUL, lone surrogates) left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "ignore").decode("utf-8")
