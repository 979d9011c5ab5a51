"""What commands say when they are done: to people in words, to programs as JSON.

Words go to standard output, and what was skipped to standard error. With `as_json` all words go to standard error, and
one object to standard output, whose keys docs/commands.md describes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .matching.settings import MatchSettings

if TYPE_CHECKING:
    from .loading.check import Finding
    from .loading.export import Exported
    from .loading.judging import JudgeReport
    from .loading.pipeline import Summary
    from .loading.readers import Problem
    from .loading.watching import Round

ANSWERS = ("same", "part", "different", "none")
"""What a language model may say of a pair."""


def say_summary(summary: Summary, command: str, db: Path, as_json: bool) -> None:
    """Say what was read and found, and what was skipped and why."""
    for problem in summary.problems:
        _say_problem(problem)
    skipped = counted(_skipped(summary), "input")
    click.echo(f"{_read(summary)}; {skipped} skipped.", err=as_json)
    for taken, what in ((summary.sources, "name of an outlet"), (summary.corrections, "correction")):
        if taken:
            for problem in taken.problems:
                _say_problem(problem)
            click.echo(
                f"Took in {counted(taken.changed, what, 'names of outlets' if taken is summary.sources else None)},"
                f" {taken.unchanged:,} known already, {len(taken.problems):,} skipped.",
                err=as_json,
            )
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(summary.matches.items(), key=lambda row: -row[1]))
    click.echo(
        f"{db} holds {counted(summary.article_count, 'article')} of {counted(summary.source_count, 'source')} in"
        f" {counted(summary.story_count, 'story', 'stories')},"
        f" {summary.shared_story_count:,} told by more than one source.",
        err=as_json,
    )
    matches = counted(sum(summary.matches.values()), "sentence match", "sentence matches")
    click.echo(
        f"Found {counted(summary.fact_count, 'shared fact')}, {matches}{f' ({kinds})' if kinds else ''},"
        f" {counted(summary.entity_count, 'entity', 'entities')}.",
        err=as_json,
    )
    _say_further_copies(summary)
    if summary.judged:
        _say_judged(summary.judged, as_json)
    click.echo(f"Done in {summary.seconds:.1f} seconds. To look at it: datasette serve {db}", err=as_json)
    if as_json:
        write_json(summary_values(summary, command, db))


def say_round(done: Round, db: Path, said: set[str], as_json: bool) -> None:
    """Say in one line what a round of `watch` did, and name what failed; `said` holds what was told before."""
    feeds = {
        state: sum(feed.state == state for feed in done.feeds) for state in ("read", "unchanged", "failed", "waiting")
    }
    for feed in done.feeds:
        if feed.state == "failed":
            times = "" if feed.failure_count < 2 else f", {feed.failure_count} times in a row"
            click.echo(f"failed: {feed.url}: {feed.failure} (asked again after {feed.not_before}{times})", err=True)
        elif feed.state == "waiting":
            click.echo(f"waiting: {feed.url}: {feed.failure} (not asked before {feed.not_before})", err=True)
    failed = {feed.url for feed in done.feeds if feed.state == "failed"}
    for problem in done.summary.problems:
        if problem.place not in failed and str(problem) not in said:
            said.add(str(problem))
            _say_problem(problem)
    if done.trouble:
        click.echo(
            f"{done.started_at} the database can't be used: {done.trouble}; the next round tries again", err=True
        )
    else:
        pages = f"; pages: {_states(done.pages)}" if any(done.pages.values()) else ""
        stopped = " (stopped early; the rest comes with the next round)" if done.stopped else ""
        click.echo(
            f"{done.started_at} feeds: {_states(feeds)}{pages}. {_read(done.summary)};"
            f" {db} holds {done.summary.article_count:,}{stopped}.",
            err=as_json,
        )
        _say_further_copies(done.summary)
    if as_json:
        values = summary_values(done.summary, "watch", db) | {
            "started_at": done.started_at,
            "feeds": [asdict(feed) for feed in done.feeds],
            "pages": done.pages,
            "stopped": done.stopped,
            "trouble": done.trouble,
        }
        write_json(values)


def _say_further_copies(summary: Summary) -> None:
    if summary.further_copies:
        click.echo(
            f"note: {counted(summary.further_copies, 'sentence is', 'sentences are')} matched with the first copy only,"
            f" for more than {MatchSettings().most_copies} articles of the story carry the same words.",
            err=True,
        )


def say_removed(removed: int, unknown: Sequence[str], summary: Summary, db: Path, as_json: bool) -> None:
    """Say what `remove` took out, and which names are none."""
    for name in unknown:
        click.echo(f"skipped: {name}: no such article or outlet is loaded", err=True)
    click.echo(f"Removed {counted(removed, 'article')}; {summary.article_count:,} left.", err=as_json)
    if as_json:
        write_json(summary_values(summary, "remove", db) | {"removed": removed, "unknown": list(unknown)})


def say_findings(findings: Sequence[Finding], db: Path, as_json: bool) -> None:
    """Say what `check` found."""
    for finding in findings:
        click.echo(str(finding), err=as_json)
    click.echo(f"{db}: {'all holds' if not findings else counted(len(findings), 'problem')}.", err=as_json)
    if as_json:
        values = {"command": "check", "database": str(db), "ok": not findings}
        write_json(values | {"findings": [asdict(finding) for finding in findings]})


def say_export(done: Exported, db: Path, out: Path, as_json: bool) -> None:
    """Say what `export` wrote."""
    click.echo(
        f"Wrote {counted(done.articles, 'article')} in {counted(done.stories, 'story', 'stories')} to {out}"
        f" ({done.bytes / 1e6:,.1f} MB, {done.seconds:.1f} seconds).",
        err=as_json,
    )
    if as_json:
        write_json({"command": "export", "database": str(db), "out": str(out), **asdict(done)})


def summary_values(summary: Summary, command: str, db: Path) -> dict[str, Any]:
    """A run's outcome under the names that programs rely on."""
    corrections, names, judged = summary.corrections, summary.sources, summary.judged
    return {
        "command": command,
        "database": str(db),
        "read": summary.read,
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "skipped": _skipped(summary),
        "problems": [asdict(problem) for problem in summary.problems],
        "articles": summary.article_count,
        "sources": summary.source_count,
        "stories": summary.story_count,
        "shared_stories": summary.shared_story_count,
        "matches": summary.matches,
        "further_copies": summary.further_copies,
        "facts": summary.fact_count,
        "entities": summary.entity_count,
        "corrections": asdict(corrections) if corrections else None,
        "source_names": asdict(names) if names else None,
        "judged": asdict(judged) if judged else None,
        "seconds": round(summary.seconds, 3),
    }


