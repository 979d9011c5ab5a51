"""Keeps what is counted of entities in step with their mentions: what a story adds is taken away before it is added
anew, so that a change costs no more than the stories that it touches. Call everything here inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from .entities.index import identity

# Statements take the numbers of stories as a JSON array. CROSS JOIN has SQLite start from them.
LINKED = """
SELECT a.id, a.source_id, m.entity_id, m.sentence_id, m.alias
FROM json_each(:stories) j CROSS JOIN articles a INDEXED BY articles_story_id ON a.story_id = j.value
CROSS JOIN mentions m ON m.article_id = a.id WHERE m.entity_id IS NOT NULL
"""
DESCRIBED = """
SELECT a.source_id, m.entity_id, d.relation, d.word, count(*)
FROM json_each(:stories) j CROSS JOIN articles a ON a.story_id = j.value
CROSS JOIN mentions m ON m.article_id = a.id CROSS JOIN describing_words d ON d.mention_id = m.id
WHERE m.entity_id IS NOT NULL GROUP BY 1, 2, 3, 4
"""
NAMING = """
INSERT INTO sentence_entities (sentence_id, entity_id, role)
SELECT DISTINCT m.sentence_id, m.entity_id, s.role
FROM json_each(:stories) j CROSS JOIN articles a ON a.story_id = j.value
CROSS JOIN mentions m ON m.article_id = a.id CROSS JOIN sentences s ON s.id = m.sentence_id
WHERE m.entity_id IS NOT NULL
"""
SAID = """
SELECT x.entity_id, count(*)
FROM json_each(:stories) j CROSS JOIN articles a ON a.story_id = j.value
CROSS JOIN sentences s ON s.article_id = a.id CROSS JOIN {table} q ON q.sentence_id = s.id
CROSS JOIN sentence_entities x ON x.sentence_id = s.id
GROUP BY x.entity_id
"""
IN_STORIES = """
INSERT INTO story_entities (story_id, entity_id, article_count, source_count)
SELECT a.story_id, x.entity_id, count(*), count(DISTINCT a.source_id)
FROM json_each(:stories) j CROSS JOIN articles a ON a.story_id = j.value
CROSS JOIN article_entities x ON x.article_id = a.id GROUP BY a.story_id, x.entity_id
"""
STORIES_NAMING = """
SELECT x.entity_id, count(*) FROM json_each(:stories) j CROSS JOIN story_entities x ON x.story_id = j.value
GROUP BY x.entity_id
"""
COUNT = """
UPDATE entities SET article_count = article_count + ?, sentence_count = sentence_count + ?,
    mention_count = mention_count + ?, story_count = story_count + ?, quantity_count = quantity_count + ?,
    quote_count = quote_count + ?,
    source_count = (SELECT count(*) FROM source_entities WHERE entity_id = entities.id)
WHERE id = ?
"""
NAMED_BY_MATCHES = """
INSERT OR IGNORE INTO match_entities (match_id, entity_id)
SELECT m.id, x.entity_id FROM json_each(:stories) j CROSS JOIN matches m ON m.story_id = j.value
CROSS JOIN sentence_entities x ON x.sentence_id IN (m.left_sentence_id, m.right_sentence_id)
"""
NAMED_BY_FACTS = """
INSERT OR IGNORE INTO fact_entities (fact_id, entity_id)
SELECT f.id, x.entity_id FROM json_each(:stories) j CROSS JOIN facts f ON f.story_id = j.value
CROSS JOIN fact_sentences y ON y.fact_id = f.id CROSS JOIN sentence_entities x ON x.sentence_id = y.sentence_id
"""
COUNT_TOLD = """
UPDATE entities SET match_count = match_count {sign} matches, difference_count = difference_count {sign} differences,
    fact_count = fact_count {sign} facts
