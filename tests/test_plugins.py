"""The plugins that people publish with, each alone and all together with ours: pages answer, and each does its work.

They stand in an environment of their own, beside this package without its extras. NEWSCOMPARE_PLUGINS_PYTHON names its
interpreter: `.ci/run` makes one for each line of Datasette. Without it these tests are skipped.
"""

from __future__ import annotations

import gzip
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import walk
from live_server import fetch, serving

PYTHON = os.environ.get("NEWSCOMPARE_PLUGINS_PYTHON")
pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="NEWSCOMPARE_PLUGINS_PYTHON names no environment with the plugins (.ci/run makes one)"
)
PLUGINS = (
    "datasette-hashed-urls",
    "datasette-block-robots",
    "datasette-gzip",
    "datasette-search-all",
    "datasette-atom",
    "datasette-auth-passwords",
)
BROKEN_ON_ONE = ("datasette-search-all",)
"""Fails on Datasette 1.0 by itself, on every page of every database: it calls a function that is gone (1.1.4)."""
SERVE = """
import sys
from importlib.metadata import entry_points
sys._called_from_test = True  # so that Datasette takes the plugins named here, and no others
from datasette.plugins import pm
wanted = sys.argv.pop(1).split(",")
for entry in entry_points(group="datasette"):
    if entry.dist.name.replace("_", "-") in wanted:
        pm.register(entry.load(), name=entry.name)
from datasette.cli import cli
sys.exit(cli())
"""
PASSWORD = "open sesame"


def run(code: str) -> str:
    return subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def is_one() -> bool:
    return not run("import datasette; print(datasette.__version__)").startswith("0.")


@pytest.fixture(scope="module")
def folder(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds to serve, and a configuration under which one may log in and one may not see a second database."""
    folder = tmp_path_factory.mktemp("plugins")
    shutil.copy(seeds_db, folder / "seeds.db")
    shutil.copy(seeds_db, folder / "closed.db")
    hashed = run(f"from datasette_auth_passwords.utils import hash_password; print(hash_password({PASSWORD!r}))")
    users = {"reader_password_hash": hashed, "actors": {"reader": {"id": "reader"}}}
    metadata = {
        "plugins": {"datasette-auth-passwords": users},
        "databases": {"closed": {"allow": {"id": "reader"}}},
    }
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return folder


@pytest.fixture(scope="module", params=["all", *PLUGINS])
def served(request: pytest.FixtureRequest, folder: Path, is_one: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The address of a server, what it is called here, and which plugins it runs beside ours."""
    broken = BROKEN_ON_ONE if is_one else ()
    if request.param in broken:
        pytest.skip(f"{request.param} fails on Datasette 1.0 by itself")
    chosen = tuple(name for name in PLUGINS if request.param in ("all", name) and name not in broken)
    command = [str(PYTHON), "-c", SERVE, ",".join(("datasette-newscompare", *chosen)), "serve"]
    databases = ["--immutable", "seeds.db", "--immutable", "closed.db"]
    with serving([*command, *databases, "--metadata", "metadata.json"], folder) as address:
        yield address, request.param, chosen


def ask(url: str) -> tuple[int, str, str]:
    """The status that an address answers with at last, where it led to, and what it says."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.url or url, error.read().decode()


def test_every_page_answers_in_each_of_its_forms(served: tuple[str, str, tuple[str, ...]], folder: Path) -> None:
    address, name, chosen = served
    for page, path in walk.addresses(folder / "seeds.db"):
        if name != "all" and ".csv" in path:
            continue
        status, url, text = ask(address + path)
        if re.search(r"\.(csv|atom)", path) and status == 404:
            continue
        assert status == 200, path
        hashed = re.search(r"/seeds-\w+/", url)
        assert bool(hashed) == ("datasette-hashed-urls" in chosen), url
        if hashed and page.name == "story" and ".csv" not in path:
            assert f'"{hashed[0]}-/newscompare' in text, "links stay below the hashed address"
            assert '"/seeds/-/newscompare' not in text


def test_datasettes_own_pages_answer_with_what_ours_adds(served: tuple[str, str, tuple[str, ...]]) -> None:
    address, _, _ = served
    assert "Compare stories" in fetch(f"{address}/seeds")
    assert "Compare stories" in fetch(f"{address}/")
    assert "_entity=" in fetch(f"{address}/seeds/articles?_facet_entity=all")
    assert "most_alike" in fetch(f"{address}/seeds")
    assert json.loads(fetch(f"{address}/seeds/most_alike.json?_shape=array"))


def caches(address: str) -> None:
    with urllib.request.urlopen(f"{address}/seeds/-/newscompare") as answer:
        assert "max-age=31536000" in answer.headers["cache-control"]


def keeps_robots_out(address: str) -> None:
    assert "Disallow: /" in fetch(f"{address}/robots.txt")


def packs(address: str) -> None:
    for path in ("/seeds/-/newscompare/story/1", "/seeds/-/newscompare/story/1.json", "/seeds/-/newscompare.atom"):
        request = urllib.request.Request(address + path, headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            assert len(gzip.decompress(answer.read())) > 500


def searches(address: str) -> None:
    found = fetch(f"{address}/-/search?q=minerals")
    assert "/articles" in found
    assert "/sentences" in found


def feeds(address: str) -> None:
    sql = """select id as atom_id, title as atom_title, '2024-05-01T00:00:00Z' as atom_updated,
               'https://ledger.example/' || id as atom_link from articles"""
    query = urlencode({"sql": sql})
    path = "/seeds/-/query.atom" if "1.0" in fetch(f"{address}/-/versions.json") else "/seeds.atom"
    assert "<entry>" in fetch(f"{address}{path}?{query}")
    assert "<entry>" in fetch(f"{address}/seeds/-/newscompare.atom"), "ours is still ours"


def lets_in_by_password(address: str) -> None:
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    secret = f"{address}/closed/-/newscompare"
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(secret)
    assert refused.value.code == 403
    form = browser.open(f"{address}/-/login").read().decode()
    token = re.search(r'name="csrftoken" value="([^"]*)"', form)
    data = {"username": "reader", "password": PASSWORD, **({"csrftoken": token[1]} if token else {})}
    browser.open(f"{address}/-/login", urlencode(data).encode())
    assert "nc-stories" in browser.open(secret).read().decode()


WORK: dict[str, Callable[[str], None]] = {
    "datasette-hashed-urls": caches,
    "datasette-block-robots": keeps_robots_out,
    "datasette-gzip": packs,
    "datasette-search-all": searches,
    "datasette-atom": feeds,
    "datasette-auth-passwords": lets_in_by_password,
}


def test_each_plugin_does_its_work_beside_ours(served: tuple[str, str, tuple[str, ...]]) -> None:
    address, _, chosen = served
    for name in chosen:
        WORK[name](address)
