"""The desk alone, served on a loopback port: for browsers and for benches that need no Rasa."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from tests.support.stack import three_free_ports


@contextlib.contextmanager
def served(routes: Sequence[BaseRoute]) -> Iterator[str]:
    port = three_free_ports()
    config = uvicorn.Config(
        Starlette(routes=list(routes)), host="127.0.0.1", port=port, log_level="warning", access_log=False
    )
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
