"""The readers and the text modules on input that nobody meant: bytes at random, damaged files, words without sense.

What was found this way stands below the properties as examples of its own.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_readers_web import FULL_HEAD, LONG, item, page, rss

from datasette_newscompare.loading.readers import Problem, read
from datasette_newscompare.loading.readers.dates import iso_date
from datasette_newscompare.loading.readers.markup import text_of
from datasette_newscompare.loading.readers.outlets import host_name, tidy_address
from datasette_newscompare.loading.readers.problems import CannotRead
from datasette_newscompare.records import Article
from datasette_newscompare.settings import ReadSettings
from datasette_newscompare.text.document import annotate

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

DAM = "The dam above Kelso broke early on Monday, flooding 12 houses; “nobody was hurt,” Mayor Ada Finch said."
RECORD = json.dumps({"text": DAM, "title": "Dam", "published": "2025-02-24T18:30:00Z", "url": "https://a.example/1"})


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/one.txt", DAM)
        archive.writestr("two.jsonl", RECORD)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a/one.txt")
        info.size = len(DAM.encode())
        archive.addfile(info, io.BytesIO(DAM.encode()))
    return out.getvalue()


WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\nWARC-Date: 2025-02-24T00:00:00Z\r\n"
    b"WARC-Record-ID: <urn:uuid:0>\r\nContent-Type: application/http; msgtype=response\r\n"
    b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page().encode()
GOOD: dict[str, bytes] = {
    ".txt": f"---\ntitle: Dam\npublished: 2025-02-24\n---\n{DAM}".encode(),
    ".jsonl": f"{RECORD}\n{RECORD}\n".encode(),
    ".json": f"[{RECORD}, {RECORD}]".encode(),
    ".csv": f'title,text,date,url\nDam,"{DAM}",24 Feb 2025,https://a.example/1\n'.encode(),
    ".html": page(FULL_HEAD).encode(),
    ".mhtml": b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page().encode(),
    ".xml": rss(item(more=f"<description><![CDATA[{LONG}]]></description>")).encode(),
    ".urls": b"# none\n",
    ".warc": WARC % (len(ANSWER), ANSWER),
    ".zip": zipped(),
    ".tar": tarred(),
    ".db": b"SQLite format 3\x00" + bytes(200),
    ".jsonl.gz": gzip.compress(RECORD.encode()),
    ".jsonl.bz2": bz2.compress(RECORD.encode()),
    ".jsonl.xz": lzma.compress(RECORD.encode()),
    ".txt.zst": b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00words",
}
every_kind = pytest.mark.parametrize("ending", GOOD)


def check(name: str, data: bytes) -> list[Article | Problem]:
    """Read the bytes as a file of this name; whatever comes out must be fit to be stored and shown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        found = list(read([str(path)], None, ReadSettings(robots=False, tries=1)))
    assert found
    for one in found:
        if isinstance(one, Problem):
            assert one.place.startswith(str(path))
            assert one.reason
            continue
        assert one.text.strip()
        assert one.source
        for value in (one.text, one.title, one.author, one.url, one.id, one.source, one.language):
            assert value is None or "\x00" not in value
            (value or "").encode("utf-8")
    return found


@every_kind
@given(data=st.binary(max_size=400))
@settings(patiently, max_examples=30)
def test_bytes_at_random_become_articles_or_one_line_each(ending: str, data: bytes) -> None:
    if ending not in (".urls", ".txt") or b"http" not in data:
        check(f"x{ending}", data)


@every_kind
@given(data=st.data())
@settings(patiently, max_examples=30)
def test_damaged_files_become_articles_or_one_line_each(ending: str, data: st.DataObject) -> None:
    good = bytearray(GOOD[ending])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(good)))
        cut = data.draw(st.sampled_from([0, 1, 2, 50, 2000]))
        good[at : at + cut] = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(PIECES)))
    check(f"x{ending}", bytes(good))


