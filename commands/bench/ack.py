"""`./gongyou bench ack`: how soon a platform hears 200 while every message is synced to disk.

The gateway's webhook door runs in a process of its own with Telegram's real updates; requests leave by the clock
whether or not earlier ones were answered, and each is timed from the moment when it was due.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import typer
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.channels.memory import MemoryState
from bot.channels.telegram import Telegram, path_key
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow
from commands.bench.measure import calibrate, load, percentile
from hotline.migrations import run as migrations
from kit.db import Database
from kit.settings import ROOT

app = typer.Typer(help=__doc__, add_completion=False)
SECRET = "s" * 40
SENDERS = 500


def _update(number: int) -> bytes:
    user = {"id": 700_000_000 + number % SENDERS, "is_bot": False, "first_name": "测试"}
    chat = {"id": user["id"], "type": "private"}
    message = {"message_id": number, "date": 1795000000, "chat": chat, "from": user, "text": "老板三个月没发工资"}
    return json.dumps({"update_id": number, "message": message}).encode()


def _request(number: int) -> bytes:
    body = _update(number)
    head = (
        f"POST /hooks/telegram/{path_key(SECRET)} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"x-telegram-bot-api-secret-token: {SECRET}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """An open-loop sender over a pool of kept-alive connections."""

    def __init__(self, port: int, connections: int) -> None:
        self._port = port
        self._connections = connections
        self.took: list[float] = []
        self.failed = 0

    async def run(self, rate: float, seconds: float, first: int) -> None:
        total = int(rate * seconds)
        due: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
        workers = [asyncio.create_task(self._worker(due)) for _ in range(self._connections)]
        began = time.perf_counter()
        for number in range(total):
            at = began + number / rate
            if (pause := at - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            due.put_nowait((first + number, at))
        await due.join()
        for worker in workers:
            worker.cancel()

    async def _worker(self, due: asyncio.Queue[tuple[int, float]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while True:
                number, at = await due.get()
                writer.write(_request(number))
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                await reader.readexactly(length)
                self.took.append((time.perf_counter() - at) * 1000)
                self.failed += not head.startswith(b"HTTP/1.1 200")
                due.task_done()
        finally:
            writer.close()


def _serve(url: str, port: int) -> None:
    channel = Telegram("1:made-up", (SECRET,), MemoryState(), "http://127.0.0.1:9")
    doors = Receive(Database(url), [channel], "https://gongyou.example", "key")
    uvicorn.run(Starlette(routes=doors.routes()), host="127.0.0.1", port=port, log_level="error", access_log=False)


def _wait_until_open(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the gateway did not start")


def _measure(port: int, rate: float, seconds: float, first: int) -> Load:
    measured = Load(port, connections=100)
    asyncio.run(measured.run(rate, seconds, first))
    took = measured.took
    print(
        f"{rate:.0f}/s for {seconds:.0f} s: {len(took)} acknowledged, {measured.failed} not 200; "
        f"ms p50 {percentile(took, 0.5):.1f}, p99 {percentile(took, 0.99):.1f}, longest {max(took):.0f}"
    )
    return measured


@app.command()
def ack(
    rate: float = typer.Option(200, help="messages a second, for the p99"),
    burst: float = typer.Option(1000, help="messages a second of the burst; 0 leaves it out"),
    seconds: float = typer.Option(10, help="how long each of them lasts"),
    database_url: str = typer.Option("", help="another database than a SQLite file of its own"),
    serve: int = typer.Option(0, hidden=True),
) -> None:
    if serve:
        _serve(database_url, serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'bench.db'}"
        database = Database(url)
        migrations.upgrade(database)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "commands", "bench", "ack", "--serve", str(port), "--database-url", url]
        server = subprocess.Popen(command, cwd=ROOT)
        try:
            _wait_until_open(port)
            print(f"calibration {calibrate():.0f} ms, load {load()}")
            _measure(port, rate, seconds, first=1)
            if burst:
                _measure(port, burst, seconds, first=10_000_000)
        finally:
            server.terminate()
            server.wait(20)
        with database.reading() as session:
            stored = session.scalar(select(func.count()).select_from(InboxRow)) or 0
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"stored: {stored}; own work of the gateway {(used.ru_utime + used.ru_stime) * 1000 / stored:.2f} ms each"
        )
        database.close()
