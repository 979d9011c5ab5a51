"""Who told a fact first is said only where the dates leave no doubt."""

from __future__ import annotations

import pytest

from datasette_newscompare.loading.facts import first_told
from datasette_newscompare.records import StoryArticle


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ({"Herald": "2025-02-24", "Post": "2025-02-25"}, ("Herald", "2025-02-24")),
        (
            {"Herald": "2025-02-24T09:00:00+00:00", "Post": "2025-02-24T10:00:00+01:00"},
            (None, "2025-02-24T09:00:00+00:00"),
        ),
        (
            {"Herald": "2025-02-24T09:00:00+00:00", "Post": "2025-02-24T10:30:00+02:00"},
            ("Post", "2025-02-24T10:30:00+02:00"),
        ),
        ({"Herald": "2025-02-24", "Post": "2025-02-24T10:30:00+00:00"}, (None, "2025-02-24")),
        ({"Herald": "2025-02", "Post": "2025-02-24"}, (None, "2025-02")),
        ({"Herald": "2025-01", "Post": "2025-02-24"}, ("Herald", "2025-01")),
        ({"Herald": "2025-02-24", "Post": None}, (None, "2025-02-24")),
        ({"Herald": None, "Post": None}, (None, None)),
    ],
)
def test_first_teller(dates: dict[str, str | None], first: tuple[str | None, str | None]) -> None:
    assert first_told([StoryArticle(name, name, date, ()) for name, date in dates.items()]) == first


def test_a_source_with_two_articles_does_not_compete_with_itself() -> None:
    tellers = [
        StoryArticle("a1", "Herald", "2025-02-24", ()),
        StoryArticle("a2", "Herald", "2025-02-24", ()),
        StoryArticle("b", "Post", "2025-02-26", ()),
    ]
    assert first_told(tellers) == ("Herald", "2025-02-24")
