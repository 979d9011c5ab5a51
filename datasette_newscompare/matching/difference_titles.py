"""The same person with another title on each side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..records import Difference, StorySentence
from ..text.cues import CALENDAR, TITLES
from ..text.wordlists import listed
from ..text.words import norms

EXTRA = 3
"""Words of a portfolio ("for European Integration") that one side has and the other leaves out."""

_PERSON = re.compile(r"(?<![\w’'.-])[A-Z][a-zà-ÿ’'-]+ (?:[A-Z]\. )?(?:de |von |van |der )?[A-Z][\w’'-]+")
_CAPITAL = re.compile("[A-Z]")
_PORTFOLIO = re.compile(r" of\b| for\b")
_OFFICE = listed("""
    president minister secretary senator representative governor mayor spokesperson director general chairman
    speaker ambassador commissioner adviser judge justice king queen prince pope leader chief premier chancellor
    prosecutor sheriff lawyer attorney counsel nominee candidate commander officer professor
    """)
_SPELT = {
    "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "spokesman": "spokesperson",
    "spokeswoman": "spokesperson", "chairwoman": "chairman", "chair": "chairman", "advisor": "adviser",
    "congressman": "representative", "congresswoman": "representative", "pm": "minister",
    "prosecutors": "prosecutor", "u.s.": "", "us": "", "american": "", "then": "", "prime": "minister",
    "amb": "ambassador", "sec": "secretary", "senate": "", "house": "", "senators": "senator",
    "attorney": "lawyer", "counsel": "lawyer", "nominee": "candidate", "commander": "general",
    "chief": "chairman", "fcc": "", "press": "spokesperson", "white": "", "judiciary": "", "gop": "",
    "justice": "judge", "officer": "general", "republican": "", "democratic": "", "democrat": "",
}  # fmt: skip
_JOINING = listed("of for and the to in")
_ANOTHER = listed("former ex acting deputy vice elect interim incoming outgoing")
_NO_NAMES = TITLES | _OFFICE | _SPELT.keys() | _ANOTHER
_OF_TITLES = _OFFICE | _JOINING | _ANOTHER | _SPELT.keys()


@dataclass(frozen=True, slots=True)
class _Titled:
    start: int
    end: int
    text: str
    title: frozenset[str]


def title_differences(left: StorySentence, right: StorySentence) -> Iterator[Difference]:
    """People whom both sides name in full with a title, where the titles are of different offices or portfolios."""
    ours = _persons(left.text)
    theirs = _persons(right.text) if ours else {}
    for person in ours.keys() & theirs.keys():
        one, other = _titled(left, ours[person]), _titled(right, theirs[person])
        if one and other and _differ(one, other):
            yield Difference("name", one.text, other.text, one.start, one.end, other.start, other.end, "title")


def _differ(one: _Titled, other: _Titled) -> bool:
    """Whether two titles are of different offices, or one of them names a portfolio that the other leaves out."""
    a, b = one.title, other.title
    offices_a, offices_b = a & _OFFICE, b & _OFFICE
    if not offices_a & offices_b:
        return "spokesperson" not in offices_a | offices_b
    portfolio = (" for " in one.text) != (" for " in other.text)
    return portfolio and offices_a == offices_b and (a < b or b < a) and len(a ^ b) >= EXTRA


@lru_cache(maxsize=4096)
def _persons(text: str) -> dict[str, list[re.Match[str]]]:
    """Where a sentence that holds a word for an office names persons in full, by name."""
    found: dict[str, list[re.Match[str]]] = {}
    if _OFFICE.isdisjoint([_SPELT.get(norm, norm) for norm in norms(text)]):
        return found
    for capital in _CAPITAL.finditer(text):
        person = _PERSON.match(text, capital.start())
        if person is None or _PORTFOLIO.match(text, person.end()):
            continue
        name = norms(person.group())
        if _NO_NAMES.isdisjoint(name):
            found.setdefault(" ".join(name), []).append(person)
    return found


def _titled(sentence: StorySentence, named: list[re.Match[str]]) -> _Titled | None:
    """The first of the places where a person is named that has a title right before it."""
    for person in named:
        start = _title_start(sentence.text, person.start())
        title = sentence.text[start : person.start()].strip(" ,")
        told = {_SPELT.get(norm, norm) for norm in norms(title)} - _JOINING - {""}
        if told & _OFFICE:
            at = sentence.start
            end = person.end() - (2 if person.group().endswith(("'s", "’s")) else 0)
            return _Titled(at + start, at + end, sentence.text[start:end], frozenset(told))
    return None


def _title_start(text: str, name: int) -> int:
    """Where the title begins that ends right before a name: over capitalised words, offices and what joins them."""
    start = name
    for m in reversed(list(re.finditer(r"\S+", text[max(0, name - 120) : name]))):
        token, at = m.group(), m.start() + max(0, name - 120)
        bare = next(iter(norms(token)), "")
        short = token.rpartition("-")[2]
        if bare in CALENDAR:
            break
        ended = token[-1] in ".;:" and not (len(short) <= 5 and short[0].isupper())
        if ended or token.endswith(("’s", "'s")) or (token.endswith(",") and start != name):
            break
        if not (token[0].isupper() or bare in _OF_TITLES):
            break
        start = at
    phrase = text[start:name]
    if " and " in phrase and " for " not in phrase:
        start += phrase.rindex(" and ") + 5
    if text[start:name].rstrip().endswith(",") and (len(text[start:name].split()) < 4 or not text[start].isupper()):
        return name
    first = re.match(r"(?:(?:of|for|and|the|to|in|In|On|The|But|And|As|While|After|When)\s)+", text[start:name])
    return start + first.end() if first else start
