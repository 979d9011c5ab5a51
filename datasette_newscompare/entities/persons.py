"""Groups the names of persons: full names first, then surnames and given names alone. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz.distance import DamerauLevenshtein

from .names import person_words, skeleton, surname_start, tables, transliteration_key

if TYPE_CHECKING:
    from .clusters import Form

DOMINANT = 2
"""A surname that two persons share means the one named in full at least this many times as often as the other."""


@dataclass(eq=False)
class _Person:
    forms: list[Form] = field(default_factory=list)
    spellings: list[tuple[str, ...]] = field(default_factory=list)
    """The full names seen, as `person_words` gives them."""

    @property
    def count(self) -> int:
        return sum(f.count for f in self.forms)


class _Register:
    """Persons by parts of their full names, so that only those who can be meant are compared."""

    def __init__(self) -> None:
        self.persons: list[_Person] = []
        self._by: defaultdict[tuple[str, str], dict[_Person, None]] = defaultdict(dict)

    def add(self, person: _Person, words: tuple[str, ...]) -> None:
        if not person.spellings:
            self.persons.append(person)
        person.spellings.append(words)
        surname = words[surname_start(words) :]
        self._by["surname", " ".join(surname)][person] = None
        self._by["sound", skeleton("".join(surname))][person] = None
        for n in range(1, len(words)):
            self._by["end", " ".join(words[n:])][person] = None
        self._by["first", words[0]][person] = None
        self._by["letters", _letters(words)][person] = None

    def get(self, part: str, value: str) -> list[_Person]:
        return list(self._by.get((part, value), ()))

    def same_as(self, words: tuple[str, ...]) -> _Person | None:
        """The person whose full name this can be; of several the one named most."""
        surname = words[surname_start(words) :]
        candidates = {
            person: None
            for part, value in (
                ("end", words[-1]),
                ("letters", _letters(words)),
                ("sound", skeleton("".join(surname))),
                ("first", words[0]),
                ("first", words[-1]),
            )
            for person in self.get(part, value)
        }
        same = [p for p in candidates if any(same_full_name(words, other) for other in p.spellings)]
        return max(same, key=lambda p: (p.count, p.spellings[0])) if same else None

    def bearers(self, words: tuple[str, ...]) -> list[_Person]:
        """The persons whom a surname, or else a given name, can mean."""
        name, joined = " ".join(words), "".join(words)
        exact = self.get("surname", name) or self.get("end", name)
        if exact:
            return exact
        alike = [
            p
            for p in self.get("sound", skeleton(joined))
            if any(same_surname(joined, "".join(full[surname_start(full) :])) for full in p.spellings)
        ]
        return alike or (self.get("first", name) if len(words) == 1 and len(name) > 1 else [])


def cluster_persons(forms: Sequence[Form]) -> list[list[Form]]:
    """The forms grouped by person. Two persons with one surname stay two.

    A surname alone goes to the person who bears it; where several do, to the one who is named far more often, else in
    an article to the one named in full last before it, and in a story to none. A given name alone goes to the only
    person who bears it.
    """
    full: defaultdict[tuple[str, ...], list[Form]] = defaultdict(list)
    single: defaultdict[tuple[str, ...], list[Form]] = defaultdict(list)
    generations: defaultdict[tuple[tuple[str, ...], str], list[Form]] = defaultdict(list)
    for f in forms:
        words = person_words(f.surface)
        if len(words) > 1 and surname_start(words) > 0:
            full[words].append(f)
        elif generation := _generation(f):
            generations[words, generation].append(f)
        else:
            single[words].append(f)

    register = _Register()
    for words, found in sorted(full.items(), key=lambda item: (-len(item[0]), -sum(f.count for f in item[1]), item[0])):
        person = register.same_as(words) or _Person()
        register.add(person, words)
        person.forms += found
    named_in_full = {p: p.count for p in register.persons}

    alone: list[tuple[str, _Person]] = []
    for words, found in sorted(single.items(), key=lambda item: (-sum(f.count for f in item[1]), item[0])):
        bearers = [p for p in register.bearers(words) if not _means_another(found, words, p, named_in_full[p], single)]
        if len(bearers) > 1:
            ranked = sorted(bearers, key=lambda p: -named_in_full[p])
            if named_in_full[ranked[0]] >= DOMINANT * named_in_full[ranked[1]]:
                bearers = ranked[:1]
        if len(bearers) == 1:
            bearers[0].forms += found
        elif bearers and all(f.start >= 0 for f in found):
            for f in found:
                _nearest(f, bearers).forms.append(f)
        else:
            name = "".join(words)
            same = [person for other, person in alone if same_surname(name, other)]
            if same:
                same[0].forms += found
            else:
                alone.append((name, _Person(list(found))))
    elders = [_Person(found) for found in generations.values()]
    for (words, generation), elder in zip(generations, elders, strict=True):
        bearers = [p for p in register.bearers(words) if any(_generation(f) == generation for f in p.forms)]
        if len(bearers) == 1:
            bearers[0].forms += elder.forms
            elder.forms = []
    return [p.forms for p in (*register.persons, *(person for _, person in alone), *elders) if p.forms]


def _generation(form: Form) -> str:
    """Jr or Sr behind a name, which keeps father and son apart; empty without one."""
    last = form.surface.rsplit(" ", 1)[-1].rstrip(".").casefold()
    return last if last in ("jr", "sr") else ""


OPENING = 400
"""Headline and standfirst, which use surnames before the text introduces them, are over after so many characters."""


def _means_another(
    found: Sequence[Form],
    words: tuple[str, ...],
    person: _Person,
    named: int,
    single: Collection[tuple[str, ...]],
) -> bool:
    """Whether a name alone can't mean the one person who bears it: Trump, all over an article that names Melania Trump
    once and late; or Trump where it stands before another surname, in "Trump DeVos".

    What was kept apart in an article stays apart in its story.
    """
    count = sum(f.count for f in found)
    if count < 3 * named:
        return False
    full = person.spellings[0]
    if words == full[:1]:
        return full[-1:] in single and words[0] not in tables().given_names
    if all(f.start >= 0 for f in found):
        introduced = min(f.start for f in person.forms if f.start >= 0)
        return sum(OPENING < f.start < introduced for f in found) > 1
    shared = {f.article for f in found} & {f.article for f in person.forms}
    return bool(shared) and -1 not in shared


def _nearest(form: Form, persons: Sequence[_Person]) -> _Person:
    """The person named in full last before this mention, else the one named in full first."""

    def distance(person: _Person) -> tuple[bool, int]:
        before = [form.position - f.position for f in person.forms if f.position < form.position and " " in f.surface]
        return (not before, min(before) if before else min(f.position for f in person.forms))

    return min(persons, key=distance)


def same_full_name(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two full names, as `person_words` gives them, can be one person's.

    Surnames equal or spelling variants, and given names equal, one the initial or short form of the other, or missing
    middle names: Richard M. Nixon and Richard Nixon, Joe and Joseph Biden; not Donald and Melania Trump.
    """
    if a == b or _letters(a) == _letters(b):  # Kim Jong Un, Kim Jong-un
        return True
    if len(a) > len(b):
        a, b = b, a
    given_a, given_b = a[: surname_start(a)], b[: surname_start(b)]
    surname_a, surname_b = a[len(given_a) :], b[len(given_b) :]
    if surname_a != surname_b and a[-1] != b[-1]:
        joined_a, joined_b = "".join(surname_a), "".join(surname_b)
        if not same_surname(joined_a, joined_b) and not (given_a == given_b and _near(joined_a, joined_b)):
            # Family name first: Xi Jinping stays, but Orban Viktor and Viktor Orban are one.
            return len(a) == len(b) == 2 and a == b[::-1]
        return bool(given_a and given_b) and _same_given(given_a[0], given_b[0])
    if not given_a or not given_b:
        return True
    if _same_given(given_a[0], given_b[0]):
        return _middles_agree(given_a[1:], given_b[1:])
    # W. Mark Felt and Mark Felt; Diane Crawford Smith and Sharron Diane Crawford Smith.
    rest = iter(given_b)
    return len(given_a) < len(given_b) and all(any(_same_given(word, other) for other in rest) for word in given_a)


