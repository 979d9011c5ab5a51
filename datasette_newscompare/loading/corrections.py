"""Corrections as CSV: the alias file that people write by hand, and the corrections in force in the same form."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TextIO

from sqlite_utils import Database

from .. import schema
from ..corrections import Correction, corrections, record, withdraw
from .clock import now
from .connection import DatabaseProblem
from .readers import Problem

COLUMNS = ("action", "alias", "entity", "type", "article", "note", "actor", "at")
OTHER_NAMES = {"reason": "note", "article_id": "article", "spelling": "alias", "name": "entity"}
TYPE_NAMES = {
    "people": "person", "organization": "organisation", "org": "organisation", "company": "organisation",
    "location": "place", "nationality": "group",
}  # fmt: skip
UNDO = "undo"


@dataclass
class Taken:
    """What taking in an alias file did."""

    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@contextmanager
def read_only(path: Path) -> Iterator[Database]:
    """The database at `path`, opened so that nothing can be written. Raises DatabaseProblem where that can't be."""
    if not path.exists():
        raise DatabaseProblem(f"{path}: there is no such file")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        db = Database(connection)
        schema.check_version(db)
        yield db
    except schema.OtherVersion as error:
        raise DatabaseProblem(f"{path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseProblem(f"{path}: can't be read ({error}); restore it from a copy, or load anew") from error
    finally:
        connection.close()


def write_corrections(db: Database, out: TextIO) -> None:
    """Write the corrections in force as CSV, oldest first."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for c in corrections(db.conn):
        writer.writerow([c.action, c.alias, c.entity, c.type, c.article_id, c.note, c.actor, c.at])


def read_file(db: Database, path: Path) -> Taken:
    """Take in the alias file at `path`; see `read_corrections`. Raises DatabaseProblem where it can't be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_corrections(db, lines, str(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatabaseProblem(f"{path}: can't be read ({error}); save it as CSV in UTF-8") from error


def read_corrections(db: Database, lines: Iterable[str], name: str) -> Taken:
    """Record the corrections of a CSV file, in one transaction; rows that are wrong are left out and told.

    Separators are commas, semicolons or tabs, as spreadsheets write them. `name` is the file's name for messages.
    """
    rest = iter(lines)
    header = next(rest, "")
    reader = csv.DictReader(chain([header], rest), delimiter=max(",;\t", key=header.count))
    named = [(column or "").strip().lower() for column in reader.fieldnames or []]
    reader.fieldnames = [OTHER_NAMES.get(column, column) for column in named]
    if "alias" not in reader.fieldnames:
        advice = "the first line must name the columns alias, entity and type, and may name action and article"
        return Taken(problems=[Problem(f"{name}:1", advice)])
    taken = Taken()
    decided: dict[tuple[str, str | None], int] = {}
    with db.atomic():
        for row in reader:
            values = {column: " ".join(value.split()) for column, value in row.items() if isinstance(value, str)}
            if not any(values.values()):
                continue
            place = f"{name}:{reader.line_num}"
            key = (values.get("alias", ""), values.get("article") or None)
            if key in decided:
                again = f"{key[0]!r} is decided in line {decided[key]} already; keep one of the two"
                taken.problems.append(Problem(place, again))
                continue
            decided[key] = reader.line_num
            try:
                changed = _take(db, values)
            except ValueError as error:
                taken.problems.append(Problem(place, str(error)))
                continue
            taken.changed += changed
            taken.unchanged += not changed
    return taken


def _take(db: Database, row: dict[str, str]) -> bool:
    action, entity, type = row.get("action", "").lower(), row.get("entity") or None, row.get("type", "").lower() or None
    type = TYPE_NAMES.get(type, type) if type else None
    alias, article = row.get("alias", ""), row.get("article") or None
    if action == UNDO:
        return withdraw(db.conn, alias, article) is not None
    if not action:
        if not entity and not type:
            raise ValueError("write in the column entity what the alias is, or an action (merge, split, drop, …)")
        action = "retype" if type and entity in (None, alias) else "merge"
    at = row.get("at") or now()
    one = Correction(action, alias, entity, type, article, row.get("note") or None, row.get("actor", ""), at)
    return record(db.conn, one) is not None


def take_up(db: Database) -> Sequence[int]:
    """Mark the stories that corrections concern to be linked and compared anew, and return them."""
    stories = [row[0] for row in db.execute("SELECT id FROM stories WHERE needs_relinking ORDER BY id")]
    if stories:
        with db.atomic():
            db.execute(
                "UPDATE stories SET needs_linking = 1, needs_matching = 1, needs_relinking = 0 WHERE needs_relinking"
            )
    return stories