def write_json(values: Mapping[str, Any]) -> None:
    """Write one object on one line of standard output, at once."""
    click.echo(json.dumps(values, ensure_ascii=False))


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 story`, `2,000 stories`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _read(summary: Summary) -> str:
    return (
        f"Read {counted(summary.read, 'article')}: {summary.added} new, {summary.changed} changed,"
        f" {summary.unchanged} unchanged"
    )


def _skipped(summary: Summary) -> int:
    return sum(problem.count for problem in summary.problems if not problem.loaded)


def _say_problem(problem: Problem) -> None:
    click.echo(f"{'note' if problem.loaded else 'skipped'}: {problem}", err=True)


def _states(states: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in states.items() if number) or "none"


def _say_judged(report: JudgeReport, as_json: bool) -> None:
    """Say what a language model was asked, and what came of it."""
    verdicts = ", ".join(f"{report.answers[name]:,} {name}" for name in ANSWERS if report.answers.get(name))
    click.echo(
        f"Asked {report.model} about {counted(report.put, 'uncertain pair')} in {counted(report.calls, 'call')}"
        f"{f': {verdicts}' if verdicts else ''}.",
        err=as_json,
    )
    if report.failed_calls:
        stopped = "; stopped asking" if report.gave_up else ""
        click.echo(
            f"note: {counted(report.failed_calls, 'call')} failed{stopped} (the last: {report.last_failure});"
            f" {counted(report.unanswered, 'pair')} without an answer keep the matcher's decision until the next run",
            err=True,
        )
