"""What the pages share: how rows are referred to, shares, and addresses that keep the other parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .. import links
from ..router import Call

Row = dict[str, Any]
LEFT_OUT = "…"
"""The text of a sentence that a copy made of excerpts does not hold."""


def share(part: int, whole: int) -> float | None:
    """The share as a number from 0 to 1 with four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def source_ref(call: Call, row: Mapping[str, Any]) -> Row:
    """The source of a row that has `source_id` and `source`."""
    return {"id": row["source_id"], "name": row["source"], "url": call.url(links.source_path(row["source_id"]))}


def article_ref(call: Call, row: Mapping[str, Any]) -> Row:
    """An article as pages refer to it; `web_url` only where it is http or https."""
    return {
        "id": row["id"],
        "title": row["title"],
        "source": source_ref(call, row),
        "published": row["published"],
        "url": call.url(links.article_path(row["id"])),
        "web_url": links.safe_url(row["url"]),
        "word_count": row["word_count"],
        "sentence_count": row["sentence_count"],
    }


def entity_ref(call: Call, row: Mapping[str, Any]) -> Row:
    """An entity as pages refer to it."""
    return {"id": row["id"], "name": row["name"], "type": row["type"], "url": call.url(links.entity_path(row["id"]))}


def story_ref(call: Call, story_id: int | None, title: str | None) -> Row | None:
    """A story as pages refer to it; None where the article stands alone."""
    if story_id is None:
        return None
    return {"id": story_id, "title": title, "url": call.url(links.story_path(story_id))}


def sentence_url(call: Call, article_id: str, sentence_id: int) -> str:
    """The address of a sentence on its article's page."""
    return call.url(links.article_path(article_id)) + f"#sentence-{sentence_id}"


def match_url(call: Call, left_article_id: str, right_article_id: str, match_id: int) -> str:
    """The address of a pair of sentences."""
    return call.url(links.compare_path(left_article_id, right_article_id, match_id))


def with_params(call: Call, path: str, added: Iterable[tuple[str, str]] = (), /, **changes: str | int | None) -> str:
    """The address of a page with the request's parameters, some replaced, or taken away where the value is None."""
    kept = [(k, v) for k, v in parse_qsl(call.request.query_string) if k not in changes]
    kept += [(k, str(v)) for k, v in changes.items() if v is not None]
    kept += added
    return call.url(path) + (f"?{urlencode(kept)}" if kept else "")


def as_list(values: Iterable[object]) -> str:
    """Values for `json_each` in a query."""
    return json.dumps(list(values), separators=(",", ":"))


def escape_like(text: str) -> str:
    """The text for a LIKE pattern with a backslash as its escape: nothing in it is a wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def search_query(words: str) -> str:
    """What a person typed, as an FTS5 query in which every word or quoted run must occur and nothing is an operator."""
    found = re.findall(r'"([^"]+)"|([^\s"]+)', words.replace("\x00", " "))
    return " ".join('"' + (quoted or word) + '"' for quoted, word in found)
