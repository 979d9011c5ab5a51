"""The matcher on the seeds, and the parts that it is made of."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from datasette_newscompare.loading.comparing import load_story
from datasette_newscompare.matching import candidates, scorer
from datasette_newscompare.matching.alignment import Aligned, primary_and_moved
from datasette_newscompare.matching.candidates import find_candidates, shared_words
from datasette_newscompare.matching.facts import group_facts
from datasette_newscompare.matching.features import NAMES, pair_features
from datasette_newscompare.matching.forms import Lexicon, rarity, stem
from datasette_newscompare.matching.index import build_index
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story
from datasette_newscompare.matching.tokens import tokenise
from datasette_newscompare.matching.trees import read_forests
from datasette_newscompare.matching.wordpieces import wordpieces
from datasette_newscompare.records import Quantity, StoryArticle, StorySentence
from datasette_newscompare.text.words import spans

LEFT, RIGHT = "000_70963c9eee253a3c", "003_27c86b006fe4f70f"

CORE = {
    "Peskov": ("On Tuesday, Kremlin spokesman Dmitry Peskov", "Amid these developments, Kremlin spokesman"),
    "Stefanishyna": ("Ukraine’s Deputy Prime Minister for European", "Ukraine’s Deputy Prime Minister Olga"),
    "five per cent": ("Kyiv estimates that Ukraine holds around 5%", "Ukrainian officials estimate that the country"),
    "500 billion": ("Trump said earlier this month that the US military", "Earlier this month, Trump articulated"),
    "state TV": (
        "In a state TV interview on Monday, Russian President Vladimir Putin expressed",
        "During a state tele",
    ),
    "aluminium": ("He added that the proposal could also involve", "He suggested that the two nations might also"),
    "far more": ("Putin dismissed concerns over a potential US-Ukraine", "In an attempt to undermine Trump's push"),
    "natural wealth": ("Putin’s offer to grant the US access to Russia’s", "Putin's overture to the U.S."),
    "pressure": (
        "Putin’s move comes as Ukraine faces mounting pressure",
        "This proposal arises at a time when Ukraine",
    ),
    "Trump's push": ("Meanwhile, a Ukrainian minister revealed", "This development comes amid ongoing discussions"),
    "access": ("Vladimir Putin, the Russian President has expressed", "In a surprising move, Russian President"),
    "EU": ("Meanwhile, the European Union has taken", "In parallel, the European Union is pursuing"),
}
ALONE = ("Zelenzky has disputed", "In 2023, Putin accused", "This aligns with recent Russian rhetoric")


@pytest.fixture(scope="module")
def seeds(seeds_db: Path) -> tuple[StoryArticle, ...]:
    from sqlite_utils import Database

    db = Database(sqlite3.connect(f"file:{seeds_db}?mode=ro", uri=True))
    return load_story(db, next(iter(db.query("SELECT id FROM stories")))["id"])


@pytest.fixture(scope="module")
def text(seeds: tuple[StoryArticle, ...]) -> dict[int, str]:
    return {s.id: s.text for a in seeds for s in a.sentences}


def test_both_seed_articles_are_in_the_story(seeds: tuple[StoryArticle, ...]) -> None:
    assert [a.id for a in seeds] == [LEFT, RIGHT]


@pytest.mark.parametrize("name", CORE)
def test_core_pair_of_the_seeds_is_found(name: str, seeds: tuple[StoryArticle, ...], text: dict[int, str]) -> None:
    left, right = CORE[name]
    found = [
        m
        for m in compare_story(seeds).matches
        if text[m.left_id].startswith(left) and text[m.right_id].startswith(right)
    ]
    assert len(found) == 1


def test_the_facts_of_the_loaded_seeds_are_the_core_pairs_and_no_other(seeds_db: Path) -> None:
    with sqlite3.connect(seeds_db) as connection:
        told = connection.execute(
            "SELECT fact_id, text FROM fact_sentences JOIN sentences ON id = sentence_id"
        ).fetchall()
    facts = {fact: [text for other, text in told if other == fact] for fact, _ in told}
    for pair in CORE.values():
        assert sum(all(any(t.startswith(start) for t in texts) for start in pair) for texts in facts.values()) == 1
    assert len(facts) == len(CORE)


@pytest.mark.parametrize("start", ALONE)
def test_what_only_one_seed_article_tells_has_no_match(
    start: str, seeds: tuple[StoryArticle, ...], text: dict[int, str]
) -> None:
    matched = {text[i] for m in compare_story(seeds).matches for i in (m.left_id, m.right_id)}
    assert any(t.startswith(start) for t in text.values())
    assert not any(t.startswith(start) for t in matched)


def test_sentence_about_krasnoyarsk_is_at_most_a_partial_match(
    seeds: tuple[StoryArticle, ...], text: dict[int, str]
) -> None:
    kinds = [m.kind for m in compare_story(seeds).matches if "Krasnoyarsk" in text[m.left_id] + text[m.right_id]]
    assert set(kinds) <= {"partial"}


def test_repeats_of_the_seeds_are_marked(seeds: tuple[StoryArticle, ...], text: dict[int, str]) -> None:
    found = {(text[r.sentence_id][:60], text[r.repeat_of][:60]) for r in compare_story(seeds).repeats}
    interview = "In a state TV interview on Monday, Russian President Vladimir Putin"
    aluminium = "He added that the proposal could"
    assert any(a.startswith(interview[:60]) and b.startswith(interview[:60]) for a, b in found)
    assert any(a.startswith(aluminium) and b.startswith(aluminium) for a, b in found)
    assert any(a == b and a.startswith("Putin Proposes Rare Minerals") for a, b in found)


def test_all_that_explains_a_match_stands_in_both_sentences(
    seeds: tuple[StoryArticle, ...], text: dict[int, str]
) -> None:
    by_id = {s.id: s for a in seeds for s in a.sentences}
    comparison = compare_story(seeds)
    assert comparison.matches
    for m in comparison.matches:
        stems = [set(tokenise([by_id[i]]).stems(0)) for i in (m.left_id, m.right_id)]
        shown = [*m.why.names, *m.why.words, *m.why.quoted]
        assert shown
        for words in shown:
            assert words.lower() in text[m.left_id].lower()
            alone = StorySentence(0, "", "", 0, 0, "body", 0, f"the {words}")
            assert set(tokenise([alone]).stems(0)) - {"the"} <= stems[0] & stems[1]


def test_numbers_that_carry_a_match_are_shown(seeds: tuple[StoryArticle, ...], text: dict[int, str]) -> None:
    numbers = {
        text[m.left_id][:12]: m.why.numbers for m in compare_story(seeds).matches if m.is_primary and m.why.numbers
    }
    assert numbers["Kyiv estimat"] == ("5%",)
    assert numbers["Trump said e"] == ("$500bn",)


def test_rare_words_come_rarest_first(seeds: tuple[StoryArticle, ...]) -> None:
    for m in compare_story(seeds).matches:
        stated = [rarity(w) for w in m.why.words if re.fullmatch("[a-z]+", w)]
        assert len(stated) < 2 or stated[0] >= stated[-1] - 0.15


def test_primary_matches_are_one_to_one(seeds: tuple[StoryArticle, ...]) -> None:
    primary = [m for m in compare_story(seeds).matches if m.is_primary]
    assert len({m.left_id for m in primary}) == len({m.right_id for m in primary}) == len(primary)
    assert len(primary) >= 12


def test_near_misses_are_of_sentences_without_a_match(seeds: tuple[StoryArticle, ...]) -> None:
    comparison = compare_story(seeds)
    matched = {i for m in comparison.matches for i in (m.left_id, m.right_id)}
    assert comparison.near_misses
    for miss in comparison.near_misses:
        assert miss.sentence_id not in matched
        assert 0.05 <= miss.score <= 1


def test_order_of_the_articles_changes_nothing(seeds: tuple[StoryArticle, ...]) -> None:
    assert compare_story(seeds) == compare_story(tuple(reversed(seeds)))


def test_comparison_runs_the_same_twice(seeds: tuple[StoryArticle, ...]) -> None:
    assert compare_story(seeds) == compare_story(seeds)


def test_threshold_decides_what_is_a_match(seeds: tuple[StoryArticle, ...]) -> None:
    few = compare_story(seeds, MatchSettings(threshold=0.9)).matches
    many = compare_story(seeds, MatchSettings(threshold=0.3)).matches
    assert 0 < len(few) < len(many)
    assert min(m.score for m in few) >= 0.9


def test_unknown_level_is_named_in_the_error(seeds: tuple[StoryArticle, ...]) -> None:
    with pytest.raises(ValueError, match="finest"):
        compare_story(seeds, MatchSettings(level="finest"))


@pytest.mark.parametrize("articles", [(), (StoryArticle("a", "a", None, ()),)])
def test_story_without_sentences_has_nothing_to_compare(articles: tuple[StoryArticle, ...]) -> None:
    comparison = compare_story(articles)
    assert comparison.matches == comparison.facts == comparison.repeats == comparison.near_misses == ()


def sentence(id: int, article: str, text: str, quantities: tuple[Quantity, ...] = ()) -> StorySentence:
    return StorySentence(id, article, article, id, 0, "body", 0, text, quantities=quantities)


def test_words_that_mean_the_same_number_are_one_token() -> None:
    short = sentence(1, "a", "It cost $500bn.", (Quantity("money", 5e11, "USD", "=", False, 8, 14, "$500bn"),))
    long = sentence(
        2, "b", "It cost $500 billion.", (Quantity("money", 5e11, "USD", "=", False, 8, 20, "$500 billion"),)
    )
    tokens = tokenise([short, long])
    assert tokens.stems(0) == tokens.stems(1)
    assert tokens.spans(1)[-1] == (8, 20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("minerals", "mineral"),
        ("proposed", "proposal"),
        ("negotiations", "negotiation"),
        ("told", "tell"),
        ("u.s.", "americans"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_pronoun_us_is_not_the_country() -> None:
    assert stem("us") != stem("u.s.")


def test_rarer_words_weigh_more() -> None:
    assert rarity("the") == 0 < rarity("minister") < rarity("aluminium") < rarity("krasnoyarsk") <= 1


def test_forest_gives_the_leaf_that_its_tests_lead_to() -> None:
    generator = random.Random(7)
    trees = [_grown(generator, depth) for depth in (3, 3, 0, 1, 5, 2, 3, 8, 4, 6)]
    data = {
        "names": ["x", "y", "z"],
        "ensembles": [{"base": 0.5, "trees": trees[:6]}, {"base": -1, "trees": trees[6:]}, {"base": 2, "trees": []}],
    }
    forests = read_forests(data, ("unused", "z", "y", "x"))
    rows = np.array([[9, *(generator.randrange(5) / 4 for _ in range(3))] for _ in range(600)], dtype=np.float32)
    expected = [
        [
            base + sum(_leaf(t, row[[3, 2, 1]]) for t in some)
            for base, some in ((0.5, trees[:6]), (-1, trees[6:]), (2, []))
        ]
        for row in rows
    ]
    np.testing.assert_allclose(np.stack([f.predict(rows) for f in forests], axis=1), expected, atol=1e-5)
    assert [len(f.predict(rows[:0])) for f in forests] == [0, 0, 0]


def _grown(generator: random.Random, depth: int) -> dict[str, list[float]]:
    return {
        "feature": [generator.randrange(3) for _ in range(depth)],
        "threshold": [generator.randrange(5) / 4 for _ in range(depth)],
        "value": [generator.uniform(-1, 1) for _ in range(1 << depth)],
    }


def _leaf(tree: dict[str, list[float]], row: np.ndarray) -> float:
    tests = zip(tree["feature"], tree["threshold"], strict=True)
    return tree["value"][sum(1 << bit for bit, (feature, least) in enumerate(tests) if row[int(feature)] > least)]


def test_forest_says_which_feature_it_lacks() -> None:
    with pytest.raises(ValueError, match="likeness"):
        read_forests({"names": ["likeness"], "ensembles": []}, ("x",))


@pytest.mark.parametrize(("depth", "leaves"), [(9, 512), (2, 3)])
def test_forest_says_which_tree_it_cannot_read(depth: int, leaves: int) -> None:
    tree = {"feature": [0] * depth, "threshold": [0.5] * depth, "value": [0.0] * leaves}
    with pytest.raises(ValueError, match=f"tree 0 has {depth} tests and {leaves} leaves"):
        read_forests({"names": ["x"], "ensembles": [{"base": 0.0, "trees": [tree]}]}, ("x",))


@pytest.mark.parametrize("level", ["lexical", "encoder"])
def test_packaged_model_says_how_well_it_did(level: str) -> None:
    figures = scorer.load_model(level).figures
    assert figures["trained on"]["stories"] >= 100
    assert 0.7 < figures["cross-validated"]["F"] < 1


def test_calibration_rises_with_the_raw_score() -> None:
    model = scorer.load_model("lexical")
    assert (np.diff(model.any_to) >= 0).all()
    assert model.any_to[-1] <= 1
    assert model.any_to[0] >= 0


def test_features_do_not_depend_on_which_sentence_comes_first() -> None:
    one = StoryArticle("a", "a", None, (sentence(1, "a", "The harbour bridge in Kettby closed on Monday."),))
    other = StoryArticle(
        "b", "b", None, (sentence(2, "b", "Drivers waited for hours when the bridge in Kettby closed without notice."),)
    )
    index, turned = build_index([one, other]), build_index([other, one])
    row, column = np.array([0]), np.array([1])
    first, second = pair_features(index, row, column)[0], pair_features(turned, row, column)[0]
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert first[0, NAMES.index("names_shared")] == 1


def _story(*sizes: int) -> list[StoryArticle]:
    names = "abcdef"
    start = 0
    out = []
    for name, size in zip(names, sizes, strict=False):
        out.append(
            StoryArticle(name, name, None, tuple(sentence(start + k, name, f"Word {start + k}.") for k in range(size)))
        )
        start += size
    return out


def test_rows_out_of_reading_order_are_moved() -> None:
    index = build_index(_story(4, 4))
    order = [(0, 5), (1, 6), (2, 7), (3, 4)]
    matches = [Aligned(k, a, b, 0.9, 0.9, "paraphrase") for k, (a, b) in enumerate(order)]
    primary, moved = primary_and_moved(index, matches)
    assert primary == {0, 1, 2, 3}
    assert moved == {3}


def test_facts_do_not_chain() -> None:
    index = build_index(_story(1, 1, 1))
    chain = [Aligned(0, 0, 1, 0.9, 0.9, "paraphrase"), Aligned(1, 1, 2, 0.8, 0.8, "paraphrase")]
    assert group_facts(index, chain, {}) == [(0, 1)]
    closed = [*chain, Aligned(2, 0, 2, 0.7, 0.7, "paraphrase")]
    assert group_facts(index, closed, {}) == [(0, 1, 2)]


def test_a_fact_that_both_sources_tell_twice_is_one() -> None:
    index = build_index(_story(2, 2))
    scores = {(0, 2): 0.65, (0, 3): 0.57, (1, 2): 0.59, (1, 3): 0.97}
    matches = [Aligned(k, *rows, sure, sure, "paraphrase") for k, (rows, sure) in enumerate(scores.items())]
    again = {(0, 1): 0.8, (2, 3): 0.7}
    assert group_facts(index, matches, again) == [(0, 1, 2, 3)]
    assert group_facts(index, matches, {(0, 1): 0.8}) == [(0, 2), (1, 3)]
    assert group_facts(index, matches, {(0, 1): 0.6, (2, 3): 0.6}) == [(0, 2), (1, 3)]


def test_the_two_halves_of_a_split_sentence_are_not_one_fact() -> None:
    index = build_index(_story(1, 2))
    halves = [Aligned(0, 0, 1, 0.9, 0.5, "partial"), Aligned(1, 0, 2, 0.8, 0.5, "partial")]
    assert group_facts(index, halves, {}) == [(0, 1)]
    assert group_facts(index, halves, {(1, 2): 0.9}) == [(0, 1, 2)]


def test_wordpieces_keep_their_places_in_the_text() -> None:
    text = "Zelenskiy’s minéral deal, worth $500bn."
    pieces = wordpieces(text, 96)
    assert text[pieces.starts[1] : pieces.ends[1]].lower() == "ze"
    words = [text[a:b] for a, b in zip(pieces.starts, pieces.ends, strict=True) if a >= 0]
    assert "".join(words) == text.replace(" ", "")
    assert "minéral"[:4] in "".join(words)


def test_wordpieces_stop_at_the_longest_that_is_read() -> None:
    assert len(wordpieces("word " * 500, 96).ids) == 96


def test_model_files_are_plain_json() -> None:
    for level in ("lexical", "encoder"):
        path = Path(scorer.__file__).parent / f"model_{level}.json"
        parts = {"figures", "decision", "calibration", "pair", "context"} | ({"gate"} if level == "encoder" else set())
        assert set(json.loads(path.read_text(encoding="utf-8"))) == parts


def test_in_a_huge_story_rare_words_find_candidates_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """What most sentences share finds none there, so that memory stays bounded."""
    told = [
        (source, f"The harbour office in {place} closed its quay {number} on Monday")
        for number, (source, place) in enumerate(
            zip("ab" * 15, ["Aden", "Bergen", "Cadiz", "Dakar", "Esbjerg"] * 6, strict=True)
        )
    ]
    told += [("a", "A quokka ate the zirconium of a dentist"), ("b", "The dentist lost his zirconium to a quokka")]
    stories = tuple(
        StoryArticle(
            source,
            source,
            None,
            tuple(sentence(n, source, words) for n, (of, words) in enumerate(told) if of == source),
        )
        for source in "ab"
    )
    index = build_index(stories)
    rare = sorted(n for n, s in enumerate(index.sentences) if "quokka" in s.text)

    def found() -> set[tuple[int, ...]]:
        return set(zip(*(rows.tolist() for rows in find_candidates(index, shared_words(index))), strict=True))

    pairs = found()
    assert {tuple(rare)} < pairs
    with monkeypatch.context() as patch:
        patch.setattr(candidates, "MAX_PAIRS", 1)
        (best,) = found()
        assert best in pairs
    monkeypatch.setattr(candidates, "MAX_SHARED", 20)
    assert found() == {tuple(rare)}


def test_a_lexicon_finds_the_words_that_a_search_of_the_whole_text_finds() -> None:
    lexicon, chance = Lexicon("en"), random.Random(7)
    parts = ("U.S.", "a.m", "$500bn", "5%", "it’s", "O'Rourke's", "“Kyiv", "9/11,", "Ärger", "half-built", "\t")
    for length in range(60):
        text = "".join(chance.choice(parts) + chance.choice(("", " ", " ", "\n")) for _ in range(length))
        words, starts, ends = spans(text)
        form, start, end = lexicon.split(text)
        assert (start.tolist(), end.tolist()) == (starts, ends), text
        assert form.tolist() == [lexicon.plain[word] for word in words], text


def test_sentences_are_split_alike_whatever_stands_beside_them() -> None:
    texts = ("EU AGREES.", "", "O'Rourke's", "“Ukraine” paid $5bn, the U.S.", "a.m. was 5% of 1,200.5", "x1 " * 120)
    alone = [tokenise([sentence(1, "a", text)]) for text in texts]
    together = tokenise([sentence(k, "a", text) for k, text in enumerate(texts)])
    for row, one in enumerate(alone):
        assert together.stems(row) == one.stems(0), texts[row]
        assert together.spans(row) == one.spans(0), texts[row]
        assert together.named[together.of(row)].tolist() == one.named.tolist(), texts[row]
    assert together.stems(3) == ["ukraine", "pay", "$5bn", "the", "u.s."]
    assert [len(together.stems(row)) for row in (1, 2, 5)] == [0, 1, 96]
