"""Short forms of the names of organisations, places and products: acronyms, endings, leads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .names import fold, tables

_SMALL = frozenset({"of", "and", "the", "for", "in", "on", "de", "du", "la", "des", "to", "&", "at"})
_PLACE_HEADS = frozenset({"island", "islands", "airport", "peninsula"})
_LEADS = frozenset(
    {"city", "of", "state", "town", "village", "mount", "lake", "province", "republic", "kingdom", "port",
     "hurricane", "typhoon", "cyclone"}
)  # fmt: skip
_WORLD = frozenset({"un", "united nations"})
_ENDINGS = frozenset({"index", "composite", "magazine", "weekly", "daily", "website", "com", "ca", "newspaper"})


@lru_cache(maxsize=50_000)
def initials(name: str) -> frozenset[str]:
    """The acronyms that a name of two words or more can have, in small letters: with and without its small words.

    A country in front need not count: CBP of U.S. Customs and Border Protection.
    """
    first, _, rest = name.partition(" ")
    without = initials(rest) if fold(first).replace(".", "") in tables().countries and rest.count(" ") > 1 else ()
    words = [w for w in re.split(r"[\s\-/]+", fold(name)) if w]
    while len(words) > 2 and words[-1].strip(".") in tables().legal_endings:
        words.pop()
    big = [w for w in words if w not in _SMALL]
    if len(big) < 2:
        return frozenset()
    both = {"".join(w[0] for w in big), "".join(w[0] for w in words)}
    return frozenset({*both, *without, *("t" + acronym for acronym in both if len(acronym) == 2)})


def abbreviates(short: str, long: str) -> bool:
    """Whether a word in capitals can stand for a name that it follows in brackets: SIA of Singapore Airlines.

    Its letters stand in the name in their order, the first at the start of its first word and the last at the start of
    a word or in the last word; after Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions"
    (2003), which this simplifies.
    """
    letters, name = fold(short).replace(".", ""), fold(long)
    if not short.isupper() or not 2 <= len(letters) <= 8 or not name.startswith(letters[:1]) or len(name) <= len(short):
        return False
    rest = iter(name)
    return all(letter in rest for letter in letters)


def same_name_key(key: str) -> str:
    """A key that names which differ in word order, plural and legal ending share.

    "us department of labor" and "us labor department"; "apple inc" and "apple"; "indianapolis colt" and "... colts".
    """
    words = key.split()
    while len(words) > 1 and words[-1] in tables().legal_endings:
        words.pop()
    if len(words) < 2:
        return " ".join(words)
    words[-1] = tables().countries.get(words[-1], words[-1]).casefold()  # T-Mobile US, T-Mobile USA
    return " ".join(sorted(w.removesuffix("s") if len(w) > 3 else w for w in words if w not in _SMALL)) or key


def core_keys(key: str) -> Iterator[tuple[str, str | None]]:
    """The keys of a name without what only decorates it, each with the country left off in front, if one was.

    FTSE of "british ftse 100 index"; Air Force of "us air force"; Albania of "republic of albania".
    """
    words = key.split()
    countries = tables().countries
    for start in range(len(words)):
        front = " ".join(words[:start])
        if start and words[start] in _SMALL:
            continue
        if start and front not in countries and front not in _WORLD and not all(w in _LEADS for w in words[:start]):
            continue
        end = len(words)
        while end > start:
            if start or end < len(words):
                yield " ".join(words[start:end]), countries.get(front)
            if not (words[end - 1] in _ENDINGS or words[end - 1].isdigit()):
                break
            end -= 1


def short_keys(key: str, type_: str, leads: frozenset[str]) -> Iterator[str]:
    """The keys of other short forms that a name can have; `leads` are keys of names that may be left off in front.

    Rice of "rice university", T-Mobile of "t mobile usa", Jaguars of "jacksonville jaguars", and A380 of "airbus a380"
    where Airbus is named too; known places may always be left off, as in the Times.
    """
    words = key.split()
    lists = tables()
    for cut in range(len(words) - 1, 0, -1):
        last = words[cut]
        tail = " ".join(words[cut:])
        if not (last in lists.organisation_heads or last in _PLACE_HEADS or tail in lists.places):
            break
        if words[cut - 1] not in _SMALL and not lists.organisation_heads.issuperset(words[:cut]):
            yield " ".join(words[:cut])
    for joint, earliest in (("in", 1), ("of", 2)):  # Columbia University in New York, Joint Chiefs of Staff
        if joint in words[earliest:]:
            yield " ".join(words[: words.index(joint, earliest)])
    for cut in range(1, len(words)):
        front = " ".join(words[:cut])
        if words[cut] not in _SMALL and (front in leads or front in lists.places):
            yield " ".join(words[cut:])
    if len(words) > 1 and words[-1].endswith("s") and len(words[-1]) > 3 and words[-1] not in lists.organisation_heads:
        yield words[-1]
