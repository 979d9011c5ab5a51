"""The addresses of the plugin's pages, relative to a database's stories list, and which addresses are safe to link."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from datasette.utils import tilde_encode


def story_path(story_id: int) -> str:
    """The path of a story's page."""
    return f"/story/{story_id}"


def article_path(article_id: str) -> str:
    """The path of an article's page; the id is written as Datasette writes ids in its own addresses."""
    return f"/article/{tilde_encode(article_id)}"


def entity_path(entity_id: int) -> str:
    """The path of an entity's page."""
    return f"/entity/{entity_id}"


CORRECTIONS = "/corrections"
"""The path of the list of corrections."""


def correct_path(entity_id: int) -> str:
    """Where corrections of an entity are sent to."""
    return f"{entity_path(entity_id)}/correct"


def undo_path(correction_id: int) -> str:
    """Where the wish to take a correction back is sent to."""
    return f"/correction/{correction_id}/undo"


def source_path(source_id: str) -> str:
    """The path of a source's page."""
    return f"/source/{tilde_encode(source_id)}"


def compare_path(left_article_id: str, right_article_id: str, match_id: int | None = None) -> str:
    """The path of two articles side by side, at the pair of a match where one is given."""
    path = "/compare?" + urlencode({"left": left_article_id, "right": right_article_id})
    return path if match_id is None else f"{path}#match-{match_id}"


def safe_url(url: object) -> str | None:
    """The address where it is http or https and names a host, else None: articles come from anywhere."""
    if not isinstance(url, str):
        return None
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    return url if url.isprintable() and " " not in url else None
