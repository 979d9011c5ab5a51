"""Inputs made to take all memory or all time: each ends in one line, within bounds, and the rest is read."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.cli import cli
from test_readers_web import PARAGRAPHS, page

from datasette_newscompare.loading.readers import Problem, limits, read
from datasette_newscompare.records import Article

DAM = "The dam above Kelso broke early on Monday, flooding twelve houses in the lower town."
MIB = 1024 * 1024


def everything(*paths: object) -> tuple[list[Article], list[Problem]]:
    found = list(read([str(path) for path in paths]))
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Problem)]


def peak_memory_of_reading(path: Path) -> tuple[int, list[str]]:
    """Bytes by which a process of its own grows while it reads, and what it says of each article and problem."""
    script = """
import resource, sys
from datasette_newscompare.loading.readers import Problem, read
import datasette_newscompare.loading.readers.pages, py3langid, charset_normalizer, trafilatura
list(read(["-"]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for one in read([sys.argv[1]]):
    print(one.reason if isinstance(one, Problem) else "article")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"""
    warm = json.dumps({"text": DAM}).encode()
    result = subprocess.run([sys.executable, "-c", script, str(path)], input=warm, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    *lines, grown = result.stdout.decode().splitlines()
    return int(grown) * (1 if sys.platform == "darwin" else 1024), lines


def test_two_hundred_megabytes_in_one_line_are_passed_over_and_the_next_lines_read(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("w") as out:
        out.write('{"text": "')
        for _ in range(200):
            out.write("x" * MIB)
        out.write('"}\n' + json.dumps({"text": DAM}) + "\n")
    grown, lines = peak_memory_of_reading(path)
    assert lines == ["the line is longer than 32 MB, which no article is", "article"]
    assert grown < 150 * MIB


@pytest.mark.parametrize("name", ["long.txt", "long.html", "long.json", "long.xml", "long.mhtml", "long.csv"])
def test_a_hundred_megabytes_in_one_piece_end_in_one_line(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as out:
        out.write(b"text\n" if name.endswith("csv") else b"{")
        for _ in range(100):
            out.write(b"x" * MIB)
    grown, lines = peak_memory_of_reading(tmp_path / name)
    assert len(lines) < 12
    assert "article" not in lines
    assert grown < 400 * MIB


def test_a_million_spaces_are_read_like_any_text(tmp_path: Path) -> None:
    """Looked for in all of a text, the mark of one that was cut off would take hours."""
    path = tmp_path / "spaces.jsonl"
    path.write_text(json.dumps({"text": DAM + " " * 900_000 + "The end."}) + "\n")
    assert peak_memory_of_reading(path)[1] == ["article"]


def test_many_json_lines_are_read_without_holding_them(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w") as out:
        for number in range(10_000):
            out.write(json.dumps({"text": f"{DAM} {number}", "pad": "x" * 5_000}) + "\n")
    grown, lines = peak_memory_of_reading(path)
    assert lines == ["article"] * 10_000
    assert grown < 40 * MIB


def zeros(size: int) -> Iterator[bytes]:
    for _ in range(size // MIB):
        yield bytes(MIB)


def test_gzip_bomb_is_stopped(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(200 * MIB))
    for name in ("bomb.jsonl.gz", "bomb.csv.gz", "bomb.warc.gz", "bomb.tgz", "bomb.txt.gz"):
        (tmp_path / name).write_bytes(bomb)
    articles, problems = everything(tmp_path)
    assert articles == []
    assert len(problems) == 5
    stopped = [p for p in problems if "unpacks to more than 200 times" in p.reason]
    assert len(stopped) == 2  # the others are not what they are named after, and known for it at once


def test_zip_bombs_are_stopped_by_ratio_and_the_rest_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("bomb.jsonl", "w", force_zip64=True) as out:
            for part in zeros(300 * MIB):
                out.write(part)
        archive.writestr("nested.zip", b"PK")
        archive.writestr("good.txt", " ".join(f"{DAM} {hash(str(n))}" for n in range(3_000)))
    [article], problems = everything(tmp_path / "bomb.zip")
    assert article.source == "good"
    assert ["200 times" in problems[0].reason, "damaged" in problems[1].reason] == [True, True]


def test_archive_of_many_small_bombs_is_stopped_as_a_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(24):
            archive.writestr(f"{number}.jsonl", bytes(20 * MIB))
    articles, problems = everything(tmp_path / "bomb.zip")
    assert articles == []
    assert problems[-1].place == str(tmp_path / "bomb.zip")
    assert "200 times" in problems[-1].reason
    assert len(problems) < 20


def test_bomb_in_an_archive_in_an_archive_is_stopped_by_what_the_outermost_takes_up(tmp_path: Path) -> None:
    """Each of the two stays below 200 times, and both together do not."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.jsonl", random.Random(number).randbytes(14_000) + bytes(2 * MIB))
    with tarfile.open(tmp_path / "bomb.tar.xz", "w:xz") as archive:
        for number in range(6):
            info = tarfile.TarInfo(f"{number}.zip")
            info.size = len(inner.getvalue())
            archive.addfile(info, io.BytesIO(inner.getvalue()))
    articles, problems = everything(tmp_path)
    assert articles == []
    assert any("200 times" in p.reason and p.place == str(tmp_path / "bomb.tar.xz") for p in problems)


def test_sparse_file_in_a_tar_is_not_unpacked(tmp_path: Path) -> None:
    info = tarfile.TarInfo("huge.txt")
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(10**12), "GNU.sparse.realsize": str(10**12)}
    info.size = 1
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b"x"))
    articles, [problem] = everything(tmp_path / "a.tar")
    assert articles == []
    assert problem.reason


