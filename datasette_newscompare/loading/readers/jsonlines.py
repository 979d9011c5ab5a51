"""JSON lines: one object a line, the form in which other programs hand articles over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...records import Article
from ...settings import ReadSettings
from . import limits
from .documents import Document, Linked, article_from_record
from .problems import CannotRead, Problem
from .streams import lines, utf8


def read_json_lines(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read an article from each line; a line that is none yields a Problem and the rest goes on.

    Raises CannotRead where the first hundred lines are none.
    """
    good = bad = 0
    for number, line in enumerate(lines(utf8(document.data)), 1):
        if line is not None and not line.strip():
            continue
        place = f"{document.place}:{number}"
        record = _record(line, number, place)
        if isinstance(record, Problem):
            yield record
            bad += 1
            if bad >= limits.HOPELESS and not good:
                raise CannotRead(f"none of the first {limits.HOPELESS} lines is a JSON object; the rest was left alone")
            continue
        good += 1
        yield from article_from_record(record, document, place, settings)


def _record(line: bytes | None, number: int, place: str) -> dict[str, Any] | Problem:
    if line is None:
        return Problem(place, f"the line is longer than {limits.size(limits.RECORD)}, which no article is")
    try:
        record: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:  # without the byte, so that many such lines are counted and not named one by one
        return Problem(place, "not UTF-8; convert the file, with iconv for one")
    except (ValueError, RecursionError) as error:
        return Problem(place, f"not a JSON object ({error}); write one article as one object on one line")
    if not isinstance(record, dict):
        return Problem(
            place, f"an object was expected, not {kind_name(record)}; write one article as one object a line"
        )
    return record


def kind_name(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")
