"""The addresses at which people correct names: merge, rename, split, retype and drop an entity, and take that back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from datasette import Forbidden, NotFound, Request, Response
from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest

from ..correcting import Outcome, correct, take_back
from ..corrections import Correction, by_id, find_entity
from ..entities.names import name_key
from ..records import ENTITY_TYPES
from . import links
from .permissions import is_writable, may_correct
from .router import ROOT, base_url, opened
from .writing import View, actor_id, note_of, now, only_post, read_form, stored

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

TABLES = ("entities", "entity_aliases", "mentions", "articles", "stories", "corrections")
"""Who may not read all of these changes nothing in them."""
LONGEST_NAME = 200

DONE = {
    "merge": "“{alias}” is one with “{entity}” now.",
    "rename": "“{alias}” is shown as “{entity}” now.",
    "split": "Whoever is written “{alias}” is “{entity}” now, an entity of its own.",
    "retype": "“{alias}” is of the type {type} now.",
    "drop": "“{alias}” is no entity now. Its mentions stay as they were recognised, linked to nothing.",
}
UNDONE = "Taken back: the correction of “{alias}”."
LATER = "It shows only after the next load or match: it concerns {later:,} {stories}."
COMPARED = "The next load or match compares the sentences of its stories anew."


@only_post
async def correction(request: Request, datasette: Datasette) -> Response:
    """Correct an entity as the form says, and lead to what it is then; where that makes no sense, back with the reason.

    Takes `action` (merge, rename, split, retype or drop), `note`, and of these what the action needs: `name` (of the
    entity that it is, or is to be), `alias` (the spelling to split off), `type`, `article` (the only one in which the
    split holds).
    """
    database = await _database(request, datasette)
    form = await read_form(request)
    wanted = int(request.url_vars["id"])
    actor, at = actor_id(request.actor), now()

    def change(connection: sqlite3.Connection) -> tuple[Correction, Outcome | None]:
        one = replace(_asked(connection, form, wanted), note=note_of(form), actor=actor, at=at)
        return one, correct(connection, one)

    try:
        one, outcome = await _changed(database, change)
    except BadRequest as refused:
        datasette.add_message(request, f"Nothing was corrected. {str(refused).rstrip('.')}.", datasette.ERROR)
        return _leading_to(links.entity_path(wanted), datasette, database)
    said = DONE[one.action].format(alias=one.alias, entity=one.entity or one.alias, type=one.type)
    return _answer(request, datasette, database, said, outcome, None if one.action == "drop" else wanted)


@only_post
async def undo(request: Request, datasette: Datasette) -> Response:
    """Take back a correction by its number, and lead to the entity that bears the name again."""
    database = await _database(request, datasette)
    await read_form(request)
    wanted = int(request.url_vars["id"])

    def change(connection: sqlite3.Connection) -> tuple[Correction, Outcome | None]:
        one = by_id(connection, wanted)
        if one is None:
            raise NotFound(f"No correction {wanted}: it was taken back already, or it never was")
        return one, take_back(connection, one)

    one, outcome = await _changed(database, change)
    return _answer(request, datasette, database, UNDONE.format(alias=one.alias), outcome, None)


ROUTES: list[tuple[str, View]] = [
    (rf"^/(?P<database>[^/.]+){ROOT}/entity/(?P<id>[0-9]{{1,18}})/correct$", correction),
    (rf"^/(?P<database>[^/.]+){ROOT}/correction/(?P<id>[0-9]{{1,18}})/undo$", undo),
]


async def _database(request: Request, datasette: Datasette) -> Database:
    """The database to change. Raises `Forbidden` unless the actor may."""
    database, _ = await opened(datasette, request, tilde_decode(request.url_vars["database"]), TABLES)
    if not await may_correct(datasette, request.actor, database):
        raise Forbidden(
            "You do not have permission to correct names"
            if is_writable(database)
            else "This database is served read-only: its names can't be corrected here"
        )
    return database


async def _changed(
    database: Database, change: Callable[[sqlite3.Connection], tuple[Correction, Outcome | None]]
) -> tuple[Correction, Outcome]:
    """Make a change. Raises `BadRequest` where it makes no sense or is made already."""
    try:
        one, outcome = await stored(database, change, "correction")
    except ValueError as error:
        raise BadRequest(f"{error}") from error
    if outcome is None:
        raise BadRequest(f"{one.alias!r} is corrected so already")
    return one, outcome


def _asked(connection: sqlite3.Connection, form: Mapping[str, str], id: int) -> Correction:
    """The correction of an entity that the form asks for. Raises ValueError in words for what it can't be."""
    row = connection.execute("SELECT name, type FROM entities WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound(f"No entity {id}: it was corrected since, or it never was")
    name, type = row
    action, to, kind = form.get("action", ""), _name(form, "name"), form.get("type") or None
    if action in ("merge", "rename"):
        if not to:
            raise ValueError("Write the name of the entity that it is")
        found = find_entity(connection, to)
        if action == "merge" and found is None:
            raise ValueError(f"Nothing is named {to!r}. To show this entity under that name, rename it")
        if found is None or (action == "rename" and found == id):
            return Correction("rename", name, to)
        if found == id:
            raise ValueError(f"{to!r} is this entity itself; write the name of another")
        other, of_type = connection.execute("SELECT name, type FROM entities WHERE id = ?", [found]).fetchone()
        same = connection.execute("SELECT count(*) FROM entities WHERE name = ?", [other]).fetchone()[0]
        return Correction("merge", name, other, of_type if same > 1 else None)
    if kind is not None and kind not in ENTITY_TYPES:
        raise ValueError(f"A type is one of {', '.join(ENTITY_TYPES)}")
    if action == "split":
        alias = _name(form, "alias")
        spellings = connection.execute("SELECT alias FROM entity_aliases WHERE entity_id = ?", [id])
        if name_key(alias) not in {name_key(spelling) for (spelling,) in spellings}:
            raise ValueError(f"{alias!r} is none of its spellings; choose one of them")
        to = to or alias
        if find_entity(connection, to) == id and name_key(to) == name_key(name):
            raise ValueError(f"{to!r} is what this entity is named; write another name for what is split off")
        return Correction("split", alias, to, kind or type, _name(form, "article") or None)
    if action == "retype":
        if kind in (None, type):
            raise ValueError("Choose another type than it has")
        return Correction("retype", name, None, kind)
    if action == "drop":
        return Correction("drop", name, None, type)
    raise ValueError("Choose what to do: merge, rename, split, retype or drop")


def _name(form: Mapping[str, str], field: str) -> str:
    """A name from the form, its spaces single. Raises ValueError for one that is too long."""
    name = " ".join(form.get(field, "").split())
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name has {LONGEST_NAME} characters at most; this one has {len(name):,}")
    return name


def _answer(
    request: Request, datasette: Datasette, database: Database, said: str, outcome: Outcome, former: int | None
) -> Response:
    """Say what was done on the next page: that of the entity, where there is one, else the list of corrections."""
    more = (
        LATER.format(later=outcome.later, stories="story" if outcome.later == 1 else "stories")
        if outcome.later
        else COMPARED
    )
    datasette.add_message(request, f"{said} {more}", datasette.INFO)
    id = outcome.entity if outcome.entity is not None else former
    return _leading_to(links.CORRECTIONS if id is None else links.entity_path(id), datasette, database)


def _leading_to(path: str, datasette: Datasette, database: Database) -> Response:
    return Response.redirect(base_url(datasette, database.name) + path, status=303)
