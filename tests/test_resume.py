"""A load that is killed at any moment and run again ends with the rows of one that was left alone."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOWNS = ["Kelso", "Bramley", "Ashford", "Whitby", "Corran", "Denby"]
EVENTS = [
    "The {town} dam broke on Monday, flooding {n} houses. Mayor Ada Finch of {town} said nobody was hurt.",
    "A fire at the {town} paper mill killed {n} workers. Police in {town} said the cause was not known.",
    "Voters in {town} elected Ruth Amberley as mayor with a majority of {n}. She promised a new bridge for {town}.",
]
LOAD = """
import sys
from pathlib import Path
from datasette_newscompare.loading import comparing, entities, pipeline
from datasette_newscompare.settings import LoadSettings
comparing.STORIES_A_BATCH = entities.STORIES_A_BATCH = 2
pipeline.load(Path(sys.argv[1]), [sys.argv[2]], LoadSettings(batch_size=3))
"""
TABLES = {
    "sources": "*",
    "stories": "*",
    "articles": "id, source_id, story_id, title, word_count, sentence_count, content_hash",
    "article_texts": "*",
    "article_terms": "*",
    "term_counts": "*",
    "sentences": "*",
    "entities": "*",
    "entity_aliases": "*",
    "mentions": "*",
    "article_entities": "*",
    "source_entities": "*",
    "story_entities": "*",
    "match_entities": "*",
    "quantities": "*",
    "quotes": "*",
    "matches": "*",
    "near_misses": "*",
    "repeats": "*",
    "differences": "*",
    "facts": "*",
    "fact_sentences": "*",
    "same_texts": "*",
}


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("resume") / "articles.jsonl"
    with path.open("w") as lines:
        for number, town in enumerate(TOWNS):
            for event, source in enumerate(("Herald", "Post", "Courier")):
                text = EVENTS[number % 3].format(town=town, n=12 + number + event // 2)
                record = {
                    "source": source,
                    "title": f"{town} news {number % 3}",
                    "text": text,
                    "published": "2025-02-24",
                }
                lines.write(json.dumps(record) + "\n")
    return path


def start(db: Path, articles: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LOAD, str(db), str(articles)], stderr=subprocess.PIPE)


def content(db: Path) -> dict[str, list[tuple]]:
    with sqlite3.connect(db) as connection:
        return {t: connection.execute(f"SELECT {c} FROM {t} ORDER BY 1, 2").fetchall() for t, c in TABLES.items()}


def test_killed_loads_run_again_end_like_an_undisturbed_one(articles: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    began = time.monotonic()
    first = start(whole, articles)
    assert first.wait() == 0, first.stderr and first.stderr.read()
    seconds = time.monotonic() - began
    expected = content(whole)
    assert len(expected["articles"]) == 18
    assert expected["matches"]

    chance = random.Random(7)
    killed = 0
    for attempt in range(5):
        db = tmp_path / f"killed{attempt}.db"
        # Start-up is most of a short run: aim at the part in which rows are written.
        process = start(db, articles)
        time.sleep(seconds * chance.uniform(0.5, 1.0))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        again = start(db, articles)
        assert again.wait() == 0, again.stderr and again.stderr.read()
        assert content(db) == expected
        with sqlite3.connect(db) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
    assert killed, "no run was still going when it was to be killed"
