"""Where the work of a load is done: in this process, in several, or on a Dask cluster; with the same result."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

import numpy  # noqa: F401  its threads can be bounded only once it is there
from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")


class ClusterProblem(Exception):
    """The Dask cluster can't be used; the message says why and what to do."""


SELDOM = 50_000, 20, 100
"""When Python is to look for cycles of objects (`gc.set_threshold`): the many small records of a load hold none, and
looking for some every 700 records took an eighth of a worker's time and a third of the loader's own."""


@contextmanager
def executor(workers: int, dask: str | None = None, timeout: float = 30) -> Iterator[Executor | None]:
    """An executor with this many processes; None, for this process alone, where that is one.

    Until it is left, this process looks for cycles of objects seldom, as its workers do.

    `dask` is the address of a Dask scheduler, whose workers must have this package installed with its `load` extra;
    `timeout` is how many seconds it is given to answer.
    Raises ClusterProblem where Dask is not installed or its scheduler does not answer.
    """
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        with _executor(workers, dask, timeout) as pool:
            yield pool
    finally:
        gc.set_threshold(*before)


@contextmanager
def _executor(workers: int, dask: str | None, timeout: float) -> Iterator[Executor | None]:
    if dask:
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterProblem("--dask needs Dask; install it with: pip install distributed") from error
        try:
            client = Client(dask, timeout=timeout)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterProblem(f"no Dask scheduler answers at {dask} ({error}); check the address") from error
        with client, client.get_executor() as cluster:
            yield cluster
    elif workers == 1:
        with threadpool_limits(1, "blas"):
            yield None
    else:
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _start_worker() -> None:
    # Ctrl-C reaches every process of a terminal; what to do then is the loader's to say
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
    # a story's matrix products are small: several threads wait for one another, and for what else the machine does,
    # many times as long as they compute
    threadpool_limits(1, "blas")
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: killed, it can't tell its workers to stop, and they would
    wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run_in_order(
    pool: Executor | None, work: Callable[[Item], Result], items: Iterable[Item], chunk: int = 1, ahead: int = 8
) -> Iterator[tuple[Item, Result]]:
    """Apply `work` to each item and yield both in the order of the items.

    Items are taken as they are needed, `chunk` at a time, so that memory stays bounded however many there are.
    """
    chunks = iter(items)
    if pool is None:
        for item in chunks:
            yield item, work(item)
        return
    under_way: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    while some := list(islice(chunks, chunk)):
        under_way.append((some, pool.submit(_each, work, some)))
        if len(under_way) >= ahead:
            yield from _finished(under_way.popleft())
    while under_way:
        yield from _finished(under_way.popleft())


def _each(work: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [work(item) for item in items]


def _finished(one: tuple[list[Item], Future[list[Result]]]) -> Iterator[tuple[Item, Result]]:
    items, future = one
    yield from zip(items, future.result(), strict=True)
