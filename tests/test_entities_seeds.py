"""Who and what the two seed articles name, found by the real language model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from datasette_newscompare.entities.recognise import load_recogniser
from datasette_newscompare.entities.resolve import LocalEntity, StoryEntity, resolve_article, resolve_story
from datasette_newscompare.records import Mention, Sentence
from datasette_newscompare.text.document import annotate

SEEDS = Path(__file__).parent.parent / "seeds"

PRIME_MINISTERS_AND_OTHERS = [
    "Volodymyr Zelenskiy",
    "Ursula von der Leyen",
    "Antonio Costa",
    "Justin Trudeau",
    "Pedro Sanchez",
    "Edgars Rinkevics",
    "Gitanas Nauseda",
    "Kristen Michal",
    "Mette Frederiksen",
    "Kristrun Frostadottir",
    "Jonas Gahr Stoere",
    "Alexander Stubb",
    "Ulf Kristersson",
]


class Seeds:
    def __init__(self) -> None:
        self.texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}
        self.sentences: dict[str, tuple[Sentence, ...]] = {k: annotate(t).sentences for k, t in self.texts.items()}
        recogniser = load_recogniser()
        self.mentions: dict[str, list[Mention]] = dict(
            recogniser.recognise((key, text, self.sentences[key]) for key, text in self.texts.items())
        )
        self.local: dict[str, list[LocalEntity]] = {k: resolve_article(m) for k, m in self.mentions.items()}
        self.story: list[StoryEntity] = resolve_story(self.local)

    def entity(self, name: str) -> StoryEntity:
        [found] = [e for e in self.story if e.name == name]
        return found

    def forms(self, name: str) -> dict[str, int]:
        return dict(self.entity(name).forms)

    def articles(self, name: str) -> int:
        return len({article for article, _ in self.entity(name).members})


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


def test_putin_is_one_person_in_both_articles(seeds: Seeds) -> None:
    assert seeds.entity("Vladimir Putin").type == "person"
    assert set(seeds.forms("Vladimir Putin")) == {"Putin", "Vladimir Putin"}
    assert seeds.articles("Vladimir Putin") == 2
    assert [e.name for e in seeds.story if any("Putin" in form for form, _ in e.forms)] == ["Vladimir Putin"]


def test_every_putin_of_the_texts_is_a_mention(seeds: Seeds) -> None:
    for key, text in seeds.texts.items():
        told = [s for s in seeds.sentences[key] if s.role != "boilerplate"]
        written = sum(s.text.count("Putin") for s in told)
        assert sum("Putin" in m.text for m in seeds.mentions[key]) == written > 5, text[:40]


def test_trump_is_a_person_in_both_articles(seeds: Seeds) -> None:
    trump = seeds.entity("Donald Trump")
    assert trump.type == "person"
    assert seeds.articles("Donald Trump") == 2
    assert set(seeds.forms("Donald Trump")) == {"Trump", "Donald Trump"}
    for key in seeds.texts:
        assert {m.type for m in seeds.mentions[key] if "Trump" in m.text} == {"person"}


def test_us_and_united_states_are_one_place(seeds: Seeds) -> None:
    assert seeds.entity("United States").type == "place"
    assert set(seeds.forms("United States")) == {"US", "U.S.", "United States"}
    assert seeds.articles("United States") == 2


def test_us_ukraine_deal_names_both_countries(seeds: Seeds) -> None:
    key = next(k for k, text in seeds.texts.items() if "US-Ukraine deal" in text)
    at = seeds.texts[key].index("US-Ukraine deal")
    assert [m.text for m in seeds.mentions[key] if at <= m.start < at + 10] == ["US", "Ukraine"]


def test_zelenskiy_and_the_slip_zelenzky_are_one_person(seeds: Seeds) -> None:
    assert seeds.entity("Volodymyr Zelenskiy").type == "person"
    assert seeds.forms("Volodymyr Zelenskiy") == {"Volodymyr Zelenskiy": 1, "Zelenzky": 1}


def test_the_caption_names_thirteen_leaders_and_a_wife(seeds: Seeds) -> None:
    caption = next(s for s in seeds.sentences["000_70963c9eee253a3c"] if "Antonio Costa" in s.text)
    persons = [
        m.text
        for m in seeds.mentions["000_70963c9eee253a3c"]
        if m.type == "person" and caption.start <= m.start < caption.end
    ]
    assert sorted(persons) == sorted([*PRIME_MINISTERS_AND_OTHERS, "Olena"])
    for name in PRIME_MINISTERS_AND_OTHERS:
        assert seeds.entity(name).type == "person"


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("Ursula von der Leyen", "person"),
        ("Olga Stefanishyna", "person"),
        ("Dmitry Peskov", "person"),
        ("Stéphane Séjourné", "person"),
        ("European Union", "organisation"),
        ("European Commission", "organisation"),
        ("Kremlin", "organisation"),
        ("Rusal", "organisation"),
        ("Krasnoyarsk", "place"),
        ("Siberia", "place"),
        ("Kyiv", "place"),
        ("Moscow", "place"),
        ("Russia", "place"),
        ("Russian", "group"),
        ("Ukrainian", "group"),
        ("American", "group"),
    ],
)
def test_name_comes_out_whole_and_of_its_type(seeds: Seeds, name: str, type_: str) -> None:
    assert seeds.entity(name).type == type_


def test_peoples_are_kept_apart_from_countries_but_linked(seeds: Seeds) -> None:
    assert seeds.entity("Russian").demonym_of == "Russia"
    assert seeds.entity("American").demonym_of == "United States"
    assert seeds.entity("Russia").demonym_of is None


def test_no_junk_is_named(seeds: Seeds) -> None:
    written = {form for e in seeds.story for form, _ in e.forms}
    for junk in ("REUTERS", "WordPress.com", "Leave a comment", "von der", "Leyen", "396bn", "2023", "Get started"):
        assert junk not in written
    assert not any(character.isdigit() for form in written for character in form)
    assert not any("Industrial" in form or "Handout" in form or form.endswith(("'s", "’s")) for form in written)


def test_mentions_are_true_to_the_text_and_lie_within_one_sentence(seeds: Seeds) -> None:
    for key, mentions in seeds.mentions.items():
        text = seeds.texts[key]
        assert mentions == sorted(mentions, key=lambda m: m.start)
        assert all(a.end <= b.start for a, b in pairwise(mentions))
        for m in mentions:
            assert m.text == text[m.start : m.end]
            [sentence] = [s for s in seeds.sentences[key] if s.start <= m.start and m.end <= s.end]
            assert sentence.role != "boilerplate"


def test_every_mention_belongs_to_one_entity(seeds: Seeds) -> None:
    for key, mentions in seeds.mentions.items():
        indexes = [i for e in seeds.local[key] for i in e.mention_indexes]
        assert sorted(indexes) == list(range(len(mentions)))
    members = [m for e in seeds.story for m in e.members]
    assert sorted(members) == [(key, n) for key in sorted(seeds.local) for n in range(len(seeds.local[key]))]
