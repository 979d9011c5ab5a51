"""What each article's words say: sentences, quantities, quotes and, with a language model, mentions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..entities.describe import Description, load_describer
from ..entities.recognise import load_recogniser
from ..records import Mention
from ..settings import LoadSettings
from ..text.document import Annotation, annotate
from .identity import Identified


@dataclass(frozen=True, slots=True)
class Annotated:
    """A record with all that its words say."""

    identified: Identified
    annotation: Annotation
    mentions: tuple[Mention, ...]
    descriptions: tuple[Description, ...] = ()
    """Words that describe what the mentions name."""


class Annotator:
    """Annotates articles, with spaCy's pipeline where entities are wanted."""

    def __init__(self, settings: LoadSettings) -> None:
        self._recogniser = load_recogniser(settings.model) if settings.entities else None
        self._describer = load_describer(settings.model) if settings.entities and settings.words else None

    def annotate(self, batch: list[Identified]) -> list[Annotated]:
        """Annotate the articles of one batch; the same order comes back."""
        annotations = [annotate(one.article.text, one.article.title, one.article.published) for one in batch]
        mentions: dict[int, list[Mention]] = {}
        if self._recogniser:
            texts = ((i, one.article.text, annotations[i].sentences) for i, one in enumerate(batch))
            mentions = dict(self._recogniser.recognise(texts))
        described: list[list[Description]] = [[] for _ in batch]
        if self._describer:
            described = self._describer.describe(
                (one.article.text, annotations[i].sentences, mentions.get(i, ())) for i, one in enumerate(batch)
            )
        return [
            Annotated(one, annotations[i], tuple(mentions.get(i, ())), tuple(described[i]))
            for i, one in enumerate(batch)
        ]


@lru_cache(maxsize=1)
def _annotator(settings: LoadSettings) -> Annotator:
    """A process loads its language model once."""
    return Annotator(settings)


def annotate_batch(settings: LoadSettings, batch: list[Identified]) -> list[Annotated]:
    """Annotate the articles of one batch; the same order comes back.

    Raises ModelMissing where the language model is not installed.
    """
    return _annotator(settings).annotate(batch)
