"""P9: a message that raises, hangs or ends its process is parked after five tries; healthy ones go on meanwhile."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import replies
from bot.mailbox.tables import ConversationRow, InboxRow, OutboxRow
from hotline.tickets import service as tickets
from kit.db import Database
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import WorkerProcess, door, is_drained

HEALTHY = count(20, 200)
POISONS = ("毒抛", "毒挂", "毒死")
LEASE = 2.5  # a healthy turn that outlasts it on a starved machine would count as a crash


class Supervisor(threading.Thread):
    """Starts the worker process again whenever it ends, as supervisor does."""

    def __init__(self, database: Database, log: Path) -> None:
        super().__init__(daemon=True)
        self._database, self._log = database, log
        self._stopping = threading.Event()
        self.starts = 0

    def run(self) -> None:
        while not self._stopping.is_set():
            worker = WorkerProcess(self._database, self._log, lease=LEASE, hang=2 * LEASE, threads=4)
            self.starts += 1
            while worker.is_alive and not self._stopping.wait(0.05):
                pass
            worker.kill()

    def stop(self) -> None:
        self._stopping.set()
        self.join(30)


@pytest.mark.timeout(600)
def test_poison_is_parked_and_healthy_messages_go_on(
    database: Database, tmp_path: Path, record_property: Record
) -> None:
    caller = door(database)
    for number, poison in enumerate(POISONS):
        caller.post("/hooks/telegram/secret", content=f"{9000 + number} poisoner-{number} {poison}".encode())
        caller.post("/hooks/telegram/secret", content=f"{9100 + number} poisoner-{number} 后面的话".encode())
    supervisor = Supervisor(database, tmp_path / "turns.jsonl")
    supervisor.start()
    for number in range(HEALTHY):
        caller.post("/hooks/telegram/secret", content=f"{number} worker-{number % 7} 工资{number}".encode())
        time.sleep(0.02)
    wait_for(lambda: is_drained(database), 200, "healthy messages are answered, poison is parked")
    supervisor.stop()

    with database.reading() as session:
        rows = session.scalars(select(InboxRow)).all()
        parked = {row.body["text"]: row for row in rows if row.state == "buried"}
        answered = set(session.scalars(select(OutboxRow.inbox_id).where(OutboxRow.key.like("turn:%"))))
        poisoned = set(session.scalars(select(ConversationRow.id).where(ConversationRow.address.like("poisoner%"))))
        fallbacks = session.scalars(select(OutboxRow.body).where(OutboxRow.key.like("fallback:%"))).all()
        opened = [ticket for ticket in tickets.list_open(session) if ticket.conversation_id in poisoned]
    assert set(parked) == set(POISONS)
    assert all("crashed" in row.error and row.crashes >= 5 for row in parked.values())
    assert {row.id for row in rows if row.state == "done"} == answered
    assert len(answered) == HEALTHY + len(POISONS)
    assert [body["text"] for body in fallbacks] == [replies.FIXED_SENTENCE] * len(POISONS)
    assert len(opened) == len(POISONS)
    assert supervisor.starts > 1
    record_property("measured", f"{HEALTHY} healthy messages answered beside {len(POISONS)} poisons, all parked")
