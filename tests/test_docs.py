"""The documentation says what is so: links lead somewhere, generated parts are fresh, every column is described."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from datasette.cli import cli
from test_sql_recipes import RECIPES

from datasette_newscompare.loading.readers import read
from datasette_newscompare.records import Article
from datasette_newscompare.serving import sql_functions

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("benchmarks/*.md")),
]
page_by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings can be reached by."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@page_by_page
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?:", target):
            continue
        name, _, fragment = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{page.name} links to {target}"
        if fragment:
            assert fragment in anchors(linked), f"{page.name} links to {target}"


@page_by_page
def test_generated_parts_are_fresh(page: Path, generate: ModuleType) -> None:
    text = page.read_text(encoding="utf-8")
    assert generate.regenerate(text) == text, "run: python docs/generate.py"


def fenced(language: str) -> list[str]:
    """The blocks of a language on all pages but the README, whose recipes have tests of their own."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [block for page in PAGES[1:] for block in pattern.findall(page.read_text(encoding="utf-8"))]


def test_sql_in_the_documentation_runs_on_the_seeds(seeds_db: Path) -> None:
    with sqlite3.connect(f"file:{seeds_db}?mode=ro", uri=True) as connection:
        sql_functions.register(connection)
        source, other_source = [name for (name,) in connection.execute("select id from sources order by id")]
        for sql in fenced("sql"):
            found = connection.execute(sql, {"source": source, "other_source": other_source}).fetchall()
            assert found or sql in RECIPES.values(), sql


def test_yaml_and_json_in_the_documentation_are_whole() -> None:
    assert all(isinstance(yaml.safe_load(block), dict) for block in fenced("yaml"))
    assert all(isinstance(json.loads(line), dict) for block in fenced("json") for line in block.splitlines())


def test_readme_json_line_is_read_as_an_article(tmp_path: Path) -> None:
    (line,) = re.findall(r"^```json\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "articles.jsonl").write_text(line)
    (article,) = read([str(tmp_path)])
    assert isinstance(article, Article)
    assert (article.source, article.published) == ("The Courier", "2025-02-24")


def test_front_matter_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```\n(---\n.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "minerals.md").write_text(example)
    (article,) = read([str(tmp_path)])
    assert isinstance(article, Article)
    assert (article.source, article.title, article.published) == ("The Courier", "A deal on minerals", "2025-02-24")
    assert article.text.startswith("The two governments")


def test_source_names_follow_the_documented_order(tmp_path: Path) -> None:
    folder = tmp_path / "downloads" / "The Courier" / "2025"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Some words.")
    (tmp_path / "downloads" / "daily.txt").write_text("Some other words.")
    (tmp_path / "downloads" / "named.md").write_text("---\nsource: Third Paper\n---\nMore words.")
    by_itself = {Path(article.origin).name: article.source for article in read([str(tmp_path / "downloads")])}
    assert by_itself == {"a.txt": "The Courier", "daily.txt": "daily", "named.md": "Third Paper"}
    given = {Path(article.origin).name: article.source for article in read([str(tmp_path / "downloads")], "Given")}
    assert given == {"a.txt": "Given", "daily.txt": "Given", "named.md": "Third Paper"}


def test_every_command_is_documented() -> None:
    """With its help, which `test_generated_parts_are_fresh` holds to what the command says."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## (\w+)$", page, re.MULTILINE)) == set(cli.commands["newscompare"].commands)


def test_metadata_describes_every_table_and_column(generate: ModuleType) -> None:
    tables = generate.described()
    undescribed = [name for name in generate.schema_columns() if not tables.get(name, {}).get("description")]
    undescribed += [
        f"{name}.{column}"
        for name, columns in generate.schema_columns().items()
        for column in columns
        if not tables.get(name, {}).get("columns", {}).get(column)
    ]
    assert undescribed == []


def test_metadata_describes_nothing_that_is_not_there(generate: ModuleType) -> None:
    there = generate.schema_columns()
    extra = [
        f"{name}.{column}"
        for name, told in generate.described().items()
        for column in told.get("columns", {})
        if column not in there.get(name, [])
    ]
    assert extra == []


def repository_files() -> list[Path]:
    """The files that belong to the repository; every file where it is no git checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        kept_out = {
            ".venv",
            "build",
            ".git",
            "__pycache__",
            ".pytest_cache",
            ".ruff_cache",
            ".mypy_cache",
            ".hypothesis",
        }
        return [path for path in ROOT.rglob("*") if path.is_file() and not kept_out & set(path.relative_to(ROOT).parts)]


# Written in two halves, so that this file does not hold what it looks for.
MACHINE_BOUND = [
    re.compile(first + second)
    for first, second in [
        (r"pypi\.", "org"),
        (r"python", r"hosted\.org"),
        (r"npmjs\.", "(org|com)"),
        (r"anaconda\.", "(org|com)"),
        (r"(?<![\w.~-])/wo", r"rk/"),
        (r"(?<![\w.~-])/ro", r"ot/"),
        (r"(?<![\w.~-])/tmp", r"/\w"),
        (r"(?<![\w.~-])/ho", r"me/\w"),
    ]
]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in repository_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for pattern in MACHINE_BOUND if (m := pattern.search(text))]
    assert found == []


def test_no_lock_file() -> None:
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock.toml", "requirements.txt"}
    assert not locks & {path.name for path in repository_files()}
