"""Which stored article a record is: ids that stay the same when the same thing is loaded again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import Enum

from sqlite_utils import Database

from ..records import Article
from .readers.outlets import host_name, is_host
from .slugs import MAX_SLUG, slug
from .sources import SourceNames


class State(Enum):
    """What a record means for the database."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Identified:
    """A record with the id under which it is stored."""

    article: Article
    id: str
    source_id: str
    content_hash: str
    state: State


def content_hash(article: Article) -> str:
    """A digest of all that the record says but for its outlet; where it was read does not count."""
    aside = ("origin", "name", "source")
    parts = [getattr(article, field.name) for field in fields(article) if field.name not in aside]
    return hashlib.sha256("\x1f".join("" if part is None else part for part in parts).encode("utf-8")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is known of a stored article."""

    id: str
    content_hash: str
    source_id: str
    source: str


class Identifier:
    """Gives each record its id: the one it brings, else that of the stored article with the same URL, or the
    same words in the same source, else a readable one made of source and title (or file name).

    A record that knows its outlet by the host only belongs to the outlet that the stored article with the same address
    names, and the other way round.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._names = SourceNames(db)
        self._seen: set[str] = set()
        self._hashes: set[tuple[str, str]] = set()

    def identify(self, articles: Iterable[Article]) -> list[Identified]:
        """Identify records in order; a record that comes twice in a run is left out the second time."""
        found = []
        for article in articles:
            identified = self._identify(article)
            mark = (identified.source_id, identified.content_hash)
            if identified.id not in self._seen and mark not in self._hashes:
                self._seen.add(identified.id)
                self._hashes.add(mark)
                found.append(identified)
        return found

    def _identify(self, article: Article) -> Identified:
        mark = content_hash(article)
        article = replace(article, source=self._names.name(article.source or "unknown"))
        stored = self._stored(article, mark)
        if stored and _only_host(article) and not is_host(stored.source):
            article = replace(article, source=stored.source)
        source_id = self._names.id(article.source or "")
        if stored:
            same = (stored.content_hash, stored.source_id) == (mark, source_id)
            return Identified(article, stored.id, source_id, mark, State.UNCHANGED if same else State.CHANGED)
        return Identified(
            article, article.id or self._readable_id(article, source_id, mark), source_id, mark, State.NEW
        )

    def _stored(self, article: Article, mark: str) -> _Stored | None:
        if article.id:
            return self._one("a.id = ?", article.id)
        source_id = self._names.id(article.source or "")
        same = self._one("a.content_hash = ? AND a.source_id = ?", mark, source_id)
        if same:
            return same
        if article.url:
            return self._one("a.url = ? AND a.source_id = ?", article.url, source_id) or self._of_host(article)
        base = self._base(article, source_id)
        if base in self._seen:
            return None
        return self._one("a.id = ? AND a.source_id = ?", base, source_id)

    def _of_host(self, article: Article) -> _Stored | None:
        """The article with the same address whose outlet is known only by its host, or any where this one's is."""
        if _only_host(article):
            return self._one("a.url = ?", article.url or "")
        host = host_name(article.url or "")
        return self._one("a.url = ? AND s.name = ?", article.url or "", host) if host else None

    def _readable_id(self, article: Article, source_id: str, mark: str) -> str:
        base = self._base(article, source_id)
        return f"{base}-{mark[:8]}" if base in self._seen or self._one("a.id = ?", base) else base

    @staticmethod
    def _base(article: Article, source_id: str) -> str:
        name = slug(article.name or article.title or article.text[:80])
        return name if name.startswith(source_id) else f"{source_id}-{name}"[: 2 * MAX_SLUG]

    def _one(self, condition: str, *parameters: str) -> _Stored | None:
        row = self._db.execute(
            "SELECT a.id, a.content_hash, a.source_id, s.name FROM articles a JOIN sources s ON s.id = a.source_id"
            f" WHERE {condition}",
            parameters,
        ).fetchone()
        return _Stored(*row) if row else None


def _only_host(article: Article) -> bool:
    """Whether all that is known of the outlet is the host of the article's address."""
    return bool(article.url and article.source) and article.source == host_name(article.url or "")
