"""What each article's words say: sentences, quantities, quotes and, with a language model, mentions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from ..entities.describe import Description
from ..entities.pipelines import Pipeline, Pipelines
from ..records import Mention
from ..settings import LoadSettings
from ..text.document import Annotation, annotate
from .identity import Identified


@dataclass(frozen=True, slots=True)
class Annotated:
    """A record with all that its words say."""

    identified: Identified
    annotation: Annotation
    mentions: tuple[Mention, ...] = ()
    descriptions: tuple[Description, ...] = ()
    """Words that describe what the mentions name."""
    model: tuple[str, str] | None = None
    """The name and version of the spaCy pipeline that looked for names."""
    unread: str | None = None
    """The article's language, where names were wanted and no pipeline for it is there."""


class Annotator:
    """Annotates articles, with spaCy's pipeline where entities are wanted."""

    def __init__(self, settings: LoadSettings) -> None:
        self._pipelines = Pipelines(settings.models, settings.words) if settings.entities else None

    def annotate(self, batch: list[Identified]) -> list[Annotated]:
        """Annotate the articles of one batch; the same order comes back."""
        plain = [annotate(one.article.text, one.article.title, one.article.published) for one in batch]
        done = [Annotated(one, annotation) for one, annotation in zip(batch, plain, strict=True)]
        if self._pipelines is None:
            return done
        together: dict[Pipeline, list[int]] = {}
        for place, one in enumerate(batch):
            language = one.article.language
            if pipeline := self._pipelines.of(language):
                together.setdefault(pipeline, []).append(place)
            else:
                done[place] = replace(done[place], unread=language)
        for pipeline, places in together.items():
            for place, annotated in zip(places, _named(pipeline, [done[place] for place in places]), strict=True):
                done[place] = annotated
        return done


def _named(pipeline: Pipeline, articles: list[Annotated]) -> list[Annotated]:
    """The articles with the names in them, and the words that describe these."""
    texts = [(one.identified.article.text, one.annotation.sentences) for one in articles]
    recogniser = pipeline.recogniser
    mentions = [tuple(found) for _, found in recogniser.recognise((n, *text) for n, text in enumerate(texts))]
    described: list[list[Description]] = [[] for _ in articles]
    if pipeline.describer:
        described = pipeline.describer.describe(
            (text, sentences, found) for (text, sentences), found in zip(texts, mentions, strict=True)
        )
    model = recogniser.name, recogniser.version
    return [
        replace(one, mentions=found, descriptions=tuple(words), model=model)
        for one, found, words in zip(articles, mentions, described, strict=True)
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
