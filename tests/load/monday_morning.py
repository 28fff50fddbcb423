"""A city's Monday morning: `locust -f tests/load/monday_morning.py --headless -u 60 -r 6 -t 3m -H http://127.0.0.1:8080`.

Most people greet and ask, some work out a sum, some ask for a person; at one factory 500 write at once. Every worker
sends each message with its own id until it is acknowledged, reads what comes, and at the end counts: what was
acknowledged has an answer, and no answer came twice. A fault is printed and makes locust end with an error.
"""

from __future__ import annotations

import itertools
import random
import time
from typing import Any

from locust import HttpUser, between, constant_pacing, events, task

GREETINGS = ("你好", "在吗", "有人吗")
QUESTIONS = ("老板拖欠我三个月工资怎么办", "没签合同能要双倍工资吗", "上班受伤了怎么申请工伤", "公司不给我交社保")
SUMS = ("帮我算一下加班费", "经济补偿金怎么算")
SCANDAL = ("我们厂三个月没发工资了，怎么办", "电子厂的老板跑了，工资没发", "厂里五百多人都没拿到工资")
PATIENCE = 60.0

lost: list[str] = []
doubled: list[str] = []


class Worker(HttpUser):
    """One person with the page open."""

    abstract = True

    def on_start(self) -> None:
        self.session = ""
        self.after = 0
        self.numbers = itertools.count()
        self.seen: set[int] = set()
        self.done = 0
        self.acknowledged = 0

    def say(self, text: str) -> None:
        """Send until it is taken, then read until the turn is done."""
        body: dict[str, Any] = {"text": text, "id": f"m{next(self.numbers)}"}
        if self.session:
            body["session"] = self.session
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.client.post("/api/chat/messages", json=body, name="send", catch_response=True) as answer:
                if answer.status_code == 202:
                    answer.success()
                    self.session = answer.json()["session"]
                    self.acknowledged += 1
                    break
                if answer.status_code in (429, 503):
                    answer.success()  # told to come again, which a page does
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

    def on_stop(self) -> None:
        self.read(time.monotonic() + PATIENCE)
        if self.done < self.acknowledged:
            lost.append(f"{self.session[:6]}: {self.acknowledged} acknowledged, {self.done} answered")


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
    """Everybody at once, and again soon."""

    weight = 5
    wait_time = constant_pacing(4)

    @task
    def complain(self) -> None:
        self.say(random.choice(SCANDAL))


@events.test_stop.add_listener
def count(environment: Any, **_: Any) -> None:
    print(f"lost {len(lost)}: {lost[:5]}; doubled {len(doubled)}: {doubled[:5]}")
    if lost or doubled:
        environment.process_exit_code = 1
