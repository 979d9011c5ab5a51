"""Articles of one event become one story; others do not."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from conftest import SEEDS

from datasette_newscompare.stories import StoryDocument, StoryGroup, group
from datasette_newscompare.stories.clustering import average_link

FERRY_A = StoryDocument(
    id="ferry-a",
    source_id="harbour-post",
    title="Ferry runs aground off Skelvik with 212 on board",
    text="The car ferry Marit Linde ran aground in thick fog outside Skelvik early on Tuesday with 212 people "
    "on board. The coast guard said two boats took all passengers ashore by nine. Nobody was badly hurt. "
    "Captain Jon Aasen told reporters the radar had failed minutes before. Divers will look at the hull "
    "on Wednesday.",
    published="2024-03-12",
)
FERRY_B = StoryDocument(
    id="ferry-b",
    source_id="northern-times",
    title="All 212 passengers safe after Skelvik ferry grounding",
    text="Everyone aboard the Marit Linde is safe after the ferry hit rocks near Skelvik in fog on Tuesday "
    "morning, the coast guard said. Rescue boats brought the 212 passengers to land. The captain, Jon "
    "Aasen, blamed a radar that went dark. The owner said divers would examine the ship's hull.",
    published="2024-03-12T11:40:00+01:00",
)
OTHER_FERRY_A = StoryDocument(
    id="other-ferry-a",
    source_id="harbour-post",
    title="Fire on ferry near Portaluce: 38 taken to hospital",
    text="A fire in the engine room of the ferry Stella Marina near Portaluce sent 38 people to hospital with "
    "smoke in their lungs on Thursday, the coast guard said. The ferry had left the port at noon with 540"
    " passengers. Firemen from Portaluce put the flames out in two hours. Prosecutor Elena Bassi has "
    "opened an inquiry.",
    published="2024-03-14",
)
OTHER_FERRY_B = StoryDocument(
    id="other-ferry-b",
    source_id="southern-daily",
    title="Smoke fills the Stella Marina, dozens treated in Portaluce",
    text="Thirty-eight passengers of the Stella Marina breathed in smoke and were treated in Portaluce after "
    "the ferry's engine room caught fire on Thursday. The ship carried 540 people. Prosecutor Elena Bassi"
    " said an inquiry was open. The flames were out after two hours, firemen said.",
    published="2024-03-14",
)
BUDGET = StoryDocument(
    id="budget",
    source_id="northern-times",
    title="Council passes budget after a night of talks",
    text="The city council of Ostrava passed its budget at four in the morning with a majority of one. Schools"
    " get more, roads less. The opposition left the hall before the vote, and the mayor spoke of a hard "
    "year ahead for taxpayers.",
    published="2024-03-12",
)
ALL = (FERRY_A, FERRY_B, OTHER_FERRY_A, OTHER_FERRY_B, BUDGET)


def seed_documents() -> list[StoryDocument]:
    documents = []
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        documents.append(StoryDocument(id=path.stem, source_id=path.stem, title=text.split("\n")[0], text=text))
    return documents


def ids(stories: list[StoryGroup]) -> set[tuple[str, ...]]:
    return {story.article_ids for story in stories}


def changed(document: StoryDocument, **changes: object) -> StoryDocument:
    """A copy with other values. (dataclasses.replace, for a class with slots on Python 3.10 too.)"""
    values = {name: getattr(document, name) for name in StoryDocument.__dataclass_fields__}
    return StoryDocument(**{**values, **changes})  # type: ignore[arg-type]


def test_seeds_are_one_story_without_dates_or_common_source() -> None:
    first, second = seed_documents()
    stories = group([first, second])
    assert ids(stories) == {(first.id, second.id)}
    assert stories[0].story is None


def test_two_unrelated_articles_stay_apart() -> None:
    assert ids(group([FERRY_A, BUDGET])) == {("ferry-a",), ("budget",)}


def test_like_events_of_one_week_stay_apart() -> None:
    assert ids(group(ALL)) == {("ferry-a", "ferry-b"), ("other-ferry-a", "other-ferry-b"), ("budget",)}


def test_like_events_stay_apart_without_dates_too() -> None:
    undated = [changed(document, published=None) for document in ALL]
    assert ids(group(undated)) == {("ferry-a", "ferry-b"), ("other-ferry-a", "other-ferry-b"), ("budget",)}


def test_one_missing_date_does_not_part_a_story() -> None:
    assert ("ferry-a", "ferry-b") in ids(group([FERRY_A, changed(FERRY_B, published=None), BUDGET]))


@pytest.mark.parametrize("published", ["last Tuesday", "", "2024", "2024-13-45"])
def test_a_date_that_cannot_be_read_counts_as_missing(published: str) -> None:
    assert ("ferry-a", "ferry-b") in ids(group([FERRY_A, changed(FERRY_B, published=published), BUDGET]))


def test_same_words_years_apart_are_two_stories() -> None:
    assert ids(group([FERRY_A, changed(FERRY_B, published="2019-03-12")])) == {("ferry-a",), ("ferry-b",)}


def test_articles_of_one_source_may_share_a_story() -> None:
    assert ("ferry-a", "ferry-b") in ids(group([FERRY_A, changed(FERRY_B, source_id="harbour-post"), BUDGET]))


def test_order_of_input_does_not_matter() -> None:
    expected = group(ALL)
    for seed in range(10):
        shuffled = random.Random(seed).sample(ALL, len(ALL))
        assert group(shuffled) == expected


@pytest.mark.parametrize(("between", "groups"), [(-2.0, 2), (2.0, 1)])
def test_two_reports_that_very_many_carry_are_one_story_only_where_a_pair_of_them_says_so(
    between: float, groups: int
) -> None:
    """Each has so many copies of its own that pairs with the other's were left out, which may be as good as these."""
    copies = [*combinations(range(4), 2), *combinations(range(4, 8), 2)]
    pairs, odds = np.array([*copies, (3, 4)]), np.array([5.0] * len(copies) + [between])
    assert len(average_link(8, pairs, odds, [None] * 8, floors=np.full(8, 4.0))) == groups


