"""What people decide about names: the one place that writes corrections, for the pages and the command line alike.

Everything here works on a plain SQLite connection inside the caller's transaction, so that a page can call it through
Datasette's write queue. A merge, rename, retype or drop takes effect on the rows at once, with all counts, where an
entity bears the name that is corrected. What concerns only some mentions (a split, a spelling that is not its
entity's name, one article) and what is taken back shows once the mentions of the stories concerned are linked anew:
`correcting.py` does that for the pages. Either way these stories are marked `needs_relinking`, and the next load or
match links and compares these, and only these, anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from .entities.curation import ACTIONS, Rule, Target, follow
from .entities.index import identity
from .entities.names import name_key, people_of, tidy
from .entity_rows import MENTION_STORIES, drop_entity, merge_entities, rekey, retype_entity
from .former_entities import HIDDEN, remember
from .records import ENTITY_TYPES

SELECT = "SELECT action, alias, entity, type, article_id, note, actor, at FROM corrections"


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision about a spelling, everywhere or in one article.

    - merge: what is named `alias` is `entity`; of an entity with another name, the mentions spelt `alias` are;
    - rename: the same, for an entity that is to be shown under another name;
    - split: only mentions spelt `alias` are taken from their entity, and are `entity` (without one: one of their own);
    - retype: what is named `alias` is of `type`;
    - drop: what is named `alias` (of `type`, if given) is no entity.
    """

    action: str
    alias: str
    entity: str | None = None
    type: str | None = None
    article_id: str | None = None
    """Only in this article. There, `alias` stands for all mentions united with one spelt so."""
    note: str | None = None
    actor: str = ""
    at: str = ""
    """ISO 8601, UTC."""

    @property
    def decision(self) -> tuple[str | None, ...]:
        return (self.action, self.alias, self.entity, self.type)


def corrections(connection: sqlite3.Connection) -> list[Correction]:
    """All corrections in force, oldest first."""
    return [Correction(*row) for row in connection.execute(f"{SELECT} ORDER BY id")]


def by_id(connection: sqlite3.Connection, id: int) -> Correction | None:
    """A correction by its number."""
    row = connection.execute(f"{SELECT} WHERE id = ?", [id]).fetchone()
    return Correction(*row) if row else None


def rules(connection: sqlite3.Connection) -> list[Rule]:
    """The corrections in force as linking applies them."""
    return [Rule(c.action, c.alias, c.entity, c.type, c.article_id) for c in corrections(connection)]


def record(connection: sqlite3.Connection, one: Correction) -> set[int] | None:
    """Record a correction in place of what was decided of the same spelling (and article) before.

    Gives the stories whose mentions are to be linked anew for it to show; None where it stands already: then nothing
    is written. Raises ValueError, in words for whoever made it, where it makes no sense or where its article is not
    loaded.
    """
    one = _checked(connection, one)
    before = stored(connection, one.alias, one.article_id)
    if before is not None and before.decision == one.decision:
        return None
    rule = Rule(one.action, one.alias, one.entity, one.type, one.article_id)
    others = [r for r in rules(connection) if (r.key, r.article_id) != (rule.key, rule.article_id)]
    target = follow(rule, [*others, rule])
    stories = set() if before is None else withdraw(connection, one.alias, one.article_id) or set()
    _insert(connection, one)
    named = _named(connection, one.alias, one.type if one.action == "drop" else None)
    stories |= _mark(connection, one, named)
    if one.article_id is None and one.action != "split" and named:
        _apply(connection, one, target, named)
    return stories


def withdraw(connection: sqlite3.Connection, alias: str, article_id: str | None = None) -> set[int] | None:
    """Take a correction back; None if there is none of this spelling.

    Gives the stories of the entity concerned: once their mentions are linked anew, all is as if it had never been.
    """
    one = stored(connection, alias, article_id)
    if one is None:
        return None
    _delete(connection, one)
    if one.action == "drop":
        stories = _unlinked_stories(connection, name_key(alias))
        _mark_stories(connection, stories)
        return stories
    found = meant(connection, one)
    if found is None:
        return set()
    stories = _stories_of(connection, [found])
    _mark_stories(connection, stories)
    if one.entity is not None and one.article_id is None:
        _rename_back(connection, found, one.alias)
    if one.type is not None:  # else what it was retyped from would find it by its name
        remember(connection, "id = ?", [found])
        connection.execute("UPDATE entities SET name_key = ? WHERE id = ?", [HIDDEN, found])
    connection.execute("UPDATE entity_aliases SET alias_key = ?, origin = 'found' WHERE entity_id = ?", [HIDDEN, found])
    return stories


