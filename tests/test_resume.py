"""A load that is killed at any moment and run again ends with the rows of one that was left alone."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import time
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from datasette_newscompare.loading import comparing, entities, pipeline
from datasette_newscompare.settings import LoadSettings

TOWNS = ["Kelso", "Bramley", "Ashford", "Whitby", "Corran", "Denby"]
EVENTS = [
    "The {town} dam broke on Monday, flooding {n} houses. Mayor Ada Finch of {town} said nobody was hurt.",
    "A fire at the {town} paper mill killed {n} workers. Police in {town} said the cause was not known.",
    "Voters in {town} elected Ruth Amberley as mayor with a majority of {n}. She promised a new bridge for {town}.",
]
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
    "entity_spellings": "*",
    "mentions": "*",
    "article_entities": "*",
    "sentence_entities": "*",
    "sentence_entity_ids": "*",
    "article_entity_ids": "*",
    "fact_entities": "*",
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


def load_in_small_steps(db: Path, articles: Path) -> None:
    comparing.STORIES_A_BATCH = entities.STORIES_A_BATCH = 2
    pipeline.load(db, [str(articles)], LoadSettings(batch_size=3, level="lexical"))


def start(db: Path, articles: Path) -> ForkServerProcess:
    """A process that loads; a server that has imported everything forks it, so that most of its time is loading."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["datasette_newscompare.loading.pipeline", "spacy"])
    process = context.Process(target=load_in_small_steps, args=(db, articles))
    process.start()
    return process


def ended(process: ForkServerProcess) -> int | None:
    process.join()
    return process.exitcode


def content(db: Path) -> dict[str, list[tuple]]:
    with sqlite3.connect(db) as connection:
        return {t: connection.execute(f"SELECT {c} FROM {t} ORDER BY 1, 2").fetchall() for t, c in TABLES.items()}


def test_killed_loads_run_again_end_like_an_undisturbed_one(articles: Path, tmp_path: Path) -> None:
    assert ended(start(tmp_path / "first.db", articles)) == 0  # with what the server imports before it forks
    whole = tmp_path / "whole.db"
    began = time.monotonic()
    assert ended(start(whole, articles)) == 0
    seconds = time.monotonic() - began
    expected = content(whole)
    assert len(expected["articles"]) == 18
    assert expected["matches"]

    chance = random.Random(7)
    killed = 0
    for attempt in range(5):
        db = tmp_path / f"killed{attempt}.db"
        process = start(db, articles)
        time.sleep(seconds * chance.uniform(0.2, 1.0))
        process.kill()
        killed += ended(process) == -signal.SIGKILL
        assert ended(start(db, articles)) == 0
        assert content(db) == expected
        with sqlite3.connect(db) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
    assert killed, "no run was still going when it was to be killed"


def test_what_took_long_to_compare_is_stored_before_the_batch_is_full(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []

    def progress(stage: str, done: int) -> None:
        told.append((stage, done))

    monkeypatch.setattr(comparing, "SECONDS_A_BATCH", 0.0)
    pipeline.load(tmp_path / "slow.db", [str(articles)], LoadSettings(level="lexical"), progress)
    (stories,) = [done for stage, done in told if stage == "to compare"]
    assert stories > 1
    assert [done for stage, done in told if stage == "compared"] == [1] * stories
