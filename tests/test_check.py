"""`check` finds each thing that may not hold, in copies of a whole database that were harmed on purpose."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

from datasette_newscompare.loading.check import INVARIANTS, check

OTHER_STORY = "INSERT INTO stories (id, title, needs_linking, needs_matching) VALUES (99, 'other', 0, 0);"
AWAY = f"{OTHER_STORY} UPDATE articles SET story_id = 99 WHERE id = (SELECT min(id) FROM articles)"
HARMS = {
    "stories that a load left unfinished": "UPDATE stories SET needs_matching = 1",
    "articles without a story": "UPDATE articles SET story_id = NULL WHERE id = (SELECT min(id) FROM articles)",
    "sentences that do not quote their article": "UPDATE sentences SET start = start + 1 WHERE id = 5",
    "mentions that do not quote their article": "UPDATE mentions SET text = 'Nobody' WHERE id = 3",
    "quantities that do not quote their article": 'UPDATE quantities SET "end" = "end" - 1 WHERE id = 2',
    "quotes that do not quote their article": "UPDATE quotes SET start = start + 1 WHERE id = 1",
    "mentions outside their sentence": "UPDATE mentions SET sentence_id = sentence_id + 1 WHERE id = 3",
    "quantities outside their sentence": "UPDATE quantities SET sentence_id = sentence_id + 1 WHERE id = 2",
    "quotes outside their sentence": "UPDATE quotes SET sentence_id = sentence_id + 1 WHERE id = 1",
    "speakers of quotes that do not quote their article": "UPDATE quotes SET speaker = 'Nobody'"
    " WHERE speaker_start IS NOT NULL",
    "differences that do not quote their articles": "UPDATE differences SET right_start = right_start + 1",
    "matches outside their story, or of one source": "UPDATE matches SET left_article_id = right_article_id"
    " WHERE id = 1",
    "repeats and near misses outside their story, or repeats of another source and near misses of the same": "UPDATE"
    " near_misses SET near_sentence_id = (SELECT id FROM sentences t WHERE t.id <> sentence_id AND t.article_id ="
    " (SELECT article_id FROM sentences WHERE id = sentence_id) LIMIT 1)",
    "facts of sentences from outside their story": AWAY,
    "articles with a wrong sentence_count": "UPDATE articles SET sentence_count = 0",
    "sources with a wrong article_count": "UPDATE sources SET article_count = 7",
    "sources with a wrong story_count": "UPDATE sources SET story_count = 7",
    "stories with a wrong article_count": "UPDATE stories SET article_count = 7",
    "stories with a wrong source_count": "UPDATE stories SET source_count = 7",
    "stories with a wrong match_count": "UPDATE stories SET match_count = match_count + 1",
    "stories with a wrong fact_count": "UPDATE stories SET fact_count = 7",
    "stories with a wrong independent_count": "UPDATE stories SET independent_count = 7",
    "copies of a text outside their story": f"{OTHER_STORY} INSERT INTO same_texts"
    " SELECT min(id), max(id), 99, 1 FROM articles",
    "facts with a wrong sentence_count": "DELETE FROM fact_sentences WHERE fact_id = 1 AND sentence_id ="
    " (SELECT min(sentence_id) FROM fact_sentences WHERE fact_id = 1)",
    "facts with a wrong source_count": "UPDATE facts SET source_count = 9 WHERE id = 1",
    **{
        f"entities with a wrong {name}": f"UPDATE entities SET {name} = 99 WHERE id = 1"
        for name in (
            "mention_count",
            "sentence_count",
            "article_count",
            "source_count",
            "story_count",
            "match_count",
            "difference_count",
            "fact_count",
            "quantity_count",
            "quote_count",
        )
    },
    "articles whose list of entities is not that of their mentions": "UPDATE article_entities SET mention_count = 99",
    "sentences whose entities in one piece are not those of their list": "DELETE FROM sentence_entity_ids",
    "articles whose entities in one piece are not those of their list": "UPDATE article_entity_ids"
    " SET entity_ids = '1'",
    "sentences whose list of entities is not that of their mentions": "UPDATE sentence_entities SET role = 'none'",
    "facts whose list of entities is not that of their sentences": "DELETE FROM fact_entities WHERE fact_id ="
    " (SELECT min(fact_id) FROM fact_entities)",
    "bitmaps of the facet that are not those of their rows": "INSERT INTO facet_bitmaps VALUES ('articles', 1, x'00')",
    "describing words that do not stand in the sentence that names their entity": "UPDATE describing_words"
    ' SET "end" = 0',
    "words of entities with a wrong count": "UPDATE word_counts SET count = count + 1",
    "entities with another country than their name's": "UPDATE entities SET people_of = 'Atlantis'"
    " WHERE type = 'group'",
    "types of entities with a wrong entity_count": "UPDATE entity_types SET entity_count = 99",
    "spellings with a wrong mention_count": "UPDATE entity_aliases SET mention_count = 99 WHERE entity_id = 1",
    "mentions whose alias is not the spelling of their words": "UPDATE mentions SET alias = 'Jones' WHERE id = 1;"
    " UPDATE mentions SET entity_id = NULL WHERE id = 1",
    "rows that point to no row": "PRAGMA foreign_keys = OFF; DELETE FROM sentences WHERE id = 1",
    "rows of sentences that search does not know": "DELETE FROM sentences_fts_docsize WHERE id = 4",
    "rows of article_texts that search does not know": "DELETE FROM articles_fts_docsize WHERE id = 1",
    "rows of sentences that search does not find by their words": "DROP TRIGGER sentences_fts_update;"
    " UPDATE sentences SET text = 'Zebras ' || text",
    "rows of articles that search does not find by their words": "DROP TRIGGER articles_fts_update;"
    " UPDATE articles SET title = 'Zebras ' || title",
}


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


@pytest.fixture
def copy(seeds_db: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeds_db, tmp_path / "copy.db"))


@pytest.mark.parametrize("what", HARMS)
def test_what_does_not_hold_is_found_and_said_with_what_to_do(copy: Path, what: str) -> None:
    with sqlite3.connect(copy) as connection:
        connection.executescript(HARMS[what])
    [found] = [finding for finding in check(copy) if finding.what == what]
    assert found.count >= 1
    assert found.advice.startswith(("run", "take the article out", "restore"))
    result = newscompare("check", copy)
    assert result.exit_code == 1
    assert str(found) in result.output


def test_every_invariant_is_broken_by_one_of_these() -> None:
    assert {invariant.what for invariant in INVARIANTS} <= set(HARMS)


def test_the_advice_helps(copy: Path) -> None:
    counted = ("stories with", "facts with", "entities with", "sources with", "spellings", "words of", "bitmaps of")
    mendable = [what for what in HARMS if what.startswith(counted) or "whose list of entities" in what]
    with sqlite3.connect(copy) as connection:
        for what in mendable:
            connection.executescript(HARMS[what])
        connection.executescript("INSERT INTO sentences_fts(sentences_fts) VALUES ('delete-all')")
    assert newscompare("check", copy).exit_code == 1
    assert newscompare("match", copy).exit_code == 0
    with sqlite3.connect(copy) as connection:
        connection.execute("INSERT INTO sentences_fts(sentences_fts) VALUES ('rebuild')")
    assert newscompare("check", copy).output == f"{copy}: all holds.\n"


def test_a_damaged_file_is_found(copy: Path) -> None:
    with sqlite3.connect(copy) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'matches_score'").fetchall()
        [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    with copy.open("r+b") as file:
        file.seek((page - 1) * size + size // 2)
        file.write(b"\x07" * (size // 2))
    result = newscompare("check", copy)
    assert result.exit_code == 1
    assert "restore the file from a copy" in result.output