def test_page_of_too_many_elements_is_named(tmp_path: Path) -> None:
    (tmp_path / "wide.html").write_text(page(body="<p>a</p>" * (limits.ELEMENTS + 1)))
    (tmp_path / "table.html").write_text(page(body="<table>" + "<tr><td>1" * 30_000 + "</table>"))
    (tmp_path / "data.html").write_text(page(body=page() + "<table>" + "<tr><td>12" * 10_000 + "</table>"))
    [article], problems = everything(tmp_path)
    assert PARAGRAPHS[0] in article.text
    assert sorted((Path(p.place).name, "elements" in p.reason) for p in problems) == [
        ("table.html", True), ("wide.html", True),
    ]  # fmt: skip


def test_nesting_of_any_depth_ends_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 500_000)
    (tmp_path / "b.html").write_text(page(body="<blockquote><p>x" * 100_000))
    (tmp_path / "c.json").write_text("[" * 500_000)
    (tmp_path / "d.json").write_text('{"articles":' * 100_000)
    (tmp_path / "e.jsonl").write_text('{"a":' * 100_000 + "\n" + json.dumps({"text": DAM}))
    (tmp_path / "f.xml").write_text("<rss><channel>" + "<item>" * 50_000)
    (tmp_path / "g.md").write_text("---\na: " + "[" * 20_000 + "\n---\n" + DAM)
    (tmp_path / "h.html").write_text(f'<script type="application/ld+json">{"[" * 100_000}</script>' + page())
    articles, problems = everything(tmp_path)
    assert sorted(Path(article.origin.partition(":")[0]).name for article in articles) == ["e.jsonl", "h.html"]
    named = {Path(problem.place.partition(":")[0].partition("#")[0]).name for problem in problems}
    assert named - {tmp_path.name} == {"a.html", "b.html", "c.json", "d.json", "e.jsonl", "f.xml", "g.md"}


def test_article_of_one_word_is_read_and_one_of_a_million_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Resigned.")
    (tmp_path / "million.txt").write_text("word " * 1_000_000)
    [article], [problem] = everything(tmp_path)
    assert article.text == "Resigned."
    assert problem.place.endswith("million.txt")
    assert "1,000,000 characters" in problem.reason


def test_ten_thousand_copies_of_one_text_become_one_article(tmp_path: Path) -> None:
    (tmp_path / "copies.jsonl").write_text((json.dumps({"text": DAM, "source": "Herald"}) + "\n") * 10_000)
    result = CliRunner().invoke(
        cli,
        [
            "newscompare",
            "load",
            "--level",
            "lexical",
            str(tmp_path / "x.db"),
            str(tmp_path / "copies.jsonl"),
            "--no-entities",
        ],
    )
    assert result.exit_code == 0, result.output
    assert "Read 10,000 articles: 1 new" in result.output
    assert "holds 1 article of 1 source" in result.output


def test_thousands_of_bad_places_are_counted_and_not_all_named(tmp_path: Path) -> None:
    lines = [
        json.dumps({"text": DAM}),
        *('{"title": "no text"}' for _ in range(5_000)),
        *(f'{{"a": {"1" * n}x}}' for n in range(1, 3_000)),
    ]
    (tmp_path / "bad.jsonl").write_text("\n".join(lines))
    articles, problems = everything(tmp_path / "bad.jsonl")
    assert len(articles) == 1
    assert len(problems) <= limits.NAMED + 3
    assert sum(problem.count for problem in problems) == 7_999
    assert any("the same at 4,980 more places" in problem.reason for problem in problems)
