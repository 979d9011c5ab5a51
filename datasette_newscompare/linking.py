"""Gives mentions their entities, story by story, with people's corrections applied. Loading and the pages share it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import former_entities
from .corrections import find_entity, mark_curated, rules
from .entities.curation import Curation, Part
from .entities.index import EntityIndex, EntityRef, identity, is_of_many, lookup_keys
from .entities.resolve import StoryEntity, resolve_article, resolve_story
from .entity_counts import count_linked, link_matches, unlink_stories
from .records import Mention

KEYS_A_QUERY = 500

MENTIONS = """
SELECT m.article_id, m.id, m.start, m."end", m.text, m.type
FROM articles a JOIN mentions m ON m.article_id = a.id WHERE a.story_id = ? ORDER BY a.id, m.start
"""
SPEAKERS = """
UPDATE quotes SET entity_id = (
    SELECT m.entity_id FROM mentions m JOIN sentences s ON s.article_id = m.article_id
    WHERE s.id = quotes.sentence_id AND m.start < quotes.speaker_end AND m."end" > quotes.speaker_start
    ORDER BY m.type <> 'person', m.start LIMIT 1)
WHERE speaker IS NOT NULL AND sentence_id IN (
    SELECT s.id FROM articles a JOIN sentences s ON s.article_id = a.id WHERE a.story_id = ?)
"""


Mentions = dict[str, list[tuple[int, Mention]]]
"""A story's mentions with their row ids, by article."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The entities of a story, each with the rows of its mentions."""

    entities: tuple[StoryEntity, ...]
    mention_ids: tuple[tuple[int, ...], ...]


def resolve_mentions(mentions: Mentions) -> Resolved:
    """Which mentions of a story name the same; pure, so that it can be done in another process."""
    locals_ = {article: resolve_article([mention for _, mention in rows]) for article, rows in mentions.items()}
    entities = resolve_story(locals_)
    ids = []
    for entity in entities:
        members = ((str(article), locals_[str(article)][number]) for article, number in entity.members)
        ids.append(tuple(mentions[article][n][0] for article, local in members for n in local.mention_indexes))
    return Resolved(tuple(entities), tuple(ids))


def corrected(curation: Curation, mentions: Mentions, resolved: Resolved) -> list[Part]:
    """A story's entities after people's corrections."""
    if not curation.concerns(resolved.entities):
        return [Part(entity, ids) for entity, ids in zip(resolved.entities, resolved.mention_ids, strict=True)]
    said = {id: (id, article, mention.text) for article, rows in mentions.items() for id, mention in rows}
    return [
        part
        for entity, ids in zip(resolved.entities, resolved.mention_ids, strict=True)
        for part in curation.apply(entity, [said[id] for id in ids])
    ]


def relink(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Link the mentions of these stories anew, as the loader would after a correction. Call inside a transaction.

    Their matches stay as they are, and are only told anew which entities they name.
    """
    curation = Curation(rules(connection))
    mentions = [story_mentions(connection, story) for story in stories]
    parts = [corrected(curation, rows, resolve_mentions(rows)) for rows in mentions]
    unlink_stories(connection, stories)
    link_stories(connection, list(zip(stories, parts, strict=True)))
    link_matches(connection, stories)


def link_stories(connection: sqlite3.Connection, batch: Sequence[tuple[int, Sequence[Part]]]) -> None:
    """Give mentions that are linked to nothing their entities, and count them.

    Entities that are left without a mention go.
    """
    index = _index(connection, (part.entity for _, parts in batch for part in parts))
    linked: list[int] = []
    curated: list[tuple[int, str]] = []
    for story, parts in batch:
        if any(part.target for part in parts):  # which of those spelt so is meant depends on how often each is named
            _count(connection, linked, curated)
        ids = [_link(connection, index, part) for part in parts]
        rows = [(id, mention) for id, part in zip(ids, parts, strict=True) for mention in part.mention_ids]
        connection.executemany("UPDATE mentions SET entity_id = ? WHERE id = ?", rows)
        connection.execute(SPEAKERS, [story])
        curated += ((id, key) for id, part in zip(ids, parts, strict=True) for key in part.curated)
        linked.append(story)
    _count(connection, linked, curated)
    connection.execute("DELETE FROM entity_aliases WHERE mention_count <= 0")
    former_entities.remember(connection, "mention_count <= 0")
    connection.execute("DELETE FROM entities WHERE mention_count <= 0")


def _count(connection: sqlite3.Connection, stories: list[int], curated: list[tuple[int, str]]) -> None:
    """Count what these stories add, and mark the spellings that people gave; then forget both."""
    count_linked(connection, stories)
    for id, key in curated:
        mark_curated(connection, id, key)
    stories.clear()
    curated.clear()


def story_mentions(connection: sqlite3.Connection, story: int) -> Mentions:
    """The mentions of a story that is stored."""
    found: defaultdict[str, list[tuple[int, Mention]]] = defaultdict(list)
    for article, id, start, end, text, kind in connection.execute(MENTIONS, [story]).fetchall():
        found[article].append((id, Mention(start, end, text, kind)))
    return dict(found)


def _link(connection: sqlite3.Connection, index: EntityIndex, part: Part) -> int:
    """The id of an entity of a story, made where it is new."""
    if part.target is None:
        ref = index.link(part.entity)
    else:
        found = find_entity(connection, part.target.name, part.target.type)
        ref = EntityRef(found, part.entity.name, part.entity.type)
    id = ref.id
    if id is None:
        key = identity(ref.name, ref.type)
        id = former_entities.add(connection, ref.name, key, ref.type, known=not is_of_many(part.entity))
    index.add(id, ref.name, ref.type, part.entity.forms)
    return id


def _index(connection: sqlite3.Connection, entities: Iterable[StoryEntity]) -> EntityIndex:
    """The stored entities that share a name or spelling with one of these."""
    keys = sorted(set().union(*map(lookup_keys, entities)))
    rows: dict[int, tuple[str, str]] = {}
    aliases: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        marks = ", ".join("?" * len(some))
        named = f"SELECT id, name, type FROM entities WHERE name_key IN ({marks})"
        for id, name, kind in connection.execute(named, some):
            rows[id] = (name, kind)
        for id, name, kind, alias, count in connection.execute(
            "SELECT e.id, e.name, e.type, a.alias, a.mention_count FROM entity_aliases a"
            f" JOIN entities e ON e.id = a.entity_id WHERE a.alias_key IN ({marks})",
            some,
        ):
            rows[id] = (name, kind)
            aliases[id].append((alias, count))
    return EntityIndex((id, name, kind, aliases[id]) for id, (name, kind) in sorted(rows.items()))
