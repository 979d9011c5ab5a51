"""The SQL functions: what an analyst gets, and that nobody can hold the server with them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import get, serve

from datasette_newscompare.serving import sql_functions
from datasette_newscompare.serving.sql_functions import FUNCTIONS, MAX_CHARACTERS, PLUGIN, complete

LEFT = "The mayor said on Monday that about $1.2bn was spent on 40 bridges."
RIGHT = "On Monday the mayor said that $1.3 billion was spent on bridges."


@pytest.fixture(scope="module")
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    sql_functions.register(connection)
    return connection


def value(connection: sqlite3.Connection, call: str, *arguments: object) -> Any:
    return connection.execute(f"select newscompare_{call}", arguments).fetchone()[0]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (LEFT, LEFT, 1.0),
        ("The dam broke.", "THE DAM BROKE", 1.0),
        ("Zelensky’s “plan”", 'Zelensky "plan"', 1.0),
        ("one two three four", "one two three five", 0.75),
        ("one two three", "three two one", 0.3333),
        ("apples", "oranges", 0.0),
        ("", "", 1.0),
        ("", "words", 0.0),
        ("!", "?", 0.0),
        (500, "500", 1.0),
    ],
)
def test_similarity_is_the_share_of_words_in_one_order(
    connection: sqlite3.Connection, a: object, b: object, expected: float
) -> None:
    assert value(connection, "similarity(?, ?)", a, b) == expected
    assert value(connection, "similarity(?, ?)", b, a) == expected


def test_diff_gives_both_texts_whole_with_what_differs_marked(connection: sqlite3.Connection) -> None:
    found = json.loads(value(connection, "diff(?, ?)", LEFT, RIGHT))
    assert "".join(s["text"] for s in found["left"]) == LEFT
    assert "".join(s["text"] for s in found["right"]) == RIGHT
    assert not found["few_shared"]
    assert [s["text"] for s in found["left"] if s.get("mark") == "only" and s["text"].isdigit()] == ["40"]


def test_diff_is_reached_by_sqlites_own_json(connection: sqlite3.Connection) -> None:
    sql = """select group_concat(value ->> 'text', '|') from json_each(newscompare_diff(?, ?), '$.left')
             where value ->> 'mark' = 'only'"""
    assert connection.execute(sql, ("Nine people drowned", "Ten people drowned")).fetchone() == ("Nine",)


def test_marked_puts_brackets_around_words_that_the_other_lacks(connection: sqlite3.Connection) -> None:
    assert value(connection, "marked(?, ?)", "Nine people drowned.", "Ten people drowned.") == "[Nine] people drowned."
    assert value(connection, "marked(?, ?)", "Ten people drowned.", "Nine people drowned.") == "[Ten] people drowned."


def test_marked_keeps_its_meaning_where_little_is_shared(connection: sqlite3.Connection) -> None:
    left = "Storm floods harbour, ferries cancelled overnight."
    found = value(connection, "marked(?, ?)", left, "Ferries wait; captains expect calmer seas tomorrow afternoon.")
    assert found == "[Storm floods harbour], ferries [cancelled overnight]."


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("about $1.2bn was spent", 1.2e9, "USD"),
        ("$500 billion", 5e11, "USD"),
        ("500 billion dollars", 5e11, "USD"),
        ("On Monday, twenty-five people died", 25.0, "person"),
        ("5 thouſand mıles", 5000.0, "mi"),
        ("up 3.5 percent", 3.5, "percent"),
        ("dozens of people and 3 dogs", 3.0, "dog"),
        ("at 10:45 GMT on 3 May 2024", None, None),
        ("no number", None, None),
        ("9" * 400 + " people", None, None),
        (None, None, None),
        (b"12 people", None, None),
    ],
)
def test_number_and_unit_are_normalised(
    connection: sqlite3.Connection, text: object, number: float | None, unit: str | None
) -> None:
    assert value(connection, "number(?)", text) == number
    assert value(connection, "unit(?)", text) == unit


@pytest.mark.parametrize("name", FUNCTIONS)
def test_null_blobs_and_texts_over_the_cap_give_null(connection: sqlite3.Connection, name: str) -> None:
    _, arguments, cap = FUNCTIONS[name]
    assert cap <= MAX_CHARACTERS
    for odd in (None, b"bytes", "5 people " * (cap // 9) + " " * 9 + "x" * 9):
        for at in range(arguments):
            values: list[object] = ["5 people"] * arguments
            values[at] = odd
            marks = ", ".join("?" * arguments)
            assert connection.execute(f"select {name}({marks})", values).fetchone() == (None,)
    longest = ("5 people " * cap)[:cap]
    assert value(
        connection, f"{name.removeprefix('newscompare_')}({', '.join('?' * arguments)})", *[longest] * arguments
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_deterministic_to_sqlite(connection: sqlite3.Connection, name: str) -> None:
    """Only such a function may stand in an index, and SQLite calls it once where its arguments are constant."""
    with sqlite3.connect(":memory:") as fresh:
        sql_functions.register(fresh)
        fresh.execute("create table t (a text)")
        fresh.execute(f"create index i on t ({name}({', '.join(['a'] * FUNCTIONS[name][1])}))")


PIECES = [
    *"a1.,-$£%:/'\"( \n\t\0[{",
    *("\u0301", "\u200d", "\u202e", "\ufffd", "\U0001f600", "ſ", "ı", "İ", "\u212a", "ß", "ﬁ", "５", "٣", "漢", "🏴"),
    *(
        "hundred ",
        "several ",
        "one-",
        "half ",
        "9" * 30,
        "A.A.",
        "US$",
        " bn",
        "thouſand ",
        "mıllion",
        "dollarſ",
        "May 1 ",
    ),
    *("Monday ", "10:45 ", "12-year-old ", "1 in 5 ", "more than ", "the of ", "O'", "1st ", "K", "dozen "),
]
HOSTILE = st.one_of(
    st.text(max_size=MAX_CHARACTERS),
    st.builds(lambda piece, n: (piece * n)[:MAX_CHARACTERS], st.sampled_from(PIECES), st.integers(1, MAX_CHARACTERS)),
    st.lists(st.sampled_from(PIECES), max_size=120).map(lambda pieces: "".join(pieces)[:MAX_CHARACTERS]),
)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_hostile_texts_get_an_answer(a: str, b: str) -> None:
    """Of a kind and size that is known beforehand: none raises, and no result outgrows its arguments by much."""
    for function, arguments, cap in FUNCTIONS.values():
        found = function(*(text[:cap] for text in (a, b)[:arguments]))
        assert found is None or isinstance(found, str | float)
        if isinstance(found, str):
            assert len(found) <= 60 * (len(a) + len(b) + 2)
    assert 0 <= sql_functions.similarity(a, b) <= 1
    both = json.loads(sql_functions.word_diff(a, b))
    assert "".join(s["text"] for s in both["left"]) == a
    assert "".join(s["text"] for s in both["right"]) == b


@pytest.mark.asyncio
async def test_functions_stand_in_datasette_and_its_time_limit_still_holds(seeds_db: Path) -> None:
    datasette = await serve(seeds_db, sql_time_limit_ms=200)
    sql = """select newscompare_similarity(text, other_text) as alike from match_pairs
             order by alike desc limit 1"""
    answer = await get(datasette, f"/seeds.json?{urlencode({'sql': sql, '_shape': 'array'})}", follow_redirects=True)
    assert 0.2 < answer.json()[0]["alike"] <= 1
    endless = """with recursive n(i) as (select 1 union all select i + 1 from n)
                 select max(newscompare_similarity(i || ' people', i + 1 || ' people')) from n"""
    answer = await get(datasette, f"/seeds.json?{urlencode({'sql': endless})}", follow_redirects=True)
    assert answer.status_code == 400
    assert "interrupted" in answer.text.lower() or "time limit" in answer.text.lower()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("metadata", "there"),
    [
        ({}, True),
        ({"plugins": {PLUGIN: {"sql_functions": True}}}, True),
        ({"plugins": {PLUGIN: {"sql_functions": False}}}, False),
        (
            {
                "plugins": {PLUGIN: {"sql_functions": False}},
                "databases": {"seeds": {"tables": {"articles": {"size": 5}}}},
            },
            False,
        ),
        ({"databases": {"seeds": {"plugins": {PLUGIN: {"sql_functions": False}}}}}, False),
        (
            {
                "plugins": {PLUGIN: {"sql_functions": False}},
                "databases": {"seeds": {"plugins": {PLUGIN: {"sql_functions": True}}}},
            },
            True,
        ),
    ],
)
async def test_functions_can_be_switched_off(seeds_db: Path, metadata: dict[str, Any], there: bool) -> None:
    datasette = await serve(seeds_db, metadata)
    query = urlencode({"sql": "select newscompare_number('12 people') as n", "_shape": "array"})
    answer = await get(datasette, f"/seeds.json?{query}", follow_redirects=True)
    if there:
        assert answer.json() == [{"n": 12.0}]
    else:
        assert answer.status_code == 400
        assert "no such function" in answer.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Python tells of it on stderr
@pytest.mark.asyncio
async def test_text_that_is_no_unicode_is_a_plain_error(seeds_db: Path) -> None:
    query = urlencode({"sql": "select newscompare_number(cast(x'ff' as text))"})
    answer = await get(await serve(seeds_db), f"/seeds.json?{query}", follow_redirects=True)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_views_have_their_maths_where_sqlite_was_built_without() -> None:
    connection = sqlite3.connect(":memory:")
    for name in ("ln", "sqrt"):
        connection.create_function(name, 1, None)  # as in such a build, calling it is an error
        with pytest.raises(sqlite3.OperationalError):
            connection.execute(f"SELECT {name}(2)")
    complete(connection)
    assert connection.execute("SELECT ln(1), sqrt(9), ln(0), ln('x'), sqrt(NULL)").fetchone() == (
        0,
        3,
        None,
        None,
        None,
    )
