"""The ways to publish in docs/publishing.md, each run as far as it goes without an account or a container engine.

Where a command wants the program of a host, one stands in that keeps what it is given. NEWSCOMPARE_PLUGINS_PYTHON names
an environment that has the plugins for Fly and Vercel; without it those are skipped.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import fetch, serving

from datasette_newscompare.serving._compat import IS_ONE

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
DATASETTE = [sys.executable, "-m", "datasette"]
PUBLISHER = [os.environ.get("NEWSCOMPARE_PLUGINS_PYTHON") or sys.executable, "-m", "datasette"]
COMMANDS = re.findall(r"^(datasette (?:publish|package) .*)$", TEXT, re.MULTILINE)
PROGRAM = """#!/bin/sh
[ "$1" = config ] && echo a-project
[ -e "$KEEP/Dockerfile" ] || [ ! -e Dockerfile ] || cp -RL . "$KEEP"
[ "$1" = plugins ] && echo heroku-builds
echo "$(basename "$0") $*" >>"$KEEP/../asked"
"""
"""Keeps the files that it is started beside."""


@pytest.fixture(scope="module")
def folder(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where someone publishes from."""
    folder = tmp_path_factory.mktemp("publishing")
    shutil.copy(seeds_db, folder / "news.db")
    shutil.copy(ROOT / "metadata.yml", folder)
    (folder / "bin").mkdir()
    for name in ("gcloud", "heroku", "docker", "flyctl", "vercel"):
        (folder / "bin" / name).write_text(PROGRAM)
        (folder / "bin" / name).chmod(0o755)
    return folder


def publish(folder: Path, command: str, kept: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "KEEP": str(kept)}
    kept.mkdir()
    words = shlex.split(command)
    words += ["--generate-dir", str(kept / "generated")] if words[2] in ("heroku", "fly", "vercel") else []
    return subprocess.run(
        [*PUBLISHER, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.split()[1:3]))
def test_publish_command_makes_what_its_host_is_given(folder: Path, tmp_path: Path, command: str) -> None:
    result = publish(folder, command, tmp_path / "kept")
    if "No such command" in result.stderr:
        pytest.skip("the plugin for this host is not installed")
    assert result.returncode == 0, result.stderr
    made = {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in (tmp_path / "kept").rglob("*")
        if path.is_file() and path.suffix != ".db"
    }
    assert any(path.name == "news.db" for path in (tmp_path / "kept").rglob("*"))
    assert "datasette-newscompare" in "".join(made.values())
    assert "databases" in json.loads(made["metadata.json"])


@pytest.fixture
def dockerfile(folder: Path, tmp_path: Path) -> str:
    command = next(command for command in COMMANDS if "cloudrun" in command)
    assert publish(folder, command, tmp_path / "kept").returncode == 0
    return (tmp_path / "kept" / "Dockerfile").read_text()


@pytest.mark.parametrize("which", ["generated", "documented"])
def test_steps_of_the_dockerfile_lead_to_a_server(folder: Path, tmp_path: Path, which: str, dockerfile: str) -> None:
    """Without an engine: its COPY, RUN and CMD in a folder, where `pip install` has been done already."""
    home = tmp_path / "container"
    home.mkdir()
    if which == "documented":
        dockerfile = re.findall(r"^```dockerfile\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)[0]
    steps = [line.partition(" ")[::2] for line in dockerfile.splitlines() if line.strip()]
    serve: list[str] = []
    for step, what in steps:
        if step == "COPY":
            for name in ("news.db", "metadata.yml") if which == "documented" else ("news.db",):
                shutil.copy(folder / name, home)
            if which == "generated":
                shutil.copy(tmp_path / "kept" / "metadata.json", home)
        elif step == "RUN" and not what.startswith("pip install"):
            subprocess.run(in_place(shlex.split(what)), cwd=home, check=True, capture_output=True)
        elif step == "CMD":
            serve = in_place(json.loads(what) if what.startswith("[") else shlex.split(what))
        else:
            assert step in ("FROM", "RUN", "WORKDIR", "ENV", "EXPOSE", "USER"), step
    assert any(path.suffix == ".json" and "news" in json.loads(path.read_text()) for path in home.iterdir())
    serve[serve.index("--host") + 1] = "127.0.0.1"
    with serving(serve[: serve.index("--port")], home) as address:
        told = json.loads(fetch(f"{address}/-/databases.json"))
        databases = told["databases"] if IS_ONE else told
        assert [database["is_mutable"] for database in databases] == [False]
        assert "Putin" in fetch(f"{address}/news/-/newscompare")
        assert "outlet" in fetch(f"{address}/news")


def in_place(words: list[str]) -> list[str]:
    assert words[0] == "datasette"
    return [*DATASETTE, *words[1:]]


@pytest.fixture(scope="module")
def behind_a_proxy(folder: Path) -> Iterator[str]:
    settings = re.search(r"\(`(--setting base_url \S+)`\)", TEXT)
    assert settings
    command = [*DATASETTE, "serve", "-i", "news.db", *settings[1].split(), "--setting", "force_https_urls", "on"]
    with serving(command, folder) as address:
        yield address


@pytest.mark.parametrize("below", ["", "/story/1", "/entities", "/sources"])
def test_every_link_of_a_page_behind_a_proxy_stays_below_its_prefix(behind_a_proxy: str, below: str) -> None:
    text = fetch(f"{behind_a_proxy}/news-compared/news/-/newscompare{below}")
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', text)
    assert len(links) > 5
    assert [link for link in links if not link.startswith("/news-compared/")] == []


def test_addresses_in_feeds_are_those_of_the_world_outside(behind_a_proxy: str) -> None:
    feed = fetch(f"{behind_a_proxy}/news-compared/news/-/newscompare.atom")
    addresses = re.findall(r'href="([^"]*)"', feed)
    assert addresses
    assert all(re.match(r"https://127\.0\.0\.1:\d+/news-compared/news/-/newscompare", a) for a in addresses), addresses


@pytest.mark.parametrize("setting", re.findall(r"^\| `(\w+) [^`]*` \|", TEXT, re.MULTILINE))
def test_settings_are_ones_that_this_datasette_has(setting: str) -> None:
    from datasette.app import SETTINGS

    assert setting in {known.name for known in SETTINGS}
