"""Differences: what is flagged between two matched sentences, and what must not be."""

from __future__ import annotations

import runpy
from collections import Counter

import pytest
from conftest import ROOT, SEEDS
from test_text_sentences import SUMMARY, WORDPRESS

from datasette_newscompare.matching.differences import find_differences, shared_quantities
from datasette_newscompare.records import Difference, StoryArticle, StorySentence
from datasette_newscompare.text.document import annotate


def article(text: str, name: str, published: str = "2024-05-07") -> StoryArticle:
    """An article as the matcher sees it, read by the text stage."""
    found = annotate(text, published=published)
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
    return StoryArticle(name, name, published, sentences)


def differences(left: str, right: str, kind: str = "paraphrase", score: float = 0.9) -> tuple[Difference, ...]:
    one, other = article(left, "left"), article(right, "right")
    assert len(one.sentences) == len(other.sentences) == 1, "a case is a sentence a side"
    return find_differences(one.sentences[0], other.sentences[0], kind, one, other, score)


def flags(left: str, right: str, kind: str = "paraphrase") -> list[tuple[str, str | None, str | None]]:
    return [(d.kind, d.left_text, d.right_text) for d in differences(left, right, kind)]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (
            "Twelve people were hurt in the fire at the mill, two of them badly, the mayor said.",
            "The fire at the mill hurt 15 people, two of them badly, the mayor said.",
            ("number", "Twelve people", "15 people"),
        ),
        (
            "The flood killed 12 people in the valley, police in Hale said.",
            "At least 15 people were killed by the flood in the valley, according to police in Hale.",
            ("number", "12 people", "At least 15 people"),
        ),
        (
            "The Hale index fell 0.6 percent on Tuesday.",
            "On Tuesday the Hale index fell 1.4%.",
            ("number", "0.6 percent", "1.4%"),
        ),
        (
            "The council of Hale will spend $30 million on the new bridge over the river.",
            "Hale wants to spend $37 million on a new bridge over the river.",
            ("number", "$30 million", "$37 million"),
        ),
        (
            "The fire in Orange Valley has burned 7,500 acres and destroyed two farms.",
            "In Orange Valley the fire burned 6,000 acres and destroyed farms.",
            ("number", "7,500 acres", "6,000 acres"),
        ),
        (
            "Vice President Ann Hale opened the bridge on Monday, and thousands came.",
            "Thousands came when then-Gov. Ann Hale opened the bridge.",
            ("name", "Vice President Ann Hale", "then-Gov. Ann Hale"),
        ),
        (
            "Deputy Minister for Roads and Inland Waterways, Ann Hale, opened the bridge.",
            "Deputy Minister Ann Hale opened the bridge.",
            ("name", "Deputy Minister for Roads and Inland Waterways, Ann Hale", "Deputy Minister Ann Hale"),
        ),
        (
            "The spokesman Pavel Danilov told reporters that the bridge was safe.",
            "The bridge was safe, the spokesman Pavel Danylov told reporters.",
            ("name", "Danilov", "Danylov"),
        ),
    ],
)
def test_conflicts_are_flagged(left: str, right: str, expected: tuple[str, str, str]) -> None:
    assert flags(left, right) == [expected]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Aid to Hale came to about $500bn (£396bn).", "Aid to Hale came to approximately $500 billion."),
        ("Hale has around 5% of the world's ore.", "Hale has about five percent of the world's ore."),
        ("More than 100 people were hurt in the fire in Hale.", "The fire in Hale hurt 112 people."),
        ("A dozen people were hurt in the fire in Hale.", "The fire in Hale hurt 12 people."),
        ("The bridge in Hale cost $1.2bn to build.", "The bridge in Hale cost $1.23 billion to build."),
        ("Seven officers and two civilians were hurt.", "Two civilians were hurt, as were seven other officers."),
        ("Two other men had accused the mayor of Hale before.", "Four men had accused the mayor of Hale before."),
        ("Four boys remain in the cave with the coach.", "Eight boys are out, while four remain in the cave."),
        ("Ann Hale raised $6 million in the first three months.", "Lee Moor raised $30 million in the first months."),
        ("COVID-19 cases rose in Hale on Friday.", "Hale reported 400 new cases of COVID on Friday."),
        ("The Russian fleet left on Monday.", "Russia let its fleet leave on Monday."),
        ("The Democrat spoke in Hale.", "In Hale the Democrats spoke."),
        ("Sen. Ann Hale opened the bridge.", "Senator Ann Hale opened the bridge."),
        ("Mayor Bill Hale of Springfield spoke.", "Springfield Mayor Bill Hale spoke."),
        ("Acme lawyer Lee Moor was there.", "There was Acme attorney Lee Moor."),
        ("The mayor of Culiacán spoke.", "The mayor of Culiacan spoke."),
        ("Ann Hale spoke on Tuesday.", "Ann Hale spoke on Thursday after a call."),
    ],
)
def test_agreement_and_other_things_are_not_flagged(left: str, right: str) -> None:
    assert flags(left, right) == []


