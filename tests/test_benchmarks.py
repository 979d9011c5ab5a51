"""The benchmarks' own way to make large databases: what it makes is what the loader could have made."""

from __future__ import annotations

import importlib
import sqlite3
from pathlib import Path

import pytest

from datasette_newscompare.loading.check import check
from datasette_newscompare.loading.pipeline import load
from datasette_newscompare.settings import LoadSettings

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def count(db: Path, table: str) -> int:
    with sqlite3.connect(db) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)


@pytest.mark.parametrize("annotated", [False, True], ids=["complete", "annotated"])
def test_grown_database_fits_together(
    seeds_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, annotated: bool
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    grow = importlib.import_module("grow")
    monkeypatch.setattr(grow, "COMMON", 0.9)  # of two articles, what stands in both is common
    out = tmp_path / "grown.db"
    assert grow.grow(seeds_db, out, 6, annotated) == 6
    with sqlite3.connect(out) as connection:
        texts = [text for (text,) in connection.execute("SELECT text FROM article_texts ORDER BY article_id")]
    assert len(set(texts)) == 6
    if annotated:
        assert count(out, "stories") == count(out, "matches") == count(out, "entities") == 0
        load(out, [], LoadSettings(level="lexical"))
        assert count(out, "matches") >= 3 * 10
    else:
        assert count(out, "matches") == 3 * count(seeds_db, "matches")
        assert count(out, "story_entities") == 3 * count(seeds_db, "story_entities")
    assert list(check(out)) == []
