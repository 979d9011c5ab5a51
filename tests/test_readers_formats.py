"""JSON, tables, SQLite files, archives, standard input: the shapes in which programs and services give articles."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from datasette_newscompare.loading.readers import Problem, read
from datasette_newscompare.loading.readers.columns import fields_of
from datasette_newscompare.records import Article
from datasette_newscompare.settings import ReadSettings

DAM = "The dam above Kelso broke early on Monday, flooding twelve houses in the lower town."
RECORD = {"text": DAM, "title": "Dam breaks", "source": "Herald", "published": "2025-02-24"}


def everything(*paths: object, source: str | None = None, **settings: object) -> tuple[list[Article], list[Problem]]:
    found = list(read([str(path) for path in paths], source, ReadSettings(**settings)))  # type: ignore[arg-type]
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Problem)]


# JSON


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: {"articles": r}, lambda r: {"response": {"results": r}}])
def test_json_array_and_lists_in_objects_are_read(tmp_path: Path, wrap: object, indent: int | None) -> None:
    records = [RECORD, RECORD | {"title": "Second"}, "no article", RECORD | {"title": "Fourth"}]
    records = records if wrap(1) == 1 else [r for r in records if isinstance(r, dict)]  # type: ignore[operator]
    (tmp_path / "all.json").write_text(json.dumps(wrap(records), indent=indent))  # type: ignore[operator]
    articles, problems = everything(tmp_path)
    assert [a.title for a in articles] == ["Dam breaks", "Second", "Fourth"]
    assert ["an object was expected, not a string" in p.reason for p in problems] == [True] * (len(records) - 3)


def test_json_file_may_hold_one_article_or_json_lines(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(RECORD, indent=1))
    (tmp_path / "two.json").write_text(f"{json.dumps(RECORD)}\n{{oops\n{json.dumps(RECORD | {'title': 'Last'})}\n")
    articles, [problem] = everything(tmp_path)
    assert [a.title for a in articles] == ["Dam breaks", "Dam breaks", "Last"]
    assert problem.place.endswith("two.json:2")


def test_json_array_longer_than_the_buffer_is_read_whole(tmp_path: Path) -> None:
    records = [{"text": f"{DAM} {number} {'x' * (number * 7 % 5000)}é"} for number in range(2000)]
    (tmp_path / "all.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    articles, problems = everything(tmp_path)
    assert problems == []
    assert [a.text for a in articles] == [r["text"] for r in records]


def test_json_array_cut_short_keeps_what_came_before(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps([RECORD, RECORD])[:-9])
    [article], [problem] = everything(tmp_path)
    assert article.title == "Dam breaks"
    assert "after 1 articles" in problem.reason


def test_newsapi_answer_is_recognised_and_its_cut_text_said(tmp_path: Path) -> None:
    answer = {
        "status": "ok",
        "totalResults": 1,
        "articles": [
            {
                "source": {"id": None, "name": "The Kelso Herald"},
                "author": "Ada Writer",
                "title": "Dam breaks",
                "description": "A dam broke.",
                "url": "https://www.kelsoherald.example/dam",
                "urlToImage": "https://www.kelsoherald.example/dam.jpg",
                "publishedAt": "2025-02-24T18:30:00Z",
                "content": "The dam above Kelso broke early on Monday, flooding… [+1834 chars]",
            }
        ],
    }
    (tmp_path / "newsapi.json").write_text(json.dumps(answer))
    [article], [problem] = everything(tmp_path)
    assert (article.source, article.author, article.title) == ("The Kelso Herald", "Ada Writer", "Dam breaks")
    assert (article.published, article.url) == ("2025-02-24T18:30:00+00:00", "https://www.kelsoherald.example/dam")
    assert article.text == "The dam above Kelso broke early on Monday, flooding…"
    assert problem.loaded
    assert "--fetch" in problem.reason


URL = "https://herald.example/dam"
SERVICES: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    # A record with the keys or columns that the service documents, and what is read of it.
    "Media Cloud, CSV of the search": (
        {"id": "9f", "indexed_date": "2025-02-25 10:00:00", "language": "en", "media_name": "herald.example",
         "media_url": "herald.example", "publish_date": "2025-02-24", "title": "Dam", "url": URL},
        {"id": "9f", "language": "en", "source": "herald.example", "published": "2025-02-24", "title": "Dam",
         "url": URL},
    ),
    "Media Cloud, API 2": (
        {"stories_id": 1, "publish_date": "2025-02-24 18:30:00", "title": "Dam", "url": URL, "language": "en",
         "guid": "x", "media_id": 2, "media_name": "The Herald", "media_url": "http://herald.example",
         "collect_date": "2025-02-25"},
        {"published": "2025-02-24 18:30:00", "title": "Dam", "url": URL, "language": "en", "source": "The Herald"},
    ),
    "NewsAPI": (
        {"source": {"id": None, "name": "The Herald"}, "author": "Ada", "title": "Dam", "description": "A dam.",
         "url": URL, "urlToImage": "https://herald.example/1.jpg", "publishedAt": "2025-02-24T18:30:00Z",
         "content": "[Removed]"},
        {"source": "The Herald", "author": "Ada", "title": "Dam", "summary": "A dam.", "url": URL,
         "published": "2025-02-24T18:30:00Z", "text": None},
    ),
    "newsdata.io": (
        {"article_id": "a1", "title": "Dam", "link": URL, "creator": ["Ada", "Ben"], "description": "A dam.",
         "content": "ONLY AVAILABLE IN PAID PLANS", "pubDate": "2025-02-24 18:30:00", "source_id": "herald",
         "source_name": "The Herald", "language": "english"},
        {"title": "Dam", "url": URL, "author": "Ada, Ben", "summary": "A dam.", "text": None,
         "published": "2025-02-24 18:30:00", "source": "The Herald", "language": "english"},
    ),
    "New York Times, article search": (
        {"abstract": "A dam.", "web_url": URL, "source": "The New York Times", "headline": {"main": "Dam"},
         "pub_date": "2025-02-24T18:30:00+0000", "byline": {"original": "By Ada"}},
        {"summary": "A dam.", "url": URL, "source": "The New York Times", "title": "Dam",
         "published": "2025-02-24T18:30:00+0000", "author": "By Ada"},
    ),
    "GDELT DOC, CSV": (
        {"URL": URL, "MobileURL": "", "Date": "2025-02-24 18:30:00", "Title": "Dam"},
        {"url": URL, "published": "2025-02-24 18:30:00", "title": "Dam"},
    ),
    "GDELT DOC, JSON": (
        {"url": URL, "url_mobile": "", "title": "Dam", "seendate": "20250224T183000Z", "socialimage": "",
         "domain": "herald.example", "language": "English", "sourcecountry": "United States"},
        {"url": URL, "title": "Dam", "published": "20250224T183000Z", "source": "herald.example",
         "language": "English"},
    ),
    "GDELT article list": (
        {"date": "2025-02-24T18:30:00Z", "url": URL, "title": "Dam", "desc": "A dam.", "outletName": "The Herald",
         "domain": "herald.example", "author": "Ada", "lang": "en", "image": ""},
        {"published": "2025-02-24T18:30:00Z", "url": URL, "title": "Dam", "summary": "A dam.", "source": "The Herald",
         "author": "Ada", "language": "en"},
    ),
    "GDELT GKG, with names": (
        {"GKGRECORDID": "20250224183000-1", "DATE": 20250224183000, "SourceCollectionIdentifier": 1,
         "SourceCommonName": "herald.example", "DocumentIdentifier": URL, "Counts": ""},
        {"published": 20250224183000, "source": "herald.example", "url": URL},
    ),
    "GDELT mentions, with names": (
        {"GLOBALEVENTID": 1, "EventTimeDate": 20250224183000, "MentionTimeDate": 20250224183000, "MentionType": 1,
         "MentionSourceName": "herald.example", "MentionIdentifier": URL, "SentenceID": 1},
        {"source": "herald.example", "url": URL},
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_columns_of_news_services_are_known(service: str) -> None:
    record, read_as = SERVICES[service]
    assert fields_of(record) == read_as


def test_schema_org_and_crawlers_names_of_fields_are_known(tmp_path: Path) -> None:
    schema_org = {
        "@type": "NewsArticle",
        "headline": "Dam",
        "articleBody": DAM,
        "datePublished": "2025-02-24",
        "author": {"@type": "Person", "name": "Ada"},
        "publisher": {"@type": "Organization", "name": "Herald"},
        "inLanguage": "en",
    }
    crawler = {
        "maintext": DAM,
        "title": "Dam",
        "date_publish": "2025-02-24 18:30:00",
        "authors": ["Ada", "Ben"],
        "source_domain": "www.herald.example",
        "url": "https://www.herald.example/dam",
        "language": "en",
    }
    json_feed = {
        "content_html": f"<p>{DAM}</p><p>{DAM}</p>",
        "title": "Dam",
        "date_published": "2025-02-24T18:30:00-05:00",
        "url": "https://herald.example/dam",
        "authors": [{"name": "Ada"}],
    }
    records = [schema_org, crawler, json_feed]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    articles, problems = everything(tmp_path)
    assert problems == []
    assert [(a.source, a.author, a.published) for a in articles] == [
        ("Herald", "Ada", "2025-02-24"),
        ("herald.example", "Ada, Ben", "2025-02-24T18:30:00"),
        ("herald.example", "Ada", "2025-02-24T18:30:00-05:00"),
    ]
    assert articles[2].text == f"{DAM}\n\n{DAM}"


def test_json_lines_in_utf_16_as_windows_writes_them_are_read(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_text(json.dumps({"text": "Überschwemmung"}, ensure_ascii=False), encoding="utf-16")
    articles, problems = everything(tmp_path)
    assert ([a.text for a in articles], problems) == (["Überschwemmung"], [])


def test_binary_named_json_lines_is_given_up_early(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_bytes(b"\x00\xff\n" * 100_000)
    articles, problems = everything(tmp_path)
    assert articles == []
    assert len(problems) < 110
    assert "none of the first 100 lines" in " ".join(p.reason for p in problems)


# Tables


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t"), ("a.csv", "|")]
)
def test_table_is_read_whatever_its_delimiter(tmp_path: Path, name: str, mark: str) -> None:
    cell = '"He said: ""twelve houses, or more; perhaps | thirteen"".\n\nNobody was hurt."'
    lines = [mark.join(["headline", "body", "date", "newspaper"]), mark.join(["Dam", cell, "24 Feb 2025", "Herald"])]
    (tmp_path / name).write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    [article], problems = everything(tmp_path)
    assert problems == []
    assert article.text == 'He said: "twelve houses, or more; perhaps | thirteen".\n\nNobody was hurt.'
    assert (article.title, article.published, article.source) == ("Dam", "2025-02-24", "Herald")
    assert article.origin == f"{tmp_path / name}:4"


def test_map_names_columns_and_keys_with_paths(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"day,words,paper,text\n24.02.2025,{DAM!r},Herald,not this\n".replace("'", '"'))
    (tmp_path / "b.json").write_text(json.dumps([{"day": "2025-02-24", "paper": "Post", "words": DAM, "text": "no"}]))
    mapped = (("text", "words"), ("published", "day"), ("source", "paper"))
    articles, problems = everything(tmp_path, columns=mapped)
    assert problems == []
    assert [(a.source, a.published, a.text) for a in articles] == [
        ("Herald", "2025-02-24", DAM),
        ("Post", "2025-02-24", DAM),
    ]
    (tmp_path / "c.json").write_text(json.dumps([{"fields": {"bodyText": DAM}}]))
    assert [a.text for a in everything(tmp_path / "c.json", columns=(("text", "fields.bodyText"),))[0]] == [DAM]


def test_mapped_column_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("headline,words\nDam,The dam broke.\n")
    articles, [problem] = everything(tmp_path, columns=(("text", "body"),))
    assert articles == []
    assert "no column 'body'" in problem.reason
    assert "headline, words" in problem.reason
    _, [problem] = everything(tmp_path)
    assert "--map text=COLUMN" in problem.reason


def test_row_numbers_of_a_table_are_no_ids_of_articles(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'id,text\n1,"{DAM}"\nx-2,"{DAM} More."\n')
    assert [a.id for a in everything(tmp_path)[0]] == [None, "x-2"]
    assert [a.id for a in everything(tmp_path, columns=(("id", "id"),))[0]] == ["1", "x-2"]


def test_bad_row_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [
        "title,text,author,source",
        f'One,"{DAM}",,',
        "lonely",
        f'Two,"{DAM} More.",a,b,c,d',
        "Three,,,",
        f'Four,"{DAM} Yes.",,',
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n")
    articles, problems = everything(tmp_path)
    assert [a.title for a in articles] == ["One", "Four"]
    assert [p.place.rpartition(":")[2] for p in problems] == ["3", "4", "5"]


def test_quotation_mark_that_never_ends_does_not_take_all_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as out:
        out.write(f'title,text\nOne,"{DAM}"\nTwo,"never ends\n')
        for _ in range(400_000):
            out.write(DAM + DAM + "\n")
    articles, problems = everything(tmp_path)
    assert articles[0].title == "One"
    assert problems
    assert len(problems) <= 1_100


def test_media_cloud_export_says_that_the_pages_have_to_be_fetched(tmp_path: Path) -> None:
    head = "id,indexed_date,language,media_name,media_url,publish_date,title,url"
    rows = [
        f"{n:064x},2025-02-25 10:00:00,en,herald.example,herald.example,2025-02-24,Dam {n},https://herald.example/{n}"
        for n in range(50)
    ]
    (tmp_path / "mc.csv").write_text("\n".join([head, *rows]) + "\n")
    articles, problems = everything(tmp_path)
    assert articles == []
    assert all("--fetch" in p.reason for p in problems)
    assert len(problems) == 21
    assert sum(p.count for p in problems) == 50


def test_gdelt_tables_without_column_names_are_recognised(tmp_path: Path) -> None:
    gkg = ["20250224183000-12", "20250224183000", "1", "herald.example", "https://herald.example/dam"] + [""] * 22
    event = ["1226000000", "20250224", "202502", "2025"] + ["0"] * 56 + ["https://post.example/flood"]
    (tmp_path / "20250224183000.gkg.csv").write_text("\t".join(gkg) + "\n")
    mention = ["1226000000", *["20250224183000"] * 2, "1", "herald.example", "https://herald.example/fire"] + ["0"] * 10
    (tmp_path / "20250224183000.mentions.CSV").write_text(("\t".join(mention) + "\n") * 2)
    (tmp_path / "20250224183000.export.CSV").write_text(("\t".join(event) + "\n") * 3)
    _, problems = everything(tmp_path)
    assert sorted(p.place.rpartition("/")[2] for p in problems) == [
        "20250224183000.export.CSV:1",
        "20250224183000.gkg.csv:1",
        "20250224183000.mentions.CSV:1",
    ]
    assert all("--fetch" in p.reason for p in problems)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Der Bürgermeister sagte, zwölf Häuser seien überflutet – „niemand wurde verletzt“."),
        ("cp1251", "Мэр сказал, что двенадцать домов затоплены, но никто не пострадал, и вода скоро уйдёт из города."),
        (
            "gb18030",
            "市长说，星期一早上大坝决口，十二栋房屋被淹，没有人受伤，洪水将在星期三晚上之前退去，县政府将支付酒店费用。",
        ),
        (
            "euc-kr",
            "시장은 월요일 아침 댐이 무너져 열두 채의 집이 물에 잠겼지만 다친 사람은 없다고 말했다. 물은 곧 빠진다.",
        ),
    ],
)
def test_encoding_that_nobody_names_is_found_and_said(tmp_path: Path, encoding: str, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(f'title,text\nA,"{words * 3}"\n'.encode(encoding))
    (tmp_path / "b.txt").write_bytes((words * 3).encode(encoding))
    articles, problems = everything(tmp_path)
    assert [a.text for a in articles] == [words * 3] * 2
    assert [(p.loaded, "not UTF-8" in p.reason) for p in problems] == [(True, True)] * 2


# SQLite


@pytest.fixture
def other_db(tmp_path: Path) -> Path:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "news items" (id INTEGER PRIMARY KEY, headline, body, paper, day)')
        connection.execute('INSERT INTO "news items" VALUES (1, ?, ?, ?, ?)', ["Dam", DAM, "Herald", "2025-02-24"])
        connection.execute('INSERT INTO "news items" VALUES (2, ?, ?, ?, ?)', ["Flood", b"The water.", "Post", None])
    connection.close()
    return path


def test_table_of_a_sqlite_file_is_read(other_db: Path) -> None:
    articles, problems = everything(f"{other_db}::news items", columns=(("source", "paper"), ("published", "day")))
    assert problems == []
    assert [(a.id, a.title, a.text, a.source, a.published) for a in articles] == [
        (None, "Dam", DAM, "Herald", "2025-02-24"),
        (None, "Flood", "The water.", "Post", None),
    ]


def test_query_of_a_sqlite_file_is_read(other_db: Path) -> None:
    sql = "SELECT body AS text, paper AS source, 'n' || id AS id FROM \"news items\" WHERE paper = 'Post'"
    [article], problems = everything(f"{other_db}::{sql}")
    assert problems == []
    assert (article.id, article.source, article.text) == ("n2", "Post", "The water.")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("", "news items"),
        ("nothing", "no table 'nothing'"),
        ("SELECT body FROM nowhere", "no such table"),
        ('DELETE FROM "news items"', "no table"),
        ('WITH x AS (SELECT 1) DELETE FROM "news items"', "SQLite says"),
        ('SELECT 1 AS text; DROP TABLE "news items"', "one statement"),
        ("SELECT load_extension('x') AS text", "SQLite says"),
        ("SELECT 1 AS one", "--map text=COLUMN"),
    ],
)
def test_what_is_no_reading_of_a_sqlite_file_is_refused(other_db: Path, wanted: str, reason: str) -> None:
    before = other_db.read_bytes()
    articles, [problem] = everything(f"{other_db}::{wanted}")
    assert articles == []
    assert reason in problem.reason
    assert other_db.read_bytes() == before


def test_sqlite_file_by_itself_or_missing_or_none_is_explained(tmp_path: Path, other_db: Path) -> None:
    (tmp_path / "none.sqlite").write_text("no database at all, only words in a file" * 40)
    reasons = [everything(path)[1][0].reason for path in (other_db, tmp_path / "no.db::x", tmp_path / "none.sqlite")]
    assert "other.db::TABLE" in reasons[0]
    assert "no such file" in reasons[1]
    assert "SQLite says" in reasons[2]


# Packed files and archives


def zst(data: bytes) -> bytes:
    zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    compressed: bytes = zstd.compress(data)
    return compressed


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zst}


@pytest.mark.parametrize(("ending", "pack"), PACKERS.items())
def test_packed_files_are_read_as_what_is_in_them(tmp_path: Path, ending: str, pack: object) -> None:
    files = {
        "a.txt": DAM, "b.jsonl": json.dumps(RECORD), "c.json": json.dumps([RECORD]), "d.csv": f'text\n"{DAM}"\n',
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / (name + ending)).write_bytes(pack(text.encode()))  # type: ignore[operator]
    articles, problems = everything(tmp_path)
    assert problems == []
    assert [(a.text, a.source) for a in articles] == [(DAM, "a"), (DAM, "Herald"), (DAM, "Herald"), (DAM, "d")]


def test_gzip_cut_short_keeps_the_lines_before(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"{DAM} {n} {hash(str(n))}"}) + "\n" for n in range(2_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-3000])
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(lines.encode())[:-3000])
    articles, problems = everything(tmp_path)
    assert 100 < len(articles) < 2_000
    assert {a.source for a in articles} == {"a"}
    assert ["damaged or cut short" in p.reason for p in problems] == [True, True]


@pytest.mark.parametrize(("ending", "pack"), PACKERS.items())
def test_packed_file_of_several_pieces_is_read_whole_and_a_damaged_one_as_far_as_it_goes(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    lines = "".join(json.dumps({"text": f"{DAM} {number}"}) + "\n" for number in range(3_000)).encode()
    halves = pack(lines[:100_000]), pack(lines[100_000:])
    (tmp_path / f"whole.jsonl{ending}").write_bytes(halves[0] + halves[1])
    assert len(everything(tmp_path)[0]) == 3_000
    (tmp_path / f"whole.jsonl{ending}").write_bytes(halves[0] + halves[1][:-5])
    articles, [problem] = everything(tmp_path)
    assert 900 < len(articles) <= 3_000
    assert "damaged or cut short" in problem.reason


def test_xz_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}]
    (tmp_path / "a.jsonl.xz").write_bytes(lzma.compress(json.dumps({"text": DAM}).encode(), filters=filters))
    articles, [problem] = everything(tmp_path)
    assert articles == []
    assert "Memory usage limit" in problem.reason


def packed(path: Path, files: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, {".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}.get(path.suffix, "w")) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


archives = pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz", "a.tar.bz2", "a.tar.xz"])


@archives
def test_archive_is_read_like_a_folder(tmp_path: Path, name: str) -> None:
    files = {
        "The Herald/2025/one.txt": DAM.encode(),
        "two.jsonl.gz": gzip.compress(json.dumps({"text": DAM}).encode()),
        "Post/three.csv": f'text\n"{DAM}"\n'.encode(),
        "__MACOSX/._one.txt": b"\x00\x05",
        ".hidden.txt": b"not this",
        "four.png": b"\x89PNG",
        "inner.db": b"SQLite",
    }
    articles, problems = everything(packed(tmp_path / name, files))
    assert [(a.source, a.text) for a in articles] == [("The Herald", DAM), ("two", DAM), ("Post", DAM)]
    assert articles[0].origin == f"{tmp_path / name}/The Herald/2025/one.txt"
    assert ["four.png" in problems[0].place, "inside an archive" in problems[1].reason] == [True, True]
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


@archives
def test_archives_in_an_archive_are_read_too_three_deep(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "made"
    inner.mkdir()
    deepest = packed(inner / "deepest.zip", {"a.txt": DAM.encode()}).read_bytes()
    deep = packed(inner / "deep.tar", {"Post/b.txt": DAM.encode(), "c.zip": deepest}).read_bytes()
    files = {
        "Herald/in.zip": packed(
            inner / "in.zip", {"d.txt.xz": lzma.compress(DAM.encode()), "e.tar": deep}
        ).read_bytes(),
        "f.tgz": packed(inner / "f.tgz", {"g/h.txt": DAM.encode()}).read_bytes(),
        "i.warc.gz": gzip.compress(b"not one"),
    }
    articles, problems = everything(packed(tmp_path / name, files))
    place = f"{tmp_path / name}"
    assert [a.origin for a in articles] == [
        f"{place}/Herald/in.zip/d.txt.xz", f"{place}/Herald/in.zip/e.tar/Post/b.txt", f"{place}/f.tgz/g/h.txt",
    ]  # fmt: skip
    assert [a.source for a in articles] == ["d", "Post", "g"]
    assert [p.place for p in problems] == [f"{place}/Herald/in.zip/e.tar/c.zip", f"{place}/i.warc.gz"]
    assert "this deep" in problems[0].reason


@archives
def test_names_that_climb_out_of_an_archive_are_refused(tmp_path: Path, name: str) -> None:
    climbing = ["../up.txt", "/etc/up.txt", "a/../../up.txt", "C:\\up.txt", "..\\up.txt"]
    files = {**{path: DAM.encode() for path in climbing}, "good.txt": DAM.encode()}
    [article], problems = everything(packed(tmp_path / name, files))
    assert article.source == "good"
    assert ["leads out" in p.reason for p in problems] == [True] * len(climbing)


def test_links_in_a_tar_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret")
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"link{kind.decode()}.txt")
            info.type, info.linkname = kind, str(tmp_path / "secret.txt")
            archive.addfile(info)
    articles, problems = everything(tmp_path / "a.tar")
    assert articles == []
    assert len(problems) == 3


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_archive_cut_anywhere_is_named(tmp_path: Path, name: str) -> None:
    chance = random.Random(1)
    path = packed(tmp_path / name, {f"{n}.txt": f"{DAM} {chance.random()} {n}".encode() * 40 for n in range(50)})
    whole = path.read_bytes()
    # A tar ends in empty blocks that nobody misses.
    longest = len(whole.rstrip(b"\0")) // 512 * 512 if name == "a.tar" else len(whole) - 100
    for length in (longest, *(chance.randrange(600, longest) for _ in range(12)), longest // 1024 * 512):
        path.write_bytes(whole[:length])
        articles, problems = everything(path)
        assert len(articles) <= 50
        assert any("damaged" in p.reason for p in problems), length


def test_encrypted_zip_says_what_to_do(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": DAM.encode()})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    articles, [problem] = everything(path)
    assert articles == []
    assert "encrypted" in problem.reason


# Standard input, named formats


def test_standard_input_of_a_pipe_is_read_as_it_comes() -> None:
    script = (
        'from datasette_newscompare.loading.readers import read\nfor one in read(["-"]): print(one.text, flush=True)'
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin
        assert program.stdout
        for words in ("First.", "Second."):
            program.stdin.write(json.dumps({"text": words}).encode() + b"\n")
            program.stdin.flush()
            assert program.stdout.readline().decode().strip() == words
        program.stdin.close()
        assert program.wait() == 0


def from_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes, **settings: object) -> tuple[list[Article], list[Problem]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return everything("-", **settings)


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (json.dumps(RECORD).encode() + b"\n", None),
        (gzip.compress(json.dumps(RECORD).encode()), None),
        (json.dumps([RECORD]).encode(), None),
        (json.dumps({"articles": [RECORD]}, indent=1).encode(), None),
        (json.dumps({"articles": [RECORD]}).encode(), None),
        (f'title,text\nA,"{DAM}"\n'.encode(), "csv"),
        (DAM.encode(), "text"),
    ],
)
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, data: bytes, format: str | None) -> None:
    [article], problems = from_stdin(monkeypatch, data, format=format)
    assert (article.text, problems) == (DAM, [])


def test_standard_input_that_is_nothing_known_is_read_as_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    articles, [problem] = from_stdin(monkeypatch, b"{oops\n")
    assert articles == []
    assert str(problem).startswith("standard input:1: not a JSON object")


def test_format_option_reads_files_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "dump.dat").write_text(f'title,text\nA,"{DAM}"\n')
    [article], problems = everything(tmp_path / "dump.dat", format="csv")
    assert (article.text, problems) == (DAM, [])


# Outlets, addresses, languages


@pytest.mark.parametrize(
    ("url", "source", "stored"),
    [
        ("https://www.bbc.example/news/1", "bbc.example", "https://www.bbc.example/news/1"),
        ("https://m.bbc.example/news/1?utm_source=x&id=3#top", "bbc.example", "https://m.bbc.example/news/1?id=3"),
        ("https://amp.bbc.example/news/1", "bbc.example", "https://amp.bbc.example/news/1"),
        ("https://mobile.bbc.example/news/1.amp.html", "bbc.example", "https://mobile.bbc.example/news/1.html"),
        ("https://www.bbc.example/news/1/amp/", "bbc.example", "https://www.bbc.example/news/1"),
        ("https://www-bbc-example.cdn.ampproject.org/c/s/www.bbc.example/news/1", "bbc.example", "https://www.bbc.example/news/1"),
        ("https://www.google.com/amp/s/www.bbc.example/news/1.amp", "bbc.example", "https://www.bbc.example/news/1"),
        ("https://news.bbc.example/1?outputType=amp", "news.bbc.example", "https://news.bbc.example/1"),
        ("http://WWW.BBC.Example:8080/a", "bbc.example", "http://WWW.BBC.Example:8080/a"),
    ],
)  # fmt: skip
def test_hosts_of_one_outlet_are_one_source(tmp_path: Path, url: str, source: str, stored: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": DAM, "url": url}))
    [article], _ = everything(tmp_path)
    assert (article.source, article.url) == (source, stored)


def test_source_is_the_records_then_the_options_then_the_hosts_then_the_files(tmp_path: Path) -> None:
    url = "https://www.herald.example/dam"
    records = [{"text": DAM, "url": url, "source": "Own"}, {"text": DAM, "url": url}, {"text": DAM}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert [a.source for a in everything(tmp_path)[0]] == ["Own", "herald.example", "a"]
    assert [a.source for a in everything(tmp_path, source="Given")[0]] == ["Own", "Given", "Given"]


@pytest.mark.parametrize("url", ["http://[broken/1", "https://a.example:port/", "http://"])
def test_address_that_is_none_is_left_out_and_said(tmp_path: Path, url: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": DAM, "url": url}))
    [article], [problem] = everything(tmp_path)
    assert article.url is None
    assert problem.loaded


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (DAM, "en"),
        ("Der Damm oberhalb der Stadt brach am Montag, zwölf Häuser wurden überflutet, niemand wurde verletzt.", "de"),
        ("Плотина прорвалась утром в понедельник, затоплены двенадцать домов, никто не пострадал.", "ru"),
        ("The dam broke.", None),
    ],
)
def test_language_is_found_where_it_is_not_given(tmp_path: Path, text: str, language: str | None) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": text}) + "\n" + json.dumps({"text": text, "language": "xx"}))
    assert [a.language for a in everything(tmp_path)[0]] == [language, "xx"]
