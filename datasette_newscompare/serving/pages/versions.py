"""What an outlet changed in an article after it was first seen: each version, and what differs from the one before."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from .. import links
from ..queries import versions as sql
from ..revisions import Block, changes, words_changed
from ..router import BadRequest, Call, NotFound, Page, page
from ._shared import Row, article_ref, as_list, story_ref, with_params

SHOWN = 3
"""Changes shown at once, the newest first; the others stand behind links."""
LONGEST = 1_000_000
"""Characters of two versions together that are compared; longer ones are only listed."""
_CSV = ("version", "title", "published", "seen_at", "is_current")


@page(
    "/article/{id}/versions",
    name="versions",
    tables=("articles", "sources", "stories", "article_versions", "article_texts"),
)
async def versions(call: Call) -> Page:
    """The page of an article by its id; with `version`, only what that version changed."""
    only = {"article_id": call.url_vars["id"]}
    chosen = call.integer_param("version")
    found, earlier, current = await asyncio.gather(
        call.rows(sql.ARTICLE, only), call.rows(sql.VERSIONS, only), call.rows(sql.CURRENT, only)
    )
    if not found:
        raise NotFound(f"No article {only['article_id']}")
    this, path = found[0], links.article_path(only["article_id"]) + "/versions"
    last = {
        "version": len(earlier) + 1,
        "title": this["title"],
        "published": this["published"],
        "seen_at": this["loaded_at"],
        "length": len(current[0]["text"]) if current else 0,
    }
    states = [*earlier, last]
    steps = list(pairwise(states))[::-1]
    if chosen is not None:
        steps = [step for step in steps if step[1]["version"] == chosen]
        if not steps:
            raise BadRequest(f"version must be a whole number from 2 to {len(states)}")
    wanted = {state["version"] for step in steps[:SHOWN] for state in step}
    texts = {row["version"]: row["text"] for row in await call.rows(sql.TEXTS, {**only, "versions": as_list(wanted)})}
    texts[last["version"]] = current[0]["text"] if current else ""
    listed: list[Row] = [
        {
            **{key: state[key] for key in ("version", "title", "published", "seen_at")},
            "is_current": state is last,
            "url": with_params(call, path, version=state["version"]) if state["version"] > 1 else None,
        }
        for state in states
    ]
    data = {
        "article": {**article_ref(call, this), "language": this["language"]},
        "story": story_ref(call, this["story_id"], this["story"]),
        "version": chosen,
        "versions": listed,
        "changes": [await asyncio.to_thread(_change, old, new, texts) for old, new in steps[:SHOWN]],
        "hidden_count": max(0, len(steps) - SHOWN),
        "clear_url": call.url(path),
    }
    title = f"Versions of “{this['title']}”"
    return Page("newscompare/versions.html", data, title, csv=listed, csv_columns=_CSV)


def _change(old: Row, new: Row, texts: dict[int, str]) -> Row:
    """From one version to the next. Slow for long texts, so that it is done beside the event loop."""
    compared = old["length"] + new["length"] <= LONGEST
    blocks = changes(texts[old["version"]], texts[new["version"]]) if compared else []
    return {
        "version": new["version"],
        "before": old["version"],
        "seen_at": new["seen_at"],
        "title": list(words_changed(old["title"], new["title"])) if old["title"] != new["title"] else None,
        "published": [old["published"], new["published"]] if old["published"] != new["published"] else None,
        "is_too_long": not compared,
        "counts": {
            kind: sum(block.kind == kind for block in blocks) for kind in ("changed", "added", "removed", "moved")
        },
        "blocks": [_block(block) for block in blocks],
    }


def _block(block: Block) -> Row:
    return {"type": block.kind, "texts": list(block.texts), "segments": list(block.pieces)}
