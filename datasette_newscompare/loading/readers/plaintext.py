"""Plain text and Markdown files: one article a file, with YAML front matter where there is some."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ...records import Article
from ...settings import ReadSettings
from . import encodings
from .documents import Document, Linked
from .fields import article_from_fields
from .outlets import split
from .problems import CannotRead, Problem
from .streams import read_all

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
LONGEST_FRONT_MATTER = 64 * 1024
COMMENT = "#"


def read_text(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read one text; one in which every line is a web address is a list of pages to read.

    Raises CannotRead where it is no text.
    """
    text, note = decoded(document)
    if note:
        yield note
    links = addresses(text) if document.suffix in (".txt", ".text", "") or document.kind == "urls" else None
    if links:
        for number, url in links:
            yield Linked(url, f"{document.place}:{number}", {}, document.outlet)
        return
    fields: dict[str, Any] = {}
    front = FRONT_MATTER.match(text)
    if front and len(front[0]) < LONGEST_FRONT_MATTER:
        try:
            found = yaml.safe_load(front[1] or "")
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
            yield Problem(
                f"{document.place}:{line}",
                "the front matter between the --- lines is not YAML; write it as `title: …`",
            )
            return
        if isinstance(found, dict):  # anything else is a text that happens to begin with a rule
            fields = found
            text = text[front.end() :]
    if not text.strip():
        raise CannotRead("the file is empty; nothing to load")
    yield from article_from_fields(
        {**fields, "text": text}, document.place, document.outlet, document.stem, settings.dates
    )


def read_addresses(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read a list of web addresses, one a line; empty lines and lines that begin with # are passed over."""
    text, note = decoded(document)
    if note:
        yield note
    for number, line in enumerate(text.split("\n"), 1):
        url = line.strip()
        if not url or url.startswith(COMMENT):
            continue
        place = f"{document.place}:{number}"
        if split(url) is None:
            yield Problem(place, f"no web address: {url[:60]!r}; write one address a line, beginning with http")
        else:
            yield Linked(url, place, {}, document.outlet)


def decoded(document: Document) -> tuple[str, Problem | None]:
    """The whole text of a document, and a note where its encoding was guessed. Raises CannotRead for binary data."""
    data = read_all(document.data)
    try:
        text, guessed = encodings.decode(data, document.charset)
    except encodings.NotText:
        raise CannotRead("this is not text (it holds zero bytes or the like); save it as UTF-8 text") from None
    note = Problem(document.place, f"not UTF-8; read as {guessed}, which it looks like", loaded=True)
    return text.replace("\r\n", "\n"), note if guessed else None


def addresses(text: str) -> list[tuple[int, str]] | None:
    """The lines of a text and their numbers, where each is a web address; else None."""
    if not text.lstrip("\ufeff \n#")[:4].lower().startswith("http") and not text.lstrip().startswith(COMMENT):
        return None
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        url = line.strip()
        if not url or url.startswith(COMMENT):
            continue
        if " " in url or split(url) is None:
            return None
        found.append((number, url))
    return found
