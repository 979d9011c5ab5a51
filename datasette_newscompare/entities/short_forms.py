"""Short forms of the names of organisations and places: acronyms, legal endings, generic heads. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from .names import fold, tables

_SMALL = frozenset({"of", "and", "the", "for", "in", "on", "de", "du", "la", "des", "to", "&"})


@lru_cache(maxsize=50_000)
def initials(name: str) -> frozenset[str]:
    """The acronyms that a name of two words or more can have, in small letters: with and without its small words."""
    words = [w for w in re.split(r"[\s\-/]+", fold(name)) if w]
    big = [w for w in words if w not in _SMALL]
    if len(big) < 2:
        return frozenset()
    return frozenset({"".join(w[0] for w in big), "".join(w[0] for w in words)})


def short_form_of(short: str, short_surface: str, long: str, long_surface: str) -> bool:
    """Whether the first name is a usual short form of the second, both given as key and as written.

    NRA of National Rifle Association; Apple of Apple Inc; Jaguars of Jacksonville Jaguars; Palmer of City of Palmer.
    """
    a, b = short.split(), long.split()
    if not a or len(a) >= len(b):
        return False
    lists = tables()
    if len(a) == 1 and short_surface.isupper() and 2 <= len(short) <= 8:
        if short.replace(" ", "") in initials(long_surface):
            return True
    if b[: len(a)] == a and all(w in lists.organisation_heads or w in _PLACE_HEADS for w in b[len(a) :]):
        return True
    if b[-len(a) :] == a and all(w in _PLACE_LEADS for w in b[: -len(a)]):
        return True
    if len(a) == 1 and b[-1] == a[0] and a[0].endswith("s") and len(a[0]) > 4 and a[0] not in lists.organisation_heads:
        return not short_surface.isupper() or len(short_surface) > 5
    return False


_PLACE_HEADS = frozenset(
    {
        "island",
        "islands",
        "city",
        "county",
        "province",
        "state",
        "airport",
        "square",
        "river",
        "peninsula",
        "region",
        "district",
    }
)
_PLACE_LEADS = frozenset(
    {"city", "of", "state", "town", "village", "mount", "lake", "province", "republic", "republika", "kingdom", "port"}
)
