"""What a run of the loader was asked to do; stored with the run as JSON."""

from __future__ import annotations

from dataclasses import dataclass


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