def meant(connection: sqlite3.Connection, one: Correction) -> int | None:
    """The entity that a correction leads to; None for a drop, or where nothing bears that name."""
    if one.action == "drop":
        return None
    target = follow(Rule(one.action, one.alias, one.entity, one.type, one.article_id), rules(connection))
    name, type_ = (one.alias, one.type) if target is None else (target.name, target.type)
    return find_entity(connection, name, type_)


def _rename_back(connection: sqlite3.Connection, entity: int, alias: str) -> None:
    """Give an entity that no article calls by its name the name that it had before a correction."""
    [(name, type)] = connection.execute("SELECT name, type FROM entities WHERE id = ?", [entity]).fetchall()
    spellings = connection.execute("SELECT alias FROM entity_aliases WHERE entity_id = ?", [entity])
    if name_key(name) not in {name_key(spelling) for (spelling,) in spellings}:
        connection.execute(
            "UPDATE entities SET name = ?, name_key = ?, people_of = ? WHERE id = ?",
            [alias, identity(alias, type), people_of(alias, type), entity],
        )


def find_entity(connection: sqlite3.Connection, name: str, type: str | None = None) -> int | None:
    """The entity that a correction means by a name: of those who bear it, and else of those who are spelt so, the one
    that is named most; None where there is none. With a type, only one of that type."""
    named = _named(connection, name, type)
    if named:
        return named[0]
    key = name_key(name)
    spelt = [
        entity
        for entity, alias in connection.execute(
            f"SELECT e.id, a.alias FROM entity_aliases a JOIN entities e ON e.id = a.entity_id"
            f" WHERE a.alias_key IN ({_marks(_keys(name))}) AND (? IS NULL OR e.type = ?)"
            " ORDER BY e.mention_count DESC, e.id",
            [*_keys(name), type, type],
        )
        if name_key(alias) == key
    ]
    return spelt[0] if spelt and " " in key else None


def _checked(connection: sqlite3.Connection, one: Correction) -> Correction:
    alias, entity = tidy(one.alias or ""), " ".join((one.entity or "").split()) or None
    if not name_key(alias):
        raise ValueError("the column alias is empty; write the spelling that is to be corrected")
    if one.action not in ACTIONS:
        raise ValueError(f"an action is one of {', '.join(ACTIONS)}, not {one.action!r}")
    if one.type is not None and one.type not in ENTITY_TYPES:
        raise ValueError(f"a type is one of {', '.join(ENTITY_TYPES)}, not {one.type!r}")
    if one.action in ("merge", "rename") and entity is None:
        raise ValueError(f"to {one.action} {alias!r}, write in the column entity what it is")
    if one.action == "retype" and one.type is None:
        raise ValueError(f"to retype {alias!r}, write in the column type what it is")
    if one.action == "split" and entity is None:
        entity = alias
    if one.action in ("retype", "drop"):
        entity = None
    if one.article_id is not None:
        if one.action in ("retype", "rename"):
            raise ValueError(f"{one.action} holds for all articles; leave the column article empty, or split instead")
        if connection.execute("SELECT 1 FROM articles WHERE id = ?", [one.article_id]).fetchone() is None:
            raise ValueError(f"there is no article {one.article_id!r}; write an id from the table articles")
    elif entity is not None and entity == alias and one.action in ("merge", "rename"):
        raise ValueError(f"{alias!r} is itself; write another name in the column entity, or use retype")
    return Correction(one.action, alias, entity, one.type, one.article_id, one.note, one.actor, one.at)


def _apply(connection: sqlite3.Connection, one: Correction, target: Target | None, named: list[int]) -> None:
    """Do to the entities that bear the corrected name what the correction says; the first is the one named most."""
    if target is None and one.action != "retype":
        for id in named:
            drop_entity(connection, id)
        return
    if target is None:
        types = {row[0] for row in _rows(connection, "SELECT type FROM entities WHERE id IN", named)}
        assert one.type
        if types == {one.type}:
            return
        kept, type_ = named[0], one.type
    else:
        found = find_entity(connection, target.name, target.type)
        kept = named[0] if found is None else found
        if kept in named:
            connection.execute("UPDATE entities SET name = ? WHERE id = ?", [target.name, kept])
        type_ = target.type or connection.execute("SELECT type FROM entities WHERE id = ?", [kept]).fetchone()[0]
    for id in named:
        if id != kept:
            merge_entities(connection, id, kept)
    retype_entity(connection, kept, type_)
    rekey(connection, kept)
    if one.action != "retype":
        mark_curated(connection, kept, name_key(one.alias))


