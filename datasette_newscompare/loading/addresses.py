"""What the database knows of the addresses that `watch` asks for, so that servers are asked for what is new only."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlite_utils import Database

from ..settings import LoadSettings
from .readers import Linked

if TYPE_CHECKING:
    from .readers.fetching import FetchError, Page

LONGEST_PAUSE = datetime.timedelta(days=1)
"""What fails is asked for at least so often."""
FORGOTTEN_AFTER = datetime.timedelta(days=90)
"""Pages that no feed leads to any more are forgotten then."""


@dataclass(frozen=True, slots=True)
class Address:
    """A row of `watched_addresses`. Times are ISO 8601, UTC, to the second."""

    url: str
    kind: str
    """`feed` for an address that was named, `page` for one that a feed leads to."""
    settings_hash: str
    asked_at: str
    etag: str | None = None
    last_modified: str | None = None
    changed_at: str | None = None
    """When it last brought something new."""
    not_before: str | None = None
    """When it may be asked for again; None where that is the next round."""
    failure_count: int = 0
    """How often it failed since it last answered."""
    failure: str | None = None
    entry_hash: str | None = None
    """Of a page: a digest of what the feed said of it."""


class Addresses:
    """The memory of a reader in one round: what is due now, and what came of asking.

    `every` is the time between two rounds, and `recheck` that after which a known page is asked for again where its
    feed says nothing new of it. What fails is left alone for one round, then two, four, … up to a day. Nothing is
    stored before `store` is called, so that a round that is cut short is asked for again.
    """

    def __init__(
        self,
        db: Database,
        settings: LoadSettings,
        now: datetime.datetime,
        every: datetime.timedelta,
        recheck: datetime.timedelta,
    ) -> None:
        self._db = db
        self._now, self._every, self._recheck = now, every, recheck
        reading = settings.reading
        matters = [settings.source, reading.columns, reading.format, reading.dates, reading.fetch]
        self._settings_hash = _digest(json.dumps(matters))
        self._asked: dict[str, Address] = {}
        self._unchanged: set[str] = set()

    def wants(self, link: Linked) -> bool:
        """Whether the address is due; a page that failed or is known is, where its feed says something new of it."""
        known = self._known(link.url)
        if known is None or known.not_before is None or known.settings_hash != self._settings_hash:
            return True
        return _time(self._now) >= known.not_before or known.entry_hash != _entry_hash(link)

    def headers(self, url: str) -> Mapping[str, str]:
        """If-None-Match and If-Modified-Since, as the server said last time; none where it was read otherwise."""
        known = self._known(url)
        if known is None or known.settings_hash != self._settings_hash:
            return {}
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def answered(self, link: Linked, page: Page | FetchError) -> None:
        """Take note of an answer."""
        known = self._known(link.url)
        kind = "page" if link.fields else "feed"
        now = _time(self._now)
        if known is None:
            known = Address(link.url, kind, self._settings_hash, now)
        known = replace(known, kind=kind, asked_at=now, entry_hash=_entry_hash(link))
        if isinstance(page, Exception):
            failures = known.failure_count + 1
            # Half a round less, so that the next round is not just too early.
            pause = min(self._every * (2 ** min(failures - 1, 20) - 0.5), LONGEST_PAUSE)
            pause = max(pause, datetime.timedelta(seconds=min(page.wait, LONGEST_PAUSE.total_seconds())))
            known = replace(known, failure_count=failures, failure=str(page), not_before=_time(self._now + pause))
        else:
            again = _time(self._now + self._recheck) if kind == "page" else None
            known = replace(known, failure_count=0, failure=None, not_before=again)
            if page.status == 304:
                self._unchanged.add(link.url)
            else:
                known = replace(
                    known,
                    settings_hash=self._settings_hash,
                    etag=page.headers.get("etag"),
                    last_modified=page.headers.get("last-modified"),
                    changed_at=now,
                )
        self._asked[link.url] = known

    def store(self) -> None:
        """Remember for the next rounds what came of this one."""
        names = [field.name for field in fields(Address)]
        with self._db.atomic():
            self._db.conn.executemany(
                f"INSERT OR REPLACE INTO watched_addresses ({', '.join(names)})"
                f" VALUES ({', '.join(f':{name}' for name in names)})",
                [asdict(address) for address in self._asked.values()],
            )
            self._db.execute(
                "DELETE FROM watched_addresses WHERE kind = 'page' AND asked_at < ?",
                [_time(self._now - FORGOTTEN_AFTER)],
            )

    def state(self, url: str) -> tuple[str, Address | None]:
        """`read`, `unchanged`, `failed` or `waiting`, and what is known of the address."""
        known = self._known(url)
        if url not in self._asked:
            return "waiting", known
        if self._asked[url].failure:
            return "failed", known
        return "unchanged" if url in self._unchanged else "read", known

    def pages(self, urls: Iterable[str]) -> dict[str, int]:
        """How many pages that feeds lead to were read, unchanged or failed, by these words."""
        feeds = set(urls)
        states = [self.state(url)[0] for url in self._asked if url not in feeds]
        return {state: states.count(state) for state in ("read", "unchanged", "failed")}

    def _known(self, url: str) -> Address | None:
        if url in self._asked:
            return self._asked[url]
        rows = list(self._db["watched_addresses"].rows_where("url = ?", [url]))
        return Address(**rows[0]) if rows else None


def _entry_hash(link: Linked) -> str | None:
    said = {name: value for name, value in link.fields.items() if value}
    return _digest(json.dumps([said, link.summary], sort_keys=True, default=str)) if said else None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _time(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="seconds")
