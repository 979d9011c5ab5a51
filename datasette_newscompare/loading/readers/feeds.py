"""RSS and Atom, by feedparser: each entry an article where the feed brings all of it, else a link to one."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator
from typing import Any, Final

from ...records import Article
from ...settings import ReadSettings
from . import encodings
from .dates import Order, iso_date
from .documents import Document, Linked
from .fields import article_from_fields
from .languages import base_language
from .markup import text_of
from .outlets import Outlet, host_name, split
from .problems import CannotRead, LibraryMissing, Problem
from .streams import read_all

DECLARES_ENTITIES = re.compile(r"<!ENTITY", re.IGNORECASE)
ROOT = re.compile(r"<(?:rss|feed|rdf:RDF|\w+:feed|channel)\b")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
CONTINUES = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\]|read more|continue reading|more)\W*$", re.IGNORECASE)
FULL_WORDS: Final = 150
"""Words from which on a description is taken for the whole article, where it does not end as if it went on."""
FIRST_FEED: Final = 1990
DAYS_AHEAD: Final = 2


def read_feed(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read the entries of a feed. Raises CannotRead where it is none."""
    try:
        import feedparser
    except ImportError:
        raise LibraryMissing("feeds", "feedparser") from None
    text = _xml_text(document)
    if not ROOT.search(text[:65536]):
        raise CannotRead("this is no RSS or Atom feed; other XML is not read")
    try:
        feed = feedparser.parse(
            text.encode("utf-8"), response_headers={"content-type": "application/xml; charset=utf-8"}
        )
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError) as error:
        raise CannotRead(f"the feed could not be taken apart ({type(error).__name__})") from error
    if not feed.entries:
        why = f" ({feed.bozo_exception})" if feed.get("bozo") else ""
        raise CannotRead(f"the feed has no entries{why}; nothing to load")
    if feed.get("bozo") and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        broken = " ".join(str(feed.bozo_exception).split())[:200]
        yield Problem(
            document.place, f"the feed is not well-formed XML ({broken}); read as far as possible", loaded=True
        )
    title = str(feed.feed.get("title") or "")
    outlet = Outlet(document.outlet.given, title or document.outlet.guess, document.outlet.folder)
    for number, entry in enumerate(feed.entries, 1):
        place = f"{document.place}#{number}"
        yield from _read_entry(entry, feed.feed, place, outlet, document, settings)


def _read_entry(
    entry: Any, feed: Any, place: str, outlet: Outlet, document: Document, settings: ReadSettings
) -> Iterator[Article | Problem | Linked]:
    url = str(entry.get("link") or "")
    published, doubt = _date(entry, settings.dates)
    if doubt:
        yield Problem(place, doubt, loaded=True)
    authors = [str(one.get("name") or "") for one in entry.get("authors", []) if one.get("name")]
    fields: dict[str, object] = {
        "title": text_of(str(entry.get("title") or "")).replace("\n\n", " ") or None,
        "url": url if split(url) else None,
        "published": published,
        "author": ", ".join(dict.fromkeys(authors)) or entry.get("author") or None,
        "language": base_language(entry.get("language") or feed.get("language")),
        "source": _outlet_of(entry, url),
    }
    try:
        content = max((text_of(str(one.get("value") or "")) for one in entry.get("content", [])), key=len, default="")
        summary = text_of(str(entry.get("summary") or ""))
    except CannotRead as error:
        yield Problem(place, str(error))
        return
    whole = max(content, summary, key=len)
    if _is_whole(content, summary):
        yield from article_from_fields({**fields, "text": whole}, place, outlet, order=settings.dates)
    elif fields["url"]:
        yield Linked(url, place, fields, outlet, whole or None)
    elif whole:
        yield Problem(place, "the feed brings only a summary and no link; that is loaded", loaded=True)
        yield from article_from_fields({**fields, "text": whole}, place, outlet, order=settings.dates)
    else:
        yield Problem(place, "the entry has neither text nor a link; nothing to load")


def _is_whole(content: str, summary: str) -> bool:
    """Whether the feed brings all of the article: long, and not ending as if it went on."""
    longest = max(content, summary, key=len)
    if not longest or CONTINUES.search(longest[-40:]):
        return False
    words = len(longest.split())
    return words >= FULL_WORDS or (bool(content) and words >= 40 and len(content) > 1.5 * len(summary))


def _outlet_of(entry: Any, url: str) -> str | None:
    """The outlet that an aggregator's feed names for an entry of another's; None for a feed's own entries."""
    source = entry.get("source") or {}
    href, title = str(source.get("href") or ""), str(source.get("title") or "")
    if not href and not title:
        return None
    if split(href) and host_name(href) == host_name(url):
        return None
    return title or host_name(href)


def _date(entry: Any, order: Order | None) -> tuple[str | None, str | None]:
    """When the entry says it was published, and why that is not believed where it is not."""
    name = next((name for name in ("published", "updated", "created") if name in entry), "published")
    given, parsed = str(entry.get(name) or ""), entry.get(f"{name}_parsed")
    if not given:
        return None, None
    try:
        published = iso_date(given, order)
    except ValueError:
        if not parsed:
            return None, f"its date is none that is understood: {given[:60]!r} (loaded without a date)"
        try:
            moment = datetime.datetime.fromtimestamp(calendar.timegm(parsed), datetime.timezone.utc)
        except (ValueError, OverflowError, OSError, TypeError):
            return None, f"its date is none that is understood: {given[:60]!r} (loaded without a date)"
        published = moment.isoformat()
    if published is None:
        return None, None
    latest = datetime.date.today() + datetime.timedelta(days=DAYS_AHEAD)
    if int(published[:4]) < FIRST_FEED or published[:10] > latest.isoformat():
        return None, f"its date can't be true: {given[:60]!r} (loaded without a date)"
    return published, None


def _xml_text(document: Document) -> str:
    """The feed's text. Raises CannotRead for binary data, and for entities of its own, which no feed needs."""
    data = read_all(document.data)
    try:
        text, _ = encodings.decode(data, encodings.declared_in(data) or document.charset)
    except encodings.NotText:
        raise CannotRead("this is no feed but binary data") from None
    if not text.strip():
        raise CannotRead("the file is empty; nothing to load")
    start = ROOT.search(text)
    if DECLARES_ENTITIES.search(text, 0, start.start() if start else 65536):
        raise CannotRead("it declares XML entities, which can make a small file huge and which no feed needs")
    return XML_DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
