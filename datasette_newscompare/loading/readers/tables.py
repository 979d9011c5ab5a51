"""CSV and TSV: a line of column names, then one article a row. Also the tables of GDELT, which name no columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...records import Article
from ...settings import ReadSettings
from . import encodings, limits
from .columns import fields_of, missing_columns
from .documents import Document, Linked, article_from_record
from .problems import CannotRead, Problem
from .streams import check_whole, utf8

DELIMITERS = ",\t;|"
NUMBER = re.compile(r"\s*\d+(?:\.0)?\s*")
GDELT_GKG = re.compile(r"\d{14}-T?\d+")
GDELT_COLUMNS = {
    # The columns that are of use here, by position: http://data.gdeltproject.org/documentation/
    "gkg": {1: "date", 3: "sourcecommonname", 4: "documentidentifier"},
    "mentions": {4: "sourcename", 5: "documentidentifier"},
    "events": {-1: "sourceurl"},
}


def read_table(document: Document, settings: ReadSettings) -> Iterator[Article | Problem | Linked]:
    """Read an article from each row of a table whose first row names its columns.

    Numbers in a column `id` only count rows and are not taken for the articles' ids, unless `--map id=id` says so.
    Raises CannotRead where the table can't be read.
    """
    data = utf8(document.data)
    text, notes = _as_text(document, data)
    yield from notes
    head = text.readline(limits.RECORD)
    if not head.strip():
        raise CannotRead("the table is empty; nothing to load")
    delimiter = "\t" if document.suffix in (".tsv", ".tab") and "\t" in head else _delimiter(head)
    csv.field_size_limit(limits.RECORD)
    rows = csv.reader(_again(head, text, data), delimiter=delimiter)
    first = _next(rows)
    if isinstance(first, Problem):
        raise CannotRead(first.reason)
    names = [name.strip() for name in first or []]
    gdelt = _gdelt_names(names)
    if gdelt:
        rows = csv.reader(_again(head, text, data), delimiter="\t", quoting=csv.QUOTE_NONE)
        names = gdelt
    _check(names, settings)
    seen: set[str] = set()
    while (row := _next(rows)) is not None:
        place = f"{document.place}:{rows.line_num}"
        if isinstance(row, Problem):
            yield Problem(place, row.reason)
            continue
        if not any(row):
            continue
        if len(row) < len(names) // 2 or (len(row) > len(names) and any(row[len(names) :])):
            yield Problem(
                place, f"the row has {len(row)} cells and the table {len(names)} columns; is a quotation mark missing?"
            )
            continue
        record: dict[str, Any] = dict(zip(names, row, strict=False))
        if gdelt:  # it has a row for every event that an article tells
            url = next((record[name] for name in ("documentidentifier", "sourceurl") if name in record), "")
            if url in seen or not url.startswith("http"):
                continue
            seen.add(url)
        yield from article_from_record(without_row_number(record, settings), document, place, settings)


def without_row_number(record: dict[str, object], settings: ReadSettings) -> dict[str, object]:
    """The record without an id that is only a number, which the next table has too."""
    if any(field == "id" for field, _ in settings.columns):
        return record
    return {
        name: value
        for name, value in record.items()
        if name.lower() != "id" or not (isinstance(value, int | float) or NUMBER.fullmatch(str(value)))
    }


def check_columns(names: Sequence[str], settings: ReadSettings) -> None:
    """Raise CannotRead where a mapped column is not there, or none that tells an article."""
    missing = missing_columns(tuple(names), settings.columns)
    shown = ", ".join(names)[:300]
    if missing:
        raise CannotRead(f"it has no column {', '.join(repr(name) for name in missing)}; its columns are {shown}")
    known = fields_of(dict.fromkeys(names, "x"), settings.columns)
    if not {"text", "html", "url", "summary"} & set(known):
        raise CannotRead(
            f"no column holds the articles' text; name it with --map text=COLUMN (the columns are {shown})"
        )


def _check(names: list[str], settings: ReadSettings) -> None:
    if len(names) > 10_000:
        raise CannotRead(f"it has {len(names):,} columns, which no table of articles has")
    check_columns(names, settings)


def _as_text(document: Document, data: io.BufferedReader) -> tuple[io.TextIOWrapper, list[Problem]]:
    sample = data.peek(64 * 1024)
    encoding = "utf-8-sig"
    notes = []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
        if b"\x00" in sample:
            raise encodings.NotText
    except UnicodeDecodeError:
        try:
            encoding = document.charset or encodings.guess_encoding(sample)
        except encodings.NotText:
            raise CannotRead("this is no table but binary data; save it as CSV") from None
        notes.append(Problem(document.place, f"not UTF-8; read as {encoding}, which it looks like", loaded=True))
    except encodings.NotText:
        raise CannotRead("this is no table but binary data; save it as CSV") from None
    return io.TextIOWrapper(data, encoding=encoding, errors="replace", newline=""), notes


def _delimiter(head: str) -> str:
    """The delimiter that stands most often between the column names, outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), -DELIMITERS.index(mark)))


def _again(head: str, rest: io.TextIOWrapper, data: io.BufferedReader) -> Iterator[str]:
    """The lines, the first of which was read already; none is longer than an article may be."""
    line = head
    while line:
        yield line.replace("\x00", "")
        line = rest.readline(limits.RECORD)
        if not line.endswith("\n"):
            check_whole(data)


def _next(rows: Iterator[list[str]]) -> list[str] | Problem | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        return Problem("", f"the row can't be read ({error}); is a quotation mark missing?")


def _gdelt_names(first: list[str]) -> list[str] | None:
    """Names for the columns of a GDELT file, which is known by its first row: it has no names of its own."""
    kind = None
    if len(first) >= 20 and GDELT_GKG.fullmatch(first[0]):
        kind = "gkg"
    elif len(first) in (14, 16) and first[0].isdigit() and len(first[1]) == 14 and first[5].startswith("http"):
        kind = "mentions"
    elif len(first) in (58, 61) and first[0].isdigit() and first[1].isdigit() and len(first[1]) == 8:
        kind = "events"
    if kind is None:
        return None
    names = [f"column {number}" for number in range(1, len(first) + 1)]
    for position, name in GDELT_COLUMNS[kind].items():
        names[position] = name
    return names
