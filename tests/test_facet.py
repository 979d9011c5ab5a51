"""The entity facet and filter on Datasette's own pages: what they show, count and link to."""

from __future__ import annotations

import html
import importlib.util
import re
import shutil
import sqlite3
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio
from datasette.app import Datasette
from instances import get, rows, serve

from datasette_newscompare import facet_bitmaps
from datasette_newscompare.serving import facet_counting, facets

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "facet.py"
EXTRA = "_extra=facet_results,suggested_facets,facets_timed_out,count,human_description_en"
"""What 1.0 must be asked for; 0.65 gives it unasked."""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("facet_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made_db(benchmark: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 generated articles: enough that panels are cut off and names are shared by many rows."""
    path = tmp_path_factory.mktemp("made") / "made.db"
    benchmark.generate(path, 300)
    return path


@pytest_asyncio.fixture
async def made(made_db: Path) -> Datasette:
    return await serve(made_db)


@pytest_asyncio.fixture
async def seeds(seeds_db: Path) -> Datasette:
    return await serve(seeds_db)


async def page(instance: Datasette, path: str) -> dict[str, Any]:
    """A table page as JSON, the same on both lines: panels by name, suggestions, number of rows, words."""
    response = await get(instance, path + ("&" if "?" in path else "?") + EXTRA)
    assert response.status_code == 200, response.text
    data = response.json()
    return {
        "panels": data["facet_results"].get("results", data["facet_results"]),
        "suggested": [facet["name"] for facet in data["suggested_facets"] if facet.get("type") == "entity"],
        "count": data["filtered_table_rows_count"] if "filtered_table_rows_count" in data else data["count"],
        "words": data["human_description_en"],
    }


def counts(panel: dict[str, Any]) -> list[tuple[int, int]]:
    return [(value["value"], value["count"]) for value in panel["results"]]


def entity(path: Path, name: str) -> int:
    ((found,),) = rows(path, "select id from entities where name = ?", name)
    return found


# What rows name which entities, told anew from the mentions alone.
NAMED = {
    "articles": "select distinct article_id, entity_id from mentions",
    "sentences": "select distinct sentence_id, entity_id from mentions",
    "stories": "select distinct a.story_id, m.entity_id from mentions m join articles a on a.id = m.article_id",
    "matches": "select distinct x.id, m.entity_id from matches x "
    "join mentions m on m.sentence_id in (x.left_sentence_id, x.right_sentence_id)",
    "differences": "select distinct d.id, m.entity_id from differences d join matches x on x.id = d.match_id "
    "join mentions m on m.sentence_id in (x.left_sentence_id, x.right_sentence_id)",
    "facts": "select distinct f.fact_id, m.entity_id from fact_sentences f join mentions m using (sentence_id)",
    "quantities": "select distinct q.id, m.entity_id from quantities q join mentions m using (sentence_id)",
    "quotes": "select distinct q.id, m.entity_id from quotes q join mentions m using (sentence_id)",
}


def expected(path: Path, table: str, where: str = "1", kind: str | None = None) -> list[tuple[int, int]]:
    """The panel as it should be, counted the slow way."""
    return rows(
        path,
        f"""with named(row_id, entity_id) as ({NAMED[table]})
            select e.id, count(*) as n from named
            join {table} on {table}.id = named.row_id join entities e on e.id = named.entity_id
            where ({where}) and (?1 is null or e.type = ?1)
            group by e.id order by n desc, e.name""",
        kind,
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted(NAMED))
@pytest.mark.parametrize("kind", ["person", "place", "organisation", "all"])
async def test_panel_counts_the_rows_of_the_seeds_that_name_each(
    seeds: Datasette, seeds_db: Path, table: str, kind: str
) -> None:
    answer = await page(seeds, f"/{seeds_db.stem}/{table}.json?_facet_entity={kind}&_facet_size=max")
    told = expected(seeds_db, table, kind=None if kind == "all" else kind)
    assert counts(answer["panels"][kind]) == told
    assert told or table in ("matches", "differences")


FILTERS = {
    "articles": [
        ("source_id=source-1", "source_id = 'source-1'"),
        ("language=en", "language = 'en'"),
        ("_search=word3", "articles.rowid in (select rowid from articles_fts where articles_fts match 'word3')"),
        ("_entity=2", "articles.id in (select article_id from mentions where entity_id = 2)"),
        (
            "_entity=1&_entity=2&language=en",
            "articles.language = 'en' and articles.id in (select article_id from mentions where entity_id = 1) "
            "and articles.id in (select article_id from mentions where entity_id = 2)",
        ),
    ],
    "sentences": [
        ("role=headline", "role = 'headline'"),
        ("_where=rowid+%3E+40", "sentences.rowid > 40"),
        ("role=body", "role = 'body'"),
        ("role__not=body", "role <> 'body'"),
        ("position__gte=2", "position >= 2"),
        ("_search=word5", "sentences.id in (select rowid from sentences_fts where sentences_fts match 'word5')"),
        (
            "_search=word5&role=body&_entity=1",
            "role = 'body' and sentences.id in (select sentence_id from mentions where entity_id = 1) "
            "and sentences.id in (select rowid from sentences_fts where sentences_fts match 'word5')",
        ),
        (
            "_entity=1&_entity=2&_entity_match=any&role__not=body",
            "role <> 'body' and sentences.id in (select sentence_id from mentions where entity_id in (1, 2))",
        ),
        (
            "_entity=1&_entity=2&_where=(position+%3E+0+or+text+like+'%25word1%25')",
            "(position > 0 or text like '%word1%') "
            "and sentences.id in (select sentence_id from mentions where entity_id = 1) "
            "and sentences.id in (select sentence_id from mentions where entity_id = 2)",
        ),
        (
            "_entity=1&role=body",
            "role = 'body' and sentences.id in (select sentence_id from mentions where entity_id = 1)",
        ),
    ],
    "stories": [("_entity=3", "stories.id in (select story_id from story_entities where entity_id = 3)")],
}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("table", "query", "where"), [(table, *pair) for table, pairs in FILTERS.items() for pair in pairs]
)
@pytest.mark.parametrize(
    ("batch", "most"), [(3, 0.0), (100_000, float("inf"))], ids=["what is left out counted", "what is shown counted"]
)
async def test_panel_is_exact_beside_filters_and_search(
    made: Datasette,
    made_db: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    query: str,
    where: str,
    batch: int,
    most: float,
) -> None:
    """Whatever part of the entities, and of the rows, is counted."""
    monkeypatch.setattr(facet_counting, "BATCH", batch)
    monkeypatch.setattr(facet_counting, "MOST", most)
    for kind in ("person", "all"):
        answer = await page(made, f"/made/{table}.json?{query}&_facet_entity={kind}&_facet_size=20")
        told = expected(made_db, table, where, None if kind == "all" else kind)
        panel = answer["panels"][kind]
        assert [n for _, n in counts(panel)] == [n for _, n in told[:20]]
        assert set(counts(panel)) <= set(told)
        assert panel["truncated"] == (len(told) > 20)


