"""Processes that a benchmark starts for itself, on loopback, and ends."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from commands.train import current_model
from kit.settings import ROOT, Settings

SECRET = "bench"  # noqa: S105  both processes live for this run only, on loopback
OUR_STORE = '  type: bot.dialogue.tracker_store.ConversationStore\n  url: "sqlite:///{path}"\n'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], log: Path, environment: dict[str, str], probe: Callable[[], bool]) -> Iterator[None]:
    with log.open("wb") as sink:
        started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=sink)
        try:
            deadline = time.monotonic() + 240
            while not probe():
                if started.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"gongyou: {command[0]} did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.2)
            yield
        finally:
            started.terminate()
            started.wait(60)


def answers(url: str) -> Callable[[], bool]:
    def probe() -> bool:
        try:
            return httpx.get(url, timeout=1, trust_env=False).status_code < 500
        except httpx.HTTPError:
            return False

    return probe


def rasa_command(
    configured: Settings, folder: Path, credentials: str, tracker_store: str, action_url: str, port: int
) -> list[str]:
    folder.mkdir()
    (folder / "credentials.yml").write_text(credentials, encoding="utf-8")
    (folder / "endpoints.yml").write_text(
        f'action_endpoint:\n  url: "{action_url}"\n  headers:\n    x-gongyou-secret: {SECRET}\n'
        f"tracker_store:\n{tracker_store.format(path=folder / 'tracker.db')}",
        encoding="utf-8",
    )
    rasa = str((configured.envs / "rasa" / "bin" / "rasa").absolute())
    command = [rasa, "run", "--model", str(current_model(configured)), "-i", "127.0.0.1", "-p", str(port)]
    files = ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    return [*command, *files]


def wait_for_model(ask: Callable[[], httpx.Response]) -> None:
    deadline = time.monotonic() + 240
    while True:
        try:
            if ask().is_success:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > deadline:
            raise SystemExit("gongyou: Rasa did not load its model in time")
        time.sleep(0.3)
