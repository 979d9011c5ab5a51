"""Which stored article a record is: ids that stay the same when the same thing is loaded again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum

from sqlite_utils import Database

from ..records import Article

MAX_SLUG = 80


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


def slug(text: str) -> str:
    """A readable id of ASCII letters, digits, hyphens and underscores: "Die Welt: Neues" is "die-welt-neues".

    Texts without any such letter get a short digest. At most 80 characters.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    short = re.sub(r"[^a-z0-9_]+", "-", plain.lower())[:MAX_SLUG].strip("-")
    return short if re.search(r"[a-z0-9]", short) else digest(text)


def digest(text: str) -> str:
    """Eight hexadecimal characters that stand for the text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def content_hash(article: Article) -> str:
    """A digest of all that the record says; where it was read does not count."""
    parts = [getattr(article, field.name) for field in fields(article) if field.name not in ("origin", "name")]
    return hashlib.sha256("\x1f".join("" if part is None else part for part in parts).encode("utf-8")).hexdigest()[:32]


class Identifier:
    """Gives each record its id: the one it brings, else that of the stored article with the same URL, or the
    same words in the same source, else a readable one made of source and title (or file name).
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: set[str] = set()
        self._hashes: set[tuple[str, str]] = set()
        self._sources: dict[str, str] = {}

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
        source_id = self._source_id(article.source or "unknown")
        stored = self._stored(article, source_id, mark)
        if stored:
            stored_id, stored_hash = stored
            return Identified(
                article, stored_id, source_id, mark, State.UNCHANGED if stored_hash == mark else State.CHANGED
            )
        return Identified(
            article, article.id or self._readable_id(article, source_id, mark), source_id, mark, State.NEW
        )

    def _stored(self, article: Article, source_id: str, mark: str) -> tuple[str, str] | None:
        if article.id:
            return self._one("SELECT id, content_hash FROM articles WHERE id = ?", article.id)
        same = self._one(
            "SELECT id, content_hash FROM articles WHERE content_hash = ? AND source_id = ?", mark, source_id
        )
        if same:
            return same
        if article.url:
            return self._one(
                "SELECT id, content_hash FROM articles WHERE url = ? AND source_id = ?", article.url, source_id
            )
        base = self._base(article, source_id)
        if base in self._seen:
            return None
        return self._one("SELECT id, content_hash FROM articles WHERE id = ? AND source_id = ?", base, source_id)

    def _readable_id(self, article: Article, source_id: str, mark: str) -> str:
        base = self._base(article, source_id)
        taken = base in self._seen or self._one("SELECT id, content_hash FROM articles WHERE id = ?", base)
        return f"{base}-{mark[:8]}" if taken else base

    @staticmethod
    def _base(article: Article, source_id: str) -> str:
        name = slug(article.name or article.title or article.text[:80])
        return name if name.startswith(source_id) else f"{source_id}-{name}"[: 2 * MAX_SLUG]

    def _one(self, sql: str, *parameters: str) -> tuple[str, str] | None:
        row: tuple[str, str] | None = self._db.execute(sql, parameters).fetchone()
        return row

    def _source_id(self, name: str) -> str:
        """The id of the source with this name, made where there is none; two names never share one."""
        if name not in self._sources:
            row = self._db.execute("SELECT id FROM sources WHERE name = ?", [name]).fetchone()
            base = slug(name)
            taken = (
                self._db.execute("SELECT 1 FROM sources WHERE id = ?", [base]).fetchone()
                or base in self._sources.values()
            )
            self._sources[name] = row[0] if row else f"{base}-{digest(name)}" if taken else base
        return self._sources[name]
