"""Which spellings mean one entity: within an article, then within a story. Pure, no spaCy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..records import Mention
from .clusters import Form, cluster
from .index import EntityIndex, EntityRef
from .names import Known, known, tidy

__all__ = ["EntityIndex", "EntityRef", "LocalEntity", "StoryEntity", "resolve_article", "resolve_story"]

ArticleId = TypeVar("ArticleId", bound=Hashable)


@dataclass(frozen=True)
class LocalEntity:
    """An entity as one article names it."""

    name: str
    type: str
    forms: tuple[tuple[str, int], ...]
    """Its spellings, without possessive and "the", with how many mentions each has; the most frequent first."""
    mention_indexes: tuple[int, ...]
    """Where its mentions stand in the list given to `resolve_article`, ascending."""
    demonym_of: str | None = None
    """For a people (Russian), the name of its country (Russia)."""


@dataclass(frozen=True)
class StoryEntity:
    """An entity as the articles of one story name it."""

    name: str
    type: str
    forms: tuple[tuple[str, int], ...]
    members: tuple[tuple[Hashable, int], ...] = field(default=())
    """(article id, index of its LocalEntity in that article's list), in the order given."""
    demonym_of: str | None = None


def resolve_article(mentions: Sequence[Mention]) -> list[LocalEntity]:
    """The entities of one article's mentions (as `Recogniser.recognise` gives them), in order of first mention.

    Every mention belongs to exactly one entity.
    """
    forms = [
        Form(surface=tidy(m.text), types=Counter({m.type: 1}), count=1, position=n, start=m.start, end=m.end)
        for n, m in enumerate(mentions)
    ]
    found = []
    for group in cluster(forms):
        table = _table_entry(group.forms)
        found.append(
            LocalEntity(
                name=group.name,
                type=group.type,
                forms=_counted((f.surface, f.count) for f in group.forms),
                mention_indexes=tuple(sorted(f.position for f in group.forms)),
                demonym_of=table.demonym_of if table else None,
            )
        )
    return sorted(found, key=lambda e: e.mention_indexes)


def resolve_story(articles: Mapping[ArticleId, Sequence[LocalEntity]]) -> list[StoryEntity]:
    """The entities of a story from those of its articles, the same ones united; in order of first appearance.

    Every local entity belongs to exactly one story entity.
    """
    locals_ = [(article, n, entity) for article, entities in articles.items() for n, entity in enumerate(entities)]
    numbers = {article: number for number, article in enumerate(articles)}
    forms = [
        Form(
            surface=entity.name,
            types=Counter({entity.type: sum(count for _, count in entity.forms)}),
            count=sum(count for _, count in entity.forms),
            position=position,
            article=numbers[article],
            spellings=entity.forms,
        )
        for position, (article, _, entity) in enumerate(locals_)
    ]
    found: list[tuple[int, StoryEntity]] = []
    for group in cluster(forms):
        members = [locals_[f.position] for f in group.forms]
        table = _table_entry(group.forms)
        entity = StoryEntity(
            name=group.name,
            type=group.type,
            forms=_counted(form for _, _, local in members for form in local.forms),
            members=tuple((article, n) for article, n, _ in members),
            demonym_of=table.demonym_of if table else None,
        )
        found.append((min(f.position for f in group.forms), entity))
    return [entity for _, entity in sorted(found, key=lambda pair: pair[0])]


def _table_entry(forms: Iterable[Form]) -> Known | None:
    return next((entry for entry in (known(f.surface) for f in forms) if entry), None)


def _counted(forms: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    total: Counter[str] = Counter()
    for surface, count in forms:
        total[surface] += count
    return tuple(sorted(total.items(), key=lambda item: (-item[1], item[0])))
