"""An address of every page that the plugin registers, worked out from its route, so that a new page is walked too."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from datasette.utils import tilde_encode
from instances import rows

from datasette_newscompare.serving.pages import PAGES
from datasette_newscompare.serving.router import Route

FORMS = ("", ".json", ".csv", ".atom")
IDS = {
    "story": "select id from stories order by source_count desc, id limit 1",
    "article": "select id from articles where story_id is not null order by id limit 1",
    "source": "select id from sources order by id limit 1",
    "entity": "select id from entities order by article_count desc, id limit 1",
    "match": "select id from matches order by id limit 1",
    "fact": "select id from facts order by id limit 1",
}
"""By the part of a path that stands before `{id}`, whose ids those are."""


def address(path: Path, page: Route, form: str = "", query: str = "") -> str:
    """Where the page opens on something that the database at `path` holds."""
    below = page.path
    if "{id}" in below:
        kind = below.partition("/{id}")[0].rpartition("/")[2]
        below = below.replace("{id}", tilde_encode(str(rows(path, IDS[kind])[0][0])))
    asked = "&".join(part for part in (_pair(path) if page.name == "compare" else "", query) if part)
    return f"/{path.stem}/-/newscompare{below}{form}{'?' if asked else ''}{asked}"


def _pair(path: Path) -> str:
    left, right = rows(path, "select left_article_id, right_article_id from matches order by id limit 1")[0]
    return urlencode({"left": left, "right": right})


def addresses(path: Path) -> list[tuple[Route, str]]:
    """Every page in each of its forms."""
    return [(page, address(path, page, form)) for page in PAGES for form in FORMS]
