"""The ways from Datasette's own pages to ours: menus, row actions and cells that lead on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from datasette import Request
from datasette.utils import path_with_replaced_args
from markupsafe import Markup

from . import links
from .facets import JOINS
from .pages import PAGES
from .permissions import is_readable
from .router import base_url, is_loaded

if TYPE_CHECKING:
    from datasette.app import Datasette

    from ._compat import Actor

Link = dict[str, str]

PAGE_OF_TABLE = {
    "sources": "stories",
    "stories": "stories",
    "articles": "stories",
    "sentences": "stories",
    "matches": "stories",
    "facts": "stories",
    "entities": "entities",
    "mentions": "entities",
}
"""The list that a table's menu leads to."""

TITLES = {
    "stories": ("Compare stories", "Stories side by side: who tells what, and who tells it differently"),
    "entities": ("Compare by entity", "People, places and organisations, and what each source says of them"),
}

ANY_OR_ALL = {
    True: ("Rows that name any of these entities", "One of the entities that the rows are filtered by is enough"),
    False: ("Rows that name all of these entities", "Every one of the entities that the rows are filtered by"),
}

PATH_OF_ROW: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stories": lambda row: links.story_path(row["id"]),
    "articles": lambda row: links.article_path(row["id"]),
    "entities": lambda row: links.entity_path(row["id"]),
    "matches": lambda row: links.compare_path(
        _plain(row["left_article_id"]), _plain(row["right_article_id"]), row["id"]
    ),
    "sentences": lambda row: f"{links.article_path(_plain(row['article_id']))}#sentence-{row['id']}",
}
"""Where a row's page is."""

ROW_ACTIONS = {
    "stories": ("story", "Compare its sources", "Who tells which fact of this story"),
    "articles": ("article", "Read it with what others tell", "The article; each sentence with other sources' own"),
    "entities": ("entity", "Compare what sources say of it", "Each source's sentences side by side"),
    "matches": ("compare", "See both articles side by side", "The two sentences where they stand, with what differs"),
    "sentences": ("article", "See it in its article", "The sentence where it stands, with what other sources tell"),
}
"""The page that a row leads to, and the words for the way."""

CELLS = {
    # Table and column whose cell is the link; the other columns tell that it is our table and not one of that name.
    ("stories", "title"): {"id", "given_name", "source_count"},
    ("articles", "title"): {"id", "story_id", "content_hash"},
    ("entities", "name"): {"id", "mention_count"},
    ("matches", "kind"): {"id", "left_article_id", "right_article_id"},
    ("sentences", "position"): {"id", "article_id", "paragraph"},
}


async def menu(datasette: Datasette, actor: Actor) -> list[Link]:
    """A link to the stories of each loaded database that the actor may see, for Datasette's menu."""
    found = []
    for name in datasette.databases:
        if await _opens(datasette, actor, name, "stories"):
            found.append(name)
    label = TITLES["stories"][0]
    return [
        {"href": base_url(datasette, name), "label": label if len(found) == 1 else f"{label}: {name}"} for name in found
    ]


async def database_menu(datasette: Datasette, actor: Actor, database: str) -> list[Link]:
    """Links to the lists of a loaded database, for its own page."""
    return [
        _link(datasette, database, "" if name == "stories" else f"/{name}", *TITLES[name])
        for name in TITLES
        if await _opens(datasette, actor, database, name)
    ]


async def table_menu(
    datasette: Datasette, actor: Actor, database: str, table: str, request: Request | None
) -> list[Link]:
    """A link to the list that a table of ours belongs to, and where rows are filtered by several entities, one to
    those that name any of them, or all."""
    found = []
    if request and table in JOINS and len(set(request.args.getlist("_entity"))) > 1:
        is_any = request.args.get("_entity_match") == "any"
        label, description = ANY_OR_ALL[not is_any]
        path = path_with_replaced_args(request, {"_entity_match": None if is_any else "any"})
        found.append({"href": datasette.urls.path(path), "label": label, "description": description})
    name = PAGE_OF_TABLE.get(table)
    if name is not None and await _opens(datasette, actor, database, name):
        found.append(_link(datasette, database, "" if name == "stories" else f"/{name}", *TITLES[name]))
    return found


async def row_menu(datasette: Datasette, actor: Actor, database: str, table: str, row: Mapping[str, Any]) -> list[Link]:
    """A link to the page of a row of ours."""
    if table not in ROW_ACTIONS:
        return []
    name, label, description = ROW_ACTIONS[table]
    if not await _opens(datasette, actor, database, name):
        return []
    return [_link(datasette, database, PATH_OF_ROW[table](row), label, description)]


def cell(datasette: Datasette, database: str, table: str | None, column: str, value: Any, row: Any) -> Markup | None:
    """A cell that leads to its row's page, or None where Datasette shows it as ever. The value is shown escaped."""
    if table is None or (table, column) not in CELLS or value in (None, ""):
        return None
    if not CELLS[table, column].issubset(row.keys()):
        return None
    text = str(value)
    longest = datasette.setting("truncate_cells_html")
    if longest and len(text) > longest:
        text = text[:longest] + "…"
    return Markup('<a href="{}">{}</a>').format(base_url(datasette, database) + PATH_OF_ROW[table](row), text)


def _link(datasette: Datasette, database: str, path: str, label: str, description: str) -> Link:
    return {"href": base_url(datasette, database) + path, "label": label, "description": description}


async def _opens(datasette: Datasette, actor: Actor, database: str, name: str) -> bool:
    """Whether a page would open for the actor: nobody is sent to a closed door."""
    tables = next(page.tables for page in PAGES if page.name == name)
    if not await is_loaded(datasette.databases[database], tables):
        return False
    return await is_readable(datasette, actor, database, tables)


def _plain(value: Any) -> Any:
    """A cell's own value where Datasette has put the label of the row it leads to beside it."""
    return value["value"] if isinstance(value, dict) else value
