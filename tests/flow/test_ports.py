"""What listens where, what it takes to be heard, and how fast one may talk."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from kit.settings import Settings
from tests.support.stack import Stack, Worker

pytestmark = pytest.mark.rasa

SECOND, THIRD = 1, 2


def listeners(port: int) -> set[str]:
    """The addresses on which somebody listens on a port, as the kernel says."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            address, _, hexadecimal = fields[1].rpartition(":")
            if fields[3] == "0A" and int(hexadecimal, 16) == port:
                found.add(address)
    return found


LOOPBACK = "0100007F"
EVERYWHERE = "00000000"


def test_only_the_gateway_listens_beyond_loopback(stack: Stack) -> None:
    assert listeners(stack.port) == {EVERYWHERE}
    assert listeners(stack.port + SECOND) == {LOOPBACK}
    assert listeners(stack.port + THIRD) == {LOOPBACK}


@pytest.mark.parametrize(
    ("step", "path"),
    [
        (SECOND, "/webhooks/gateway/webhook"),
        (SECOND, "/webhooks/gateway/parse"),
        (THIRD, "/internal/actions"),
    ],
)
@pytest.mark.parametrize("secret", [None, "guess"])
def test_rasa_and_actions_refuse_without_the_secret(stack: Stack, step: int, path: str, secret: str | None) -> None:
    headers = {"x-gongyou-secret": secret} if secret else {}
    url = f"http://127.0.0.1:{stack.port + step}{path}"
    response = httpx.post(url, json={"sender": "x", "id": "1", "text": "工资"}, headers=headers, trust_env=False)

    assert response.status_code == httpx.codes.UNAUTHORIZED
    assert "tracker" not in response.text


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/model", "/conversations/x/tracker", "/domain"])
def test_rasas_own_doors_are_shut(stack: Stack, path: str) -> None:
    response = httpx.get(f"http://127.0.0.1:{stack.port + SECOND}{path}", trust_env=False)

    assert response.status_code == httpx.codes.NOT_FOUND


def test_outside_loopback_needs_https_or_a_clear_word() -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        Settings(bind="0.0.0.0")
    assert Settings(bind="0.0.0.0", public_url="https://gongyou.example.org").cookies_secure
    assert Settings(bind="0.0.0.0", insecure_http=True)


def test_the_state_belongs_to_one_user(stack: Stack) -> None:
    assert stack.folder.stat().st_mode & 0o777 == 0o700
    for name in ("secrets.json", "gongyou.db", "run/endpoints.yml", "run/credentials.yml"):
        assert (stack.folder / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.slow
def test_one_session_and_one_address_have_their_pace(tmp_path: Path) -> None:
    """The settings as shipped: a burst of five a session, sixty a minute an address."""
    limits = {"GONGYOU_SESSION_RATE": "1", "GONGYOU_SESSION_BURST": "5", "GONGYOU_ADDRESS_PER_MINUTE": "60"}
    with Stack(tmp_path, **limits) as stack, stack.client() as http:
        worker = Worker(http)
        worker.send("你好")
        with ThreadPoolExecutor(8) as pool:  # many at once: one by one, a slow machine might keep the pace by itself
            answers = list(pool.map(worker.send, ["工资没发"] * 40))
        refused = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
        assert len(refused) >= 1
        assert int(refused[0].headers["retry-after"]) >= 1
        assert refused[0].json()["error"]["message"]
        with ThreadPoolExecutor(8) as pool:
            fresh = list(pool.map(lambda _: Worker(http).send("你好").status_code, range(200)))
        assert httpx.codes.TOO_MANY_REQUESTS in fresh
