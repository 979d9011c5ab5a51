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
class LoadSettings:
    """How to read and annotate. Matching and grouping have settings of their own, stored beside these."""

    source: str | None = None
    """The outlet's name for articles that do not bring one."""
    entities: bool = True
    model: str | None = None
    """A spaCy pipeline by name; None takes the English model that is installed."""
    workers: int = 1
    """Processes that annotate and match."""
    batch_size: int = 64
    """Articles written in one transaction."""
    dask: str | None = None
    """The address of a Dask scheduler that does the work instead."""
    reading: ReadSettings = ReadSettings()
    """How inputs are read."""
