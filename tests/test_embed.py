"""Vectors of sentences by an embedding model that is registered with the real `llm` library."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli
from sqlite_utils import Database

from datasette_newscompare.loading import embedding
from datasette_newscompare.loading.comparing import load_story
from datasette_newscompare.loading.embedding import (
    EmbeddingFailed,
    EmbedSettings,
    sentence_vectors,
)
from datasette_newscompare.loading.llm_models import ModelProblem, embedding_model
from datasette_newscompare.matching.settings import MatchSettings
from datasette_newscompare.matching.story import compare_story, texts_to_encode
from datasette_newscompare.records import StoryArticle

llm = pytest.importorskip("llm", reason="needs the extra `judge`")

SEEDS = Path(__file__).parent.parent / "seeds"
EMBEDDING = MatchSettings(level="embedding")
AT_ONCE = EmbedSettings(wait=0.01)


def bag(text: str, size: int = 16) -> list[float]:
    """A vector in which each word counts at a place of its own."""
    out = [0.0] * size
    for word in text.lower().split():
        out[int(hashlib.sha256(word.encode()).hexdigest(), 16) % size] += 1.0
    return out


class Bag(llm.EmbeddingModel):
    """Encodes on this machine; notes what it was given, and fails as it is told to."""

    model_id = "bag-of-words"
    batch_size = 8

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.answer: Callable[[list[str]], Iterable[list[float]]] = lambda texts: map(bag, texts)

    def embed_batch(self, items: Iterable[str], *, key: str | None = None) -> Iterator[list[float]]:
        texts = list(items)
        self.batches.append(texts)
        return iter(self.answer(texts))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bag]:
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    bag_model = Bag()

    class Plugin:
        @llm.hookimpl
        def register_embedding_models(self, register: Callable[..., None]) -> None:
            register(bag_model, aliases=("bow",))

    plugin = Plugin()
    llm.get_embedding_models()
    llm.plugins.pm.register(plugin)
    try:
        found = embedding_model("bow")
        assert found is bag_model
        yield found
    finally:
        llm.plugins.pm.unregister(plugin)


@pytest.fixture
def path(seeds_db: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeds_db, tmp_path / "seeds.db"))


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with sqlite3.connect(path) as connection:
        yield Database(connection)
    connection.close()


@pytest.fixture
def texts(db: Database) -> list[str]:
    (story,) = db.execute("SELECT id FROM stories").fetchone()
    return texts_to_encode(load_story(db, story), EMBEDDING)


def test_sentences_in_pairs_are_encoded_in_batches_each_once(db: Database, model: Bag, texts: list[str]) -> None:
    matched = {
        text
        for (text,) in db.execute(
            "SELECT text FROM sentences WHERE id IN (SELECT left_sentence_id FROM matches"
            " UNION SELECT right_sentence_id FROM matches)"
        )
    }
    assert matched <= set(texts)
    vectors = sentence_vectors(db, model, [*texts, *texts])
    assert list(vectors) == texts
    assert [text for batch in model.batches for text in batch] == texts
    assert {len(batch) for batch in model.batches[:-1]} == {8}
    for text, vector in vectors.items():
        assert vector.tolist() == bag(text)


def test_a_later_run_reads_what_was_kept(path: Path, db: Database, model: Bag, texts: list[str]) -> None:
    first = sentence_vectors(db, model, texts)
    model.batches.clear()
    with sqlite3.connect(path) as connection:
        again = sentence_vectors(Database(connection), model, [*texts, "A sentence that is new."])
    assert model.batches == [["A sentence that is new."]]
    for text in texts:
        assert np.array_equal(first[text], again[text])


def test_vectors_of_two_models_are_kept_apart(db: Database, model: Bag) -> None:
    sentence_vectors(db, model, ["One sentence."])
    other = Bag()
    other.model_id = "another"
    other.answer = lambda texts: [[1.0, 2.0] for _ in texts]
    assert sentence_vectors(db, other, ["One sentence."])["One sentence."].tolist() == [1.0, 2.0]
    assert sentence_vectors(db, model, ["One sentence."])["One sentence."].tolist() == bag("One sentence.")


def test_a_batch_that_fails_once_is_tried_again(db: Database, model: Bag, texts: list[str]) -> None:
    failures = iter([ConnectionError("the line is down")])

    def shaky(texts: list[str]) -> Iterable[list[float]]:
        for failure in failures:
            raise failure
        return map(bag, texts)

    model.answer = shaky
    assert list(sentence_vectors(db, model, texts, AT_ONCE)) == texts


def no_vector(texts: list[str]) -> Iterable[list[float]]:
    return [[] for _ in texts]


def one_too_few(texts: list[str]) -> Iterable[list[float]]:
    return [bag(text) for text in texts[1:]]


def uneven(texts: list[str]) -> Iterable[list[float]]:
    return [bag(text, 3 + n) for n, text in enumerate(texts)]


def not_numbers(texts: list[str]) -> Iterable[list[float]]:
    return [[float("nan")] * 16 for _ in texts]


def down(texts: list[str]) -> Iterable[list[float]]:
    raise ConnectionError("the line is down")


@pytest.mark.parametrize("bad", [no_vector, one_too_few, uneven, not_numbers, down], ids=lambda bad: bad.__name__)
def test_a_model_that_fails_for_good_leaves_what_it_encoded_before(
    db: Database, model: Bag, texts: list[str], bad: Callable[[list[str]], Iterable[list[float]]]
) -> None:
    def later(texts: list[str]) -> Iterable[list[float]]:
        return map(bag, texts) if len(model.batches) == 1 else bad(texts)

    model.answer = later
    with pytest.raises(EmbeddingFailed, match=r"bag-of-words: .*run the command again to go on"):
        sentence_vectors(db, model, texts, AT_ONCE)
    assert len(model.batches) == 4, "one batch that went well, one tried three times"
    model.answer = lambda texts: map(bag, texts)
    model.batches.clear()
    assert list(sentence_vectors(db, model, texts)) == texts
    assert [text for batch in model.batches for text in batch] == texts[8:]


def test_another_model_under_a_known_name_is_found_out(db: Database, model: Bag) -> None:
    sentence_vectors(db, model, ["One sentence."])
    model.answer = lambda texts: [bag(text, 5) for text in texts]
    with pytest.raises(EmbeddingFailed, match="16 numbers a sentence before and gives 5 now"):
        sentence_vectors(db, model, ["Two sentences."], AT_ONCE)


def test_a_model_that_hangs_is_left_after_the_time_limit(db: Database, model: Bag) -> None:
    release = Event()

    def hang(texts: list[str]) -> Iterable[list[float]]:
        release.wait(60)
        return map(bag, texts)

    model.answer = hang
    with pytest.raises(EmbeddingFailed, match=r"no answer within 0\.1 seconds"):
        sentence_vectors(db, model, ["One sentence."], EmbedSettings(timeout=0.1, wait=0.01))
    release.set()


def test_an_embedding_model_that_is_not_there_is_named(model: Bag) -> None:
    with pytest.raises(ModelProblem, match="--embed no-such: llm knows no such model; `llm embed-models` lists"):
        embedding_model("no-such")


def rows(path: Path) -> list[tuple]:
    with sqlite3.connect(path) as connection:
        return connection.execute(
            "SELECT left_sentence_id, right_sentence_id, score, kind, is_primary, is_moved, why FROM matches"
            " ORDER BY left_sentence_id, right_sentence_id"
        ).fetchall()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def test_match_with_a_model_encodes_each_sentence_once_and_keeps_it(path: Path, model: Bag, texts: list[str]) -> None:
    lexical = rows(path)
    assert run("match", path, "--embed", "bow").exit_code == 0
    assert sorted(text for batch in model.batches for text in batch) == sorted(texts)
    matched = rows(path)
    assert len(matched) >= 10
    assert {row[2] for row in matched} != {row[2] for row in lexical}
    with sqlite3.connect(path) as connection:
        (settings,) = connection.execute("SELECT settings FROM loads ORDER BY id DESC LIMIT 1").fetchone()
        assert json.loads(settings)["load"]["embed"] == "bow"
        assert json.loads(settings)["match"]["level"] == "embedding"
    model.batches.clear()
    assert run("match", path, "--embed", "bow").exit_code == 0
    assert model.batches == []
    assert rows(path) == matched


def test_load_with_a_model_in_two_processes_gives_the_rows_of_one(tmp_path: Path, model: Bag) -> None:
    for workers in "12":
        options = ("--embed", "bow", "--no-entities", "--workers", workers)
        assert run("load", tmp_path / f"{workers}.db", SEEDS, *options).exit_code == 0
    assert rows(tmp_path / "1.db") == rows(tmp_path / "2.db")
    assert rows(tmp_path / "1.db")


def test_a_model_that_fails_ends_the_run_in_words_and_the_next_one_goes_on(
    path: Path, model: Bag, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "ATTEMPTS", 1)
    before = rows(path)
    model.answer = lambda texts: map(bag, texts) if len(model.batches) == 1 else down(texts)
    failed = run("match", path, "--embed", "bow")
    assert failed.exit_code == 1
    assert "Error: --embed bag-of-words: ConnectionError: the line is down" in failed.output
    assert "Traceback" not in failed.output
    assert rows(path) == before
    model.answer = lambda texts: map(bag, texts)
    model.batches.clear()
    assert run("load", path, SEEDS, "--embed", "bow").exit_code == 0
    assert [text for batch in model.batches for text in batch] == texts[8:]
    assert rows(path) != before


@pytest.mark.parametrize("command", ["load", "match"])
def test_two_ways_to_match_by_meaning_are_refused(path: Path, command: str) -> None:
    inputs = [SEEDS] if command == "load" else []
    refused = run(command, path, *inputs, "--embed", "bow", "--level", "encoder")
    assert refused.exit_code == 2
    assert "--embed takes the place of --level" in refused.output


def story_with_vectors(db: Database) -> tuple[tuple[StoryArticle, ...], dict[str, np.ndarray]]:
    """The seeds' story with a vector of chance for each sentence, always the same."""
    (story,) = db.execute("SELECT id FROM stories").fetchone()
    articles = load_story(db, story)
    chance = np.random.default_rng(5)
    return articles, {text: chance.normal(size=24) for text in texts_to_encode(articles, EMBEDDING)}


