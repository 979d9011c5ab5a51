"""New articles find their stories through the index, and what is stored stays as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import pytest
from sqlite_utils import Database
from test_stories import ALL, BUDGET, FERRY_A, FERRY_B, OTHER_FERRY_A, OTHER_FERRY_B, changed

from datasette_newscompare import schema
from datasette_newscompare.stories import SqliteIndex, StoryDocument, StoryGroup, group, group_new, index_rows
from datasette_newscompare.stories.index import CANDIDATES, WRITE_COUNT, WRITE_TERM


class Archive:
    """A database with articles, their stories and the index."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(
            "CREATE TABLE stories (id INTEGER PRIMARY KEY, given_name TEXT UNIQUE);"
            "CREATE TABLE articles (id TEXT PRIMARY KEY, story_id INTEGER);"
        )
        schema.run(Database(self.connection), "001_story_index.sql")
        self.loaded: dict[str, StoryDocument] = {}
        self.index = SqliteIndex(self.connection, self.read)

    def read(self, article_ids: Collection[str]) -> Sequence[StoryDocument]:
        return [self.loaded[id] for id in article_ids]

    def add(self, *documents: StoryDocument) -> list[StoryGroup]:
        stories = group_new(documents, self.index)
        terms, counts = index_rows(documents, self.index)
        new = {document.id: document for document in documents}
        for story in stories:
            number = story.story
            if number is None:
                sql = "INSERT INTO stories (given_name) VALUES (?)"
                number = self.connection.execute(sql, [story.given]).lastrowid
            for id in story.article_ids:
                self.loaded[id] = changed(new.get(id) or self.loaded[id], story=number)
                self.connection.execute("INSERT OR REPLACE INTO articles VALUES (?, ?)", [id, number])
        self.connection.executemany(WRITE_TERM, terms)
        self.connection.executemany(WRITE_COUNT, counts)
        return stories

    def stories(self) -> dict[str, int | None]:
        return {id: document.story for id, document in self.loaded.items()}


def test_articles_added_one_by_one_make_the_stories_of_all_at_once() -> None:
    archive = Archive()
    for document in ALL:
        archive.add(document)
    together = {id for story in group(ALL) for id in [story.article_ids]}
    apart: dict[int | None, list[str]] = {}
    for id, story in sorted(archive.stories().items()):
        apart.setdefault(story, []).append(id)
    assert {tuple(ids) for ids in apart.values()} == together


def test_new_article_joins_the_stored_story_and_sees_all_of_it() -> None:
    archive = Archive()
    archive.add(FERRY_A, OTHER_FERRY_A, BUDGET)
    before = archive.stories()
    (story,) = archive.add(FERRY_B)
    assert (story.article_ids, story.story) == (("ferry-a", "ferry-b"), before["ferry-a"])
    assert {id: archive.stories()[id] for id in before} == before


def test_new_articles_of_one_event_make_one_new_story() -> None:
    archive = Archive()
    archive.add(FERRY_A, BUDGET)
    (story,) = archive.add(OTHER_FERRY_A, OTHER_FERRY_B)
    assert (story.article_ids, story.story) == (("other-ferry-a", "other-ferry-b"), None)


@pytest.mark.parametrize("undated", ["ferry-a", "ferry-b"])
def test_a_missing_date_on_either_side_does_not_hide_the_story(undated: str) -> None:
    first, second = (
        changed(document, published=None) if document.id == undated else document for document in (FERRY_A, FERRY_B)
    )
    archive = Archive()
    archive.add(first, BUDGET)
    (story,) = archive.add(second)
    assert story.article_ids == ("ferry-a", "ferry-b")


def test_articles_outside_the_window_are_no_candidates() -> None:
    archive = Archive()
    archive.add(changed(FERRY_A, published="2019-03-12"))
    (story,) = archive.add(FERRY_B)
    assert story.article_ids == ("ferry-b",)


def test_new_article_with_a_given_name_joins_the_story_of_that_name() -> None:
    archive = Archive()
    archive.add(changed(BUDGET, given="Spring"), FERRY_A)
    (story,) = archive.add(changed(FERRY_B, given="Spring"))
    assert story.article_ids == ("budget", "ferry-b")
    assert story.story == archive.stories()["budget"]


def test_an_article_that_is_in_the_index_already_is_not_its_own_candidate() -> None:
    archive = Archive()
    archive.add(FERRY_A, BUDGET)
    archive.add(FERRY_B)
    again = group_new([archive.loaded["ferry-b"]], archive.index)
    assert [story.article_ids for story in again] == [("ferry-a", "ferry-b")]


def test_look_up_goes_through_the_primary_key() -> None:
    archive = Archive()
    asked = {"weights": "{}", "first": 1, "last": 2, "limit": 3}
    plan = " ".join(row[3] for row in archive.connection.execute(f"EXPLAIN QUERY PLAN {CANDIDATES}", asked))
    assert "SEARCH t USING PRIMARY KEY (term=? AND day=?)" in plan
    assert "SEARCH t USING PRIMARY KEY (term=? AND day>? AND day<?)" in plan
    assert "SCAN t" not in plan


def test_terms_taken_out_leave_no_counts() -> None:
    archive = Archive()
    archive.add(FERRY_A)
    _, counts = index_rows([FERRY_A], archive.index)
    archive.connection.executemany(WRITE_COUNT, [(term, -count) for term, count in counts])
    assert archive.connection.execute("SELECT sum(abs(article_count)) FROM term_counts").fetchone()[0] == 0
