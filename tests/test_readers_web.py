"""Saved pages, feeds and web archives as they come from news sites: what becomes of them."""

from __future__ import annotations

import datetime
import gzip
import io
import json
from pathlib import Path

import pytest

from datasette_newscompare.loading.readers import Problem, read
from datasette_newscompare.records import Article
from datasette_newscompare.settings import ReadSettings

PARAGRAPHS = (
    "The dam above Kelso broke early on Monday after three days of rain, flooding twelve houses in the lower town.",
    "Mayor Ada Finch said that nobody was hurt, and that the water would be gone by Wednesday evening at the latest.",
    "Engineers had warned of cracks in the wall since the spring, according to a report that the council published.",
    "The county will pay for hotel rooms until the houses are dry, a spokesman told reporters in the town hall.",
)
LINKED_DATA = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "The Kelso Herald"},
        {
            "@type": ["NewsArticle"],
            "headline": "Dam breaks above Kelso",
            "datePublished": "2025-02-24T18:30:00+01:00",
            "author": [{"@type": "Person", "name": "Ada Writer"}, {"@type": "Person", "name": "Ben Scribe"}],
        },
    ],
}


def page(head: str = "", body: str | None = None, lang: str = "en-GB") -> str:
    text = body if body is not None else "".join(f"<p>{words}</p>" for words in PARAGRAPHS)
    return f"""<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Dam breaks above Kelso | The Kelso Herald</title>{head}</head>
<body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul>
</nav></header>
<main><article><h1>Dam breaks above Kelso</h1>
<figure><img src="dam.jpg"><figcaption>The broken dam. Photo: Herald</figcaption></figure>{text}</article></main>
<aside><h2>Most read</h2><ul><li><a href="/a">Cat rescued from tree</a></li></ul>
</aside><footer><p>Copyright The Kelso Herald. <a href="/privacy">Privacy</a></p></footer>
<script>window.track = "Ignore this";</script></body></html>"""


FULL_HEAD = f"""<script type="application/ld+json">{json.dumps(LINKED_DATA)}</script>
<link rel="canonical" href="https://www.kelsoherald.example/news/dam?utm_source=x">"""


def everything(*paths: object, source: str | None = None, **settings: object) -> tuple[list[Article], list[Problem]]:
    found = list(read([str(path) for path in paths], source, ReadSettings(**settings)))  # type: ignore[arg-type]
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Problem)]


def test_saved_page_gives_text_title_authors_date_with_zone_and_address(tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_text(page(FULL_HEAD), encoding="utf-8")
    [article], problems = everything(tmp_path)
    assert problems == []
    assert (article.title, article.author) == ("Dam breaks above Kelso", "Ada Writer, Ben Scribe")
    assert article.published == "2025-02-24T18:30:00+01:00"
    assert article.url == "https://www.kelsoherald.example/news/dam"
    assert (article.source, article.language) == ("kelsoherald.example", "en")
    for words in PARAGRAPHS:
        assert words in article.text.split("\n\n")
    assert article.text.startswith("Dam breaks above Kelso\n\n")
    for furniture in ("Most read", "Cat rescued", "Privacy", "Sport", "Ignore this"):
        assert furniture not in article.text


def test_date_of_a_page_without_linked_data_comes_from_its_meta_elements(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2025-02-24T06:05:00Z">'
    head += '<meta name="author" content="A. Writer">'
    (tmp_path / "saved.html").write_text(page(head), encoding="utf-8")
    [article], _ = everything(tmp_path)
    assert (article.published, article.author) == ("2025-02-24T06:05:00+00:00", "A. Writer")


def test_page_saved_by_a_browser_keeps_the_address_it_was_saved_from_and_its_parts_are_no_articles(
    tmp_path: Path,
) -> None:
    html = page().replace("<html", "<!-- saved from url=(0041)https://m.kelsoherald.example/news/dam-1 -->\n<html")
    (tmp_path / "Dam.html").write_text(html, encoding="utf-8")
    (tmp_path / "Dam_files").mkdir()
    (tmp_path / "Dam_files" / "frame.html").write_text(page(), encoding="utf-8")
    (tmp_path / "Dam_files" / "site.css").write_text("p { }")
    [article], problems = everything(tmp_path)
    assert (article.url, article.source) == ("https://m.kelsoherald.example/news/dam-1", "kelsoherald.example")
    assert problems == []


def test_page_saved_as_mhtml_is_read(tmp_path: Path) -> None:
    parts = [
        "From: <Saved by Blink>",
        "Snapshot-Content-Location: https://www.kelsoherald.example/news/dam",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="----B"',
        "",
        "------B",
        "Content-Type: text/html",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        page().replace("=", "=3D"),
        "------B--",
        "",
    ]
    (tmp_path / "dam.mhtml").write_bytes("\r\n".join(parts).encode())
    [article], problems = everything(tmp_path)
    assert problems == []
    assert article.url == "https://www.kelsoherald.example/news/dam"
    assert PARAGRAPHS[0] in article.text


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("windows-1251", "windows-1251"), ("iso-8859-1", "iso-8859-1"), ("shift_jis", "Shift_JIS"), ("utf-16", "utf-16")],
)
def test_page_in_the_encoding_that_it_declares_is_read_true(tmp_path: Path, encoding: str, declared: str) -> None:
    words = {
        "windows-1251": "Плотина прорвалась утром в понедельник, затоплены двенадцать домов в нижней части города.",
        "shift_jis": "月曜日の朝、ダムが決壊し、町の十二軒の家が浸水したと市長が発表した。けが人はいなかった。",
    }.get(encoding, "La présa è già caduta lunedì, così il sindaco: nessuno è stato ferito, perché l'acqua è poca.")
    body = "".join(f"<p>{words} {number} {words}</p>" for number in range(8))
    html = page(body=body).replace('charset="utf-8"', f'charset="{declared}"')
    (tmp_path / "saved.html").write_bytes(html.encode(encoding))
    articles, problems = everything(tmp_path)
    if encoding == "shift_jis":  # has few words by spaces, and is read all the same
        assert [str(problem) for problem in problems] == []
    assert words in articles[0].text