def test_another_day_in_a_near_copy() -> None:
    left = "The council will vote on the new bridge on March 5, 2024, said the mayor of Hale."
    right = "The council will vote on the new bridge on March 6, 2024, said the mayor of Hale."
    assert flags(left, right, "near-verbatim") == [("date", "March 5, 2024", "March 6, 2024")]


def test_another_day_of_what_both_tell_in_other_words() -> None:
    left = "Lee Moor, 24, was arrested and charged on Monday with the murder of Ann Hale, who disappeared in July."
    right = "Police charged a man named as Lee Moor with the murder of Ann Hale on Wednesday."
    assert flags(left, right) == [("date", "Monday", "Wednesday")]


def test_weak_matches_flag_no_numbers() -> None:
    left, right = "The Hale index fell 0.6 percent on Tuesday.", "On Tuesday the Hale index fell 1.4%."
    assert differences(left, right, score=0.55) == ()


def notes(left: str, right: str) -> list[str | None]:
    return [d.note for d in differences(left, right) if d.kind == "quote"]


def test_altered_quotation() -> None:
    left = "“We will never sell the old bridge to strangers,” Ann Hale said."
    right = "“We will not sell the old bridge to anybody,” Ann Hale said."
    assert notes(left, right) == ["altered"]


def test_quotation_given_in_part() -> None:
    left = "“We will never sell the old bridge, whatever the price that they offer us,” Ann Hale said."
    right = "Ann Hale said the town would “never sell the old bridge.”"
    assert notes(left, right) == ["quoted in part"]


def test_quotation_whose_rest_stands_nearby_is_not_in_part() -> None:
    left = article("“We will never sell the old bridge, whatever the price that they offer us,” Ann Hale said.", "left")
    right = article(
        "“We will never sell the old bridge,” Ann Hale said. “Whatever the price that they offer us.”", "right"
    )
    assert find_differences(left.sentences[0], right.sentences[0], "paraphrase", left, right) == ()


def test_quoted_words_told_without_marks() -> None:
    left = "Ann Hale was dismissed for “failure to carry out her duties in office,” the paper reported."
    right = "The board said Ann Hale was dismissed for failure to carry out her duties in office."
    assert notes(left, right) == ["in quotation marks on one side only"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("“We will stay here until the end,” said Hale.", '"We will stay here until the end," said Hale.'),
        ("“It's been 20 long years of this,” said Hale.", "“It’s been twenty long years of this,” said Hale."),
        ("“We will stay here until the end,” said Hale.", "“Nobody asked us about the bridge,” said Hale."),
    ],
)
def test_like_and_unlike_quotations_are_not_flagged(left: str, right: str) -> None:
    assert notes(left, right) == []


