"""Getting web pages politely: one request at a time to a host, slowly, within limits, where robots.txt allows it."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from ...settings import ReadSettings
from . import limits
from .outlets import split
from .robots import LONGEST, Rules, rules_from

HOSTS_AT_ONCE = 8
MOST_REDIRECTS = 8
LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait, by Retry-After or Crawl-delay; who asks for more is left alone."""
RULES_HOLD = 24 * 3600.0
"""Seconds for which a site's rules hold; RFC 9309 asks for a day at most."""
FAILURE_HOLDS = 600.0
"""Seconds after which a robots.txt that could not be had is asked for again."""
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
ROBOT = "datasette-newscompare"


class FetchError(Exception):
    """A page that could not be had; the message says why."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds that the server asks to wait before the next try."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered."""

    url: str
    """Where it stood in the end, after redirects."""
    media_type: str
    charset: str | None
    data: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Host:
    """What is known of a host while fetching. Its lock is held by the one who asks it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Rules | None = None
    rules_end: float = 0.0
    """When the rules are to be asked for again."""
    last: float = 0.0
    wait: float = 0.0


class Fetcher:
    """Gets pages. Use it as a context manager; it keeps connections and each site's rules while it is open.

    Once `stop` is set, nothing more is asked for.
    """

    def __init__(self, settings: ReadSettings, stop: threading.Event | None = None) -> None:
        self._settings = settings
        self._stop = stop or threading.Event()
        agent = settings.user_agent or f"{ROBOT}/{version(ROBOT)} (reads news articles to compare them)"
        self._robot = agent.partition("/")[0].strip() or ROBOT
        self._client = httpx.Client(
            headers={
                "User-Agent": agent,
                "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,*/*;q=0.5",
            },
            timeout=httpx.Timeout(settings.timeout, connect=min(10.0, settings.timeout)),
            follow_redirects=False,
        )
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get_all(self, wanted: Iterable[tuple[str, Mapping[str, str]]]) -> list[Page | FetchError]:
        """The pages in order, or why one could not be had; hosts at the same time, a host's pages one by one.

        Each is asked for by its address and with headers of its own, as in `get`.
        """
        asked = list(wanted)
        by_host: dict[str, list[int]] = {}
        for number, (url, _) in enumerate(asked):
            parts = split(url)
            by_host.setdefault(parts.netloc.lower() if parts else "", []).append(number)
        found: list[Page | FetchError] = [FetchError("not asked for")] * len(asked)

        def of_one_host(numbers: list[int]) -> None:
            for number in numbers:
                try:
                    found[number] = self.get(*asked[number])
                except FetchError as error:
                    found[number] = error

        with ThreadPoolExecutor(min(HOSTS_AT_ONCE, len(by_host) or 1)) as pool:
            list(pool.map(of_one_host, by_host.values()))
        return found

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """The page at the address. With `headers` such as If-None-Match the status may be 304, and there are no data.

        Raises FetchError where it can't be had, may not be had, or is too large.
        """
        for _ in range(MOST_REDIRECTS + 1):
            if split(url) is None:
                raise FetchError(f"no web address: {url[:100]!r}")
            self._check_robots(url)
            page = self._get_patiently(url, headers or {})
            if page.status not in (301, 302, 303, 307, 308):
                return page
            try:
                url = urljoin(url, page.headers.get("location", ""))
            except ValueError:
                raise FetchError("the server redirects to what is no address") from None
        raise FetchError(f"more than {MOST_REDIRECTS} redirects")

    def _get_patiently(self, url: str, headers: Mapping[str, str]) -> Page:
        """One address, tried again where the failure may pass."""
        why = "no answer"
        pause = 1.0
        asked = 0.0
        for attempt in range(1, self._settings.tries + 1):
            wait = pause if self._settings.delay else 0.0
            try:
                page = self._get_once(url, headers, limits.FILE)
            except httpx.TimeoutException:
                why = f"no answer within {self._settings.timeout:g} seconds"
            except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, OSError, ValueError) as error:
                why = f"no connection ({' '.join(str(error).split())[:200] or type(error).__name__})"
            else:
                if page.status < 400 and (page.status != 304 or headers):
                    return page
                why = f"the server answered {page.status}"
                asked = _retry_after(page.headers.get("retry-after"))
                if page.status not in TRY_AGAIN or asked > LONGEST_WAIT:
                    break
                wait = max(wait, asked)
            if attempt < self._settings.tries:
                self._stop.wait(wait)
                pause *= 2
        raise FetchError(why, asked)

    def _get_once(self, url: str, headers: Mapping[str, str], limit: int) -> Page:
        host = self._host(url)
        with host.lock:
            self._stop.wait(max(0.0, host.last + max(self._settings.delay, host.wait) - time.monotonic()))
            if self._stop.is_set():
                raise FetchError("stopped before it was asked for")
            try:
                return self._stream(url, headers, limit)
            finally:
                host.last = time.monotonic()

    def _stream(self, url: str, headers: Mapping[str, str], limit: int) -> Page:
        end = time.monotonic() + self._settings.timeout
        parts: list[bytes] = []
        size = 0
        with self._client.stream("GET", url, headers=dict(headers)) as response:
            if response.status_code == 200:
                for part in response.iter_bytes():
                    size += len(part)
                    parts.append(part)
                    if size > limit:
                        raise FetchError(f"it is larger than {limits.size(limit)}, which no article is")
                    if time.monotonic() > end:
                        raise FetchError(f"not all of it came within {self._settings.timeout:g} seconds")
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Page(
                url,
                media_type,
                response.charset_encoding,
                b"".join(parts),
                response.status_code,
                dict(response.headers),
            )

    def _check_robots(self, url: str) -> None:
        if not self._settings.robots:
            return
        host = self._host(url)
        if host.rules is None or time.monotonic() > host.rules_end:
            host.rules = self._robots(url)
            host.rules_end = time.monotonic() + (RULES_HOLD if host.rules.known else FAILURE_HOLDS)
            host.wait = host.rules.delay(self._robot)
        if host.wait > LONGEST_WAIT:
            raise FetchError(f"the site asks for {host.wait:g} seconds between two requests")
        if not host.rules.allows(self._robot, url):
            if host.rules.parser is None:
                raise FetchError("the site's robots.txt can't be had, so it is not known what is allowed; try later")
            raise FetchError("the site's robots.txt keeps programs from it")

    def _robots(self, url: str) -> Rules:
        parts = urlsplit(url)
        address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
        for _ in range(5):
            try:
                page = self._get_once(address, {}, LONGEST)
            except (FetchError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
                return rules_from(None, "")
            if page.status not in (301, 302, 303, 307, 308):
                return rules_from(page.status, page.data.decode("utf-8", "replace"))
            address = urljoin(address, page.headers.get("location", ""))
            if split(address) is None:
                break
        return rules_from(404, "")

    def _host(self, url: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(urlsplit(url).netloc.lower(), _Host())


def _retry_after(value: str | None) -> float:
    """Seconds that the header asks to wait, given in seconds or as a date; 0 without one."""
    if not value:
        return 0.0
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=datetime.timezone.utc)
    return max(0.0, (until - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
