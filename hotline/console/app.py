"""Joins the desk's pages into routes; each module lists its own in PAGES."""

from __future__ import annotations

from starlette.routing import BaseRoute

from actions.turn import World
from hotline.console import login, queue, ticket
from hotline.console.door import Page, route
from hotline.console.static_files import StaticFiles
from hotline.console.visit import Desk, templates
from kit.db import Database
from kit.settings import Settings

PAGES: list[Page] = [*login.PAGES, *queue.PAGES, *ticket.PAGES]


def desk(database: Database, configured: Settings, world: World) -> Desk:
    static = StaticFiles()
    return Desk(database, configured, world, templates(static), static)


def routes(database: Database, configured: Settings, world: World) -> list[BaseRoute]:
    made = desk(database, configured, world)
    return [made.static.route(), *(route(made, one) for one in PAGES)]
