"""Groups written names into entities: persons by surname and given name, others by key and short form. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..records import ENTITY_TYPES
from .names import known, name_key, person_words, tables
from .persons import cluster_persons
from .short_forms import abbreviates, core_keys, initials, same_name_key, short_keys


@dataclass(frozen=True)
class Form:
    """One written name to be grouped: a mention of an article, or an entity of one of a story's articles."""

    surface: str
    types: Counter[str]
    count: int
    position: int
    """Its place in the order given."""
    start: int = -1
    end: int = -1
    """Offsets, where it is a mention: "European Union (EU)" introduces an abbreviation."""
    article: int = -1
    """Which article of the story it is an entity of."""
    spellings: tuple[tuple[str, int], ...] = ()
    """All its spellings and their counts, where it is an entity already."""

    @property
    def written(self) -> tuple[tuple[str, int], ...]:
        return self.spellings or ((self.surface, self.count),)

    @property
    def key(self) -> str:
        return name_key(self.surface)


@dataclass
class Group:
    """Forms that mean one entity."""

    name: str
    type: str
    forms: list[Form] = field(default_factory=list)


def cluster(forms: Sequence[Form]) -> list[Group]:
    """The forms grouped into entities; each form is in exactly one group."""
    types = _types_by_key(forms)
    persons = [f for f in forms if types[f.key] == "person"]
    others = [f for f in forms if types[f.key] != "person"]
    groups = [Group(best_person_name(found), "person", found) for found in cluster_persons(persons)]
    return groups + _cluster_others(others, types)


