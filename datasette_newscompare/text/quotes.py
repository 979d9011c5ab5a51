"""Direct quotations and who says them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..records import Quote
from .marks import quoted_spans
from .segment import Span
from .speakers import Speaker, attribute, speaker_before

CARRIED = 160
"""Characters from a quotation to the next one of the paragraph over which its speaker speaks on."""
LONGEST_RUN = 5
"""Paragraphs over which a quotation may go on without marks of its own."""


def find_quotes(text: str, spans: Sequence[Span]) -> list[tuple[int, Quote]]:
    """Quotations of an article as (position of the sentence, Quote), in order.

    `spans` are the article's sentences. A quotation that runs over several sentences or paragraphs gives one Quote
    for each sentence, with the same speaker, so that every sentence knows which of its words are quoted. Terms and
    irony in quotation marks are quotations too. The speaker is None where no sentence of the paragraph names one.
    """
    found: list[tuple[int, Quote]] = []
    running: Speaker | None = None
    introduced: Speaker | None = None
    paragraphs = [list(group) for _, group in groupby(spans, key=lambda span: span.paragraph)]
    quoted = _continued(text, [(part[0].start, part[-1].end) for part in paragraphs])
    position = 0
    for part, here in zip(paragraphs, quoted, strict=True):
        pieces, running = _of_paragraph(text, part, position, here, running, introduced)
        found.extend(pieces)
        introduced = _introduced(text, part[-1])
        position += len(part)
    return found


def _continued(text: str, places: Sequence[tuple[int, int]]) -> list[list[tuple[int, int, bool]]]:
    """The quotations of each paragraph; one that is closed paragraphs later, without new opening marks, goes on."""
    quoted = [quoted_spans(text, start, end) for start, end in places]
    for n, (_, end) in enumerate(places):
        if not quoted[n] or quoted[n][-1][1:] != (end, False):
            continue
        for later in range(n + 1, min(n + 1 + LONGEST_RUN, len(places))):
            closing = _first_closing(text, *places[later], quoted[later])
            if closing is not None:
                for between in range(n + 1, later):
                    quoted[between] = [(*places[between], False)]
                if not quoted[later] or quoted[later][0][0] > places[later][0]:
                    quoted[later].insert(0, (places[later][0], closing, True))
                break
            if quoted[later] or '"' in text[slice(*places[later])]:
                break
    return quoted


def _first_closing(text: str, start: int, end: int, quoted: Sequence[tuple[int, int, bool]]) -> int | None:
    """Where a quotation that began in an earlier paragraph ends in this one, or None."""
    if quoted and quoted[0][0] == start:
        return quoted[0][1]
    at = text.find('"', start, quoted[0][0] - 1 if quoted else end)
    return at if at > start and text[at - 1] in ".,!?" else None


def _introduced(text: str, span: Span) -> Speaker | None:
    """Whose words the next paragraph will quote: a paragraph that ends in a colon says so ("She went on:")."""
    return speaker_before(text[span.start : span.end - 1] + " ", span.start) if text[span.end - 1] == ":" else None


def _of_paragraph(
    text: str,
    spans: Sequence[Span],
    position: int,
    quoted: Sequence[tuple[int, int, bool]],
    running: Speaker | None,
    introduced: Speaker | None,
) -> tuple[list[tuple[int, Quote]], Speaker | None]:
    """The quotations of one paragraph, and who still speaks at its end if the last one was not closed.

    `running` speaks on from an unclosed quotation before, `introduced` was named by a colon before.
    """
    start, end = spans[0].start, spans[-1].end
    found: list[tuple[int, Quote]] = []
    previous: Speaker | None = None
    previous_end = start
    for a, b, closed in quoted:
        attribution = attribute(text, a, b, start, end, quoted)
        speaker = attribution.speaker
        if speaker is None and attribution.elsewhere:
            speaker = previous if a > start + 1 and a - previous_end <= CARRIED else introduced or running
        previous, previous_end = speaker, b
        running = None if closed else speaker
        for n, span in enumerate(spans):
            piece = _clipped(text, a, b, span)
            if piece is not None:
                found.append((position + n, _quote(text, *piece, speaker)))
    return found, running if quoted else None


def _clipped(text: str, a: int, b: int, span: Span) -> tuple[int, int] | None:
    """The part of a quotation that lies in a sentence, without white space at its ends; None where there is none."""
    start, end = max(a, span.start), min(b, span.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if any(letter.isalnum() for letter in text[start:end]) else None


def _quote(text: str, start: int, end: int, speaker: Speaker | None) -> Quote:
    if speaker is None:
        return Quote(start, end, text[start:end])
    return Quote(start, end, text[start:end], speaker.text, speaker.start, speaker.end)
