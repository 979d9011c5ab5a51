"""How long the entity facet takes on many articles, beside Datasette's own column facet in the same run.

    python benchmarks/facet.py [--articles 100000] [--runs 5] [--db FILE] [--processor]

Makes a database of generated articles (or opens FILE where it exists: making it takes some minutes), asks the
installed Datasette for table pages as JSON, and prints for each the median and worst time of the facet alone, with
whether Datasette's `facet_time_limit_ms` (200 by default) was kept. On a machine that is busy with something else,
`--processor` lets every facet end and counts the time that the processor spent on it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import datasette
from datasette.app import Datasette
from datasette.facets import ColumnFacet, Facet
from sqlite_utils import Database

from datasette_newscompare import facet_bitmaps, schema
from datasette_newscompare.entity_rows import COUNTS
from datasette_newscompare.serving.facets import EntityFacet

SENTENCES_PER_ARTICLE = 20
MENTIONS_PER_ARTICLE = 24
ARTICLES_PER_STORY = 5
SOURCES = 40
MATCHED_PER_ARTICLE = 5
TYPES = (("person", 50), ("organisation", 25), ("place", 20), ("event", 5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--db", type=Path, help="kept between runs")
    parser.add_argument("--processor", action="store_true", help="processor time, without time limits")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.db or Path(folder) / "facet.db"
        if not path.exists():
            started = time.perf_counter()
            generate(path, args.articles)
            print(f"made {path.name}: {path.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - started:.0f} s")
        asyncio.run(measure(path, args.runs, args.processor))


def generate(path: Path, articles: int) -> None:
    """Write a database of the plugin's schema with `articles` articles; the same rows for the same number."""
    chance = random.Random(articles)
    db = Database(path)
    schema.migrate(db)
    db.conn.commit()
    db.conn.execute("PRAGMA synchronous = OFF")
    db.conn.execute("PRAGMA cache_size = -1000000")  # else most pages are written many times over
    stories = max(1, articles // ARTICLES_PER_STORY)
    entities = max(50, articles)
    words = _Zipf([f"word{n}" for n in range(20_000)], chance)
    people = _Zipf(list(range(1, entities + 1)), chance)
    kinds = random.Random(1).choices([kind for kind, _ in TYPES], [weight for _, weight in TYPES], k=entities)
    with db.conn:
        insert = db.conn.executemany
        insert(
            "INSERT INTO sources (id, name) VALUES (?, ?)",
            ((f"source-{n}", f"Source {n}") for n in range(1, SOURCES + 1)),
        )
        insert("INSERT INTO stories (id, title) VALUES (?, ?)", ((n, f"Story {n}") for n in range(1, stories + 1)))
        insert(
            "INSERT INTO entities (id, name, type) VALUES (?, ?, ?)",
            ((n, f"{kinds[n - 1].title()} {n}", kinds[n - 1]) for n in range(1, entities + 1)),
        )
        sentence_ids = itertools.count(1)
        casts = [people.take(12) for _ in range(stories)]
        for number in range(1, articles + 1):
            _article(db, number, number % stories + 1, casts[number % stories], words, people, sentence_ids, chance)
    with db.conn:
        db.conn.execute("INSERT INTO sentences_fts(sentences_fts) VALUES ('optimize')")
        for statement in _JOINS:
            db.conn.execute(statement)
        facet_bitmaps.complete(db.conn)
    db.conn.execute("ANALYZE")
    db.conn.close()


class _Zipf:
    """Draws values whose frequency falls with their rank, as words' and names' does."""

    def __init__(self, values: list, chance: random.Random) -> None:
        self.values = values
        self.weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(values))))
        self.chance = chance

    def take(self, count: int) -> list:
        return self.chance.choices(self.values, cum_weights=self.weights, k=count)


