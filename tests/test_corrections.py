"""Corrections of names: what the alias file does to the rows, at once, after reloads, and back again."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

from datasette_newscompare.corrections import Correction, record, withdraw

DAM = (
    "The Kelso dam broke on Monday, flooding 12 houses in Kelso.\n\n"
    "Mayor Ada Finch said nobody was hurt. Finch, a former judge, thanked the Kelso Fire Brigade."
)
MILL = (
    "A fire at the Whitby paper mill killed two workers on Friday.\n\n"
    "Mayor Ida Finsh of Whitby said the cause was unknown."
)
HEADER = "action,alias,entity,type,article\n"


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(db: Path, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql, parameters).fetchall()


def dump(db: Path) -> list[str]:
    with sqlite3.connect(db) as connection:
        return list(connection.iterdump())


def articles(folder: Path) -> Path:
    lines = folder / "articles.jsonl"
    records = [
        {"id": f"{source}-{story}", "source": source, "text": text, "story": story}
        for source in ("Herald", "Post")
        for story, text in (("dam", DAM), ("mill", MILL))
    ]
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    return lines


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corrections")
    result = newscompare("load", "--level", "lexical", folder / "two.db", articles(folder))
    assert result.exit_code == 0, result.output
    return folder / "two.db"


@pytest.fixture
def db(loaded: Path, tmp_path: Path) -> Path:
    articles(tmp_path)
    return Path(shutil.copy(loaded, tmp_path / "two.db"))


def correct(db: Path, *lines: str, header: str = HEADER) -> Result:
    """Load the articles with an alias file of these lines, and see that everything holds."""
    aliases = db.with_name("aliases.csv")
    aliases.write_text(header + "".join(line + "\n" for line in lines))
    result = newscompare("load", "--level", "lexical", db, db.with_name("articles.jsonl"), "--aliases", aliases)
    assert result.exit_code == 0, result.output
    check = newscompare("check", db)
    assert check.exit_code == 0, check.output
    return result


def entities(db: Path) -> dict[str, tuple[int, str, int]]:
    return {name: rest for name, *rest in rows(db, "SELECT name, id, type, mention_count FROM entities")}


def test_a_merge_unites_two_entities_under_the_number_of_the_one_merged_into(db: Path) -> None:
    before = entities(db)
    result = correct(db, "merge,Ida Finsh,Ada Finch,person,")
    assert "Took in 1 correction, 0 known already, 0 skipped." in result.output
    after = entities(db)
    assert "Ida Finsh" not in after
    assert after["Ada Finch"] == [before["Ada Finch"][0], "person", before["Ada Finch"][2] + before["Ida Finsh"][2]]
    origins = dict(rows(db, "SELECT alias, origin FROM entity_aliases WHERE entity_id = ?", after["Ada Finch"][0]))
    assert (origins["Ida Finsh"], origins["Ada Finch"]) == ("curated", "found")
    assert rows(db, "SELECT story_count, article_count FROM entities WHERE name = 'Ada Finch'") == [(2, 4)]


def test_a_file_alone_is_taken_into_what_is_loaded(db: Path) -> None:
    aliases = db.with_name("aliases.csv")
    aliases.write_text(HEADER + "merge,Ida Finsh,Ada Finch,person,\n")
    result = newscompare("load", "--level", "lexical", db, "--aliases", aliases)
    assert result.exit_code == 0, result.output
    assert "Took in 1 correction" in result.output
    assert "Ida Finsh" not in entities(db)
    assert newscompare("check", db).exit_code == 0


@pytest.mark.parametrize(
    ("options", "told"), [((), "Missing argument 'PATH...'"), (("--aliases", "aliases.csv"), "there is no such file")]
)
def test_a_load_of_nothing_says_what_is_missing(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    (tmp_path / "aliases.csv").write_text(HEADER)
    result = newscompare("load", tmp_path / "new.db", *(o.replace("aliases.csv", str(tmp_path / o)) for o in options))
    assert (result.exit_code, told in result.output) == (2, True)
    assert not (tmp_path / "new.db").exists()


def test_the_same_file_again_changes_nothing(db: Path) -> None:
    lines = ["merge,Ida Finsh,Ada Finch,person,", "rename,Whitby,Whitby-on-Sea,,", "drop,Kelso,,,", "split,Finch,,,"]
    correct(db, *lines)
    before = dump(db)
    assert "Took in 0 corrections, 4 known already" in correct(db, *lines).output
    assert dump(db) == before


def test_corrections_hold_in_a_new_database_as_in_a_corrected_one(db: Path, tmp_path: Path) -> None:
    lines = ["merge,Ida Finsh,Ada Finch,,", "rename,Whitby,Whitby-on-Sea,,", "drop,Kelso Fire Brigade,,,"]
    correct(db, *lines)
    fresh = tmp_path / "fresh.db"
    newscompare("load", "--level", "lexical", fresh, tmp_path / "articles.jsonl", "--aliases", tmp_path / "aliases.csv")
    for sql in (
        "SELECT name, type, mention_count, sentence_count, match_count FROM entities ORDER BY 1, 2",
        "SELECT name, alias, a.mention_count, origin FROM entity_aliases a JOIN entities e ON e.id = entity_id"
        " ORDER BY 1, 2",
        "SELECT m.id, name FROM mentions m LEFT JOIN entities e ON e.id = m.entity_id ORDER BY 1",
        "SELECT left_sentence_id, right_sentence_id, score FROM matches ORDER BY 1, 2",
    ):
        assert rows(fresh, sql) == rows(db, sql), sql


def test_corrections_survive_changed_articles_and_matching_anew(db: Path) -> None:
    correct(db, "merge,Ida Finsh,Ada Finch,,", "rename,Whitby,Whitby-on-Sea,,", "drop,Kelso Fire Brigade,,,")
    before = entities(db)
    changed = db.with_name("changed.jsonl")
    changed.write_text(
        json.dumps({"id": "Post-mill", "source": "Post", "story": "mill", "text": MILL.replace("two", "four")})
    )
    assert newscompare("load", "--level", "lexical", db, changed).exit_code == 0
    assert entities(db) == before
    assert newscompare("match", db).exit_code == 0
    assert entities(db) == before
    assert newscompare("check", db).exit_code == 0


def test_renaming_keeps_the_number_and_the_old_name_as_a_spelling(db: Path) -> None:
    before = entities(db)
    correct(db, "rename,Whitby,Whitby-on-Sea,,")
    after = entities(db)
    assert after["Whitby-on-Sea"] == before["Whitby"]
    assert rows(db, "SELECT alias, origin FROM entity_aliases WHERE entity_id = ?", before["Whitby"][0]) == [
        ("Whitby", "curated")
    ]


def test_retyping_keeps_the_number(db: Path) -> None:
    before = entities(db)["Ada Finch"]
    correct(db, "retype,Ada Finch,,organisation,")
    assert entities(db)["Ada Finch"] == [before[0], "organisation", before[2]]


def test_what_is_dropped_leaves_its_mentions_linked_to_nothing(db: Path) -> None:
    mentions = rows(db, "SELECT count(*) FROM mentions")
    correct(db, "drop,Kelso Fire Brigade,,,")
    assert "Kelso Fire Brigade" not in entities(db)
    assert rows(db, "SELECT count(*) FROM mentions") == mentions
    assert rows(db, "SELECT DISTINCT entity_id FROM mentions WHERE text LIKE '%Fire Brigade'") == [(None,)]
    assert rows(db, "SELECT count(*) FROM corrections WHERE action = 'drop'") == [(1,)]


def test_a_split_takes_only_what_is_spelt_so(db: Path) -> None:
    correct(db, "split,Finch,Ben Finch,person,")
    linked = "SELECT DISTINCT m.text, e.name FROM mentions m JOIN entities e ON e.id = m.entity_id WHERE text LIKE ?"
    assert sorted(rows(db, linked, "%Finch")) == [("Ada Finch", "Ada Finch"), ("Finch", "Ben Finch")]


def test_a_row_for_one_article_concerns_all_that_is_united_there_and_no_other_article(db: Path) -> None:
    correct(db, "split,Ada Finch,Ada Finch (judge),person,Post-dam")
    linked = """SELECT DISTINCT m.article_id, e.name FROM mentions m JOIN entities e ON e.id = m.entity_id
                WHERE m.text LIKE '%Finch' ORDER BY 1"""
    assert rows(db, linked) == [("Herald-dam", "Ada Finch"), ("Post-dam", "Ada Finch (judge)")]


def test_only_stories_that_name_what_is_corrected_are_linked_and_compared_again(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        record(connection, Correction("merge", "Ida Finsh", "Ida Finch"))
    marked = "SELECT given_name FROM stories WHERE needs_relinking"
    assert rows(db, marked) == [("mill",)]
    assert newscompare("load", "--level", "lexical", db, db.with_name("articles.jsonl")).exit_code == 0
    assert rows(db, marked) == []


@pytest.mark.parametrize(
    "line",
    [
        "merge,Ida Finsh,Ada Finch,person,",
        "merge,Whitby,Kelso,,",
        "rename,Kelso Fire Brigade,Kelso Fire Service,organisation,",
        "retype,Whitby,,event,",
        "drop,Ada Finch,,,",
    ],
)
def test_what_takes_effect_at_once_is_exact_before_anything_is_linked_again(db: Path, line: str) -> None:
    """As a page writes it: on a plain connection, without the loader."""
    action, alias, entity, type, _ = line.split(",")
    with sqlite3.connect(db) as connection:
        assert record(connection, Correction(action, alias, entity or None, type or None, at="2025-01-01")) is not None
    check = newscompare("check", db)
    assert check.exit_code == 0, check.output
    at_once = entities(db)
    assert alias not in at_once or action == "retype"
    correct(db)
    assert entities(db) == at_once


@pytest.mark.parametrize(
    "line",
    [
        "merge,Ida Finsh,Ada Finch,,",
        "rename,Whitby,Whitby-on-Sea,,",
        "retype,Whitby,,event,",
        "drop,Kelso Fire Brigade,,,",
        "split,Finch,Ben Finch,,",
        "drop,Ada Finch,,,Post-dam",
    ],
)
def test_undo_gives_what_was_there_before(db: Path, line: str) -> None:
    what = "SELECT m.id, e.id, e.name, e.type FROM mentions m LEFT JOIN entities e ON e.id = m.entity_id ORDER BY 1"
    before = rows(db, what)
    correct(db, line)
    assert rows(db, what) != before
    _, alias, _, _, article = line.split(",")
    correct(db, f"undo,{alias},,,{article}")
    assert rows(db, what) == before
    assert rows(db, "SELECT count(*) FROM corrections") == [(0,)]
    assert rows(db, "SELECT count(*) FROM entity_aliases WHERE origin = 'curated'") == [(0,)]


def test_what_is_taken_out_and_loaded_again_has_its_number_again(db: Path) -> None:
    """And what came between has none of these numbers."""
    numbers = "SELECT name, id FROM entities"
    before = dict(rows(db, numbers))
    assert newscompare("remove", db, "Herald-mill", "Post-mill").exit_code == 0
    assert {"Ida Finsh", "Whitby"} <= before.keys() - dict(rows(db, numbers)).keys()
    other = db.with_name("other.jsonl")
    other.write_text(json.dumps({"source": "Courier", "text": "Mayor Ola Brandt opened the fete in Wick on Sunday."}))
    assert newscompare("load", "--level", "lexical", db, other).exit_code == 0
    between = dict(rows(db, numbers))
    assert not {between[name] for name in between.keys() - before.keys()} & set(before.values())
    assert newscompare("load", "--level", "lexical", db, db.with_name("articles.jsonl")).exit_code == 0
    after = dict(rows(db, numbers))
    assert {name: after[name] for name in before} == before


def test_a_later_row_takes_the_place_of_an_earlier_one(db: Path) -> None:
    correct(db, "merge,Ida Finsh,Ada Finch,,")
    correct(db, "merge,Ida Finsh,Ida Finch,,")
    assert {"Ada Finch", "Ida Finch"} <= entities(db).keys()
    assert rows(db, "SELECT alias, entity FROM corrections") == [("Ida Finsh", "Ida Finch")]


def test_corrections_lead_on(db: Path) -> None:
    correct(db, "merge,Ida Finsh,Ida Finch,,", "merge,Ida Finch,Ada Finch,,")
    assert not {"Ida Finsh", "Ida Finch"} & entities(db).keys()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("merge,Ida Finsh,,,", "to merge 'Ida Finsh', write in the column entity"),
        ("retype,Ida Finsh,,,", "write in the column type"),
        ("retype,Ida Finsh,,human,", "a type is one of person, place"),
        ("marry,Ida Finsh,Ada Finch,,", "an action is one of merge, rename"),
        (",Ida Finsh,,,", "what the alias is, or an action"),
        ("drop,,,,", "the column alias is empty"),
        ("drop,Ida Finsh,,,no-such-article", "there is no article 'no-such-article'"),
        ("merge,Whitby,Kelso,,", "'Whitby' is decided in line 2 already"),
        ("merge,Kelso,Whitby,,", "goes in a circle"),
    ],
)
def test_a_bad_row_is_one_line_that_says_what_to_do_and_the_rest_is_applied(db: Path, line: str, words: str) -> None:
    result = correct(db, "merge,Whitby,Kelso,,", line)
    (told,) = [one for one in result.output.splitlines() if one.startswith("skipped:")]
    assert f"{db.with_name('aliases.csv')}:3: " in told
    assert words in told
    assert rows(db, "SELECT alias, entity FROM corrections") == [("Whitby", "Kelso")]
    assert "Whitby" not in entities(db)


def test_a_file_without_the_columns_says_which(db: Path) -> None:
    result = correct(db, "Whitby,Kelso", header="from,to\n")
    assert "aliases.csv:1: the first line must name the columns alias, entity and type" in result.output


def test_files_as_spreadsheets_write_them_are_read(db: Path) -> None:
    correct(db, "Ida Finsh;Ada Finch;People", "whitby;;PLACE", header="\ufeffAlias;Entity;Type\n")
    assert rows(db, "SELECT action, alias, entity, type FROM corrections ORDER BY id") == [
        ("merge", "Ida Finsh", "Ada Finch", "person"),
        ("retype", "whitby", None, "place"),
    ]
    assert entities(db)["Whitby"][1] == "place"


def test_exported_corrections_do_the_same_elsewhere(db: Path, loaded: Path, tmp_path: Path) -> None:
    correct(db, "merge,Ida Finsh,Ada Finch,,", "split,Finch,Ben Finch,person,Post-dam", "drop,Kelso Fire Brigade,,,")
    exported = newscompare("entities", db)
    assert exported.exit_code == 0
    other = Path(shutil.copy(loaded, tmp_path / "other.db"))
    (tmp_path / "exported.csv").write_text(exported.output)
    newscompare("match", other, "--aliases", tmp_path / "exported.csv")
    linked = "SELECT m.id, e.name FROM mentions m LEFT JOIN entities e ON e.id = m.entity_id ORDER BY 1"
    assert rows(other, linked) == rows(db, linked)
    assert newscompare("entities", other).output == exported.output


def test_suggestions_can_be_given_back_as_they_are(tmp_path: Path) -> None:
    lines = tmp_path / "articles.jsonl"
    texts = {
        "one": "Senator Charles Morrow spoke in Leeds. The Northern Dairy Council thanked Charles Morrow.",
        "two": "Senator Chuck Morrow was ill on Monday. The NDC wished Chuck Morrow well, the NDC said.",
    }
    lines.write_text(
        "".join(json.dumps({"id": n, "source": n, "story": n, "text": text}) + "\n" for n, text in texts.items())
    )
    db = tmp_path / "two.db"
    newscompare("load", "--level", "lexical", db, lines)
    suggested = newscompare("entities", db, "--suggest").output
    found = {(r["alias"], r["entity"]): r for r in csv.DictReader(io.StringIO(suggested))}
    assert found["Chuck Morrow", "Charles Morrow"]["reason"] == "spellings of one person's name"
    assert found["NDC", "Northern Dairy Council"]["reason"] == "the initials of the other"
    (tmp_path / "aliases.csv").write_text(suggested)
    result = newscompare("load", "--level", "lexical", db, lines, "--aliases", tmp_path / "aliases.csv")
    assert f"Took in {len(found)} corrections, 0 known already, 0 skipped." in result.output
    assert not {"NDC", "Chuck Morrow"} & entities(db).keys()
    assert newscompare("check", db).exit_code == 0
    assert len(newscompare("entities", db, "--suggest").output.splitlines()) == 1


def test_a_published_copy_carries_the_corrections(db: Path, tmp_path: Path) -> None:
    correct(db, "merge,Ida Finsh,Ada Finch,,", "drop,Kelso,,,")
    assert newscompare("export", db, tmp_path / "out.db").exit_code == 0
    corrections = "SELECT action, alias, entity FROM corrections ORDER BY id"
    assert rows(tmp_path / "out.db", corrections) == rows(db, corrections)
    assert newscompare("check", tmp_path / "out.db").exit_code == 0


def test_withdrawing_what_was_never_decided_says_so(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        assert withdraw(connection, "Ida Finsh") is None
