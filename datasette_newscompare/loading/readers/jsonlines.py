"""JSON lines: one object a line, the form in which other programs hand articles over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ...records import Article
from .fields import article_from_fields
from .problems import Problem


def read_json_lines(lines: Iterable[bytes], name: str, source: str) -> Iterator[Article | Problem]:
    """Read an article from each line; a line that is none yields a Problem and the rest goes on.

    `name` says where the lines come from, `source` is the outlet of records that name none.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            record: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            yield Problem(
                place, f"not UTF-8 (byte {error.start + 1} of the line); convert the file, with iconv for one"
            )
            continue
        except (ValueError, RecursionError) as error:
            yield Problem(place, f"not a JSON object ({error}); write one article as one object on one line")
            continue
        if not isinstance(record, dict):
            yield Problem(place, f"an object was expected, not {_kind(record)}; write one article as one object a line")
            continue
        yield from article_from_fields(record, place, source)


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")
