"""Pages got from a real server on this machine: how politely it is asked, and what becomes of its answers."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

from news_site import Site, serving
from test_readers_web import LONG, PARAGRAPHS, item, page, rss

from datasette_newscompare.loading.readers import Problem, read
from datasette_newscompare.records import Article
from datasette_newscompare.settings import ReadSettings


def fetched(*inputs: object, **settings: object) -> tuple[list[Article], list[Problem]]:
    found = list(read(map(str, inputs), None, ReadSettings(**{"delay": 0, **settings})))  # type: ignore[arg-type]
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Problem)]


def test_address_gives_its_article(site: Site) -> None:
    [article], problems = fetched(site.page("/dam"))
    assert problems == []
    assert (article.url, article.source, article.title) == (f"{site.root}/dam", "127.0.0.1", "Dam breaks above Kelso")
    assert site.paths() == ["/robots.txt", "/dam"]
    assert all(agent.startswith("datasette-newscompare/") for *_, agent in site.asked)


def test_list_of_addresses_is_read_and_failures_are_named_by_line(site: Site, tmp_path: Path) -> None:
    lines = ["# my list", site.page("/dam"), "", site.root + "/gone", site.page("/front", page(body="")), "ftp://x/y"]
    (tmp_path / "list.urls").write_text("\n".join(lines))
    (tmp_path / "same.txt").write_text("\n".join(lines[:-1]))
    for name, failures in (("list.urls", 3), ("same.txt", 2)):
        articles, problems = fetched(tmp_path / name)
        assert [a.url for a in articles] == [f"{site.root}/dam"]
        reasons = {p.place.rpartition(":")[2]: p.reason for p in problems}
        assert len(reasons) == failures
        assert "404" in reasons["4"]
    assert ["no article" in str(p) for p in problems] == [False, True]


def test_pages_of_one_host_are_asked_for_one_at_a_time_and_slowly(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.urls").write_text(
        "\n".join(site.page(f"/{n}", page(body=LONG + f"<p>{n}</p>")) for n in range(4))
    )
    articles, _ = fetched(tmp_path / "list.urls", delay=0.2)
    assert len(articles) == 4
    assert site.most_busy == 1
    times = [moment for moment, *_ in site.asked]
    assert all(after - before >= 0.19 for before, after in pairwise(times))


def test_hosts_are_asked_at_the_same_time_and_answers_keep_their_order(site: Site, tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=20)

    def together(request: BaseHTTPRequestHandler) -> None:
        both.wait()  # no answer before the other site was asked too
        body = page(body=LONG).encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with serving() as other:
        site.answers["/a"] = [together]
        other.answers["/b"] = [together]
        (tmp_path / "list.urls").write_text(f"{site.root}/a\n{other.root}/b\n")
        articles, problems = fetched(tmp_path / "list.urls")
    assert problems == []
    assert [a.url for a in articles] == [f"{site.root}/a", f"{other.root}/b"]


def test_robots_txt_is_obeyed_and_asked_for_once(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private\n", media_type="text/plain")
    (tmp_path / "list.urls").write_text(f"{site.page('/private/dam')}\n{site.page('/dam')}\n")
    articles, [problem] = fetched(tmp_path / "list.urls")
    assert [a.url for a in articles] == [f"{site.root}/dam"]
    assert "robots.txt keeps programs from it" in problem.reason
    assert site.paths() == ["/robots.txt", "/dam"]
    articles, problems = fetched(tmp_path / "list.urls", robots=False)
    assert (len(articles), problems) == (2, [])
    assert site.paths()[2:] == ["/private/dam", "/dam"]


def test_robots_txt_that_fails_keeps_everything_and_rules_for_us_by_name_hold(site: Site) -> None:
    site.page("/robots.txt", status=503)
    site.page("/dam")
    articles, [problem] = fetched(site.root + "/dam")
    assert articles == []
    assert "can't be had" in problem.reason
    site.answers["/robots.txt"] = []
    site.page("/robots.txt", "User-agent: datasette-newscompare\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    articles, [problem] = fetched(site.root + "/dam")
    assert articles == []
    assert len(fetched(site.root + "/dam", user_agent="another-name/1")[0]) == 1


def test_failure_that_passes_is_tried_again(site: Site) -> None:
    site.page("/dam", status=503, Retry_After="0")
    site.page("/dam", status=429)
    site.page("/dam")
    [article], problems = fetched(site.root + "/dam")
    assert problems == []
    assert article.title
    assert site.paths().count("/dam") == 3


def test_failure_that_stays_is_named_after_three_tries_and_one_that_is_final_after_one(site: Site) -> None:
    articles, [problem] = fetched(site.page("/dam", status=502))
    assert articles == []
    assert "502" in problem.reason
    assert site.paths().count("/dam") == 3
    _, [problem] = fetched(site.page("/gone", status=410))
    assert "410" in problem.reason
    assert site.paths().count("/gone") == 1


def test_server_that_is_not_there_is_named(site: Site) -> None:
    _, [problem] = fetched("http://127.0.0.1:9/dam", robots=False)
    assert "no connection" in problem.reason


def test_redirects_are_followed_and_end(site: Site) -> None:
    site.page("/old", status=301, Location="/dam")
    site.page("/dam")
    site.page("/round", status=302, Location="/round")
    site.page("/away", status=302, Location="file:///etc/hostname")
    assert fetched(site.root + "/old")[0][0].url == f"{site.root}/dam"
    assert "redirects" in fetched(site.root + "/round")[1][0].reason
    assert "no web address" in fetched(site.root + "/away")[1][0].reason


def test_answer_that_is_too_large_or_too_slow_is_stopped(site: Site) -> None:
    gone_on = threading.Event()

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Connection", "close")
        request.end_headers()
        try:
            while not gone_on.is_set():
                request.wfile.write(b"<p>more</p>" * 20_000)
        finally:
            request.close_connection = True

    def dripping(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        while not gone_on.wait(0.05):
            request.wfile.write(b"<p>")

    site.answers["/endless"], site.answers["/dripping"] = [endless], [dripping]
    bomb = site.page("/bomb", gzip.compress(b"<p>" * 40_000_000), Content_Encoding="gzip")
    try:
        assert "larger than 64 MB" in fetched(f"{site.root}/endless")[1][0].reason
        assert "larger than 64 MB" in fetched(bomb)[1][0].reason
        assert "within 0.5 seconds" in fetched(f"{site.root}/dripping", timeout=0.5, tries=1)[1][0].reason
    finally:
        gone_on.set()


def test_feed_at_an_address_is_read_and_its_pages_where_that_is_asked_for(site: Site) -> None:
    summary = f"<description>{PARAGRAPHS[0]}</description>"
    items = [item("One", site.page("/one"), more=summary), item("Two", site.root + "/two", more=summary)]
    feed = site.page("/feed", rss(*items), media_type="text/xml")
    articles, problems = fetched(feed)
    assert [a.text for a in articles] == [PARAGRAPHS[0]] * 2
    assert all("--fetch" in p.reason for p in problems)
    assert site.paths() == ["/robots.txt", "/feed"]
    articles, problems = fetched(feed, fetch=True)
    assert [PARAGRAPHS[3] in a.text for a in articles] == [True, False]
    assert articles[0].published == "2025-02-24T18:30:00+01:00"
    assert ["404" in p.reason and p.loaded for p in problems] == [True]


def test_export_of_addresses_is_filled_with_its_pages(site: Site, tmp_path: Path) -> None:
    (tmp_path / "mc.csv").write_text(
        "id,media_name,media_url,publish_date,title,url,language\n"
        f"{'a' * 64},Kelso Herald,kelso.example,2025-02-24,A title,{site.page('/dam')},en\n"
    )
    [article], problems = fetched(tmp_path, fetch=True)
    assert problems == []
    assert (article.id, article.source, article.published) == ("a" * 64, "Kelso Herald", "2025-02-24")
    assert PARAGRAPHS[2] in article.text


def test_address_of_an_archive_of_lines_and_of_a_picture(site: Site) -> None:
    packed = site.page(
        "/all.jsonl.gz", gzip.compress(b'{"text": "One."}\n{"text": "Two."}'), media_type="application/gzip"
    )
    assert [a.text for a in fetched(packed)[0]] == ["One.", "Two."]
    articles, [problem] = fetched(site.page("/dam.jpg", b"\xff\xd8\xff\x00" * 300, media_type="image/jpeg"))
    assert articles == []
    assert "not text" in problem.reason


def test_lists_that_name_themselves_end(site: Site) -> None:
    site.page("/list.urls", f"{site.root}/list.urls\n{site.root}/list.urls\n", media_type="text/plain")
    articles, problems = fetched(site.root + "/list.urls")
    assert articles == []
    assert len(problems) == 2
    assert len(site.asked) == 2
