"""P4: a webhook that comes once, five times, in parallel or after a restart has one effect; on both engines."""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.gateway.converse import Converse
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow, OutboxRow
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.asgi import Caller
from tests.support.fake_channel import FakeChannel
from tests.support.fake_rasa import FakeRasa

MESSAGES = 25
SEED = 20261121


def door(database: Database) -> Caller:
    """A gateway as it is after a start: no memory of what came before but the database."""
    receive = Receive(database, [FakeChannel()], "https://gongyou.example", "key")
    return Caller(Starlette(routes=receive.routes()))


def send(caller: Caller, body: str) -> int:
    """As a platform does: again until it is taken (a machine under load may say 503)."""
    for _ in range(20):
        status = caller.post("/hooks/telegram/secret", content=body.encode()).status_code
        if status == 200:
            break
    return status


def test_repeats_have_one_effect(database: Database) -> None:
    chance = random.Random(SEED)
    bodies = [f"{number} worker-{number % 5} 第{number}句" for number in range(MESSAGES)]
    repeated = [body for body in bodies for _ in range(chance.randint(1, 5))]
    chance.shuffle(repeated)
    rasa = FakeRasa()
    converse = Converse(database, rasa, lambda _: np.zeros(384, np.float32), Recent(10), Settings())

    first, second = door(database), door(database)
    with ThreadPoolExecutor(6) as pool:
        half = len(repeated) // 2
        assert set(pool.map(lambda body: send(first, body), repeated[:half])) == {200}
        while converse.step(5):
            pass
        assert set(pool.map(lambda body: send(second, body), [*repeated[half:], *bodies])) == {200}
    while converse.step(5):
        pass

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == MESSAGES
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == MESSAGES
        turns = session.execute(select(OutboxRow.inbox_id, func.count()).group_by(OutboxRow.inbox_id)).all()
    assert {count for _, count in turns} == {1}
    assert len(rasa.turns) == MESSAGES


def test_another_body_under_the_same_id_is_flagged_and_not_processed(database: Database) -> None:
    caller = door(database)
    caller.post("/hooks/telegram/secret", content="1 A 工资没发".encode())
    caller.post("/hooks/telegram/secret", content="1 A 别的话".encode())

    with database.reading() as session:
        row = session.scalars(select(InboxRow)).one()
    assert (row.body["text"], row.error.startswith("conflict")) == ("工资没发", True)
