"""Words that differ between two sentences, as a reader should see them marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_newscompare.serving.diff import Anchor, Segment, WordDiff, compare, contrast, plain


def marked(segments: list[Segment], mark: str) -> list[str]:
    return [s["text"] for s in segments if s.get("mark") == mark]


def anchored(text: str, *parts: tuple[str, object]) -> list[Anchor]:
    return [Anchor(text.index(part), text.index(part) + len(part), key) for part, key in parts]


def only(diff: WordDiff) -> tuple[list[str], list[str]]:
    return marked(diff.left, "only"), marked(diff.right, "only")


def test_sentences_that_are_the_same_have_no_marks() -> None:
    text = "The mayor opened the bridge on Monday."
    assert compare(text, text) == WordDiff([{"text": text}], [{"text": text}], False)


def test_a_changed_word_is_marked_on_each_side() -> None:
    diff = compare("The mayor opened the bridge on Monday.", "The mayor closed the bridge on Monday.")
    assert only(diff) == (["opened"], ["closed"])


def test_a_changed_phrase_is_one_mark() -> None:
    diff = compare("He offered American partners a share.", "He offered companies of the coast a share.")
    assert only(diff) == (["American partners"], ["companies of the coast"])


def test_punctuation_and_quotation_marks_alone_are_not_marked() -> None:
    diff = compare("“We will build it”, he said – today.", '"We will build it," he said: today')
    assert only(diff) == ([], [])


def test_case_plural_and_inflection_are_not_marked() -> None:
    diff = compare("The OFFICIALS offered deals", "the official offers a deal")
    assert only(diff) == ([], [])


@pytest.mark.parametrize(
    ("left", "right"),
    [("the minister's plan", "the minister’s plan"), ("talks in the U.S. began", "talks in the US began")],
)
def test_spellings_of_one_word_are_not_marked(left: str, right: str) -> None:
    assert only(compare(left, right)) == ([], [])


def test_the_country_is_not_the_pronoun() -> None:
    assert only(compare("The US asked for help today.", "They asked us for help today."))[0] == ["US"]


def test_a_negation_is_marked() -> None:
    diff = compare("The army will withdraw its troops.", "The army will not withdraw its troops.")
    assert only(diff) == ([], ["not"])


def test_articles_and_prepositions_alone_are_not_marked() -> None:
    diff = compare("Police closed a road in the city.", "Police closed the road of the city.")
    assert only(diff) == ([], [])


def test_words_in_another_order_are_moved_not_missing() -> None:
    diff = compare("On Monday police closed the harbour road.", "Police closed the harbour road on Monday.")
    assert only(diff) == ([], [])
    assert marked(diff.left, "moved") == ["Monday"]
    assert marked(diff.right, "moved") == ["Monday"]


def test_swapped_roles_are_seen() -> None:
    diff = compare("The dog bit the man.", "The man bit the dog.")
    assert only(diff) == ([], [])
    assert marked(diff.left, "moved")


def test_the_same_number_in_other_wording_agrees() -> None:
    left, right = "Aid of $500bn was sent.", "Aid of $500 billion was sent."
    diff = compare(left, right, anchored(left, ("$500bn", 5e11)), anchored(right, ("$500 billion", 5e11)))
    assert only(diff) == ([], [])
    assert [s for s in diff.left if "mark" in s] == [{"text": "$500bn", "mark": "agrees", "note": "$500 billion"}]


def test_another_number_is_marked() -> None:
    left, right = "The fire killed 12 people.", "The fire killed 15 people."
    diff = compare(left, right, anchored(left, ("12", 12)), anchored(right, ("15", 15)))
    assert only(diff) == (["12"], ["15"])


def test_around_and_about_agree() -> None:
    assert only(compare("Around 5% of jobs went.", "About 5% of jobs went.")) == ([], [])


def test_two_names_of_one_entity_agree() -> None:
    left, right = "The United States signed.", "America signed."
    diff = compare(left, right, anchored(left, ("United States", "us")), anchored(right, ("America", "us")))
    assert only(diff) == ([], [])
    assert marked(diff.left, "agrees") == ["United States"]


def test_a_known_difference_is_marked_with_what_the_other_side_has() -> None:
    left, right = "The fire killed 12 people in all.", "The fire killed 15 people in all."
    at = left.index("12")
    diff = compare(left, right, left_differs=[(at, at + 2, "15 on the other side")])
    assert {"text": "12", "mark": "differs", "note": "15 on the other side"} in diff.left
    assert only(diff) == ([], ["15"])


def test_a_paraphrase_marks_the_few_shared_words() -> None:
    diff = compare(
        "Officials in the harbour town ordered every resident to leave at once.",
        "People living near the port were told by the council that they had to leave their homes immediately.",
    )
    assert diff.few_shared
    assert only(diff) == ([], [])
    assert marked(diff.left, "shared") == ["leave"]
    assert marked(diff.right, "shared") == ["leave"]


def test_words_of_other_scripts_are_compared() -> None:
    diff = compare("Президент открыл мост", "Президент закрыл мост")
    assert only(diff) == (["открыл"], ["закрыл"])


@pytest.mark.parametrize(
    ("left", "right", "marks"),
    [
        ("12", "15", (["12"], ["15"])),
        ("12", None, (["12"], [])),
        ("no one is safe", "In the end no one is safe", ([], ["end"])),
    ],
)
def test_wordings_that_disagree_are_marked_whole_or_word_by_word(
    left: str | None, right: str | None, marks: tuple[list[str], list[str]]
) -> None:
    diff = contrast(left, right)
    assert tuple([s["text"] for s in side if "mark" in s] for side in (diff.left, diff.right)) == marks


def test_marks_that_overlap_are_left_out() -> None:
    assert plain("abcdef", [(0, 3, "name", ""), (2, 5, "name", ""), (4, 9, "name", "")]) == [
        {"text": "abc", "mark": "name"},
        {"text": "def"},
    ]


news = st.text(alphabet="abc US.'’“”,0123$%-—é א\u0301\n", max_size=60)


@given(news, news, st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=3))
def test_no_character_is_lost(left: str, right: str, spans: list[tuple[int, int]]) -> None:
    anchors = [Anchor(a, b, "key") for a, b in spans]
    known = [(a, b, "note") for a, b in spans[:1]]
    diff = compare(left, right, anchors, anchors, known, known)
    assert "".join(s["text"] for s in diff.left) == left
    assert "".join(s["text"] for s in diff.right) == right