def test_front_page_without_an_article_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "front.html").write_text(page(body=""), encoding="utf-8")
    articles, [problem] = everything(tmp_path)
    assert articles == []
    assert "no article was found" in problem.reason


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("\x00\x01\x02" * 50, "binary"),
        ("<div>" * 20_000 + "deep", "no"),
        ("<p>" + "<b>" * 300 + "deep" + "</b>" * 300, "deep"),
    ],
)
def test_page_that_is_none_ends_in_one_line(tmp_path: Path, html: str, reason: str) -> None:
    (tmp_path / "bad.html").write_text(html)
    (tmp_path / "good.html").write_text(page(), encoding="utf-8")
    [article], [problem] = everything(tmp_path)
    assert PARAGRAPHS[0] in article.text
    assert reason in problem.reason
    assert problem.place.endswith("bad.html")


ITEM = "<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>{more}</item>"
LONG = "".join(f"<p>{words} {words}</p>" for words in PARAGRAPHS)


def rss(*items: str, head: str = "<title>The Kelso Herald</title><language>en-us</language>") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>' + head + "".join(items) + "</channel></rss>"
    )


def item(
    title: str = "Dam breaks",
    link: str = "https://www.kelsoherald.example/dam",
    date: str = "Mon, 24 Feb 2025 18:30:00 +0100",
    more: str = "",
) -> str:
    return ITEM.format(title=title, link=link, date=date, more=more)


def test_rss_with_full_text_gives_articles(tmp_path: Path) -> None:
    more = "<dc:creator>Ada Writer</dc:creator><description>Short.</description>"
    more += f"<content:encoded><![CDATA[{LONG}]]></content:encoded>"
    (tmp_path / "feed.xml").write_text(rss(item("Dam &amp;amp; water", more=more)), encoding="utf-8")
    [article], problems = everything(tmp_path)
    assert problems == []
    assert (article.title, article.author, article.source) == ("Dam & water", "Ada Writer", "kelsoherald.example")
    assert (article.published, article.language) == ("2025-02-24T18:30:00+01:00", "en")
    assert article.text.split("\n\n")[0] == f"{PARAGRAPHS[0]} {PARAGRAPHS[0]}"


def test_feed_with_summaries_only_loads_them_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "feed.rss").write_text(rss(item(more=f"<description>{PARAGRAPHS[0]}</description>")), encoding="utf-8")
    [article], [problem] = everything(tmp_path)
    assert article.text == PARAGRAPHS[0]
    assert problem.loaded
    assert "--fetch" in problem.reason


