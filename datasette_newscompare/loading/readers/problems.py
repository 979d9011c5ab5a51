"""What could not be read, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """An input, or a part of one, that was not understood."""

    place: str
    """Path, path:line or "standard input:line"."""
    reason: str
    """What was expected and what to do next."""
    loaded: bool = False
    """True where the article is loaded all the same, without the part that was not understood."""

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"
