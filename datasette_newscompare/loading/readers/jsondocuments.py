"""JSON files: an array of articles, one article, or the answer of a news service with its articles in a list."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...records import Article
from ...settings import ReadSettings
from . import limits
from .documents import Document, Linked, article_from_record
from .jsonlines import kind_name, read_json_lines
from .problems import CannotRead, Problem
from .streams import buffered, check_whole, read_all, utf8

LISTS = ("articles", "items", "results", "docs", "stories", "matches", "hits", "data", "entries", "response")
"""Where services put their articles: NewsAPI and GDELT, JSON Feed, the Guardian, and what people write."""
INDENTED = (b"{", b"[", b",", b":", b"}", b"")
"""How the first line of one object ends, written on one line or on many; any other is the first of many objects."""
SPACE = re.compile(r"[\s\ufeff]*")
SEPARATOR = re.compile(r"\s*,?\s*")
CHUNK = 1024 * 1024


def read_json(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read the articles of a JSON file. An array is read piece by piece, so its size does not matter.

    Raises CannotRead where the rest of the file can't be read.
    """
    data = utf8(document.data)
    start = data.peek(CHUNK)[:4096].lstrip(codecs.BOM_UTF8 + b" \t\r\n")
    if start.startswith(b"["):
        for number, record in enumerate(_elements(data), 1):
            yield from _read_element(record, document, f"{document.place}#{number}", settings)
        return
    first = data.readline(limits.FILE + 1)
    # Whether more lines follow is not looked at: a program may still be working on its second one.
    if _is_article(first) or first.rstrip()[-1:] not in INDENTED:
        again = replace(document, data=buffered(_Joined(first, data)))
        yield from read_json_lines(again, settings)
        return
    whole = first + read_all(data, max(limits.FILE - len(first), 0))
    try:
        value = json.loads(whole.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CannotRead(f"not UTF-8 (byte {error.start + 1}); convert the file, with iconv for one") from error
    except (ValueError, RecursionError) as error:
        raise CannotRead(f"not JSON ({error})") from error
    found = _list_in(value)
    if found is None:
        yield from _read_element(value, document, document.place, settings)
        return
    for number, record in enumerate(found, 1):
        yield from _read_element(record, document, f"{document.place}#{number}", settings)


def _read_element(
    value: Any, document: Document, place: str, settings: ReadSettings
) -> Iterator[Article | Problem | Linked]:
    if isinstance(value, dict):
        yield from article_from_record(value, document, place, settings)
    else:
        yield Problem(place, f"an object was expected, not {kind_name(value)}; write one article as one object")


def _list_in(value: Any) -> list[Any] | None:
    """The list of articles in a service's answer; None for an object that is an article itself."""
    if not isinstance(value, Mapping):
        return None
    for name in LISTS:
        inner = value.get(name)
        if isinstance(inner, list) and all(isinstance(one, dict) for one in inner):
            return inner
        if isinstance(inner, Mapping) and not isinstance(value.get("text"), str):
            deeper = _list_in(inner)
            if deeper is not None:
                return deeper
    return None


def _elements(data: io.BufferedReader) -> Iterator[Any]:
    """The elements of the array, one after another. Raises CannotRead where it is not well formed."""
    decode = codecs.getincrementaldecoder("utf-8")()
    decoder = json.JSONDecoder()
    text, at, ended, count = "", 0, False, 0
    wanted = CHUNK

    def more() -> None:
        nonlocal text, at, ended
        part = data.read(wanted)
        try:
            text, at, ended = text[at:] + decode.decode(part, final=not part), 0, not part
        except UnicodeDecodeError as error:
            raise CannotRead("not UTF-8; convert the file, with iconv for one") from error

    more()
    at = _end(SPACE, text, 0) + 1
    while True:
        while (at := _end(SEPARATOR, text, at)) >= len(text) and not ended:
            more()
        if text[at : at + 1] == "]":
            return
        place = f"after {count:,} articles" if count else "at its first article"
        try:
            value, end = decoder.raw_decode(text, at)
            if end == len(text) and not ended and not isinstance(value, dict | list):
                raise json.JSONDecodeError("a number may go on", text, end)
        except json.JSONDecodeError as error:
            if ended:
                check_whole(data)
                raise CannotRead(f"not JSON {place} ({error.msg}); the rest was left alone") from error
            if len(text) - at > limits.RECORD:
                raise CannotRead(
                    f"not JSON {place}, or an article longer than {limits.size(limits.RECORD)}; the rest was left alone"
                ) from error
            wanted = max(CHUNK, len(text) - at)  # doubling keeps the time even for one long article
            more()
        except RecursionError as error:
            raise CannotRead(f"lists nested too deep {place}; the rest was left alone") from error
        else:
            wanted = CHUNK
            count += 1
            at = end
            yield value


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _is_article(line: bytes) -> bool:
    """Whether the line is a whole object that holds no list of articles."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and _list_in(value) is None


class _Joined(io.RawIOBase):
    """A line that was read already, and what follows it."""

    def __init__(self, first: bytes, rest: io.BufferedReader) -> None:
        self._first, self._rest = memoryview(first), rest  # of which a part is cut off without a copy of what is left

    def read1(self, size: int) -> bytes:
        """What is there without waiting for more."""
        if self._first:
            out, self._first = self._first[:size], self._first[size:]
            return bytes(out)
        return self._rest.read1(size)
