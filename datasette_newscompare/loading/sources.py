"""One outlet, whatever its articles call it: names that differ in capitals, and the hosts of its addresses."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from ..entity_counts import unlink_stories
from .clock import now
from .connection import DatabaseProblem
from .readers import Problem
from .readers.outlets import PREFIX, is_host
from .slugs import digest, slug

FEWEST = 2
"""Articles that must call their outlet so at a host whose name is not like it."""
SHARED = re.compile(
    r"(?:^|\.)(?:archive\.(?:org|today|is|ph)|facebook\.com|flipboard\.com|google\.[a-z.]+|linkedin\.com|medium\.com|"
    r"msn\.com|newsbreak\.com|reddit\.com|smartnews\.com|t\.co|t\.me|telegram\.org|twitter\.com|x\.com|"
    r"yahoo\.[a-z.]+|youtube\.com)$"
)
"""Hosts that carry what others publish."""
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})

AT_HOST = """
SELECT s.name, count(*), (SELECT count(*) FROM articles b WHERE b.source_id = s.id AND b.host IS NOT NULL)
FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.host = ? GROUP BY s.id
"""


@dataclass
class SourcesTaken:
    """What taking in a file of sources did."""

    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


class SourceNames:
    """The name under which an outlet is stored, for each name that articles give."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stored = {source_key(name): name for (name,) in db.execute("SELECT name FROM sources ORDER BY rowid")}
        self._known: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def name(self, given: str) -> str:
        """What was decided by hand or found before, for a host or the domain that it belongs to; else the stored name
        that differs in capitals only; else the name that articles at this host give; else the name itself."""
        key = source_key(given)
        if key not in self._known:
            found = self._decided(key) or (outlet_at(self._db, key) if is_host(key) else None)
            self._known[key] = found or self._stored.get(key) or given
        return self._known[key]

    def id(self, name: str) -> str:
        """The id of the source with this name, made up where it is not stored; two names never share one."""
        if name not in self._ids:
            self._ids[name] = _source_id(self._db, name, self._ids.values())
        return self._ids[name]

    def _decided(self, key: str) -> str | None:
        labels = key.split(".") if is_host(key) else [key]
        for start in range(len(labels)):
            alias = ".".join(labels[start:])
            row = self._db.execute("SELECT name, origin FROM source_aliases WHERE alias = ?", [alias]).fetchone()
            if row and (start == 0 or row[1] == "curated"):
                return str(row[0])
        return None


def source_key(name: str) -> str:
    """What is the same for spellings of one name: small letters, single spaces, a host without `www.` and the like."""
    key = " ".join(name.casefold().split())
    return PREFIX.sub("", key) if is_host(key) else key


def outlet_at(db: Database, host: str) -> str | None:
    """The outlet that all articles with addresses at this host belong to, by the names that they give.

    None where they give none or several; where a single one does, and its name is nothing like the host; where most of
    the outlet's articles stand elsewhere; and for hosts that carry many outlets' articles.
    """
    named = [row for row in db.execute(AT_HOST, [host]).fetchall() if not is_host(row[0])]
    if len(named) != 1 or SHARED.search(host):
        return None
    name, here, everywhere = named[0]
    enough = here >= FEWEST or _alike(name, host)
    return str(name) if enough and 2 * here >= everywhere else None


def _source_id(db: Database, name: str, taken: Collection[str] = ()) -> str:
    row = db.execute("SELECT id FROM sources WHERE name = ?", [name]).fetchone()
    if row:
        return str(row[0])
    base = slug(name)
    is_taken = base in taken or db.execute("SELECT 1 FROM sources WHERE id = ?", [base]).fetchone()
    return f"{base}-{digest(name)}" if is_taken else base


def unite_sources(db: Database, load_id: int) -> bool:
    """Give articles whose outlet is known only by its host to the outlet that others at that host name.

    Looks at the hosts of what this load read, and says whether anything changed. What was found is kept.
    """
    changed = False
    with db.atomic():
        for (host,) in db.execute(
            "SELECT DISTINCT host FROM articles WHERE load_id = ? AND host IS NOT NULL", [load_id]
        ).fetchall():
            stored = db.execute("SELECT id FROM sources WHERE name = ?", [host]).fetchone()
            decided = db.execute("SELECT 1 FROM source_aliases WHERE alias = ?", [host]).fetchone()
            name = None if not stored or decided else outlet_at(db, host)
            if name:
                changed |= _move(db, [stored[0]], name)
    return changed


