"""Groups written names into entities: persons by surname and given name, all others by key, acronym and short form. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from .names import known, name_key, person_words, tables
from .persons import cluster_persons
from .short_forms import initials, short_form_of


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
    also: tuple[str, ...] = ()
    """Its other spellings, where it is an entity already."""

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
            types[key] = max(count, key=lambda t: (count[t], t))
    return types


def _cluster_others(forms: Sequence[Form], types: dict[str, str]) -> list[Group]:
    by_key: defaultdict[str, list[Form]] = defaultdict(list)
    introduced = _introduced(forms)
    for f in forms:
        names = [known(surface) for surface in (f.surface, *f.also)]
        entry = next((name for name in names if name), None)
        key = introduced.get(f.key) or (name_key(entry.name) if entry else f.key)
        by_key[introduced.get(key, key)].append(f)
    keys = sorted(by_key, key=lambda k: (-len(k.split()), k))
    into: dict[str, str] = {}
    for key in keys:
        longer = [
            other
            for other in keys
            if other != key
            and other not in into
            and _may_join(by_key, types, key, other)
            and short_form_of(key, _show(by_key[key]), other, _show(by_key[other]))
        ]
        if len(longer) == 1:
            into[key] = longer[0]
    for key, other in into.items():
        by_key[other].extend(by_key.pop(key))
    groups = []
    for key, found in by_key.items():
        entry = tables().known.get(key)
        if entry:
            groups.append(Group(entry.name, entry.type, found))
        else:
            name = _best_name(found)
            groups.append(Group(name, types.get(name_key(name)) or types[found[0].key], found))
    return groups


def _may_join(by_key: dict[str, list[Form]], types: dict[str, str], short: str, long: str) -> bool:
    def type_of(key: str) -> str:
        entry = tables().known.get(key)
        return entry.type if entry else types[by_key[key][0].key]

    return short not in tables().known and type_of(short) == type_of(long) and type_of(short) != "group"


def _introduced(forms: Sequence[Form]) -> dict[str, str]:
    """Abbreviations that the text introduces: key of the short form to key of the long one.

    They stand right behind it in brackets, "Movement for Change (MC)", and are made of its initials.
    """
    found: dict[str, str] = {}
    ordered = sorted((f for f in forms if f.start >= 0), key=lambda f: f.start)
    for left, right in zip(ordered, ordered[1:], strict=False):
        if (
            0 < right.start - left.end <= 2
            and right.surface.isupper()
            and right.surface.replace(".", "").casefold() in initials(left.surface)
        ):
            entry = known(left.surface)
            found[right.key] = name_key(entry.name) if entry else left.key
    return found


def _show(forms: Sequence[Form]) -> str:
    return _best_name(forms)


def _best_name(forms: Sequence[Form]) -> str:
    """The fullest clean spelling: no abbreviation or line in capitals where there is another, then the most frequent."""
    counts: Counter[str] = Counter()
    for f in forms:
        counts[f.surface] += f.count
    return max(counts, key=lambda s: (not s.isupper(), len(s.split()) > 1, counts[s], len(s), s))


def best_person_name(forms: Sequence[Form]) -> str:
    """The name shown for a person: given name and surname as most often written, without title."""
    counts: Counter[str] = Counter()
    for f in forms:
        counts[_without_titles(f.surface)] += f.count
    longest = max(counts, key=lambda s: (len(person_words(s)) > 1, not s.isupper(), counts[s], len(s), s))
    return longest.title() if longest.isupper() and len(longest) > 3 else longest


def _without_titles(surface: str) -> str:
    words = surface.split(" ")
    while len(words) > 1 and words[0].rstrip(".,").lower() in tables().titles:
        words.pop(0)
    return " ".join(words)
