"""One reader a kind of input; each yields Article records, and a Problem for what it can't read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...records import Article
from ...settings import ReadSettings
from .documents import Linked
from .problems import Problem
from .reading import Reader

__all__ = ["Linked", "Problem", "Reader", "read"]

DEFAULTS = ReadSettings()


def read(
    inputs: Iterable[str], source: str | None = None, settings: ReadSettings = DEFAULTS
) -> Iterator[Article | Problem]:
    """Read files, folders, web addresses, tables of SQLite files and `-` (standard input) in the order given.

    `source` names the outlet of articles that do not name one themselves.
    """
    with Reader(source, settings) as reader:
        for one in inputs:
            yield from reader.read(one)
