"""Typed answers and typed failures of a turn."""

import httpx
import numpy as np
import pytest

from bot.gateway.rasa_client import RasaAway, RasaClient, RasaFailed, Turn

TURN = Turn("conversation", "1", "工资没发", vector=np.ones(384, np.float32))
GOOD = {"messages": [{"kind": "answer", "text": "答"}], "done": True}


def client(handler: httpx.MockTransport, urls: tuple[str, ...] = ("http://rasa",)) -> RasaClient:
    return RasaClient(urls, "secret", 8.0, transport=handler)


def test_a_turn_carries_the_secret_and_the_vector() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    assert client(httpx.MockTransport(handle)).turn(TURN)[0].text == "答"
    assert seen[0].headers["x-gongyou-secret"] == "secret"
    assert b'"vector":' in seen[0].content


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"error":"x"}'),
        (200, b"[]"),
        (200, b'{"messages": [], "done": true}'),
        (200, b"garbage"),
        (200, b'{"messages": [{"kind": "nonsense", "text": ""}], "done": true}'),
        (502, b""),
    ],
)
def test_whatever_is_no_answer_is_a_failed_turn(status: int, body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))

    with pytest.raises(RasaFailed):
        client(transport).turn(TURN)


def test_a_dead_process_is_away_and_another_one_takes_the_turn() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "one":
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json=GOOD)

    both = client(httpx.MockTransport(handle), ("http://one", "http://two"))
    assert both.turn(TURN)[0].text == "答"
    with pytest.raises(RasaAway):
        client(httpx.MockTransport(handle), ("http://one",)).turn(TURN)


def test_a_turn_past_the_deadline_has_failed() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late")

    with pytest.raises(RasaFailed):
        client(httpx.MockTransport(handle)).turn(TURN)
