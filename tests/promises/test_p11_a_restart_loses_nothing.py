"""P11: ending the app by SIGTERM under load, once or twice, or killing it, loses no message and doubles no answer."""

import random
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.channels.telegram import path_key
from bot.mailbox.tables import InboxRow, OutboxRow
from kit.db import Database
from tests.support.app_process import SECRET, AppProcess
from tests.support.fake_rasa_http import FakeRasaHttp
from tests.support.fake_telegram import FakeTelegram
from tests.support.postgres import fresh_database
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import is_drained

ROUNDS = {"sqlite": count(2, 12), "postgres": count(1, 5)}
SETTINGS = {"GONGYOU_FALLBACK_AFTER": "600"}  # a slow machine's start must not bring in the fixed sentence
CONNECTIONS = 8
LAG = 0.1  # of the platform: so that replies are under way when the end comes


class Platform(threading.Thread):
    """Sends numbered messages, each again until it is acknowledged, as the platform does."""

    def __init__(self, port: int, first: int, stopping: threading.Event) -> None:
        super().__init__(daemon=True)
        self._url = f"http://127.0.0.1:{port}/hooks/telegram/{path_key(SECRET)}"
        self._first, self._stopping = first, stopping
        self.acknowledged: list[int] = []

    def run(self) -> None:
        headers = {"x-telegram-bot-api-secret-token": SECRET}
        number = self._first
        with httpx.Client(timeout=10, trust_env=False, headers=headers) as http:
            while not self._stopping.is_set():
                try:
                    if http.post(self._url, json=update(number, self._first)).status_code == 200:
                        self.acknowledged.append(number)
                        number += 1
                except httpx.HTTPError:
                    time.sleep(0.05)
                time.sleep(0.02)


def update(number: int, sender: int) -> dict[str, object]:
    who = {"id": sender, "is_bot": False, "first_name": "测试"}
    message = {"message_id": number, "date": 1795000000, "chat": {"id": sender, "type": "private"}, "from": who}
    return {"update_id": number, "message": {**message, "text": f"第{number}句"}}


def everything_delivered(database: Database) -> bool:
    with database.reading() as session:
        return is_drained(database) and not session.scalars(select(OutboxRow.id).where(OutboxRow.state != "sent")).all()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_sigterm_under_load(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest, record_property: Record
) -> None:
    if engine == "sqlite":
        record_property("measured", restart_under_load(tmp_path, ROUNDS[engine], SETTINGS))
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        settings = {**SETTINGS, "DATABASE_URL": url}
        record_property("measured", f"PostgreSQL: {restart_under_load(tmp_path, ROUNDS[engine], settings)}")


def restart_under_load(folder: Path, rounds: int, settings: dict[str, str]) -> str:
    chance = random.Random(20261130)
    stopping = threading.Event()
    drained, starts = [], []
    with (
        FakeTelegram() as telegram,
        FakeRasaHttp() as rasa,
        AppProcess(folder, rasa.url, telegram.url, **settings) as app,
    ):
        telegram.lag = LAG
        platforms = [Platform(app.port, (each + 1) * 1_000_000, stopping) for each in range(CONNECTIONS)]
        for platform in platforms:
            platform.start()
        for number in range(rounds):
            before = len(telegram.sent)
            wait_for(lambda known=before: len(telegram.sent) > known, 60, "replies are under way")
            time.sleep(chance.uniform(0.0, 1.0))
            drained.append(app.terminate(times=1 + number % 2))
            starts.append(app.start())
        time.sleep(0.5)
        stopping.set()
        for platform in platforms:
            platform.join(30)
        wait_for(lambda: everything_delivered(app.database), 120, "every answer is delivered")
        with app.database.reading() as session:
            stored = {int(number) for number in session.scalars(select(InboxRow.external_id))}
            twice = session.scalars(select(OutboxRow.id).where(OutboxRow.possibly_twice)).all()
        answers = Counter(message["text"].rpartition("答：")[2] for message in telegram.sent)
    acknowledged = {number for platform in platforms for number in platform.acknowledged}
    assert len(acknowledged) > rounds * CONNECTIONS
    assert acknowledged <= stored
    assert set(answers) == {f"第{number}句" for number in stored}
    assert (len(twice), max(answers.values())) == (0, 1)
    words = f"{rounds} restarts under load: {len(acknowledged)} acknowledged, 0 lost, 0 doubled"
    return f"{words}; ended within {max(drained):.1f} s, back within {max(starts):.1f} s"
