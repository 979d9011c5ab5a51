"""How long a load takes by stage, how much memory and disk, how that grows, and what adding a few articles costs.

    python benchmarks/load.py 1610 5000                        the corpus, annotated now and grown to these sizes
    python benchmarks/load.py --base corpus.db 20000 100000    the same from the corpus as it was loaded before
    python benchmarks/load.py --pace 200                       annotation beside spaCy's own `nlp.pipe`

Each size is made by `grow.py` with no stories in it, as a load leaves it that was stopped after annotating; the loader
then groups, links and matches it. After that a hundred further articles are loaded the whole way, from JSON lines, and
then the same again, which changes nothing. Each of these runs in a process of its own, so that its memory is its own.
Prints a line a run. Times are of this machine at this moment: compare lines of one run only.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from grow import further, grow
from stories_quality import EVAL, read_corpus

from datasette_newscompare.loading.annotating import Annotator
from datasette_newscompare.loading.identity import Identified, State
from datasette_newscompare.loading.pipeline import load
from datasette_newscompare.records import Article
from datasette_newscompare.settings import LoadSettings

ADDED = 100
CORPUS = EVAL / "corpus" / "articles.jsonl.gz"
NEEDED_BY_WORDS = ["tagger", "attribute_ruler", "lemmatizer", "parser"]


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


def timed(db: Path, inputs: list[str], settings: LoadSettings) -> str:
    """Run the loader and say what it took. Runs in a process of its own."""
    stages = Stages()
    summary = load(db, inputs, settings, stages)
    here, workers = (
        resource.getrusage(who).ru_maxrss / 2**20 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (
        f"{summary.seconds:.1f} s ({'; '.join(stages.lines()) or 'nothing to do'}),"
        f" {summary.article_count / summary.seconds:.0f} articles/s of {summary.article_count:,},"
        f" peak {here:.2f} GiB and {workers:.2f} GiB a worker, file {db.stat().st_size / 2**20:.0f} MiB,"
        f" {summary.story_count:,} stories, {sum(summary.matches.values()):,} matches"
    )


def run(db: Path, inputs: list[str], settings: LoadSettings) -> str:
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(timed, db, inputs, settings).result()


def sizes(base: Path, wanted: list[int], settings: LoadSettings, folder: Path) -> None:
    added = folder / "added.jsonl"
    added.write_text("".join(json.dumps(record) + "\n" for record in further(base, ADDED)), encoding="utf-8")
    for size in wanted:
        db = folder / f"grown-{size}.db"
        started = time.perf_counter()
        count = grow(base, db, size, annotated=True)
        print(
            f"{count:,} annotated articles made in {time.perf_counter() - started:.0f} s,"
            f" file {db.stat().st_size / 2**20:.0f} MiB",
            flush=True,
        )
        for name, inputs in (("group and match", []), (f"add {ADDED}", [str(added)]), ("add nothing", [str(added)])):
            print(f"  {name}: {run(db, inputs, settings)}", flush=True)


def pace(count: int) -> None:
    """Articles a second of one process: ours and spaCy's own, with the components that are needed and no others."""
    import spacy

    articles = [one.document for one in read_corpus(CORPUS)[:count]]
    batch = [
        Identified(Article(d.text, "corpus", d.source_id, d.id, d.title, d.published), d.id, d.source_id, "", State.NEW)
        for d in articles
    ]
    texts = [d.text for d in articles]
    name = Annotator(LoadSettings())._recogniser.name  # type: ignore[union-attr]
    names = spacy.load(name, disable=[*NEEDED_BY_WORDS, "senter"])
    everything = spacy.load(name, disable=["senter"])

    def ours(settings: LoadSettings) -> float:
        annotator = Annotator(settings)
        started = time.process_time()
        for start in range(0, len(batch), settings.batch_size):
            annotator.annotate(batch[start : start + settings.batch_size])
        return time.process_time() - started

    def theirs(nlp: spacy.language.Language) -> float:
        started = time.process_time()
        for _ in nlp.pipe(texts, batch_size=64):
            pass
        return time.process_time() - started

    plain = LoadSettings(words=False)
    for label, seconds in (
        ("without entities: sentences, quantities, quotes", ours(replace(plain, entities=False))),
        ("with entities (--no-words)", ours(plain)),
        ("spaCy's nlp.pipe with its entity recogniser alone", theirs(names)),
        ("with entities and the words that describe them", ours(LoadSettings())),
        ("spaCy's nlp.pipe with recogniser, tagger, lemmatiser and parser", theirs(everything)),
    ):
        print(f"  {label}: {count / seconds:.1f} articles a CPU second", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--base", type=Path, help="the corpus as `load` made it; without it, it is loaded now")
    parser.add_argument("--keep", type=Path, help="a folder to leave the files in")
    parser.add_argument("--no-entities", action="store_true")
    parser.add_argument("--level", choices=("lexical", "encoder"), default="lexical")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pace", type=int, metavar="N", help="annotate this many articles, beside spaCy itself")
    arguments = parser.parse_args()
    if not CORPUS.exists() and (arguments.pace or not arguments.base):
        raise SystemExit(f"skipped: {CORPUS} is not there")
    settings = LoadSettings(entities=not arguments.no_entities, workers=arguments.workers, level=arguments.level)
    if arguments.pace:
        pace(arguments.pace)
    if not arguments.sizes:
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        base = arguments.base or folder / "corpus.db"
        if arguments.sizes and not base.exists():
            print(f"the corpus, whole way: {run(base, [str(CORPUS)], settings)}", flush=True)
        sizes(base, arguments.sizes, settings, folder)


if __name__ == "__main__":
    main()
