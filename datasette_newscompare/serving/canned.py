"""Queries that come with the plugin, under a name, for every loaded database; who may read their tables may run them.

Parameters left empty do not narrow. CROSS JOIN keeps SQLite to the order written: along an index from the newest story
or the highest score, until there are rows enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._compat import refuse_queries
from .permissions import is_readable
from .router import is_loaded

if TYPE_CHECKING:
    from datasette.app import Datasette

    from ._compat import Actor


@dataclass(frozen=True)
class CannedQuery:
    """A query with what Datasette shows about it, and every table that it reads."""

    name: str
    title: str
    description: str
    parameters: tuple[str, ...]
    tables: tuple[str, ...]
    sql: str


ONLY_IN_ONE_SOURCE = CannedQuery(
    name="only_in_one_source",
    title="Only in one source",
    description=(
        "Sentences for which no match was found in any other source of their story, newest story first. This does not "
        "prove that nobody else tells it: see the closest sentence and its score. source is an outlet's name, "
        "story a story's number; leave them empty for all."
    ),
    parameters=("source", "story"),
    tables=("stories", "articles", "sources", "sentences", "matches", "repeats", "near_misses"),
    sql="""
select stories.id as story_id, stories.title as story, sources.name as source, sentences.text as sentence,
  ( select other.text from near_misses join sentences as other on other.id = near_misses.near_sentence_id
    where near_misses.sentence_id = sentences.id order by near_misses.score desc limit 1 ) as closest_sentence,
  (select max(score) from near_misses where near_misses.sentence_id = sentences.id) as its_score,
  articles.id as article_id, sentences.id as sentence_id
from stories
cross join articles on articles.story_id = stories.id
cross join sources on sources.id = articles.source_id
cross join sentences on sentences.article_id = articles.id
where stories.source_count > 1
  and (:story = '' or stories.id = :story)
  and (:source = '' or sources.name = :source)
  and sentences.role <> 'boilerplate'
  and not exists (select 1 from matches where left_sentence_id = sentences.id)
  and not exists (select 1 from matches where right_sentence_id = sentences.id)
  and not exists (select 1 from repeats where repeats.sentence_id = sentences.id)
order by stories.last_published desc, stories.id, articles.id, sentences.position
limit 500
""".strip(),
)

NUMBERS_THAT_DIFFER = CannedQuery(
    name="numbers_that_differ",
    title="Numbers that differ",
    description=(
        "Matched sentences that give different numbers, surest match first. source is an outlet's name on either side, "
        "story a story's number; leave them empty for all."
    ),
    parameters=("source", "story"),
    tables=("number_differences",),
    sql="""
select left_source, left_number, right_source, right_number, note, left_sentence, right_sentence, score,
  story_id, match_id
from number_differences
where (:source = '' or :source in (left_source, right_source))
  and (:story = '' or story_id = :story)
order by score desc, difference_id
limit 500
""".strip(),
)

MOST_ALIKE = CannedQuery(
    name="most_alike",
    title="Most alike",
    description=(
        "Sentences of two sources that are most surely the same. source is an outlet's name on either side; kind is "
        "verbatim, near-verbatim, paraphrase or partial; leave them empty for all."
    ),
    parameters=("source", "kind"),
    tables=("matches", "sentences", "articles", "sources"),
    sql="""
select left_sources.name as left_source, left_sentences.text as left_sentence,
  right_sources.name as right_source, right_sentences.text as right_sentence,
  matches.kind, matches.score, matches.story_id, matches.id as match_id
from matches
cross join articles as left_articles on left_articles.id = matches.left_article_id
cross join articles as right_articles on right_articles.id = matches.right_article_id
cross join sources as left_sources on left_sources.id = left_articles.source_id
cross join sources as right_sources on right_sources.id = right_articles.source_id
cross join sentences as left_sentences on left_sentences.id = matches.left_sentence_id
cross join sentences as right_sentences on right_sentences.id = matches.right_sentence_id
where (:kind = '' or matches.kind = :kind)
  and (:source = '' or :source in (left_sources.name, right_sources.name))
order by matches.score desc
limit 500
""".strip(),
)

ENTITIES_BY_SOURCE = CannedQuery(
    name="entities_by_source",
    title="Entities by source",
    description=(
        "How many articles of each source name a person, place or organisation, and how large a part of its articles "
        "that is. source is an outlet's name; type is person, place, organisation and so on; entity is a name as the "
        "table entities has it; leave them empty for all."
    ),
    parameters=("source", "type", "entity"),
    tables=("source_entities", "entities", "sources"),
    sql="""
