"""Which spaCy pipelines read an article: those of its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .describe import Describer, load_describer
from .recognise import ModelMissing, Recogniser, load_recogniser

ANY_LANGUAGE = "xx"
"""What spaCy calls the language of a pipeline for many."""
SIZES = ("sm", "md", "lg", "trf")
"""How the names of spaCy's own pipelines end, the smallest first."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What finds names, and the words that describe them where that is wanted and known for the language."""

    recogniser: Recogniser
    describer: Describer | None


class Pipelines:
    """The pipelines that are named or installed, by language.

    `models` are spaCy pipelines by name or path. One alone reads all articles. Of several, each reads the articles of
    its own language, one for many languages reads what has none of its own, and the first reads articles of which the
    language is not known. Without any, the small English one reads what is English or not known, and an article in
    another language is read where spaCy's own pipeline for it, or for many languages, is installed.
    Raises ModelMissing where a named pipeline, or the English one, is not installed or finds no names.
    """

    def __init__(self, models: Sequence[str] = (), words: bool = True) -> None:
        self._words = words
        named = [self._load(model) for model in models] or [self._load(None)]
        self._first = named[0]
        self._only = named[0] if len(models) == 1 else None
        self._installed = not models
        self._of: dict[str, Pipeline | None] = {}
        for one in named:
            self._of.setdefault(one.recogniser.language, one)

    def of(self, language: str | None) -> Pipeline | None:
        """What reads an article in this language, an ISO 639-1 code; None where nothing does."""
        if self._only or not language:
            return self._first
        if language not in self._of:
            self._of[language] = self._find(language)
        return self._of[language]

    def _find(self, language: str) -> Pipeline | None:
        for name in installed(language) if self._installed else ():
            try:
                return self._load(name)
            except ModelMissing:  # it finds no names: another may
                continue
        return self.of(ANY_LANGUAGE) if language != ANY_LANGUAGE else None

    def _load(self, model: str | None) -> Pipeline:
        return Pipeline(load_recogniser(model), load_describer(model) if self._words else None)


def installed(language: str) -> list[str]:
    """spaCy's own pipelines for a language that are installed, the smallest first."""
    from spacy.util import get_installed_models

    found = [name.split("_") for name in get_installed_models()]
    own = [parts for parts in found if len(parts) == 4 and parts[0] == language and parts[3] in SIZES]
    return ["_".join(parts) for parts in sorted(own, key=lambda parts: (SIZES.index(parts[3]), parts))]
