"""How well spellings of one name are put together, measured on the alias lists of the evaluation data.

    python benchmarks/entities_quality.py [--errors]

Every document group of `entities/aliases_dev.tsv` is resolved as if it were one story: each spelling once, with the
type that the annotators gave. A pair of spellings is right where both stand in one row of the list. Spellings that
describe instead of naming ("the suspect", "Apple's chief executive") are left out, and so are those that several
entities of a group share, because nothing but the text around them could tell which is meant.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

from datasette_newscompare.entities.names import known, tables
from datasette_newscompare.entities.resolve import resolve_article, resolve_story
from datasette_newscompare.records import Mention

ALIASES = Path(__file__).parents[2] / "shared" / "eval" / "entities" / "aliases_dev.tsv"

TYPES = {"PER": "person", "PERSON": "person", "LOC": "place", "PLACE": "place", "ORG": "organisation", "PRO": "product"}

DESCRIBING_WORDS = """
    man woman men women girl boy teen teenager teenagers suspect killer gunman shooter worker workers host hosts
    crew crews accountant police cops investigators officials official robbers thieves raiders climber mountaineer
    protesters dozens company airline airliner plane market markets economy stocks stock share shares automaker
    automakers manufacturer carrier boss bosses mafia crime mafioso leader leaders president minister prime chairman
    ceo executive officer founder co-founder student peak mountain city country nation union government governments
    media state-run state tv television team side north south east west ten two three house speaker senator king
    queen pope judge lawyer victim victims family wife husband mother father son daughter brother sister child
    children people student actor actress singer director coach player players quarterback driver passengers pilot
    soldier soldiers troops army forces rebels militants court jury prosecutors prosecutor attorney doctor doctors
    scientist scientists researcher group party camp academy association organization committee consultants crooks
    ram-raiders all-star bluejay gangbangers daddy both one force great republic parliament parliamentary source
    world emperor church school university hospital center secretary general chair representative affiliate network
    store giant maker firm bank regulator agency department ministry office service nominee
"""
DESCRIPTORS = frozenset(DESCRIBING_WORDS.split())

_DESCRIBES = re.compile(
    r"[’'] ?s\b.*\w{3}"  # Japan's Nikkei index
    r"|[,;]|^\d|\d{4}$"  # Smith, 49
    r"|^(?:First|Company|\w+ Specialist|Triple-A|Pro-\w+)\b"  # First A380
    r"|\([A-Z]+$"  # a name and half of the brackets behind it
)


def is_name(form: str) -> bool:
    """Whether a spelling of the list names its entity and nothing else."""
    words = re.findall(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?", form)
    plain = [w.strip(".").lower() for w in words]
    if not words or _DESCRIBES.search(form) or not any(w[0].isupper() for w in words):
        return False
    if plain[-1] in tables().roles or ("of" in plain and tables().titles.intersection(plain[: plain.index("of")])):
        return False  # Apple CEO; President of the United States
    small = {"of", "and", "the", "for", "in", "on", "de", "du", "s"} | tables().particles
    if any(w[0].islower() and w not in small for w in words):
        return False
    entry = known(form)
    if entry and entry.type == "group":
        return False
    return any(w not in DESCRIPTORS | tables().titles | small for w in plain)


def is_team_city(form: str, forms: set[str]) -> bool:
    """Whether a team is meant by its city alone, "Kansas City" of "Kansas City Chiefs": the spelling names the city."""
    return any(re.fullmatch(re.escape(form) + r" \w+s", other, re.I) for other in forms)


def _untokenised(form: str) -> str:
    """The spelling as it stood in the text, before the annotators' tools put spaces around its marks."""
    return re.sub(r" (?=[.,);]|['’]s\b)|(?<=[(]) | (?=- )|(?<= -) ", "", form).strip().replace(" -", "-")


def read(path: Path) -> dict[str, dict[str, tuple[str, set[str]]]]:
    """Per document group and entity: its type and those of its spellings that are names."""
    groups: defaultdict[str, dict[str, tuple[str, set[str]]]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            number = re.search(r"\d{9,}", row["entity"])
            entity = number[0] if number else row["entity"]
            label = row["type"].upper().replace("IZATION", "")
            type_ = next((TYPES[part] for part in label.split("_")[::-1] if part in TYPES), "organisation")
            forms = {_untokenised(f) for f in row["forms"].split(" | ")}
            names = {f for f in forms if is_name(f) and not (type_ == "organisation" and is_team_city(f, forms))}
            groups[row["corpus"]].setdefault(entity, (type_, set()))[1].update(names)
    return dict(groups)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--errors", action="store_true", help="print the pairs that are wrong or missing")
    options = parser.parse_args()
    if not ALIASES.exists():
        sys.exit(f"Skipped: the evaluation data isn't there ({ALIASES})")
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group, entities in read(ALIASES).items():
        owners = Counter(form for _, forms in entities.values() for form in forms)
        rows = [
            (entity, type_, form)
            for entity, (type_, forms) in entities.items()
            for form in sorted(forms)
            if owners[form] == 1
        ]
        mentions = [Mention(n * 1000, n * 1000 + len(form), form, type_) for n, (_, type_, form) in enumerate(rows)]
        cluster_of: dict[int, int] = {}
        local = resolve_article(mentions)
        for number, story_entity in enumerate(resolve_story({"all": local})):
            for _, at in story_entity.members:
                cluster_of.update((index, number) for index in local[at].mention_indexes)
        corpus = group.split(":")[0]
        for a, b in combinations(range(len(rows)), 2):
            same, said = rows[a][0] == rows[b][0], cluster_of[a] == cluster_of[b]
            totals[corpus]["pairs"] += same
            totals[corpus]["said"] += said
            totals[corpus]["right"] += same and said
            if options.errors and same != said:
                print("missing" if same else "wrong  ", group, "|", rows[a][2], "|", rows[b][2])
    totals["all"] = sum(totals.values(), Counter())
    print(f"{'corpus':<10}{'pairs':>7}{'said':>7}{'right':>7}{'precision':>11}{'recall':>9}")
    for corpus, n in totals.items():
        precision, recall = n["right"] / max(1, n["said"]), n["right"] / max(1, n["pairs"])
        print(f"{corpus:<10}{n['pairs']:>7}{n['said']:>7}{n['right']:>7}{precision:>11.3f}{recall:>9.3f}")


if __name__ == "__main__":
    main()
