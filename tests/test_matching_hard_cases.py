"""What a person would align, and what only looks alike: small stories written for each case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story, texts_to_encode
from datasette_newscompare.records import Match, StoryArticle, StoryComparison, StorySentence
from datasette_newscompare.text.document import annotate

Matcher = Callable[[Sequence[StoryArticle]], StoryComparison]

SURROUNDINGS = {
    "a": [
        "Rain is forecast for most of the valley through the weekend.",
        "Shops along the main street opened as usual.",
        "A spokeswoman declined to comment on the costs.",
    ],
    "b": [
        "The museum will reopen after two years of repairs.",
        "Visitors queued from early morning to see the new hall.",
        "Tickets for March have sold out.",
    ],
}


@pytest.fixture(params=["lexical", "encoder"])
def matcher(request: pytest.FixtureRequest) -> Matcher:
    """`compare_story` on each of its levels."""
    return partial(compare_story, settings=MatchSettings(level=request.param))


def article(name: str, *sentences: str, headline: str | None = None) -> StoryArticle:
    """An article as the text stage reads it, each given sentence a paragraph of its own."""
    text = "\n\n".join(([headline] if headline else []) + list(sentences))
    found = annotate(text, headline)
    offset = 1000 * (ord(name[0]) - ord("a"))
    return StoryArticle(
        name,
        name,
        None,
        tuple(
            StorySentence(
                id=offset + s.position,
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
        ),
    )


def told(comparison: StoryComparison, *articles: StoryArticle) -> dict[tuple[str, str], Match]:
    """The matches by the texts of their two sentences."""
    text = {s.id: s.text for a in articles for s in a.sentences}
    return {(text[m.left_id], text[m.right_id]): m for m in comparison.matches}


def compare(matcher: Matcher, left: list[str], right: list[str]) -> dict[tuple[str, str], Match]:
    a = article("a", *left, *SURROUNDINGS["a"])
    b = article("b", *right, *SURROUNDINGS["b"])
    return told(matcher([a, b]), a, b)


def test_same_people_and_topic_but_another_fact_do_not_match(matcher: Matcher) -> None:
    left = [
        "The harbour bridge in Kettby will close for repairs on 3 March, Mayor Ingrid Solheim said on Monday.",
        "Inspectors had found rust in 40 of the bridge's steel cables.",
        "Drivers will have to go around the fjord, a detour of 31 kilometres.",
        "Solheim told the city council that the work would last until May.",
        "The council had put the repairs off twice because there was no money for them.",
        "Now the state pays two thirds of the 12 million kroner, and Kettby the rest, the mayor said.",
        "The harbour master, Olav Brandt, expects long queues on the quay.",
        "Shops near the water fear for their trade, and Solheim promised them lower rents.",
        "Buses will leave from the council's car park.",
    ]
    right = [
        "Kettby closes its harbour bridge for repairs on 3 March, according to Mayor Ingrid Solheim.",
        "In 40 steel cables of the bridge, inspectors had found rust.",
        "A second ferry should sail twice an hour, Solheim said.",
        "Fares on the ferry would stay as they are, the mayor said, and schoolchildren would travel free.",
        "The repairs cost 12 million kroner, of which the state pays two thirds.",
        "Members of the council complained that they heard of the plan from the radio.",
        "Brandt, 58, came from Vik nine years ago to take over the harbour.",
        "Solheim, who has led the council since 2019, is not standing again in the autumn.",
    ]
    found = compare(matcher, left, right)
    assert (left[0], right[0]) in found
    assert (left[1], right[1]) in found
    assert (left[5], right[4]) in found
    assert (left[3], right[2]) not in found
    assert (left[6], right[6]) not in found
    assert (left[7], right[7]) not in found


def test_same_figure_about_another_thing_does_not_match(matcher: Matcher) -> None:
    jobs = "The steelworks in Dalby will cut 450 jobs by the end of next year, its owner said."
    school = "The new primary school has room for 450 pupils and opens its doors in autumn."
    assert (jobs, school) not in compare(matcher, [jobs], [school])


def test_will_and_will_not_are_matched_only_with_the_contradiction_shown(matcher: Matcher) -> None:
    will = "The central bank will raise its key interest rate in September, governor Paul Adeyemi said on Friday."
    will_not = (
        "The central bank will not raise its key interest rate in September, governor Paul Adeyemi said on Friday."
    )
    found = compare(matcher, [will], [will_not])
    match = found.get((will, will_not))
    assert match is not None
    assert match.kind != "verbatim"


def test_quote_and_its_paraphrase_match(matcher: Matcher) -> None:
    quote = (
        '"We will rebuild every school that the flood destroyed before the winter," Education Minister Ana Duarte said.'
    )
    paraphrase = "Education Minister Ana Duarte promised to rebuild all schools destroyed by the flood before winter."
    match = compare(matcher, [quote], [paraphrase])[quote, paraphrase]
    assert "Ana Duarte" in " ".join(match.why.names)
    assert {"rebuild", "flood"} <= set(match.why.words)


def test_sentence_split_in_two_on_the_other_side_matches_both_parts(matcher: Matcher) -> None:
    whole = (
        "Firefighters rescued 14 hikers from Mount Verrin on Sunday night after a landslide blocked the trail, "
        "and two of the hikers were flown to a hospital in Castra with broken legs."
    )
    first = "Firefighters rescued 14 hikers from Mount Verrin on Sunday night after a landslide blocked the trail."
    second = "Two of the hikers were flown to a hospital in Castra with broken legs."
    found = compare(matcher, [whole], [first, second])
    assert (whole, first) in found
    assert (whole, second) in found


def test_wire_story_copied_whole_is_verbatim_throughout(matcher: Matcher) -> None:
    wire = [
        "A cargo ship ran aground off the coast of Lindmark early on Wednesday, spilling fuel into the bay.",
        "All 22 crew members were taken ashore by the coast guard, which said nobody was hurt.",
        "The ship, the Marisol, was carrying timber from Brazil when it lost power in a storm.",
        "Officials closed three beaches and asked people to stay away from the water.",
        '"We expect the clean-up to take weeks," harbour master Jonas Feld told reporters.',
    ]
    a, b = article("a", *wire), article("b", *(s.replace('"', "”", 2).replace("”", "“", 1) for s in wire))
    comparison = matcher([a, b])
    pairs = {(m.left_id, m.right_id - 1000): m for m in comparison.matches}
    for place in range(len(wire)):
        match = pairs[place, place]
        assert match.kind == "verbatim"
        assert match.is_primary
        assert not match.is_moved
        assert match.score > 0.9
    assert len(comparison.facts) == len(wire)


def test_live_blog_fragments_match_the_report_and_not_each_other(matcher: Matcher) -> None:
    fragments = [
        "14:05",
        "Police say the suspect, Karl Wendt, was arrested at a petrol station in Holm.",
        "14:20",
        "More to follow.",
        "14:40",
        "The stadium was evacuated after two loud bangs were heard near gate C.",
    ]
    report = [
        "Karl Wendt was arrested at a petrol station in Holm, police said.",
        "More than 30,000 people had to leave the stadium after two loud bangs near gate C.",
    ]
    a, b = article("a", *fragments, *SURROUNDINGS["a"]), article("b", *report, *SURROUNDINGS["b"])
    found = told(matcher([a, b]), a, b)
    assert (fragments[1], report[0]) in found
    assert (fragments[5], report[1]) in found
    assert not any(pair[0] in ("14:05", "14:20", "14:40", "More to follow.") for pair in found)


def test_headline_in_capitals_matches_the_same_words_in_lower_case(matcher: Matcher) -> None:
    shouted = "SENATE PASSES $40 BILLION FLOOD RELIEF BILL AFTER ALL-NIGHT DEBATE"
    plain = "Senate passes $40bn flood relief bill after all-night debate"
    body = "The bill goes to the president, who has said that she will sign it."
    a = article("a", body, *SURROUNDINGS["a"], headline=shouted)
    b = article("b", *SURROUNDINGS["b"], headline=plain)
    match = told(matcher([a, b]), a, b)[shouted, plain]
    assert match.kind in ("verbatim", "near-verbatim")
    assert match.why.numbers == ("$40 BILLION",)


def test_capitals_of_a_headline_in_title_case_make_no_names(matcher: Matcher) -> None:
    titled = "Mayor Anna Lindqvist Extends Olive Branch to Striking Tram Drivers in Norrby"
    told_again = "Mayor Anna Lindqvist extends an olive branch to the striking tram drivers in Norrby."
    body = "Drivers walked out two weeks ago after Anna Lindqvist, the mayor of Norrby, froze their pay."
    a = article("a", body, *SURROUNDINGS["a"], headline=titled)
    b = article("b", told_again, *SURROUNDINGS["b"])
    why = told(matcher([a, b]), a, b)[titled, told_again].why
    assert why.names == ("Anna Lindqvist", "Norrby")
    assert "branch" in why.words


def test_article_that_repeats_itself_has_repeats_and_both_match_the_other_source(matcher: Matcher) -> None:
    once = "Voters in Marland rejected the new tax by 61 percent to 39 percent, final results showed on Sunday."
    again = "Voters in Marland rejected the new tax by 61 percent to 39 percent, the final results showed."
    other = "Final results on Sunday showed that 61 percent of voters in Marland had rejected the new tax."
    a = article("a", once, *SURROUNDINGS["a"], again)
    b = article("b", other, *SURROUNDINGS["b"])
    comparison = matcher([a, b])
    text = {s.id: s.text for x in (a, b) for s in x.sentences}
    assert [(text[r.sentence_id], text[r.repeat_of]) for r in comparison.repeats] == [(again, once)]
    found = told(comparison, a, b)
    assert (once, other) in found
    assert (again, other) in found
    assert {text[i] for i in comparison.facts[0].sentence_ids} == {once, again, other}


def test_what_an_article_says_twice_in_the_same_words_is_matched_where_it_says_it_first(matcher: Matcher) -> None:
    line = "Voters in Marland rejected the new tax by 61 percent to 39 percent, final results showed on Sunday."
    a = article("a", line, *SURROUNDINGS["a"], line)
    b = article("b", line, *SURROUNDINGS["b"])
    comparison = matcher([a, b])
    first, *_, again = (s.id for s in a.sentences)
    assert [(r.sentence_id, r.repeat_of) for r in comparison.repeats] == [(again, first)]
    named = {m.left_id for m in comparison.matches} | {n.sentence_id for n in comparison.near_misses}
    assert first in named
    assert again not in named


def test_sentences_of_one_source_never_match_each_other(matcher: Matcher) -> None:
    line = "The ferry between Orsa and Vik will not run on Tuesday because of high waves, its operator said."
    a = article("a", line, *SURROUNDINGS["a"])
    b = article("b", line, *SURROUNDINGS["b"])
    b = StoryArticle(b.id, "a", None, tuple(s._replace(source_id="a") for s in b.sentences))
    comparison = matcher([a, b])
    assert comparison.matches == ()
    assert comparison.facts == ()
    assert [(r.sentence_id, r.repeat_of, r.kind) for r in comparison.repeats] == [(1000, 0, "verbatim")]


def test_boilerplate_takes_no_part(matcher: Matcher) -> None:
    a = article("a", *SURROUNDINGS["a"], "Leave a comment")
    b = article("b", *SURROUNDINGS["b"], "Leave a comment")
    assert a.sentences[-1].role == "boilerplate"
    assert matcher([a, b]).matches == ()


def test_what_one_source_says_twice_is_encoded_only_where_another_tells_of_it_too() -> None:
    once = "The harbour board of Skelvik will repair the northern breakwater after the storm tore a hole in it."
    again = (
        "After the storm tore a hole in it, the northern breakwater of Skelvik will be repaired by the harbour board."
    )
    settings = MatchSettings(level="encoder")
    alone = article("a", once, "Nobody was hurt.", again)
    assert texts_to_encode([alone], settings) == []
    told = texts_to_encode([alone, article("b", "Skelvik's harbour board will repair the breakwater.")], settings)
    assert {once, again} <= set(told)
