"""How well, how fast and in how much memory articles are grouped into stories, beside methods that others wrote.

    python benchmarks/stories_quality.py                         quality on the sets in ../shared/eval
    python benchmarks/stories_quality.py --sizes 20000 100000    time and memory on the corpus grown to these sizes

Quality is B-cubed (Bagga and Baldwin, 1998) and pairwise precision, recall and F1. Peers run where their packages are
installed (scikit-learn, datasketch); their thresholds are the best of a grid on the very set measured, so what stands
beside them is their upper bound, not what they would reach on new data.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from datasette_newscompare.stories import StoryDocument, group

EVAL = Path(__file__).parent.parent.parent / "shared" / "eval"
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with the story that people put it in."""

    document: StoryDocument
    story: str
    ambiguous: bool = False


def read_corpus(path: Path) -> list[Labelled]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        Labelled(
            StoryDocument(
                id=record["id"],
                source_id=record["source"],
                title=record["title"] or "",
                text=record["text"],
                published=record["published"],
            ),
            record["story"],
            record["ambiguous"],
        )
        for record in records
    ]


def read_ecb(path: Path, *, titled: bool) -> list[Labelled]:
    """ECB+ has neither titles nor dates. `titled` takes the first sentence as the title."""
    labelled = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        sentences = [sentence["text"] for sentence in record["sentences"]]
        title, body = (sentences[0], sentences[1:]) if titled else ("", sentences)
        document = StoryDocument(id=record["id"], source_id=record["id"], title=title, text="\n".join(body))
        labelled.append(Labelled(document, f"{record['topic']}/{record['story']}"))
    return labelled


