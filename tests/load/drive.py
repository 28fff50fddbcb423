"""`make load`: a city's Monday morning on one box and spread out, an operator at work, counted in the rows afterwards.

`python -m tests.load.drive [--forms one,spread] [--users 60] [--scandal 500] [--seconds 120]`. It starts the product on
free ports with a database of its own, lets tests/load/monday_morning.py write to it, waits until everything is worked
off, and says for each form what was acknowledged, lost, doubled, how long it took. Ends with 1 when a message is lost
or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import func, select

from bot.mailbox import inbox
from bot.mailbox.tables import InboxRow, OutboxRow
from commands.bench.measure import load, percentile
from commands.bench.postgres import Postgres
from hotline.tickets.tables import TicketEventRow
from kit.db import Database
from kit.settings import ROOT
from tests.support.desk import Operator
from tests.support.stack import Stack, three_free_ports, wait_for

WORKED_OFF_WITHIN = 600.0


@dataclass(frozen=True)
class Form:
    """A running product: where workers write, which database holds the rows."""

    stack: Stack
    hosts: list[str]
    database: str


@contextmanager
def one_box(folder: Path) -> Iterator[Form]:
    with Stack(folder / "one") as stack:
        yield Form(stack, [stack.url], f"sqlite:///{stack.folder / 'gongyou.db'}")


@contextmanager
def spread_out(folder: Path) -> Iterator[Form]:
    """PostgreSQL, two app processes with all roles of the road, two Rasa processes."""
    (folder / "db").mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(Postgres(folder / "db"))
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE keys")
        keys = server.url.rpartition("/")[0] + "/keys"
        settings = {"DATABASE_URL": server.url, "KEYS_URL": keys, "GONGYOU_RASA_PROCESSES": "2"}
        first = stack.enter_context(Stack(folder / "spread", **settings))
        port = three_free_ports()
        rasa = f"http://127.0.0.1:{first.port + 1},http://127.0.0.1:{first.port + 3}"
        second = {**first.environment, "GONGYOU_PORT": str(port), "GONGYOU_RASA_URLS": rasa, "PYTHONPATH": str(ROOT)}
        stack.enter_context(_second_app(second, folder / "second.log"))
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(f"{url}/readyz"), 300, "the second app is ready")
        yield Form(first, [first.url, url], server.url)


@contextmanager
def _second_app(environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "commands", "serve", "--roles", "gateway,worker"]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=sink)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=3, trust_env=False).is_success
    except httpx.HTTPError:
        return False


class AtTheDesk:
    """An operator who takes one ticket after the other: claims, answers, gives the conversation back."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.handled = 0

    def __enter__(self) -> AtTheDesk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(120)

    def _work(self) -> None:
        link = re.search(r"first lead .*?(http\S+/desk/first\?token=\S+)", self._form.stack.announced)
        assert link is not None, self._form.stack.announced
        with self._form.stack.client(timeout=60) as http:
            operator = Operator(http)
            operator.accept(link[1], "monday", "周一")
            seen: set[str] = set()
            while not self._stopping.wait(0.5):
                for path in re.findall(r'href="(/desk/tickets/\d+)"', operator.get("/desk?view=unassigned")):
                    if path not in seen and not self._stopping.is_set():
                        seen.add(path)
                        self._handle(operator, path)

    def _handle(self, operator: Operator, path: str) -> None:
        """A ticket that the bot closed or somebody took meanwhile is refused, and that is right."""
        version = re.search(r'name="version" value="([^"]*)"', operator.get(path))
        acts = {
            "claim": {"version": version[1] if version else ""},
            "reply": {"text": "您好，我在看"},
            "give-back": {"text": "已登记，有消息告诉您"},
        }
        for act, fields in acts.items():
            page = operator.get(path)
            if f"{path}/{act}" not in page or not operator.send(f"{path}/{act}", page, **fields).is_redirect:
                return
        self.handled += 1


def write(form: Form, users: int, scandal: int, seconds: int, record: Path) -> int:
    told = {"MONDAY_HOSTS": ",".join(form.hosts), "MONDAY_RECORD": str(record), "MONDAY_SCANDAL": str(scandal)}
    environment = {**os.environ, **told, "MONDAY_AFTER": str(seconds / 4), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "locust", "-f", "tests/load/monday_morning.py", "--headless", "--only-summary"]
    command += ["-u", str(users + scandal), "-r", str(users + scandal), "-t", f"{seconds}s", "-H", form.hosts[0]]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def all_worked_off(database: Database) -> bool:
    with database.reading() as session:
        return not session.scalar(select(func.count()).where(InboxRow.state.in_(inbox.OPEN)))


def count(form: Form, record: Path) -> bool:
    """What was acknowledged against what the rows hold; True when nothing is lost and nothing doubled."""
    acknowledged = [json.loads(line)["id"] for line in record.read_text(encoding="utf-8").splitlines()]
    database = Database(form.database)
    wait_for(lambda: all_worked_off(database), WORKED_OFF_WITHIN, "everything is worked off")
    with database.reading() as session:
        rows = {row.id: row for row in session.scalars(select(InboxRow))}
        turns = Counter(key.split(":")[1] for key in session.scalars(select(OutboxRow.key)) if key.startswith("turn:"))
        first = Counter(key for key in session.scalars(select(OutboxRow.key)) if key.endswith(":0"))
        joined = Counter(session.scalars(select(TicketEventRow.ref).where(TicketEventRow.ref.like("inbox:%"))))
    database.close()
    stored = Counter(row.external_id.rpartition(":")[2] for row in rows.values())
    lost = [id for id in acknowledged if not stored[id]]
    silent = [row.id for row in rows.values() if not turns[str(row.id)] and not joined[f"inbox:{row.id}"]]
    doubled = [id for id, times in stored.items() if times > 1] + [key for key, times in first.items() if times > 1]
    waits = [(row.finished_at - row.received_at).total_seconds() for row in rows.values() if row.finished_at]
    print(
        f"  acknowledged {len(acknowledged)}, stored {len(rows)}, lost {len(lost)}, without an answer or a person "
        f"{len(silent)}, doubled {len(doubled)}; answered in {percentile(waits, 0.5):.1f} s p50, "
        f"{percentile(waits, 0.95):.1f} s p95, {max(waits, default=0):.0f} s longest",
        flush=True,
    )
    return bool(acknowledged) and not (lost or silent or doubled)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", default="one,spread")
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--scandal", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=120)
    chosen = parser.parse_args()
    is_good = True
    for name in chosen.forms.split(","):
        with tempfile.TemporaryDirectory(prefix="gongyou-monday-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            made = {"one": one_box, "spread": spread_out}[name](Path(folder))
            with made as form:
                print(f"{name}: {chosen.users} citizens, {chosen.scandal} at the factory, load {load()}", flush=True)
                began, record = time.monotonic(), Path(folder) / "acknowledged"
                with AtTheDesk(form) as desk:
                    pages = write(form, chosen.users, chosen.scandal, chosen.seconds, record)
                is_good &= count(form, record) and pages == 0 and desk.handled > 0
                took = time.monotonic() - began
                print(f"  {desk.handled} tickets handled at the desk, {took:.0f} s, load {load()}", flush=True)
    print("nothing lost, nothing doubled" if is_good else "FAILED", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
