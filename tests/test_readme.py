"""What the README promises, done as it says."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from live_server import fetch, serving

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN = README.split("\n## ")[0]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


RECIPES = blocks("sql")


def recipe_for(view: str) -> str:
    (recipe,) = (sql for sql in RECIPES if re.search(rf"from {view}\b", sql))
    return recipe


@pytest.fixture(scope="session")
def seeds(seeds_db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{seeds_db}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def rows(seeds: sqlite3.Connection, view: str) -> list[sqlite3.Row]:
    return seeds.execute(recipe_for(view)).fetchall()


def test_first_screen_has_one_image_and_two_commands() -> None:
    assert re.findall(r"!\[[^\]]+\]\((.+?)\)", FIRST_SCREEN) == ["docs/images/compare.png"]
    run, test = blocks("bash", FIRST_SCREEN)
    assert run.startswith("python3 -m venv .venv && .venv/bin/pip install '.[load]'")
    install = "python3 -m venv .venv && .venv/bin/pip install '.[test]'"
    assert test == f"{install} && .venv/bin/pytest -n auto --dist loadfile\n"


def test_first_command_loads_the_seeds_and_serves_them_where_it_says(tmp_path: Path) -> None:
    """The command as written, but with this interpreter's packages and a free port."""
    run, _ = blocks("bash", FIRST_SCREEN)
    (address,) = re.findall(r"<http://127\.0\.0\.1:8001(/\S+)>", FIRST_SCREEN)
    _, _, load, serve = (shlex.split(part) for part in run.split("&&"))
    assert load[0] == serve[0] == ".venv/bin/datasette"
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "metadata.yml", tmp_path)
    datasette = [sys.executable, "-m", "datasette"]
    loaded = subprocess.run([*datasette, *load[1:]], cwd=tmp_path, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    with serving([*datasette, *serve[1:]], tmp_path) as server:
        page = fetch(server + address)
    assert "Putin" in page
    assert "/news/-/newscompare/story/" in page


@pytest.mark.parametrize("sql", RECIPES, ids=lambda sql: re.search(r"from (\w+)", sql)[1])
def test_recipe_runs_on_the_seeds(sql: str, seeds: sqlite3.Connection) -> None:
    found = seeds.execute(sql).fetchall()
    # No number in one of the seeds contradicts the other's, nobody has judged their matches yet, and they are of two
    # outlets.
    assert found or any(view in sql for view in ("number_differences", "verdict_precision", "near_copies"))


def test_recipes_show_every_view(seeds: sqlite3.Connection) -> None:
    views = {name for (name,) in seeds.execute("select name from sqlite_master where type = 'view'")}
    for view in views - {"article_search"}:
        assert recipe_for(view)


def test_match_pairs_recipe_shows_the_500_billion_on_both_sides(seeds: sqlite3.Connection) -> None:
    every = recipe_for("match_pairs").replace("limit 10", "")
    assert any(
        {"$500bn", "$500 billion"} == {re.search(r"\$500 ?\w+", text)[0] for text in (row["text"], row["other_text"])}
        for row in seeds.execute(every)
        if "$500" in row["text"] and "$500" in row["other_text"]
    )


def test_sentences_without_match_recipe_shows_the_disputed_figure(seeds: sqlite3.Connection) -> None:
    assert any(row["text"].startswith("Zelenzky has disputed") for row in rows(seeds, "sentences_without_match"))


def test_source_overlap_recipe_has_both_directions(seeds: sqlite3.Connection) -> None:
    shares = {(row["source"], row["other_source"]): row["share_found"] for row in rows(seeds, "source_overlap")}
    (one, other), *_ = shares
    assert len(shares) == 2
    assert (other, one) in shares
    assert all(0.3 < share <= 1 for share in shares.values())


def test_fact_matrix_recipe_names_both_sources(seeds: sqlite3.Connection) -> None:
    first = rows(seeds, "fact_matrix")[0]
    assert first["source_count"] == len(first["sources"].split(", ")) == 2


def test_entity_sentences_recipe_finds_trump_in_both_articles(seeds: sqlite3.Connection) -> None:
    found = rows(seeds, "entity_sentences")
    assert len({row["source"] for row in found}) == 2
    assert all("Trump" in row["text"] for row in found)


def test_quote_comparison_recipe_shows_who_is_quoted(seeds: sqlite3.Connection) -> None:
    found = [dict(row) for row in rows(seeds, "quote_comparison")]
    assert any("quite broad prospects" in str(row) and "Peskov" in str(row) for row in found)
