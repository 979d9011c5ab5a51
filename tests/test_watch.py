"""`watch` against a real server on this machine: what it asks for, what it remembers, how it fails and stops."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.cli import cli
from news_site import Site
from test_readers_web import LONG, PARAGRAPHS, item, page, rss

from datasette_newscompare.loading import watching
from datasette_newscompare.loading.connection import DatabaseProblem
from datasette_newscompare.loading.pipeline import Summary
from datasette_newscompare.loading.watching import Round, watch
from datasette_newscompare.reports import say_round
from datasette_newscompare.settings import LoadSettings, ReadSettings, WatchSettings

DATED = "Mon, 24 Feb 2025 10:00:00 GMT"


def entry(title: str, url: str, words: str = LONG) -> str:
    return item(title, url, more=f"<description><![CDATA[{words}]]></description>")


def changing(site: Site, path: str, media_type: str = "text/xml") -> Callable[[str], None]:
    """Serve what the returned function was last given, with an ETag, a date, and 304 for who has it already."""
    now = {"body": "", "tag": ""}

    def answer(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("If-None-Match") == now["tag"]
        data = b"" if known else now["body"].encode()
        request.send_response(304 if known else 200)
        request.send_header("ETag", now["tag"])
        request.send_header("Last-Modified", DATED)
        request.send_header("Content-Type", media_type)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)
        site.headers.setdefault(path, []).append(dict(request.headers))

    def put(body: str) -> None:
        now.update(body=body, tag=f'"{len(body)}-{hash(body)}"')

    site.answers[path] = [answer]
    return put


def one_round(db: Path, *urls: str, fetch: bool = False, **settings: Any) -> Round:
    """One round as a new process would do it."""
    reading = ReadSettings(delay=0, fetch=fetch, tries=1)
    [done] = watch(
        db,
        urls,
        LoadSettings(level="lexical", entities=False, reading=reading),
        WatchSettings(**{"every": 0.0, **settings, "once": True}),
    )
    return done


def states(done: Round) -> list[str]:
    return [feed.state for feed in done.feeds]


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def test_an_unchanged_feed_is_not_sent_again_and_a_new_entry_is_loaded(site: Site, tmp_path: Path) -> None:
    db, feed = tmp_path / "x.db", site.root + "/feed"
    put = changing(site, "/feed")
    put(rss(entry("One", site.root + "/1")))
    first = one_round(db, feed)
    assert (states(first), first.summary.added) == (["read"], 1)

    second = one_round(db, feed)
    assert (states(second), second.summary.read) == (["unchanged"], 0)
    assert site.headers["/feed"][1]["If-Modified-Since"] == DATED
    assert len(rows(db, "SELECT id FROM loads")) == 1

    put(rss(entry("One", site.root + "/1"), entry("Two", site.root + "/2", LONG.replace("Kelso", "Whitby"))))
    third = one_round(db, feed)
    assert (states(third), third.summary.added, third.summary.unchanged) == (["read"], 1, 1)
    assert rows(db, "SELECT command FROM loads") == [("watch",), ("watch",)]


def test_an_entry_that_changed_is_kept_as_a_version(site: Site, tmp_path: Path) -> None:
    db, feed = tmp_path / "x.db", site.root + "/feed"
    put = changing(site, "/feed")
    put(rss(entry("One", site.root + "/1")))
    one_round(db, feed)
    put(rss(entry("One", site.root + "/1", LONG.replace("twelve houses", "fifteen houses"))))
    assert one_round(db, feed).summary.changed == 1
    [(old,)] = rows(db, "SELECT text FROM article_versions")
    [(new,)] = rows(db, "SELECT text FROM article_texts")
    assert ("twelve houses" in old, "fifteen houses" in new) == (True, True)


def test_pages_are_asked_for_once_a_day_and_when_their_entry_changed(site: Site, tmp_path: Path) -> None:
    db, feed = tmp_path / "x.db", site.root + "/feed"
    put, put_page = changing(site, "/feed"), changing(site, "/1", "text/html")
    put_page(page())
    put(rss(entry("One", site.root + "/1", PARAGRAPHS[0])))
    assert one_round(db, feed, fetch=True).pages["read"] == 1
    [(text,)] = rows(db, "SELECT text FROM article_texts")
    assert PARAGRAPHS[3] in text

    put(rss(entry("One", site.root + "/1", PARAGRAPHS[0]), entry("Two", site.page("/2"), PARAGRAPHS[1])))
    one_round(db, feed, fetch=True)
    assert (site.paths().count("/1"), site.paths().count("/2")) == (1, 1)

    put(rss(entry("One: the mayor speaks", site.root + "/1", PARAGRAPHS[0])))
    assert one_round(db, feed, fetch=True).pages == {"read": 0, "unchanged": 1, "failed": 0}

    with sqlite3.connect(db) as connection:  # as if a day had passed
        connection.execute("UPDATE watched_addresses SET not_before = '2025-02-25' WHERE kind = 'page'")
    put(rss(entry("One: the mayor speaks", site.root + "/1", PARAGRAPHS[0]), entry("Three", site.page("/3"))))
    put_page(page(body="".join(f"<p>{words}</p>" for words in PARAGRAPHS).replace("twelve", "fifteen")))
    assert one_round(db, feed, fetch=True).summary.changed == 1
    assert len(rows(db, "SELECT 1 FROM article_versions")) == 1


def test_a_feed_read_without_pages_is_read_again_once_they_are_asked_for(site: Site, tmp_path: Path) -> None:
    db, feed = tmp_path / "x.db", site.root + "/feed"
    changing(site, "/feed")(rss(entry("One", site.page("/1"), PARAGRAPHS[0])))
    one_round(db, feed)
    done = one_round(db, feed, fetch=True)
    assert (states(done), done.pages["read"]) == (["read"], 1)


def test_a_failing_feed_is_named_left_alone_for_longer_and_hides_no_other(site: Site, tmp_path: Path) -> None:
    db, good, bad = tmp_path / "x.db", site.root + "/good", site.page("/bad", status=500)
    put = changing(site, "/good")
    put(rss(entry("One", site.root + "/1")))
    first = one_round(db, bad, good, every=60.0)
    assert (states(first), first.summary.added) == (["failed", "read"], 1)
    assert "500" in (first.feeds[0].failure or "")
    with sqlite3.connect(db) as connection:  # as if an hour had passed
        connection.execute("UPDATE watched_addresses SET not_before = NULL")
    again = one_round(db, bad, good, every=60.0)
    assert (again.feeds[0].failure_count, again.feeds[0].not_before) > (2, first.feeds[0].not_before or "")
    asked = site.paths().count("/bad")
    waiting = one_round(db, bad, good, every=60.0)
    assert states(waiting) == ["waiting", "unchanged"]
    assert site.paths().count("/bad") == asked

    site.answers["/bad"] = []
    site.page("/bad", rss(entry("Two", site.root + "/2", LONG.replace("Kelso", "Denby"))), media_type="text/xml")
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE watched_addresses SET not_before = NULL")
    healed = one_round(db, bad, good)
    assert (states(healed), healed.feeds[0].failure_count) == (["read", "unchanged"], 0)


def test_a_server_that_asks_for_an_hour_is_given_one(site: Site, tmp_path: Path) -> None:
    busy = site.page("/busy", status=429, Retry_After="3600")
    done = one_round(tmp_path / "x.db", busy)
    assert (done.feeds[0].not_before or "") > done.started_at[:13] + ":59"
    assert site.paths().count("/busy") == 1


def test_a_feed_that_robots_txt_closes_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /feed\n", media_type="text/plain")
    done = one_round(tmp_path / "x.db", site.root + "/feed")
    assert "robots.txt" in (done.feeds[0].failure or "")
    assert site.paths() == ["/robots.txt"]


def test_what_is_no_feed_is_named_and_the_next_round_goes_on(site: Site, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    picture = site.page("/logo.png", b"\x89PNG\r\n\x1a\n" + bytes(300), media_type="image/png")
    done = one_round(db, picture)
    assert "not text" in done.summary.problems[0].reason
    assert one_round(db, picture).summary.read == 0


def test_rounds_follow_each_other_until_stopped_in_a_pause(site: Site, tmp_path: Path) -> None:
    put = changing(site, "/feed")
    put(rss(entry("One", site.root + "/1")))
    stop = threading.Event()
    reading = ReadSettings(delay=0)
    rounds = watch(
        tmp_path / "x.db",
        [site.root + "/feed"],
        LoadSettings(level="lexical", entities=False, reading=reading),
        WatchSettings(every=0.0005),
        stop,
    )
    assert [states(next(rounds)) for _ in range(3)] == [["read"], ["unchanged"], ["unchanged"]]
    stop.set()
    assert list(rounds) == []
    assert site.paths() == ["/robots.txt", "/feed", "/feed", "/feed"]


def test_a_round_that_is_stopped_keeps_what_it_stored_and_asks_for_the_rest_again(site: Site, tmp_path: Path) -> None:
    db, stop = tmp_path / "x.db", threading.Event()
    put = changing(site, "/feed")
    put(rss(*(entry(str(n), f"{site.root}/{n}", f"{LONG} In street {n}.") for n in range(9))))
    settings = LoadSettings(level="lexical", entities=False, batch_size=3, reading=ReadSettings(delay=0))

    def stop_after_the_first_batch(stage: str, done: int) -> None:
        if stage == "annotated":
            stop.set()

    @watching.contextmanager
    def progress() -> Iterator[Callable[[str, int], None]]:
        yield stop_after_the_first_batch

    [done] = watch(db, [site.root + "/feed"], settings, WatchSettings(), stop, progress)
    assert (done.stopped, done.summary.added) == (True, 3)
    assert rows(db, "SELECT count(*) FROM articles") == [(3,)]
    assert "all holds" in CliRunner().invoke(cli, ["newscompare", "check", str(db)]).output
    assert one_round(db, site.root + "/feed").summary.added == 6


def test_trouble_with_the_database_ends_the_first_round_only(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = changing(site, "/feed")
    put(rss(entry("One", site.root + "/1")))
    settings = LoadSettings(level="lexical", entities=False, reading=ReadSettings(delay=0))
    folder = tmp_path / "later"
    with pytest.raises(DatabaseProblem, match="does not exist"):
        list(watch(folder / "x.db", [site.root + "/feed"], settings))
    folder.mkdir()
    rounds = watch(folder / "x.db", [site.root + "/feed"], settings, WatchSettings(every=0.0005))
    assert next(rounds).trouble is None
    away = folder.rename(tmp_path / "away")
    assert "does not exist" in (next(rounds).trouble or "")
    away.rename(folder)
    assert next(rounds).trouble is None
    rounds.close()  # type: ignore[attr-defined]


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "datasette", "newscompare", "watch", *map(str, arguments), "--no-entities"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_cleanly(site: Site, tmp_path: Path, number: signal.Signals) -> None:
    put = changing(site, "/feed")
    put(rss(entry("One", site.root + "/1")))
    db = tmp_path / "x.db"
    process = start(db, site.root + "/feed", "--delay", 0, "--json")
    assert process.stdout
    told = json.loads(process.stdout.readline())  # the first round is done
    assert (told["command"], told["added"], told["feeds"][0]["state"]) == ("watch", 1, "read")
    process.send_signal(number)
    out, errors = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in errors
    assert "\x1b" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def test_a_round_says_which_copies_it_matched_with_the_first_one_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_round(Round("2025-02-24T10:00:00Z", Summary(further_copies=3)), tmp_path / "x.db", set(), as_json=False)
    assert "note: 3 sentences are matched with the first copy only" in capsys.readouterr().err


def test_once_tells_by_its_status_whether_anything_could_be_read(site: Site, tmp_path: Path) -> None:
    def run(*arguments: object) -> Any:
        return CliRunner().invoke(cli, ["newscompare", "watch", str(tmp_path / "x.db"), *map(str, arguments)])

    common = ("--once", "--no-entities", "--delay", 0)
    gone = site.page("/gone", status=410)
    good = site.page("/feed", rss(entry("One", site.root + "/1")), media_type="text/xml")
    result = run(gone, *common)
    assert result.exit_code == 1
    assert f"failed: {gone}: the server answered 410" in result.output
    result = run(gone, good, *common)
    assert result.exit_code == 0
    assert f"waiting: {gone}: the server answered 410 (not asked before" in result.output
    assert "feeds: 1 read, 1 waiting. Read 1 article: 1 new, 0 changed, 0 unchanged;" in result.output
    assert run("feed.xml", *common).exit_code == 2
    assert run(good, "--every", 0, *common).exit_code == 2
