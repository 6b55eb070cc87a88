"""A real HTTP server on loopback, made of plain functions, that can be told to fail."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request as the server saw it."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    match: re.Match[str]  # of the route's pattern, for its groups

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    body: Any = None  # bytes as they are, all else as JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What goes wrong, at which of the requests that match (from 1), and for how many."""

    kind: Literal["answer", "cut", "truncated", "slow"]
    pattern: str = ""  # searched in "METHOD /path?query"
    at: int = 1
    times: int = 1
    answer: Answer = field(default_factory=lambda: Answer({"error": "broken"}, 500))
    seconds: float = 1.0
    n_matched: int = 0

    def strikes(self, line: str) -> bool:
        if not re.search(self.pattern, line):
            return False
        self.n_matched += 1
        return self.at <= self.n_matched < self.at + self.times


class FakeServer:
    """Use as a context manager; `routes` are (method, pattern of the whole path, function)."""

    started: ClassVar[list["FakeServer"]] = []

    def __init__(self, routes: list[tuple[str, str, Callable[[Seen], Answer]]]) -> None:
        self.routes = [(method, re.compile(pattern), answer) for method, pattern, answer in routes]
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.answered: list[Seen] = []  # those of them that no fault struck
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        FakeServer.started.append(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail(self, kind: Any, pattern: str = "", **more: Any) -> Fault:
        fault = Fault(kind, pattern, **more)
        self.faults.append(fault)
        return fault

    def count(self, pattern: str = "") -> int:
        return sum(bool(re.search(pattern, f"{seen.method} {seen.path}")) for seen in self.seen)

    def _respond(self, method: str, target: str, headers: Any, body: bytes) -> Answer | Fault:
        parts = urlsplit(target)
        params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            found = [
                (match, answer)
                for known, pattern, answer in self.routes
                if known == method and (match := pattern.fullmatch(parts.path))
            ]
            if not found:
                return Answer({"error": {"status": 404, "message": "no such path"}}, 404)
            match, answer = found[0]
            lowered = {name.lower(): value for name, value in headers.items()}
            seen = Seen(method, parts.path, params, lowered, body, match)
            self.seen.append(seen)
            for fault in self.faults:
                if fault.strikes(f"{method} {target}"):
                    if fault.kind == "answer":
                        return fault.answer
                    fault.answer = answer(seen)
                    return fault
            self.answered.append(seen)
            return answer(seen)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        respond = self._respond

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes: else 40 ms an answer

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                told = respond(self.command, self.path, self.headers, self.rfile.read(length))
                fault = told if isinstance(told, Fault) else None
                answer = fault.answer if fault else told
                if fault and fault.kind == "cut":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                if fault and fault.kind == "slow":
                    time.sleep(fault.seconds)
                data = answer.data
                truncated = fault is not None and fault.kind == "truncated"
                sent = data[: len(data) // 2] if truncated else data
                try:
                    self.send_response(answer.status)
                    for name, value in {
                        "Content-Type": "application/json",
                        **answer.headers,
                    }.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(sent)))
                    self.end_headers()
                    self.wfile.write(sent)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # whoever asked has gone

            do_GET = do_POST = do_PUT = do_DELETE = _any

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        return Handler
