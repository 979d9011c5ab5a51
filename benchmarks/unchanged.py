"""Whether requests leave the file as it was: `python benchmarks/unchanged.py DB [--requests 1000000] [--seconds 3600]`.

Sends mixed requests to the installed Datasette in this process, without a network between: pages in all their forms,
rows, facets, queries, SQL that would write, forms posted by nobody, addresses that are not there. Most are cheap, one
in fifty is a whole page. Works on a copy, served as a file that may change, which is the harder case. Prints how many
of which status there were, and the SHA-256 of the copy before and after; ends with status 1 where they differ, where a
file stands beside it that was not there, or where the server failed (status 500 or above).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette import app
from datasette.app import Datasette
from pages import addresses

WRITES = (
    "delete from articles",
    "update verdicts set verdict = 'right'",
    "create table t (a)",
    "pragma user_version = 9",
    "vacuum",
    "attach 'x.db' as x",
    "select load_extension('x')",
    "insert into articles_fts(articles_fts) values ('rebuild')",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("db", type=Path)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3600.0, help="stop after so long")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(args.db, folder))
        before = digest(copy)
        started = time.monotonic()
        statuses = asyncio.run(send(copy, args.requests, started + args.seconds, random.Random(args.seed)))
        after = digest(copy)
        beside = [path.name for path in Path(folder).iterdir() if path != copy and path.stat().st_size]
    counted = ", ".join(f"{n:,} times {status}" for status, n in sorted(statuses.items()))
    print(f"{sum(statuses.values()):,} requests in {time.monotonic() - started:.0f} seconds: {counted}")
    print(f"before {before}\nafter  {after}{'' if before == after else '  CHANGED'}")
    if beside:
        print(f"new beside it: {', '.join(beside)}")
    return int(before != after or bool(beside) or any(status >= 500 for status in statuses))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def send(path: Path, requests: int, end: float, chance: random.Random) -> Counter[int]:
    app.pm.get_plugin("datasette.handle_exception").rich = None  # else every refused page's locals are printed
    instance = Datasette([str(path)])
    await instance.invoke_startup()
    served, name = instance.app(), path.stem
    whole = [page for pages in addresses(path, 10, chance).values() for page in pages]
    whole += [
        f"{page.partition('?')[0]}{form}?{page.partition('?')[2]}"
        for page in whole
        for form in (".json", ".csv", ".atom")
    ]
    cheap = [("GET", f"/{name}/{table}.json?_size=1") for table in ("stories", "matches", "sources", "verdicts")]
    cheap += [("GET", f"/{name}/sentences/{n}.json") for n in range(1, 50)]
    cheap += [(method, f"/{name}/-/newscompare/match/{n}/verdict") for method in ("POST", "PUT") for n in range(1, 20)]
    cheap += [("OPTIONS", f"/{name}/-/newscompare"), ("DELETE", f"/{name}/-/newscompare")]
    cheap += [("GET", f"/{name}/-/newscompare/{n}") for n in ("nowhere", "story/0", "entity/x", "article/~00")]
    cheap += [
        ("GET", f"/{name}{below}?{urlencode({'sql': sql})}") for sql in WRITES for below in (".json", "/-/query.json")
    ]
    statuses: Counter[int] = Counter()
    for number in range(requests):
        method, address = ("GET", chance.choice(whole)) if number % 50 == 0 else chance.choice(cheap)
        statuses[await ask(served, method, address)] += 1
        if time.monotonic() > end:
            break
    return statuses


async def ask(served: Any, method: str, address: str) -> int:
    """Put one request to the application itself; the status of its answer."""
    path, _, query = address.partition("?")
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"verdict=right", "more_body": False}

    async def answer(event: dict[str, Any]) -> None:
        nonlocal status
        status = event.get("status", status)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/x-www-form-urlencoded")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await served(scope, receive, answer)
    return status


if __name__ == "__main__":
    sys.exit(main())
