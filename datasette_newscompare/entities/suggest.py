"""Which entities of the corpus may be one, for a person to decide. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import DamerauLevenshtein

from .names import name_key, person_words, skeleton, surname_start, tables, transliteration_key
from .persons import same_full_name
from .short_forms import initials

MANY = 40
"""What more than so many entities share says nothing about two of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity as the corpus has it."""

    id: int
    name: str
    type: str
    article_count: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two entities that may be one: `alias` is the one that fewer articles name."""

    action: str
    alias: Candidate
    entity: Candidate
    reason: str
    together: int
    """In how many stories both are named."""


Together = Callable[[int, int], int]
"""In how many stories two entities, by id, are both named."""


def suggest(candidates: Sequence[Candidate], together: Together) -> list[Suggestion]:
    """What may be one entity, the best founded and most frequent first; each pair once, each alias at most once."""
    found: dict[tuple[int, int], Suggestion] = {}
    for one in _all(candidates, together):
        found.setdefault((one.alias.id, one.entity.id), one)
    ranked = sorted(
        found.values(),
        key=lambda s: (-min(s.together, 3), -s.alias.article_count, -s.entity.article_count, s.alias.id, s.entity.id),
    )
    decided: set[str] = set()
    first = []
    for one in ranked:
        key = name_key(one.alias.name)
        if key not in decided:
            decided.add(key)
            first.append(one)
    return first


def _all(candidates: Sequence[Candidate], together: Together) -> Iterator[Suggestion]:
    persons = [c for c in candidates if c.type == "person"]
    others = [c for c in candidates if c.type not in ("person", "group")]
    for action, reason, pairs in (
        ("retype", "the same name with two types", _same_name(candidates)),
        ("merge", "spellings of one person's name", _persons(persons)),
        ("merge", "spellings of one name", _near(others)),
        ("merge", "the initials of the other", _acronyms(others)),
    ):
        for a, b in pairs:
            alias, entity = sorted((a, b), key=lambda c: (c.article_count, -c.id))
            if reason.startswith("the initials"):
                alias, entity = a, b
            yield Suggestion(action, alias, entity, reason, together(a.id, b.id))
    for alias, entity, shared in _surnames(persons, together):
        yield Suggestion("merge", alias, entity, "the only one of that surname in the same stories", shared)


Pairs = Iterable[tuple[Candidate, Candidate]]


def _same_name(candidates: Iterable[Candidate]) -> Pairs:
    named = _groups(candidates, lambda c: [name_key(c.name)])
    return ((a, b) for a, b in named if a.type != b.type)


def _persons(persons: Iterable[Candidate]) -> Pairs:
    def sound(c: Candidate) -> list[str]:
        words = person_words(c.name)
        return [skeleton("".join(words[surname_start(words) :]))] if len(words) > 1 else []

    for a, b in _groups(persons, sound):
        words = person_words(a.name), person_words(b.name)
        if words[0] != words[1] and same_full_name(*words):
            yield a, b


def _near(others: Iterable[Candidate]) -> Pairs:
    def keys(c: Candidate) -> list[str]:
        key = name_key(c.name)
        return [skeleton(key.replace(" ", "")), transliteration_key(key)] if len(key) > 7 else []

    for a, b in _groups(others, keys):
        x, y = name_key(a.name), name_key(b.name)
        known = x in tables().known and y in tables().known
        if x != y and not known and a.type == b.type and DamerauLevenshtein.distance(x, y) <= 1 and _letters(x, y):
            yield a, b


def _letters(a: str, b: str) -> bool:
    """Whether no number tells two names apart: Apollo 11 and Apollo 12."""
    return [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


def _acronyms(others: Iterable[Candidate]) -> Pairs:
    def keys(c: Candidate) -> list[str]:
        if " " in c.name:
            return [short.upper() for short in initials(c.name)]
        plain = c.name.replace(".", "")
        return [plain] if plain.isupper() and 2 < len(plain) < 8 else []

    for a, b in _groups(others, keys):
        if (" " in a.name) != (" " in b.name) and a.type == b.type:
            yield (b, a) if " " in a.name else (a, b)


def _surnames(persons: Sequence[Candidate], together: Together) -> Iterator[tuple[Candidate, Candidate, int]]:
    bearers: defaultdict[str, list[Candidate]] = defaultdict(list)
    for c in persons:
        words = person_words(c.name)
        if len(words) > 1:
            bearers[" ".join(words[surname_start(words) :])].append(c)
    for c in persons:
        words = person_words(c.name)
        if len(words) != 1:
            continue
        shared = [(b, n) for b in bearers.get(words[0], ())[:MANY] if (n := together(c.id, b.id))]
        if len(shared) == 1:
            yield c, *shared[0]


def _groups(candidates: Iterable[Candidate], keys: Callable[[Candidate], list[str]]) -> Pairs:
    """The pairs of candidates that share a key."""
    by_key: defaultdict[str, dict[int, Candidate]] = defaultdict(dict)
    for c in candidates:
        for key in keys(c):
            by_key[key][c.id] = c
    for found in by_key.values():
        if 1 < len(found) <= MANY:
            yield from combinations(found.values(), 2)
