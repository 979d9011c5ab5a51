"""What the readers make of files, folders and JSON lines, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datasette_newscompare.loading.readers import Problem, read
from datasette_newscompare.records import Article


def articles(*paths: Path, source: str | None = None) -> list[Article]:
    return [one for one in read([str(path) for path in paths], source) if isinstance(one, Article)]


def problems(*paths: Path) -> list[Problem]:
    return [one for one in read([str(path) for path in paths]) if isinstance(one, Problem)]


def test_text_file_is_one_article_of_the_source_named_like_the_file(tmp_path: Path) -> None:
    path = tmp_path / "morning-post.txt"
    path.write_text("The dam broke.\r\nNobody was hurt.", encoding="utf-8")
    [article] = articles(path)
    assert (article.source, article.text) == ("morning-post", "The dam broke.\nNobody was hurt.")


def test_source_option_comes_before_folder_and_file_names(tmp_path: Path) -> None:
    (tmp_path / "herald").mkdir()
    (tmp_path / "herald" / "one.txt").write_text("The dam broke.")
    assert [a.source for a in articles(tmp_path, source="Herald")] == ["Herald"]


def test_nested_folder_names_the_source_and_files_at_the_top_name_their_own(tmp_path: Path) -> None:
    deep = tmp_path / "herald" / "2025" / "02"
    deep.mkdir(parents=True)
    (deep / "one.txt").write_text("The dam broke.")
    (tmp_path / "two.txt").write_text("A dam broke.")
    assert sorted(a.source or "" for a in articles(tmp_path)) == ["herald", "two"]


def test_front_matter_gives_the_fields_and_leaves_the_text(tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    path.write_text("---\ntitle: Dam breaks\nsource: Herald\npublished: 2025-02-24\nid: 7\n---\nThe dam broke.\n")
    [article] = articles(path)
    assert (article.title, article.source, article.published, article.id) == ("Dam breaks", "Herald", "2025-02-24", "7")
    assert article.text == "The dam broke.\n"


def test_a_text_that_begins_with_a_rule_is_no_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "rule.txt"
    path.write_text("---\nThe dam broke\n---\nNobody was hurt.\n")
    assert articles(path)[0].text.startswith("---\nThe dam broke")


def test_front_matter_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.md"
    path.write_text("---\nsource: Herald\ntitle: [unclosed\n---\nThe dam broke.\n")
    [problem] = problems(path)
    assert problem.place.startswith(f"{path}:")
    assert "front matter" in problem.reason


def test_json_lines_bring_every_field(tmp_path: Path) -> None:
    record = {
        "id": "a1",
        "source": "Herald",
        "title": "Dam breaks",
        "published": "2025-02-24T18:30:00Z",
        "url": "https://herald.example/dam",
        "author": "Staff",
        "language": "en",
        "story": "Dam",
        "text": "The dam broke.",
    }
    path = tmp_path / "all.jsonl"
    path.write_text(json.dumps(record) + "\n\n" + json.dumps({"text": "Only text."}) + "\n")
    first, second = articles(path)
    assert {name: getattr(first, name) for name in record} == record | {"published": "2025-02-24T18:30:00+00:00"}
    assert (second.source, second.origin) == ("all", f"{path}:3")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{oops", "not a JSON object"),
        ('["a"]', "an object was expected, not a list"),
        ('{"title": "No text"}', "there is no text"),
        ('{"text": "  "}', "there is no text"),
        ('{"text": "x", "title": ["a"]}', '"title" must be a string'),
        ("[" * 100_000, "not a JSON object"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": "Before."}\n' + line + '\n{"text": "After."}\n')
    [problem] = problems(path)
    assert problem.place == f"{path}:2"
    assert words in problem.reason
    assert [a.text for a in articles(path)] == ["Before.", "After."]


def test_a_date_that_is_none_is_said_and_the_article_is_read_without_it(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": "x", "published": "the day before yesterday"}\n')
    [problem] = problems(path)
    assert problem.loaded
    assert articles(path)[0].published is None


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025", "2025"),
        ("2025-02", "2025-02"),
        ("2025-02-24", "2025-02-24"),
        ("20250224", "2025-02-24"),
        ("2025-02-24T18:30:00Z", "2025-02-24T18:30:00+00:00"),
        ("2025-02-24 18:30", "2025-02-24T18:30:00"),
        ("2025-02-24T18:30:00+0100", "2025-02-24T18:30:00+01:00"),
        ("Mon, 24 Feb 2025 18:30:00 GMT", "2025-02-24T18:30:00+00:00"),
    ],
)
def test_dates_keep_their_precision(tmp_path: Path, given: str, stored: str) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps({"text": "x", "published": given}))
    assert articles(path)[0].published == stored


def test_what_is_no_text_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"PK\x03\x04\x00\x00")
    (tmp_path / "b.txt").write_bytes(b"\xff\x01\x02\x03" * 20)
    (tmp_path / "c.txt").write_text("  \n")
    (tmp_path / "d.exe").write_bytes(b"MZ")
    (tmp_path / "e.txt").write_text("The dam broke.")
    reasons = {Path(p.place.split(":")[0]).name: p.reason for p in problems(tmp_path)}
    assert "not text" in reasons["a.txt"]
    assert "not text" in reasons["b.txt"]
    assert "empty" in reasons["c.txt"]
    assert "this kind of file" in reasons["d.exe"]
    assert [a.text for a in articles(tmp_path)] == ["The dam broke."]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = problems(tmp_path / "nothing.txt")
    assert "no such file" in problem.reason


def test_zero_bytes_and_lone_surrogates_do_not_reach_the_database(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": "a\\u0000b\\ud800c", "title": "t\\u0000"}\n')
    [article] = articles(path)
    assert (article.text, article.title) == ("abc", "t")


def test_a_folder_that_someone_sorted_articles_into_names_the_source_before_their_addresses(tmp_path: Path) -> None:
    (tmp_path / "The Courier").mkdir()
    record = '{"text": "The dam broke.", "url": "https://www.courier.example/dam"}'
    (tmp_path / "The Courier" / "some.jsonl").write_text(record)
    (tmp_path / "other.jsonl").write_text(record)
    assert sorted(a.source or "" for a in articles(tmp_path)) == ["The Courier", "courier.example"]
