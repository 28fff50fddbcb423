"""A small HTTP server on loopback that answers as a platform would, or breaks off as it is told."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Call:
    """One request that reached the fake."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    fields: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


Reply = tuple[int, Any]
BREAK_BEFORE = "before"  # closes the connection without doing anything
BREAK_AFTER = "after"  # does what was asked, then closes the connection without an answer


class FakeHttp:
    """Subclasses answer; `failures` are used up first: a (status, body) pair or one of the two breaks."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.calls: list[Call] = []
        self.failures: list[Reply | str] = []
        self.lag = 0.0  # seconds between what a call does and its answer
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self._server.server_address[0]}:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> FakeHttp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, call: Call) -> Reply | str:
        raise NotImplementedError

    def can_fail(self, call: Call) -> bool:
        """Whether a scripted failure may hit this call."""
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                call = _read(self)
                with fake.lock:
                    fake.calls.append(call)
                    failure = fake.failures.pop(0) if fake.failures and fake.can_fail(call) else None
                if failure == BREAK_BEFORE:
                    return self._break()
                if failure is not None and failure != BREAK_AFTER:
                    return self._write(*failure)
                reply = fake.answer(call)
                time.sleep(fake.lag)
                if isinstance(reply, str) or failure == BREAK_AFTER:
                    return self._break()
                return self._write(*reply)

            do_GET = do_POST = _serve

            def _break(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def _write(self, status: int, body: Any) -> None:
                raw = body if isinstance(body, bytes) else _encoded(body)
                self.send_response(status)
                kind = {str: "text/plain", bytes: "application/octet-stream"}.get(type(body), "application/json")
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _encoded(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()


def _read(handler: BaseHTTPRequestHandler) -> Call:
    parts = urlsplit(handler.path)
    body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
    query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    headers = {key.lower(): value for key, value in handler.headers.items()}
    fields = {}
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        fields = {key: values[-1] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return Call(handler.command, parts.path, query, headers, body, fields)