select entities.name as entity, entities.type, sources.name as source, source_entities.article_count,
  round(1.0 * source_entities.article_count / sources.article_count, 3) as share_of_its_articles,
  entities.id as entity_id
from source_entities
join entities on entities.id = source_entities.entity_id
join sources on sources.id = source_entities.source_id
where source_entities.source_id in (select id from sources where :source = '' or name = :source)
  and (:type = '' or entities.type = :type)
  and (:entity = '' or source_entities.entity_id in (select id from entities where name = :entity))
order by source_entities.article_count desc, entities.name, sources.name
limit 500
""".strip(),
)

WHO_REPORTS_FIRST = CannedQuery(
    name="who_reports_first",
    title="Who reports what first",
    description=(
        "Facts that several sources tell, with the source that told it first and those that followed, newest story "
        "first; only where the articles' dates leave no doubt. source is the first outlet's name, story a story's "
        "number; leave them empty for all."
    ),
    parameters=("source", "story"),
    tables=("stories", "facts", "fact_sentences", "sentences", "articles", "sources"),
    sql="""
select stories.id as story_id, stories.title as story, facts.text as fact,
  sources.name as first_source, facts.first_published,
  ( select group_concat(later.name || coalesce(' ' || later.published, ''), ', ')
    from ( select others.name, min(articles.published) as published
           from fact_sentences
           cross join sentences on sentences.id = fact_sentences.sentence_id
           cross join articles on articles.id = sentences.article_id
           cross join sources as others on others.id = articles.source_id
           where fact_sentences.fact_id = facts.id and others.id <> facts.first_source_id
           group by others.id order by published ) as later ) as followed_by,
  facts.source_count, facts.id as fact_id
from stories
cross join facts on facts.story_id = stories.id
cross join sources on sources.id = facts.first_source_id
where (:story = '' or stories.id = :story)
  and (:source = '' or sources.name = :source)
order by stories.last_published desc, stories.id, facts.source_count desc, facts.id
limit 500
""".strip(),
)

QUERIES = (ONLY_IN_ONE_SOURCE, NUMBERS_THAT_DIFFER, MOST_ALIKE, ENTITIES_BY_SOURCE, WHO_REPORTS_FIRST)

TABLES = tuple(dict.fromkeys(table for query in QUERIES for table in query.tables))


async def for_database(datasette: Datasette, database: str) -> dict[str, dict[str, Any]]:
    """The queries as the hook `canned_queries` of Datasette 0.65 takes them; none for a database that is not loaded."""
    if not await is_loaded(datasette.databases[database], TABLES):
        return {}
    given = datasette.metadata("queries", database=database, fallback=False) or {}
    return {
        query.name: {
            "sql": query.sql,
            "title": query.title,
            "description": query.description,
            "params": list(query.parameters),
        }
        for query in QUERIES
        if query.name not in given
    }


async def store(datasette: Datasette) -> None:
    """Put the queries among those that Datasette 1.0 keeps. One of the same name that a person made stays as it is."""
    for name, database in datasette.databases.items():
        if not await is_loaded(database, TABLES):
            continue
        for query in QUERIES:
            there = await datasette.get_query(name, query.name)
            if there is None or there.source == "plugin":
                await datasette.add_query(
                    name,
                    query.name,
                    query.sql,
                    title=query.title,
                    description=query.description,
                    parameters=query.parameters,
                    is_trusted=True,
                )


async def refusal(datasette: Datasette, actor: Actor, database: str, name: str) -> bool | None:
    """False where the query is ours and the actor may not read its tables, else None: what 0.65 asks a plugin."""
    return False if name in await _refused(datasette, actor, database, {name}) else None


async def refusals(datasette: Datasette, actor: Actor) -> Any:
    """The rule that keeps from the actor, on 1.0, each of our queries whose tables it may not read."""
    names = {query.name for query in QUERIES}
    return refuse_queries({name: await _refused(datasette, actor, name, names) for name in datasette.databases})


async def _refused(datasette: Datasette, actor: Actor, database: str, names: set[str]) -> list[str]:
    asked = [query for query in QUERIES if query.name in names]
    if not asked or database not in datasette.databases or not await is_loaded(datasette.databases[database], TABLES):
        return []
    return [query.name for query in asked if not await is_readable(datasette, actor, database, query.tables)]
