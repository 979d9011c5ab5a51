"""Whose article it is, from its address: one name for an outlet, on whichever of its hosts the article was read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp|wap)\.(?=[^.]+\.)")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE)
TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|link\w*|bbc\w*|format|ptr_name)|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|"
    r"ocid|cmpid|cmp|ncid|taid|xtor|sref|amp_js_v|amp_gsa|usqp|__twitter_impression|guccounter|guce_\w+)",
    re.IGNORECASE,
)
AMP_FLAG = frozenset({("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("outputtype", "valid_amp")})
AMP_PATH = re.compile(r"(?<=.)/amp/?$|\.amp(?=\.html?$)|(?<=\w)\.amp$")
GOOGLE_AMP = re.compile(r"^/amp/(?:s/)?([^/]+\.[^/]+/.*)$")
AMP_CACHE = re.compile(r"^/[civr]/(?:s/)?([^/]+\.[^/]+/.*)$")


@dataclass(frozen=True, slots=True)
class Outlet:
    """What is known of whose articles an input holds."""

    given: str | None
    """The name that the person gave for all articles that do not name one."""
    guess: str
    """A file's or feed's name, where nothing better is known."""
    folder: str | None = None
    """The folder that someone sorted the article into."""

    def name(self, own: str | None, url: str | None) -> str:
        """The outlet's name for an article with this name and address of its own."""
        host = host_name(url) if url else None
        return own_name(own) or self.given or own_name(self.folder) or host or own_name(self.guess) or self.guess


def own_name(name: str | None) -> str | None:
    """A name as a record gives it; one that is a host or an address becomes the outlet's host."""
    if not name:
        return None
    if re.match(r"https?://", name, re.IGNORECASE):
        return host_name(name) or name
    return PREFIX.sub("", name.lower()) if HOST.fullmatch(name) and PREFIX.match(name.lower()) else name


def is_host(name: str) -> bool:
    """Whether a name is that of a host, such as `bbc.co.uk`."""
    return HOST.fullmatch(name) is not None


def host_name(url: str) -> str | None:
    """The host of an address without the prefixes that one outlet's hosts differ in: `bbc.com` for `www.bbc.com`,
    `m.bbc.com` and the AMP caches' copies of its pages. None where there is no host.
    """
    parts = split(unwrap(url))
    host = (parts.hostname or "") if parts else ""
    host = host.rstrip(".")
    return PREFIX.sub("", host) or None


def split(url: str) -> SplitResult | None:
    """The parts of an http or https address, or None where it is none."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def broken_address(url: str) -> bool:
    """Whether an address can't be taken apart, so that nothing could be done with it."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return True
    return "://" in url and not parts.netloc


def unwrap(url: str) -> str:
    """The address of the page itself, for one in an AMP cache."""
    parts = split(url)
    if not parts:
        return url
    host = parts.hostname or ""
    inner = None
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host):
        inner = GOOGLE_AMP.match(parts.path)
    elif host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = AMP_CACHE.match(parts.path)
    if not inner:
        return url
    return "https://" + inner[1] + (f"?{parts.query}" if parts.query else "")


def tidy_address(url: str) -> str:
    """The address of an article without what only tells how a reader came to it: fragment, campaign, AMP marks.

    What is no http address is given back as it came.
    """
    whole = unwrap(url.strip())
    parts = split(whole)
    if not parts:
        return url
    pairs: Iterable[tuple[str, str]] = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(k, v) for k, v in pairs if not TRACKING.fullmatch(k) and (k.lower(), v.lower()) not in AMP_FLAG]
    query = parts.query if len(kept) == len(list(pairs)) else urlencode(kept)
    path = AMP_PATH.sub("", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))
