"""The chat page with everything a browser needs of it but Rasa: a real server, a fake bot, and pages that embed it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.gateway import app as gateway_app
from bot.gateway import widget
from bot.gateway.chat import Chat
from bot.gateway.converse import Converse, Workers
from bot.gateway.uploads import Uploads
from hotline.evidence.store import Store
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.fake_rasa import FakeRasa


class Server:
    def __init__(self, application: Starlette, taken: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        self._socket = taken
        self._server = uvicorn.Server(uvicorn.Config(application, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, args=([taken],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def taken_port() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


class EmbeddingPage:
    """Somebody's page with our script on it, at an origin of its own."""

    def __init__(self) -> None:
        self.chat = ""
        taken = taken_port()
        self.origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
        self._server = Server(Starlette(routes=[Route("/", self._page)]), taken)

    def _page(self, _request: object) -> HTMLResponse:
        return HTMLResponse(
            f'<!doctype html><title>p</title><body><p>工会网站</p><script src="{self.chat}/widget.js"></script></body>'
        )

    def stop(self) -> None:
        self._server.stop()


@contextmanager
def chat_server(database: Database, folder: Path, rasa: FakeRasa, origins: tuple[str, ...] = ()) -> Iterator[str]:
    settings = Settings(session_rate=1000, session_burst=1000, address_per_minute=60000)
    workers = Workers(Converse(database, rasa, lambda _: np.zeros(384, np.float32), Recent(10), settings), settings)
    workers.start()
    routes = [*widget.routes(origins), *Chat(database, settings, "k").routes()]
    routes += Uploads(database, Store(folder), "k").routes()
    server = Server(gateway_app.build(routes, lambda: {}), taken_port())
    try:
        yield server.url
    finally:
        server.stop()
        workers.stop(5)
