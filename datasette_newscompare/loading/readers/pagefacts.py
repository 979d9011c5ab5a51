"""What a page says of its article in its head: schema.org, Open Graph and the meta elements that news sites use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from .columns import plain_value
from .dates import iso_date
from .languages import base_language
from .outlets import split

LONGEST_LD: Final = 2 * 1024 * 1024
ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|ReviewNewsArticle)$")
DATE_NAMES: Final = (
    "article:published_time", "og:article:published_time", "datepublished", "article.published", "parsely-pub-date",
    "sailthru.date", "bt:pubdate", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dc.date",
    "publication_date", "publish-date", "publishdate", "pubdate", "date",
)  # fmt: skip
AUTHOR_NAMES: Final = ("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator")


def facts_of(tree: Any, url: str | None) -> dict[str, str]:
    """Title, author, published, url and language as far as the page states them; `url` is where it was got."""
    meta = _meta(tree)
    linked = next(_linked_data(tree), {})
    base = url or meta.get("og:url")
    author = plain_value("author", linked.get("author")) or next((meta[n] for n in AUTHOR_NAMES if n in meta), None)
    facts = {
        "title": linked.get("headline") or meta.get("og:title"),
        "author": author if isinstance(author, str) and "://" not in author else None,
        "published": _date(linked, meta, tree),
        "url": _canonical(tree, meta, linked, base),
        "language": base_language(tree.get("lang") or meta.get("og:locale")),
    }
    return {name: " ".join(value.split()) for name, value in facts.items() if isinstance(value, str) and value.strip()}


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content and len(content) < 4096:
            found.setdefault(name.lower(), content)
    return found


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The page's schema.org objects that are articles, in order."""
    for element in tree.iter("script"):
        if (element.get("type") or "").lower().strip() != "application/ld+json":
            continue
        text = (element.text or "").strip()
        if len(text) > LONGEST_LD:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [data]
        for _ in range(1_000):
            if not waiting:
                break
            one = waiting.pop(0)
            if isinstance(one, list):
                waiting += one[:200]
            elif isinstance(one, dict):
                types = one.get("@type")
                if any(
                    ARTICLE_TYPE.search(t)
                    for t in (types if isinstance(types, list) else [types])
                    if isinstance(t, str)
                ):
                    yield one
                waiting += [one[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in one]


def _date(linked: dict[str, Any], meta: dict[str, str], tree: Any) -> str | None:
    """When the article was published, as precisely as the page says."""
    times = [e.get("datetime") or e.get("content") for e in tree.iter("time") if _says_published(e)]
    for value in (linked.get("datePublished"), *(meta.get(name) for name in DATE_NAMES), *times[:3]):
        if isinstance(value, str):
            try:
                found = iso_date(value)
            except ValueError:
                continue
            if found and not found.startswith(("1970-01-01", "0")):
                return found
    return None


def _says_published(element: Any) -> bool:
    return "datepublished" in (element.get("itemprop") or "").lower() or element.get("pubdate") is not None


def _canonical(tree: Any, meta: dict[str, str], linked: dict[str, Any], url: str | None) -> str | None:
    """The address that the page gives as its own, else where it was got.

    One that leads to the site's front page is a mistake in the page's template and not believed.
    """
    links = [e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    for link in (*links, meta.get("og:url"), plain_value("url", linked.get("mainEntityOfPage")), linked.get("url")):
        if not isinstance(link, str) or not link.strip():
            continue
        try:
            whole = urljoin(url or "", link.strip())
        except ValueError:
            continue
        if split(whole) and (urlsplit(whole).path.strip("/") or urlsplit(whole).query):
            return whole
    return url
