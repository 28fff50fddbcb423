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
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.asgi import Bridge
from tests.support.desk import PASSWORD, Operator

HOST = "http://desk.test"


def no_knowledge() -> None:
    raise AssertionError("this page has no business with the policy base")


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, DESK_BIND="")


@pytest.fixture
def application(sqlite: Database, configured: Settings) -> Starlette:
    world = World(sqlite, no_knowledge, lambda _text: np.zeros(384, dtype=np.float32))  # type: ignore[arg-type]
    return Starlette(routes=routes(sqlite, configured, world))


@pytest.fixture
def browser(application: Starlette) -> Callable[[], Operator]:
    """A fresh browser that nobody has logged in with."""
    return lambda: Operator(httpx.Client(transport=Bridge(application), base_url=HOST))


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords() -> Iterator[None]:
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
            one.http.cookies.set("desk", auth.start_session(session, row, agent="test"), domain="desk.test")
        one.id = number
        return one

    return made