FROM (
    SELECT entity_id, sum(matches) AS matches, sum(differences) AS differences, sum(facts) AS facts FROM (
        SELECT x.entity_id, count(*) AS matches,
               sum((SELECT count(*) FROM differences d WHERE d.match_id = m.id)) AS differences, 0 AS facts
        FROM json_each(:stories) j CROSS JOIN matches m ON m.story_id = j.value
        CROSS JOIN match_entities x ON x.match_id = m.id GROUP BY x.entity_id
        UNION ALL
        SELECT x.entity_id, 0, 0, count(*)
        FROM json_each(:stories) j CROSS JOIN facts f ON f.story_id = j.value
        CROSS JOIN fact_entities x ON x.fact_id = f.id GROUP BY x.entity_id
    ) GROUP BY entity_id
) AS told
WHERE id = told.entity_id
"""
OF_STORIES = "SELECT value FROM json_each(:stories)"
OF_ARTICLES = f"article_id IN (SELECT id FROM articles WHERE story_id IN ({OF_STORIES}))"
JOINED = {
    "article_entities": OF_ARTICLES,
    "sentence_entities": "sentence_id IN"
    f" (SELECT s.id FROM articles a JOIN sentences s ON s.article_id = a.id WHERE a.story_id IN ({OF_STORIES}))",
    "story_entities": f"story_id IN ({OF_STORIES})",
}
"""The join tables that are filled when stories are linked, and which of their rows are theirs."""


class Tally:
    """What stories, their numbers as a JSON array, add to the counts of the entities that they name."""

    def __init__(self, connection: sqlite3.Connection, stories: str) -> None:
        self._connection = connection
        self._stories = {"stories": stories}
        self.articles: Counter[tuple[str, int]] = Counter()
        """How often an article names an entity."""
        self.mentions: Counter[int] = Counter()
        self.spellings: Counter[tuple[int, str, str]] = Counter()
        """How often a source spells an entity so: (entity, spelling, source)."""
        sentences, sources = set(), {}
        for article, source, entity, sentence, alias in connection.execute(LINKED, self._stories):
            sources[article] = source
            self.articles[article, entity] += 1
            self.mentions[entity] += 1
            self.spellings[entity, alias, source] += 1
            sentences.add((entity, sentence))
        self.sentences = Counter(entity for entity, _ in sentences)
        self.sources = Counter((sources[article], entity) for article, entity in self.articles)
        self.words: dict[tuple[str, int, str, str], int] = {
            (source, entity, relation, word): number
            for source, entity, relation, word, number in connection.execute(DESCRIBED, self._stories)
        }

    def apply(self, sign: int) -> None:
        """Add (1) or take away (-1) what was counted, while the join tables hold it; rows that count zero go."""
        connection = self._connection
        article_counts = Counter(entity for _, entity in self.articles)
        types = _types(connection, article_counts)
        aliases: Counter[tuple[int, str]] = Counter()
        for (entity, alias, _), number in self.spellings.items():
            aliases[entity, alias] += number
        connection.executemany(
            "INSERT INTO entity_aliases (entity_id, alias, alias_key, mention_count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (entity_id, alias) DO UPDATE SET mention_count = mention_count + excluded.mention_count",
            [(e, alias, identity(alias, types[e]), sign * n) for (e, alias), n in aliases.items()],
        )
        connection.executemany(
            "INSERT INTO entity_spellings (entity_id, alias, source_id, mention_count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (entity_id, alias, source_id)"
            " DO UPDATE SET mention_count = mention_count + excluded.mention_count",
            [(*key, sign * number) for key, number in self.spellings.items()],
        )
        connection.executemany(
            "INSERT INTO source_entities (source_id, entity_id, article_count) VALUES (?, ?, ?)"
            " ON CONFLICT (source_id, entity_id) DO UPDATE SET article_count = article_count + excluded.article_count",
            [(source, entity, sign * n) for (source, entity), n in self.sources.items()],
        )
        if sign < 0:
            connection.executemany(
                "DELETE FROM source_entities WHERE source_id = ? AND entity_id = ? AND article_count <= 0",
                list(self.sources),
            )
            connection.executemany(
                "DELETE FROM entity_spellings WHERE entity_id = ? AND alias = ? AND source_id = ?"
                " AND mention_count <= 0",
                list(self.spellings),
            )
        said, quoted, told = (
            dict(connection.execute(query, self._stories).fetchall())
            for query in (SAID.format(table="quantities"), SAID.format(table="quotes"), STORIES_NAMING)
        )
        added = (article_counts, self.sentences, self.mentions, told, said, quoted)
        connection.executemany(
            COUNT, [(*(sign * counts.get(e, 0) for counts in added), e) for e in set().union(*added)]
        )
        self._apply_words(sign)

    def _apply_words(self, sign: int) -> None:
        connection = self._connection
        overall: Counter[tuple[str, str]] = Counter()
        for (_, _, relation, word), number in self.words.items():
            overall[relation, word] += number
        connection.executemany(
            "INSERT INTO entity_words (source_id, entity_id, relation, word, count) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (entity_id, source_id, relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in self.words.items()],
        )
        connection.executemany(
            "INSERT INTO word_counts (relation, word, count) VALUES (?, ?, ?)"
            " ON CONFLICT (relation, word) DO UPDATE SET count = count + excluded.count",
            [(*key, sign * number) for key, number in overall.items()],
        )
        if sign < 0:
            connection.executemany(
                "DELETE FROM entity_words WHERE source_id = ? AND entity_id = ? AND relation = ? AND word = ?"
                " AND count <= 0",
                list(self.words),
            )
            connection.executemany(
                "DELETE FROM word_counts WHERE relation = ? AND word = ? AND count <= 0", list(overall)
            )


def unlink_stories(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Take these stories' mentions from their entities, with all that they counted."""
    of_stories = json.dumps(list(stories))
    uncount_matches(connection, stories)
    Tally(connection, of_stories).apply(-1)
    for table, rows in JOINED.items():
        connection.execute(f"DELETE FROM {table} WHERE {rows}", {"stories": of_stories})
    connection.execute(
        f"UPDATE mentions SET entity_id = NULL WHERE entity_id IS NOT NULL AND {OF_ARTICLES}", {"stories": of_stories}
    )


