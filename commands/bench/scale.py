"""`./gongyou bench scale`: what one machine carries, stage by stage, and what several Rasa processes add.

All figures come from one run, so that they may be compared: the encoder alone, the action route and Rasa alone (with
ready vectors), then whole turns with 1, 2 and 4 Rasa processes, each with the processor time that every stage took; the
inbox on PostgreSQL in batches; and how long new messages wait while a backlog drains.
"""

from __future__ import annotations

import base64
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import typer

from commands.bench import inbox_rows
from commands.bench.measure import calibrate, load, percentile
from commands.bench.postgres import Postgres, PostgresMissing
from commands.bench.processes import OUR_STORE, SECRET, answers, free_port, process, rasa_command, wait_for_model
from commands.bench.questions import QUESTIONS
from commands.train import current_model, rasa_environment
from kit.settings import ROOT, Settings, settings
from knowledge.encoder import E5

app = typer.Typer(help=__doc__, add_completion=False)

CLIENTS = 8


@dataclass(frozen=True)
class Run:
    """Turns a second, and processor seconds by stage while they were made."""

    rate: float
    cpu: dict[str, float]
    p50_ms: float
    p95_ms: float


class Stage:
    """The processor time of some processes of ours, by their numbers."""

    def __init__(self, *processes: int) -> None:
        self._processes = processes

    def seconds(self) -> float:
        return sum(map(_processor_seconds, self._processes))


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children() -> set[int]:
    return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()))


