"""What spaCy's attribute ruler says of words, quicker: its patterns of one word, looked up by tag.

The ruler runs a matcher of all its patterns over every word, which takes longer than parsing does. Of a pipeline's
patterns, those of several words and those by regular expressions are left out: they concern contractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Word = tuple[str, str, str]
"""A word's tag, its small letters and its dependency."""
_PARTS = ("TAG", "LOWER", "DEP")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a word gets that fits all of the conditions."""

    conditions: tuple[Callable[[Word], bool], ...]
    attributes: Mapping[str, str]


class WordClasses:
    """Sets part of speech, inflection and the lemmas of irregular words of a parsed text's words."""

    def __init__(self, patterns: Sequence[Mapping[str, Any]]) -> None:
        """`patterns` are those of an `AttributeRuler`."""
        self._rules: list[_Rule] = []
        self._named: set[str] = set()
        for entry in patterns:
            for pattern in entry["patterns"]:
                if len(pattern) == 1 and (rule := _rule(pattern[0], entry["attrs"])):
                    self._rules.append(rule)
                    self._named.update(_values(pattern[0].get("LOWER")))
        self._known: dict[Word, dict[str, str]] = {}

    def __call__(self, doc: Any) -> Any:
        """Set the attributes of all words, and give the text back."""
        for token in doc:
            lower = token.lower_
            word = (token.tag_, lower if lower in self._named else "", token.dep_)
            found = self._known.get(word)
            if found is None:
                found = self._known[word] = self._attributes(word)
            if "POS" in found:
                token.pos_ = found["POS"]
            if "MORPH" in found:
                token.set_morph(found["MORPH"])
            if "LEMMA" in found:
                token.lemma_ = found["LEMMA"]
        return doc

    def _attributes(self, word: Word) -> dict[str, str]:
        """All that the patterns say of a word: of two that fit the later counts."""
        found: dict[str, str] = {}
        for rule in self._rules:
            if all(condition(word) for condition in rule.conditions):
                found.update(rule.attributes)
        return found


def _rule(pattern: Mapping[str, Any], attributes: Mapping[str, str]) -> _Rule | None:
    """A pattern of one word as a rule; None where it asks for what is not looked at here."""
    conditions = []
    for name, wanted in pattern.items():
        if name not in _PARTS or not (isinstance(wanted, str) or set(wanted) in ({"IN"}, {"NOT_IN"})):
            return None
        conditions.append(_one_of(_PARTS.index(name), frozenset(_values(wanted)), "NOT_IN" not in wanted))
    return _Rule(tuple(conditions), attributes)


def _values(wanted: Any) -> Sequence[str]:
    """The values that a condition names."""
    if isinstance(wanted, str):
        return [wanted]
    return [value for values in wanted.values() for value in values] if isinstance(wanted, dict) else ()


def _one_of(part: int, values: frozenset[str], wanted: bool) -> Callable[[Word], bool]:
    return lambda word: (word[part] in values) is wanted
