"""The words that describe entities: which are found, and that their counts follow every change."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli

from datasette_newscompare.entities.describe import Describer, load_describer
from datasette_newscompare.entities.recognise import Recogniser, load_recogniser
from datasette_newscompare.text.document import annotate


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def rows(db: Path, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql, parameters).fetchall()


@pytest.fixture(scope="module")
def models() -> tuple[Recogniser, Describer]:
    describer = load_describer()
    assert describer
    return load_recogniser(), describer


def described(models: tuple[Recogniser, Describer], text: str) -> set[tuple[str, str, str]]:
    """Triples of a name, a relation and a word; every word is seen to stand where it says."""
    recogniser, describer = models
    sentences = annotate(text).sentences
    [(_, mentions)] = recogniser.recognise([(0, text, sentences)])
    [found] = describer.describe([(text, sentences, mentions)])
    for one in found:
        assert text[one.start : one.end].lower()[:2] == one.word[:2] or one.relation in ("title", "is", "does")
    return {(mentions[one.mention].text, one.relation, one.word) for one in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The deal was signed by President Emmanuel Macron.", {("Emmanuel Macron", "title", "president")}),
        ("The talks with billionaire Elon Musk ended early.", {("Elon Musk", "title", "billionaire")}),
        ("Reporters met prime minister Keir Starmer.", {("Keir Starmer", "title", "prime minister")}),
        ("It was signed by Gov. Kathy Hochul on Monday.", {("Kathy Hochul", "title", "governor")}),
        (
            "Emmanuel Macron, the outgoing president, spoke in Paris.",
            {("Emmanuel Macron", "apposition", "president"), ("Emmanuel Macron", "adjective", "outgoing")},
        ),
        ("Donald Trump claimed that the war was over.", {("Donald Trump", "does", "claim")}),
        ("The senators criticised Donald Trump.", {("Donald Trump", "undergoes", "criticise")}),
        ("Emmanuel Macron was criticised by the unions.", {("Emmanuel Macron", "undergoes", "criticise")}),
        ("Volodymyr Zelensky is a brave leader.", {("Volodymyr Zelensky", "is", "leader")}),
        ("Donald Trump was furious.", {("Donald Trump", "is", "furious")}),
    ],
)
def test_words_that_describe_a_name_are_found(
    models: tuple[Recogniser, Describer], text: str, expected: set[tuple[str, str, str]]
) -> None:
    assert expected <= described(models, text)


@pytest.mark.parametrize(
    "text",
    [
        "Donald Trump did not claim that the war was over.",
        "Volodymyr Zelensky is not a dictator.",
        "The Trump administration denied everything.",
        "The lawyer of Donald Trump denied everything.",
        "Donald Trump's lawyer denied everything.",
    ],
)
def test_what_says_nothing_of_the_name_itself_is_left_out(models: tuple[Recogniser, Describer], text: str) -> None:
    assert not {word for _, _, word in described(models, text)} & {"claim", "dictator", "deny", "administration"}


ONE = "Mayor Ada Finch praised the workers. Critics attacked Ada Finch. Ada Finch smiled."
TWO = "Embattled mayor Ada Finch blamed the workers. Ada Finch, a former judge, blamed the rain. Ada Finch left."


def load(db: Path, *texts: tuple[str, str]) -> None:
    lines = db.with_suffix(".jsonl")
    records = [{"id": source, "source": source, "story": "dam", "text": text} for source, text in texts]
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    result = newscompare("load", "--level", "lexical", db, lines)
    assert result.exit_code == 0, result.output
    check = newscompare("check", db)
    assert check.exit_code == 0, check.output


WORDS = """SELECT source_id, relation, word, count FROM entity_words w JOIN entities e ON e.id = w.entity_id
           WHERE e.name = 'Ada Finch' ORDER BY 1, 2, 3"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "dam.db"
    load(path, ("Herald", ONE), ("Post", TWO))
    return path


def test_words_are_counted_by_entity_and_source(db: Path) -> None:
    found = {(source, word): count for source, _, word, count in rows(db, WORDS)}
    assert found["post", "blame"] == 2
    assert found["herald", "praise"] == found["herald", "attack"] == 1
    assert ("herald", "blame") not in found


def test_counts_follow_articles_that_change_and_go(db: Path) -> None:
    load(db, ("Post", TWO.replace("blamed the rain", "cursed the rain")))
    found = {(source, word): count for source, _, word, count in rows(db, WORDS)}
    assert found["post", "blame"] == found["post", "curse"] == 1
    assert newscompare("remove", db, "Post").exit_code == 0
    assert {source for source, *_ in rows(db, WORDS)} == {"herald"}
    assert rows(db, "SELECT sum(count) FROM word_counts") == rows(db, "SELECT sum(count) FROM entity_words")
    assert newscompare("check", db).exit_code == 0


def test_matching_anew_and_loading_again_leave_the_words_alone(db: Path) -> None:
    words = "SELECT * FROM describing_words"
    before = rows(db, WORDS), rows(db, words)
    load(db, ("Herald", ONE), ("Post", TWO))
    assert newscompare("match", db).exit_code == 0
    assert (rows(db, WORDS), rows(db, words)) == before


