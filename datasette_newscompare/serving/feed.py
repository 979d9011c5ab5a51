"""Lists as Atom feeds (RFC 4287), so that a newsroom's reader tells it of new stories."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
EPOCH = "1970-01-01T00:00:00+00:00"
"""What an empty feed was last updated at: the format wants a moment, and it must not change without news."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?)?)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. Moments are ISO 8601 of any precision; `url` is absolute and stays the entry's id."""

    url: str
    title: str
    summary: str
    authors: tuple[str, ...]
    updated: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its absolute addresses: its own, and that of the page it follows."""

    title: str
    url: str
    page_url: str
    entries: Sequence[Entry]


def moment(value: str | None) -> str | None:
    """The moment as RFC 3339 has it: what an imprecise one leaves open is its first, UTC without a zone; else None."""
    found = _MOMENT.fullmatch((value or "").strip())
    if not found:
        return None
    year, month, day, time, zone = found.groups()
    time = time or "00:00"
    zone = "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    written = f"{year}-{month or '01'}-{day or '01'}T{time if len(time) > 5 else time + ':00'}{zone}"
    try:
        return datetime.datetime.fromisoformat(written).isoformat()
    except ValueError:
        return None


def atom(feed: Feed) -> str:
    """The feed as an Atom document."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(root, "title", feed.title)
    _add(root, "id", feed.url)
    moments = [m for m in (moment(e.updated) for e in feed.entries) if m]
    _add(root, "updated", max(moments, key=datetime.datetime.fromisoformat, default=EPOCH))
    _add(_add(root, "author"), "name", feed.title)
    _link(root, "self", feed.url, "application/atom+xml")
    _link(root, "alternate", feed.page_url, "text/html")
    for entry in feed.entries:
        _entry(root, entry)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _entry(root: ET.Element, entry: Entry) -> None:
    element = _add(root, "entry")
    _add(element, "title", entry.title)
    _add(element, "id", entry.url)
    _link(element, "alternate", entry.url, "text/html")
    _add(element, "updated", moment(entry.updated) or moment(entry.published) or EPOCH)
    published = moment(entry.published)
    if published:
        _add(element, "published", published)
    for author in entry.authors:
        _add(_add(element, "author"), "name", author)
    _add(element, "summary", entry.summary)


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, tag)
    if text is not None:
        element.text = _NOT_XML.sub("", text)
    return element


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": href, "type": kind})
