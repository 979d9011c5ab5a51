"""Whether one server process bears many readers at once: `python benchmarks/serve_load.py DB [--seconds 60] [...]`.

Starts the installed Datasette on the loopback address and asks it for mixed pages over a number of connections, each
of which asks for the next page once it has the last. Prints for each kind of page how many there were, how many failed,
and the median and 95th percentile of their times, beside Datasette's own table page in the same run; then the server's
memory over time. With `--slow N` the same again while N more connections ask for nothing but slow and huge things: a
query that runs into the time limit, a table as CSV, the largest pages. `--setting NAME VALUE` is Datasette's. Ends with
status 1 where a page failed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import datasette
from pages import addresses

HOST = "127.0.0.1"
TABLE_PAGE = "Datasette: articles"
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
SLOW = "slow and huge"
FAILED = 0
"""In the place of a status: the connection broke."""


@dataclass
class Seen:
    """What came back: seconds and status by kind of page, and the server's memory in MB by second."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    memory: list[tuple[float, float]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("db", type=Path)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--slow", type=int, default=0, help="more connections that ask for slow and huge things")
    parser.add_argument("--samples", type=int, default=20, help="things of each kind to ask for")
    parser.add_argument("--setting", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    kinds = {kind: paths for kind, paths in addresses(args.db, args.samples, random.Random(args.seed)).items() if paths}
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "datasette", "serve", "-i", str(args.db), "--host", HOST, "--port", str(port)]
    for name, value in args.setting:
        serve += ["--setting", name, value]
    print(f"Datasette {datasette.__version__}, {args.db.stat().st_size / 1e6:.0f} MB, {args.connections} connections")
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    failed = 0
    try:
        asyncio.run(until_it_answers(port))
        for slow in [0, args.slow] if args.slow else [0]:
            seen = asyncio.run(measure(port, server.pid, kinds, slow_paths(args.db), args, slow))
            print(f"\n{args.seconds:.0f} seconds{f', {slow} connections more with slow requests' if slow else ''}")
            failed += report(seen, args.seconds)
    finally:
        server.terminate()
        server.wait()
    return int(failed > 0)


def slow_paths(db: Path) -> list[str]:
    name = db.stem
    query = "/-/query.json" if datasette.__version__.startswith("1.") else ".json"
    return [
        f"/{name}{query}?sql={quote(ENDLESS)}",
        f"/{name}/sentences.csv?_size=max",
        f"/{name}/-/newscompare/entities.json?q=e",
        f"/{name}/sentences?_size=max&_search=the",
    ]


async def until_it_answers(port: int) -> None:
    for _ in range(600):
        try:
            if await ask(await asyncio.open_connection(HOST, port), "/-/versions.json") == 200:
                return
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the server does not start")


async def measure(
    port: int,
    pid: int,
    kinds: Mapping[str, Sequence[str]],
    slow: Sequence[str],
    args: argparse.Namespace,
    slow_connections: int,
) -> Seen:
    seen, end = Seen(), time.monotonic() + args.seconds
    readers = [reader(port, kinds, seen, end, random.Random(n)) for n in range(args.connections)]
    readers += [reader(port, {SLOW: slow}, seen, end, random.Random(-n)) for n in range(slow_connections)]
    await asyncio.gather(*readers, watch(pid, seen, end))
    return seen


async def reader(port: int, kinds: Mapping[str, Sequence[str]], seen: Seen, end: float, chance: random.Random) -> None:
    """One connection, on which a page is asked for after the other."""
    connection = None
    names = list(kinds)
    while time.monotonic() < end:
        kind = chance.choice(names)
        path = chance.choice(kinds[kind])
        started = time.monotonic()
        try:
            connection = connection or await asyncio.open_connection(HOST, port)
            status = await ask(connection, path)
        except (OSError, EOFError, ValueError):
            connection, status = None, FAILED
        seen.times[kind].append(time.monotonic() - started)
        seen.statuses[kind].append(status)
    if connection:
        connection[1].close()


async def ask(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str) -> int:
    """Ask for a page and read all of it; its status."""
    reader, writer = connection
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((line.split(":")[1] for line in head.splitlines() if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(int(length))
    else:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return int(head.split()[1])


async def watch(pid: int, seen: Seen, end: float) -> None:
    started = time.monotonic()
    while time.monotonic() < end:
        status = Path(f"/proc/{pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        seen.memory.append((time.monotonic() - started, resident / 1024))
        await asyncio.sleep(1)


def report(seen: Seen, seconds: float) -> int:
    """Print the figures; how many pages failed. A slow one that ends at a limit of Datasette's has not."""
    own = percentile(seen.times[TABLE_PAGE], 95)
    print(f"{'page':28}{'pages':>8}{'failed':>8}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'p95 of table page':>20}")
    failures: Counter[int] = Counter()
    for kind, times in seen.times.items():
        wrong = [
            status for status in seen.statuses[kind] if status != 200 and (kind != SLOW or not 400 <= status < 500)
        ]
        failures.update(wrong)
        failed = len(wrong)
        p95 = percentile(times, 95)
        print(
            f"{kind:28}{len(times):8}{failed:8}{1000 * statistics.median(times):9.0f}{1000 * p95:9.0f}"
            f"{1000 * max(times):9.0f}{p95 / own if own else 0:19.1f}x"
        )
    total = sum(map(len, seen.times.values()))
    print(f"{total} pages, {total / seconds:.1f} a second, {failures.total()} failed")
    if failures:
        print("statuses: " + ", ".join(f"{n} × {status or 'connection lost'}" for status, n in failures.items()))
    steps = [seen.memory[i * (len(seen.memory) - 1) // 8] for i in range(9)] if seen.memory else []
    print("memory in MB: " + ", ".join(f"{resident:.0f} at {second:.0f} s" for second, resident in steps))
    return failures.total()


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else 0.0


if __name__ == "__main__":
    sys.exit(main())
