"""`./gongyou bench outbox`: how many messages a second leave for a channel that answers at once, and in which order."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import defaultdict
from io import StringIO
from pathlib import Path

import typer
from sqlalchemy import func, select

from bot.channels.base import Recipient, Sent
from bot.channels.console import Console
from bot.gateway.deliver import Relay, Relays
from bot.mailbox import inbox, outbox
from bot.mailbox.state import MailboxState
from bot.mailbox.tables import OutboxRow
from bot.messages import Outgoing
from commands.bench.measure import calibrate, load
from hotline.migrations import run as migrations
from kit import clock, log
from kit.db import Database
from kit.settings import Settings

app = typer.Typer(help=__doc__, add_completion=False)


class Instant(Console):
    """Takes everything at once and remembers the order by address."""

    rate = 1_000_000.0

    def __init__(self) -> None:
        super().__init__(StringIO())
        self.got: defaultdict[str, list[int]] = defaultdict(list)
        self._lock = threading.Lock()

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        with self._lock:
            self.got[to.address].append(int(outgoing.text))
        return Sent()


def _fill(database: Database, conversations: int, messages: int) -> None:
    with database.transaction() as session:
        now = clock.now()
        ids = [inbox.conversation_of(session, "console", "", f"worker-{n}", now) for n in range(conversations)]
        for number in range(messages):
            conversation = ids[number % conversations]
            outbox.queue(session, conversation, Outgoing("answer", str(number)), key=f"bench:{number}", now=now)


@app.command("outbox")
def measure(
    messages: int = typer.Option(5000), conversations: int = typer.Option(200), database_url: str = typer.Option("")
) -> None:
    log.set_up("WARNING")  # a line for each message would be most of what is measured
    with tempfile.TemporaryDirectory() as folder:
        database = Database(database_url or f"sqlite:///{Path(folder) / 'bench.db'}")
        migrations.upgrade(database)
        _fill(database, conversations, messages)
        channel = Instant()
        relays = Relays([Relay(database, channel, MailboxState(database), Settings())])
        print(f"calibration {calibrate():.0f} ms, load {load()}")
        began, worked = time.perf_counter(), time.process_time()
        relays.start()
        while _left(database):
            time.sleep(0.05)
        took, own = time.perf_counter() - began, time.process_time() - worked
        relays.stop(10)
        in_order = all(numbers == sorted(set(numbers)) for numbers in channel.got.values())
        rate = f"{messages / took:.0f} a second, {own * 1000 / messages:.2f} ms of own work each"
        print(f"{messages} messages in {took:.1f} s: {rate}, order kept: {in_order}")
        database.close()


def _left(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state != "sent")) or 0
