"""Quotations and their speakers."""

from __future__ import annotations

import pytest
from conftest import SEEDS
from test_text_sentences import WORDPRESS

from datasette_newscompare.text.document import annotate


def quotes(text: str) -> list[tuple[str, str | None]]:
    return [(quote.text, quote.speaker) for _, quote in annotate(text).quotes]


def test_seed_quotations_have_their_speakers() -> None:
    text = (SEEDS / WORDPRESS).read_text(encoding="utf-8")
    found = {quote.text: quote for _, quote in annotate(text).quotes}
    speakers = {words: quote.speaker for words, quote in found.items()}
    assert speakers["quite broad prospects,"] == "Dmitry Peskov"
    assert speakers["very constructive,"] == "Olga Stefanishyna"
    assert speakers["win-win."] == "Stéphane Séjourné"
    assert speakers["offer"] == "Vladimir Putin"
    assert speakers["significantly more resources of this kind than Ukraine."] == "Putin"
    stated = next(quote for words, quote in found.items() if words.startswith("As for the new territories"))
    assert stated.text.endswith("the Russian Federation,")
    assert stated.speaker is None
    peskov = found["quite broad prospects,"]
    assert peskov.speaker_start is not None
    assert text[peskov.speaker_start : peskov.speaker_end] == "Dmitry Peskov"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We are glad,” said Ann Hale, the mayor.", [("We are glad,", "Ann Hale")]),
        ('"We are glad," Ann Hale said.', [("We are glad,", "Ann Hale")]),
        ("“We are glad,” said Rep. Ann Hale (D-N.Y.), who leads the group.", [("We are glad,", "Ann Hale")]),
        ("“We are glad,” Mayor Ann Hale, a doctor by training, told the crowd.", [("We are glad,", "Ann Hale")]),
        ("“We are glad,” said Acme lawyer Lee Moor, who argued the case.", [("We are glad,", "Lee Moor")]),
        ("Ann Hale, the mayor of Springfield, said: “We are glad.”", [("We are glad.", "Ann Hale")]),
        ("Sen. Ann Hale (R-Ohio), chair of the panel, said: “We are glad.”", [("We are glad.", "Ann Hale")]),
        ("According to Ann Hale, “nobody is glad.”", [("nobody is glad.", "Ann Hale")]),
        ("“We are glad,” he said.", [("We are glad,", None)]),
        ("“We are glad,” said the mayor.", [("We are glad,", None)]),
        ("“We are glad,” Hale said. “We will stay.”", [("We are glad,", "Hale"), ("We will stay.", "Hale")]),
        ("“The bridge is lost.” — Ann Hale", [("The bridge is lost.", "Ann Hale")]),
        ("Der Minister sagte: „Wir sind froh“ und ging.", [("Wir sind froh", None)]),
        ("Le ministre : «Nous sommes contents».", [("Nous sommes contents", None)]),
        ("The mayor’s so-called ‘final offer’ was the workers’ first.", [("final offer", None)]),
        ("The workers' union and the '90s band didn't quote anyone's words.", []),
        ("“She said ‘never’ twice,” Hale said.", [("She said ‘never’ twice,", "Hale")]),
    ],
)
def test_quotations_and_speakers(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert quotes(text) == expected


def test_quotation_over_paragraphs_with_repeated_marks_keeps_its_speaker() -> None:
    text = "Ann Hale said: “The bridge is lost.\n\n“The river took it,” she said."
    assert quotes(text)[0] == ("The bridge is lost.", "Ann Hale")
    assert quotes(text)[1][0] == "The river took it,"


def test_quotation_over_paragraphs_without_marks_goes_on() -> None:
    text = "Ann Hale said: “The bridge is lost.\n\nThe river took it.\n\nWe could not save it.”\n\nThen she left."
    assert [words for words, _ in quotes(text)] == [
        "The bridge is lost.",
        "The river took it.",
        "We could not save it.",
    ]


def test_quotation_of_several_sentences_belongs_to_each() -> None:
    text = "“The bridge is lost. The river took it.”"
    assert [(position, quote.text) for position, quote in annotate(text).quotes] == [
        (0, "The bridge is lost."),
        (1, "The river took it."),
    ]


def test_colon_before_a_paragraph_names_the_speaker() -> None:
    assert quotes("Ann Hale went on:\n\n“The bridge is lost.”") == [("The bridge is lost.", "Ann Hale")]
