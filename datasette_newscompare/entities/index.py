"""The entities of the whole corpus, and which of them a story's entity is. Pure, no database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from ..records import ENTITY_TYPES
from .names import known, name_key, person_words, tables, transliteration_key

FREQUENT = 5
"""A surname or acronym alone means the only corpus entity known by it, if it stood for that entity this often."""

FAR_MORE = 20
"""Trump is Donald Trump also where one article in hundreds calls Melania Trump so."""


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
    answers. An index built anew answers as one that grew, if it holds at least the rows that share one of the
    `lookup_keys` of the entities to be linked, each with those of its aliases that do.
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
        name, type = self._names.setdefault(entity_id, (name, type))
        self._by_name[identity(name, type), type].add(entity_id)
        for alias, count in aliases:
            self._by_alias[identity(alias, type), type][entity_id] += count

    def link(self, entity: Named) -> EntityRef:
        """The corpus entity that this story entity is, or an EntityRef without id.

        In order:
        0. a common surname, or a given name, alone is always a new one: another story's Smith may be anyone;
        1. another surname or an acronym alone: the only entity that bears it with a fuller name and was called so
           `FREQUENT` times or more, or the one that was called so `FAR_MORE` times as often as any other;
        2. the same name and type;
        3. a spelling that by itself is enough, such as a full name, and that only one entity has;
        4. the same name, where the model gave it another type and only one entity has it.
        """
        forms = [form for form, _ in entity.forms]
        alone = all(_is_short(form, entity.type) for form in (entity.name, *forms))
        if is_of_many(entity):
            return EntityRef(None, entity.name, entity.type)
        types = _types_alike(entity.type, alone)
        found = self._frequent(entity.name, types) if alone else None
        if found is None:
            found = self._named(entity.name, entity.type)
        if found is None and not alone:
            found = self._only_bearer(forms, entity.type)
        if found is None:
            others = {id for t in types[1:] if (id := self._named(entity.name, t)) is not None}
            found = others.pop() if len(others) == 1 else None
        if found is None:
            return EntityRef(None, entity.name, entity.type)
        return EntityRef(found, *self._names[found])

    def _named(self, name: str, type: str) -> int | None:
        return min(self._by_name.get((identity(name, type), type), ()), default=None)

    def _frequent(self, name: str, types: Iterable[str]) -> int | None:
        if known(name) is not None:
            return None
        called: Counter[int] = Counter()
        for type_ in types:
            called.update(self._by_alias.get((identity(name, type_), type_), {}))
        bearers = sorted(
            (id for id in called if not _is_short(self._names[id][0], self._names[id][1])),
            key=lambda id: (-called[id], id),
        )
        if not bearers or called[bearers[0]] < FREQUENT:
            return None
        second = called[bearers[1]] if len(bearers) > 1 else 0
        return bearers[0] if not second or called[bearers[0]] >= FAR_MORE * second else None

    def _only_bearer(self, forms: Iterable[str], type: str) -> int | None:
        for form in forms:
            if _is_short(form, type):
                continue
            key = identity(form, type), type
            bearers = {
                id
                for id in (*self._by_name.get(key, ()), *self._by_alias.get(key, ()))
                if type == "person" or not _shortens(form, self._names[id][0])
            }
            if len(bearers) == 1:
                return bearers.pop()
        return None


@lru_cache(maxsize=200_000)
def identity(name: str, type: str) -> str:
    """The key under which a name is looked up in the corpus: the tables' name, a person's words without titles, the
    name of an organisation without Inc or Ltd. What a person put behind it in brackets tells it from others so named:
    Ann Lee (judge)."""
    if name.endswith(")") and " (" in name:
        plain, _, note = name.rpartition(" (")
        return f"{identity(plain, type)} ({name_key(note)})"
    entry = known(name)
    if entry and entry.type == type:
        return name_key(entry.name)
    if type == "person":
        words = person_words(name)
        if len(words) > 1:
            return " ".join(transliteration_key(word) for word in words)
        return " ".join(words)
    words = tuple(name_key(name).split(" "))
    while len(words) > 1 and words[-1] in tables().legal_endings:
        words = words[:-1]
    return " ".join(words)


def is_of_many(entity: Named) -> bool:
    """Whether an entity is only called by a common surname or a given name: it may be anyone."""
    forms = (entity.name, *(form for form, _ in entity.forms))
    return entity.type == "person" and all(_is_short(form, "person") for form in forms) and _of_many(entity.name)


def lookup_keys(entity: Named) -> set[str]:
    """All keys under which `EntityIndex.link` may look for an entity: `identity` of its name in each type that it may
    have, and of the spellings that are enough by themselves.

    Those that are not, as Smith for Ann Lee Smith, lead to thousands in a large corpus.
    """
    if is_of_many(entity):
        return set()
    forms = [form for form, _ in entity.forms if not _is_short(form, entity.type)]
    alone = not forms and _is_short(entity.name, entity.type)
    keys = {identity(entity.name, type_) for type_ in _types_alike(entity.type, alone)}
    return keys if alone else keys | {identity(form, entity.type) for form in forms}


def _types_alike(type: str, alone: bool) -> tuple[str, ...]:
    """The types under which one name may stand, its own first: a people never, a person's full name only as a person's
    or as an organisation's, since models mistake the two."""
    if type == "group":
        return (type,)
    if type == "person" and not alone:
        return ("person", "organisation")
    return (type, *(t for t in ENTITY_TYPES if t not in (type, "group")))


def _is_short(form: str, type: str) -> bool:
    """Whether a spelling by itself isn't enough to know an entity in another story: a surname, an acronym."""
    if type == "person":
        words = person_words(form)
        return len(words) < 2 or len(words[0]) < 2
    return " " not in name_key(form)


def _of_many(name: str) -> bool:
    lists = tables()
    word = " ".join(person_words(name))
    return word in lists.common_surnames or word in lists.given_names


def _shortens(short: str, long: str) -> bool:
    """Whether all words of one name stand in the other, longer one: Supreme Court in US Supreme Court."""
    return set(name_key(short).split()) < set(name_key(long).split())
