"""Decides over a whole article what each of its names is, and which are no names. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..records import ENTITY_TYPES, Mention
from .names import fold, known, name_key, person_words, tables

TITLE_WEIGHT = 3
"""A title, or an age behind a name, says more than this many guesses of the model."""

_IN = re.compile(r"\b(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]cross|[Nn]orth of|[Ss]outh of|[Ee]ast of|[Ww]est of)\s$")
_SMALL_WORD = re.compile(r"(?<![\w.@/#])[a-z]{3,}(?![\w])")


def small_words(text: str) -> frozenset[str]:
    """The words that a text writes small."""
    return frozenset(_SMALL_WORD.findall(text))


def settle(
    text: str, small: frozenset[str], mentions: Sequence[Mention], given_away: Iterable[Mention]
) -> list[Mention]:
    """The mentions with one type for each spelling, without those that are common words.

    The type is the tables' where they know the spelling; person for the surname or given name of a person named in
    full; place for what keeps standing behind "in"; else what most mentions say. A single word that the article also
    writes small, and that no full name holds, is no name. `small` is what `small_words` gives for the article's text;
    `given_away` are persons that a title or age gave away.
    """
    persons = {name_key(m.text) for m in given_away}
    votes = _votes(text, mentions, persons)
    surnames, given_names = _parts_of_persons(votes)
    types = {key: _decide(key, votes[key], surnames, given_names, persons) for key in votes}
    settled = []
    for mention in _apart(mentions, types, surnames, small):
        key = name_key(mention.text)
        if key not in persons | surnames | given_names and _is_common_word(mention, small):
            continue
        type_ = types.get(key, mention.type)
        settled.append(mention if mention.type == type_ else replace(mention, type=type_))
    return settled


def _votes(text: str, mentions: Iterable[Mention], persons: set[str]) -> dict[str, Counter[str]]:
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    inside: Counter[str] = Counter()
    for m in mentions:
        key = name_key(m.text)
        votes[key][m.type] += 1
        if _IN.search(text, max(0, m.start - 12), m.start) and text[m.end : m.end + 2] not in ("'s", "’s"):
            inside[key] += 1
    for key, count in inside.items():
        guessed = votes[key]["person"] + votes[key]["organisation"]
        enough = 4 if votes[key]["person"] else 2
        likely = count > 1 and enough * count >= votes[key].total() and key.count(" ") < 2
        if likely and guessed and key.split(" ")[-1] not in tables().organisation_heads:
            votes[key]["place"] += guessed + 1
    for key in persons & votes.keys():
        votes[key]["person"] += TITLE_WEIGHT
    return votes


def _parts_of_persons(votes: dict[str, Counter[str]]) -> tuple[set[str], set[str]]:
    """The surnames and the given names of the persons named in full."""
    surnames, given_names = set(), set()
    for key, count in votes.items():
        words = person_words(key)
        if len(words) > 1 and key not in tables().known and 2 * count["person"] >= count.total():
            surnames.add(words[-1])
            given_names.add(words[0])
    return surnames, given_names


def _decide(key: str, count: Counter[str], surnames: set[str], given_names: set[str], persons: set[str]) -> str:
    entry = tables().known.get(key)
    if entry:
        return entry.type
    if key.isupper() and len(key) < 6 and count["person"] and key.casefold() not in surnames:
        return "organisation"
    only_place = count["place"] == count.total()
    if key in surnames and not (only_place and count["place"] > 1):
        return "person"
    if key in given_names and (not count["place"] or key in tables().given_names):
        return "person"
    first, _, last = key.partition(" ")
    if last in persons - surnames and not count["place"] and first not in tables().countries:
        return "person"  # Stormy Foo, where the text also says Ms Foo
    return max(ENTITY_TYPES, key=lambda type_: count[type_])


def _is_common_word(mention: Mention, small: frozenset[str]) -> bool:
    word = mention.text
    return (
        mention.type != "group"
        and word.isalpha()
        and not word.isupper()
        and word.lower() in small
        and known(word) is None
        and word.lower() not in tables().institutions
    )


_BETWEEN = re.compile(r"(?:of|to|for|over|on|in|at) ")
_AND = re.compile(r",?\s(?:and|&)\s|,\s")


def _apart(
    mentions: Iterable[Mention], types: dict[str, str], surnames: set[str], small: frozenset[str]
) -> Iterator[Mention]:
    """ "Trump and Sessions" or "Reddit, Etsy" as two, where both are known alone; Johnson & Johnson stays one.

    Of a surname with words behind it that the article also writes small ("Trump Delivers Remarks") the surname stays.
    """
    for m in mentions:
        parts = _AND.split(m.text) if m.type != "person" else []
        if len(parts) > 1 and _each_a_name(parts, types, surnames):
            position = m.start
            for part in parts:
                position = m.start + m.text.index(part, position - m.start)
                entry = known(part)
                type_ = (
                    entry.type if entry else types.get(name_key(part), "person" if fold(part) in surnames else m.type)
                )
                yield Mention(position, position + len(part), part, type_)
                position += len(part)
            continue
        first, _, rest = m.text.partition(" ")
        word = fold(first)
        head, _, last = m.text.rpartition(" ")
        if m.type == "person" and " " in head and fold(last) in surnames and types.get(name_key(head)) == "person":
            yield Mention(m.start, m.start + len(head), head, "person")  # Hillary Clinton Trump
            yield Mention(m.end - len(last), m.end, last, "person")
            continue
        if _BETWEEN.match(rest) and m.type in ("person", "organisation") and word in surnames:
            yield Mention(m.start, m.start + len(first), first, "person")
            continue
        if rest and m.type == "person" and word in surnames and small.issuperset(rest.lower().split(" ")):
            yield Mention(m.start, m.start + len(first), first, "person")
            continue
        yield m


def _each_a_name(parts: Sequence[str], types: dict[str, str], surnames: set[str]) -> bool:
    alone = [known(p) is not None or fold(p) in surnames or name_key(p) in types for p in parts]
    return all(alone) or (any(known(p) for p in parts) and all(p.isalpha() for p in parts))
