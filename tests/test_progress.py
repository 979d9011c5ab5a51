"""Progress: one line that is written over on a terminal, plain lines now and then in a log."""

from __future__ import annotations

import io
import os
import pty
import sys
from contextlib import suppress

import pytest

from datasette_newscompare.loading import progress
from datasette_newscompare.loading.progress import show_progress


def told(monkeypatch: pytest.MonkeyPatch, stream: object) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_CHANGES", 0)
    with show_progress() as report:
        report("read", 1)
        report("read", 1200)
        report("annotated", 64)


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> str:
    mine, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        told(monkeypatch, stream)
    seen = b""
    with suppress(OSError):  # how Linux says that the other end was closed
        while part := os.read(mine, 10_000):
            seen += part
    os.close(mine)
    return seen.decode()


def test_a_terminal_shows_one_line_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    seen = on_a_terminal(monkeypatch)
    assert "\n" not in seen
    lines = seen.split("\r\x1b[K")
    assert lines[1:] == ["1 articles read", "1,201 articles read", "1,201 articles read, 64 annotated", ""]


def test_a_log_has_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    told(monkeypatch, log)
    assert log.getvalue() == "1 articles read\n1,201 articles read\n1,201 articles read, 64 annotated\n"


def test_a_stage_of_which_it_is_known_tells_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    with show_progress() as report:
        report("to link", 0)
        report("grouped", 4)
        report("to compare", 1200)
        report("compared", 50)
    assert log.getvalue().splitlines() == [
        "4 grouped",
        "4 grouped, 0 of 1,200 stories compared",
        "4 grouped, 50 of 1,200 stories compared",
    ]


def test_a_terminal_that_knows_no_control_characters_is_written_to_like_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in on_a_terminal(monkeypatch)