def take_sources(db: Database, path: Path) -> SourcesTaken:
    """Take in a CSV file with the columns `name` and `domain` or `alias`, and unite what is stored accordingly.

    Raises DatabaseProblem where the file can't be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, delimiter=_delimiter(lines.readline()))
            lines.seek(0)
            return _take(db, rows, str(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatabaseProblem(f"{path}: can't be read ({error}); save it as CSV in UTF-8") from error


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _take(db: Database, rows: csv.DictReader[str], file: str) -> SourcesTaken:
    taken = SourcesTaken()
    names = rows.fieldnames = [(column or "").strip().lower() for column in rows.fieldnames or []]
    if "name" not in names or not {"domain", "alias"} & set(names):
        advice = "the first line must name the columns name and domain (or alias, for another spelling of the name)"
        return SourcesTaken(problems=[Problem(f"{file}:1", advice)])
    with db.atomic():
        for row in rows:
            values = {column: " ".join((row.get(column) or "").split()) for column in ("name", "domain", "alias")}
            place = f"{file}:{rows.line_num}"
            if not any(values.values()):
                continue
            domain = _domain(values["domain"])
            if not values["name"] or not (values["domain"] or values["alias"]):
                taken.problems.append(Problem(place, "write the outlet's name, and a domain or an alias of it"))
            elif values["domain"] and not domain:
                taken.problems.append(Problem(place, f"no domain: {values['domain'][:60]!r}; write it as example.com"))
            else:
                aliases = {domain, source_key(values["alias"])} - {None, ""}
                changed = sum([_decide(db, str(alias), values["name"]) for alias in sorted(map(str, aliases))])
                if domain:
                    db.execute("UPDATE sources SET domain = ? WHERE name = ?", [domain, values["name"]])
                taken.changed += bool(changed)
                taken.unchanged += not changed
    return taken


def _domain(given: str) -> str | None:
    host = re.sub(r"^https?://", "", given.strip().casefold()).partition("/")[0]
    return PREFIX.sub("", host) if is_host(host) else None


def _decide(db: Database, alias: str, name: str) -> bool:
    """Record that what is called `alias` is the outlet `name`, and give it what is stored; says whether that is new."""
    row = db.execute("SELECT name, origin FROM source_aliases WHERE alias = ?", [alias]).fetchone()
    db.execute(
        "INSERT INTO source_aliases (alias, name, origin, at) VALUES (?, ?, 'curated', ?)"
        " ON CONFLICT (alias) DO UPDATE SET name = excluded.name, origin = excluded.origin, at = excluded.at"
        " WHERE (name, origin) IS NOT (excluded.name, excluded.origin)",
        [alias, name, now()],
    )
    sources = db.execute("SELECT id, name FROM sources").fetchall()
    called = [id for id, stored in sources if stored != name and _is_called(source_key(stored), alias)]
    return _move(db, called, name) or row != (name, "curated")


def _is_called(key: str, alias: str) -> bool:
    return key == alias or (is_host(alias) and is_host(key) and key.endswith("." + alias))


def _move(db: Database, sources: Collection[str], name: str) -> bool:
    """Give the articles of these sources to the outlet of this name; their stories are to be compared anew."""
    if not sources:
        return False
    target = _source_id(db, name)
    db.execute("INSERT OR IGNORE INTO sources (id, name) VALUES (?, ?)", [target, name])
    for source in sources:
        [(alias, domain)] = db.execute("SELECT name, domain FROM sources WHERE id = ?", [source]).fetchall()
        stories = [
            row[0]
            for row in db.execute(
                "SELECT DISTINCT story_id FROM articles WHERE source_id = ? AND story_id IS NOT NULL", [source]
            )
        ]
        unlink_stories(db.conn, stories)
        db.conn.executemany(
            "UPDATE stories SET needs_linking = 1, needs_matching = 1 WHERE id = ?", [(story,) for story in stories]
        )
        db.execute("UPDATE articles SET source_id = ? WHERE source_id = ?", [target, source])
        db.execute("UPDATE sources SET domain = coalesce(domain, ?) WHERE id = ?", [domain, target])
        db.execute(
            "INSERT OR IGNORE INTO source_aliases (alias, name, origin, at) VALUES (?, ?, 'found', ?)",
            [source_key(alias), name, now()],
        )
    return True


def _alike(name: str, host: str) -> bool:
    """Whether the host says the name, or the name the host: "BBC News" and bbc.co.uk."""
    labels = host.split(".")[:-1]
    while len(labels) > 1 and labels[-1] in SECOND_LEVEL:
        labels.pop()
    words, label = re.sub(r"[\W_]", "", name.casefold()), labels[-1].replace("-", "")
    return min(len(words), len(label)) >= 3 and (label in words or words in label)
