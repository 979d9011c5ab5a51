"""An article's text, read once: its sentences and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from ..records import Quantity, Quote, Sentence
from .quantities import find_quantities
from .quotes import find_quotes
from .roles import roles
from .segment import sentences

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the words of one article say. Quantities and quotes come with the position of their sentence."""

    title: str
    sentences: tuple[Sentence, ...]
    quantities: tuple[tuple[int, Quantity], ...]
    quotes: tuple[tuple[int, Quote], ...]


def annotate(text: str, title: str | None = None, published: str | None = None) -> Annotation:
    """Sentences with roles, quantities and quotes of an article's text; all offsets count characters of `text`.

    `title` is the article's given title, if any; else the headline found in the text is its title, and where the text
    has none, its first sentence, cut to `LONGEST_TITLE` characters. `published` (ISO 8601) resolves week days and
    dates without a year. Any text is accepted; an empty one gives no sentences and the title "".
    """
    spans = sentences(text)
    found = tuple(
        Sentence(position, span.paragraph, role, span.start, span.end, text[span.start : span.end])
        for position, (span, role) in enumerate(zip(spans, roles(text, spans, title), strict=True))
    )
    quantities = tuple(
        (s.position, quantity) for s in found for quantity in find_quantities(s.text, s.start, published)
    )
    return Annotation(_title(title, found), found, quantities, tuple(find_quotes(text, spans)))


def _title(given: str | None, found: tuple[Sentence, ...]) -> str:
    if given and given.strip():
        return " ".join(given.split())
    headline = next((s for s in found if s.role == "headline"), None)
    if headline is not None:
        whole = [s.text for s in found if s.paragraph == headline.paragraph and s.role == "headline"]
        return " ".join(" ".join(whole).split())
    first = next((s for s in found if s.role in ("standfirst", "body")), found[0] if found else None)
    if first is None:
        return ""
    flat = " ".join(first.text.split())
    if len(flat) <= LONGEST_TITLE:
        return flat
    return (
        flat[: flat.rfind(" ", 0, LONGEST_TITLE) if " " in flat[:LONGEST_TITLE] else LONGEST_TITLE].rstrip(",;:") + "…"
    )
