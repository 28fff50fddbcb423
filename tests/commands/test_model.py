"""A new model rolls in one process at a time, and back out when it does worse; workers notice nothing of it.

Supervisor, two processes, models in archives and the road of the messages are real; only Rasa is a quick stand-in.
"""

import itertools
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
from sqlalchemy import func, select

from bot.gateway.converse import Converse, Workers
from bot.gateway.rasa_client import RasaClient
from bot.mailbox import inbox
from bot.mailbox.tables import InboxRow, OutboxRow
from bot.messages import Incoming
from commands import model, processes, train, up
from commands.evaluate.questions import read
from commands.model import RollFailed, roll_here
from commands.model_score import QUESTIONS
from commands.status import control, restart
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.fake_rasa_process import a_model
from tests.support.stack import three_free_ports, wait_for

RIGHT = {one.text: one.topic for one in read(QUESTIONS) if one.topic}
OLD, NEW = "gongyou-old.tar.gz", "gongyou-new.tar.gz"


class NoVectors:
    name = "none"

    def encode_query(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 4), np.float32)

    encode_passage = encode_query


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Two Rasa processes under supervisor, answering with the old model."""
    port = three_free_ports()
    made = Settings(data=tmp_path / "var", models=tmp_path / "models", port=port, rasa_processes=2)
    a_model(made.models / OLD, "old", RIGHT)
    train.make_current(made, OLD)
    fake = [sys.executable, "-m", "tests.support.fake_rasa_process", str(made.models)]
    names = zip(("rasa", "rasa-2"), made.rasa_ports, strict=True)
    programs = {name: [*fake, str(at)] for name, at in names}
    monkeypatch.setattr(processes, "rasa_programs", lambda _: programs)
    monkeypatch.setattr(processes, "app_command", lambda: ["sleep", "1000"])
    monkeypatch.setattr(model.vectors, "cached_encoder", lambda _: NoVectors())
    monkeypatch.setattr(train, "name_now", lambda: NEW)
    supervisor = up.start(made, detached=False)
    try:
        wait_for(lambda: answers(made) == ["old", "old"], 120, "both processes answer")
        yield made
    finally:
        up.stop(supervisor, made)


def answers(configured: Settings) -> list[str]:
    with model.processes_of(configured) as rasa:
        return [process.model for process in rasa]


def roll(configured: Settings) -> list[str]:
    return list(roll_here(configured, "", lambda name: restart(configured, name)))


class Talking:
    """Workers' messages come in and are answered as ever, while something else happens."""

    def __init__(self, database: Database, configured: Settings) -> None:
        self._rasa = RasaClient(configured.rasa, "secret", 10)
        patient = configured.model_copy(update={"retry_base": 0.05, "fallback_after": 600.0})
        converse = Converse(database, self._rasa, lambda _: np.zeros(384, np.float32), Recent(10), patient)
        self._database = database
        self._workers = Workers(converse, patient)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self.sent = 0

    def _send(self) -> None:
        for number in itertools.count():
            if self._stopping.wait(0.02):
                return
            words = Incoming(channel="web", account="", address=f"{number % 9}", external_id=f"{number}", text="工资")
            with self._database.transaction() as session:
                inbox.accept(session, words, now=clock.now(), key="k")
            self.sent += 1

    def __enter__(self) -> "Talking":
        self._workers.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(60)
        wait_for(self._all_done, 120, "every message was answered")
        self._workers.stop(60)
        self._rasa.close()

    def _all_done(self) -> bool:
        with self._database.reading() as session:
            done = session.scalar(select(func.count()).where(InboxRow.state == "done"))
        return done == self.sent

    def answered(self) -> list[tuple[int, str]]:
        with self._database.reading() as session:
            return [(row.inbox_id or 0, row.body["kind"]) for row in session.scalars(select(OutboxRow))]


def test_a_new_model_comes_in_and_no_message_is_lost(configured: Settings, sqlite: Database) -> None:
    a_model(configured.models / NEW, "new", RIGHT)
    with Talking(sqlite, configured) as talking:
        told = roll(configured)

    assert answers(configured) == ["new", "new"]
    assert [line.partition(":")[0] for line in told] == [OLD, "rasa", "rasa-2"]
    assert train.current_model(configured) == configured.models / NEW
    assert talking.sent > 20
    assert {kind for _, kind in talking.answered()} == {"answer"}
    assert len(talking.answered()) == len({number for number, _ in talking.answered()}) == talking.sent


def test_a_process_that_is_down_is_let_in_too(configured: Settings) -> None:
    a_model(configured.models / NEW, "new", RIGHT)
    control(configured, "stop", "rasa")
    assert answers(configured) == ["", "old"]

    roll(configured)

    assert answers(configured) == ["new", "new"]


def test_where_none_answers_nothing_is_rolled(configured: Settings) -> None:
    a_model(configured.models / NEW, "new", RIGHT)
    control(configured, "stop", "rasa")
    control(configured, "stop", "rasa-2")

    with pytest.raises(RollFailed, match="no Rasa process answers"):
        roll(configured)
    assert train.current_model(configured) == configured.models / OLD


def test_a_model_that_does_worse_goes_out_again(configured: Settings, sqlite: Database) -> None:
    half = dict(itertools.islice(RIGHT.items(), len(RIGHT) // 2))
    a_model(configured.models / NEW, "new", half)
    with Talking(sqlite, configured) as talking, pytest.raises(RollFailed, match="answers everywhere again"):
        roll(configured)

    assert answers(configured) == ["old", "old"]
    assert train.current_model(configured) == configured.models / OLD
    assert len({number for number, _ in talking.answered()}) == talking.sent


def test_a_model_that_does_not_come_up_goes_out_again(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    a_model(configured.models / NEW, "new", RIGHT)
    monkeypatch.setattr(model, "COMES_UP_WITHIN", 15.0)
    monkeypatch.setattr(model.Model, "of", classmethod(lambda cls, path: cls(path.name, path.name.split("-")[1][:3])))
    (configured.models / NEW).write_bytes(b"no archive")
    with pytest.raises(RollFailed, match="answers everywhere again"):
        roll(configured)

    assert answers(configured) == ["old", "old"]


def test_a_roll_that_was_killed_goes_on_and_still_knows_the_old_model(configured: Settings) -> None:
    """Killed between the two processes: the first one answers with a model that then turns out to be worse."""
    a_model(configured.models / NEW, "new", {})
    (configured.models / model.UNFINISHED).write_text(OLD, encoding="utf-8")
    train.make_current(configured, NEW)
    restart(configured, "rasa")
    wait_for(lambda: answers(configured) == ["new", "old"], 60, "half rolled")

    with pytest.raises(RollFailed, match="answers everywhere again"):
        roll(configured)
    assert answers(configured) == ["old", "old"]
    assert not (configured.models / model.UNFINISHED).exists()


def test_a_model_of_another_dialogue_is_refused(configured: Settings) -> None:
    a_model(configured.models / NEW, "new", RIGHT).with_suffix(".json").write_text('{"dialogue": "another"}')
    with pytest.raises(RollFailed, match="upgrade"):
        roll(configured)


@pytest.mark.postgres
def test_hosts_roll_one_after_the_other(tmp_path: Path, postgres_url: str) -> None:
    configured = Settings(data=tmp_path, models=tmp_path, database_url=postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (model.HOSTS,))
        with pytest.raises(RollFailed, match="another host"), model.one_at_a_time(configured):
            pass
    with model.one_at_a_time(configured):
        pass