@pytest.fixture(scope="module")
def bitmapped_db(made_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with bitmaps; a table so small goes without them else."""
    path = Path(shutil.copy(made_db, tmp_path_factory.mktemp("bitmapped") / "made.db"))
    with pytest.MonkeyPatch.context() as patch, sqlite3.connect(path) as connection:
        _small(patch)
        facet_bitmaps.complete(connection)
    return path


def _small(patch: pytest.MonkeyPatch) -> None:
    """Let entities that five of 300 articles name have a bitmap."""
    patch.setattr(facet_bitmaps, "FEWEST", 10)
    patch.setattr(facet_bitmaps, "SHARE", 60)
    patch.setattr(facet_bitmaps, "SHARE_OF_FEW", 60)
    patch.setattr(facet_bitmaps, "FEW", 30)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("table", "query", "where"),
    [
        *(("articles", *pair) for pair in FILTERS["articles"]),
        ("articles", "published__startswith=2025-03", "published like '2025-03%'"),
        (
            "articles",
            "_entity=1&_entity=300&_entity_match=any",
            "articles.id in (select article_id from mentions where entity_id in (1, 300))",
        ),
        *(
            (
                "articles",
                f"_search={word}&published__gte=2025-02&published__lt=2025-06&_entity=1&_entity=2&_entity_match=any",
                "published between '2025-02' and '2025-06' "
                f"and articles.rowid in (select rowid from articles_fts where articles_fts match '{word}') "
                "and articles.id in (select article_id from mentions where entity_id in (1, 2))",
            )
            for word in ("word1", "word40")
        ),
        ("stories", *FILTERS["stories"][0]),
        ("stories", "id__lte=40", "stories.id <= 40"),
        ("matches", "kind__not=paraphrase", "kind <> 'paraphrase'"),
        ("matches", "kind=paraphrase", "kind = 'paraphrase'"),
        ("facts", "source_count__gte=5", "facts.source_count >= 5"),
        ("facts", "id__lte=40", "facts.id <= 40"),
        ("quotes", "speaker=Ann", "speaker = 'Ann'"),
        ("quantities", "kind=count", "quantities.kind = 'count'"),
        ("quantities", "kind=count&value__gt=1", "quantities.kind = 'count' and value > 1"),
        ("quantities", "kind__not=money", "quantities.kind <> 'money'"),
    ],
)
async def test_bitmaps_count_what_the_rows_say(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch, table: str, query: str, where: str
) -> None:
    """Where they can: of few rows, or with rare names among the first, the rows themselves are counted."""
    _small(monkeypatch)
    told_by_bitmaps = []
    count = facet_bitmaps.count

    def noted(*arguments: Any) -> list[tuple[int, int]] | None:
        told_by_bitmaps.append(count(*arguments))
        return told_by_bitmaps[-1]

    monkeypatch.setattr(facet_bitmaps, "count", noted)
    instance = await serve(bitmapped_db)
    chosen = [int(value) for name, value in parse_qsl(query) if name == "_entity"]
    for kind in ("person", "all"):
        told = dict(expected(bitmapped_db, table, where, None if kind == "all" else kind))
        for size in (3, 20):
            answer = await page(instance, f"/made/{table}.json?{query}&_facet_entity={kind}&_facet_size={size}")
            panel = answer["panels"][kind]
            first = [n for id, n in told.items() if id in chosen]
            others = [n for id, n in told.items() if id not in chosen]
            assert [n for _, n in counts(panel)] == [*first, *others][:size]
            assert set(counts(panel)) <= set(told.items())
            assert panel["truncated"] == (len(told) > size)
    assert any(found is not None for found in told_by_bitmaps)


def test_bitmaps_out_of_step_go_and_are_made_anew(bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _small(monkeypatch)
    stored = 'SELECT "table", entity_id FROM facet_bitmaps'
    with sqlite3.connect(bitmapped_db) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        before = set(connection.execute(stored))
        assert {table for table, _ in before} == set(facet_bitmaps.KINDS)
        assert facet_bitmaps.wrong_bitmaps(connection) == []
        changes = connection.total_changes
        facet_bitmaps.complete(connection)
        assert connection.total_changes == changes
        named = {
            id for (id,) in connection.execute("SELECT entity_id FROM article_entities WHERE article_id = 'article-9'")
        }
        connection.execute("DELETE FROM articles WHERE id = 'article-9'")
        gone = before - set(connection.execute(stored))
        assert gone
        assert {id for table, id in gone if table == "articles"} == {id for id in named if ("articles", id) in before}
        assert {table for table, _ in gone} == {"articles", "matches", "quotes", "quantities"}
        assert facet_bitmaps.wrong_bitmaps(connection) == []
        facet_bitmaps.complete(connection)
        assert gone <= set(connection.execute(stored))
        assert facet_bitmaps.wrong_bitmaps(connection) == []
        # A quote more, one less, and a sentence that names one entity more.
        for change in (
            """INSERT INTO quotes (sentence_id, start, "end", text)
               SELECT sentence_id, 0, 1, '' FROM quotes LIMIT 50""",
            "DELETE FROM quantities WHERE id % 20 = 0",
            "INSERT OR IGNORE INTO sentence_entities SELECT sentence_id, 1, 'body' FROM quotes LIMIT 50",
        ):
            connection.execute(change)
            assert set(connection.execute(stored)) < before
            assert facet_bitmaps.wrong_bitmaps(connection) == []
            facet_bitmaps.complete(connection)
        connection.rollback()


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (
            "matches",
            (
                "UPDATE matches SET kind = 'partial' WHERE id = 1",
                "DELETE FROM matches WHERE id = 2",
                """INSERT INTO matches
                   (story_id, left_sentence_id, right_sentence_id, left_article_id, right_article_id, score, kind)
                   SELECT story_id, right_sentence_id, left_sentence_id, left_article_id, right_article_id, score, kind
                   FROM matches LIMIT 1""",
            ),
        ),
        (
            "quotes",
            (
                "UPDATE quotes SET speaker = 'Eve' WHERE id = 1",
                "DELETE FROM quotes WHERE id = 2",
                """INSERT INTO quotes (sentence_id, speaker, start, "end", text) VALUES (1, 'Eve', 0, 1, '')""",
            ),
        ),
        (
            "quantities",
            (
                "UPDATE quantities SET unit = 'EUR' WHERE id = 1",
                "DELETE FROM quantities WHERE id = 2",
                """INSERT INTO quantities (sentence_id, kind, start, "end", text) VALUES (1, 'money', 0, 1, '')""",
            ),
        ),
    ],
)
def test_bitmaps_of_values_go_with_any_change(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch, table: str, changes: tuple[str, ...]
) -> None:
    _small(monkeypatch)
    stored = 'SELECT "column", value FROM facet_value_bitmaps WHERE "table" = ? ORDER BY 1, 2'
    often = " UNION ALL ".join(
        f"SELECT '{column}', {column} FROM {table} WHERE {column} <> '' GROUP BY {column} HAVING count(*) > 30"
        for column in facet_bitmaps.COLUMNS[table]
    )
    with sqlite3.connect(bitmapped_db) as connection:
        for change in changes:
            told = connection.execute(stored, [table]).fetchall()
            assert told
            assert told == sorted(connection.execute(often).fetchall())
            connection.execute(change)
            assert connection.execute(stored, [table]).fetchall() == []
            facet_bitmaps.complete(connection)
            assert facet_bitmaps.wrong_bitmaps(connection) == []
        connection.execute("UPDATE facet_value_bitmaps SET bits = x'03' WHERE \"table\" = ?", [table])
        assert facet_bitmaps.wrong_bitmaps(connection)
        connection.rollback()


@pytest.mark.asyncio
async def test_rows_are_not_read_where_bitmaps_tell_what_the_column_says(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch)
    monkeypatch.setattr(facet_counting.PageCounts, "_numbers", lambda *arguments, **more: pytest.fail("read rows"))
    instance = await serve(bitmapped_db)
    for table, query, where in (
        ("matches", "kind=paraphrase", "kind = 'paraphrase'"),
        ("quotes", "speaker=Ann", "speaker = 'Ann'"),
        ("quantities", "kind=count", "quantities.kind = 'count'"),
    ):
        answer = await page(instance, f"/made/{table}.json?{query}&_facet_entity=person&_facet_size=3")
        told = expected(bitmapped_db, table, where, "person")[:3]
        assert [n for _, n in counts(answer["panels"]["person"])] == [n for _, n in told]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("kind=count", "quantities.kind = 'count'"),
        ("_entity=1", "quantities.sentence_id in (select sentence_id from mentions where entity_id = 1)"),
    ],
)
async def test_what_no_bitmap_tells_is_counted_all_the_same(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch, query: str, where: str
) -> None:
    """A value that has no bitmap, and rows that name an entity, of tables whose rows name few."""
    _small(monkeypatch)
    monkeypatch.setattr(facet_bitmaps, "of_value", lambda *arguments: None)
    instance = await serve(bitmapped_db)
    answer = await page(instance, f"/made/quantities.json?{query}&_facet_entity=all&_facet_size=20")
    told = [n for _, n in expected(bitmapped_db, "quantities", where)]
    assert sorted((n for _, n in counts(answer["panels"]["all"])), reverse=True) == told[:20]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "few"), [("_search=word900&published__lt=2025-06", True), ("_search=word1&published__lt=2025-06", False)]
)
async def test_conditions_are_asked_of_the_few_rows_that_a_search_finds_and_else_by_themselves(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch, query: str, few: bool
) -> None:
    _small(monkeypatch)
    asked = []
    bits = facet_counting.PageCounts._bits

    def noted(self: facet_counting.PageCounts, query: str, **values: Any) -> int:
        asked.append(query)
        return bits(self, query, **values)

    monkeypatch.setattr(facet_counting.PageCounts, "_bits", noted)
    instance = await serve(bitmapped_db)
    await page(instance, f"/made/articles.json?{query}&_facet_entity=person&_facet_entity=place")
    search, columns = asked  # once for both panels
    assert "match" in search
    assert "match" not in columns
    assert ("json_each" in columns) == few


@pytest.mark.asyncio
async def test_bitmaps_are_read_only_by_whom_they_are_open_to(
    bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {"facet_bitmaps": {"allow": {"id": "someone"}}}
    instance = await serve(bitmapped_db, {"databases": {"made": {"tables": tables}}})
    monkeypatch.setattr(facet_bitmaps, "count", lambda *arguments: pytest.fail("counted by bitmaps"))
    panel = (await page(instance, "/made/articles.json?language=en&_facet_entity=person&_facet_size=20"))["panels"][
        "person"
    ]
    assert [n for _, n in counts(panel)] == [
        n for _, n in expected(bitmapped_db, "articles", "language = 'en'", "person")[:20]
    ]


@pytest.mark.asyncio
async def test_an_entitys_page_tells_the_same_by_bitmaps(
    made_db: Path, bitmapped_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch)
    told = []
    count = facet_bitmaps.count
    monkeypatch.setattr(facet_bitmaps, "count", lambda *arguments: told.append(count(*arguments)) or told[-1])
    pages = []
    for path in (made_db, bitmapped_db):
        response = await get(await serve(path), "/made/-/newscompare/entity/1.json")
        pages.append(response.json())
    assert [found is not None for found in told] == [True]
    assert len(pages[0]["appears_with"]) == 12
    assert pages[0]["timeline"]["bars"]
    assert pages[0] == pages[1]


@pytest.mark.asyncio
@pytest.mark.parametrize(("query", "most"), [("position__gte=1", True), ("position__gte=12", False)])
async def test_where_fewer_rows_are_left_out_than_shown_those_are_counted(
    made: Datasette, monkeypatch: pytest.MonkeyPatch, query: str, most: bool
) -> None:
    """Of 6,000 sentences 5,700 are no headlines."""
    left_out = []
    count = facet_counting.PageCounts._count

    def noted(self: facet_counting.PageCounts, query: str, *more: Any, **values: Any) -> Any:
        left_out.append("IS NOT TRUE" in query)
        return count(self, query, *more, **values)

    monkeypatch.setattr(facet_counting.PageCounts, "_count", noted)
    await page(made, f"/made/sentences.json?{query}&_facet_entity=person&_facet_entity=place")
    assert left_out == [most]  # once for both panels


@pytest.mark.asyncio
async def test_panel_of_people_shows_people_only(seeds: Datasette, seeds_db: Path) -> None:
    panels = (await page(seeds, f"/{seeds_db.stem}/articles.json?_facet_entity=person"))["panels"]
    labels = [value["label"] for value in panels["person"]["results"]]
    assert "Vladimir Putin" in labels
    assert "Ukraine" not in labels
    everything = (await page(seeds, f"/{seeds_db.stem}/articles.json?_facet_entity=all"))["panels"]["all"]
    assert "Vladimir Putin (person)" in [value["label"] for value in everything["results"]]


@pytest.mark.asyncio
async def test_filter_keeps_the_rows_that_name_all_of_the_entities(seeds: Datasette, seeds_db: Path) -> None:
    putin, trump = entity(seeds_db, "Vladimir Putin"), entity(seeds_db, "Donald Trump")
    base = f"/{seeds_db.stem}/sentences.json"
    one = await page(seeds, f"{base}?_entity={putin}")
    both = await page(seeds, f"{base}?_entity={putin}&_entity={trump}")
    named = "select count(distinct sentence_id) from mentions where entity_id = ?"
    assert one["count"] == rows(seeds_db, named, putin)[0][0]
    assert 0 < both["count"] < one["count"]
    assert both["count"] == len(
        set(rows(seeds_db, "select sentence_id from mentions where entity_id = ?", putin))
        & set(rows(seeds_db, "select sentence_id from mentions where entity_id = ?", trump))
    )
    assert one["words"] == "where entity is Vladimir Putin"
    assert both["words"] == "where entity is Vladimir Putin and entity is Donald Trump"


@pytest.mark.asyncio
@pytest.mark.parametrize("table", sorted(NAMED))
async def test_filter_keeps_the_rows_that_name_any_of_the_entities(
    seeds: Datasette, seeds_db: Path, table: str
) -> None:
    ids = [entity(seeds_db, name) for name in ("Vladimir Putin", "European Union", "Ukraine")]
    chosen = "&".join(f"_entity={id}" for id in ids)
    answer = await page(seeds, f"/{seeds_db.stem}/{table}.json?{chosen}&_entity_match=any&_facet_entity=all")
    named = rows(seeds_db, f"with n(row_id, entity_id) as ({NAMED[table]}) select * from n")
    kept = {row for row, id in named if id in ids}
    assert answer["count"] == len(kept)
    assert answer["words"] == "where entity is any of Vladimir Putin, European Union, Ukraine"
    first = dict(counts(answer["panels"]["all"]))
    for id in ids:
        assert first.get(id, 0) == len({row for row, one in named if one == id})


@pytest.mark.asyncio
async def test_the_tables_menu_leads_from_all_to_any_and_back(seeds: Datasette, seeds_db: Path) -> None:
    chosen = "&".join(f"_entity={entity(seeds_db, name)}" for name in ("Vladimir Putin", "European Union"))
    path = f"/{seeds_db.stem}/sentences?{chosen}"
    to_any = html.escape(f"{path}&_entity_match=any")
    assert f'href="{to_any}"' in (await get(seeds, path)).text
    there = (await get(seeds, f"{path}&_entity_match=any")).text
    assert f'href="{html.escape(path)}"' in there
    assert "Rows that name all of these entities" in there
    assert "any of these entities" not in (await get(seeds, path.partition("&")[0])).text


@pytest.mark.asyncio
async def test_following_a_value_filters_and_following_it_again_takes_it_away(seeds: Datasette, seeds_db: Path) -> None:
    path = f"/{seeds_db.stem}/sentences.json?role=body&_facet_entity=person&{EXTRA}"
    panel = (await page(seeds, path))["panels"]["person"]
    first = panel["results"][0]
    assert not first["selected"]
    there = urlsplit(first["toggle_url"])
    followed = await page(seeds, f"{there.path}?{there.query}")
    assert followed["count"] == first["count"]
    chosen = followed["panels"]["person"]["results"][0]
    assert (chosen["value"], chosen["selected"]) == (first["value"], True)
    assert "_entity" not in chosen["toggle_url"].replace("_facet_entity", "")
    assert "role=body" in chosen["toggle_url"]


@pytest.mark.asyncio
async def test_page_filtered_by_an_entity_shows_its_type_so_that_it_can_be_taken_away(
    seeds: Datasette, seeds_db: Path
) -> None:
    response = await get(seeds, f"/{seeds_db.stem}/articles?_entity={entity(seeds_db, 'Ukraine')}")
    assert "where entity is Ukraine" in response.text
    panels = (await page(seeds, f"/{seeds_db.stem}/articles.json?_entity={entity(seeds_db, 'Ukraine')}"))["panels"]
    assert panels["place"]["results"][0]["selected"]


@pytest.mark.asyncio
async def test_chosen_entity_is_first_even_where_many_are_named_as_often(made: Datasette, made_db: Path) -> None:
    """One article, the last of its people chosen, and a panel that is too short for all of them."""
    ((chosen, article),) = rows(
        made_db,
        "select max(m.entity_id), m.article_id from mentions m join entities e on e.id = m.entity_id "
        "where m.article_id = 'article-7' and e.type = 'person'",
    )
    path = f"/made/articles.json?id={article}&_entity={chosen}&_facet_entity=person&_facet_size=2"
    panel = (await page(made, path))["panels"]["person"]
    assert [value["selected"] for value in panel["results"]] == [True, False]
    assert panel["results"][0]["value"] == chosen


@pytest.mark.asyncio
async def test_tables_that_name_entities_suggest_the_panels(seeds: Datasette, seeds_db: Path) -> None:
    for table in NAMED:
        named = ["person", "place"] if table == "differences" else ["person", "organisation", "place"]
        assert (await page(seeds, f"/{seeds_db.stem}/{table}.json"))["suggested"] == named
    shown = await page(seeds, f"/{seeds_db.stem}/articles.json?_facet_entity=person")
    assert shown["suggested"] == ["organisation", "place"]
    (place,) = rows(seeds_db, "SELECT id FROM entities WHERE name = 'Ukraine' AND type = 'place'")[0]
    filtered = await page(seeds, f"/{seeds_db.stem}/articles.json?_entity={place}")
    assert (list(filtered["panels"]), filtered["suggested"]) == (["place"], ["person", "organisation"])
    assert (await page(seeds, f"/{seeds_db.stem}/sources.json?_facet_entity=person"))["panels"] == {}


@pytest.mark.asyncio
async def test_panel_can_be_set_in_metadata(seeds_db: Path) -> None:
    tables = {"articles": {"facets": [{"entity": "place"}]}}
    instance = await serve(seeds_db, {"databases": {seeds_db.stem: {"tables": tables}}})
    for asked in ("", "_facet_entity=place"):
        panel = (await page(instance, f"/{seeds_db.stem}/articles.json?{asked}"))["panels"]["place"]
        assert not panel["hideable"]
        assert "Ukraine" in [value["label"] for value in panel["results"]]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("_entity=Putin", "_entity must be the id of an entity"),
        ("_entity=-1", "_entity must be the id of an entity"),
        ("_entity=99999999999999999999", "_entity must be the id of an entity"),
        ("_facet_entity=animal", "_facet_entity must be all or one of person"),
        ("_entity=1&_entity_match=some", "_entity_match must be all or any"),
    ],
)
async def test_what_is_no_entity_is_refused_with_words(
    seeds: Datasette, seeds_db: Path, query: str, words: str
) -> None:
    response = await get(seeds, f"/{seeds_db.stem}/articles?{query}")
    assert response.status_code == 400
    assert words in response.text


@pytest.mark.asyncio
async def test_unknown_entity_finds_nothing_and_says_so(seeds: Datasette, seeds_db: Path) -> None:
    answer = await page(seeds, f"/{seeds_db.stem}/articles.json?_entity=123456")
    assert (answer["count"], answer["words"]) == (0, "where entity is 123456, which does not exist")


@pytest.mark.asyncio
async def test_filter_works_in_csv(seeds: Datasette, seeds_db: Path) -> None:
    putin = entity(seeds_db, "Vladimir Putin")
    response = await get(seeds, f"/{seeds_db.stem}/sentences.csv?_entity={putin}&_size=max")
    (expected_rows,) = rows(seeds_db, "select count(distinct sentence_id) from mentions where entity_id = ?", putin)[0]
    assert response.text.count("\r\n") == expected_rows + 1


@pytest.mark.asyncio
async def test_panel_that_runs_out_of_time_is_named_on_the_page(made_db: Path) -> None:
    instance = await serve(made_db, facet_time_limit_ms=1)
    response = await get(instance, "/made/sentences?role=body&_facet_entity=all")
    assert response.status_code == 200
    assert "timed out" in response.text
    assert "facet-all" not in response.text


@pytest.mark.asyncio
async def test_other_tables_of_the_same_names_are_left_alone(tmp_path: Path) -> None:
    """A table called articles in a database that the loader did not make."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table articles (id integer primary key, title text)")
        connection.execute("insert into articles (title) values ('one'), ('two')")
    instance = await serve(path)
    answer = await page(instance, "/other/articles.json?_entity=1&_facet_entity=person")
    assert (answer["count"], answer["panels"], answer["suggested"]) == (2, {}, [])
    assert "newscompare" not in (await get(instance, "/other/articles")).text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("articles", "language=en"),
        ("sentences", "position=3"),
        ("sentences", "role=headline"),
        ("sentences", "_entity=1&role__not=body"),
        ("sentences", "_search=word5"),
    ],
)
async def test_entities_are_looked_up_and_sentences_not_read_where_their_columns_are_not_asked(
    made: Datasette, made_db: Path, monkeypatch: pytest.MonkeyPatch, table: str, query: str
) -> None:
    plans = []
    run = facet_counting.PageCounts._run

    def noted(self: facet_counting.PageCounts, query: str, **more: Any) -> list[Any]:
        told = self.connection.execute(f"EXPLAIN QUERY PLAN {query}", {**self.page.params, **more}).fetchall()
        plans.append([step[3] for step in told])
        return run(self, query, **more)

    monkeypatch.setattr(facet_counting.PageCounts, "_run", noted)
    await page(made, f"/made/{table}.json?{query}&_facet_entity=person")
    [*_, joined] = [plan for plan in plans if any(re.match(r"(SCAN|SEARCH) x\b", step) for step in plan)]
    assert any(step.startswith("SEARCH x USING") for step in joined), joined
    assert not any(step.startswith("SCAN x") for step in joined), joined
    reads_sentences = any(re.match(r"(SCAN|SEARCH) sentences\b", step) for step in joined)
    assert reads_sentences == (query == "position=3"), joined


def test_benchmark_prints_each_page_beside_datasettes_own_facet(
    benchmark: ModuleType, made_db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["facet.py", "--db", str(made_db), "--runs", "1"])
    for facet in (facets.EntityFacet, benchmark.ColumnFacet):  # the benchmark wraps their timing round them
        monkeypatch.setattr(facet, "facet_results", facet.facet_results)
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(benchmark.PAGES)
    assert all(" / " in line for line in lines[2:])
