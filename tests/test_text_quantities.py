"""Quantities: what numbers mean, and when two of them say the same."""

from __future__ import annotations

import datetime

import pytest

from datasette_newscompare.records import Quantity
from datasette_newscompare.text.agreement import same_quantity
from datasette_newscompare.text.quantities import find_quantities


def only(text: str, published: str | None = None) -> Quantity:
    found = find_quantities(text, published=published)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("aid of $500bn", "money", 5e11, "USD"),
        ("aid of $500 billion", "money", 5e11, "USD"),
        ("aid of £396bn", "money", 3.96e11, "GBP"),
        ("aid of 500 million euros", "money", 5e8, "EUR"),
        ("it cost 50 cents", "money", 0.5, "USD"),
        ("it cost C$5.50", "money", 5.5, "CAD"),
        ("it rose 5%", "percent", 5, "percent"),
        ("it rose five percent", "percent", 5, "percent"),
        ("it rose 5 per cent", "percent", 5, "percent"),
        ("it rose by 2 percentage points", "percent", 2, "percentage point"),
        ("1.2 million voters", "count", 1.2e6, "voter"),
        ("twenty-five people died", "count", 25, "person"),
        ("a dozen villages", "count", 12, "village"),
        ("two-thirds of voters", "count", 0.666667, "voter"),
        ("12 dead", "count", 12, "dead"),
        ("a 43-year-old woman", "age", 43, "year"),
        ("Ann Hale, 43, was hurt", "age", 43, "year"),
        ("a boy aged nine", "age", 9, "year"),
        ("three years ago", "duration", 3, "year"),
        ("a ten-minute call", "duration", 10, "minute"),
        ("350 kilometres away", "measure", 350, "km"),
        ("winds of 150 miles per hour", "measure", 150, "mph"),
        ("in 2023", "date", 2023, "year"),
        ("at 10 a.m. sharp", "time", 600, "minute"),
        ("the 21st century", "ordinal", 21, None),
    ],
)
def test_kinds_and_values(text: str, kind: str, value: float, unit: str | None) -> None:
    found = only(text)
    assert (found.kind, found.value, found.unit) == (kind, value, unit)


@pytest.mark.parametrize(
    ("text", "comparator", "approximate", "written"),
    [
        ("more than 100 people", ">", False, "more than 100 people"),
        ("at least 100 people", ">=", False, "at least 100 people"),
        ("fewer than 100 people", "<", False, "fewer than 100 people"),
        ("up to 100 people", "<=", False, "up to 100 people"),
        ("around 5% of it", "=", True, "around 5%"),
        ("nearly half a million voters", "=", True, "nearly half a million voters"),
        ("some 500 people", "=", True, "some 500 people"),
        ("dozens of people", "=", True, "dozens of people"),
        ("100 or more people", ">=", False, "100 or more"),
        ("word about a $5m deal", "=", False, "$5m"),
        ("over ten years", "=", False, "ten years"),
    ],
)
def test_comparators_and_approximation(text: str, comparator: str, approximate: bool, written: str) -> None:
    found = only(text)
    assert (found.comparator, found.approximate, found.text) == (comparator, approximate, written)


@pytest.mark.parametrize(
    "text",
    [
        "a Boeing 737 landed",
        "the G7 met",
        "COVID-19 spread",
        "under Section 230 of it",
        "the 9th Circuit ruled",
        "one of the men",
        "no one came",
        "a second look",
    ],
)
def test_numbers_in_names_count_nothing(text: str) -> None:
    assert [q for q in find_quantities(text) if q.kind == "count"] == []


def test_dates_are_days() -> None:
    day = float(datetime.date(2025, 2, 24).toordinal())
    assert only("on Feb. 24, 2025, he").value == day
    assert only("on 24 February 2025 he").value == day
    assert only("on February 24 he", "2025-02-25").value == day
    assert only("on Monday he", "2025-02-25T10:00:00+00:00").value == day
    assert only("on Monday he").value is None


def test_offsets_are_the_article_s() -> None:
    found = find_quantities("about $500bn (£396bn)", offset=1000)
    assert [(q.start, q.end, q.text) for q in found] == [(1000, 1012, "about $500bn"), (1014, 1020, "£396bn")]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("about $500bn", "approximately $500 billion", True),
        ("around 5%", "about five percent", True),
        ("$1.2bn", "$1.23 billion", True),
        ("$500bn", "$530bn", False),
        ("$500bn", "£396bn", None),
        ("12 dead", "15 dead", False),
        ("a dozen people", "12 people", True),
        ("more than 100 people", "112 people", True),
        ("more than 100 people", "90 people", False),
        ("more than 100 people", "5,000 people", None),
        ("up to 100 people", "80 people", True),
        ("nearly 1,000 people", "960 people", True),
        ("about 100 people", "about 300 people", False),
        ("12 people", "12 ships", None),
        ("12 months", "one year", True),
        ("two years", "three years", False),
        ("100 km away", "62 miles away", True),
        ("dozens of people", "40 people", None),
        ("5%", "5 percentage points", None),
        ("3,000 people", "2,977 people", True),
        ("at 10 a.m.", "at 11 a.m.", False),
    ],
)
def test_agreement(one: str, other: str, expected: bool | None) -> None:
    assert same_quantity(only(one), only(other)) is expected
    assert same_quantity(only(other), only(one)) is expected