def test_atom_feed_is_read(tmp_path: Path) -> None:
    atom = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Kelso Herald</title>
    <id>urn:x</id><updated>2025-02-24T18:30:00Z</updated><entry><title>Dam breaks</title><id>urn:1</id>
    <link rel="alternate" href="https://kelsoherald.example/dam"/><published>2025-02-24T18:30:00+02:00</published>
    <updated>2025-02-25T00:00:00Z</updated><author><name>Ada Writer</name></author>
    <content type="html">{LONG.replace("<", "&lt;")}</content></entry></feed>"""
    (tmp_path / "feed.atom").write_text(atom, encoding="utf-8")
    [article], problems = everything(tmp_path)
    assert problems == []
    assert (article.published, article.author) == ("2025-02-24T18:30:00+02:00", "Ada Writer")
    assert article.url == "https://kelsoherald.example/dam"


def test_aggregators_entry_is_by_the_outlet_that_it_names(tmp_path: Path) -> None:
    more = f'<source url="https://www.post.example">The Post</source><description><![CDATA[{LONG}]]></description>'
    (tmp_path / "f.xml").write_text(rss(item(link="https://news.aggregator.example/x/1", more=more)), encoding="utf-8")
    [article], _ = everything(tmp_path)
    assert article.source == "The Post"


@pytest.mark.parametrize(
    "date",
    [
        (datetime.date.today() + datetime.timedelta(days=400)).strftime("%a, %d %b %Y 10:00:00 GMT"),
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 30 Feb 2025 99:00:00 GMT",
        "next Tuesday",
    ],
)
def test_feed_that_lies_about_dates_is_read_without_them_and_said(tmp_path: Path, date: str) -> None:
    feed = rss(item(date=date, more=f"<description><![CDATA[{LONG}]]></description>"))
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    [article], [problem] = everything(tmp_path)
    assert article.published is None
    assert problem.loaded
    assert "date" in problem.reason


def test_billion_laughs_are_refused_unexpanded(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    feed = rss(item(more="<description>&a11;</description>")).replace("<rss", f"<!DOCTYPE rss [{entities}]><rss", 1)
    (tmp_path / "laughs.xml").write_text(feed, encoding="utf-8")
    (tmp_path / "outside.xml").write_text(
        feed.replace(entities, '<!ENTITY a11 SYSTEM "file:///etc/hostname">'), encoding="utf-8"
    )
    articles, problems = everything(tmp_path)
    assert articles == []
    assert [("entities" in p.reason, Path(p.place).name) for p in problems] == [
        (True, "laughs.xml"),
        (True, "outside.xml"),
    ]


def test_feed_that_is_broken_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    full = f"<description><![CDATA[{LONG}]]></description>"
    feed = rss(item("One", more=full), item("Two & three", link="https://kelsoherald.example/2", more=full))
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    articles, problems = everything(tmp_path)
    assert [a.title for a in articles] == ["One", "Two & three"]
    assert ["not well-formed" in p.reason and p.loaded for p in problems] == [True]


def test_xml_that_is_no_feed_is_named(tmp_path: Path) -> None:
    (tmp_path / "books.xml").write_text("<?xml version='1.0'?><books><book/></books>")
    articles, [problem] = everything(tmp_path)
    assert articles == []
    assert "no RSS or Atom" in problem.reason


def warc(path: Path, *records: tuple[str, str, bytes], gzipped: bool = False, status: str = "200 OK") -> Path:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzipped)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "a test"}))
    for url, media_type, body in records:
        headers = StatusAndHeaders(status, [("Content-Type", media_type)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("gzipped", [False, True])
def test_warc_gives_the_articles_of_its_pages(tmp_path: Path, gzipped: bool) -> None:
    path = warc(
        tmp_path / ("crawl.warc.gz" if gzipped else "crawl.warc"),
        ("https://www.kelsoherald.example/dam", "text/html; charset=utf-8", page().encode()),
        ("https://www.kelsoherald.example/dam.jpg", "image/jpeg", b"\xff\xd8\xff" * 100),
        ("https://amp.post.example/flood/amp", "text/html", page().encode()),
        gzipped=gzipped,
    )
    articles, problems = everything(path)
    assert problems == []
    assert [(a.source, a.url) for a in articles] == [
        ("kelsoherald.example", "https://www.kelsoherald.example/dam"),
        ("post.example", "https://amp.post.example/flood"),
    ]


def test_warc_cut_short_keeps_what_came_before(tmp_path: Path) -> None:
    path = warc(tmp_path / "crawl.warc.gz", *[("https://a.example/1", "text/html", page().encode())] * 3, gzipped=True)
    path.write_bytes(path.read_bytes()[:-700])
    articles, problems = everything(path)
    assert len(articles) >= 1
    assert any("cut short" in problem.reason for problem in problems)


def test_page_that_a_warc_has_as_an_error_is_passed_over(tmp_path: Path) -> None:
    path = warc(tmp_path / "c.warc", ("https://a.example/1", "text/html", page().encode()), status="404 Not Found")
    articles, [problem] = everything(path)
    assert articles == []
    assert "no article was found" in problem.reason


def test_gzipped_page_and_feed_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(page(FULL_HEAD).encode()))
    feed = rss(item(more=f"<description><![CDATA[{LONG}]]></description>"))
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(feed.encode()))
    articles, problems = everything(tmp_path)
    assert problems == []
    assert [a.title for a in articles] == ["Dam breaks above Kelso", "Dam breaks"]