def test_sources_are_compared_with_counts_beside_the_score(db: Path) -> None:
    found = {
        (source, word): rest
        for source, word, *rest in rows(
            db,
            "SELECT source_id, word, count, other_count, source_words, other_words, log_odds, score"
            " FROM entity_words_by_source WHERE entity = 'Ada Finch'",
        )
    }
    count, other_count, source_words, other_words, log_odds, score = found["post", "blame"]
    assert (count, other_count) == (2, 0)
    assert source_words == sum(count for source, _, _, count in rows(db, WORDS) if source == "post")
    assert other_words == sum(count for source, _, _, count in rows(db, WORDS) if source == "herald")
    [(of_word, of_all)] = rows(
        db, "SELECT (SELECT sum(count) FROM word_counts WHERE word = 'blame'), sum(count) FROM word_counts"
    )
    # Monroe et al. (2008), equations 15, 18 and 22.
    prior, total = 100 * of_word / of_all, 100.001
    here = math.log((count + prior) / (source_words + total - count - prior))
    there = math.log((other_count + prior) / (other_words + total - other_count - prior))
    deviation = math.sqrt(1 / (count + prior) + 1 / (other_count + prior))
    assert log_odds == pytest.approx(here - there)
    assert score == pytest.approx((here - there) / deviation)
    assert score == max(rest[-1] for rest in found.values())
    assert found["herald", "mayor"][:2] == [1, 1]


def test_without_another_source_there_is_no_score(tmp_path: Path) -> None:
    load(tmp_path / "one.db", ("Herald", ONE))
    assert rows(tmp_path / "one.db", "SELECT DISTINCT other_words, log_odds, score FROM entity_words_by_source") == [
        (0, None, None)
    ]


def test_every_count_leads_to_its_sentences(seeds_db: Path) -> None:
    counted = rows(seeds_db, "SELECT entity_id, source_id, relation, word, count FROM entity_words ORDER BY 1, 2, 3, 4")
    reached = rows(
        seeds_db,
        "SELECT entity_id, source_id, relation, word, count(*) FROM entity_word_sentences GROUP BY 1, 2, 3, 4"
        " ORDER BY 1, 2, 3, 4",
    )
    assert len(counted) > 30
    assert reached == counted


def test_pairs_count_the_sentences_and_articles_that_name_both(seeds_db: Path) -> None:
    pairs = rows(seeds_db, "SELECT entity_id, other_entity_id, sentence_count, article_count FROM entity_pairs")
    assert len(pairs) > 50
    both = {(a, b): counts for a, b, *counts in pairs}
    for a, b, sentences, articles in pairs:
        assert both[b, a] == [sentences, articles]
    (a, b), _ = max(both.items(), key=lambda pair: pair[1])
    for table, column, number in (("mentions", "sentence_id", 0), ("article_entities", "article_id", 1)):
        named = [
            {id for (id,) in rows(seeds_db, f"SELECT {column} FROM {table} WHERE entity_id = ?", e)} for e in (a, b)
        ]
        assert both[a, b][number] == len(named[0] & named[1])


def test_an_excerpt_keeps_only_words_that_it_shows(seeds_db: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    assert newscompare("export", seeds_db, out, "--excerpt", 60).exit_code == 0
    places = """SELECT d.id, substr(s.text, d.start - s.start + 1, d."end" - d.start)
                FROM describing_words d JOIN mentions m ON m.id = d.mention_id
                JOIN sentences s ON s.id = m.sentence_id"""
    whole, shown = dict(rows(seeds_db, places)), dict(rows(out, places))
    assert shown
    assert all(words == whole[id] for id, words in shown.items())
    assert rows(out, "SELECT sum(count) FROM entity_words") == rows(
        out,
        "SELECT count(*) FROM describing_words d JOIN mentions m ON m.id = d.mention_id WHERE entity_id IS NOT NULL",
    )
    assert rows(out, "SELECT sum(count) FROM entity_words") < rows(seeds_db, "SELECT sum(count) FROM entity_words")


def test_a_whole_copy_has_the_same_words(seeds_db: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    assert newscompare("export", seeds_db, out).exit_code == 0
    for table in ("describing_words", "entity_words", "word_counts"):
        assert rows(out, f"SELECT * FROM {table}") == rows(seeds_db, f"SELECT * FROM {table}"), table


def test_no_words_leaves_them_out(tmp_path: Path) -> None:
    lines = tmp_path / "one.jsonl"
    lines.write_text(json.dumps({"source": "Herald", "text": ONE}))
    assert newscompare("load", "--level", "lexical", tmp_path / "one.db", lines, "--no-words").exit_code == 0
    assert rows(tmp_path / "one.db", "SELECT count(*) FROM entities") != [(0,)]
    assert rows(tmp_path / "one.db", "SELECT count(*) FROM entity_words") == [(0,)]


def test_check_names_words_that_are_counted_wrong(seeds_db: Path, tmp_path: Path) -> None:
    db = Path(shutil.copy(seeds_db, tmp_path / "harmed.db"))
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE entity_words SET count = count + 1 WHERE word = 'say'")
    assert "words of entities with a wrong count" in newscompare("check", db).output
