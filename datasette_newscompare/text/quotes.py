"""Direct quotations and who says them."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import Quote
from .marks import quoted_spans
from .segment import Span
from .speakers import Speaker, attribute, speaker_before


def find_quotes(text: str, spans: Sequence[Span]) -> list[tuple[int, Quote]]:
    """Quotations of an article as (position of the sentence, Quote), in order.

    `spans` are the article's sentences. A quotation that runs over several sentences or paragraphs gives one Quote
    for each sentence, with the same speaker, so that every sentence knows which of its words are quoted. Terms and
    irony in quotation marks are quotations too. The speaker is None where no sentence of the paragraph names one.
    """
    found: list[tuple[int, Quote]] = []
    first = 0
    running: Speaker | None = None
    introduced: Speaker | None = None
    while first < len(spans):
        last = first
        while last + 1 < len(spans) and spans[last + 1].paragraph == spans[first].paragraph:
            last += 1
        here, running = _of_paragraph(text, spans[first : last + 1], first, running, introduced)
        found.extend(here)
        introduced = _introduced(text, spans[last])
        first = last + 1
    return found


def _introduced(text: str, span: Span) -> Speaker | None:
    """Whose words the next paragraph will quote: a paragraph that ends in a colon says so ("She went on:")."""
    return speaker_before(text[span.start : span.end - 1] + " ", span.start) if text[span.end - 1] == ":" else None


def _of_paragraph(
    text: str, spans: Sequence[Span], position: int, running: Speaker | None, introduced: Speaker | None
) -> tuple[list[tuple[int, Quote]], Speaker | None]:
    """The quotations of one paragraph, and who still speaks at its end if the last one was not closed.

    `running` speaks on from an unclosed quotation before, `introduced` was named by a colon before.
    """
    start, end = spans[0].start, spans[-1].end
    quoted = quoted_spans(text, start, end)
    found: list[tuple[int, Quote]] = []
    previous: Speaker | None = None
    for a, b, closed in quoted:
        attribution = attribute(text, a, b, start, end, quoted)
        speaker = attribution.speaker
        if speaker is None and attribution.elsewhere:
            speaker = previous if a > start + 1 else introduced or running
        previous = speaker
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
