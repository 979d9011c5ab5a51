"""Feeds loaded again and again: what is new in them is asked for, at an interval, until someone says stop."""

from __future__ import annotations

import datetime
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from ..records import Article
from ..settings import LoadSettings, WatchSettings
from .addresses import Addresses
from .connection import DatabaseProblem, writable
from .executors import executor
from .pipeline import DEFAULTS, Progress, Summary, take_in
from .readers import Problem, Reader


@dataclass(frozen=True, slots=True)
class Feed:
    """What a round made of an address that is watched."""

    url: str
    state: str
    """read, unchanged (the server says so), failed, or waiting (it failed before and is left alone for now)."""
    failure: str | None = None
    failure_count: int = 0
    """How often it failed since it last answered."""
    not_before: str | None = None
    """When it is asked for again at the earliest; ISO 8601, UTC."""


@dataclass
class Round:
    """What one round did."""

    started_at: str
    summary: Summary = field(default_factory=Summary)
    feeds: list[Feed] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)
    """Pages that the feeds lead to and that were asked for: how many were read, unchanged and failed."""
    stopped: bool = False
    """Whether it was cut short; what it had read is stored, and the rest is asked for in the next round."""
    trouble: str | None = None
    """Why the database could not be used."""


@contextmanager
def _no_progress() -> Iterator[Progress]:
    yield lambda stage, done: None


def watch(
    path: Path,
    urls: Sequence[str],
    settings: LoadSettings = DEFAULTS,
    watching: WatchSettings | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[], AbstractContextManager[Progress]] = _no_progress,
) -> Iterator[Round]:
    """Load these addresses, now and every `watching.every` minutes, and yield what each round did.

    Ends when `stop` is set: in a pause at once, in a round after the articles that are being stored. The database is
    open only during a round. Trouble with it ends the first round with DatabaseProblem and is told by the others,
    after which the next one tries again. Also raises what `load` does.
    """
    watching = watching or WatchSettings()
    stop = stop or threading.Event()
    first = True
    with Reader(settings.source, settings.reading, stop=stop) as reader:
        while not stop.is_set():
            started = time.monotonic()
            try:
                yield _round(path, urls, settings, watching, reader, stop, progress)
            except DatabaseProblem as error:
                if first:
                    raise
                yield Round(_now().isoformat(timespec="seconds"), trouble=str(error))
            if watching.once:
                return
            first = False
            stop.wait(max(0.0, watching.every * 60 - (time.monotonic() - started)))


def _round(
    path: Path,
    urls: Sequence[str],
    settings: LoadSettings,
    watching: WatchSettings,
    reader: Reader,
    stop: threading.Event,
    progress: Callable[[], AbstractContextManager[Progress]],
) -> Round:
    now = _now()
    done = Round(now.isoformat(timespec="seconds"))
    every, recheck = datetime.timedelta(minutes=watching.every), datetime.timedelta(hours=watching.recheck)
    with progress() as report, writable(path) as db, executor(settings.workers, settings.dask) as pool:
        addresses = Addresses(db, settings, now, every, recheck)
        records = _until(stop.is_set, reader.read_addresses(urls, addresses))
        done.summary = take_in(db, pool, "watch", records, settings, report)
        done.stopped = stop.is_set()
        if not done.stopped:
            addresses.store()
        for url in dict.fromkeys(urls):
            state, known = addresses.state(url)
            done.feeds.append(
                Feed(url, state, known.failure, known.failure_count, known.not_before) if known else Feed(url, state)
            )
        done.pages = addresses.pages(urls)
    return done


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Yields what SIGINT (Ctrl-C) and SIGTERM set. The second one ends the program at once; what is stored stays."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until(stopped: Callable[[], bool], records: Iterable[Article | Problem]) -> Iterator[Article | Problem]:
    for record in records:
        if stopped():
            return
        yield record


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
