"""How long a load takes by stage, how much memory and disk, how that grows, and what adding a few articles costs.

    python benchmarks/load.py 1610 5000          sizes of archive; the evaluation corpus, or grown from it
    python benchmarks/load.py --no-entities --workers 2 20000

Each size is loaded into a new file by the loader itself; then a hundred further articles are added, and then nothing.
Prints a line a stage. Times are of this machine at this moment: compare lines of one run only.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from stories_quality import EVAL, grown, read_corpus

from datasette_newscompare.loading.pipeline import load
from datasette_newscompare.settings import LoadSettings

ADDED = 100


class Stages:
    """Seconds from the end of one stage to the end of the next, as the loader's progress tells them."""

    def __init__(self) -> None:
        self.ends: dict[str, float] = {}
        self.done: dict[str, int] = {}
        self.started = time.perf_counter()

    def __call__(self, stage: str, done: int) -> None:
        self.ends[stage] = time.perf_counter()
        self.done[stage] = self.done.get(stage, 0) + done

    def lines(self) -> list[str]:
        found, before = [], self.started
        for stage in ("annotated", "grouped", "linked", "compared"):
            if stage in self.ends:
                found.append(f"{stage} {self.done[stage]:,} in {self.ends[stage] - before:.1f} s")
                before = self.ends[stage]
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--no-entities", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    path = EVAL / "corpus" / "articles.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"skipped: {path} is not there")
    corpus = read_corpus(path)
    settings = LoadSettings(entities=not arguments.no_entities, workers=arguments.workers)
    for size in arguments.sizes:
        articles = grown(corpus, size + ADDED) if size + ADDED > len(corpus) else corpus[: size + ADDED]
        with tempfile.TemporaryDirectory() as folder:
            db = Path(folder, "grown.db")
            base, added = Path(folder, "base.jsonl"), Path(folder, "added.jsonl")
            for file, part in ((base, articles[:size]), (added, articles[size:])):
                with file.open("w", encoding="utf-8") as lines:
                    for one in part:
                        d = one.document
                        record = {"id": d.id, "source": d.source_id, "title": d.title, "published": d.published}
                        lines.write(json.dumps(record | {"text": d.text}) + "\n")
            print(f"{size:,} articles, {'without' if arguments.no_entities else 'with'} entities", flush=True)
            for name, file in (("load", base), (f"add {len(articles) - size}", added), ("add nothing", added)):
                stages = Stages()
                summary = load(db, [str(file)], settings, stages)
                here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                print(
                    f"  {name}: {summary.seconds:.1f} s ({'; '.join(stages.lines()) or 'nothing to do'}),"
                    f" peak {here / 2**20:.2f} GiB and {workers / 2**20:.2f} GiB a worker,"
                    f" file {db.stat().st_size / 2**20:.0f} MiB, {sum(summary.matches.values()):,} matches",
                    flush=True,
                )


if __name__ == "__main__":
    main()
