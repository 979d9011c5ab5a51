"""Sentences and paragraphs of the seeds and of hard cases."""

from __future__ import annotations

import pytest
from conftest import SEEDS
from hypothesis import given
from hypothesis import strategies as st

from datasette_newscompare.text.document import annotate
from datasette_newscompare.text.segment import LONGEST_SENTENCE, sentences

WORDPRESS = "000_70963c9eee253a3c.txt"
SUMMARY = "003_27c86b006fe4f70f.txt"


def split(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Officials in the U.S. Department of Energy met Mr. Hale on Jan. 5 at 10 a.m. ET in No. 5 of the row.",
        "The U.S. President Jane Q. Public won 3.5 million votes.",
        "“As for the pipes, it is the same. We are ready to mend them,” he stated.",
        '"As for the pipes, it is the same. We are ready to mend them," he stated.',
        'The mayor said: "We saw it coming. Nobody listened."',
        "“Are you ready? Then come,” Ms. Hale asked.",
        "“Are you ready?” asked the mayor.",
        "“Why now?” Karen Hale asked.",
        "Sen. Ann Hale (R., S.C.) of St. Louis voted with Rep. Lee (D-N.Y.) — and lost.",
        "SPRINGFIELD, Mo. — The river rose again overnight.",
        "Acme Inc. said it would close.",
    ],
)
def test_one_sentence_stays_one(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("He left for the U.S.", "The visit was short."),
        ("It rose by 3.5%.", "Nobody knew why."),
        ("“We will stay.”", "The crowd cheered."),
        ("She asked why?", "Nobody answered."),
        ("The deal was worth $5m.", "“We are glad,” said the mayor."),
        ("He was “done.”", "He left."),
        ("They met at 5 p.m.", "The talks failed."),
        ("The rest is silence…", "Then came the rain."),
    ],
)
def test_two_sentences_come_apart(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


def test_unframed_quotation_is_split_inside() -> None:
    assert split("“We saw it coming. Nobody listened.”") == ["“We saw it coming.", "Nobody listened.”"]


def test_unbalanced_quotation_does_not_swallow_the_article() -> None:
    text = "“We saw it coming. Nobody listened. The river rose.\n\nThe mayor left. He never came back."
    assert len(split(text)) == 5


def test_lines_are_paragraphs_and_hard_wrapped_lines_are_not() -> None:
    assert [s.paragraph for s in sentences("One line.\nAnother line.\n\nA third.")] == [0, 1, 2]
    wrapped = (
        "The river rose by two metres in the night and took the old bridge\n"
        "with it, officials said on Monday, while the people of the valley\n"
        "waited for the boats that the government had promised them in the\n"
        "spring.\n\nNobody came. The mayor asked for help from the capital in\n"
        "a letter that she read out on the steps of the town hall.\n"
    )
    found = sentences(wrapped)
    assert [s.paragraph for s in found] == [0, 1, 1]
    assert wrapped[found[0].start : found[0].end].endswith("spring.")


def test_marks_of_markdown_stay_outside() -> None:
    assert split("# A heading here\n\n**Bold claim about rivers**\n\n- An item\n\n***") == [
        "A heading here",
        "Bold claim about rivers",
        "An item",
    ]


def test_seeds_are_split_as_people_split_them() -> None:
    first = annotate((SEEDS / WORDPRESS).read_text(encoding="utf-8")).sentences
    second = annotate((SEEDS / SUMMARY).read_text(encoding="utf-8")).sentences
    assert (len(first), len(second)) == (28, 18)
    assert first[13].text.startswith("“As for the new territories, it’s the same. We are ready")
    assert first[13].text.endswith("he stated.")
    assert second[5].text.endswith("would allow the U.S. to benefit from these valuable resources.")


@given(st.text(alphabet="Aab. ,?!\"'“”‘’\n*()1%$—…", max_size=200))
def test_any_text_gives_sentences_in_order_with_true_places(text: str) -> None:
    found = annotate(text)
    ends = [0, *(s.end for s in found.sentences)]
    assert all(before <= s.start < s.end for before, s in zip(ends, found.sentences, strict=False))
    assert all(text[s.start : s.end] == s.text for s in found.sentences)
    for position, part in (*found.quantities, *found.quotes):
        assert text[part.start : part.end] == part.text
        assert found.sentences[position].start <= part.start < part.end <= found.sentences[position].end
    kept = {i for s in found.sentences for i in range(s.start, s.end)}
    assert all(i in kept for i, letter in enumerate(text) if letter.isalnum())


def test_line_without_an_end_is_cut() -> None:
    found = sentences("water " * 2000)
    assert len(found) > 1
    assert max(s.end - s.start for s in found) <= LONGEST_SENTENCE
