"""Opening the database to write, and leaving it as one file."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import click
from filelock import FileLock, Timeout
from sqlite_utils import Database

from .. import schema

BUSY_SECONDS = 30.0
"""How long to wait for another program that holds the file."""


class DatabaseProblem(Exception):
    """The database can't be used; the message says why and what to do."""


@contextmanager
def writable(path: Path, must_exist: bool = False) -> Iterator[Database]:
    """A database with this version's schema, in WAL mode so that others can read while it is written.

    Waits while another loader of this machine writes to it, and says so. On the way out the database goes back to
    a single file, unless another program has it open.
    Raises DatabaseProblem where the file is missing (with `must_exist`), not a database, locked or not writable.
    """
    if must_exist and not path.exists():
        raise DatabaseProblem(f"{path}: there is no such file; make it with `datasette newscompare load {path} ...`")
    if not path.parent.is_dir():
        raise DatabaseProblem(f"{path}: the folder {path.parent} does not exist; make it first")
    with _one_at_a_time(path), _open(path) as db:
        yield db


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    name = sha256(str(path.resolve()).encode()).hexdigest()[:16]
    lock = FileLock(Path(tempfile.gettempdir(), f"newscompare-{name}.lock"), mode=0o666)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        click.echo(f"{path}: another loader is writing to it; waiting until it is done", err=True)
        lock.acquire()
    except OSError as error:
        raise DatabaseProblem(f"{path}: can't be locked ({error}); remove {lock.lock_file}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _open(path: Path) -> Iterator[Database]:
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        raise DatabaseProblem(f"{path}: can't be opened ({error}); check the path and its permissions") from error
    try:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("PRAGMA temp_store = MEMORY")  # else each row that a trigger follows goes to a file too
            connection.execute("PRAGMA analysis_limit = 1000")
            db = Database(connection)
            schema.migrate(db)
            excerpts = schema.excerpt_length(connection)
        except schema.OtherVersion as error:
            raise DatabaseProblem(f"{path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise DatabaseProblem(f"{path}: {_advice(error)}") from error
        if excerpts:
            raise DatabaseProblem(
                f"{path}: a copy made of excerpts can't be changed;"
                " change the database that it was made from, and export again"
            )
        before = connection.total_changes
        try:
            yield db
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise  # a mistake of ours
            raise DatabaseProblem(f"{path}: {_advice(error)}; what was stored before stands") from error
        if connection.total_changes != before:
            connection.execute("PRAGMA optimize")
    finally:
        connection.rollback()
        _leave_one_file(connection)
        connection.close()


def insert(db: Database, sql: str, parameters: Sequence[object] | Mapping[str, object]) -> int:
    """Run an INSERT of one row and return the row's id."""
    id = db.conn.execute(sql, parameters).lastrowid
    assert id is not None
    return id


def path_of(db: Database) -> Path:
    """The file that a database is."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2])


def take_statistics(db: Database, table: str) -> None:
    """Let SQLite see anew how the values of a table's indexes are spread, by which it plans its queries."""
    db.execute(f"ANALYZE {table}")


def _leave_one_file(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        pass  # someone else has the file open: it stays in WAL mode, which is as safe


def _advice(error: sqlite3.Error) -> str:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return f"this is not an SQLite database that can be read ({text}); choose another name for the output"
    if "readonly" in text or "unable to open" in text:
        return f"can't be written ({text}); check the permissions of the file and its folder"
    if "full" in text or "disk I/O" in text:
        return f"the disk refuses more ({text}); make room and run the command again"
    if "locked" in text:
        return "another program is writing to it; wait until it is done and run the command again"
    if "no such column" in text or "no such table" in text or "no column named" in text:
        return f"its tables are not those of this version ({text}); load the articles anew into a new file"
    if "already exists" in text:
        return f"the database holds tables of these names that are not ours ({text}); choose another file"
    return text
