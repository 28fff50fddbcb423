"""A worker process that can be killed or stopped: the real claim, converse and finish loops around a fake Rasa.

Each turn writes one line when it begins and one when it ends, with the machine's monotonic clock.
Words steer it: 毒死 ends the process, 毒抛 raises, 毒挂 sleeps past the lease, 慢 takes as long as the test says.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path

import numpy as np

from bot.gateway.converse import Converse, Workers
from bot.gateway.rasa_client import Turn
from bot.messages import Outgoing
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings


class LoggingRasa:
    def __init__(self, log: Path, pause: float, hang: float) -> None:
        self._log = log
        self._pause = pause
        self._hang = hang

    def turn(self, turn: Turn) -> list[Outgoing]:
        self._write("begin", turn)
        if "毒死" in turn.text:
            os._exit(9)
        if "毒抛" in turn.text:
            raise RuntimeError("poison")
        time.sleep(self._hang if "毒挂" in turn.text or "慢" in turn.text else self._pause)
        self._write("end", turn)
        return [Outgoing(kind="answer", text=f"{os.getpid()}答：{turn.text}")]

    def _write(self, what: str, turn: Turn) -> None:
        entry = {
            "what": what,
            "at": time.monotonic(),
            "pid": os.getpid(),
            "thread": threading.get_ident(),
            "conversation": turn.sender,
            "text": turn.text,
        }
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("log", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lease", type=float, default=2.0)
    parser.add_argument("--pause", type=float, default=0.002)
    parser.add_argument("--hang", type=float, default=4.0)
    given = parser.parse_args()
    settings = Settings(worker_threads=given.threads, lease=given.lease, retry_base=0.05)
    database = Database(given.url)
    rasa = LoggingRasa(given.log, given.pause, given.hang)
    converse = Converse(database, rasa, lambda _: np.zeros(384, np.float32), Recent(10), settings)
    workers = Workers(converse, settings)
    workers.start()
    print("ready", flush=True)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
