"""Compare how sources tell the same news, sentence by sentence. This module holds Datasette's hooks only."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from .serving import router
from .serving.pages import PAGES


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return router.routes(PAGES)
