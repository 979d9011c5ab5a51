"""A table or a query of another SQLite file, opened so that nothing in it can change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from ...records import Article
from ...settings import ReadSettings
from .documents import Document, Linked, article_from_record
from .problems import CannotRead, Problem
from .tables import check_columns, without_row_number

ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, getattr(sqlite3, "SQLITE_RECURSIVE", 33)}
)


def read_sqlite(
    path: Path, wanted: str, document: Document, settings: ReadSettings
) -> Iterator[Article | Problem | Linked]:
    """Read an article from each row of the table or SELECT statement `wanted` of the database at `path`.

    Raises CannotRead where the file is no database, or the statement is none that only reads.
    """
    connection = _connect(path)
    try:
        tables = _tables(connection)
        if not wanted:
            raise CannotRead(
                f"say which table to read, as {path.name}::TABLE, or a query, as {path.name}::SELECT …;"
                f" its tables are {_shown(tables)}"
            )
        if wanted in tables:
            statement = 'SELECT * FROM "{}"'.format(wanted.replace('"', '""'))
        elif wanted.lstrip("( \n\t").lower().startswith(("select", "with", "values")):
            statement = wanted
        else:
            raise CannotRead(f"it has no table {wanted[:100]!r}; its tables are {_shown(tables)}")
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY)
        rows = connection.execute(statement)
        names = [column[0] for column in rows.description or ()]
        check_columns(names, settings)
        for number, row in enumerate(rows, 1):
            record = {name: _text(value) for name, value in zip(names, row, strict=True)}
            place = f"{document.place} row {number}"
            yield from article_from_record(without_row_number(record, settings), document, place, settings)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise CannotRead(f"SQLite says: {error}") from error
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise CannotRead("there is no such file; check the path")
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in rows]


def _shown(tables: list[str]) -> str:
    return ", ".join(tables[:20]) + (" …" if len(tables) > 20 else "") or "none"


def _text(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