def _article(
    db: Database,
    number: int,
    story: int,
    cast: list[int],
    words: _Zipf,
    people: _Zipf,
    sentence_ids: Iterator[int],
    chance: random.Random,
) -> None:
    article = f"article-{number}"
    sentences = [" ".join(words.take(18)) for _ in range(SENTENCES_PER_ARTICLE)]
    day = f"2025-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    db.conn.execute(
        "INSERT INTO articles (id, source_id, story_id, title, published, language, word_count, sentence_count, "
        "content_hash, origin, loaded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'made', '2025-01-01')",
        (
            article,
            f"source-{int(chance.random() ** 2 * SOURCES) + 1}",
            story,
            sentences[0][:60],
            day,
            chance.choice(("en", "en", "en", "en", "de")),
            18 * SENTENCES_PER_ARTICLE,
            SENTENCES_PER_ARTICLE,
            article,
        ),
    )
    db.conn.execute("INSERT INTO article_texts (article_id, text) VALUES (?, ?)", (article, "\n".join(sentences)))
    ids = [next(sentence_ids) for _ in sentences]
    db.conn.executemany(
        "INSERT INTO sentences (id, article_id, position, paragraph, role, start, end, text) "
        "VALUES (?, ?, ?, ?, ?, 0, 1, ?)",
        (
            (identity, article, position, position // 2, "headline" if position == 0 else "body", text)
            for position, (identity, text) in enumerate(zip(ids, sentences, strict=True))
        ),
    )
    named = chance.choices(cast, k=MENTIONS_PER_ARTICLE // 2) + people.take(MENTIONS_PER_ARTICLE // 2)
    db.conn.executemany(
        "INSERT INTO mentions (sentence_id, entity_id, article_id, start, end, text, type, alias) "
        "VALUES (?, ?, ?, 0, 1, '', '', '')",
        ((chance.choice(ids), entity, article) for entity in named),
    )


_JOINS = (
    "INSERT INTO article_entities SELECT article_id, entity_id, count(*) FROM mentions GROUP BY 1, 2",
    """INSERT INTO story_entities SELECT a.story_id, m.entity_id, count(*), count(DISTINCT a.source_id)
       FROM article_entities m JOIN articles a ON a.id = m.article_id GROUP BY 1, 2""",
    """INSERT INTO sentence_entities SELECT DISTINCT m.sentence_id, m.entity_id, s.role
       FROM mentions m JOIN sentences s ON s.id = m.sentence_id""",
    "UPDATE sources SET article_count = (SELECT count(*) FROM articles a WHERE a.source_id = sources.id)",
    # what articles of a story say at the same place is matched, each with the next, and is one fact
    f"""INSERT INTO matches (story_id, left_sentence_id, right_sentence_id, left_article_id, right_article_id, score,
                             kind, is_primary, is_moved, why)
       SELECT a.story_id, s.id, t.id, a.id, b.id, 0.5 + (s.id % 50) / 100.0,
              CASE s.id % 5 WHEN 0 THEN 'verbatim' WHEN 1 THEN 'partial' ELSE 'paraphrase' END, 1, 0, '{{}}'
       FROM articles a JOIN articles b ON b.rowid = a.rowid + (SELECT count(*) FROM stories)
       JOIN sentences s ON s.article_id = a.id JOIN sentences t ON t.article_id = b.id AND t.position = s.position
       WHERE s.position BETWEEN 1 AND {MATCHED_PER_ARTICLE}""",
    """INSERT INTO match_entities SELECT m.id, x.entity_id FROM matches m
       JOIN sentence_entities x ON x.sentence_id IN (m.left_sentence_id, m.right_sentence_id) GROUP BY 1, 2""",
    """INSERT INTO differences (match_id, kind, left_text, right_text)
       SELECT id, 'number', '', '' FROM matches WHERE id % 10 = 0""",
    f"""INSERT INTO facts (id, story_id, text, sentence_count, source_count, independent_count)
       SELECT a.story_id * {MATCHED_PER_ARTICLE} + s.position, a.story_id, '', count(*), count(DISTINCT a.source_id),
              count(*)
       FROM articles a JOIN sentences s ON s.article_id = a.id
       WHERE s.position BETWEEN 1 AND {MATCHED_PER_ARTICLE} GROUP BY 1, 2""",
    f"""INSERT INTO fact_sentences (fact_id, sentence_id) SELECT a.story_id * {MATCHED_PER_ARTICLE} + s.position, s.id
       FROM articles a JOIN sentences s ON s.article_id = a.id
       WHERE s.position BETWEEN 1 AND {MATCHED_PER_ARTICLE}""",
    """INSERT INTO fact_entities SELECT DISTINCT f.fact_id, x.entity_id FROM fact_sentences f
       JOIN sentence_entities x ON x.sentence_id = f.sentence_id""",
    """INSERT INTO quotes (sentence_id, start, "end", text, speaker)
       SELECT id, 0, 1, '', CASE WHEN id % 8 = 0 THEN 'Ann' END FROM sentences WHERE id % 4 = 0""",
    """INSERT INTO quantities (sentence_id, kind, value, start, "end", text)
       SELECT id, CASE WHEN id % 15 < 3 THEN 'money' ELSE 'count' END, id % 100, 0, 1, ''
       FROM sentences WHERE id % 5 < 2""",
    """UPDATE stories SET (first_published, last_published, article_count, source_count) = (
           SELECT min(published), max(published), count(*), count(DISTINCT source_id) FROM articles a
           WHERE a.story_id = stories.id)""",
    """UPDATE facts SET (first_published, first_source_id) = (
           SELECT min(published), source_id FROM articles a WHERE a.story_id = facts.story_id)""",
    COUNTS,
)


ANY_OF_TWO = "_entity=1&_entity=2&_entity_match=any"
ONE_SOURCE = "source_id=source-1"
BEFORE_APRIL = "first_published__lt=2025-04"
SOME_MONTHS = "published__gte=2025-02-01&published__lte=2025-06-30"

PAGES = (
    ("articles", "source_id", "all rows", ""),
    ("articles", "source_id", "the largest source", ONE_SOURCE),
    ("articles", "source_id", "a month", "published__startswith=2025-03"),
    ("articles", "source_id", "one language (80%)", "language=en"),
    ("articles", "source_id", "search, rare word", "_search=word9000"),
    ("articles", "source_id", "search, usual word", "_search=word500"),
    ("articles", "source_id", "search, in all", "_search=word2"),
    ("articles", "source_id", "the commonest entity", "_entity=1"),
    ("articles", "source_id", "search and entity", "_search=word500&_entity=1"),
    ("articles", "source_id", "dates (67%)", "published__gte=2025-05"),
    ("articles", "source_id", "search, one month", "_search=word50&published__startswith=2025-03"),
    ("articles", "source_id", "search, one source", f"_search=word2&{ONE_SOURCE}"),
    ("articles", "source_id", "months, source, entity", f"{SOME_MONTHS}&{ONE_SOURCE}&_entity=1"),
    ("articles", "source_id", "search, all these, any", f"_search=word2&{SOME_MONTHS}&{ONE_SOURCE}&{ANY_OF_TWO}"),
    ("sentences", "role", "all rows", ""),
    ("sentences", "role", "one article", "article_id=article-77"),
    ("sentences", "role", "search, rare word", "_search=word9000"),
    ("sentences", "role", "search, usual word", "_search=word50"),
    ("sentences", "role", "the commonest entity", "_entity=1"),
    ("sentences", "role", "search and entity", "_search=word50&_entity=1"),
    ("sentences", "role", "all but headlines (95%)", "role=body"),
    ("sentences", "role", "headlines (5%)", "role=headline"),
    ("articles", "source_id", "any of two entities", ANY_OF_TWO),
    ("sentences", "role", "any of two entities", ANY_OF_TWO),
    ("sentences", "role", "search, body, any of two", f"_search=word50&role=body&{ANY_OF_TWO}"),
    ("stories", "source_count", "all rows", ""),
    ("stories", "source_count", "the commonest entity", "_entity=1"),
    ("stories", "source_count", "dates, sources, entity", f"{BEFORE_APRIL}&source_count=4&_entity=1"),
    ("facts", "source_count", "dates, source, entity", f"{BEFORE_APRIL}&first_source_id=source-1&_entity=1"),
    *(
        (table, column, name, query)
        for table, column, one in (
            ("matches", "kind", "kind=paraphrase"),
            ("facts", "source_count", "source_count=5"),
            ("quotes", "speaker", "speaker=Ann"),
            ("quantities", "kind", "kind=money"),
            ("differences", "kind", "kind=number"),
        )
        for name, query in (
            ("all rows", ""),
            (one.replace("=", ": "), one),
            ("the commonest entity", "_entity=1"),
            ("the 50th entity", "_entity=50"),
            ("the commonest, and that", f"{one}&_entity=1"),
            ("all of two entities", "_entity=1&_entity=2"),
            ("any of two entities", ANY_OF_TWO),
        )
    ),
)
"""Table, the column of Datasette's own facet to compare with, what the page shows, and its address."""


async def measure(path: Path, runs: int, processor: bool = False) -> None:
    """Ask for each page `runs` times and print how long its facets took."""
    unlimited = {"facet_time_limit_ms": 600_000, "sql_time_limit_ms": 600_000} if processor else {}
    instance = Datasette([str(path)], settings=unlimited)
    await instance.invoke_startup()
    limit = "none" if processor else instance.setting("facet_time_limit_ms")
    spent = "of the processor, " if processor else ""
    print(f"Datasette {datasette.__version__}, time limit {limit}; milliseconds, {spent}median / worst of {runs}")
    print(f"{'table':10} {'rows shown':24} {'people':>16} {'all types':>16} {'own column facet':>18}")
    times = _Times(time.process_time if processor else time.perf_counter)
    extra = "_size=1&_nosuggest=1&_extra=facet_results"
    for table, column, name, query in PAGES:
        cells = []
        for facet in ("_facet_entity=person", "_facet_entity=all", f"_facet={column}"):
            taken, late = [], False
            for _ in range(runs):
                times.clear()
                url = f"/{path.stem}/{table}.json?{query}&{facet}&{extra}"
                answer = (await instance.client.get(url)).raise_for_status().json()
                panels = answer["facet_results"].get("results", answer["facet_results"])
                late = late or facet.split("=")[1] not in panels
                taken.append(times["column" if facet.startswith("_facet=") else "entity"])
            cells.append(f"{statistics.median(taken):.0f} / {max(taken):.0f}{' timed out' if late else ''}")
        print(f"{table:10} {name:24} {cells[0]:>16} {cells[1]:>16} {cells[2]:>18}", flush=True)


class _Times(Counter):
    """Milliseconds by a clock that facets of each type took, since it was cleared."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self.clock = clock
        for facet in (EntityFacet, ColumnFacet):
            facet.facet_results = self._timed(facet.type, facet.facet_results)  # type: ignore[method-assign]

    def _timed(self, kind: str, original: Callable[[Facet], Awaitable[Any]]) -> Callable[[Facet], Awaitable[Any]]:
        async def facet_results(facet: Facet) -> Any:
            started = self.clock()
            try:
                return await original(facet)
            finally:
                self[kind] += 1000 * (self.clock() - started)

        return facet_results


if __name__ == "__main__":
    main()
