"""P7: a turn that breaks off at any of its points is tried again, and its actions have one effect all the same."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.crisis import crisis
from actions.human import human
from actions.talk import Talk
from actions.turn import Turn, World
from bot.gateway.converse import Converse
from bot.gateway.rasa_client import RasaAway, RasaFailed
from bot.gateway.rasa_client import Turn as RasaTurn
from bot.mailbox.inbox import Claimed
from bot.mailbox.tables import OutboxRow
from bot.messages import Outgoing
from hotline.tickets.shapes import OPEN_STATES
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.promise import Record, count
from tests.support.stack import Stack, Worker, wait_for
from tests.support.workers import door, is_drained

POINTS = (
    "before Rasa has read it",
    "before the action",
    "in the action, before its transaction",
    "in the action's transaction",
    "after the action's commit",
    "before Rasa saves",
    "before Rasa answers us",
    "before our commit",
    "in our commit",
    "after our commit",
)
TURNS = count(30, 200)
SETTINGS = Settings(lease=0.05, retry_base=0.001, max_attempts=20)
VERBS = {"转人工": human, "不想活了": crisis}


class Broken(Exception):
    """A process died at this point."""


class BreaksOnce:
    """Breaks each message's first try at the point that is set for it."""

    def __init__(self) -> None:
        self.points: dict[str, str] = {}

    def at(self, message_id: str, point: str, error: type[Exception] = Broken) -> None:
        if self.points.get(message_id) == point:
            del self.points[message_id]
            raise error(point)


class Actions(Database):
    """The action server's database, whose transaction may break before its commit."""

    breaks: BreaksOnce
    message_id = ""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self.breaks.at(self.message_id, POINTS[2])
        with super().transaction() as session:
            yield session
            self.breaks.at(self.message_id, POINTS[3])
        self.breaks.at(self.message_id, POINTS[4])


class ActingRasa:
    """Runs the real verbs as Rasa has them run, and dies where it is told to."""

    def __init__(self, database: Actions, breaks: BreaksOnce) -> None:
        self._database = database
        self._breaks = breaks

    def turn(self, asked: RasaTurn) -> list[Outgoing]:
        self._breaks.at(asked.message_id, POINTS[0], RasaAway)
        self._breaks.at(asked.message_id, POINTS[1], RasaFailed)
        self._database.message_id = asked.message_id
        try:
            outcome = VERBS[asked.text](self._turn(asked), World(self._database, _none, _none))
        except Broken as error:
            raise RasaFailed(str(error)) from error
        self._breaks.at(asked.message_id, POINTS[5], RasaAway)
        self._breaks.at(asked.message_id, POINTS[6], RasaAway)
        return list(outcome.messages)

    @staticmethod
    def _turn(asked: RasaTurn) -> Turn:
        known: dict[str, Any] = {"text": asked.text, "message_id": asked.message_id, "conversation_id": asked.sender}
        rest: dict[str, Any] = {"intent": "", "confidence": 1.0, "ranking": (), "entities": (), "talk": Talk()}
        return Turn(**known, **rest, channel="telegram", press="", today=clock.today())


def _none(*_: object) -> Any:
    raise AssertionError("these verbs need neither policy base nor encoder")


class BreakingConverse(Converse):
    breaks: BreaksOnce

    def _queue(self, session: Session, row: Claimed, messages: list[Outgoing], *more: Any) -> None:
        self.breaks.at(str(row.inbox_id), POINTS[7])
        super()._queue(session, row, messages, *more)
        self.breaks.at(str(row.inbox_id), POINTS[8])

    def answer(self, row: Claimed) -> None:
        super().answer(row)
        self.breaks.at(str(row.inbox_id), POINTS[9])


@pytest.mark.timeout(300)
def test_every_point_of_a_turn_may_break(database: Database, record_property: Record) -> None:
    breaks = BreaksOnce()
    acting = Actions(database.url)
    acting.breaks = breaks
    converse = BreakingConverse(
        database, ActingRasa(acting, breaks), lambda _: np.zeros(384, np.float32), Recent(10), SETTINGS
    )
    converse.breaks = breaks
    caller = door(database)
    for number in range(TURNS):
        words = list(VERBS)[number % 2]
        caller.post("/hooks/telegram/secret", content=f"{number} worker-{number} {words}".encode())
        breaks.points[str(number + 1)] = POINTS[number % len(POINTS)]
    deadline = time.monotonic() + 240
    while not is_drained(database):
        assert time.monotonic() < deadline
        try:
            if not converse.step():
                time.sleep(0.01)
        except Broken:
            pass  # the process died here: the lease brings the row back
    acting.close()

    assert breaks.points == {}  # every point was reached
    with database.reading() as session:
        opened = session.execute(select(TicketRow.conversation_id, func.count()).group_by(TicketRow.conversation_id))
        assert [times for _, times in opened] == [1] * TURNS
        begun = session.execute(
            select(TicketEventRow.ticket_id, func.count()).filter_by(kind="opened").group_by(TicketEventRow.ticket_id)
        )
        assert {times for _, times in begun} == {1}
        answers = session.execute(select(OutboxRow.inbox_id, func.count()).group_by(OutboxRow.inbox_id))
        assert [times for _, times in answers] == [1] * TURNS
    record_property("measured", f"{TURNS} turns broken at {len(POINTS)} points: 1 ticket and 1 answer each")


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killing_rasa_or_the_actions_inside_a_turn_opens_one_ticket(tmp_path: Path, record_property: Record) -> None:
    rounds, chance = count(3, 40), random.Random(20261130)
    with Stack(tmp_path) as stack, stack.client(timeout=30) as http:
        Worker(http).ask("你好")
        for number in range(rounds):
            worker = Worker(http)
            assert worker.send("转人工", client_id=f"r{number}").status_code == 202
            time.sleep(chance.uniform(0, 0.12))
            stack.kill(chance.choice(["rasa", "app"]))
            wait_for(lambda: _is_up(stack), 300, "it is up again")
        database = Database(f"sqlite:///{tmp_path / 'gongyou.db'}")
        wait_for(lambda: is_drained(database), 300, "every message is answered")
        with database.reading() as session:
            keys = list(session.scalars(select(TicketRow.key).where(TicketRow.key.like("%:human:0"))))
            # Who waited too long has the ticket of the waiting already, and asking for a person opens no second one.
            is_open = TicketRow.state.in_(OPEN_STATES)
            opened = select(func.count()).where(is_open).group_by(TicketRow.conversation_id)
            each = list(session.scalars(opened))
        database.close()
    assert len(keys) == len(set(keys))
    assert each == [1] * rounds
    record_property("measured", f"real kills inside {rounds} turns: {rounds} tickets")


def _is_up(stack: Stack) -> bool:
    import httpx

    try:
        with stack.client(timeout=2) as http:
            return http.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False
