"""The app process as it really is, all roles, beside a Rasa that is a fake: started, ended, killed, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from hotline.migrations import run
from kit.db import Database
from kit.settings import ROOT
from tests.support.fake_telegram import TOKEN
from tests.support.stack import three_free_ports, wait_for

SECRET = "s" * 40


class AppProcess:
    def __init__(self, folder: Path, rasa_url: str, telegram_url: str, **settings: str) -> None:
        self.folder = folder
        self.port = three_free_ports()
        self.database = Database(settings.get("DATABASE_URL") or f"sqlite:///{folder / 'gongyou.db'}")
        run.upgrade(self.database)
        own = {
            "GONGYOU_DATA": str(folder),
            "GONGYOU_PORT": str(self.port),
            "GONGYOU_RASA_PORT": rasa_url.rpartition(":")[2],
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_DATA_LEAVES_CHINA": "accepted",
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": telegram_url,
            "PUBLIC_URL": "https://gongyou.example",
            "GONGYOU_ADDRESS_PER_MINUTE": "60000",
        }
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **own, **settings}
        self._log = (folder / "app.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start and wait until it serves; returns how long that took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "commands", "serve"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        wait_for(self._is_up, 120, f"the app serves; {self.folder / 'app.log'} says why not")
        return time.monotonic() - began

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError((self.folder / "app.log").read_text(errors="replace")[-3000:])
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def terminate(self, *, times: int = 1) -> float:
        """SIGTERM, once or more often; returns how long it took to end."""
        assert self._process is not None
        began = time.monotonic()
        for _ in range(times):
            self._process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        self._process.wait(120)
        return time.monotonic() - began

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)

    def __enter__(self) -> AppProcess:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._log.close()
        self.database.close()
