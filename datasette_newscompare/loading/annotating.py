"""What each article's words say: sentences, quantities, quotes and, with a language model, mentions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

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


class Annotator:
    """Annotates batches of articles, with spaCy's pipeline where entities are wanted."""

    def __init__(self, settings: LoadSettings) -> None:
        self._recogniser = load_recogniser(settings.model) if settings.entities else None

    def annotate(self, batch: list[Identified]) -> list[Annotated]:
        """Annotate the articles of one batch; the same order comes back."""
        annotations = [annotate(one.article.text, one.article.title, one.article.published) for one in batch]
        mentions: dict[int, list[Mention]] = {}
        if self._recogniser:
            texts = ((i, one.article.text, annotations[i].sentences) for i, one in enumerate(batch))
            mentions = dict(self._recogniser.recognise(texts))
        return [Annotated(one, annotations[i], tuple(mentions.get(i, ()))) for i, one in enumerate(batch)]


def annotate_batches(batches: Iterable[list[Identified]], settings: LoadSettings) -> Iterator[list[Annotated]]:
    """Annotate batches in the order in which they come, here or, with several workers, in processes of their own.

    Nothing is loaded or started before the first batch is there.
    """
    if settings.workers == 1:
        annotator = None
        for batch in batches:
            annotator = annotator or Annotator(settings)
            yield annotator.annotate(batch)
        return
    with ProcessPoolExecutor(settings.workers, get_context("spawn"), _start_worker, (settings,)) as executor:
        yield from _in_order(executor, batches, ahead=2 * settings.workers)


def _in_order(executor: Executor, batches: Iterable[list[Identified]], ahead: int) -> Iterator[list[Annotated]]:
    """Keep `ahead` batches under way, so that reading stays ahead of the work but memory stays bounded."""
    under_way: deque[Future[list[Annotated]]] = deque()
    for batch in batches:
        under_way.append(executor.submit(_annotate_here, batch))
        if len(under_way) > ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


_worker: list[Annotator] = []
"""The one annotator of a worker process, set when the process starts."""


def _start_worker(settings: LoadSettings) -> None:
    _worker.append(Annotator(settings))


def _annotate_here(batch: list[Identified]) -> list[Annotated]:
    return _worker[0].annotate(batch)
