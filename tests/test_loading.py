"""The loader from end to end: what rows stand in the database after it ran, and ran again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

from datasette_newscompare.loading.slugs import slug

SEEDS = Path(__file__).parent.parent / "seeds"
COMPARED = ("sentences", "mentions", "entities", "entity_aliases", "quantities", "quotes", "matches", "facts")
FIRST, SECOND = "000_70963c9eee253a3c", "003_27c86b006fe4f70f"


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(path: Path, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return connection.execute(sql, parameters).fetchall()


def dump(path: Path) -> list[str]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return list(connection.iterdump())


def write_lines(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


DAM = "The Kelso dam broke on Monday, flooding 12 houses.\n\nMayor Ada Finch said nobody was hurt.\n\n"


def test_seeds_load_into_one_story_of_two_sources(seeds_db: Path) -> None:
    assert rows(seeds_db, "SELECT id, source_id FROM articles ORDER BY id") == [(FIRST, FIRST), (SECOND, SECOND)]
    assert rows(seeds_db, "SELECT article_count, source_count, needs_matching FROM stories") == [(2, 2, 0)]


def test_stored_text_is_the_file_and_every_offset_is_true_to_it(seeds_db: Path) -> None:
    for article in (FIRST, SECOND):
        [(text,)] = rows(seeds_db, "SELECT text FROM article_texts WHERE article_id = ?", article)
        assert text == (SEEDS / f"{article}.txt").read_text(encoding="utf-8")
        for table, join in [
            ("sentences", "WHERE x.article_id = ?"),
            ("mentions", "WHERE x.article_id = ?"),
            ("quantities", "JOIN sentences s ON s.id = x.sentence_id WHERE s.article_id = ?"),
            ("quotes", "JOIN sentences s ON s.id = x.sentence_id WHERE s.article_id = ?"),
        ]:
            found = rows(seeds_db, f'SELECT x.start, x."end", x.text FROM {table} x {join}', article)
            assert found, table
            assert all(text[start:end] == words for start, end, words in found), table


def test_mentions_quantities_and_quotes_stand_inside_their_sentence(seeds_db: Path) -> None:
    for table in ("mentions", "quantities", "quotes"):
        outside = f"""SELECT x.text FROM {table} x JOIN sentences s ON s.id = x.sentence_id
                      WHERE x.start < s.start OR x."end" > s."end" """
        assert rows(seeds_db, outside) == [], table


def test_a_second_run_changes_nothing(tmp_path: Path, seeds_db: Path) -> None:
    path = tmp_path / "again.db"
    shutil.copy(seeds_db, path)
    before = dump(path)
    result = newscompare("load", path, SEEDS)
    assert result.exit_code == 0, result.output
    assert "0 new, 0 changed, 2 unchanged" in result.output
    assert dump(path) == before


def test_loading_from_scratch_twice_gives_the_same_rows(tmp_path: Path, seeds_db: Path) -> None:
    path = tmp_path / "fresh.db"
    assert newscompare("load", path, SEEDS).exit_code == 0
    for table in COMPARED:
        assert rows(path, f"SELECT * FROM {table}") == rows(seeds_db, f"SELECT * FROM {table}"), table


def test_summary_says_what_was_read_and_found(tmp_path: Path) -> None:
    lines = write_lines(
        tmp_path / "dam.jsonl", {"text": DAM, "source": "Herald"}, {"text": DAM, "source": "Post"}, {"title": "no text"}
    )
    result = newscompare("load", tmp_path / "dam.db", lines)
    assert result.exit_code == 0, result.output
    assert f"skipped: {lines}:3: there is no text" in result.output
    assert "Read 2 articles: 2 new, 0 changed, 0 unchanged; 1 input skipped." in result.output
    assert "2 articles of 2 sources in 1 story, 1 told by more than one source" in result.output
    assert "2 verbatim" in result.output


def test_nothing_readable_ends_with_status_1_and_bad_usage_with_2(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    assert newscompare("load", tmp_path / "x.db", tmp_path / "empty.txt").exit_code == 1
    assert newscompare("load", tmp_path / "x.db").exit_code == 2


def test_an_article_that_changed_keeps_its_id_and_the_ids_of_sentences_that_stayed(tmp_path: Path) -> None:
    path = tmp_path / "dam.db"
    records = [{"id": "h", "text": DAM, "source": "Herald"}, {"id": "p", "text": DAM, "source": "Post"}]
    newscompare("load", path, write_lines(tmp_path / "dam.jsonl", *records))
    before = dict(rows(path, "SELECT text, id FROM sentences WHERE article_id = 'h'"))
    records[0]["text"] = DAM.replace("12 houses", "15 houses")
    result = newscompare("load", path, write_lines(tmp_path / "dam.jsonl", *records))
    assert "0 new, 1 changed, 1 unchanged" in result.output
    after = dict(rows(path, "SELECT text, id FROM sentences WHERE article_id = 'h'"))
    assert after["Mayor Ada Finch said nobody was hurt."] == before["Mayor Ada Finch said nobody was hurt."]
    assert any("15 houses" in text for text in after)
    assert not any("12 houses" in text for text in after)
    assert rows(path, "SELECT rowid FROM sentences_fts WHERE sentences_fts MATCH '\"12 houses\"'") != []
    assert rows(
        path,
        "SELECT s.article_id FROM sentences_fts f JOIN sentences s ON s.id = f.rowid"
        " WHERE sentences_fts MATCH '\"15 houses\"'",
    ) == [("h",)]


def test_a_match_keeps_its_id_when_stories_are_matched_again(tmp_path: Path, seeds_db: Path) -> None:
    path = tmp_path / "again.db"
    shutil.copy(seeds_db, path)
    query = "SELECT id, left_sentence_id, right_sentence_id, score, kind FROM matches ORDER BY id"
    facts = "SELECT f.id, f.text, s.sentence_id FROM facts f JOIN fact_sentences s ON s.fact_id = f.id ORDER BY 1, 3"
    before, facts_before = rows(path, query), rows(path, facts)
    result = newscompare("match", path)
    assert result.exit_code == 0, result.output
    assert rows(path, query) == before
    assert rows(path, facts) == facts_before


def test_articles_without_an_id_get_a_readable_one_and_copies_come_once(tmp_path: Path) -> None:
    lines = write_lines(
        tmp_path / "dam.jsonl",
        {"text": DAM, "title": "Dam breaks!", "source": "Herald"},
        {"text": DAM, "title": "Dam breaks!", "source": "Herald"},
        {"text": DAM + "More.", "title": "Dam breaks!", "source": "Herald"},
    )
    path = tmp_path / "dam.db"
    newscompare("load", path, lines)
    ids = [id for (id,) in rows(path, "SELECT id FROM articles ORDER BY rowid")]
    assert ids[0] == "herald-dam-breaks"
    assert len(ids) == 2
    assert ids[1].startswith("herald-dam-breaks-")
    before = dump(path)
    newscompare("load", path, lines)
    assert dump(path) == before


def test_story_named_by_hand_wins(tmp_path: Path) -> None:
    path = tmp_path / "dam.db"
    lines = write_lines(
        tmp_path / "dam.jsonl",
        {"text": DAM, "source": "Herald", "story": "One"},
        {"text": DAM, "source": "Post", "story": "Two"},
        {"text": "Rates stay at 3%, the central bank said.", "source": "Post", "story": "One"},
    )
    newscompare("load", path, lines)
    assert rows(path, "SELECT given_name, article_count FROM stories ORDER BY 1") == [("One", 2), ("Two", 1)]
    assert rows(path, "SELECT count(*) FROM matches") == [(0,)]


def test_without_entities_sentences_are_matched_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "seeds.db"
    result = newscompare("load", path, SEEDS, "--no-entities")
    assert result.exit_code == 0, result.output
    assert rows(path, "SELECT count(*) FROM mentions") == [(0,)]
    assert rows(path, "SELECT count(*) > 10 FROM matches") == [(1,)]


def test_an_unknown_model_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    result = newscompare("load", tmp_path / "x.db", SEEDS, "--model", "no_such_model")
    assert result.exit_code == 1
    assert "no_such_model" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("content", [b"this is not a database, only words " * 40, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    result = newscompare("load", path, SEEDS)
    assert result.exit_code == 1
    assert str(path) in result.output
    assert path.read_bytes() == content


def test_the_database_is_one_file_when_the_loader_is_done(tmp_path: Path) -> None:
    path = tmp_path / "dam.db"
    newscompare("load", path, write_lines(tmp_path / "dam.jsonl", {"text": DAM}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dam.db", "dam.jsonl"]


def test_no_foreign_key_is_broken_and_the_search_index_is_whole(seeds_db: Path, tmp_path: Path) -> None:
    path = tmp_path / "seeds.db"
    shutil.copy(seeds_db, path)
    assert rows(path, "PRAGMA foreign_key_check") == []
    with sqlite3.connect(path) as connection:
        for table in ("articles_fts", "sentences_fts"):
            connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Die Welt: Neues", "die-welt-neues"), ("Le Monde – Café", "le-monde-cafe"), ("a" * 200, "a" * 80)],
)
def test_slug_is_readable(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_slug_of_letters_that_are_not_latin_is_a_steady_digest() -> None:
    assert slug("Правда") == slug("Правда") != slug("Известия")
