"""The time, as it is stored."""

from __future__ import annotations

import datetime


def now() -> str:
    """This moment in ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
