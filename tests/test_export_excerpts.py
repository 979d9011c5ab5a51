"""Copies made of excerpts: no stored byte holds more of a text than was asked for, and every page says so."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
import walk
from click.testing import CliRunner, Result
from datasette.cli import cli
from instances import get, private, rows, serve

N = 60
SECRET = "Xyzzyplugh"
"""Stands where only a whole copy may have it: in what a load knows beyond the sentences that are kept."""


def newscompare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["newscompare", *map(str, arguments)])


@pytest.fixture(scope="module")
def whole(seeds_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds with a row in every table in which the loader puts words, each word of which has to go."""
    path = tmp_path_factory.mktemp("whole") / "news.db"
    shutil.copy(seeds_db, path)
    with sqlite3.connect(path) as connection:
        hidden, article, start = connection.execute(
            """select id, article_id, start from sentences where role = 'body' and
                 id not in (select left_sentence_id from matches union select right_sentence_id from matches
                            union select sentence_id from quotes)"""
        ).fetchone()
        left, right, left_article, right_article = connection.execute(
            "select left_sentence_id, right_sentence_id, left_article_id, right_article_id from matches"
        ).fetchone()
        values = {
            "secret": SECRET, "hidden": hidden, "article": article, "start": start, "left": left, "right": right,
            "left_article": left_article, "right_article": right_article,
        }  # fmt: skip
        for statement in (
            "update articles set url = 'https://ledger.example/' || id",
            "insert into article_versions (article_id, version, title, text, content_hash, seen_at) "
            "values (:article, 1, 'Old', :secret || ' said the old text', 'x', '2024-05-01')",
            "insert into mentions (sentence_id, entity_id, article_id, start, end, text, type, alias) "
            "values (:hidden, 1, :article, :start, :start + 10, :secret || ' Jones', 'person', :secret || ' Jones')",
            "insert into entity_aliases (entity_id, alias, alias_key, mention_count) "
            "values (1, :secret || ' Jones', 'k', 1)",
            "insert into entity_spellings (entity_id, alias, source_id, mention_count) "
            "select 1, :secret || ' Jones', source_id, 1 from articles where id = :article",
            "insert into describing_words (mention_id, relation, word, start, end) "
            "select max(id), 'adjective', :secret, :start + 2, :start + 9 from mentions",
            "insert into quantities (sentence_id, kind, value, start, end, text) "
            "values (:hidden, 'count', 12, :start + 1, :start + 9, :secret)",
            "update quotes set speaker = :secret, speaker_start = (select max(end) from sentences) + 900, "
            "speaker_end = (select max(end) from sentences) + 910",
            "insert into sentence_vectors values ('m', 'h', cast(:secret as blob))",
            "insert into judgements (left_article_id, left_text, right_article_id, right_text, model, answer, reason, "
            "score, prompt_version, pair_hash, at) values (:left_article, :secret, :right_article, :secret, 'm', "
            "'same', :secret, 1, '1', 'h', '2024-05-01')",
            "insert into verdicts (left_article_id, left_sentence_id, left_text, right_article_id, right_sentence_id, "
            "right_text, verdict, at) values (:left_article, :left, :secret, :right_article, :right, :secret, 'right', "
            "'2024-05-01')",
            "update matches set why = json_set(why, '$.words', json_array(:secret), '$.told', :secret)",
            "update differences set note = :secret, left_end = 1000000",
            "update facts set text = text || :secret where length(text) > 60",
        ):
            connection.execute(statement, values)
    return path


