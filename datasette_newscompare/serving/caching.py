"""How long browsers, and caches between them and the server, may keep a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasette import Request
    from datasette.app import Datasette
    from datasette.database import Database


def cache_headers(datasette: Datasette, request: Request, database: Database) -> dict[str, str]:
    """The headers of a page that answers with success.

    For whoever is not logged in, a page of a file served as immutable may be kept as long as `default_cache_ttl` says,
    or `_ttl` in the address, both in seconds and as on Datasette's own pages. One of a file that may change is asked
    for anew each time, so that nobody sees what was before their own verdict. What a person sees who is logged in is
    kept nowhere.
    """
    headers = {"Referrer-Policy": "no-referrer"}
    if not datasette.cache_headers:
        return headers
    if request.actor:
        return {**headers, "Cache-Control": "private, no-store", "Vary": "Cookie"}
    asked = request.args.get("_ttl") or ""
    ttl = int(asked if re.fullmatch("[0-9]{1,9}", asked) else datasette.setting("default_cache_ttl"))
    if database.is_mutable or not ttl:
        return {**headers, "Cache-Control": "no-cache"}
    return {**headers, "Cache-Control": f"max-age={ttl}"}