def count_linked(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Count what stories add, whose mentions were linked to nothing and now have their entities."""
    of_stories = json.dumps(list(stories))
    tally = Tally(connection, of_stories)
    connection.executemany(
        "INSERT INTO article_entities (article_id, entity_id, mention_count) VALUES (?, ?, ?)",
        [(article, entity, number) for (article, entity), number in tally.articles.items()],
    )
    for query in (NAMING, IN_STORIES):
        connection.execute(query, {"stories": of_stories})
    tally.apply(1)


def link_matches(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Note which entities the stories' matches and facts name, and count them, once these are stored."""
    of_stories = {"stories": json.dumps(list(stories))}
    for query in (NAMED_BY_MATCHES, NAMED_BY_FACTS, COUNT_TOLD.format(sign="+")):
        connection.execute(query, of_stories)


def uncount_matches(connection: sqlite3.Connection, stories: Sequence[int]) -> None:
    """Take away what the stories' matches and facts, which still stand, count for entities."""
    of_stories = {"stories": json.dumps(list(stories))}
    connection.execute(COUNT_TOLD.format(sign="-"), of_stories)
    for table, column, rows in (("match_entities", "match_id", "matches"), ("fact_entities", "fact_id", "facts")):
        those = f"SELECT id FROM {rows} WHERE story_id IN ({OF_STORIES})"
        connection.execute(f"DELETE FROM {table} WHERE {column} IN ({those})", of_stories)


def _types(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    sql = "SELECT id, type FROM entities WHERE id IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(sql, [json.dumps(list(ids))]).fetchall())
