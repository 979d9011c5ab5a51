"""What it saves to keep what the encoder made of sentences, where an article comes into a story.

    python benchmarks/encodings.py [--stories 12] [--articles 3]

Stories of the corpus (`../shared/eval/corpus`) that at least so many articles tell are loaded without their last
article, and then with it: once with what the first load kept, once without. Prints CPU seconds of comparing alone, how
large the files are, and whether both find the same. Compare the lines of one run only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from stories_quality import EVAL

from datasette_newscompare.loading.encodings import encodings_beside
from datasette_newscompare.loading.pipeline import load
from datasette_newscompare.settings import LoadSettings

CORPUS = EVAL / "corpus" / "articles.jsonl.gz"
SETTINGS = LoadSettings(entities=False)


class Comparing:
    """CPU seconds from the end of the stage before to the end of comparing."""

    def __init__(self) -> None:
        self.before = self.seconds = 0.0

    def __call__(self, stage: str, done: int) -> None:
        if stage == "compared":
            self.seconds = time.process_time() - self.before
        else:
            self.before = time.process_time()


def told_by(articles: int, stories: int) -> tuple[list[Any], list[Any]]:
    """The corpus's first so many stories that so many articles tell: all but the last article of each, and these."""
    found = defaultdict(list)
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found[record["story"]].append(record)
    large = [story for story in found.values() if len(story) >= articles][:stories]
    return [record for story in large for record in story[:-1]], [story[-1] for story in large]


def write(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def measured(label: str, db: Path, articles: Path, settings: LoadSettings) -> list[tuple]:
    """Load, print what it took, and give the matches."""
    comparing = Comparing()
    load(db, [str(articles)], settings, comparing)
    held = encodings_beside(db)
    megabytes = [path.stat().st_size / 1e6 if path.exists() else 0 for path in (db, held)]
    print(
        f"{label}: compared in {comparing.seconds:.1f} s, database {megabytes[0]:.1f} MB, kept {megabytes[1]:.1f} MB",
        flush=True,
    )
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(
            "SELECT left_sentence_id, right_sentence_id, score, kind FROM matches ORDER BY 1, 2"
        ).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=12)
    parser.add_argument("--articles", type=int, default=3)
    arguments = parser.parse_args()
    if not CORPUS.exists():
        sys.exit(f"skipped: {CORPUS} is not there")
    first, last = told_by(arguments.articles, arguments.stories)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        early, late = write(folder / "first.jsonl", first), write(folder / "last.jsonl", last)
        keeping, not_keeping = folder / "keeping.db", folder / "not_keeping.db"
        measured(f"{len(first)} articles", keeping, early, SETTINGS)
        shutil.copy(keeping, not_keeping)
        kept = measured(f"{len(last)} more, with what was kept", keeping, late, SETTINGS)
        again = measured(f"{len(last)} more, without", not_keeping, late, replace(SETTINGS, keep_encoded=0))
        print(f"{len(kept):,} matches, {'the same' if kept == again else 'NOT the same'}")


if __name__ == "__main__":
    main()
