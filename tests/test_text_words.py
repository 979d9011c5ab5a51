"""Words: one spelling for what reads the same, and places that stay true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_newscompare.text.words import normalise, plain, words


def norms(text: str) -> list[str]:
    return [word.norm for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia’s “new territories”", ["russia", "new", "territories"]),
        ("Rusal's largest smelters", ["rusal", "largest", "smelters"]),
        ("the miners' union", ["the", "miners", "union"]),
        ("it's O’Rourke", ["it's", "o'rourke"]),
        ("about $500bn (£396bn), 5% or 1,200.5", ["about", "$500bn", "£396bn", "5%", "or", "1,200.5"]),
        ("Russian-occupied areas", ["russian", "occupied", "areas"]),
        ("Stéphane Séjourné", ["stephane", "sejourne"]),
        ("at 10:45 a.m.", ["at", "10:45", "a.m."]),
        ("the U.K. and the UK", ["the", "uk", "and", "the", "uk"]),
    ],
)
def test_words_read_alike(text: str, expected: list[str]) -> None:
    assert norms(text) == expected


def test_country_and_pronoun_stay_apart() -> None:
    assert norms("the U.S. told us")[1] == norms("the US told us")[1] != norms("the US told us")[3]


def test_capital_headline_keeps_its_pronouns() -> None:
    assert norms("SEND THEM TO US, SAYS IT WORKER") == norms("send them to us, says it worker")


def test_places_are_the_article_s() -> None:
    text = "A “win-win.”"
    found = words(text, offset=100)
    assert [(text[w.start - 100 : w.end - 100], w.text) for w in found] == [("A", "A"), ("win", "win"), ("win", "win")]


@given(st.text())
def test_plain_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert all(text[w.start : w.end] == w.text for w in words(text))


def test_normalise_makes_quotes_dashes_and_spaces_plain() -> None:
    assert normalise("“It’s\u00a0so” —  he\nsaid ") == '"It\'s so" - he said'