def test_words_given_to_another_speaker() -> None:
    left = "“Nobody in this town was ever asked about the bridge,” said Ann Hale."
    right = "“Nobody in this town was ever asked about the bridge,” said Lee Moor."
    assert [(d.kind, d.left_text, d.right_text, d.note) for d in differences(left, right)] == [
        ("attribution", "Ann Hale", "Lee Moor", "another speaker")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("said Ann Hale", "said Mayor Hale"),
        ("said Sen. Ann Hale", "the Ohio Republican said"),
        ("Valley Mining Board said", "VMB said"),
        ("she said", "said Ann Hale"),
    ],
)
def test_one_speaker_under_two_names_is_not_flagged(one: str, other: str) -> None:
    words = "“Nobody in this town was ever asked about the bridge,”"
    assert [d for d in differences(f"{words} {one}.", f"{words} {other}.") if d.kind == "attribution"] == []


def test_hedge_on_one_side() -> None:
    left = "The clerk allegedly took money from the school fund for a new boat."
    right = "The clerk took money from the school fund for a boat."
    assert [(d.left_text, d.right_text, d.note) for d in differences(left, right)] == [
        ("allegedly", None, "hedged on one side, flat on the other")
    ]
    assert [(d.left_text, d.right_text) for d in differences(right, left)] == [(None, "allegedly")]


def test_attributed_statement_is_not_flat() -> None:
    left = "The clerk allegedly took money from the school fund for a new boat."
    assert flags(left, "Police said the clerk took money from the school fund for a boat.") == []


def test_flags_are_right_nine_times_in_ten_on_the_written_cases() -> None:
    """The figures that docs/differences.md gives, kind by kind."""
    script = runpy.run_path(str(ROOT / "benchmarks" / "differences_quality.py"))
    right, wrong, due = Counter[str](), Counter[str](), Counter[str]()
    for case, found, surplus, missing in script["results"]():
        right[case["kind"]] += len(found)
        due[case["kind"]] += len(found) + len(missing)
        wrong.update(script["label"](d) for d in surplus)
    assert len(due) == 11
    for kind, n in due.items():
        assert right[kind] >= 0.9 * (right[kind] + wrong[kind]), kind
        assert right[kind] >= 0.5 * n, kind


def test_a_denial_that_was_taken_back_is_not_one() -> None:
    left = "After first denying that it had shot at the ferry, Hale acknowledged that it shot at the ferry."
    assert flags(left, "Hale shot at the ferry in error, killing all on board.") == []


def test_offsets_lead_to_the_words_in_both_articles() -> None:
    left = "A first line.\n\nTwelve people were hurt in the fire at the mill, the mayor said."
    right = "The river rose. The town slept.\n\nThe fire at the mill hurt 15 people, the mayor said."
    one, other = article(left, "left"), article(right, "right")
    (found,) = find_differences(one.sentences[-1], other.sentences[-1], "paraphrase", one, other)
    assert left[found.left_start : found.left_end] == found.left_text == "Twelve people"
    assert right[found.right_start : found.right_end] == found.right_text == "15 people"


def test_seeds_agree_on_their_numbers() -> None:
    left = article((SEEDS / WORDPRESS).read_text(encoding="utf-8"), "left")
    right = article((SEEDS / SUMMARY).read_text(encoding="utf-8"), "right")
    shared = {
        (a.text, b.text)
        for i, j in ((20, 14), (21, 15))
        for a, b in shared_quantities(left.sentences[i], right.sentences[j])
    }
    assert shared == {("around 5%", "about 5%"), ("about $500bn", "approximately $500 billion")}
    for i, j in ((20, 14), (21, 15), (16, 12), (23, 16)):
        found = find_differences(left.sentences[i], right.sentences[j], "paraphrase", left, right)
        assert [d for d in found if d.kind == "number"] == []


def test_seeds_title_their_minister_differently() -> None:
    left = article((SEEDS / WORDPRESS).read_text(encoding="utf-8"), "left")
    right = article((SEEDS / SUMMARY).read_text(encoding="utf-8"), "right")
    found = find_differences(left.sentences[23], right.sentences[16], "paraphrase", left, right)
    assert [(d.kind, d.left_text, d.right_text) for d in found] == [
        (
            "name",
            "Deputy Prime Minister for European and Euro-Atlantic Integration, Olga Stefanishyna",
            "Deputy Prime Minister Olga Stefanishyna",
        )
    ]
