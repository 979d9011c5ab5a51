"""Which spaCy pipeline reads an article: one of its language, and what it was stands with the load."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from datasette_newscompare.loading.pipeline import Summary, load
from datasette_newscompare.settings import LoadSettings

spacy = pytest.importorskip("spacy")

NAMES = {"en": "Harbour Office", "de": "Hafenamt", "fr": "Capitainerie"}
TEXTS = {
    "en": "The Harbour Office closed the quay. A Hafenamt and a Capitainerie were asked.",
    "de": "Das Hafenamt sperrte den Kai. Harbour Office und Capitainerie wurden gefragt.",
    "fr": "La Capitainerie ferma le quai. Harbour Office et Hafenamt furent interrogés.",
}


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A pipeline for each language, and one for many, that know the names of all, by language."""
    folder = tmp_path_factory.mktemp("pipelines")
    made = {}
    for language in ("en", "de", "xx"):
        nlp = spacy.blank(language)
        ruler = nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": "ORG", "pattern": name} for name in NAMES.values()])
        nlp.meta["name"] = "names"
        nlp.meta["version"] = f"1.{len(made)}"
        nlp.to_disk(folder / language)
        made[language] = str(folder / language)
    return made


def loaded(folder: Path, *models: str, workers: int = 1) -> tuple[Summary, sqlite3.Connection]:
    """What came of loading one article in each language, and one of which the language is not known."""
    records = [{"id": code, "source": "A", "language": code, "text": text} for code, text in TEXTS.items()]
    records.append({"id": "short", "source": "B", "text": "Hafenamt."})
    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    db = folder / "news.db"
    summary = load(db, [str(source)], LoadSettings(models=models, words=False, level="lexical", workers=workers))
    return summary, sqlite3.connect(db)


def named(db: sqlite3.Connection) -> dict[str, int]:
    """How many names were found, by article."""
    return dict(
        db.execute("SELECT a.id, count(m.id) FROM articles a LEFT JOIN mentions m ON m.article_id = a.id GROUP BY 1")
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_each_of_several_pipelines_reads_its_language(tmp_path: Path, pipelines: dict[str, str], workers: int) -> None:
    summary, db = loaded(tmp_path, pipelines["de"], pipelines["en"], workers=workers)
    assert named(db) == {"en": 3, "de": 3, "fr": 0, "short": 1}
    (note,) = summary.problems
    assert (note.loaded, note.count) == (True, 1)
    assert "1 article in the language 'fr'" in str(note)
    versions = json.loads(db.execute("SELECT versions FROM loads").fetchone()[0])
    assert (versions["de_names"], versions["en_names"]) == ("1.1", "1.0")


def test_a_pipeline_for_many_languages_reads_what_has_none_of_its_own(
    tmp_path: Path, pipelines: dict[str, str]
) -> None:
    summary, db = loaded(tmp_path, pipelines["en"], pipelines["xx"])
    assert named(db) == {"en": 3, "de": 3, "fr": 3, "short": 1}
    assert not summary.problems
    versions = json.loads(db.execute("SELECT versions FROM loads").fetchone()[0])
    assert (versions["en_names"], versions["xx_names"]) == ("1.0", "1.2")


def test_one_named_pipeline_reads_everything(tmp_path: Path, pipelines: dict[str, str]) -> None:
    summary, db = loaded(tmp_path, pipelines["de"])
    assert named(db) == {"en": 3, "de": 3, "fr": 3, "short": 1}
    assert not summary.problems


def test_without_a_named_one_what_is_not_english_is_read_by_what_is_installed(
    tmp_path: Path, pipelines: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasette_newscompare.entities import pipelines as chosen

    monkeypatch.setattr(chosen, "installed", lambda language: [pipelines["de"]] if language == "de" else [])
    summary, db = loaded(tmp_path)
    found = named(db)
    assert (found["de"], found["fr"], found["en"] > 0) == (3, 0, True)
    assert [note.count for note in summary.problems] == [1]


def test_what_spacy_installed_is_offered_the_smallest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from datasette_newscompare.entities.pipelines import installed

    names = ["de_core_news_lg", "de_core_news_sm", "de_mine", "en_core_web_sm", "de_dep_news_trf"]
    monkeypatch.setattr("spacy.util.get_installed_models", lambda: names)
    assert installed("de") == ["de_core_news_sm", "de_core_news_lg", "de_dep_news_trf"]


def test_a_pipeline_for_many_languages_is_loaded_once(
    pipelines: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasette_newscompare.entities import pipelines as chosen

    monkeypatch.setattr(chosen, "installed", lambda language: [pipelines["xx"]] if language == "xx" else [])
    read = chosen.Pipelines(words=False)
    assert read.of("de") is read.of("fr") is not read.of("en")
