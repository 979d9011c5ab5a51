"""The corrections of names that are in force, newest first, in the form of the alias file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...entities.names import name_key
from ...records import ENTITY_TYPES
from .. import links, name_forms, permissions, writing
from ..queries import corrections as sql
from ..router import Call, Page, page
from ._shared import Row, as_list, entity_ref, escape_like, with_params

PAGE_SIZE = 100
CANDIDATES = 40
ARTICLES = 20
CSV = ("action", "alias", "entity", "type", "article", "note", "actor", "at")


@page(links.CORRECTIONS, name="corrections", tables=("corrections", "entities"))
async def corrections(call: Call) -> Page:
    """The list; its CSV holds all at once, as `--aliases` takes them in."""
    offset = call.integer_param("next") or 0
    part = {"limit": -1, "offset": 0} if call.format == "csv" else {"limit": PAGE_SIZE + 1, "offset": offset}
    found, counted, may_correct = await asyncio.gather(
        call.rows(sql.LIST, part),
        call.rows(sql.COUNT),
        permissions.may_correct(call.datasette, call.request.actor, call.database),
    )
    following = str(offset + PAGE_SIZE) if len(found) > PAGE_SIZE and call.format != "csv" else None
    shown = found[:PAGE_SIZE]
    names = as_list({c["entity"] or c["alias"] for c in shown})
    named = {e["name"]: entity_ref(call, e) for e in (await call.rows(sql.ENTITIES_NAMED, {"names": names}))[::-1]}
    data = {
        "corrections": [described(call, c, named.get(c["entity"] or c["alias"])) for c in shown],
        "count": counted[0]["n"],
        "may_correct": may_correct,
        "next": following,
        "next_url": with_params(call, links.CORRECTIONS, next=following) if following else None,
    }
    return Page("newscompare/corrections.html", data, "Corrections of names", csv=found, csv_columns=CSV)


def described(call: Call, correction: Row, leads_to: Row | None) -> Row:
    """A correction as pages show it, with the entity that it leads to where there is one."""
    return {
        **correction,
        "leads_to": leads_to,
        "article_url": call.url(links.article_path(correction["article"])) if correction["article"] else None,
        "undo_url": call.url(links.undo_path(correction["id"])),
    }


async def of_entity(call: Call, entity: Row, aliases: Sequence[Row], story_id: int | None) -> Row:
    """What an entity's page shows of corrections: those in force, and what is needed to make one.

    `correcting` is None for who may not; `waiting` counts the stories that are to be compared anew.
    """
    if not await call.sees("corrections"):
        return {"corrections": [], "correcting": None, "may_correct": False, "waiting": 0}
    keys = {name_key(name) for name in (entity["name"], *(a["alias"] for a in aliases))}
    found, waiting, may_correct = await asyncio.gather(
        call.rows(sql.OF_ENTITY, {"name": entity["name"], "keys": as_list(keys)}),
        call.rows(sql.WAITING, {"entity_id": entity["id"]}),
        permissions.may_correct(call.datasette, call.request.actor, call.database),
    )
    may_correct = may_correct and await call.sees(*name_forms.TABLES)
    return {
        "corrections": [described(call, c, None) for c in found],
        "may_correct": may_correct,
        "correcting": await _form(call, entity, story_id) if may_correct and call.format == "html" else None,
        "waiting": waiting[0]["n"],
    }


async def _form(call: Call, entity: Row, story_id: int | None) -> Row:
    """What the forms offer: names that may be the same, types, and the articles of the story that is shown."""
    only = {"entity_id": entity["id"], "name": entity["name"], "type": entity["type"], "story_id": story_id}
    like = f"%{escape_like(entity['name'].split()[-1])}%"
    candidates, namesakes, articles = await asyncio.gather(
        call.rows_in_time(sql.CANDIDATES, {**only, "like": like, "limit": CANDIDATES}),
        call.rows(sql.NAMESAKES, only),
        call.rows(sql.ARTICLES, {**only, "limit": ARTICLES}),
    )
    return {
        "url": call.url(links.correct_path(entity["id"])),
        "candidates": [c["name"] for c in candidates or []],
        "namesakes": [entity_ref(call, e) for e in namesakes],
        "types": ENTITY_TYPES,
        "articles": [{"id": a["id"], "label": f"{a['source']}: {a['title']}"} for a in articles],
        "longest_name": name_forms.LONGEST_NAME,
        "longest_note": writing.LONGEST_NOTE,
    }
