"""A server on this machine that speaks OpenAI's chat protocol, to which the real `llm` library is pointed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

Pair = dict[str, Any]
"""A pair as it was asked about: `pair` (its number), `a` and `b`."""


class Refused(Exception):
    """Raised by an answer to make the server reply with this HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status


@dataclass
class Asked:
    """What the server was asked, one list of pairs a request, and what it answers."""

    answer: Callable[[list[Pair]], str]
    requests: list[list[Pair]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    lock: Lock = field(default_factory=Lock)

    @property
    def texts(self) -> list[frozenset[str]]:
        """The two sentences of each pair in each request."""
        return [frozenset((pair["a"], pair["b"])) for pairs in self.requests for pair in pairs]


def verdicts(pairs: list[Pair], verdict: str = "same") -> str:
    """A good answer that says the same of all."""
    return json.dumps({"answers": [{"pair": p["pair"], "verdict": verdict, "reason": "as told"} for p in pairs]})


@contextmanager
def model_server(answer: Callable[[list[Pair]], str], home: Path) -> Iterator[Asked]:
    """Serve `answer` as the model `local-judge`, configured in llm's folder `home`."""
    asked = Asked(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = body["messages"][-1]["content"]
            inside = prompt.split("\nBEGIN\n")[1].split("\nEND\n")[0]
            pairs = [json.loads(line) for line in inside.split("\n")]
            with asked.lock:
                asked.requests.append(pairs)
                asked.bodies.append(body)
            try:
                text = asked.answer(pairs)
            except Refused as refused:
                self._send(refused.status, {"error": {"message": "the server is overloaded", "type": "server_error"}})
                return
            message = {"role": "assistant", "content": text}
            self._send(
                200,
                {
                    "id": "one",
                    "object": "chat.completion",
                    "created": 1,
                    "model": body["model"],
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                },
            )

        def _send(self, status: int, reply: dict[str, Any]) -> None:
            data = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    asked.url = f"http://127.0.0.1:{server.server_port}/v1"
    home.mkdir(exist_ok=True)
    (home / "extra-openai-models.yaml").write_text(
        f"- model_id: local-judge\n  model_name: judge-1\n  api_base: {asked.url}\n  aliases: [lj]\n"
    )
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
