"""What readers get: bytes with a name, and what the place they stand at says of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from ...records import Article
from ...settings import ReadSettings
from .columns import CUT_OFF, CUT_OFF_WITHIN, fields_of
from .fields import article_from_fields
from .outlets import Outlet, split
from .packers import plain_name
from .problems import Problem
from .streams import Budget

KINDS: Final = {
    ".txt": "text", ".text": "text", ".md": "text", ".markdown": "text",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".mhtml": "mhtml", ".mht": "mhtml",
    ".xml": "feed", ".rss": "feed", ".atom": "feed", ".rdf": "feed",
    ".urls": "urls", ".warc": "warc", ".arc": "warc",
    ".zip": "zip", ".tar": "tar", ".tgz": "tar", ".tbz2": "tar", ".txz": "tar", ".tzst": "tar",
    ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
MEDIA_TYPES: Final = {
    "text/html": "html", "application/xhtml+xml": "html", "multipart/related": "mhtml",
    "text/plain": "text", "text/markdown": "text",
    "application/json": "json", "application/ld+json": "json", "application/feed+json": "json",
    "application/x-ndjson": "jsonl", "application/jsonl": "jsonl", "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/rss+xml": "feed", "application/atom+xml": "feed", "application/rdf+xml": "feed",
    "application/xml": "feed", "text/xml": "feed", "application/warc": "warc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """Something to read."""

    place: str
    """How messages call it: a path, an address, `archive.zip/path`."""
    stem: str
    """A readable name to make an id of."""
    kind: str | None
    """One of the values of KINDS; None where it is not known."""
    outlet: Outlet
    data: io.BufferedReader
    url: str | None = None
    """Where it was fetched from."""
    charset: str | None = None
    """The encoding that a server named."""
    suffix: str = ""
    depth: int = 0
    """How many archives it stands in."""
    budget: Budget | None = None
    """What may come out of the outermost of these archives."""


def kind_of(name: str) -> str | None:
    """The kind of a file by the ending of its name, those of packers left aside."""
    return KINDS.get(suffix_of(name))


def suffix_of(name: str) -> str:
    """The ending of a file's name in small letters, that of a packer left aside: `.jsonl` for `a.jsonl.gz`."""
    return PurePosixPath(plain_name(name)).suffix.lower()


def stem_of(name: str) -> str:
    """A file's name without its ending."""
    return PurePosixPath(plain_name(name)).stem


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that brings no text but the address where it stands. It is fetched where that is asked for."""

    url: str
    place: str
    fields: dict[str, object]
    outlet: Outlet
    summary: str | None = None
    """The first words, where the record brings them."""


def article_from_record(
    record: dict[str, object], document: Document, place: str, settings: ReadSettings
) -> Iterator[Article | Problem | Linked]:
    """Make an Article of a record with any of the usual names of fields; a Linked where it has only an address."""
    fields = fields_of(record, settings.columns)
    text = fields.get("text")
    page = fields.pop("html", None)
    summary = fields.pop("summary", None)
    cut_off = CUT_OFF.search(text, len(text) - CUT_OFF_WITHIN) if isinstance(text, str) else None
    if not text and isinstance(page, str) and page.strip():
        from .markup import text_of

        text = fields["text"] = text_of(page)
    url = fields.get("url")
    if (not text or cut_off) and isinstance(url, str) and split(url):
        first = f"{text[: cut_off.start()]}…" if isinstance(text, str) and cut_off else summary
        yield Linked(url, place, fields, document.outlet, first if isinstance(first, str) and first.strip() else None)
        return
    yield from article_from_fields(fields, place, document.outlet, order=settings.dates)
