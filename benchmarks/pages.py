"""How long each page takes on a database that the loader made, beside Datasette's own table page in the same run.

    python benchmarks/pages.py DB [--samples 20] [--runs 3] [--seed 1]

Asks the installed Datasette in this process for pages of stories, articles, pairs, entities and sources drawn by
chance, each once before its time is taken, and prints for each kind of page the median and the worst time and the
largest size. The lists are asked for whole, searched and filtered. Of entities, and words to search for, come three
kinds: any, those that are drawn as often as they are named, and those that most articles name, the worst case.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import datasette
from datasette.app import Datasette
from datasette.utils import tilde_encode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("db", type=Path)
    parser.add_argument("--samples", type=int, default=20, help="things of each kind")
    parser.add_argument("--runs", type=int, default=3, help="times each page is asked for")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    kinds = addresses(args.db, args.samples, random.Random(args.seed))
    print(f"Datasette {datasette.__version__}, {args.db.stat().st_size / 1e6:.0f} MB")
    print(f"{'page':28}{'median ms':>10}{'worst ms':>10}{'largest KB':>12}{'pages':>7}")
    asyncio.run(measure(args.db, kinds, args.runs))


def addresses(path: Path, samples: int, chance: random.Random) -> dict[str, list[str]]:
    """What to ask for, by kind of page."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    root = f"/{path.stem}/-/newscompare"

    def drawn(table: str, where: str = "1") -> list[tuple]:
        last = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0
        found = []
        for _ in range(samples if last else 0):
            sql = f"SELECT * FROM {table} WHERE rowid >= ? AND {where} ORDER BY rowid LIMIT 1"
            row = connection.execute(sql, [chance.randint(1, last)]).fetchone()
            if row is not None:
                found.append(row)
        return found

    def top(table: str, column: str) -> list[tuple]:
        return connection.execute(f"SELECT id, name FROM {table} ORDER BY {column} DESC LIMIT ?", [samples]).fetchall()

    articles = [row[0] for row in drawn("articles")]
    most_named = top("entities", "article_count")
    sources = top("sources", "article_count")
    any_of_them = [row[:2] for row in drawn("entities", "mention_count > 0")]
    mentioned = "SELECT e.id, e.name FROM mentions m JOIN entities e ON e.id = m.entity_id WHERE m.id = ?"
    as_named = [connection.execute(mentioned, row[:1]).fetchone() for row in drawn("mentions", "entity_id IS NOT NULL")]

    def searches(entities: list[tuple]) -> list[str]:
        return [f"{root}?q={name.split()[0]}" for _, name in entities if name.split()[0].isalnum()]

    def filters(entities: list[tuple]) -> list[str]:
        return [f"{root}?entity={e}&source={s}" for (e, _), (s, _) in zip(entities, sources, strict=False)]

    return {
        "Datasette: articles": [f"/{path.stem}/articles", f"/{path.stem}/articles?_sort_desc=published"],
        "Datasette: sentences": [f"/{path.stem}/sentences?article_id={tilde_encode(a)}" for a in articles],
        "stories": [root, f"{root}?sort=sources"],
        "stories, searched": searches(any_of_them),
        "  as often as named": searches(as_named),
        "  for the commonest names": searches(most_named),
        "stories, filtered": filters(any_of_them),
        "  by the commonest": filters(most_named),
        "story": [f"{root}/story/{row[0]}" for row in drawn("stories", "source_count > 1")],
        "compare": [f"{root}/compare?match={row[0]}" for row in drawn("matches")],
        "article": [f"{root}/article/{tilde_encode(a)}" for a in articles],
        "entities": [f"{root}/entities", f"{root}/entities?type=person", f"{root}/entities?q=an"],
        "entity": [f"{root}/entity/{e}" for e, _ in any_of_them],
        "  drawn as named": [f"{root}/entity/{e}" for e, _ in as_named],
        "  named most": [f"{root}/entity/{e}" for e, _ in most_named],
        "sources": [f"{root}/sources"],
        "source": [f"{root}/source/{tilde_encode(s)}" for s, _ in sources],
    }


async def measure(path: Path, kinds: dict[str, list[str]], runs: int) -> None:
    served = Datasette([str(path)])
    for kind, paths in kinds.items():
        times, sizes = [], []
        for address in paths:
            await ask(served, address)
            for _ in range(runs):
                took, size = await ask(served, address)
                times.append(took * 1000)
                sizes.append(size / 1000)
        print(row(kind, times, sizes, len(paths)))


async def ask(served: Datasette, address: str) -> tuple[float, int]:
    """Seconds until the whole page is there, and its size in bytes. Raises RuntimeError where it does not answer."""
    started = time.perf_counter()
    response = await served.client.get(address)
    took = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"{address}: status {response.status_code}")
    return took, len(response.content)


def row(kind: str, times: Sequence[float], sizes: Sequence[float], pages: int) -> str:
    if not times:
        return f"{kind:28}{'none':>10}"
    return f"{kind:28}{statistics.median(times):10.0f}{max(times):10.0f}{max(sizes):12.0f}{pages:7}"


if __name__ == "__main__":
    main()
