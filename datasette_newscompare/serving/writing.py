"""What people change on pages, through Datasette's write queue: here their verdicts, in `name_forms.py` names."""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlencode

from datasette import Forbidden, NotFound, Request, Response
from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest
from datasette.views.base import DatasetteError

from ..verdicts import VERDICTS, judge_match, withdraw
from . import links
from ._compat import Actor, write
from .permissions import is_writable, may_judge
from .queries import compare as sql
from .router import MAX_INTEGER, ROOT, base_url, opened

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Result = TypeVar("Result")

TABLES = ("matches", "sentences", "articles", "verdicts")
LONGEST_NOTE = 1_000
LONGEST_BODY = 100_000
"""Bytes of a request: a note in any script, and the address to go back to."""
KEPT = ("show", "kind", "score", "entity", "blind", "start")
"""What of the address the reader came from stands in the one that leads back."""


View = Callable[..., Awaitable[Response]]


def only_post(view: View) -> View:
    """A view that answers every other method with what it takes."""

    async def posted(request: Request, datasette: Datasette) -> Response:
        if request.method != "POST":
            return Response.text("Method not allowed", status=405, headers={"Allow": "POST"})
        return await view(request, datasette)

    return posted


@only_post
async def verdict(request: Request, datasette: Datasette) -> Response:
    """Record or take back what the actor says of a match, and lead back to its row.

    Takes a form: `verdict` (right, wrong or unsure) and `note`, or `withdraw`; `query` is the query string of the
    compare page to go back to.
    """
    database, _ = await opened(datasette, request, tilde_decode(request.url_vars["database"]), TABLES)
    if not await may_judge(datasette, request.actor, database):
        raise Forbidden(
            "You do not have permission to judge matches"
            if is_writable(database)
            else "This database is served read-only: its verdicts can't be changed"
        )
    match_id = int(request.url_vars["id"])
    pair = await database.execute(sql.MATCH_ARTICLES, {"match_id": match_id}) if match_id <= MAX_INTEGER else None
    if pair is None or not pair.rows:
        raise NotFound(f"No match {match_id}: the articles were matched again since, or it never was")
    form = await read_form(request)
    if not await stored(database, _change(form, match_id, actor_id(request.actor)), "verdict"):
        raise NotFound(f"No match {match_id}: the articles were matched again since")
    path = _back(form.get("query", ""), dict(pair.rows[0]), match_id)
    return Response.redirect(base_url(datasette, database.name) + path, status=303)


ROUTES: list[tuple[str, View]] = [
    (rf"^/(?P<database>[^/.]+){ROOT}/match/(?P<id>[0-9]{{1,19}})/verdict$", verdict),
]


def actor_id(actor: Actor) -> str:
    """The name under which an actor's verdicts are kept; empty for the anonymous."""
    return str((actor or {}).get("id") or "")


def _change(form: Mapping[str, str], match_id: int, actor: str) -> Callable[[sqlite3.Connection], bool]:
    """What the form asks for, as a change of the database. Raises `BadRequest` in words for what it can't be."""
    if form.get("withdraw"):

        def take_back(connection: sqlite3.Connection) -> bool:
            withdraw(connection, match_id, actor)
            return True

        return take_back
    said = form.get("verdict", "")
    if said not in VERDICTS:
        raise BadRequest(f"Choose a verdict: {', '.join(VERDICTS)}")
    note, at = note_of(form), now()
    return lambda connection: judge_match(connection, match_id, said, note, actor, at)


async def stored(database: Database, change: Callable[[sqlite3.Connection], Result], what: str) -> Result:
    """Make a change in the write queue. Raises `DatasetteError` in words where the database can't take it now."""
    try:
        return await write(database, change)
    except sqlite3.OperationalError as error:
        message = f"The {what} could not be stored ({error}). If a loader is writing, try again when it is done."
        raise DatasetteError(message, title="Not stored", status=503) from error


def note_of(form: Mapping[str, str]) -> str | None:
    """The form's note, None where it is empty. Raises `BadRequest` for one that is too long."""
    note = re.sub(r"\r\n?", "\n", form.get("note", "")).strip()
    if len(note) > LONGEST_NOTE:
        raise BadRequest(f"The note has {len(note):,} characters; {LONGEST_NOTE:,} are the most. Shorten it.")
    return note or None


def now() -> str:
    """The time as the database keeps it: ISO 8601, UTC."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of the form that a request carries. Raises `BadRequest` for what is none or too long."""
    body = await request.post_body()
    if len(body) > LONGEST_BODY:
        raise BadRequest("The form is too long")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise BadRequest(f"The form could not be read: {error}") from error


def _back(query: str, pair: Mapping[str, str], match_id: int) -> str:
    """The address of the pair, with the sides and filters that the reader had."""
    asked = parse_qsl(query)
    left, right = pair["left_article_id"], pair["right_article_id"]
    if ("left", right) in asked:
        left, right = right, left
    kept = [(key, value) for key, value in asked if key in KEPT]
    return f"{links.compare_path(left, right)}{'&' if kept else ''}{urlencode(kept)}#match-{match_id}"
