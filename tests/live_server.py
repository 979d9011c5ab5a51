"""A real Datasette in a process of its own, for tests that go through a socket."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(command: Sequence[str], folder: Path) -> Iterator[str]:
    """Run a `datasette serve` command in a folder, on a free port; gives its address, `http://127.0.0.1:PORT`.

    Raises RuntimeError with what the server wrote where it ends before it answers.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    log = folder / "server.log"
    with log.open("wb") as output:
        port = address.rpartition(":")[2]
        server = subprocess.Popen([*command, "--port", port], cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        try:
            while not _answers(address):
                if server.poll() is not None:
                    raise RuntimeError(f"the server ended with status {server.returncode}: {log.read_text()}")
                time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.wait()


def _answers(address: str) -> bool:
    try:
        fetch(f"{address}/-/versions.json")
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError:
        return False
    return True


def fetch(url: str) -> str:
    """The body of a page. Raises urllib.error.HTTPError where it does not answer with success."""
    with urllib.request.urlopen(url) as response:
        return str(response.read().decode())