def test_nothing_gives_no_stories() -> None:
    assert group([]) == []


def test_empty_articles_each_get_a_story() -> None:
    empty = [StoryDocument(id=name, source_id=name, title="", text="") for name in ("a", "b")]
    assert ids(group(empty)) == {("a",), ("b",)}


def test_same_id_twice_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="ferry-a"):
        group([FERRY_A, FERRY_A])


def test_new_article_joins_the_stored_story() -> None:
    stories = group([changed(FERRY_A, story=7), FERRY_B, changed(BUDGET, story=2)])
    assert {(story.article_ids, story.story) for story in stories} == {(("ferry-a", "ferry-b"), 7), (("budget",), 2)}


def test_two_stored_stories_are_not_merged_however_alike() -> None:
    stories = group([changed(FERRY_A, story=7), changed(FERRY_B, story=8)])
    assert {(story.article_ids, story.story) for story in stories} == {(("ferry-a",), 7), (("ferry-b",), 8)}


def test_stored_story_keeps_articles_that_would_not_be_grouped_today() -> None:
    stories = group([changed(FERRY_A, story=7), changed(BUDGET, story=7)])
    assert ids(stories) == {("budget", "ferry-a")}


def test_story_given_by_hand_holds_what_was_named_and_nothing_else() -> None:
    stories = group([changed(FERRY_A, given="Spring"), changed(BUDGET, given="Spring"), FERRY_B])
    assert {(story.article_ids, story.given) for story in stories} == {
        (("budget", "ferry-a"), "Spring"),
        (("ferry-b",), None),
    }


def test_naming_one_article_takes_it_out_of_its_stored_story() -> None:
    stories = group([changed(FERRY_A, story=7), changed(FERRY_B, story=7, given="Spring")])
    assert {(story.article_ids, story.story) for story in stories} == {(("ferry-a",), 7), (("ferry-b",), None)}


def test_given_story_keeps_its_id_when_articles_are_added() -> None:
    stories = group([changed(FERRY_A, story=7, given="Spring"), changed(BUDGET, given="Spring")])
    assert [(story.article_ids, story.story) for story in stories] == [(("budget", "ferry-a"), 7)]


def test_story_is_titled_by_one_of_its_headlines() -> None:
    stories = {story.article_ids: story.title for story in group(ALL)}
    assert stories["ferry-a", "ferry-b"] in (FERRY_A.title, FERRY_B.title)


def test_story_without_headlines_is_titled_by_its_text() -> None:
    assert group([changed(BUDGET, title="")])[0].title.startswith("The city council of Ostrava")


def test_a_story_of_more_articles_than_each_is_compared_with_stays_whole() -> None:
    copies = [
        changed(FERRY_A, id=f"copy-{number:03}", text=f"{FERRY_A.text} Report {number} of our own staff.")
        for number in range(80)
    ]
    stories = group([*copies, FERRY_B, OTHER_FERRY_A, OTHER_FERRY_B, BUDGET])
    assert sorted(len(story.article_ids) for story in stories) == [1, 2, 81]
