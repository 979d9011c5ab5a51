"""The options of commands that load articles: what they are read as, how they are annotated and compared."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

import click
from click.core import ParameterSource

from .judge_options import judge_options
from .reading_options import reading_options
from .settings import JudgeSettings, LoadSettings, ReadSettings

dask_option = click.option("--dask", metavar="ADDRESS", help="Do the work on the Dask cluster with this scheduler.")
level_option = click.option(
    "--level",
    type=click.Choice(["lexical", "encoder"]),
    default="encoder",
    show_default=True,
    help="Match by words alone (quick), or by what a sentence encoder and a reader of pairs say too (finer).",
)
embed_option = click.option(
    "--embed",
    metavar="MODEL",
    help="Match by words and by what this embedding model of the llm library says of the sentences, instead of --level."
    " They go to whoever runs the model, each once.",
)

keep_encoded_option = click.option(
    "--keep-encoded",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    metavar="MB",
    help="Keep so many megabytes of what the encoder made of sentences in DB-encodings, for the next run. 0: nothing.",
)


def one_level(embed: str | None) -> None:
    """Raises UsageError where two ways to match by meaning are asked for."""
    if embed and click.get_current_context().get_parameter_source("level") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--embed takes the place of --level: leave one of them out")


def load_options(workers_help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options to a command, which gets what they say as the argument `settings`.

    Its `workers` is 0 where `--workers` was not given; `workers_help` says what happens then.
    """
    workers_option = click.option("--workers", type=click.IntRange(1), help=workers_help)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_settings(
            source: str | None,
            reading: ReadSettings,
            no_entities: bool,
            no_words: bool,
            model: tuple[str, ...],
            workers: int | None,
            dask: str | None,
            level: Literal["lexical", "encoder"],
            embed: str | None,
            keep_encoded: int,
            judge: JudgeSettings | None,
            **others: Any,
        ) -> Any:
            one_level(embed)
            settings = LoadSettings(
                source,
                not no_entities,
                model,
                workers or 0,
                dask=dask,
                reading=reading,
                words=not no_words,
                judge=judge,
                level=level,
                keep_encoded=keep_encoded,
                embed=embed,
            )
            return command(settings=settings, **others)

        computing = (workers_option, dask_option, level_option, keep_encoded_option, embed_option, judge_options)
        for option in reversed((_SOURCE, reading_options, *_ANNOTATING, *computing)):
            with_settings = option(with_settings)
        return with_settings

    return decorate


_SOURCE = click.option(
    "--source",
    help="The outlet, for articles that do not name theirs. Without it: the folder, the address's host or the file.",
)
_ANNOTATING = (
    click.option("--no-entities", is_flag=True, help="Leave names of people, places and organisations alone."),
    click.option("--no-words", is_flag=True, help="Leave the words that describe them alone; annotates faster."),
    click.option(
        "--model",
        multiple=True,
        metavar="PIPELINE",
        help="An installed spaCy pipeline, by name, for all articles. Given several times: each for the articles of its"
        " language. Without it: the small English one, and for other languages spaCy's own if it is installed.",
    ),
)
