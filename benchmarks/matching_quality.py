"""How well the matches of a loaded database agree with people: the whole way, from plain articles.

    python benchmarks/matching_quality.py [--eval ../shared/eval] [--sets dev seeds train] [load options]

Each set is loaded with the loader's own sentence splitting and story grouping into a fresh database, and its matches
are held against the hand-made alignment: P_any, R_same and F by `score_alignment.py`, the reliability of the scores
(of matches scored 0.8, how many did people align), and of the sentences that stand in one fact, how many pairs did
people align. Options that this script does not know go to `datasette newscompare load`.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

TENTHS = 10
ALIGNED = ("same", "partial")

Gold = dict[tuple[int, int], str]
"""Pairs of sentence ids of the database, both ways, with the label that people gave; pairs that they did not align
are missing."""


def load_scorer(path: Path) -> ModuleType:
    """`score_alignment.py` as a module, for its way of finding a gold sentence again."""
    spec = importlib.util.spec_from_file_location("score_alignment", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_gold(db: sqlite3.Connection, scorer: ModuleType, stories: Path) -> tuple[Gold, set[int]]:
    """The labels by sentence ids of the database, and the sentences that the alignment covers."""
    by_article: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for sentence, article, text in db.execute("SELECT id, article_id, text FROM sentences ORDER BY article_id, id"):
        by_article[str(article)].append((sentence, text))
    gold: Gold = {}
    covered: set[int] = set()
    for story in scorer.stories(stories):
        here: dict[str, list[int]] = defaultdict(list)
        for article in story["articles"]:
            found = scorer.find_article(article, by_article)
            for sentence, ids in scorer.gold_ids(article, by_article.get(found, [])).items():
                covered.update([sentence] if ids else [])
                for gold_id in ids:
                    here[gold_id].append(sentence)
        for pair in story["pairs"]:
            for a, b in itertools.product(here[pair["left"]], here[pair["right"]]):
                gold[a, b] = gold[b, a] = pair["label"]
    return gold, covered


def reliability(db: sqlite3.Connection, gold: Gold, covered: set[int]) -> list[tuple[float, int, float, float]]:
    """By tenth of the score: from, matches, mean score, share that people aligned."""
    tenths: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for left, right, score in db.execute("SELECT left_sentence_id, right_sentence_id, score FROM matches"):
        label = gold.get((left, right))
        if left in covered and right in covered and label != "unsure":
            tenths[min(TENTHS - 1, int(score * TENTHS))].append((score, label in ALIGNED))
    return [
        (tenth / TENTHS, len(found), sum(s for s, _ in found) / len(found), sum(r for _, r in found) / len(found))
        for tenth, found in sorted(tenths.items())
    ]


def fact_agreement(db: sqlite3.Connection, gold: Gold, covered: set[int]) -> tuple[int, int]:
    """Pairs of sentences of two articles that stand in one fact: all, and those that people aligned."""
    facts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for fact, sentence, article in db.execute(
        "SELECT f.fact_id, s.id, s.article_id FROM fact_sentences f JOIN sentences s ON s.id = f.sentence_id"
    ):
        if sentence in covered:
            facts[fact].append((sentence, article))
    found: Counter[bool] = Counter()
    for sentences in facts.values():
        for (a, article_a), (b, article_b) in itertools.combinations(sentences, 2):
            label = gold.get((a, b))
            if article_a != article_b and label != "unsure":
                found[label in ALIGNED] += 1
    return found[True] + found[False], found[True]


def articles_of(evaluation: Path, name: str, folder: Path) -> tuple[Path, Path]:
    """Where a set's alignment is, and its plain articles as the loader reads them."""
    if name == "seeds":
        return evaluation / "alignment" / "seeds.json", Path(__file__).parent.parent / "seeds"
    stories = evaluation / "alignment" / name
    plain = folder / f"{name}.jsonl"
    command = [sys.executable, str(evaluation / "score_alignment.py"), "articles", str(stories)]
    plain.write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout, encoding="utf-8")
    return stories, plain


def report(evaluation: Path, name: str, folder: Path, options: list[str]) -> None:
    """Load a set and print what people say to its matches."""
    stories, plain = articles_of(evaluation, name, folder)
    path = folder / f"{name}.db"
    started = time.perf_counter()
    command = [sys.executable, "-m", "datasette", "newscompare", "load", str(path), str(plain), *options]
    subprocess.run(command, check=True, capture_output=True)
    print(f"\n{name}: loaded and matched in {time.perf_counter() - started:.0f} s")
    scorer = load_scorer(evaluation / "score_alignment.py")
    scorer.score(str(path), stories, set(), 0)
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    gold, covered = read_gold(db, scorer, stories)
    for low, count, mean, right in reliability(db, gold, covered):
        print(f"  scored {low:.1f} and more: {count:5} matches, mean {mean:.2f}, people aligned {right:.2f}")
    pairs, right_pairs = fact_agreement(db, gold, covered)
    print(f"  in one fact: {pairs} pairs of sentences, people aligned {right_pairs / max(1, pairs):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=Path(__file__).parent.parent / "../shared/eval")
    parser.add_argument("--sets", nargs="+", default=["seeds", "dev"])
    args, options = parser.parse_known_args()
    if not args.eval.is_dir():
        sys.exit(f"skipped: the aligned stories are not at {args.eval}; name their folder with --eval")
    with tempfile.TemporaryDirectory() as folder:
        for name in args.sets:
            report(args.eval, name, Path(folder), options)


if __name__ == "__main__":
    main()
