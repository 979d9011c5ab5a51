"""Verdicts as CSV, to carry people's judgements from one database to another."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields
from typing import TextIO

from sqlite_utils import Database

from ..verdicts import Verdict, record
from .clock import now
from .readers import Problem

COLUMNS = [field.name for field in fields(Verdict)]
NEEDED = ("left_article_id", "left_text", "right_article_id", "right_text", "verdict")


def write_verdicts(db: Database, out: TextIO) -> int:
    """Write all verdicts as CSV, oldest first, and return how many there are."""
    rows = db.execute(f"SELECT {', '.join(COLUMNS)} FROM verdicts ORDER BY at, id").fetchall()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return len(rows)


def read_verdicts(db: Database, lines: Iterable[str], name: str) -> tuple[int, list[Problem]]:
    """Store the verdicts of a CSV file; returns how many, and what was wrong with the other rows.

    Of two judgements of the same sentences by the same actor the later one stays. A row without a time counts
    as made now. `name` is the file's name for messages.
    """
    reader = csv.DictReader(lines)
    missing = [column for column in NEEDED if column not in (reader.fieldnames or [])]
    if missing:
        return 0, [Problem(f"{name}:1", f"the columns {', '.join(missing)} are missing; export a file to see the form")]
    stored, problems = 0, []
    with db.atomic():
        for row in reader:
            place = f"{name}:{reader.line_num}"
            left = (row["left_article_id"], row["left_text"])
            right = (row["right_article_id"], row["right_text"])
            (left_id, left_text), (right_id, right_text) = sorted((left, right))
            verdict = Verdict(
                left_article_id=left_id,
                left_text=left_text,
                right_article_id=right_id,
                right_text=right_text,
                verdict=row["verdict"],
                note=row.get("note") or None,
                actor=row.get("actor") or "",
                at=row.get("at") or now(),
            )
            try:
                known = record(db.conn, verdict)
            except ValueError as error:
                problems.append(Problem(place, f"{error}; correct the row"))
                continue
            if known:
                stored += 1
            else:
                problems.append(Problem(place, "one of its articles is not in this database; load it first"))
    return stored, problems
