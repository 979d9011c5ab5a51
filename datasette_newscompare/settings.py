"""What a run of the loader was asked to do; stored with the run as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How inputs are read and pages fetched."""

    columns: tuple[tuple[str, str], ...] = ()
    """Pairs of a field's name and the column or key that holds it."""
    format: str | None = None
    """What files and standard input are, whatever their names end in."""
    dates: Literal["day-first", "month-first"] | None = None
    """How 03/04/2025 is meant; None reads only dates that can be meant in one way."""
    fetch: bool = False
    """Get the pages of records that bring an address and no text."""
    user_agent: str | None = None
    """What to tell servers about who asks; None names this program."""
    robots: bool = True
    """Leave alone what a site's robots.txt keeps programs from."""
    timeout: float = 30.0
    """Seconds for one page, from asking to its last byte."""
    tries: int = 3
    delay: float = 1.0
    """Seconds between two requests to one host."""


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How a language model is asked about pairs that the matcher is unsure of."""

    model: str
    """A model of the `llm` library by name or alias."""
    limit: int = 300
    """Pairs put to it in one run."""
    band: tuple[float, float] = (0.25, 0.75)
    """Lowest and highest score of a pair that the matcher is unsure of; the middle is asked first."""
    timeout: float = 120.0
    """Seconds for one answer."""
    wait: float = 1.0
    """Seconds after a call that failed; doubled with each that fails after it."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """How to read and annotate. Matching and grouping have settings of their own, stored beside these."""

    source: str | None = None
    """The outlet's name for articles that do not bring one."""
    entities: bool = True
    models: tuple[str, ...] = ()
    """spaCy pipelines by name; without any, those that are installed."""
    workers: int = 1
    """Processes that annotate and match."""
    batch_size: int = 64
    """Articles written in one transaction."""
    dask: str | None = None
    """The address of a Dask scheduler that does the work instead."""
    reading: ReadSettings = ReadSettings()
    """How inputs are read."""
    judge: JudgeSettings | None = None
    """The language model to ask, if any."""
    words: bool = True
    """Look for the words that describe each entity, which reads its sentences a second time."""
    level: Literal["lexical", "encoder"] = "encoder"
    """How sentences are matched: by their words, or by what a sentence encoder and a reader of pairs say too."""
    keep_encoded: int = 1000
    """Megabytes of what the encoder made that are kept beside the database for the next run; 0 keeps nothing."""
    embed: str | None = None
    """An embedding model of the `llm` library, to match by words and its vectors of the sentences instead."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How often feeds are loaded again."""

    every: float = 30.0
    """Minutes from the start of one round to that of the next."""
    recheck: float = 24.0
    """Hours after which a page that is known is asked for again, as long as a feed leads to it."""
    once: bool = False
    """Stop after one round."""
