"""Two app hosts, a database host and a network between them, with a Rasa that answers at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hotline.migrations import run
from kit.db import Database
from kit.settings import SECRET_NAMES
from tests.support.fake_rasa_http import FakeRasaHttp
from tests.support.hosts import App, Network, running
from tests.support.postgres import Postgres
from tests.support.stack import Worker, wait_for


@dataclass
class Town:
    """What the tests of one module share; each test leaves everything mended behind it."""

    network: Network
    folder: Path
    postgres: Postgres
    rasa: FakeRasaHttp
    url: str
    apps: list[App]

    def app(self, last: int, roles: str = "gateway,worker", *, skewed: int = 0, **settings: str) -> App:
        folder = self.folder / f"app{last}"
        folder.mkdir(mode=0o700, exist_ok=True)
        secrets = folder / "secrets.json"
        secrets.write_text(json.dumps(dict.fromkeys(SECRET_NAMES, "for-the-tests-of-one-machine")), encoding="utf-8")
        secrets.chmod(0o600)
        known = [host for host in self.network.hosts if host.address == self.network.address(last)]
        host = known[0] if known else self.network.host(last)
        more = {"DATABASE_URL": self.url, "GONGYOU_RASA_URLS": self.rasa.url, "GONGYOU_FALLBACK_AFTER": "120"}
        return App(host, folder, roles, skewed, **more, **settings)


def is_alive(app: App) -> bool:
    try:
        return httpx.get(f"{app.url}/healthz", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def until_alive(*apps: App) -> None:
    for app in apps:
        wait_for(lambda app=app: app.has_ended or is_alive(app), 300, f"{app.url} serves")
        assert not app.has_ended, app.log()[-3000:]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with tempfile.TemporaryDirectory(prefix="gongyou-hosts-") as name, Network() as network:
        folder = Path(name)
        folder.chmod(0o755)
        store = folder / "db"
        store.mkdir()
        host = network.host(2)
        with Postgres(store, host.address, host.inside) as postgres, FakeRasaHttp(network.here) as rasa:
            database = Database(postgres.url)
            run.upgrade(database)
            database.close()
            made = Town(network, folder, postgres, rasa, postgres.url, [])
            made.apps = [made.app(11), made.app(12)]
            with running(*made.apps):
                until_alive(*made.apps)
                yield made


class Talk:
    """One worker with a page open: sends each message with its id until it is acknowledged, and reads what comes."""

    def __init__(self, app: App) -> None:
        self.worker = Worker(httpx.Client(base_url=app.url, timeout=10, trust_env=False))
        self.acknowledged: list[str] = []
        self.refusals: list[str] = []
        self._next = 0

    def send(self) -> bool:
        """One attempt at the next message; a page would repeat it with the same id."""
        text = f"第{self._next}句"
        try:
            answer = self.worker.send(text, client_id=f"m{self._next}")
        except httpx.HTTPError as error:
            self.refusals.append(type(error).__name__)
            return False
        if answer.status_code != httpx.codes.ACCEPTED:
            self.refusals.append(answer.text)
            return False
        self.acknowledged.append(text)
        self._next += 1
        return True

    def send_until_taken(self, within: float = 240) -> None:
        wait_for(self.send, within, lambda: f"a message was taken: {self.refusals[-3:]}")

    def move(self, app: App) -> None:
        """The proxy sends the page to another host."""
        self.worker.http.close()
        self.worker.http = httpx.Client(base_url=app.url, timeout=10, trust_env=False)

    def check(self, within: float = 300) -> None:
        """Everything acknowledged was answered once, in order."""

        def answers() -> list[str]:
            return [m["text"].removeprefix("刚才没能及时回复") for m in self.worker.seen if m["kind"] == "answer"]

        def all_there() -> bool:
            try:
                self.worker.read(wait=1)
            except (httpx.HTTPError, KeyError, json.JSONDecodeError):
                return False
            return len(answers()) >= len(self.acknowledged)

        wait_for(all_there, within, lambda: f"answered {answers()} of {self.acknowledged}")
        self.worker.http.close()
        said = [text.partition("答：")[2] for text in answers()]
        assert said == self.acknowledged
