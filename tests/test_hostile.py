"""Texts that attack the reader: every page and format shows them as text and nothing else."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

import hostile
import pytest
import walk
from click.testing import CliRunner
from datasette.cli import cli
from datasette.utils import tilde_encode
from instances import get, serve
from pages_html import parse

from datasette_newscompare.serving import canned, facets
from datasette_newscompare.serving.pages import PAGES

ROOT = "/news/-/newscompare"
ODD = tilde_encode(hostile.ARTICLE_ID)
ODD_PAIR = urlencode({"left": "ledger", "right": hostile.ARTICLE_ID})
ANYTHING = urlencode({"q": hostile.EVERYTHING})
ODD_PAGES = {
    "stories searched": "{form}?" + ANYTHING,
    "stories filtered": "{form}?" + urlencode({"source": hostile.ARTICLE_ID, "entity": 1}),
    "compare with an odd id": "/compare{form}?" + ODD_PAIR,
    "article with an odd id": f"/article/{ODD}{{form}}",
    "versions with an odd id": f"/article/{ODD}/versions{{form}}",
    "entities searched": "/entities{form}?" + ANYTHING,
    "source with an odd id": f"/source/{ODD}{{form}}",
}
"""What attacks through the address too."""
ROUTES = {page.name: page for page in PAGES}
NAMES = (*ROUTES, *ODD_PAGES)
pages = pytest.mark.parametrize("name", NAMES)


def address(db: Path, name: str, form: str = "") -> str:
    """Where a page stands in one of its forms."""
    return ROOT + ODD_PAGES[name].format(form=form) if name in ODD_PAGES else walk.address(db, ROUTES[name], form)


@pytest.fixture(scope="module")
def hostile_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.build(tmp_path_factory.mktemp("hostile") / "news.db")


def assert_harmless(html: str) -> None:
    """No element, attribute or address on the page came out of a text."""
    page = parse(html)
    for node in page.nodes():
        assert node.tag not in ("iframe", "object", "embed", "base"), node
        assert node.tag != "img" or node.attributes.get("src") != "x", node
        assert not (node.tag == "meta" and "http-equiv" in node.attributes and "refresh" in str(node.attributes)), node
        if node.tag in ("script", "style"):
            assert not any(
                hostile.MARK in child and "window." in child for child in node.children if isinstance(child, str)
            )
        for name, value in node.attributes.items():
            assert not (name.startswith("on") and hostile.MARK in value), node
            if name in ("href", "src", "action"):
                assert urlsplit(value).scheme in ("", "http", "https"), node
                assert urlsplit(value).netloc not in ("hostile.example",), node
    assert "49" not in [word for word in page.text.split() if word == "49"], "a template in a text was run"


@pytest.mark.parametrize("attack", [a for a in hostile.ATTACKS if "<s" in a or "<i" in a or a.startswith("'")])
def test_the_net_would_catch_an_attack_that_is_not_escaped(attack: str) -> None:
    if attack.startswith("'"):
        attack = f"<p title='{attack}'>"
    with pytest.raises(AssertionError):
        assert_harmless(f"<body><main>{attack}</main></body>")


@pages
@pytest.mark.asyncio
async def test_pages_show_hostile_texts_as_text(hostile_db: Path, name: str) -> None:
    answer = await get(await serve(hostile_db), address(hostile_db, name))
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers or hostile.MARK not in answer.headers["set-cookie"]
    assert_harmless(answer.text)


@pages
@pytest.mark.asyncio
async def test_other_formats_hold_hostile_texts_whole(hostile_db: Path, name: str) -> None:
    datasette = await serve(hostile_db)
    for form in (".json", ".csv", ".atom"):
        answer = await get(datasette, address(hostile_db, name, form))
        kind = answer.headers["content-type"]
        if answer.status_code == 404:
            assert form != ".json"
            assert_harmless(answer.text)
            continue
        assert answer.status_code == 200, answer.text[:500]
        if form == ".json":
            assert kind.startswith("application/json")
            assert isinstance(json.loads(answer.text), dict)
        elif form == ".csv":
            assert kind.startswith("text/csv")
            header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
            assert all(len(row) == len(header) for row in rows)
        else:
            assert kind.startswith("application/atom+xml")
            assert ET.fromstring(answer.text).tag.endswith("feed")


@pytest.mark.asyncio
async def test_links_lead_only_to_web_addresses(hostile_db: Path) -> None:
    datasette = await serve(hostile_db)
    for article in ("ledger", "post", "wire", ODD, "beacon"):
        answer = await get(datasette, f"{ROOT}/article/{article}.json")
        assert answer.status_code == 200
        link = answer.json()["article"]["web_url"]
        assert link is None or urlsplit(link).scheme == "https"


def facet_addresses() -> list[str]:
    return [f"/news/{table}?_facet_entity=all&_entity=1&_labels=on&_size=20" for table in facets.JOINS]


@pytest.mark.parametrize(
    "address",
    [
        *facet_addresses(),
        *(f"/news/{q.name}?{urlencode(dict.fromkeys(q.parameters, hostile.EVERYTHING))}" for q in canned.QUERIES),
        *(f"/news/{q.name}?{urlencode(dict.fromkeys(q.parameters, ''))}" for q in canned.QUERIES),
        f"/news/articles/{ODD}",
        "/news/sentences/101",
        "/news/matches/1",
        "/news",
        "/",
    ],
)
@pytest.mark.asyncio
async def test_datasettes_own_pages_show_what_the_plugin_adds_as_text(hostile_db: Path, address: str) -> None:
    answer = await get(await serve(hostile_db), address, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:500]
    assert_harmless(answer.text)


def test_hostile_articles_load_and_are_kept_as_they_are(tmp_path: Path) -> None:
    lines = tmp_path / "articles.jsonl"
    records = [
        {
            "source": f"{name} {hostile.EVERYTHING}",
            "title": f"{hostile.ATTACKS[number]} floods",
            "url": url,
            "author": hostile.EVERYTHING,
            "published": hostile.ATTACKS[number],
            "language": hostile.ATTACKS[0],
            "story": hostile.EVERYTHING,
            "text": f"The dam broke on Monday and 5 thouſand people fled. {attack} {hostile.LONG_WORD}.\n\n{attack}",
        }
        for number, (attack, url) in enumerate(zip(hostile.ATTACKS, hostile.URLS * 4, strict=False))
        for name in ("Herald", "Post")
    ]
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    db = tmp_path / "news.db"
    loaded = CliRunner().invoke(
        cli, ["newscompare", "load", "--level", "lexical", str(db), str(lines), "--no-entities"]
    )
    assert loaded.exit_code == 0, loaded.output
    assert "Traceback" not in loaded.output
    with sqlite3.connect(db) as connection:
        texts = [text for (text,) in connection.execute("select text from article_texts")]
    for attack in hostile.ATTACKS:
        if attack.isprintable():
            assert any(attack in text for text in texts), attack
    checked = CliRunner().invoke(cli, ["newscompare", "check", str(db)])
    assert "all holds" in checked.output