def mark_curated(connection: sqlite3.Connection, entity: int, key: str) -> None:
    """Say of an entity's spellings with this key that a person gave them to it."""
    for (alias,) in connection.execute(
        "SELECT alias FROM entity_aliases WHERE entity_id = ? AND origin = 'found'", [entity]
    ).fetchall():
        if name_key(alias) == key:
            connection.execute(
                "UPDATE entity_aliases SET origin = 'curated' WHERE entity_id = ? AND alias = ?", [entity, alias]
            )


def _mark(connection: sqlite3.Connection, one: Correction, named: list[int]) -> set[int]:
    """Mark the stories that name what is corrected, and give those whose mentions are to be linked anew."""
    if one.article_id is not None:
        row = connection.execute("SELECT story_id FROM articles WHERE id = ?", [one.article_id]).fetchone()
        stories = {row[0]} - {None}
        _mark_stories(connection, stories)
        return stories
    key = name_key(one.alias)
    spelt = {
        entity
        for entity, alias in connection.execute(
            f"SELECT entity_id, alias FROM entity_aliases WHERE alias_key IN ({_marks(_keys(one.alias))})",
            _keys(one.alias),
        )
        if name_key(alias) == key
    }
    anew: set[int] = set()
    at_once = set() if one.action == "split" else set(named)
    for entity in sorted((spelt | set(named)) - at_once):
        rows = connection.execute(f"{MENTION_STORIES} WHERE m.entity_id = ? AND a.story_id IS NOT NULL", [entity])
        anew |= {story for story, text in rows if name_key(text) == key}
    _mark_stories(connection, anew | _stories_of(connection, at_once))
    return anew


def _unlinked_stories(connection: sqlite3.Connection, key: str) -> set[int]:
    rows = connection.execute(f"{MENTION_STORIES} WHERE m.entity_id IS NULL")
    texts = [(story, text) for story, text in rows if story is not None]
    spelt = {story for story, text in texts if name_key(text) == key}
    return spelt


def _stories_of(connection: sqlite3.Connection, entities: Iterable[int]) -> set[int]:
    return {
        story
        for entity in entities
        for (story,) in connection.execute("SELECT story_id FROM story_entities WHERE entity_id = ?", [entity])
    }


def _mark_stories(connection: sqlite3.Connection, stories: Iterable[int]) -> None:
    connection.executemany("UPDATE stories SET needs_relinking = 1 WHERE id = ?", [(id,) for id in sorted(stories)])


def _named(connection: sqlite3.Connection, name: str, type: str | None = None) -> list[int]:
    """The entities that bear a name, whatever its case and accents, the one named most first."""
    key = name_key(name)
    rows = connection.execute(
        f"SELECT id, name FROM entities WHERE name_key IN ({_marks(_keys(name))}) AND (? IS NULL OR type = ?)"
        " ORDER BY mention_count DESC, id",
        [*_keys(name), type, type],
    )
    return [id for id, other in rows if name_key(other) == key]


def _keys(name: str) -> list[str]:
    return sorted({identity(name, type) for type in ENTITY_TYPES})


def stored(connection: sqlite3.Connection, alias: str, article_id: str | None) -> Correction | None:
    """What is decided of a spelling, in all articles or in one."""
    row = connection.execute(
        f"{SELECT} WHERE alias_key = ? AND coalesce(article_id, '') = ?", [name_key(alias), article_id or ""]
    ).fetchone()
    return Correction(*row) if row else None


def _insert(connection: sqlite3.Connection, one: Correction) -> None:
    connection.execute(
        "INSERT INTO corrections (action, alias, alias_key, entity, type, article_id, note, actor, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [one.action, one.alias, name_key(one.alias), one.entity, one.type, one.article_id, one.note, one.actor, one.at],
    )


def _delete(connection: sqlite3.Connection, one: Correction) -> None:
    connection.execute(
        "DELETE FROM corrections WHERE alias_key = ? AND coalesce(article_id, '') = ?",
        [name_key(one.alias), one.article_id or ""],
    )


def _rows(connection: sqlite3.Connection, sql: str, ids: list[int]) -> list[tuple[str]]:
    return connection.execute(f"{sql} ({_marks(ids)})", ids).fetchall()


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
