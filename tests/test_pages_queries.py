"""Each query of the pages finds its rows by an index, so that pages stay fast in a large database."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from datasette_newscompare import schema
from datasette_newscompare.serving import queries
from datasette_newscompare.serving.queries import entities, stories

WHERE = {
    "LIST": ("1",),
    "COUNT": ("1",),
    "SOURCE_FACET": ("stories.source_count > 1",),
    "FOUND": (stories.OF_SOURCE.format(name="source0"),),
    "SEARCHED_AMONG": ("stories.source_count > 1",),
    "NUMBERS": (stories.WITH_ENTITY.format(name="entity0"),),
    "ENTITY_FACET": ("stories.source_count > 1",),
    "TYPES": ("1",),
}
LISTS = ("stories", "articles", "sentences", "facts", "entities", "sources", "found")
"""Values that are bound as JSON arrays."""
# Read whole on purpose: a table of some hundred rows, an index that is searched for a part of a name, or for days, most
# of which count, or a list in the order of an index that ends at its limit.
WHOLE = {
    "sources": {"LIST", "COUNT"},
    "stories": {"ALL_SOURCES_FACET", "COUNT"},
    "entities": {"NAMED", "FOUND", "TYPES", "ALL_TYPES", "DAYS_BY_BITMAP"},
    "corrections": {"LIST", "COUNT", "OF_ENTITY", "CANDIDATES", "WAITING"},
    "entity_words": {"DISTINCTIVE"},
    "verdicts": {"COUNTS"},
}


def statements() -> Iterator[tuple[str, str, str]]:
    """Module, name and SQL of every query, its parts filled in."""
    for info in pkgutil.iter_modules(queries.__path__):
        module = importlib.import_module(f"{queries.__name__}.{info.name}")
        for name, value in vars(module).items():
            if not isinstance(value, str) or not re.match(r"\s*(?:--.*\s+)?SELECT", value):
                continue
            orders = getattr(module, "ORDERS", {"": "1"}) if "{order}" in value else {"": ""}
            for where in WHERE.get(name, ("1",)):
                for key, order in orders.items():
                    yield info.name, f"{name} {key}".strip(), value.format(where=where, order=order)
    for name, condition in (
        ("MATCHING", stories.MATCHING),
        ("AMONG", stories.AMONG),
        ("OF_SOURCE", stories.OF_SOURCE.format(name="source0")),
        ("WITH_ENTITY", stories.WITH_ENTITY.format(name="entity0")),
        ("AFTER", stories.AFTER["newest"]),
        ("UNDATED", stories.UNDATED),
        ("WITH_ANY_ENTITY", stories.WITH_ANY_ENTITY),
        ("FROM_DAY", stories.FROM_DAY),
        ("TO_DAY", stories.TO_DAY),
    ):
        yield "stories", name, stories.LIST.format(where=condition, order=stories.ORDERS["newest"])
    by_articles = {"order": entities.ORDERS["articles"]}
    for name, condition in (
        ("OF_TYPE", entities.OF_TYPE),
        ("NAMED", entities.NAMED),
        ("AMONG", entities.AMONG),
        ("AFTER", entities.AFTER["articles"]),
    ):
        yield "entities", name, entities.LIST.format(where=condition, **by_articles)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    db = Database(tmp_path_factory.mktemp("queries") / "empty.db")
    schema.migrate(db)
    return db.conn


@pytest.mark.parametrize(("module", "name", "sql"), list(statements()), ids=lambda v: v if len(v) < 40 else "")
def test_query_uses_an_index(connection: sqlite3.Connection, module: str, name: str, sql: str) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    values = dict.fromkeys(re.findall(r":([a-z_0-9]+)", re.sub(r"--.*|'[^']*'", "", sql)), "1")
    values |= {p: "[1]" for p in LISTS if p in values}
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    aliases = dict(re.findall(r"(?:FROM|JOIN) (\w+) (?:AS )?(\w+)", sql))
    names = tables | {alias for table, alias in aliases.items() if table in tables}
    whole = [line for line in plan if (m := re.match(r"SCAN (\w+)(?! VIRTUAL)", line)) and m[1] in names]
    ordered = [line for line in whole if re.match(r"SCAN \w+ USING (?:COVERING )?INDEX", line) and ":limit" in sql]
    allowed = name.split()[0] in WHOLE.get(module, set())
    assert not whole or allowed or whole == ordered, "\n".join(plan)
    # The view that compares the words of one entity joins its counts, which are few, by an index made for the query.
    assert name == "DISTINCTIVE" or "AUTOMATIC" not in " ".join(plan), "\n".join(plan)


def test_every_query_module_is_checked() -> None:
    found = {module for module, _, _ in statements()}
    folder = Path(queries.__path__[0])
    assert found == {p.stem for p in folder.glob("*.py")} - {"__init__"}
