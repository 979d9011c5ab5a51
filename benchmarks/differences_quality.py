"""How well the flags of differences do, kind by kind, on pairs of sentences written after cases in real news.

    python benchmarks/differences_quality.py [--show]
    python benchmarks/differences_quality.py --read DB [--kind number] [--sample 40] [--seed 1]

The first form prints precision and recall of each kind on `difference_cases.json`, which holds what must be flagged and
what must not; a flag of any kind where none is due counts against that kind. `--show` prints what was missed and what
was wrong. The second form draws flags of a loaded database by chance, for a person to read and count the right ones.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from datasette_newscompare.matching.differences import find_differences
from datasette_newscompare.records import Difference, StoryArticle, StorySentence
from datasette_newscompare.text.document import annotate

CASES = Path(__file__).parent / "difference_cases.json"
PUBLISHED = "2024-05-07"
Flag = tuple[str, str | None, str | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--read", type=Path, metavar="DB")
    parser.add_argument("--kind", default="")
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.read:
        read(args.read, args.kind, args.sample, random.Random(args.seed))
    else:
        measure(args.show)


def measure(show: bool) -> None:
    found, wrong, wanted = Counter[str](), Counter[str](), Counter[str]()
    for case, right, surplus, missing in results():
        found[case["kind"]] += len(right)
        wanted[case["kind"]] += len(right) + len(missing)
        for difference in surplus:
            wrong[label(difference)] += 1
        if show:
            for what, flags in (("missed", missing), ("wrong", [flag(d) for d in surplus])):
                for one in flags:
                    print(f"{what}: {one}\n  {case['left']}\n  {case['right']}")
    print(f"{'kind':22}{'cases':>7}{'due':>6}{'found':>7}{'wrong':>7}{'precision':>11}{'recall':>8}")
    cases = Counter(case["kind"] for case in load_cases())
    for kind, n in cases.items():
        flagged = found[kind] + wrong[kind]
        precision = f"{found[kind] / flagged:.2f}" if flagged else "none"
        counts = f"{n:7}{wanted[kind]:6}{found[kind]:7}{wrong[kind]:7}"
        print(f"{kind:22}{counts}{precision:>11}{found[kind] / wanted[kind]:8.2f}")


def load_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    return cases


def results() -> Iterator[tuple[dict[str, Any], list[Difference], list[Difference], list[Flag]]]:
    """Each case with the flags that were due and found, those that were not due, and those that were missed."""
    for case in load_cases():
        left, right = (article(case[side] + case.get(f"{side}_after", ""), side) for side in ("left", "right"))
        flags = find_differences(left.sentences[0], right.sentences[0], case["match"], left, right, 0.9)
        due = {(kind, one, other) for kind, one, other in case["flags"]}
        yield (
            case,
            [d for d in flags if flag(d) in due],
            [d for d in flags if flag(d) not in due],
            sorted(due - {flag(d) for d in flags}, key=str),
        )


def flag(difference: Difference) -> Flag:
    return difference.kind, difference.left_text, difference.right_text


def label(difference: Difference) -> str:
    """The kind of case that a flag belongs to."""
    note = difference.note or ""
    names: Mapping[str, str] = {
        "spelling": "spelling", "title": "title", "another speaker": "speaker", "quoted in part": "quoted in part",
        "in quotation marks on one side only": "quote unmarked",
        "hedged on one side, flat on the other": "hedged", "denied on one side, flat on the other": "denied",
        "attributed on one side, flat on the other": "attributed",
    }  # fmt: skip
    return names.get(note) or ("quote altered" if difference.kind == "quote" else difference.kind)


def article(text: str, name: str) -> StoryArticle:
    """An article as the matcher sees it, read by the text stage."""
    found = annotate(text, published=PUBLISHED)
    sentences = tuple(
        StorySentence(
            id=s.position,
            article_id=name,
            source_id=name,
            position=s.position,
            paragraph=s.paragraph,
            role=s.role,
            start=s.start,
            text=s.text,
            quantities=tuple(q for position, q in found.quantities if position == s.position),
            quotes=tuple(q for position, q in found.quotes if position == s.position),
        )
        for s in found.sentences
    )
    return StoryArticle(name, name, PUBLISHED, sentences)


def read(path: Path, kind: str, sample: int, chance: random.Random) -> None:
    """Print flags of a database with both sentences."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = connection.execute(
        """SELECT DISTINCT d.kind, d.note, d.left_text, d.right_text, s.text, t.text, round(m.score, 2)
           FROM differences d JOIN matches m ON m.id = d.match_id JOIN sentences s ON s.id = m.left_sentence_id
           JOIN sentences t ON t.id = m.right_sentence_id WHERE :kind IN ('', d.kind)""",
        {"kind": kind},
    ).fetchall()
    for (name, note), n in sorted(Counter((row[0], row[1]) for row in rows).items(), key=str):
        print(f"{name:12}{note or '':45}{n:6}")
    for row in chance.sample(rows, min(sample, len(rows))):
        print(f"\n{row[0]} {row[1] or ''} [{row[2]} | {row[3]}] score {row[6]}\n  {row[4]}\n  {row[5]}")


if __name__ == "__main__":
    main()
