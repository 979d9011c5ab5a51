"""The loader from end to end: read, annotate, group, compare. Each stage goes on from what is stored, so that a
run that was cut short is completed by the next one."""

from __future__ import annotations

import json
import platform
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from ..matching.settings import MatchSettings
from ..records import Article
from ..settings import LoadSettings
from ..stories import StorySettings
from .annotating import annotate_batches
from .articles import now, write_articles
from .comparing import compare_stories
from .connection import insert, writable
from .counting import count_sources
from .grouping import group_articles
from .identity import Identified, Identifier, State
from .readers import Problem, read

Progress = Callable[[str, int], None]
"""Called with a stage's name and how many more of its articles or stories are done."""


@dataclass
class Summary:
    """What a run did."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    article_count: int = 0
    source_count: int = 0
    story_count: int = 0
    shared_story_count: int = 0
    """Stories that more than one source tells."""
    matches: dict[str, int] = field(default_factory=dict)
    """Matches by kind."""
    fact_count: int = 0
    entity_count: int = 0
    seconds: float = 0.0


class Run:
    """The row of `loads` that stands for this run, made when the run first changes something."""

    def __init__(self, db: Database, command: str, settings: dict[str, object]) -> None:
        self._db = db
        self._row = {"command": command, "started_at": now(), "settings": json.dumps(settings)}
        self._id: int | None = None

    @property
    def id(self) -> int:
        """The row's id; asking for it makes the row."""
        if self._id is None:
            packages = ("datasette-newscompare", "rapidfuzz", "sqlite-utils", "spacy")
            versions = {name: version(name) for name in packages}
            versions |= {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
            with self._db.atomic():
                self._id = insert(
                    self._db,
                    "INSERT INTO loads (command, started_at, settings, versions)"
                    " VALUES (:command, :started_at, :settings, :versions)",
                    self._row | {"versions": json.dumps(versions)},
                )
        return self._id

    def touch(self) -> None:
        """Say that the run changed something."""
        _ = self.id

    @property
    def changed(self) -> bool:
        """Whether the run changed anything so far."""
        return self._id is not None


def load(
    path: Path,
    inputs: Sequence[str],
    settings: LoadSettings = LoadSettings(),  # noqa: B008 (frozen)
    progress: Progress = lambda stage, done: None,
) -> Summary:
    """Read articles into the database at `path` and bring stories, entities and matches up to date.

    Raises DatabaseProblem where the database can't be used, and ModelMissing where the language model is missing.
    """
    started = time.monotonic()
    summary = Summary()
    with writable(path) as db:
        run = Run(db, "load", {"load": asdict(settings)})
        for batch in annotate_batches(_batches(db, inputs, settings, summary, progress), settings):
            write_articles(db, batch, run.id)
            progress("annotated", len(batch))
        _compare(db, run, settings.workers, False, progress)
        _finish(db, run, summary, started)
    return summary


def rematch(
    path: Path,
    workers: int = 1,
    settings: MatchSettings = MatchSettings(),  # noqa: B008 (frozen)
    story_settings: StorySettings = StorySettings(),  # noqa: B008 (frozen)
    progress: Progress = lambda stage, done: None,
) -> Summary:
    """Group and match all that is loaded anew; ids of stories, matches and facts that stay are kept.

    Raises DatabaseProblem where the database is missing or can't be used.
    """
    started = time.monotonic()
    summary = Summary()
    with writable(path, must_exist=True) as db:
        run = Run(db, "match", {"match": asdict(settings), "stories": asdict(story_settings)})
        with db.atomic():
            db.execute("UPDATE stories SET needs_matching = 1")
        _compare(db, run, workers, True, progress, settings, story_settings)
        _finish(db, run, summary, started)
    return summary


def _compare(
    db: Database,
    run: Run,
    workers: int,
    regroup: bool,
    progress: Progress,
    settings: MatchSettings = MatchSettings(),  # noqa: B008 (frozen)
    story_settings: StorySettings = StorySettings(),  # noqa: B008 (frozen)
) -> None:
    if group_articles(db, story_settings, regroup):
        run.touch()
    if compare_stories(db, settings, workers, lambda done: progress("compared", done)):
        run.touch()
    count_sources(db)


def _batches(
    db: Database, inputs: Iterable[str], settings: LoadSettings, summary: Summary, progress: Progress
) -> Iterator[list[Identified]]:
    """Batches of the records that are new or changed; what was read and what was wrong goes into the summary."""
    identifier = Identifier(db)
    articles = _articles(inputs, settings, summary)
    while batch := list(islice(articles, settings.batch_size)):
        summary.read += len(batch)
        progress("read", len(batch))
        identified = identifier.identify(batch)
        summary.added += sum(one.state is State.NEW for one in identified)
        summary.changed += sum(one.state is State.CHANGED for one in identified)
        wanted = [one for one in identified if one.state is not State.UNCHANGED]
        summary.unchanged += len(batch) - len(wanted)
        if wanted:
            yield wanted


def _articles(inputs: Iterable[str], settings: LoadSettings, summary: Summary) -> Iterator[Article]:
    for one in read(inputs, settings.source):
        if isinstance(one, Problem):
            summary.problems.append(one)
        else:
            yield one


def _finish(db: Database, run: Run, summary: Summary, started: float) -> None:
    def one(sql: str) -> int:
        value: int = db.execute(sql).fetchone()[0]
        return value

    summary.article_count = one("SELECT count(*) FROM articles")
    summary.source_count = one("SELECT count(*) FROM sources")
    summary.story_count = one("SELECT count(*) FROM stories")
    summary.shared_story_count = one("SELECT count(*) FROM stories WHERE source_count > 1")
    summary.matches = dict(db.execute("SELECT kind, count(*) FROM matches GROUP BY kind").fetchall())
    summary.fact_count = one("SELECT count(*) FROM facts")
    summary.entity_count = one("SELECT count(*) FROM entities")
    summary.seconds = time.monotonic() - started
    if not run.changed:
        return
    with db.atomic():
        db.execute(
            "UPDATE loads SET finished_at = ?, duration_seconds = ?, articles_read = ?, articles_added = ?,"
            " articles_changed = ?, articles_unchanged = ?, inputs_skipped = ?, match_count = ? WHERE id = ?",
            [
                now(),
                round(summary.seconds, 3),
                summary.read,
                summary.added,
                summary.changed,
                summary.unchanged,
                sum(not problem.loaded for problem in summary.problems),
                sum(summary.matches.values()),
                run.id,
            ],
        )
