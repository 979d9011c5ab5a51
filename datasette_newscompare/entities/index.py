"""The entities of the whole corpus, and which of them a story's entity is. Pure, no database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from .names import known, name_key, person_words, tables, transliteration_key

FREQUENT = 5
"""A surname alone means, in another story, the only person known by it, if it was used for that person this often."""


class Named(Protocol):
    """What `EntityIndex.link` needs to know of an entity; `resolve.StoryEntity` is one."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def forms(self) -> tuple[tuple[str, int], ...]: ...


@dataclass(frozen=True)
class EntityRef:
    """An entity of the corpus: `id` is None where it has to be made."""

    id: int | None
    name: str
    type: str


class EntityIndex:
    """Links the entities of stories to those of the corpus, conservatively: what isn't clearly the same is a new one.

    Build it from the rows that stand (`add` each), then for every story entity call `link`, write the row where the
    answer's id is None, and `add` the entity's forms under its id. The same calls in the same order give the same
    answers, and an index built anew from the written rows answers as one that grew.
    """

    def __init__(self, rows: Iterable[tuple[int, str, str, Iterable[tuple[str, int]]]] = ()) -> None:
        """`rows`: (entity id, name, type, its aliases with their mention counts)."""
        self._names: dict[int, tuple[str, str]] = {}
        self._by_name: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._by_alias: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for entity_id, name, type_, aliases in rows:
            self.add(entity_id, name, type_, aliases)

    def add(self, entity_id: int, name: str, type: str, aliases: Iterable[tuple[str, int]] = ()) -> None:
        """Note an entity, or further mentions of one: its spellings with the count to add to each."""
        self._names.setdefault(entity_id, (name, type))
        self._by_name[(identity(name, type), type)].add(entity_id)
        for alias, count in aliases:
            self._by_alias[(identity(alias, type), type)][entity_id] += count

    def link(self, entity: Named) -> EntityRef:
        """The corpus entity that this story entity is, or an EntityRef without id.

        In order: the same name and type; a spelling of it that only one entity of that type has (for a person a full
        name, or a surname used often for one person alone). Where that leaves several or none, it is a new one.
        """
        type_ = entity.type
        same = self._by_name.get((identity(entity.name, type_), type_))
        if same:
            return self._ref(min(same))
        full = [form for form, _ in entity.forms if _is_full(form, type_)]
        for form in full:
            bearers = self._by_name.get((identity(form, type_), type_), set()) | set(
                self._by_alias.get((identity(form, type_), type_), ())
            )
            if len(bearers) == 1:
                return self._ref(next(iter(bearers)))
        if type_ == "person" and not full:
            bearing = self._by_alias.get((identity(entity.name, type_), type_), Counter())
            if len(bearing) == 1:
                entity_id, count = next(iter(bearing.items()))
                if count >= FREQUENT:
                    return self._ref(entity_id)
        return EntityRef(None, entity.name, type_)

    def _ref(self, entity_id: int) -> EntityRef:
        name, type_ = self._names[entity_id]
        return EntityRef(entity_id, name, type_)


def identity(name: str, type: str) -> str:
    """The key under which a name is looked up in the corpus: the tables' name, a person's words without titles."""
    entry = known(name)
    if entry and entry.type == type:
        return name_key(entry.name)
    if type == "person":
        words = person_words(name)
        if len(words) > 1:
            return " ".join(transliteration_key(word) for word in words)
        return " ".join(words)
    return name_key(name)


def _is_full(form: str, type: str) -> bool:
    """Whether a spelling by itself is enough to know an entity in another story."""
    if type == "person":
        words = person_words(form)
        return len(words) > 1 and len(words[0]) > 1
    return len(name_key(form)) > 4 or " " in name_key(form) or name_key(form) in tables().known
