"""Which quotation marks belong together. Shared by the sentence splitter and the quote finder."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENERS = "“„‟«〝"
_CLOSERS = "”»〞"
_CLOSING = {"„": "“”", "»": "«", "«": "»"}
"""What closes the marks of languages whose opening mark closes in another."""
_MARK = re.compile(r"[“”„‟«»〝〞\"]|(?<!\w)['‘‚](?=[\w$£€\"“.…\[(])")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…\"”%)\]-])['’](?!\w)")
# Words whose first letters are left out, such as 'em, 'til and '90s, begin with an apostrophe, not with a quote.
_ELISION = re.compile(r"['‘’](?:\d\ds?\b|em\b|til\b|tis\b|twas\b|cause\b|bout\b|n['’]?\b|round\b)", re.IGNORECASE)
_LONGEST_SINGLE = 400


def quoted_spans(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Outermost quotations in `text[start:end]`, a paragraph: (after the opening mark, at the closing one, closed).

    Straight marks are told apart by what stands around them. A quotation that nothing closes runs to `end` and is
    marked as not closed; a closing mark that nothing opens counts as opening at `start`, if it is the first mark.
    Marks of another kind within a quotation belong to it. Runs in time linear in the stretch.
    """
    spans: list[tuple[int, int, bool]] = []
    opened: int | None = None
    at = start
    while (m := _MARK.search(text, at, end)) is not None:
        mark, here = m.group(), m.start()
        at = m.end()
        if mark in "'‘‚":
            if opened is not None or _ELISION.match(text, here, end):
                continue
            close = _single_close(text, at, end)
            if close is not None:
                spans.append((at, close, True))
                at = close + 1
        elif opened is None:
            if mark in _OPENERS or (mark in '"»' and _may_open(text, here, start, end)):
                opened = at
            elif not spans and mark != '"':
                spans.append((start, here, False))
        elif mark in _CLOSING.get(text[opened - 1], _CLOSERS) or (
            mark == '"' and _closes(text, opened, here, start, end)
        ):
            spans.append((opened, here, True))
            opened = None
        elif mark in "“«" and text[opened - 1] == mark and _fresh_start(text, here, start):
            spans.append((opened, here, False))
            opened = at
    if opened is not None and opened < end:
        spans.append((opened, end, False))
    return [span for span in spans if span[0] < span[1]]


def _may_open(text: str, here: int, start: int, end: int) -> bool:
    return here + 1 < end and not text[here + 1].isspace() and (here == start or not text[here - 1].isalnum())


def _closes(text: str, opened: int, here: int, start: int, end: int) -> bool:
    """Whether a straight mark ends the quotation that begins at `opened`; a curly one, only after a point or comma."""
    if text[opened - 1] == '"':
        return not _must_open(text, here, start, end)
    return text[here - 1] in ".,!?" and not text[here + 1 : here + 2].isalnum()


def _must_open(text: str, here: int, start: int, end: int) -> bool:
    """Whether a straight mark can only open: white space before it and a letter after it."""
    return here > start and text[here - 1].isspace() and here + 1 < end and text[here + 1].isalnum()


def _fresh_start(text: str, here: int, start: int) -> bool:
    """Whether a second opening mark begins another quotation, the first one's end having been forgotten."""
    return text[max(start, here - 2) : here].strip()[-1:] in tuple(".!?,")


def _single_close(text: str, at: int, end: int) -> int | None:
    """Where the quotation between single marks that begins at `at` ends; a plural's apostrophe only if nothing else."""
    fallback: int | None = None
    for m in _singles(text, at, min(end, at + _LONGEST_SINGLE)):
        here = m.start()
        plural = (
            text[here - 1] in "sS" and here + 1 < end and text[here + 1] == " " and text[here + 2 : here + 3].islower()
        )
        if not plural:
            return here
        fallback = here if fallback is None else fallback
    return fallback


def _singles(text: str, at: int, end: int) -> Iterator[re.Match[str]]:
    return _SINGLE_CLOSE.finditer(text, at, end)
