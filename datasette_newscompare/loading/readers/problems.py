"""What could not be read, where, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...records import Article
from . import limits


@dataclass(frozen=True, slots=True)
class Problem:
    """An input, or a part of one, that was not understood."""

    place: str
    """Path, path:line, URL or "standard input:line"."""
    reason: str
    """What was expected and what to do next."""
    loaded: bool = False
    """True where the article is loaded all the same, without the part that was not understood."""
    count: int = 1
    """How many places this stands for."""

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class CannotRead(Exception):
    """An input, or the rest of it, can't be read; the message says why and what to do."""


class LibraryMissing(CannotRead):
    """A kind of input needs a package that is not installed."""

    def __init__(self, what: str, package: str) -> None:
        super().__init__(f"reading {what} needs {package}; install it with: pip install 'datasette-newscompare[load]'")


def few_problems(found: Iterable[Article | Problem], place: str) -> Iterator[Article | Problem]:
    """All articles, and of the problems so many that a person can read them; the others are counted at the end."""
    named: Counter[tuple[str, bool]] = Counter()
    more: Counter[tuple[str, bool]] = Counter()
    for one in found:
        if isinstance(one, Problem):
            kind = (one.reason, one.loaded)
            if named[kind] >= limits.SAME_REASON or named.total() >= limits.NAMED:
                more[kind if kind in named else ("other reasons", one.loaded)] += one.count
                continue
            named[kind] += 1
        yield one
    for (reason, loaded), count in more.items():
        yield Problem(place, f"the same at {count:,} more places: {reason}", loaded, count)
