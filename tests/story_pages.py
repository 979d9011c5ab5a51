"""Pages of the five-source story, as a person reads them and as JSON."""

from __future__ import annotations

from urllib.parse import urlsplit

from datasette.app import Datasette
from instances import get
from pages_html import Node, parse

ROOT = "/news/-/newscompare"
LEDGER_POST = f"{ROOT}/compare?left=ledger&right=post"


async def seen(datasette: Datasette, path: str) -> Node:
    response = await get(datasette, path)
    assert response.status_code == 200, f"{path}: {response.status_code} {response.text[:500]}"
    return parse(response.text)


async def data(datasette: Datasette, path: str) -> dict[str, object]:
    parts = urlsplit(path)
    response = await get(datasette, f"{parts.path}.json?{parts.query}")
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found