def test_a_paraphrase_scores_higher_the_nearer_the_model_puts_it(db: Database) -> None:
    articles, vectors = story_with_vectors(db)
    pair = db.execute(
        "SELECT l.text, r.text, l.id, r.id FROM matches m JOIN sentences l ON l.id = m.left_sentence_id"
        " JOIN sentences r ON r.id = m.right_sentence_id WHERE m.kind = 'paraphrase' ORDER BY m.score LIMIT 1"
    ).fetchone()

    def score(other: np.ndarray) -> float:
        found = compare_story(articles, EMBEDDING, vectors | {pair[1]: other})
        scores = {(m.left_id, m.right_id): m.score for m in found.matches}
        scores |= {(n.sentence_id, n.near_sentence_id): n.score for n in found.near_misses}
        return scores.get((pair[2], pair[3]), 0.0)

    assert score(vectors[pair[0]]) > score(-vectors[pair[0]]) + 0.2


def test_what_a_model_calls_near_is_measured_by_its_own_scale(db: Database) -> None:
    articles, vectors = story_with_vectors(db)
    found = compare_story(articles, EMBEDDING, vectors)
    assert compare_story(articles, EMBEDDING, {text: 8 * vector for text, vector in vectors.items()}) == found
    wide = {text: np.concatenate([vector, np.zeros(200)]) for text, vector in vectors.items()}
    again = {(m.left_id, m.right_id) for m in compare_story(articles, EMBEDDING, wide).matches}
    assert again == {(m.left_id, m.right_id) for m in found.matches}


def test_the_level_embedding_without_vectors_says_what_is_missing(db: Database) -> None:
    articles, _ = story_with_vectors(db)
    with pytest.raises(ValueError, match="needs a vector for each of `texts_to_encode`"):
        compare_story(articles, EMBEDDING)


def test_articles_taken_out_and_copies_leave_no_vectors(
    path: Path, db: Database, model: Bag, texts: list[str], tmp_path: Path
) -> None:
    sentence_vectors(db, model, texts)
    db.conn.commit()
    copy = tmp_path / "copy.db"
    assert CliRunner().invoke(cli, ["newscompare", "export", str(path), str(copy)]).exit_code == 0
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM sentence_vectors").fetchone() == (0,)
    (first, second) = [id for (id,) in db.execute("SELECT id FROM articles ORDER BY id")]
    assert CliRunner().invoke(cli, ["newscompare", "remove", str(path), first]).exit_code == 0
    kept = {text for (text,) in db.execute("SELECT text FROM sentences WHERE article_id = ?", [second])}
    assert db.execute("SELECT count(*) FROM sentence_vectors").fetchone() == (len(kept & set(texts)),)
