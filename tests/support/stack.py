"""The whole product as `./gongyou up` starts it, in a data folder and on ports of the tests' own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

import httpx
from supervisor.xmlrpc import SupervisorTransport

from kit.settings import ROOT


def three_free_ports() -> int:
    """The first of three neighbouring free ports: gateway, Rasa, internal."""
    for _ in range(200):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
        if port < 65000 and all(_is_free(port + step) for step in range(3)):
            return port
    raise RuntimeError("no three neighbouring free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Stack:
    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = three_free_ports()
        own = {"GONGYOU_DATA": str(folder), "GONGYOU_PORT": str(self.port), "GONGYOU_ADDRESS_PER_MINUTE": "60000"}
        self.environment = {**os.environ, **own, "GONGYOU_SESSION_RATE": "1000", "GONGYOU_SESSION_BURST": "1000"}
        self.environment.update(settings)
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self, *words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "commands", *words],
            cwd=ROOT,
            env={**self.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def __enter__(self) -> Stack:
        started = self.command("up", "--detach")
        if started.returncode:
            logs = "\n".join(path.read_text(errors="replace")[-3000:] for path in (self.folder / "log").glob("*.log"))
            raise RuntimeError(f"the stack did not start:\n{started.stdout}{started.stderr}\n{logs}")
        self.announced = started.stdout
        return self

    def __exit__(self, *_: object) -> None:
        stopped = self.command("down")
        if stopped.returncode:
            raise RuntimeError(f"the stack did not stop: {stopped.stdout}{stopped.stderr}")

    def pid(self, name: str) -> int:
        transport = SupervisorTransport(None, None, f"unix://{self._socket()}")
        try:
            process: Any = ServerProxy("http://127.0.0.1", transport=transport).supervisor.getProcessInfo(name)
        finally:
            transport.close()
        return int(process["pid"])

    def _socket(self) -> str:
        text = (self.folder / "run" / "supervisord.conf").read_text()
        return next(line.partition("=")[2] for line in text.splitlines() if line.startswith("file="))

    def kill(self, name: str) -> None:
        """Kill one of our own processes; supervisor starts it again."""
        pid = self.pid(name)
        if pid:
            os.kill(pid, signal.SIGKILL)

    def client(self, timeout: float = 30) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)


def wait_for(what: Callable[[], bool], within: float, why: str | Callable[[], str]) -> None:
    """Wait for a state with a generous deadline; `why` as a function tells how things stood at the end."""
    deadline = time.monotonic() + within
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:.0f} s: {why if isinstance(why, str) else why()}")
        time.sleep(0.1)


class Worker:
    """A worker on the web page: sends until acknowledged, and reads what came, as the page's script does."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.session = ""
        self.after = 0
        self.seen: list[dict[str, Any]] = []

    def send(self, text: str, client_id: str | None = None, **more: str) -> httpx.Response:
        body = {"text": text, **more}
        if self.session:
            body["session"] = self.session
        if client_id:
            body["id"] = client_id
        response = self.http.post("/api/chat/messages", json=body)
        if response.status_code == httpx.codes.ACCEPTED:
            self.session = response.json()["session"]
        return response

    def read(self, wait: float = 0) -> list[dict[str, Any]]:
        query = {"session": self.session, "after": str(self.after), "wait": str(wait)}
        body = self.http.get("/api/chat/messages", params=query).json()
        self.after = body["next"]
        self.seen += body["messages"]
        return list(body["messages"])

    def ask(self, text: str, within: float = 60, **more: str) -> list[dict[str, Any]]:
        """Send and read until the turn is done."""
        response = self.send(text, **more)
        assert response.status_code == httpx.codes.ACCEPTED, response.text
        fresh: list[dict[str, Any]] = []
        deadline = time.monotonic() + within
        while not (fresh and fresh[-1].get("done")):
            assert time.monotonic() < deadline, f"no answer to {text!r}"
            fresh += self.read(wait=5)
        return fresh
