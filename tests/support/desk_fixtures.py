"""The desk's application over a migrated database, and operators of every role."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette

from actions.turn import World
from hotline.console import auth, operators
from hotline.console.app import routes
from hotline.console.tables import OperatorRow
from hotline.policy.current import Current, Knowledge
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.asgi import Bridge
from tests.support.desk import PASSWORD, Operator
from tests.support.desk_server import served

HOST = "http://desk.test"


@pytest.fixture(scope="session")
def knowledge(migrated_sqlite: Path) -> Knowledge:
    """The shipped policy base, found by words only: no encoder is loaded here."""
    database = Database(f"sqlite:///{migrated_sqlite}")
    try:
        return Current(database).knowledge()
    finally:
        database.close()


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, desk_check=0.5, desk_heartbeat=1.0, desk_patience=2.0)


@pytest.fixture
def application(sqlite: Database, configured: Settings, knowledge: Knowledge) -> Starlette:
    world = World(sqlite, lambda: knowledge, lambda _text: np.zeros(384, dtype=np.float32))
    return Starlette(routes=routes(sqlite, configured, world))


@pytest.fixture
def browser(application: Starlette) -> Callable[[], Operator]:
    """A fresh browser that nobody has logged in with."""
    return lambda: Operator(httpx.Client(transport=Bridge(application), base_url=HOST))


@pytest.fixture
def desk_url(application: Starlette) -> Iterator[str]:
    """The same application on a real port: streams need one."""
    with served(application.routes) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> Iterator[None]:
    """argon2 as it is costs 50 ms an account; here it may cost 1."""
    from argon2 import PasswordHasher

    from hotline.console import passwords

    usual = passwords._hasher, passwords._NOBODY
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody")
    yield
    passwords._hasher, passwords._NOBODY = usual


@pytest.fixture
def logged_in(sqlite: Database, browser: Callable[[], Operator]) -> Callable[..., Operator]:
    """An operator of a role with a whole session, without the walk through login (its own tests do that)."""

    def made(role: str, login: str = "", desk_ids: tuple[str, ...] = ()) -> Operator:
        one = browser()
        with sqlite.transaction() as session:
            number = operators.create(
                session, login=login or role, name=f"{role}同志", password=PASSWORD, role=role, desk_ids=desk_ids
            )
            row = session.get_one(OperatorRow, number)
            row.totp_since = clock.now()
            one.cookie = auth.start_session(session, row, agent="test")
        one.http.cookies.set("desk", one.cookie, domain="desk.test")
        one.id = number
        return one

    return made
