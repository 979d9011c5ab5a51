"""Direct quotations and who says them."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import Quote
from .marks import quoted_spans
from .segment import Span
from .speakers import Speaker, find_speaker


def find_quotes(text: str, spans: Sequence[Span]) -> list[tuple[int, Quote]]:
    """Quotations of an article as (position of the sentence, Quote), in order.

    `spans` are the article's sentences. A quotation that runs over several sentences or paragraphs gives one Quote
    for each sentence, with the same speaker, so that every sentence knows which of its words are quoted.
    """
    found: list[tuple[int, Quote]] = []
    first = 0
    while first < len(spans):
        last = first
        while last + 1 < len(spans) and spans[last + 1].paragraph == spans[first].paragraph:
            last += 1
        found.extend(_of_paragraph(text, spans, first, last))
        first = last + 1
    return found


def _of_paragraph(text: str, spans: Sequence[Span], first: int, last: int) -> list[tuple[int, Quote]]:
    start, end = spans[first].start, spans[last].end
    # A mark may stand just outside a sentence whose edges were cleaned of it.
    quoted = quoted_spans(text, start, end)
    found: list[tuple[int, Quote]] = []
    for a, b, closed in quoted:
        if not closed and a == start and not text[a - 1 : a].strip():
            pass
        speaker = find_speaker(text, a, b, start, end, quoted)
        for position in range(first, last + 1):
            piece = _clipped(text, a, b, spans[position])
            if piece is not None:
                found.append((position, _quote(text, *piece, speaker)))
    return found


def _clipped(text: str, a: int, b: int, span: Span) -> tuple[int, int] | None:
    start, end = max(a, span.start), min(b, span.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _quote(text: str, start: int, end: int, speaker: Speaker | None) -> Quote:
    if speaker is None:
        return Quote(start, end, text[start:end])
    return Quote(start, end, text[start:end], speaker.text, speaker.start, speaker.end)
