"""What goes into story grouping and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """An article as the grouping sees it."""

    id: str
    source_id: str
    title: str
    text: str
    """Without boilerplate; whether the headline stands in it too makes no difference worth avoiding."""
    published: str | None = None
    """ISO 8601 of any precision; what cannot be read as a date counts as missing."""
    given: str | None = None
    """The story's name where someone gave it by hand: it wins over everything else."""
    story: int | None = None
    """The stored story that the article is in already."""


@dataclass(frozen=True, slots=True)
class StoryGroup:
    """A story: the articles of one event."""

    article_ids: tuple[str, ...]
    """Sorted."""
    story: int | None
    """The id of the stored story that it goes on; None where it is new."""
    given: str | None
    title: str
    """The headline that stands closest to what all of its articles say."""


@dataclass(frozen=True, slots=True)
class StorySettings:
    """What can be tuned; stored with the run."""

    probability: float = 0.35
    """How likely, 0 to 1, two articles' telling of one event has to be, on average over all pairs of two groups, for
    the groups to become one story. Higher makes more and smaller stories."""
    window_days: int = 45
    """Articles published further apart are never compared; an article without a date is compared with all."""
    neighbours: int = 30
    """With how many of the most similar articles each article is compared closely."""
