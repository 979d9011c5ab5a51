"""Files and folders: which reader takes which file, and whose article it is where the file does not say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...records import Article
from .jsonlines import read_json_lines
from .plaintext import read_text_file
from .problems import Problem

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
JSON_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
KNOWN = ", ".join(sorted(TEXT_SUFFIXES | JSON_LINES_SUFFIXES))


def read_path(path: Path, source: str | None) -> Iterator[Article | Problem]:
    """Read one file, or every file below a folder in order of name.

    Below a folder, a file stands for the outlet after which its first subfolder is named; at its top, and for
    a file named itself, for an outlet of the file's own name (its stem). `source`, where given, comes before both.
    """
    if path.is_dir():
        yield from _read_folder(path, source)
    elif not path.exists():
        yield Problem(str(path), "there is no such file or folder; check the path")
    elif path.suffix.lower() not in TEXT_SUFFIXES | JSON_LINES_SUFFIXES:
        yield Problem(str(path), f"this kind of file is not read; known are {KNOWN}")
    else:
        yield from _read_file(path, source or path.stem)


def _read_folder(folder: Path, source: str | None) -> Iterator[Article | Problem]:
    unread: list[Problem] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: unread.append(_folder_problem(error))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from unread
        unread.clear()
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith("."):
                continue
            if path.suffix.lower() not in TEXT_SUFFIXES | JSON_LINES_SUFFIXES:
                yield Problem(str(path), f"this kind of file is not read; known are {KNOWN}")
                continue
            below = path.relative_to(folder).parts
            yield from _read_file(path, source or (below[0] if len(below) > 1 else path.stem))
    yield from unread


def _folder_problem(error: OSError) -> Problem:
    return Problem(str(error.filename), f"the folder can't be read ({error.strerror}); check its permissions")


def _read_file(path: Path, source: str) -> Iterator[Article | Problem]:
    try:
        if path.suffix.lower() in JSON_LINES_SUFFIXES:
            with path.open("rb") as lines:
                yield from read_json_lines(lines, str(path), source)
        else:
            yield from read_text_file(path, source)
    except OSError as error:
        yield Problem(str(path), f"the file can't be read ({error.strerror}); check its permissions")
