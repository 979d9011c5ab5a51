"""Bytes as they come in: looked at before they are read, unpacked within bounds, cut into lines of bounded length."""

from __future__ import annotations

import codecs
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from . import limits
from .packers import open_packed
from .problems import CannotRead

WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 64 * 1024


class Source(io.RawIOBase):
    """Any object with `read` as a raw stream, so that io's own buffer can stand in front of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        # Where it is there, read1 gives what has come already: a slow program's lines are read as it writes them.
        self._take = getattr(stream, "read1", stream.read)
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)

    def _next(self, size: int) -> bytes:
        data: bytes = self._take(size)
        return data


class _Bounded(Source):
    """What comes out of a compressed input; raises CannotRead where it is far more than what went in.

    Damaged data end there, with `damage` saying so: an error from within io's buffer would lose what came before.
    """

    def __init__(self, stream: IO[bytes], packed: Source) -> None:
        super().__init__(stream)
        self._packed = packed
        self.damage: str | None = None

    def packed_count(self) -> int:
        """How many packed bytes were read so far."""
        return self._packed.count

    def _next(self, size: int) -> bytes:
        check_ratio(self.count, self._packed.count)
        if self.damage:
            return b""
        try:
            return super()._next(size)
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            self.damage = f"the compressed data are damaged or cut short ({error}); get the file again"
            return b""


class _Behind(Source):
    """A stream that passes on what another one brings, and its damage."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._inner = stream

    @property
    def damage(self) -> str | None:
        """That of the stream behind."""
        return getattr(getattr(self._inner, "raw", None), "damage", None)


class Budget:
    """What may come out of one input in all, however deep the archives in it nest; `taken` says what went in."""

    def __init__(self, taken: Callable[[], int]) -> None:
        self._taken = taken
        self._given = 0

    def spend(self, count: int) -> None:
        """Note that so many bytes came out. Raises CannotRead where that is more than any text gives."""
        self._given += count
        check_ratio(self._given, self._taken())


class Metered(_Behind):
    """A file in an archive; what comes out of it is spent from the budget of the whole input."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        super().__init__(stream)
        self._budget = budget

    def _next(self, size: int) -> bytes:
        data = super()._next(size)
        self._budget.spend(len(data))
        return data


class _Recoded(_Behind):
    """UTF-8 bytes of a stream in another encoding."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__(stream)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._rest = b""

    def _next(self, size: int) -> bytes:
        while not self._rest:
            data = self._take(CHUNK)
            self._rest = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        out, self._rest = self._rest[:size], self._rest[size:]
        return out


def check_ratio(unpacked: int, packed: int) -> None:
    """Raise CannotRead where so many bytes came out of so few that no text can be behind it."""
    if unpacked > limits.TOTAL or (unpacked > limits.FREE_OUTPUT and unpacked > limits.RATIO * max(packed, 1)):
        raise CannotRead(
            f"it unpacks to more than {limits.RATIO} times its size or {limits.TOTAL // limits.MIB // 1024} GB,"
            " as no text does; reading stopped there"
        )


def check_whole(stream: IO[bytes]) -> None:
    """Raise CannotRead where the stream ended because its compressed data were damaged."""
    damage = getattr(getattr(stream, "raw", None), "damage", None)
    if damage:
        raise CannotRead(damage)


def buffered(stream: IO[bytes] | io.RawIOBase) -> io.BufferedReader:
    """The stream with `peek`."""
    if isinstance(stream, io.BufferedReader) and not isinstance(stream, tarfile.ExFileObject):
        return stream
    return io.BufferedReader(stream if isinstance(stream, Source) else Source(stream), CHUNK)  # type: ignore[arg-type]


def unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream, or what is in it where it is packed with gzip, bzip2, xz or zstd.

    Reading raises CannotRead at damage and at bombs.
    """
    packed = Source(stream)
    inside = open_packed(stream.peek(6), io.BufferedReader(packed, CHUNK))
    return io.BufferedReader(_Bounded(inside, packed), CHUNK) if inside else stream


def bytes_taken(stream: io.BufferedReader) -> tuple[io.BufferedReader, Callable[[], int]]:
    """The stream, and how many bytes of the input behind it were read so far: packed ones, where it is packed."""
    if isinstance(stream.raw, _Bounded):
        return stream, stream.raw.packed_count
    source = Source(stream)
    return io.BufferedReader(source, CHUNK), lambda: source.count


def utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream, turned into UTF-8 where its first bytes say that it is UTF-16 or UTF-32."""
    start = stream.peek(4)
    for mark, encoding in WIDE:
        if start.startswith(mark):
            return io.BufferedReader(_Recoded(stream, encoding), CHUNK)
    return stream


def lines(stream: IO[bytes], limit: int = limits.RECORD) -> Iterator[bytes | None]:
    """The stream's lines; None for one that is longer than the limit, which is never held."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit:
            if not line.endswith(b"\n"):
                check_whole(stream)
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(CHUNK)
        yield None
    check_whole(stream)


def read_all(stream: IO[bytes], limit: int = limits.FILE) -> bytes:
    """All bytes of the stream. Raises CannotRead where there are more than the limit."""
    parts: list[bytes] = []
    room = limit + 1
    while room > 0 and (part := stream.read(min(room, 1024 * 1024))):
        parts.append(part)
        room -= len(part)
    check_whole(stream)
    if room <= 0:
        raise CannotRead(f"it is larger than {limits.size(limit)}, which no article is; split it")
    return b"".join(parts)
