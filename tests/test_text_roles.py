"""Roles: what is marked as furniture, caption, headline and standfirst, and what is left alone."""

from __future__ import annotations

import pytest
from conftest import SEEDS
from test_text_sentences import SUMMARY, WORDPRESS

from datasette_newscompare.text.document import annotate

BODY = (
    "The river rose by two metres in the night. It took the old bridge with it, officials said.\n\n"
    "People of the valley waited for boats. The government had promised them in the spring.\n\n"
    "Nobody came, and the mayor asked for help. She read her letter on the steps of the town hall."
)


def roles(text: str, title: str | None = None) -> dict[str, str]:
    return {s.text: s.role for s in annotate(text, title).sentences}


def test_roles_of_the_first_seed() -> None:
    found = annotate((SEEDS / WORDPRESS).read_text(encoding="utf-8"))
    by_role: dict[str, list[int]] = {}
    for sentence in found.sentences:
        by_role.setdefault(sentence.role, []).append(sentence.position)
    assert by_role == {"headline": [0], "caption": [1, 2], "body": list(range(3, 25)), "boilerplate": [25, 26, 27]}
    assert found.title == found.sentences[0].text.replace("\u00a0", " ")


def test_roles_of_the_second_seed() -> None:
    found = annotate((SEEDS / SUMMARY).read_text(encoding="utf-8"))
    assert [s.role for s in found.sentences[:5]] == ["standfirst", "headline", "headline", "standfirst", "body"]
    assert {s.role for s in found.sentences[4:]} == {"body"}
    assert found.title == "Putin Proposes Rare Minerals Partnership with the US Amid Ukraine Negotiations"


@pytest.mark.parametrize(
    "furniture",
    [
        "Advertisement",
        "ADVERTISEMENT - CONTINUE READING BELOW",
        "Share this article",
        "Sign up for our weekly newsletter",
        "Subscribe to our newsletter for more stories like this.",
        "Read more: Five rivers that burst their banks",
        "Copyright © 2024 The Valley Times. All rights reserved.",
        "Click here to download our app.",
        "This is a developing story and will be updated.",
        "We use cookies to improve your experience.",
        "Follow us on Twitter",
        "Ann Hale contributed to this report.",
        "By Ann Hale and Lee Moor",
        "12 Comments",
    ],
)
def test_furniture_is_boilerplate(furniture: str) -> None:
    found = roles(f"{BODY}\n\n{furniture}")
    assert {role for text, role in found.items() if text in furniture} == {"boilerplate"}
    assert sum(role == "boilerplate" for role in found.values()) == len(annotate(furniture).sentences)


@pytest.mark.parametrize(
    "caption",
    [
        "The old bridge on Monday. Photo by Ann Hale/Reuters",
        "FILE PHOTO: The old bridge in 2019.",
        "The old bridge after the flood, in Hale, March 3, 2024. (AP Photo/Ann Hale)",
        "Getty Images",
        "Image copyright Reuters",
        "Ann Hale/AFP via Getty Images",
    ],
)
def test_credited_pictures_are_captions(caption: str) -> None:
    found = annotate(f"{BODY}\n\n{caption}\n\nThe water fell on Tuesday.").sentences
    assert {s.role for s in found if s.text in caption} == {"caption"}
    assert found[-1].role == "body"


@pytest.mark.parametrize(
    "sentence",
    [
        "More than 2,000 people signed up for the newsletter before it was closed.",
        "The paper asked readers to share this story with the police.",
        "The company said advertisements would return in May.",
        "Officials told Reuters that the bridge had been closed.",
        "He shared photos of the flood with the Associated Press.",
        "Follow-up tests on the water are due this week.",
        "Cookies were handed out to the children in the shelter.",
        "By Monday the water had fallen.",
        "Read aloud in court, the letter moved the jury.",
        "The comments were made in private.",
    ],
)
def test_reports_about_furniture_stay_body(sentence: str) -> None:
    assert roles(f"{BODY}\n\n{sentence}")[sentence] == "body"


def test_given_title_at_the_top_is_the_headline() -> None:
    found = annotate(f"Bridge falls as river rises\n\n{BODY}", title="Bridge falls as river rises")
    assert found.sentences[0].role == "headline"
    assert {s.role for s in found.sentences[1:]} == {"body"}


def test_given_title_that_the_text_lacks_makes_no_sentence() -> None:
    found = annotate(BODY, title="**Not in the text**")
    assert "headline" not in {s.role for s in found.sentences}
    assert found.title == "**Not in the text**"


def test_report_without_a_headline_has_none() -> None:
    found = annotate(BODY)
    assert {s.role for s in found.sentences} == {"body"}
    assert found.title == "The river rose by two metres in the night."


@pytest.mark.parametrize("text", ["", " \n\n", "***\n___\n"])
def test_text_without_words_has_no_sentences(text: str) -> None:
    assert (annotate(text).title, annotate(text).sentences) == ("", ())
