"""The whole road: through the gateway's API, inbox, Rasa, action, outbox and back to the page's long poll."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from commands.bench.measure import calibrate, load, percentile
from commands.bench.questions import QUESTIONS
from kit.settings import Settings

TURNS_ALONE = 150
USERS, TURNS_EACH, PAUSE = 5, 30, 1.0


def one_user(url: str, number: int, turns: int, pause: float) -> list[float]:
    """A worker on the page: sends, waits for the answer by long poll, thinks, sends again."""
    took = []
    session, after = "", 0
    chance = random.Random(number)  # noqa: S311  pauses, not secrets
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        for turn in range(turns + 5):
            started = time.perf_counter()
            body = {"text": QUESTIONS[(turn + number) % len(QUESTIONS)], **({"session": session} if session else {})}
            posted = http.post("/api/chat/messages", json=body)
            if posted.status_code != httpx.codes.ACCEPTED:
                raise SystemExit(f"gongyou: the gateway answered {posted.status_code}: {posted.text}")
            session = posted.json()["session"]
            done = False
            while not done:
                query: dict[str, str | float] = {"session": session, "after": after, "wait": 20}
                fetched = http.get("/api/chat/messages", params=query).json()
                after = fetched["next"]
                done = any(message.get("done") for message in fetched["messages"])
            if turn >= 5:
                took.append((time.perf_counter() - started) * 1000)
            if pause:
                time.sleep(chance.uniform(0.5, 1.5) * pause)
    return took


def _until_it_answers(url: str) -> None:
    try:
        httpx.get(f"{url}/healthz", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise SystemExit(
            f"gongyou: nothing answers at {url}. Start the product with wide limits first: GONGYOU_SESSION_RATE=1000 "
            "GONGYOU_SESSION_BURST=1000 GONGYOU_ADDRESS_PER_MINUTE=60000 ./gongyou up --detach"
        ) from error


def whole_road(configured: Settings) -> None:
    url = f"http://127.0.0.1:{configured.port}"
    _until_it_answers(url)
    print(f"whole road: calibration {calibrate():.0f} ms, load {load()}")
    alone = one_user(url, 0, TURNS_ALONE, 0.0)
    print(f"  1 user, no pause: p50 {percentile(alone, 0.5):.0f} ms p95 {percentile(alone, 0.95):.0f} ms")
    with ThreadPoolExecutor(USERS) as pool:
        every = [t for took in pool.map(lambda n: one_user(url, n, TURNS_EACH, PAUSE), range(USERS)) for t in took]
    print(
        f"  {USERS} users who pause {PAUSE:.0f} s on average: p50 {percentile(every, 0.5):.0f} ms "
        f"p95 {percentile(every, 0.95):.0f} ms"
    )