PIECES = [
    b"<!--", b"<![CDATA[", b"&#0;", b"&#x110000;", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"{", b"[", b"\x00", b"\n---\n",
    b"1e999", b"NaN", b"\\ud800", b"<svg>", b"<br><br>", b"<table>", b"-1", b"\r\n\r\n", b"<?xml version='1.0'?>",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["text", "body", "html", "summary", "title", "published", "date", "url", "author", "authors", "source", "id",
     "language", "story", "publisher", "content"]
)  # fmt: skip


@given(records=st.lists(st.dictionaries(NAMES, JSON | st.just(DAM), max_size=6), min_size=1, max_size=3))
@settings(patiently, max_examples=75)
@example(records=[{"text": DAM, "published": float("nan")}])
@example(records=[{"text": DAM, "published": 10**30}])
@example(records=[{"text": DAM, "url": "//[", "source": {"name": {}}}])
@example(records=[{"text": "\ud800"}])
def test_records_of_any_values_become_articles_or_one_line_each(records: list[dict[str, object]]) -> None:
    check("x.jsonl", "".join(json.dumps(record) + "\n" for record in records).encode())
    check("x.json", json.dumps(records).encode())


@given(
    value=st.one_of(
        st.text(max_size=40), st.integers(), st.floats(), st.from_regex(r"\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4}.{0,12}")
    )
)
@settings(patiently, max_examples=100)
def test_anything_is_a_date_or_none_and_dates_stay_what_they_are(value: object) -> None:
    try:
        found = iso_date(value)
    except ValueError:
        return
    if found is not None:
        assert iso_date(found) == found


@given(url=st.one_of(st.text(max_size=40), st.from_regex(r"https?://[^/\s]{1,20}/\S{0,30}")))
@settings(patiently, max_examples=100)
def test_any_address_is_tidied_once_and_for_all(url: str) -> None:
    tidy = tidy_address(url)
    assert tidy_address(tidy) == tidy
    assert host_name(url) == host_name(tidy)


@given(
    markup=st.lists(
        st.one_of(st.text(max_size=12), st.sampled_from([piece.decode("latin-1") for piece in PIECES])), max_size=12
    )
)
@settings(patiently, max_examples=80)
def test_any_markup_gives_paragraphs_without_tags_of_ours(markup: list[str]) -> None:
    try:
        text = text_of("<p>" + "<b>".join(markup))
    except CannotRead:
        return
    assert text == text.strip()
    assert "\n\n\n" not in text


WORDS = st.sampled_from([
    "the", "Mr.", "U.S.", "$500bn", "12%", "“", "”", '"', "'", "said", "Putin", "...", "…", "\n\n", "\n", "3,000",
    "1.5m", "at 6:30 p.m.", "Feb. 24", "(AP)", "By Ada Finch", "Photo: Reuters", "Advertisement", "—", "no.", "№",
    "🙂", "\u200b", "ß", "1/0", "0%", "£", "-",
])  # fmt: skip


@given(
    text=st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)),
    title=st.none() | st.text(max_size=30),
    published=st.none() | st.sampled_from(["2025", "2025-02", "2025-02-24", "2025-02-24T18:30:00+00:00"]),
)
@settings(patiently, max_examples=100)
def test_any_text_is_annotated_with_offsets_that_quote_it(text: str, title: str | None, published: str | None) -> None:
    found = annotate(text, title, published)
    end = 0
    for position, sentence in enumerate(found.sentences):
        assert sentence.position == position
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.start >= end
        assert sentence.text.strip()
        end = sentence.end
    for position, quantity in found.quantities:
        assert text[quantity.start : quantity.end] == quantity.text
        assert found.sentences[position].start <= quantity.start
        assert quantity.end <= found.sentences[position].end
    for position, quote in found.quotes:
        assert text[quote.start : quote.end] == quote.text
        assert 0 <= position < len(found.sentences)
