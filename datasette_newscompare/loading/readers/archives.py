"""Zip and tar archives, read from one end to the other; nothing of them is ever written to disk."""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO

from ...records import Article
from . import limits
from .documents import Document, Linked, kind_of, stem_of, suffix_of
from .outlets import Outlet
from .problems import CannotRead, LibraryMissing, Problem
from .streams import Budget, Metered, Source, buffered, bytes_taken, check_ratio, check_whole, read_all, unpacked

Read = Callable[[Document], Iterator[Article | Problem | Linked]]
CLIMBS = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
"""Others take as much memory as the archive likes."""


def read_zip(document: Document, known: str, read: Read) -> Iterator[Article | Problem | Linked]:
    """Read each file in a zip archive with `read`. Raises CannotRead where the archive can't be read."""
    data: IO[bytes] = document.data
    if not data.seekable():
        try:
            data = io.BytesIO(read_all(document.data))
        except CannotRead as error:
            raise CannotRead(
                f"a zip archive can't be read as it comes ({error}); save it to a file and load that"
            ) from error
    try:
        archive = zipfile.ZipFile(data)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CannotRead(f"the archive is damaged ({error}); get it again") from error
    size = data.seek(0, io.SEEK_END)
    budget = document.budget or Budget(lambda: size)
    with archive:
        for info in archive.infolist():
            place = f"{document.place}/{info.filename}"
            if info.is_dir() or (_hidden(info.filename) and not CLIMBS.search(info.filename)):
                continue
            refused = _refused(info.filename, known, document.depth)
            if info.flag_bits & 1:
                refused = "it is encrypted; unpack the archive with its password and load the folder"
            if info.compress_type not in METHODS:
                refused = refused or "it is packed in a way that is not read; unpack the archive and load the folder"
            if refused:
                yield Problem(place, refused)
                continue
            try:
                with archive.open(info) as stream:
                    entry = _Entry(stream, info.compress_size)
                    yield from _read_inside(document, info.filename, place, entry, budget, read)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
                yield Problem(place, f"it is damaged in the archive ({error}); get the archive again")


def read_tar(document: Document, known: str, read: Read) -> Iterator[Article | Problem | Linked]:
    """Read each file in a tar archive with `read`. Raises CannotRead where it can't be read."""
    data, taken = bytes_taken(document.data)
    budget = document.budget or Budget(taken)
    try:
        with tarfile.open(fileobj=data, mode="r|") as archive:
            for info in archive:
                place = f"{document.place}/{info.name}"
                if info.isdir() or (_hidden(info.name) and not CLIMBS.search(info.name)):
                    continue
                refused = _refused(info.name, known, document.depth)
                if not info.isreg() or info.issparse():
                    refused = refused or "it is a link or device and not a file; what it leads to is read in its place"
                if refused:
                    yield Problem(place, refused)
                    continue
                stream = archive.extractfile(info)
                if stream is not None:
                    yield from _read_inside(document, info.name, place, stream, budget, read)
            marked = archive.fileobj.tell() - archive.offset == tarfile.BLOCKSIZE
        check_whole(document.data)
        if not marked:
            raise CannotRead("the archive is damaged or cut short (its end mark is missing); get it again")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise CannotRead(f"the archive is damaged or cut short ({error}); what stands before that was read") from error


class _Entry(Source):
    """A file in a zip archive; raises CannotRead where it unpacks to far more than it takes up."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        super().__init__(stream)
        self._packed = packed

    def _next(self, size: int) -> bytes:
        check_ratio(self.count, self._packed)
        return super()._next(size)


def _read_inside(
    document: Document, name: str, place: str, stream: Source | IO[bytes], budget: Budget, read: Read
) -> Iterator[Article | Problem | Linked]:
    """Read a file of the archive; below the archive's top, its folder names the outlet, as in a folder on disk.

    Raises CannotRead where more came out of the whole archive than of any that holds texts.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    guess = parts[0] if len(parts) > 1 else stem_of(parts[-1])
    try:
        data = buffered(Metered(unpacked(buffered(stream)), budget))
    except LibraryMissing as error:
        yield Problem(place, str(error))
        return
    yield from read(
        replace(
            document,
            place=place,
            stem=stem_of(parts[-1]),
            kind=kind_of(name),
            outlet=Outlet(document.outlet.given, guess),
            data=data,
            suffix=suffix_of(name),
            depth=document.depth + 1,
            budget=budget,
        )
    )
    budget.spend(0)


def _refused(name: str, known: str, depth: int) -> str | None:
    if CLIMBS.search(name) or "\x00" in name:
        return "its name leads out of the archive, so it was not read"
    kind = kind_of(name)
    if kind is None:
        return f"this kind of file is not read; known are {known}"
    if kind == "sqlite":
        return "a database inside an archive is not read; unpack the archive and load the folder"
    if kind in ("zip", "tar") and depth + 1 >= limits.ARCHIVES_DEEP:
        return "archives inside each other are not read this deep; unpack the outer ones and load the folder"
    return None


def _hidden(name: str) -> bool:
    """Names that a folder's reader passes over too, and what macOS adds to archives."""
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)
