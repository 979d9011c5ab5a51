"""Files and folders: whose article a file holds where it does not say, and what of a folder is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from .documents import KINDS, Document, kind_of, stem_of, suffix_of
from .outlets import Outlet
from .problems import LibraryMissing, Problem
from .streams import buffered, unpacked

KNOWN = ", ".join(sorted(KINDS))


def documents_at(path: Path, source: str | None, format: str | None) -> Iterator[Document | Problem]:
    """The file, opened, or every file below a folder in order of name; each is closed when the next is asked for.

    Below a folder, a file stands for the outlet after which its first subfolder is named; at its top, and for
    a file named itself, for an outlet of the file's own name (its stem). `source`, where given, comes before both.
    """
    if path.is_dir():
        yield from _in_folder(path, source)
    elif not path.exists():
        yield Problem(str(path), "there is no such file or folder; check the path")
    elif not (path.is_file() or path.is_fifo() or path.is_char_device()):
        yield Problem(str(path), "this is no file; name a file or a folder")
    else:
        yield from _opened(path, Outlet(source, stem_of(path.name)), format)


def _in_folder(folder: Path, source: str | None) -> Iterator[Document | Problem]:
    unread: list[Problem] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: unread.append(_folder_problem(error))):
        pages = {name.rpartition(".")[0] for name in names if kind_of(name) == "html"}
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _belongs_to(name, pages))
        yield from unread
        unread.clear()
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith("."):
                continue
            if not path.is_file():
                yield Problem(str(path), "this is no file, or a link to none; it was passed over")
                continue
            below = path.relative_to(folder).parts
            yield from _opened(path, Outlet(source, stem_of(name), below[0] if len(below) > 1 else None), None)
    yield from unread


def _belongs_to(folder: str, pages: set[str]) -> bool:
    """Whether a browser saved a page's pictures, scripts and frames there, beside the page."""
    return any(folder == page + ending for page in pages for ending in ("_files", ".files", "-Dateien", "_fichiers"))


def _opened(path: Path, outlet: Outlet, format: str | None) -> Iterator[Document | Problem]:
    kind = format or kind_of(path.name)
    if kind is None:
        yield Problem(str(path), f"this kind of file is not read; known are {KNOWN}")
        return
    try:
        with ExitStack() as stack:
            data = stack.enter_context(path.open("rb"))
            inside = unpacked(buffered(data))
            yield Document(str(path), stem_of(path.name), kind, outlet, inside, suffix=suffix_of(path.name))
    except LibraryMissing as error:
        yield Problem(str(path), str(error))
    except OSError as error:
        yield Problem(str(path), f"the file can't be read ({error.strerror}); check its permissions")


def _folder_problem(error: OSError) -> Problem:
    return Problem(str(error.filename), f"the folder can't be read ({error.strerror}); check its permissions")
