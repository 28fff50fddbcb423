"""P5: a worker's messages are answered in his order, one turn at a time, beside others; a process is killed."""

import itertools
import random
import signal
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.mailbox.tables import ConversationRow, OutboxRow
from kit.db import Database
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import Line, door, is_drained, read_log, worker_process

USERS, EACH = count(20, 50), count(10, 20)
SEED = 20261130


def bursts(chance: random.Random) -> list[list[str]]:
    """For each user his webhooks in order: single messages and once an album of five in one."""
    found = []
    for user in range(USERS):
        lines = [f"{user * 1000 + number} worker-{user} {number}" for number in range(EACH)]
        album = chance.randrange(0, EACH - 5)
        found.append([*lines[:album], "\n".join(lines[album : album + 5]), *lines[album + 5 :]])
    return found


def send_all(database: Database, hooks: list[list[str]]) -> None:
    caller = door(database)

    def one_user(bodies: list[str]) -> None:
        for body in bodies:
            assert caller.post("/hooks/telegram/secret", content=body.encode()).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_user, hooks))


def overlaps(lines: list[Line], killed: int, killed_at: float) -> int:
    """Turns of one conversation that ran at the same time; a killed turn ended when its process did."""
    spans = defaultdict(list)
    begun: dict[tuple[int, int], Line] = {}
    for line in sorted(lines, key=lambda line: line.at):
        if line.what == "begin":
            begun[line.pid, line.thread] = line
        else:
            first = begun.pop((line.pid, line.thread))
            spans[line.conversation].append((first.at, line.at))
    assert {pid for pid, _ in begun} <= {killed}
    for line in begun.values():
        spans[line.conversation].append((line.at, killed_at))
    return sum(
        later[0] < earlier[1] for turns in spans.values() for earlier, later in itertools.pairwise(sorted(turns))
    )


@pytest.mark.timeout(600)
def test_order_and_parallelism_survive_a_killed_worker(
    database: Database, tmp_path: Path, record_property: Record
) -> None:
    chance = random.Random(SEED)
    log = tmp_path / "turns.jsonl"
    with worker_process(database, log, pause=0.02) as victim, worker_process(database, log, pause=0.02):
        send_all(database, bursts(chance))
        wait_for(lambda: any(line.pid == victim.pid for line in read_log(log)), 60, "the victim works")
        victim.signal(signal.SIGKILL)
        killed_at = time.monotonic()
        wait_for(lambda: is_drained(database), 120, "every message is answered")

    lines = read_log(log)
    with database.reading() as session:
        rows = session.execute(select(OutboxRow.conversation_id, OutboxRow.body).order_by(OutboxRow.seq)).all()
        conversations = session.scalar(select(func.count()).select_from(ConversationRow))
    answered = defaultdict(list)
    for conversation, body in rows:
        answered[conversation].append(int(body["text"].partition("：")[2]))
    assert conversations == USERS
    assert all(numbers == list(range(EACH)) for numbers in answered.values())
    assert overlaps(lines, victim.pid, killed_at) == 0
    # Two processes of two threads; the one that is killed may die before both of its threads have begun.
    assert len({(line.pid, line.thread) for line in lines}) >= 3
    record_property("measured", f"{USERS} workers x {EACH} messages, 1 process killed: 0 inversions, 0 overlaps")
