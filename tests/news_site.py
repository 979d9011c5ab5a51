"""A web site on this machine for tests that fetch: it answers what it is told to, and remembers who asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from test_readers_web import page

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site(ThreadingHTTPServer):
    """A site of the test's making; it remembers who asked for what, and when."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[tuple[float, str, str]] = []
        self.headers: dict[str, list[dict[str, str]]] = {}
        self.busy = 0
        self.most_busy = 0
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes] | Answer]] = {}
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def page(
        self, path: str, body: bytes | str = page(), status: int = 200, media_type: str = "text/html", **headers: str
    ) -> str:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(path, []).append((status, {"Content-Type": media_type, **named}, data))
        return self.root + path

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.busy += 1
        self.server.most_busy = max(self.server.busy, self.server.most_busy)
        self.server.asked.append((time.monotonic(), self.path, self.headers.get("User-Agent", "")))
        answers = self.server.answers.get(self.path, [(404, {}, b"")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            if not isinstance(answer, tuple):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the other side had enough
        finally:
            self.server.busy -= 1

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Site]:
    """A site that runs until the block ends."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
