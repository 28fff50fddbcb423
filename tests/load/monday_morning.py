"""A city's Monday morning, for locust; `make load` (tests/load/drive.py) starts the product and counts afterwards.

Most people greet and ask, some work out a sum, some ask for a person; at one factory many write at once, a while after
the start. Every worker sends each message with its own id until it is acknowledged, writes that id down, and reads what
comes. MONDAY_HOSTS names the gateways, MONDAY_RECORD the file of acknowledged ids, MONDAY_SCANDAL how many of the
factory write, MONDAY_AFTER the seconds until they do.
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

GREETINGS = ("你好", "在吗", "有人吗")
QUESTIONS = ("老板拖欠我三个月工资怎么办", "没签合同能要双倍工资吗", "上班受伤了怎么申请工伤", "公司不给我交社保")
SUMS = ("帮我算一下加班费", "经济补偿金怎么算")
SCANDAL = ("我们厂三个月没发工资了，怎么办", "电子厂的老板跑了，工资没发", "厂里五百多人都没拿到工资")
PATIENCE = 60.0

HOSTS = os.environ.get("MONDAY_HOSTS", "http://127.0.0.1:8080").split(",")
RECORD = Path(os.environ.get("MONDAY_RECORD", os.devnull)).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115
SCANDAL_AFTER = float(os.environ.get("MONDAY_AFTER", "30"))

doubled: list[str] = []
BEGAN = time.monotonic()


class Worker(HttpUser):
    """One person with the page open."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        self.host = random.choice(HOSTS)
        super().__init__(environment)

    def on_start(self) -> None:
        self.session = ""
        self.after = 0
        self.seen: set[int] = set()
        self.done = 0
        self.acknowledged = 0

    def say(self, text: str) -> None:
        """Send until it is taken, then read until the turn is done."""
        body: dict[str, Any] = {"text": text, "id": uuid.uuid4().hex}
        if self.session:
            body["session"] = self.session
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.client.post("/api/chat/messages", json=body, name="send", catch_response=True) as answer:
                if answer.status_code == 202:
                    answer.success()
                    self.session = answer.json()["session"]
                    self.acknowledged += 1
                    RECORD.write(json.dumps({"id": body["id"], "kind": type(self).__name__, "at": time.time()}) + "\n")
                    break
                if answer.status_code in (0, 429, 503):
                    answer.success()  # cut off, or told to come again: a page sends the same id once more
            time.sleep(1)
        self.read(until)

    def read(self, until: float) -> None:
        while self.done < self.acknowledged and time.monotonic() < until:
            query = {"session": self.session, "after": str(self.after), "wait": "5"}
            answer = self.client.get("/api/chat/messages", params=query, name="read")
            if answer.status_code != 200:
                time.sleep(1)
                continue
            body = answer.json()
            for message in body["messages"]:
                if message["seq"] in self.seen:
                    doubled.append(f"{self.session[:6]}:{message['seq']}")
                self.seen.add(message["seq"])
                self.done += bool(message.get("done"))
            self.after = body["next"]


class Citizen(Worker):
    weight = 10
    wait_time = between(3, 12)

    @task(3)
    def greet(self) -> None:
        self.say(random.choice(GREETINGS))

    @task(10)
    def ask(self) -> None:
        self.say(random.choice(QUESTIONS))

    @task(2)
    def work_out(self) -> None:
        self.say(random.choice(SUMS))

    @task(1)
    def ask_for_a_person(self) -> None:
        self.say("转人工")


class AtTheFactory(Worker):
    """Everybody at once, each once or twice."""

    fixed_count = int(os.environ.get("MONDAY_SCANDAL", "20"))
    wait_time = between(20, 60)

    def on_start(self) -> None:
        super().on_start()
        time.sleep(max(0.0, BEGAN + SCANDAL_AFTER - time.monotonic()))

    @task
    def complain(self) -> None:
        self.say(random.choice(SCANDAL))


@events.test_stop.add_listener
def count(environment: Any, **_: Any) -> None:
    """What pages saw twice; whether all was answered is asked of the rows, which outlive the users."""
    print(f"doubled on the pages: {len(doubled)} {doubled[:5]}")
    if doubled:
        environment.process_exit_code = 1
