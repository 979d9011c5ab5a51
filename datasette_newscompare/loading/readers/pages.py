"""Web pages, saved or fetched: the article in them, by trafilatura, and what the page says of itself."""

from __future__ import annotations

import email
import email.policy
import logging
import re
from collections.abc import Iterator
from typing import Any

from ...records import Article
from ...settings import ReadSettings
from . import encodings, limits
from .documents import Document
from .fields import article_from_fields
from .markup import parse, text_of_tree
from .outlets import tidy_address
from .pagefacts import facts_of
from .problems import CannotRead, LibraryMissing, Problem
from .streams import read_all

for _name in ("trafilatura", "htmldate", "courlan", "justext"):
    # What they log of a page that they can't read is said by its Problem.
    logging.getLogger(_name).addHandler(logging.NullHandler())

SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(\S+?)\s*-->")
FEWEST_WORDS = 20
"""A page with fewer words holds no article but a notice."""


def read_page(document: Document, settings: ReadSettings) -> Iterator[Article | Problem]:
    """Read the article of an HTML page. Raises CannotRead where there is none."""
    data = read_all(document.data, limits.PAGE)
    yield from _read(data, document.charset, document.url, document, settings)


def read_web_archive(document: Document, settings: ReadSettings) -> Iterator[Article | Problem]:
    """Read the article of a page that a browser saved as one file (MHTML). Raises CannotRead where there is none."""
    data = read_all(document.data)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    url = message.get("Snapshot-Content-Location")
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                url = url or part.get("Content-Location")
                yield from _read(page, part.get_content_charset(), str(url) if url else None, document, settings)
                return
    raise CannotRead("no web page was found in it; save the page as HTML")


def _read(
    data: bytes, charset: str | None, url: str | None, document: Document, settings: ReadSettings
) -> Iterator[Article | Problem]:
    fields, note = page_fields(data, charset, url)
    if note:
        yield Problem(document.place, note, loaded=True)
    name = None if fields.get("title") else document.stem
    yield from article_from_fields(fields, document.place, document.outlet, name, settings.dates)


def page_fields(data: bytes, charset: str | None = None, url: str | None = None) -> tuple[dict[str, Any], str | None]:
    """The fields of the article in a page, and a note where its encoding had to be guessed.

    `charset` is what the server named, `url` where the page was got. Raises CannotRead where there is no article.
    """
    try:
        text, guessed = encodings.decode(data, charset or encodings.declared_in(data))
    except encodings.NotText:
        raise CannotRead("this is no web page but binary data") from None
    note = f"neither UTF-8 nor what it says it is; read as {guessed}" if guessed else None
    if not text.strip():
        raise CannotRead("the page is empty; nothing to load")
    saved = SAVED_FROM.search(text[:4096])
    tree = parse(text)
    if tree is None:
        raise CannotRead("no article was found in the page")
    facts = facts_of(tree, url or (saved[1] if saved else None))
    body, found = _article(tree, facts.get("url"))
    # What the page says of itself comes before what was worked out from it.
    fields = {**{key: value for key, value in found.items() if value}, **facts}
    if len(body.split()) < FEWEST_WORDS:
        raise CannotRead(
            f"no article was found in the page ({len(body.split())} words); is it a front page, a video or a paywall?"
        )
    fields["text"] = _with_title(body, fields.get("title"))
    if fields.get("url"):
        fields["url"] = tidy_address(fields["url"])
    return fields, note


def _article(tree: Any, url: str | None) -> tuple[str, dict[str, str | None]]:
    found: Any
    _drop_long_lists(tree)
    try:
        import trafilatura
    except ImportError:
        raise LibraryMissing("web pages", "trafilatura") from None
    try:
        found = trafilatura.bare_extraction(
            tree, url=url, include_comments=False, include_tables=True, with_metadata=True, deduplicate=False
        )
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError) as error:
        raise CannotRead(f"the page could not be taken apart ({type(error).__name__}: {error})") from error
    if found is None or found.body is None:
        return "", {}
    author = found.author.replace("; ", ", ") if found.author else None
    return text_of_tree(found.body), {
        "title": found.title, "author": author, "published": found.date, "site": found.sitename,
    }  # fmt: skip


def _drop_long_lists(tree: Any) -> None:
    """Take out tables and lists so long that they are data and no prose."""
    for element in list(tree.iter("table", "ul", "ol", "dl", "select")):
        if sum(1 for _ in element.iter("tr", "li", "dd", "option")) > limits.ROWS and element.getparent() is not None:
            element.drop_tree()


def _with_title(body: str, title: str | None) -> str:
    """The text with the headline on top, as the page has it; extraction often takes it away."""
    if not title:
        return body
    top = " ".join(body[: 2 * len(title) + 400].split()).casefold()
    return body if " ".join(title.split()).casefold() in top else f"{title}\n\n{body}"