def _letters(words: tuple[str, ...]) -> str:
    return "".join(words).replace("-", "")


def _middles_agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Middle names tell two persons apart where both have some that differ: George W. and George H.W. Bush."""
    if not a or not b:
        return True
    if any(_same_given(x, y) and min(len(x), len(y)) > 1 for x in a for y in b):
        return True
    return "".join(w if len(w) <= 2 else w[0] for w in a) == "".join(w if len(w) <= 2 else w[0] for w in b)


def _same_given(a: str, b: str) -> bool:
    if a == b or transliteration_key(a) == transliteration_key(b):
        return True
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    nicknames = tables().nicknames
    if nicknames.get(a, frozenset()) & nicknames.get(b, frozenset()):
        return True
    # A slip of one letter (Malcom, Ester), but no other ending: Daniel and Daniela are two.
    return min(len(a), len(b)) >= 5 and a[0] == b[0] and a[-1] == b[-1] and DamerauLevenshtein.distance(a, b) == 1


def same_surname(a: str, b: str) -> bool:
    """Whether two surnames are spellings of one: Zelenskiy, Zelenskyy and the slip Zelenzky; not Bush and Busch."""
    if a == b:
        return True
    if min(len(a), len(b)) < 5 or a[0] != b[0]:
        return False
    x, y = transliteration_key(a), transliteration_key(b)
    if x == y:
        return True
    if skeleton(a) != skeleton(b):
        return False
    if min(len(a), len(b)) < 8:  # Shakir and Shakur are two
        other_vowel = len(x) == len(y) and {c for pair in zip(x, y, strict=True) if len(set(pair)) > 1 for c in pair}
        return DamerauLevenshtein.distance(x, y) <= 1 and not (other_vowel and other_vowel <= set("aeiou"))
    return DamerauLevenshtein.distance(x, y) <= 2


def _near(a: str, b: str) -> bool:
    """A slip of a letter or two in the surname of people whose given names are equal: Rait and Raite."""
    shorter = min(len(a), len(b))
    return shorter >= 4 and a[0] == b[0] and DamerauLevenshtein.distance(a, b) <= (1 if shorter < 8 else 2)
