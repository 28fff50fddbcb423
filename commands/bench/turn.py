"""`./gongyou bench turn`: our Rasa process and action route against stock Rasa with REST and the stock action server.

Like with like: the same model, the same tracker store, one process each, the same answer from the action, both on
loopback, requests in alternating blocks. Our side encodes the sentence outside Rasa, as `converse` does, and that time
counts. A ratio is refused when a side had an error or stock is slower than it ever is on two idle cores.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import typer

from commands.bench.measure import calibrate, load, median, percentile
from commands.bench.processes import OUR_STORE, SECRET, answers, free_port, process, rasa_command, wait_for_model
from commands.bench.questions import QUESTIONS
from commands.train import current_model, rasa_environment
from kit.settings import ROOT, Settings, settings
from knowledge.encoder import E5

app = typer.Typer(help=__doc__, add_completion=False)

STOCK_STORE = '  type: SQL\n  dialect: sqlite\n  db: "{path}"\n'
SENDERS = 24
BLOCK = 20
SLOWEST_STOCK = 12.0


@dataclass
class Side:
    name: str
    ask: Callable[[int], None]
    seconds: dict[int, float] = field(default_factory=dict)
    took: dict[int, list[float]] = field(default_factory=dict)
    errors: int = 0

    def rate(self, clients: int) -> float:
        return len(self.took[clients]) / self.seconds[clients]


@contextmanager
def stock(configured: Settings, scratch: Path) -> Iterator[Side]:
    """Stock Rasa: REST channel, the action server of rasa_sdk, nothing of ours but the model."""
    rasa_port, action_port = free_port(), free_port()
    url = f"http://127.0.0.1:{rasa_port}"
    python = str((configured.envs / "rasa" / "bin" / "python").absolute())
    actions = [python, "-m", "rasa_sdk", "--actions", "commands.bench.stock_actions", "-p", str(action_port)]
    action_url = f"http://127.0.0.1:{action_port}/webhook"
    rasa = rasa_command(configured, scratch / "stock", "rest:\n", STOCK_STORE, action_url, rasa_port)
    with ExitStack() as stack:
        health = answers(f"http://127.0.0.1:{action_port}/health")
        stack.enter_context(process(actions, scratch / "stock-actions.log", rasa_environment(), health))
        stack.enter_context(process(rasa, scratch / "stock.log", rasa_environment(), answers(f"{url}/")))
        wait_for_model(lambda: httpx.post(f"{url}/webhooks/rest/webhook", json={"sender": "w", "message": "工资"}))
        http = stack.enter_context(httpx.Client(trust_env=False, timeout=30))

        def ask(number: int) -> None:
            body = {"sender": f"s{number % SENDERS}", "message": QUESTIONS[number % len(QUESTIONS)]}
            answer = http.post(f"{url}/webhooks/rest/webhook", json=body)
            if not answer.json():
                raise RuntimeError("stock answered nothing")

        yield Side("stock", ask)


@contextmanager
def ours(configured: Settings, scratch: Path) -> Iterator[Side]:
    """Our Rasa process with GatewayInput, our action route in the app environment, the encoder outside Rasa."""
    rasa_port, action_port = free_port(), free_port()
    url = f"http://127.0.0.1:{rasa_port}/webhooks/gateway"
    actions = [sys.executable, "-m", "commands.bench.our_actions", str(action_port)]
    credentials = f"bot.dialogue.gateway_input.GatewayInput:\n  secret: {SECRET}\n"
    action_url = f"http://127.0.0.1:{action_port}/internal/actions"
    rasa = rasa_command(configured, scratch / "ours", credentials, OUR_STORE, action_url, rasa_port)
    encoder = E5()
    with ExitStack() as stack:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        health = answers(f"http://127.0.0.1:{action_port}/healthz")
        stack.enter_context(process(actions, scratch / "our-actions.log", environment, health))
        stack.enter_context(process(rasa, scratch / "ours.log", rasa_environment(), answers(f"{url}/")))
        http = stack.enter_context(httpx.Client(trust_env=False, timeout=30, headers={"x-gongyou-secret": SECRET}))
        wait_for_model(lambda: http.get(f"{url}/"))

        def ask(number: int) -> None:
            text = QUESTIONS[number % len(QUESTIONS)]
            vector = base64.b64encode(encoder.encode_query([text])[0].astype(np.float16).tobytes()).decode()
            body: dict[str, Any] = {"sender": f"o{number % SENDERS}", "id": str(number), "text": text, "vector": vector}
            answer = http.post(f"{url}/webhook", json=body)
            if answer.status_code != httpx.codes.OK or not answer.json()["done"]:
                raise RuntimeError(f"our side answered {answer.status_code}")

        yield Side("ours", ask)


def _run(side: Side, clients: int, numbers: range, *, keep: bool) -> None:
    def one(number: int) -> float:
        started = time.perf_counter()
        side.ask(number)
        return time.perf_counter() - started

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        results = [pool.submit(one, number) for number in numbers]
    elapsed = time.perf_counter() - started
    took = []
    for result in results:
        if result.exception() is not None:
            side.errors += 1
        else:
            took.append(result.result())
    if keep:
        side.seconds[clients] = side.seconds.get(clients, 0.0) + elapsed
        side.took.setdefault(clients, []).extend(took)


def measure(sides: list[Side], turns: int, warm_up: int, offset: int) -> None:
    """Warm both sides up, then ask them in alternating blocks."""
    for clients in (1, 8):
        for side in sides:
            side.seconds.pop(clients, None)
            side.took.pop(clients, None)
            _run(side, clients, range(offset, offset + warm_up), keep=False)
        offset += warm_up
        for start in range(offset, offset + turns, BLOCK):
            for side in sides:
                _run(side, clients, range(start, start + BLOCK), keep=True)
        offset += turns


@app.command()
def turn(
    quick: bool = typer.Option(False, help="one short round, under two minutes"),
    gateway: bool = typer.Option(False, help="also measure the whole road through a running gateway"),
) -> None:
    configured = settings()
    if current_model(configured) is None:
        raise SystemExit("gongyou: there is no trained model: run ./gongyou train")
    rounds, turns, warm_up = (1, 100, 30) if quick else (3, 300, 50)
    ratios = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        scratch = Path(folder)
        sides = [stack.enter_context(stock(configured, scratch)), stack.enter_context(ours(configured, scratch))]
        for number in range(rounds):
            measure(sides, turns, warm_up, offset=number * 10_000)
            ratios.append(report(sides, number + 1))
    if gateway:
        from commands.bench.gateway import whole_road

        whole_road(configured)
    check(sides)
    print(f"ratio {median(ratios):.2f}")


def report(sides: list[Side], number: int) -> float:
    print(f"round {number}: calibration {calibrate():.0f} ms, load {load()}", flush=True)
    for clients in (1, 8):
        for side in sides:
            took = [value * 1000 for value in side.took[clients]]
            print(
                f"  {side.name:5} {clients} client{'s' if clients > 1 else ' '} {side.rate(clients):6.1f} turns/s "
                f"p50 {percentile(took, 0.5):5.1f} ms p95 {percentile(took, 0.95):5.1f} ms errors {side.errors}",
                flush=True,
            )
    return max(side.rate(8) for side in sides[1:]) / sides[0].rate(8)


def check(sides: list[Side]) -> None:
    if any(side.errors for side in sides):
        raise SystemExit("no ratio: a side had errors")
    if sides[0].rate(8) < SLOWEST_STOCK:
        raise SystemExit(f"no ratio: stock did {sides[0].rate(8):.1f} turns/s; the machine is too busy to compare on")
