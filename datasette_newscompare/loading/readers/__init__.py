"""One reader a kind of input; each yields Article records, and a Problem for what it can't read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...records import Article
from .files import read_path
from .jsonlines import read_json_lines
from .problems import Problem

__all__ = ["Problem", "read"]


def read(paths: Iterable[str], source: str | None = None) -> Iterator[Article | Problem]:
    """Read files, folders and `-` (JSON lines on standard input) in the order given, folders by name.

    `source` names the outlet of articles that do not name one themselves.
    """
    for path in paths:
        if path == "-":
            yield from read_json_lines(sys.stdin.buffer, "standard input", source or "standard input")
        else:
            yield from read_path(Path(path), source)
