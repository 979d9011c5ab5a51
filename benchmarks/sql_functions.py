"""How long a call of an SQL function takes at worst: `python benchmarks/sql_functions.py [ROUNDS]`.

Every function gets texts at its cap, made to be hard for the patterns and alignments behind it. Times are CPU time of
the calling thread in milliseconds, the best of a few rounds, so that other work on the machine does not count. Ends
with status 1 where a call takes longer than `LIMIT`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from datasette_newscompare.serving.sql_functions import FUNCTIONS, MAX_CHARACTERS

LIMIT = 50.0
PIECES = """
1, | 1. | - | ( | A. | é | \u0301 | \u202e | hundred  | one- | $1 | 999, | ab  | a b  | the of  | 10:45  | 1/
| monday  | May 1  | x' | dozen  | more than  | several  | 1 a | Aa, 12, | 12 year olds  | 5 thousand  | 5 K | 1st
| ５  | 1 in 5  | US$ | 1 million  | a b c | three hundred and  | 0 | ' | " | \U0001f600 | 漢
"""


def texts() -> Iterator[str]:
    """Runs of one piece, and random texts of several kinds, all as long as may be."""
    chance = random.Random(1)
    for piece in PIECES.replace("\n", " ").split(" | "):
        yield piece.lstrip() * MAX_CHARACTERS
    for alphabet in ("abcdefg ", "0123456789.,$%-/: aAtm", "1 ", "1,", "aA. ", "$1 ", "ab"):
        yield "".join(chance.choices(alphabet, k=MAX_CHARACTERS))
    yield "".join(chr(chance.randrange(32, 0x3000)) for _ in range(MAX_CHARACTERS))
    some = ["".join(chance.choices("abcdefg", k=2)) for _ in range(400)]
    yield " ".join(some)
    yield " ".join(reversed(some))
    yield " ".join(str(chance.randrange(100)) for _ in range(400))


def cost(function: Callable[..., Any], arguments: tuple[str, ...], rounds: int) -> float:
    """Milliseconds of CPU time for a call."""
    spent = []
    for _ in range(rounds):
        start = time.thread_time()
        function(*arguments)
        spent.append(time.thread_time() - start)
    return 1000 * min(spent)


def main(rounds: int = 3) -> int:
    slowest = 0.0
    print(f"{'function':<24} {'worst':>8} {'median':>8}  ms of CPU time a call")
    for name, (function, arguments, cap) in FUNCTIONS.items():
        capped = [text[:cap] for text in texts()]
        costs = sorted(cost(function, given, rounds) for given in product(capped, repeat=arguments))
        slowest = max(slowest, costs[-1])
        print(f"{name:<24} {costs[-1]:8.2f} {costs[len(costs) // 2]:8.2f}")
    return int(slowest > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
