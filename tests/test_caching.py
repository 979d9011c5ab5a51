"""What browsers, and caches on the way, may keep of the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasette.app import Datasette
from instances import DEMO_ACTOR, ONLY_READER, get

PAGE = "/seeds/-/newscompare"


async def cache_control(
    path: Path, address: str = PAGE, mutable: bool = False, actor: bool = False, **settings: int
) -> str:
    files = {"files": [str(path)]} if mutable else {"files": [], "immutables": [str(path)]}
    instance = Datasette(**files, settings=settings, metadata=dict(ONLY_READER) if actor else None)
    await instance.invoke_startup()
    answer = await get(instance, address, DEMO_ACTOR if actor else None)
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    return answer.headers["cache-control"]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", ["", ".json", ".csv", ".atom"])
async def test_pages_of_an_immutable_file_are_kept_as_long_as_the_setting_says(seeds_db: Path, form: str) -> None:
    assert await cache_control(seeds_db, PAGE + form, default_cache_ttl=3600) == "max-age=3600"


@pytest.mark.asyncio
async def test_the_address_may_ask_for_another_time_as_on_datasettes_own_pages(seeds_db: Path) -> None:
    assert await cache_control(seeds_db, f"{PAGE}?_ttl=60") == "max-age=60"
    assert await cache_control(seeds_db, f"{PAGE}?_ttl=0") == "no-cache"
    assert await cache_control(seeds_db, f"{PAGE}?_ttl=-1e9") == "max-age=5"


@pytest.mark.asyncio
async def test_pages_of_a_file_that_may_change_are_asked_for_anew(seeds_db: Path) -> None:
    assert await cache_control(seeds_db, mutable=True, default_cache_ttl=3600) == "no-cache"


@pytest.mark.asyncio
async def test_what_only_some_may_see_is_kept_nowhere(seeds_db: Path) -> None:
    assert await cache_control(seeds_db, f"{PAGE}?_ttl=3600", actor=True) == "private, no-store"