def b_cubed(labels: Sequence[object], gold: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1, each article counted once."""
    both, found, true = Counter(zip(labels, gold, strict=True)), Counter(labels), Counter(gold)
    precision = sum(n * n / found[label] for (label, _), n in both.items()) / len(gold)
    recall = sum(n * n / true[story] for (_, story), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise(labels: Sequence[object], gold: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of articles in one story."""

    def pairs(counts: Iterable[int]) -> int:
        return sum(n * (n - 1) // 2 for n in counts)

    both = pairs(Counter(zip(labels, gold, strict=True)).values())
    found, true = pairs(Counter(labels).values()), pairs(Counter(gold).values())
    if not both:
        return 0.0, 0.0, 0.0
    return both / found, both / true, 2 * both / (found + true)


def ours(labelled: Sequence[Labelled]) -> list[object]:
    stories = group([one.document for one in labelled])
    label = {article: number for number, story in enumerate(stories) for article in story.article_ids}
    return [label[one.document.id] for one in labelled]


def peers() -> dict[str, Callable[[Sequence[Labelled]], list[list[object]]]]:
    """Methods by name; each gives the labels for every threshold of its grid."""
    methods: dict[str, Callable[[Sequence[Labelled]], list[list[object]]]] = {}
    try:
        from sklearn.cluster import HDBSCAN, AgglomerativeClustering
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        print("scikit-learn is not installed: its two peers are left out")
    else:

        def distances(labelled: Sequence[Labelled]):
            texts = [f"{one.document.title}\n{one.document.text}" for one in labelled]
            vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)
            return (1.0 - (vectors @ vectors.T).toarray()).clip(0.0, 1.0)

        def agglomerative(labelled: Sequence[Labelled]) -> list[list[object]]:
            table = distances(labelled)
            return [
                list(
                    AgglomerativeClustering(
                        n_clusters=None, distance_threshold=cut / 100, metric="precomputed", linkage="average"
                    ).fit_predict(table)
                )
                for cut in range(60, 92, 4)
            ]

        def hdbscan(labelled: Sequence[Labelled]) -> list[list[object]]:
            table = distances(labelled)
            results: list[list[object]] = []
            for selection in ("eom", "leaf"):
                found = HDBSCAN(
                    min_cluster_size=2,
                    min_samples=1,
                    metric="precomputed",
                    cluster_selection_method=selection,
                    copy=True,
                ).fit_predict(table)
                results.append([int(label) if label >= 0 else f"alone {row}" for row, label in enumerate(found)])
            return results

        methods["scikit-learn TF-IDF, average linkage"] = agglomerative
        methods["scikit-learn TF-IDF, HDBSCAN"] = hdbscan
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        print("datasketch is not installed: its peer is left out")
    else:

        def minhash(labelled: Sequence[Labelled]) -> list[list[object]]:
            hashes = []
            for one in labelled:
                sketch = MinHash(num_perm=128)
                for word in set(re.findall(r"\w{4,}", f"{one.document.title} {one.document.text}".lower())):
                    sketch.update(word.encode())
                hashes.append(sketch)
            results = []
            for cut in (0.3, 0.4, 0.5, 0.6):
                lsh = MinHashLSH(threshold=cut, num_perm=128)
                for row, sketch in enumerate(hashes):
                    lsh.insert(row, sketch)
                links = ((row, other) for row, sketch in enumerate(hashes) for other in lsh.query(sketch))
                results.append(components(len(hashes), links))
            return results

        methods["datasketch MinHash LSH, connected components"] = minhash
    return methods


def components(count: int, links: Iterable[tuple[int, int]]) -> list[object]:
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, other in links:
        parent[root(one)] = root(other)
    return [root(item) for item in range(count)]


def show(name: str, labels: Sequence[object], gold: Sequence[object], note: str = "") -> None:
    p, r, f = b_cubed(labels, gold)
    _, _, pair_f = pairwise(labels, gold)
    print(f"  {name:46} B3 P {p:.3f} R {r:.3f} F1 {f:.3f}   pairwise F1 {pair_f:.3f}   {note}", flush=True)


def quality() -> None:
    sets: dict[str, list[Labelled]] = {}
    corpus_path, ecb_path = EVAL / "corpus" / "articles.jsonl.gz", EVAL / "stories" / "ecb_train_dev.jsonl"
    if corpus_path.exists():
        corpus = read_corpus(corpus_path)
        sets["corpus, all articles"] = corpus
        sets["corpus, unambiguous articles loaded alone"] = [one for one in corpus if not one.ambiguous]
    else:
        print(f"skipped: {corpus_path} is not there")
    if ecb_path.exists():
        sets["ECB+ train and dev, first sentence as title"] = read_ecb(ecb_path, titled=True)
        sets["ECB+ train and dev, no titles"] = read_ecb(ecb_path, titled=False)
    else:
        print(f"skipped: {ecb_path} is not there")
    methods = peers()
    for name, labelled in sets.items():
        gold = [one.story for one in labelled]
        print(f"{name}: {len(labelled)} articles, {len(set(gold))} stories")
        started = time.perf_counter()
        labels = ours(labelled)
        show("this project", labels, gold, f"{time.perf_counter() - started:.1f} s")
        clear = [row for row, one in enumerate(labelled) if not one.ambiguous]
        if len(clear) < len(labelled):
            show("  of these, the unambiguous", [labels[row] for row in clear], [gold[row] for row in clear])
        for method, run in methods.items():
            started = time.perf_counter()
            results = run(labelled)
            best = max(results, key=lambda result: b_cubed(result, gold)[2])
            show(method, best, gold, f"{(time.perf_counter() - started) / len(results):.1f} s")


def grown(corpus: Sequence[Labelled], size: int, seed: int = 1) -> list[Labelled]:
    """The corpus resampled to `size` articles, story sizes kept.

    Each copy of a story gets another date and other words (each word that fewer than one article in twenty has becomes
    one of the same kind, drawn as often as the corpus has it and the same throughout the copy), and each of its
    articles loses one word in twenty.
    """
    chance = random.Random(seed)
    stories: dict[str, list[Labelled]] = defaultdict(list)
    for one in corpus:
        stories[one.story].append(one)
    found = Counter(word for one in corpus for word in set(WORD.findall(one.document.text)))
    rare = {word for word, count in found.items() if count * 20 < len(corpus)}
    names = [word for word in sorted(rare) if word[0].isupper() for _ in range(found[word])]
    others = [word for word in sorted(rare) if not word[0].isupper() for _ in range(found[word])]
    keys = sorted(stories)
    result: list[Labelled] = []
    copy = 0
    while len(result) < size:
        if copy % len(keys) == 0:
            chance.shuffle(keys)
        key = keys[copy % len(keys)]
        renamed: dict[str, str] = {}
        shift = timedelta(days=chance.randrange(-700, 700))

        def rename(match: re.Match[str], renamed: dict[str, str] = renamed) -> str:
            word = match.group()
            if word not in rare:
                return word
            return renamed.setdefault(word, chance.choice(names if word[0].isupper() else others))

        for one in stories[key]:
            text = " ".join(word for word in one.document.text.split(" ") if chance.random() >= 0.05)
            published = one.document.published
            document = StoryDocument(
                id=f"{one.document.id}-{copy}",
                source_id=one.document.source_id,
                title=WORD.sub(rename, one.document.title),
                text=WORD.sub(rename, text),
                published=str(date.fromisoformat(published[:10]) + shift) if published else None,
            )
            result.append(Labelled(document, f"{key}-{copy}", one.ambiguous))
        copy += 1
    return result[:size]


def speed(sizes: Sequence[int]) -> None:
    path = EVAL / "corpus" / "articles.jsonl.gz"
    if not path.exists():
        print(f"skipped: {path} is not there")
        return
    corpus = read_corpus(path)
    for size in sizes:
        labelled = grown(corpus, size)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started, cpu = time.perf_counter(), time.process_time()
        labels = ours(labelled)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        _, _, f = b_cubed(labels, [one.story for one in labelled])
        print(
            f"{size:7} articles: {seconds:7.1f} s ({cpu:.1f} s CPU), {size / seconds:6.0f} articles a second, "
            f"peak {peak / 2**20:.2f} GiB ({before / 2**20:.2f} before), B3 F1 {f:.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", help="measure time and memory at these numbers of articles")
    arguments = parser.parse_args()
    if arguments.sizes:
        speed(arguments.sizes)
    else:
        quality()


if __name__ == "__main__":
    sys.exit(main())
