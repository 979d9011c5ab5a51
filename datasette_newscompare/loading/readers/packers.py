"""Inputs packed with gzip, bzip2, xz or zstd, known by their first bytes and unpacked as they are read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any, Final

from . import limits
from .problems import LibraryMissing

CHUNK: Final = 64 * 1024
ENDINGS: Final = (".gz", ".bz2", ".xz", ".lzma", ".zst")
GZIP: Final = b"\x1f\x8b"
BZIP2: Final = b"BZh"
XZ: Final = b"\xfd7zXZ\x00"
LZMA: Final = b"]\x00\x00"
ZSTD: Final = b"\x28\xb5\x2f\xfd"


def plain_name(name: str) -> str:
    """A file's name without the ending that says how it is packed: `a.jsonl` for `a.jsonl.gz`."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in ENDINGS and path.stem else name


def open_packed(start: bytes, stream: io.BufferedReader) -> IO[bytes] | None:
    """What is in the stream, whose first bytes are `start`; None where it is not packed.

    Raises LibraryMissing where the package for it is not installed. Reading raises EOFError, OSError, zlib.error or
    LZMAError at damage.
    """
    if start.startswith(GZIP):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if start.startswith(BZIP2):
        return bz2.BZ2File(stream)
    if start.startswith((XZ, LZMA)):
        return _Frames(stream, partial(lzma.LZMADecompressor, memlimit=limits.UNPACKING_MEMORY))  # type: ignore[return-value]
    if start.startswith(ZSTD):
        return _Frames(stream, _zstd())  # type: ignore[return-value]
    return None


class _Frames:
    """xz, lzma and zstd: one packed piece after another, unpacked in bounded memory.

    Python's own LZMAFile bounds no memory, and zstd's readers see no truncation.
    """

    def __init__(self, stream: io.BufferedReader, decompressor: Callable[[], Any]) -> None:
        self._stream = stream
        self._make = decompressor
        self._current: Any = None
        self._left = b""

    def read(self, size: int) -> bytes:
        """Some bytes, at most `size`; b"" at the end."""
        while True:
            if self._current is None:
                packed = (self._left or self._stream.read1(CHUNK)).lstrip(b"\x00")  # padding between pieces
                if not packed and not self._stream.peek(1):
                    return b""
                self._left, self._current = packed, self._make()
            packed = b""
            if self._current.needs_input:
                packed, self._left = self._left or self._stream.read1(CHUNK), b""
                if not packed:
                    raise EOFError("it ends in the middle")
            data: bytes = self._current.decompress(packed, size)
            if self._current.eof:
                self._left, self._current = self._current.unused_data, None
            if data:
                return data


def _zstd() -> Callable[[], Any]:
    """What unpacks a piece; it takes 128 MiB at most by itself."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            zstd = import_module(name)
        except ImportError:
            continue
        found: Callable[[], Any] = partial(_ZstdPiece, zstd)
        return found
    raise LibraryMissing("files packed with zstd", "backports.zstd")


class _ZstdPiece:
    """zstd's own decompressor, with its errors as what they are: damage."""

    def __init__(self, zstd: Any) -> None:
        self._error = zstd.ZstdError
        self._inner = zstd.ZstdDecompressor()

    def decompress(self, packed: bytes, size: int) -> bytes:
        """Some of what comes out, at most `size` bytes."""
        try:
            data: bytes = self._inner.decompress(packed, size)
        except self._error as error:
            raise OSError(str(error)) from error
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
