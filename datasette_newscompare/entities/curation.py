"""Applies people's corrections to the entities of a story before they are linked to those of the corpus. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .names import name_key, tidy
from .resolve import StoryEntity

ACTIONS = ("merge", "rename", "split", "retype", "drop")


@dataclass(frozen=True, slots=True)
class Rule:
    """A correction: `corrections.Correction` says what its actions mean."""

    action: str
    alias: str
    entity: str | None = None
    type: str | None = None
    article_id: str | None = None

    @property
    def key(self) -> str:
        return name_key(self.alias)


@dataclass(frozen=True, slots=True)
class Target:
    """The entity that a correction names; its type, where the correction says it."""

    name: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """Mentions of a story that mean one entity."""

    entity: StoryEntity
    mention_ids: tuple[int, ...]
    target: Target | None = None
    """The entity that it is by correction; None leaves that to `EntityIndex.link`."""
    curated: frozenset[str] = frozenset()
    """The spellings, as keys, that a correction gives to the target."""


def follow(rule: Rule, rules: Iterable[Rule]) -> Target | None:
    """Where a correction leads, through those of the name that it leads to; None for a drop or a mere retype.

    Raises ValueError where corrections lead in a circle.
    """
    return _follow(rule, {r.key: r for r in rules if r.article_id is None})


def _follow(rule: Rule, rules: Mapping[str, Rule]) -> Target | None:
    if rule.entity is None:
        return None
    seen = [rule.alias] if rule.article_id is None and rule.action != "split" else []
    while True:
        key = name_key(rule.entity)
        found = rules.get(key)
        if found is None or found.action == "split" or key == rule.key:  # NATO for Nato leads nowhere else
            return Target(rule.entity, rule.type)
        if found.action == "drop":
            return None
        if found.action == "retype":
            return Target(rule.entity, found.type)
        if key in map(name_key, seen):
            raise ValueError(f"{' is '.join([*seen, rule.entity])} goes in a circle; take one of these rows out")
        assert found.entity
        seen.append(found.alias)
        rule = found


class Curation:
    """All corrections in force. Pure: the same story gives the same answer."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._everywhere = {rule.key: rule for rule in rules if rule.article_id is None}
        self._in_article = {(rule.article_id, rule.key): rule for rule in rules if rule.article_id is not None}
        self._articles = {article for article, _ in self._in_article}

    def concerns(self, entities: Iterable[StoryEntity]) -> bool:
        """Whether any of a story's entities may be corrected."""
        return bool(self._everywhere or self._in_article) and any(map(self._concerns, entities))

    def _concerns(self, entity: StoryEntity) -> bool:
        keys = {name_key(name) for name in (entity.name, *(form for form, _ in entity.forms))}
        return not keys.isdisjoint(self._everywhere) or any(article in self._articles for article, _ in entity.members)

    def apply(self, entity: StoryEntity, mentions: Sequence[tuple[int, str, str]]) -> list[Part]:
        """What a story's entity is after correction: none, one or several.

        `mentions` are the entity's: (id, article id, words). Of several corrections that concern a mention, the one
        for its article counts before the one for its spelling, and that before the one for the entity's name.
        """
        if not self._concerns(entity):
            return [Part(entity, tuple(id for id, _, _ in mentions))]
        chosen: defaultdict[Rule | None, list[tuple[int, str, str]]] = defaultdict(list)
        local = {
            article: rule
            for _, article, text in mentions
            if (rule := self._in_article.get((article, name_key(text)))) is not None
        }
        for mention in mentions:
            chosen[local.get(mention[1]) or self._rule(entity, name_key(mention[2]))].append(mention)
        parts: dict[Target | None, Part] = {}
        for rule, of_rule in chosen.items():
            part = self._part(entity, rule, of_rule)
            if part is None:
                continue
            key = part.target
            parts[key] = _united(parts[key], part) if key in parts else part
        return list(parts.values())

    def _rule(self, entity: StoryEntity, key: str) -> Rule | None:
        """The rule for a mention by its spelling, or by the name of its entity."""
        spelt, named = self._everywhere.get(key), self._everywhere.get(name_key(entity.name))
        if named is not None and (named.action == "split" or not _of_type(named, entity)):
            named = None
        if spelt is None or spelt.action == "retype" or not _of_type(spelt, entity):
            return named
        if spelt.entity is not None and name_key(spelt.entity) == name_key(entity.name):
            return named  # it stands with its entity already
        return spelt

    def _part(self, entity: StoryEntity, rule: Rule | None, mentions: Sequence[tuple[int, str, str]]) -> Part | None:
        ids = tuple(id for id, _, _ in mentions)
        forms = Counter(tidy(text) for _, _, text in mentions)
        written = tuple(sorted(forms.items(), key=lambda form: (-form[1], form[0])))
        if rule is None:
            name = entity.name
            if name_key(name) not in {name_key(form) for form in forms}:
                name = max(forms, key=lambda form: (len(form.split()), forms[form], form))
            return Part(replace(entity, name=name, forms=written), ids)
        if rule.action == "retype":
            assert rule.type
            return Part(replace(entity, type=rule.type, forms=written), ids)
        target = _follow(rule, self._everywhere)
        if target is None:
            return None
        named = replace(entity, name=target.name, type=target.type or entity.type, forms=written)
        return Part(named, ids, target, frozenset({rule.key}))


def _of_type(rule: Rule, entity: StoryEntity) -> bool:
    return rule.action != "drop" or rule.type in (None, entity.type)


def _united(a: Part, b: Part) -> Part:
    forms = Counter(dict(a.entity.forms)) + Counter(dict(b.entity.forms))
    written = tuple(sorted(forms.items(), key=lambda form: (-form[1], form[0])))
    return Part(replace(a.entity, forms=written), a.mention_ids + b.mention_ids, a.target, a.curated | b.curated)
