"""Which column or key holds what: the names that people, programs and news services give an article's parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ...reading_options import FIELDS

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    # Written small and without spaces, hyphens and underscores; earlier names come first.
    "source": (
        "sourcename", "outlet", "outletname", "publisher", "publication", "newspaper", "medianame", "newssource",
        "sitename", "mentionsourcename",
        "sourcecommonname", "provider", "sourcedomain", "domain", "hostname", "mediaurl",
    ),
    "title": ("headline", "webtitle", "articletitle", "storytitle", "heading"),
    "published": (
        "publishedat", "datepublished", "publishdate", "publisheddate", "publicationdate", "pubdate", "datepublish",
        "webpublicationdate", "publishedtime", "published_parsed", "articledate", "datetime", "date", "seendate",
        "timestamp", "v21date",
    ),
    "url": (
        "canonicalurl", "link", "articleurl", "articlelink", "storyurl", "weburl", "permalink", "documentidentifier",
        "sourceurl", "mentionidentifier", "mainentityofpage",
    ),
    "author": ("authors", "byline", "creator", "writer", "reporter"),
    "language": ("lang", "inlanguage", "languagecode"),
    "text": (
        "body", "content", "fulltext", "articletext", "articlebody", "maintext", "bodytext", "contenttext",
        "articlecontent", "storytext", "plaintext", "article", "cleanedtext", "textcontent",
    ),
    "html": ("contenthtml", "bodyhtml", "rawhtml"),
    "summary": ("description", "desc", "abstract", "excerpt", "snippet", "lead", "standfirst", "trailtext"),
}  # fmt: skip

CUT_OFF = re.compile(r"(?:…|\.\.\.)?\s*\[\+?\d+ chars\]\s*$")
"""How NewsAPI and GNews end the first characters of an article, which are all that they give."""
CUT_OFF_WITHIN = 100
"""Characters at the end in which that stands: in all of a text, however long, it would be looked for too long."""
NO_TEXT: Final = frozenset(
    {"[removed]", "only available in paid plans", "only available in professional and corporate plans"}
)
"""What services write where they give no text."""

Mapped = tuple[tuple[str, str], ...]


def fields_of(record: Mapping[str, Any], mapped: Mapped = ()) -> dict[str, Any]:
    """The parts of an article that a record brings, under our names; also `html` and `summary` where they are there.

    `mapped` holds pairs of our name and the record's, which may be a path such as `fields.body`.
    """
    found: dict[str, Any] = {}
    taken = dict(mapped)
    for field, names in _plan(tuple(record)):
        if field in taken:
            continue
        for name in names:
            value = plain_value(field, record[name])
            if value not in (None, ""):
                found[field] = value
                break
            found.setdefault(field, value)
    for field, name in taken.items():
        found[field] = plain_value(field, _look_up(record, name))
    return found


def missing_columns(names: tuple[str, ...], mapped: Mapped) -> list[str]:
    """The mapped columns that a table does not have."""
    return [name for _, name in mapped if name not in names]


@lru_cache(maxsize=256)
def _plan(keys: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each of our fields, the keys of a record that may hold it, best first."""
    squashed: dict[str, str] = {}
    for key in keys:
        squashed.setdefault(re.sub(r"[\s_.:-]", "", key.lower()), key)
    plan = []
    for field in (*FIELDS, "html", "summary"):
        names = [field] if field in keys else []
        names += [squashed[name] for name in (field, *SYNONYMS.get(field, ())) if name in squashed]
        if names:
            plan.append((field, tuple(dict.fromkeys(names))))
    return tuple(plan)


def _look_up(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    value: Any = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def plain_value(field: str, value: Any) -> Any:
    """Authors, publishers and headlines come as lists and objects; only their names are of use here."""
    if field in ("text", "html", "summary") and isinstance(value, str) and value.strip().lower() in NO_TEXT:
        return None
    if field in ("author", "source", "url") and isinstance(value, Mapping):
        return next((value[key] for key in ("name", "title", "original", "@id", "url") if value.get(key)), None)
    if field == "title" and isinstance(value, Mapping):
        return value.get("main") or value.get("rendered")
    if field == "author" and isinstance(value, list):
        names = [plain_value("author", one) for one in value]
        return ", ".join(names) if all(isinstance(name, str) for name in names) else value
    return value