@pytest.fixture(scope="module")
def excerpts(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("excerpts") / "news.db"
    result = newscompare("export", whole, out, "--excerpt", N)
    assert result.exit_code == 0, result.output
    return out


def test_no_stored_byte_holds_more_of_a_sentence_than_allowed(whole: Path, excerpts: Path) -> None:
    stored = excerpts.read_bytes().decode("utf-8", "replace")
    assert SECRET.encode() in whole.read_bytes()
    assert SECRET.lower() not in stored.lower()
    kept = {id for pair in rows(whole, "select left_sentence_id, right_sentence_id from matches") for id in pair} | {
        id for (id,) in rows(whole, "select sentence_id from quotes")
    }
    titles = {title for (title,) in rows(whole, "select title from articles union select title from stories")}
    checked = 0
    for id, text in rows(whole, "select id, text from sentences"):
        if " ".join(text.split()) in titles:
            continue
        allowed = N if id in kept else 0
        hidden = text[allowed:]
        for start in range(0, max(len(hidden) - 40, 0), 10):
            assert hidden[start : start + 40] not in stored, text
            checked += 1
        if allowed and len(text) > N:
            assert text[: N - 1] in stored
    assert checked > 200
    assert rows(excerpts, "select count(*) from article_texts") == [(0,)]


def allowed_words(path: Path) -> set[str]:
    """Every word that a copy of excerpts is meant to hold of the articles: excerpts, headlines, and names."""
    texts = rows(
        path,
        """select text from sentences union select title from articles union select author from articles
           union select name from sources union select name from entities union select title from stories""",
    )
    return {word for (text,) in texts if text for word in words(text)}


def words(text: str) -> list[str]:
    """The words of a text, and of the values of a JSON object: its keys are the program's own."""
    if text.startswith('{"'):
        text = " ".join(map(str, json.loads(text).values()))
    return re.findall(r"\w+", text.lower())


def test_no_row_of_any_table_holds_a_word_from_beyond_the_excerpts(whole: Path, excerpts: Path) -> None:
    """A word that only the hidden parts of the articles have stands in no column of no table."""
    visible = allowed_words(excerpts)
    secret = {word for (text,) in rows(whole, "select text from article_texts") for word in words(text)} - visible
    secret = {word for word in secret if len(word) > 3}
    assert len(secret) > 200
    tables = "select name from sqlite_master where type = 'table' and name not like '%\\_fts%' escape '\\'"
    of_ours = ("type", "kind", "role", "relation", "word")  # the program's own words, and base forms of visible ones
    for (table,) in rows(excerpts, f"{tables} and name not in ('loads', '_sqlite_migrations', 'sqlite_stat4')"):
        names = [name for (name,) in rows(excerpts, f"select name from pragma_table_info('{table}')")]
        columns = ", ".join(f'"{name}"' for name in names if name not in of_ours)
        for row in rows(excerpts, f"select {columns} from {table}"):
            found = {word for value in row if isinstance(value, str) for word in words(value)} & secret
            assert not found, (table, row)


@pytest.mark.parametrize("index", ["articles_fts", "sentences_fts"])
def test_the_search_index_knows_only_the_words_that_are_there(excerpts: Path, index: str) -> None:
    terms = "create virtual table temp.terms using fts5vocab(main, '{}', 'row')"
    with sqlite3.connect(excerpts) as copy, sqlite3.connect(":memory:") as fresh:
        copy.execute(terms.format(index))
        known = {term for (term,) in copy.execute("select term from terms")}
        fresh.execute("create virtual table t using fts5(x, tokenize='porter unicode61 remove_diacritics 2')")
        fresh.executemany("insert into t values (?)", [(word,) for word in allowed_words(excerpts)])
        fresh.execute("create virtual table terms using fts5vocab(t, 'row')")
        assert known - {term for (term,) in fresh.execute("select term from terms")} == set()
    assert len(known) > 50


def test_what_is_left_can_be_searched(excerpts: Path) -> None:
    found = "select count(*) from articles_fts where articles_fts match ?"
    assert rows(excerpts, found, "minerals")[0][0] > 0
    assert rows(excerpts, "select count(*) from sentences_fts where sentences_fts match ?", "minerals")[0][0] > 0


def test_check_finds_that_all_holds(seeds_db: Path, tmp_path: Path) -> None:
    newscompare("export", seeds_db, tmp_path / "out.db", "--excerpt", N)
    result = newscompare("check", tmp_path / "out.db")
    assert "all holds" in result.output, result.output


def test_neither_loading_nor_cutting_again_works_on_excerpts(excerpts: Path, tmp_path: Path) -> None:
    before = excerpts.read_bytes()
    more = tmp_path / "more.txt"
    more.write_text("The dam broke on Monday.")
    again = ("export", excerpts, tmp_path / "again.db", "--excerpt", 90)
    for arguments in (("load", excerpts, more), ("match", excerpts), again):
        result = newscompare(*arguments)
        assert result.exit_code == 1
        assert "made of excerpts" in result.output or "excerpts already" in result.output
    assert excerpts.read_bytes()[100:] == before[100:]


@pytest.mark.asyncio
async def test_every_page_says_that_it_shows_excerpts_and_leads_to_the_original(whole: Path, excerpts: Path) -> None:
    instance, plain = await serve(excerpts), await serve(whole)
    for page, address in walk.addresses(excerpts):
        answer = await get(instance, address)
        if answer.status_code == 404:
            continue
        assert answer.status_code == 200, address
        if address.partition("?")[0].endswith(".json"):
            assert answer.json()["excerpt"] == N
            assert "excerpt" not in (await get(plain, address)).json()
        elif not re.search(r"\.(csv|atom)(\?|$)", address):
            assert f"up to {N} characters of each" in answer.text, address
            assert "nc-notice" not in (await get(plain, address)).text
            if page.name in ("story", "article", "compare", "source", "versions"):
                assert 'href="https://ledger.example/' in answer.text, address


@pytest.mark.asyncio
async def test_pages_say_so_whatever_tables_are_closed(excerpts: Path) -> None:
    instance = await serve(excerpts, private("news", "loads"))
    assert f"up to {N} characters of each" in (await get(instance, "/news/-/newscompare")).text


def test_an_excerpt_says_so_in_its_own_rows(excerpts: Path) -> None:
    assert rows(excerpts, "select json_extract(settings, '$.excerpt') from loads where command = 'export'") == [(N,)]
