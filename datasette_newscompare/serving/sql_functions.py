"""SQL functions for whoever queries a comparison. Each is pure, takes two texts at most, and does bounded work.

SQLite can't interrupt a function, so Datasette's time limit takes hold only between calls: a text longer than a
function's cap gives NULL, as do NULL and blobs. Numbers are read as their text.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Indel

from ..records import Quantity
from ..text.quantities import find_quantities
from ..text.words import normalise, words
from . import diff

if TYPE_CHECKING:
    from datasette.app import Datasette

PLUGIN = "datasette-newscompare"
SWITCH = "sql_functions"
MAX_CHARACTERS = 1000
"""Of each text: longer than nearly every sentence of news, short enough for a call to end within milliseconds."""
MAX_NUMBER_CHARACTERS = 500
"""Where numbers are looked for, which takes longer."""
MATHS: dict[str, Callable[[float], float]] = {"ln": math.log, "sqrt": math.sqrt}
_NOT_NUMBERS = ("date", "time", "ordinal")


def similarity(a: str, b: str) -> float:
    """How alike two texts are, from 0 (no word in common) to 1 (the same words in the same order).

    Twice the words in the longest common subsequence, by the words of both: the normalised Indel similarity, also
    known as the Dice coefficient of the alignment. Case, accents, punctuation and a possessive 's do not count. Of
    texts without a word, the same two are 1, others 0.
    """
    numbers: dict[str, int] = {}
    left, right = ([numbers.setdefault(word.norm, len(numbers)) for word in words(text)] for text in (a, b))
    if not left and not right:
        return float(normalise(a) == normalise(b))
    return round(Indel.normalized_similarity(left, right), 4)


def word_diff(a: str, b: str) -> str:
    """Both texts as segments in JSON: `{"left": [{"text", "mark"}, ...], "right": [...], "few_shared": bool}`.

    Marks are those of the compare page: only (the other text lacks it), moved, or where the shared words are the
    exception (`few_shared`) shared; a segment without one is plain. The texts of a side make up the whole.
    """
    both = diff.compare(a, b)
    found = {"left": both.left, "right": both.right, "few_shared": both.few_shared}
    return json.dumps(found, ensure_ascii=False)


def marked(a: str, b: str) -> str:
    """The first text, with the words that the second lacks in [square brackets]; light words ("the", "of") may not be.

    For reading: a text may hold brackets of its own, which `word_diff` tells apart.
    """
    both = diff.compare(a, b)
    if not both.few_shared:
        return "".join(f"[{s['text']}]" if s.get("mark") == "only" else s["text"] for s in both.left)
    return "".join(s["text"] if s.get("mark") == "shared" else _bracketed(s["text"]) for s in both.left)


def number(text: str) -> float | None:
    """The value of the first number with a meaning: "about $1.2bn" is 1200000000.0, "a dozen people" 12.0.

    Dates, clock times, ordinals and numbers in names do not count, nor do vague ones ("dozens"). None where there is
    none left.
    """
    found = _first_quantity(text)
    return found.value if found else None


def unit(text: str) -> str | None:
    """The unit of what `number` gives: a currency code, "percent", a measure, or the noun that is counted."""
    found = _first_quantity(text)
    return found.unit if found else None


def _first_quantity(text: str) -> Quantity | None:
    for found in find_quantities(text):
        if found.kind not in _NOT_NUMBERS and found.value is not None and math.isfinite(found.value):
            return found
    return None


def _bracketed(text: str) -> str:
    """The words of a stretch in brackets, the white space and punctuation around them outside."""
    inside = words(text)
    if not inside:
        return text
    start, end = inside[0].start, inside[-1].end
    return f"{text[:start]}[{text[start:end]}]{text[end:]}"


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "newscompare_similarity": (similarity, 2, MAX_CHARACTERS),
    "newscompare_diff": (word_diff, 2, MAX_CHARACTERS),
    "newscompare_marked": (marked, 2, MAX_CHARACTERS),
    "newscompare_number": (number, 1, MAX_NUMBER_CHARACTERS),
    "newscompare_unit": (unit, 1, MAX_NUMBER_CHARACTERS),
}
"""By its name in SQL: what a function does with its texts, how many it takes, and the most characters of each."""


def register(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection."""
    for name, (function, arguments, cap) in FUNCTIONS.items():
        connection.create_function(name, arguments, _on_short_texts(function, cap), deterministic=True)


def complete(connection: sqlite3.Connection) -> None:
    """Add the logarithm and the square root, which our views use, to an SQLite that was built without them."""
    for name, function in MATHS.items():
        try:
            connection.execute(f"SELECT {name}(1)")
        except sqlite3.OperationalError:
            connection.create_function(name, 1, _of_positive(function), deterministic=True)


def _of_positive(function: Callable[[float], float]) -> Callable[..., float | None]:
    def call(value: object) -> float | None:
        return function(value) if isinstance(value, int | float) and value > 0 else None

    return call


def prepare(datasette: Datasette, connection: sqlite3.Connection, database: str | None) -> None:
    """Add the functions to a connection of Datasette's unless the plugin's configuration says `sql_functions: false`.

    The configuration of the database counts before that of the instance. What our views need is there in any case.
    """
    complete(connection)
    # 1.0 forgets the instance's where the database has settings of any kind, so both are asked for.
    given = (datasette.plugin_config(PLUGIN, database=database, fallback=False), datasette.plugin_config(PLUGIN))
    switches = [config[SWITCH] for config in given if isinstance(config, dict) and SWITCH in config]
    if not switches or switches[0]:
        register(connection)


def _on_short_texts(function: Callable[..., Any], cap: int) -> Callable[..., Any]:
    def call(*values: object) -> Any:
        texts = [str(value) if isinstance(value, int | float) else value for value in values]
        if any(not isinstance(text, str) or len(text) > cap for text in texts):
            return None
        return function(*texts)

    return call
