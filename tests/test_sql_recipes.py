"""The recipes of docs/sql.md, asked as a reader asks them: through Datasette, within its time limit, on both lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from instances import get, serve
from pages_story import build

PAGE = Path(__file__).parent.parent / "docs" / "sql.md"
SECTION = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
(TEXT,) = [section for section in SECTION if section.startswith("Recipes\n")]
RECIPES = dict(re.findall(r"^\*\*([^*]+)\*\*.*?^```sql\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def news_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("recipes") / "news.db")


async def answer(path: Path, sql: str) -> list[dict[str, Any]]:
    query = urlencode({"sql": sql, "_shape": "array"})
    found = await get(await serve(path), f"/news.json?{query}", follow_redirects=True)
    assert found.status_code == 200, found.text
    rows: list[dict[str, Any]] = found.json()
    return rows


@pytest.mark.asyncio
@pytest.mark.parametrize("question", RECIPES)
async def test_recipe_has_an_answer(news_db: Path, question: str) -> None:
    rows = await answer(news_db, RECIPES[question])
    assert rows
    assert any(all(value is not None for value in row.values()) for row in rows) or "quote" in question


def test_every_block_of_the_section_is_a_recipe_with_a_question() -> None:
    assert len(RECIPES) == TEXT.count("```sql") >= 5


async def asked(path: Path, words: str) -> list[dict[str, Any]]:
    (question,) = [question for question in RECIPES if words in question]
    return await answer(path, RECIPES[question])


@pytest.mark.asyncio
async def test_who_tells_what_only_they_tell(news_db: Path) -> None:
    shares = {row["source"]: (row["only_there"], row["sentences_told"]) for row in await asked(news_db, "only they")}
    assert shares["The Post"] == (1, 5)
    assert shares["The Ledger"] == (1, 6)


@pytest.mark.asyncio
async def test_which_numbers_differ_and_by_how_much(news_db: Path) -> None:
    (row,) = await asked(news_db, "Which numbers")
    assert (row["left_number"], row["right_number"], row["times"]) == ("12", "Fifteen", 1.25)


@pytest.mark.asyncio
async def test_overlap_by_month_has_both_directions(news_db: Path) -> None:
    rows = await asked(news_db, "month by month")
    assert {row["month"] for row in rows} == {"2024-05"}
    shares = {(row["source"], row["other_source"]): row["share_found"] for row in rows}
    assert (shares["The Post", "The Ledger"], shares["The Ledger", "The Post"]) == (0.8, 0.67)


@pytest.mark.asyncio
async def test_who_has_the_same_words_later(news_db: Path) -> None:
    rows = await asked(news_db, "same words later")
    assert [(row["first_source"], row["later_source"], row["sentences"]) for row in rows] == [
        ("The Wire", "The Ledger", 2),
        ("The Ledger", "The Post", 1),
    ]
