"""The work of a load handed to processes and to a real Dask cluster gives the rows of a single process."""

from __future__ import annotations

import gc
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from test_loading import COMPARED
from threadpoolctl import threadpool_info

from datasette_newscompare.loading.encodings import encodings_beside
from datasette_newscompare.loading.executors import ClusterProblem, executor, run_in_order
from datasette_newscompare.loading.pipeline import load
from datasette_newscompare.settings import LoadSettings

SEEDS = Path(__file__).parent.parent / "seeds"


def content(db: Path) -> dict[str, list[tuple]]:
    with sqlite3.connect(db) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in COMPARED}


def encodings(db: Path) -> list[tuple]:
    """What is kept beside the database of what the encoder made."""
    with closing(sqlite3.connect(encodings_beside(db))) as connection:
        return connection.execute(
            "SELECT digest, made_by, packed FROM sentences JOIN encodings USING (id) ORDER BY digest"
        ).fetchall()


def test_two_processes_give_the_same_rows_as_one(tmp_path: Path, seeds_db: Path) -> None:
    load(tmp_path / "two.db", [str(SEEDS)], LoadSettings(workers=2, batch_size=1))
    assert content(tmp_path / "two.db") == content(seeds_db)
    kept = encodings(tmp_path / "two.db")
    assert len(kept) > 20
    assert kept == encodings(seeds_db)


def test_a_dask_cluster_gives_the_same_rows_as_one_process(tmp_path: Path, seeds_db: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address
        load(tmp_path / "dask.db", [str(SEEDS)], LoadSettings(dask=address, batch_size=1))
    assert content(tmp_path / "dask.db") == content(seeds_db)


def test_a_dask_scheduler_that_is_not_there_is_said_in_words() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterProblem, match="no Dask scheduler answers"), executor(1, "tcp://127.0.0.1:9", timeout=1):
        pass


def test_results_come_in_the_order_of_the_items_and_items_are_taken_as_needed() -> None:
    taken = []

    def items():  # type: ignore[no-untyped-def]
        for number in range(100):
            taken.append(number)
            yield number

    with executor(2) as pool:
        results = run_in_order(pool, abs, items(), chunk=2, ahead=3)
        assert next(results) == (0, 0)
        assert len(taken) <= 8
        assert [result for _, result in results] == list(range(1, 100))


def threads_of_matrix_products() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_matrix_products_use_one_thread_in_each_process() -> None:
    with executor(1):
        assert set(threads_of_matrix_products()) == {1}
    with executor(2) as pool:
        assert pool is not None
        assert set(pool.submit(threads_of_matrix_products).result()) == {1}


def test_a_load_looks_for_cycles_seldom_in_each_process_and_only_while_it_runs() -> None:
    before = gc.get_threshold()
    with executor(2) as pool:
        assert pool is not None
        assert gc.get_threshold()[0] > before[0]
        assert pool.submit(gc.get_threshold).result() == gc.get_threshold()
    assert gc.get_threshold() == before


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the process in /proc")
def test_workers_end_where_the_load_is_killed() -> None:
    script = (
        "import os, time\n"
        "from datasette_newscompare.loading.executors import executor\n"
        "if __name__ == '__main__':\n"
        "    with executor(2) as pool:\n"
        "        print(pool.submit(os.getpid).result(), flush=True)\n"
        "        time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as load_process:
        assert load_process.stdout is not None
        worker = int(load_process.stdout.readline())
        assert is_running(worker)
        load_process.send_signal(signal.SIGKILL)
    tries = 600
    while is_running(worker) and tries:
        time.sleep(0.1)
        tries -= 1
    assert not is_running(worker)


def is_running(process: int) -> bool:
    """Whether a process of this machine is there and no zombie that waits for its end to be noted."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
