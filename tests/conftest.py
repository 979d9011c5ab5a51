"""What the tests share: the user's two seed articles, loaded by the real loader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pages_story
import pytest
from click.testing import CliRunner
from datasette import app
from datasette.app import Datasette
from datasette.cli import cli
from news_site import Site, serving

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"

# Where rich is installed, as it is with spaCy, Datasette takes a second to print each refused page's locals.
app.pm.get_plugin("datasette.handle_exception").rich = None

# A busy machine must not fail a test that is not about time: those that are give a limit of their own.
app.DEFAULT_SETTINGS.update(sql_time_limit_ms=10_000, facet_time_limit_ms=10_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: each process holds a spaCy model, an encoder and at times a browser."""
    return min(4, os.cpu_count() or 1)


@pytest.fixture(scope="session")
def seeds_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a database that the loader made from `seeds/`. Read only: copy it before you write."""
    path = tmp_path_factory.mktemp("seeds") / "seeds.db"
    result = CliRunner().invoke(cli, ["newscompare", "load", str(path), str(SEEDS)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def story_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story of five sources. Read only."""
    return pages_story.build(tmp_path_factory.mktemp("pages") / "news.db")


@pytest.fixture
def news(story_db: Path) -> Datasette:
    return Datasette([str(story_db)])
