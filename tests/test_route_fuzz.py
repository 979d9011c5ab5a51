"""Every route and parameter with anything at all: an answer or a clear refusal, never an error of the server's own."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import walk
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instances import get, serve
from pages_story import build

from datasette_newscompare.serving import canned, facets
from datasette_newscompare.serving.pages import PAGES
from datasette_newscompare.serving.router import Route

ROOT = "/news/-/newscompare"
PARAMETERS = (
    "q", "source", "entity", "several", "sort", "next", "type", "story", "left", "right", "match", "show", "kind",
    "score", "page", "rows", "from", "to", "_entity", "_facet_entity", "_next", "_size", "_search", "_extra", "format",
)  # fmt: skip
TABLE_PARAMETERS = ("_entity", "_entity__not", "_facet_entity", "_labels", "_size", "_next", "_sort", "_search")
GOOD = (
    "ledger",
    "post",
    "radio",
    "1",
    "7",
    "101",
    "matched",
    "flagged",
    "newest",
    "sources",
    "paraphrase",
    "all",
    "place",
)
BAD = (
    "", " ", "0", "-1", "1.5", "nan", "inf", "1e400", "9" * 18, "9" * 19, "9" * 40, "٣", "²", "１", "+1", "1,", ",,,",
    "1,1,1,1", "1,2024", ",1", "'", '"', '""', "';--", "%", "_", "\\", "*", "NEAR(", "a OR", "AND", "-", "(", "[]",
    "{}", "{{7*7}}", "\x00", "a\x00b", "\r\n", "\u202e", "\ud800", "\U0001f600", "../..", "~", "~2", "~zz", "~00",
    "x" * 3000, "\x1b[31m",
)  # fmt: skip
NUMBERS = 17
"""So many of them are numbers, or nearly: what most parameters are read as."""
VALUES = st.one_of(st.sampled_from(GOOD), st.sampled_from(BAD), st.text(max_size=20))
FORMS = st.sampled_from(["", "", "", ".json", ".csv", ".atom", ".xml", ".json.json", "/", ".", "/x"])
QUERIES = st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=5)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, loop: asyncio.AbstractEventLoop) -> Datasette:
    return loop.run_until_complete(serve(build(tmp_path_factory.mktemp("fuzz") / "news.db")))


def encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def segment(value: str) -> str:
    """A part of a path, in percent signs."""
    return quote(value, safe="~", errors="surrogatepass")


def assert_answers(loop: asyncio.AbstractEventLoop, datasette: Datasette, address: str, method: str = "GET") -> None:
    answer = loop.run_until_complete(datasette.client.request(method, address))
    assert answer.status_code < 500, f"{method} {address}: {answer.status_code} {answer.text[-600:]}"
    assert "Traceback (most recent call last)" not in answer.text
    if answer.status_code >= 400 and method == "GET":
        assert len(answer.text.split()) > 2, f"{address}: {answer.status_code} without a word why"


@pytest.mark.parametrize("path", [page.path for page in PAGES])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    part=VALUES,
    form=FORMS,
    query=QUERIES,
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS"]),
)
def test_pages_answer_whatever_is_asked(
    loop: asyncio.AbstractEventLoop,
    served: Datasette,
    path: str,
    part: str,
    form: str,
    query: list[tuple[str, str]],
    method: str,
) -> None:
    below = path.replace("{id}", segment(part))
    assert_answers(loop, served, f"{ROOT}{below}{form}?{encoded(query)}", method)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_parameter_of_every_page_takes_bad_values(
    loop: asyncio.AbstractEventLoop, served: Datasette, page: Route
) -> None:
    """Those that the page's module reads; JSON is the same data sooner. Each takes all numbers and a third of the rest,
    so that each value comes to every page."""
    good = {"left": "ledger", "right": "post"} if page.name == "compare" else {}
    part = {"story": "7", "entity": "1"}.get(page.name, "ledger")
    source = Path(inspect.getfile(page.function)).read_text(encoding="utf-8")
    read = [name for name in PARAMETERS if f'"{name}"' in source]
    for number, bad in enumerate(BAD):
        for place, name in enumerate(read):
            if number >= NUMBERS and (number + place) % 3:
                continue
            below = page.path.replace("{id}", part)
            assert_answers(loop, served, f"{ROOT}{below}.json?{encoded([*{**good, name: bad}.items()])}")
        below = page.path.replace("{id}", segment(bad))
        assert_answers(loop, served, f"{ROOT}{below}?{encoded([*good.items()])}")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    table=st.sampled_from([*facets.JOINS, "match_pairs"]),
    form=st.sampled_from(["", ".json", ".csv"]),
    query=st.lists(st.tuples(st.sampled_from(TABLE_PARAMETERS[:3]), VALUES), max_size=4),
)
def test_the_entity_facet_and_filter_answer_whatever_is_asked(
    loop: asyncio.AbstractEventLoop, served: Datasette, table: str, form: str, query: list[tuple[str, str]]
) -> None:
    assert_answers(loop, served, f"/news/{table}{form}?{encoded(query)}")


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.sampled_from(canned.QUERIES), values=st.lists(VALUES, min_size=3, max_size=3))
def test_the_plugins_queries_answer_whatever_is_asked(
    loop: asyncio.AbstractEventLoop, served: Datasette, query: canned.CannedQuery, values: list[str]
) -> None:
    given_values = [*zip(query.parameters, values, strict=False)]
    assert_answers(loop, served, f"/news/{query.name}.json?{encoded(given_values)}")


@pytest.mark.parametrize("name", ["source", "entity", "q", "kind"])
@pytest.mark.parametrize("below", ["", "/compare", "/entities", "/story/7", "/entity/1"])
def test_a_parameter_many_times_over_is_answered(
    loop: asyncio.AbstractEventLoop, served: Datasette, name: str, below: str
) -> None:
    values = [(name, "1")] * 3000
    assert_answers(loop, served, f"{ROOT}{below}?{encoded([('left', 'ledger'), ('right', 'post'), *values])}")


@pytest.mark.parametrize("name", ["unheard", "news.db", "_internal", "_memory", "~", "x" * 500])
def test_databases_that_are_not_there_or_not_loaded_are_named_so(
    loop: asyncio.AbstractEventLoop, served: Datasette, name: str
) -> None:
    answer = loop.run_until_complete(get(served, f"/{name}/-/newscompare"))
    assert answer.status_code in (403, 404)
    assert "Traceback" not in answer.text


def test_reading_leaves_the_file_as_it_was(loop: asyncio.AbstractEventLoop, seeds_db: Path, tmp_path: Path) -> None:
    """A few hundred mixed requests: pages in all formats, facets, filters, queries, functions, refusals."""
    path = tmp_path / "news.db"
    shutil.copy(seeds_db, path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    datasette = loop.run_until_complete(serve(path))
    addresses = [
        walk.address(path, page, form, query)
        for page in PAGES
        for form in walk.FORMS
        for query in ("", "q=a&sort=sources&several=1", "entity=1", "next=x")
    ]
    addresses += [f"/news/{t}{f}?_facet_entity=all&_entity=1" for t in facets.JOINS for f in ("", ".json", ".csv")]
    addresses += [f"/news/{query.name}{form}" for query in canned.QUERIES for form in ("", ".json", ".csv")]
    sql = "select newscompare_similarity(text, other_text) from match_pairs"
    addresses += [f"/news.json?{urlencode({'sql': sql})}", f"/news.json?{urlencode({'sql': 'delete from articles'})}"]
    for address in addresses:
        answer = loop.run_until_complete(datasette.client.get(address, follow_redirects=True))
        assert answer.status_code < 500, address
    assert len(addresses) > 150
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.stat().st_size) == ["news.db"]
