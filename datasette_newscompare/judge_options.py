"""The options of commands that may put uncertain pairs to a language model."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from .settings import JudgeSettings

DEFAULTS = JudgeSettings(model="")


def judge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets what they say as the argument `judge`: JudgeSettings or None."""

    @wraps(command)
    def with_settings(
        judge: str | None, judge_limit: int, judge_band: tuple[float, float], judge_timeout: float, **others: Any
    ) -> Any:
        if judge_band[0] >= judge_band[1]:
            raise click.BadParameter("the lower bound comes first", param_hint="--judge-band")
        settings = JudgeSettings(judge, judge_limit, judge_band, judge_timeout) if judge else None
        return command(judge=settings, **others)

    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings


_OPTIONS = (
    click.option(
        "--judge",
        metavar="MODEL",
        help="Ask this model of the llm library about pairs that the matcher is unsure of. Their words go to whoever"
        " runs the model.",
    ),
    click.option(
        "--judge-limit",
        type=click.IntRange(1),
        default=DEFAULTS.limit,
        show_default=True,
        help="Ask about so many pairs at most, the most uncertain first.",
    ),
    click.option(
        "--judge-band",
        type=(click.FloatRange(0, 1), click.FloatRange(0, 1)),
        default=DEFAULTS.band,
        show_default=True,
        metavar="LOW HIGH",
        help="Scores between which the matcher counts as unsure.",
    ),
    click.option(
        "--judge-timeout",
        type=click.FloatRange(0.1, 3600),
        default=DEFAULTS.timeout,
        show_default=True,
        help="Seconds for one answer.",
    ),
)