def _types_by_key(forms: Sequence[Form]) -> dict[str, str]:
    """One type a key: the tables' where they know it, person for a known person's surname, else the most frequent."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for f in forms:
        votes[f.key].update(f.types)
    surnames = {
        words[-1]
        for key, count in votes.items()
        if count["person"] * 2 >= count.total() and len(words := person_words(key)) > 1 and key not in tables().known
    }
    types = {}
    for key, count in votes.items():
        entry = tables().known.get(key)
        if entry:
            types[key] = entry.type
        elif key in surnames and (count["person"] or not count["place"]):
            types[key] = "person"
        else:
            types[key] = max(ENTITY_TYPES, key=lambda type_: count[type_])
    return types


def _cluster_others(forms: Sequence[Form], types: dict[str, str]) -> list[Group]:
    introduced = _introduced(forms)
    by_key: defaultdict[str, list[Form]] = defaultdict(list)
    type_of: dict[str, str] = {}
    for f in forms:
        names = [known(surface) for surface in (f.surface, *(surface for surface, _ in f.spellings))]
        entry = next((name for name in names if name), None)
        key = introduced.get(f.key) or (name_key(entry.name) if entry else f.key)
        by_key[key].append(f)
        type_of.setdefault(key, entry.type if entry else types.get(key, types[f.key]))
    groups: defaultdict[str, list[str]] = defaultdict(list)
    roots = _joined(sorted(by_key, key=lambda k: (-len(k.split()), -len(k), k)), type_of, by_key)
    for key in by_key:
        groups[roots[key]].append(key)
    return [_group(keys, by_key, type_of) for keys in groups.values()]


def _group(keys: Sequence[str], by_key: Mapping[str, Sequence[Form]], type_of: Mapping[str, str]) -> Group:
    forms = [f for key in keys for f in by_key[key]]
    entry = next((entry for key in keys if (entry := tables().known.get(key))), None)
    if entry:
        return Group(entry.name, entry.type, forms)
    types: Counter[str] = Counter()
    for key in keys:
        types[type_of[key]] += sum(f.count for f in by_key[key])
    name, type_ = _best_name(forms), max(ENTITY_TYPES, key=lambda type_: types[type_])
    return Group(name.title() if type_ == "place" and name.isupper() and len(name) > 4 else name, type_, forms)


def _joined(keys: Sequence[str], type_of: Mapping[str, str], by_key: Mapping[str, Sequence[Form]]) -> dict[str, str]:
    """For each key the key that stands for its group. `keys` come longest first.

    A short form joins a longer name only where one alone is there that it can mean; Senate joins nothing where there
    are a US Senate and a French Senate.
    """
    root = {key: key for key in keys}

    def find(key: str) -> str:
        while root[key] != key:
            key = root[key]
        return key

    def join(short: str, long: str) -> None:
        a, b = find(short), find(long)
        if a in tables().known and b in tables().known:
            return
        if a != b:
            keep, give = (a, b) if a in tables().known else (b, a)
            root[give] = keep

    alike: dict[tuple[str, str], str] = {}
    for key in keys:
        form = key.removesuffix("s") if type_of[key] == "group" else same_name_key(key)
        first = alike.setdefault((form, type_of[key]), key)
        if first != key:
            join(key, first)

    leads = frozenset(key.casefold() for key in keys)
    cores: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
    longer: defaultdict[str, list[str]] = defaultdict(list)
    acronyms: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        if type_of[key] == "group" or " " not in key:
            continue
        for core, country in core_keys(key):
            entry = None if core in type_of else tables().known.get(core) or tables().known.get(core.upper())
            short = name_key(entry.name) if entry else _key_of(core, type_of)
            if short != key and type_of.get(short) == type_of[key]:
                cores[short].setdefault(key, country)
        for short in {_key_of(short, type_of) for short in short_keys(key, type_of[key], leads)}:
            if type_of.get(short) == type_of[key]:
                longer[short].append(key)
        first = _key_of(key.split(" ", 1)[0], type_of)
        few = key.count(" ") < 4 and " at " not in key
        if few and type_of.get(first) == type_of[key] and all(f.surface.isupper() for f in by_key[first]):
            longer[first].append(key)  # EYP of EYP Mission Critical Facilities
        for acronym in initials(_best_name(by_key[key])):
            acronyms[acronym].append(key)
    for key in keys:
        decorated = cores.get(key, {})
        if len({country for country in decorated.values() if country}) <= 1:
            for other in decorated:
                join(key, other)
        if key in tables().known:
            continue
        candidates = [] if decorated else longer.get(key, [])
        acronym = key.casefold()
        if not candidates and acronym in acronyms and all(f.surface.isupper() for f in by_key[key]):
            candidates = [other for other in acronyms[acronym] if type_of[other] == type_of[key]]
        roots = {find(other) for other in candidates} - {find(key)}
        if len(roots) == 1:
            join(key, roots.pop())
    return {key: find(key) for key in keys}


def _key_of(words: str, keys: Mapping[str, str]) -> str:
    """Words of a longer key as a key of their own: short names in capitals keep them (`name_key`)."""
    return words.upper() if words not in keys and words.upper() in keys else words


def _introduced(forms: Sequence[Form]) -> dict[str, str]:
    """Abbreviations that stand in brackets right behind a name: key of the short form to the key of the name."""
    found: dict[str, str] = {}
    ordered = sorted((f for f in forms if f.start >= 0), key=lambda f: f.start)
    for left, right in pairwise(ordered):
        if 0 < right.start - left.end <= 2 and abbreviates(right.surface, left.surface):
            entry = known(left.surface)
            found[right.key] = name_key(entry.name) if entry else left.key
    return found


def _best_name(forms: Sequence[Form]) -> str:
    """The fullest clean spelling: not in capitals where there is another, of two words, then the most frequent."""
    counts: Counter[str] = Counter()
    for f in forms:
        for surface, count in f.written:
            counts[surface] += count
    return max(counts, key=lambda s: (not s.isupper(), len(s.split()) > 1, counts[s], len(s), s))


def best_person_name(forms: Sequence[Form]) -> str:
    """The name shown for a person: given name and surname as most often written, without title."""
    counts: Counter[str] = Counter()
    for f in forms:
        for surface, count in f.written:
            counts[_without_titles(surface)] += count

    def rank(surface: str) -> tuple[bool | int | str, ...]:
        words = person_words(surface)
        full = len(words) > 1
        given = words[0] in tables().given_names
        return (
            full,
            not surface.isupper(),
            len(words[0]) > 1,
            counts[surface],
            given,
            -len(words) if full else 0,
            surface,
        )

    best = max(counts, key=rank)
    # Kardashian West is the surname of Kim Kardashian West.
    longer = [
        s for s in counts if s.endswith(" " + best) and len(person_words(s)[0]) > 1 and 2 * counts[s] >= counts[best]
    ]
    if " " in best and longer:
        best = max(longer, key=rank)
    return best.title() if best.isupper() and len(best) > 3 else best


def _without_titles(surface: str) -> str:
    words = surface.split(" ")
    while len(words) > 1 and words[0].rstrip(".,").lower() in tables().titles:
        words.pop(0)
    return " ".join(words)