@contextmanager
def cluster(configured: Settings, scratch: Path, number: int) -> Iterator[tuple[list[str], dict[str, Stage]]]:
    """`number` Rasa processes on one tracker store, and one action route."""
    action_port = free_port()
    with ExitStack() as stack:
        before = _children()
        actions = [sys.executable, "-m", "commands.bench.our_actions", str(action_port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        health = answers(f"http://127.0.0.1:{action_port}/healthz")
        stack.enter_context(process(actions, scratch / f"actions-{number}.log", environment, health))
        route = _children() - before
        urls = []
        for one in range(number):
            port = free_port()
            credentials = f"bot.dialogue.gateway_input.GatewayInput:\n  secret: {SECRET}\n"
            store = OUR_STORE.format(path=scratch / f"tracker-{number}.db")
            url = f"http://127.0.0.1:{action_port}/internal/actions"
            command = rasa_command(configured, scratch / f"rasa-{number}-{one}", credentials, store, url, port)
            urls.append(f"http://127.0.0.1:{port}/webhooks/gateway")
            log = scratch / f"rasa-{number}-{one}.log"
            stack.enter_context(process(command, log, rasa_environment(), answers(f"{urls[-1]}/")))
        for url in urls:
            wait_for_model(lambda url=url: httpx.get(f"{url}/", trust_env=False))  # type: ignore[misc]
        rasa = _children() - before - route
        yield urls, {"app": Stage(os.getpid()), "actions": Stage(*route), "rasa": Stage(*rasa)}


def turns(urls: list[str], stages: dict[str, Stage], number: int, vector_of: Callable[[str], bytes]) -> Run:
    """Whole turns, each conversation on its own process, as bot.gateway.rasa_client does it."""
    took: list[float] = []
    with httpx.Client(trust_env=False, timeout=60, headers={"x-gongyou-secret": SECRET}) as http:

        def one(turn: int) -> None:
            text = QUESTIONS[turn % len(QUESTIONS)]
            began = time.perf_counter()
            body: dict[str, Any] = {"sender": f"s{turn % 48}", "id": f"{id(took)}-{turn}", "text": text}
            body["vector"] = base64.b64encode(vector_of(text)).decode()
            answer = http.post(f"{urls[turn % len(urls)]}/webhook", json=body)
            if answer.status_code == httpx.codes.BAD_GATEWAY:  # the action route had no time for it
                print(f"  turn {turn} is asked again, as the gateway does", flush=True)
                answer = http.post(f"{urls[turn % len(urls)]}/webhook", json=body)
            answer.raise_for_status()
            took.append(time.perf_counter() - began)

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(one, range(40)))
            took.clear()
            before = {name: stage.seconds() for name, stage in stages.items()}
            began = time.perf_counter()
            list(pool.map(one, range(40, 40 + number)))
            elapsed = time.perf_counter() - began
    cpu = {name: stage.seconds() - before[name] for name, stage in stages.items()}
    return Run(number / elapsed, cpu, percentile(took, 0.5) * 1000, percentile(took, 0.95) * 1000)


def encoded(encoder: E5) -> Callable[[str], bytes]:
    return lambda text: encoder.encode_query([text])[0].astype(np.float16).tobytes()


def alone(encoder: E5, number: int) -> float:
    """Processor milliseconds of the encoder for a sentence, asked by as many at once as whole turns are: both cores
    work then, and each is slower than one alone."""
    encoder.encode_query([QUESTIONS[0]])
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.process_time()
        list(pool.map(lambda turn: encoder.encode_query([QUESTIONS[turn % len(QUESTIONS)]]), range(number)))
        return (time.process_time() - began) / number * 1000


@app.command()
def scale(
    quick: bool = typer.Option(False, help="fewer turns and 1 and 2 Rasa processes only"),
    database: str = typer.Option("", help="a PostgreSQL whose database may be filled, instead of one for this run"),
) -> None:
    configured = settings()
    if current_model(configured) is None:
        raise SystemExit("gongyou: there is no trained model: run ./gongyou train")
    number = 120 if quick else 400
    print(f"calibration {calibrate():.0f} ms, load {load()}, {os.cpu_count()} cores", flush=True)
    encoder = E5()
    encode_ms = alone(encoder, number)
    print(f"encoder alone: {encode_ms:.1f} ms of one core a sentence, {CLIENTS} at once", flush=True)
    ready = {text: encoded(encoder)(text) for text in QUESTIONS}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for processes in (1, 2) if quick else (1, 2, 4):
            with cluster(configured, scratch, processes) as (urls, stages):
                if processes == 1:
                    without = turns(urls, stages, number, ready.__getitem__)
                    show("1 Rasa, vectors ready", without, number)
                whole = turns(urls, stages, number, encoded(encoder))
                show(f"{processes} Rasa, whole turns", whole, number)
                if processes == 1:
                    coordination(encode_ms, without, whole, number)
    backlog = 20_000 if quick else 50_000
    with contextlib.nullcontext(database) if database else own_database() as url:
        inbox_rows.report(url, backlog)


@contextmanager
def own_database() -> Iterator[str]:
    """A server for this run, with the disk's real syncs."""
    with tempfile.TemporaryDirectory(prefix="gongyou-bench-", ignore_cleanup_errors=True) as folder:
        try:
            server = Postgres(Path(folder))
        except PostgresMissing as missing:
            raise SystemExit(f"gongyou: the rows need PostgreSQL here ({missing}), or --database") from missing
        with server:
            yield server.url


def show(name: str, run: Run, number: int) -> None:
    cores = os.cpu_count() or 1
    shares = ", ".join(f"{stage} {seconds / (number / run.rate) / cores:.0%}" for stage, seconds in run.cpu.items())
    times = f"{run.rate:6.1f} turns/s  p50 {run.p50_ms:5.1f} ms  p95 {run.p95_ms:5.1f} ms"
    print(f"{name:22} {times}  of {cores} cores: {shares}  (load {load()})", flush=True)


def coordination(encode_ms: float, without: Run, whole: Run, number: int) -> None:
    """What the parts need each, against what they need together."""
    apart = encode_ms + sum(without.cpu.values()) / number * 1000
    together = sum(whole.cpu.values()) / number * 1000
    share = f"{apart / together:.0%}"
    print(f"stages apart {apart:.1f} ms of one core a turn, together {together:.1f} ms: {share}", flush=True)
