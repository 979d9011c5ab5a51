"""The records that pass between the stages. All offsets count characters of the article's stored text.

Those of which a story has hundreds are tuples: these are quickly made, and quickly sent to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

ROLES = ("headline", "standfirst", "caption", "body", "boilerplate")
"""What part a sentence plays in its article. All but boilerplate take part in matching."""

ENTITY_TYPES = ("person", "place", "organisation", "group", "event", "work", "product", "law")
"""Readable entity types; `group` holds nationalities, religions and political groups."""

QUANTITY_KINDS = ("money", "percent", "count", "measure", "ordinal", "date", "time", "duration", "age")

MATCH_KINDS = ("verbatim", "near-verbatim", "paraphrase", "partial")


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a reader found it, before anything is known about its words."""

    text: str
    origin: str
    """Where it was read: path, path:line or URL."""
    source: str | None = None
    id: str | None = None
    title: str | None = None
    published: str | None = None
    """ISO 8601, as precise as the input: 2025-02-24 or 2025-02-24T18:30:00+00:00."""
    url: str | None = None
    author: str | None = None
    language: str | None = None
    story: str | None = None
    """The story's name, where someone gave it by hand."""
    name: str | None = None
    """A readable name to make an id of where there is none, such as a file's stem."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the article; `text` is exactly `article_text[start:end]`."""

    position: int
    """0 for the first sentence of the article."""
    paragraph: int
    role: str
    start: int
    end: int
    text: str


class Quantity(NamedTuple):
    """A number with its meaning, such as "about $500bn": money, 5e11, USD, approximate."""

    kind: str
    value: float | None
    """In base units: 500 billion is 5e11, 5% is 5.0; a date is its ordinal day, where it is known."""
    unit: str | None
    """ISO 4217 code, "percent", a unit's symbol, or for a count the noun counted (singular, lower case)."""
    comparator: str
    """One of = > >= < <= : "more than 100" is >, "at least 100" is >=."""
    approximate: bool
    start: int
    end: int
    text: str


class Quote(NamedTuple):
    """Words in quotation marks; start and end leave the marks out."""

    start: int
    end: int
    text: str
    speaker: str | None = None
    """The speaker as the article writes it, where a sentence names one."""
    speaker_start: int | None = None
    speaker_end: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity named in the text, as recognised, before spellings are united."""

    start: int
    end: int
    text: str
    type: str


class StorySentence(NamedTuple):
    """A sentence as the matcher sees it, with what was found in it."""

    id: int
    article_id: str
    source_id: str
    position: int
    paragraph: int
    role: str
    start: int
    text: str
    quantities: tuple[Quantity, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story, ready to be compared with the others."""

    id: str
    source_id: str
    published: str | None
    sentences: tuple[StorySentence, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two sides of a match disagree. Offsets are the article's; None where one side is silent."""

    kind: str
    left_text: str | None
    right_text: str | None
    left_start: int | None = None
    left_end: int | None = None
    right_start: int | None = None
    right_end: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What carried a match, in words a reader can check: all but `judged` stands in both sentences."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Rare words, rarest first."""
    quoted: tuple[str, ...] = ()
    """Runs of words that one side quotes and the other has too."""
    judged: tuple[str, ...] = ()
    """What a language model said of the pair, with the model's name, where one was asked."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two sentences of two sources that tell the same. `left` is of the article whose id sorts first."""

    left_id: int
    right_id: int
    score: float
    """Calibrated probability, 0 to 1, that a person would align the two."""
    kind: str
    why: Why = field(default_factory=Why)
    is_primary: bool = False
    """Each is the other's best counterpart in that pair of articles: the two stand in one row."""
    is_moved: bool = False
    """A primary match that stands out of the common reading order of the two articles."""
    differences: tuple[Difference, ...] = ()
    judgement_id: int | None = None
    """The stored judgement of a language model that confirmed or made this match."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The closest sentence of another article to one that has no match there."""

    sentence_id: int
    near_sentence_id: int
    score: float
    judgement_id: int | None = None
    """The stored judgement of a language model that there is no match here."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A sentence that says again what an earlier one of the same source says."""

    sentence_id: int
    repeat_of: int
    score: float
    kind: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Matched sentences of several sources taken as one; the first sentence id is the one shown for it."""

    sentence_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SameText:
    """An article that carries a text which another source's article carries too."""

    article_id: str
    first_article_id: str
    """The earliest of the articles that carry it, itself among them."""
    share: float
    """The largest share of its sentences that stand word for word, or nearly, in another article of the text."""


@dataclass(frozen=True, slots=True)
class StoryComparison:
    """All that matching finds in one story."""

    matches: tuple[Match, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    told_again: tuple[tuple[int, int, float], ...] = ()
    """Sentences of one source that tell the same, for facts: both ids, and how sure that is. Not stored."""
    facts: tuple[Fact, ...] = ()
    further_copies: int = 0
    """Matches of sentences that very many carry word for word, with the first copy only."""
