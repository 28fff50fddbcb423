"""Joins the desk's pages into routes; each module lists its own in PAGES."""

from __future__ import annotations

from starlette.routing import BaseRoute

from actions.turn import World
from hotline.console import (
    administration,
    alarm_pages,
    alerts,
    call,
    conversations,
    desk_hours,
    documents,
    duty,
    exports,
    files,
    health,
    knowledge,
    knowledge_drafts,
    knowledge_edit,
    live,
    login,
    queue,
    reports,
    stuck,
    sums,
    systems,
    ticket,
    ticket_acts,
    ticket_file,
)
from hotline.console.counts import Counts
from hotline.console.directory import Directory
from hotline.console.door import Page, route
from hotline.console.static_files import StaticFiles
from hotline.console.visit import Desk, templates
from kit.db import Database
from kit.settings import Settings

PAGES: list[Page] = [
    *login.PAGES,
    *live.PAGES,
    *queue.PAGES,
    *ticket.PAGES,
    *ticket_acts.PAGES,
    *ticket_file.PAGES,
    *sums.PAGES,
    *files.PAGES,
    *call.PAGES,
    *conversations.PAGES,
    *alerts.PAGES,
    *alarm_pages.PAGES,
    *duty.PAGES,
    *health.PAGES,
    *reports.PAGES,
    *exports.PAGES,
    *knowledge.PAGES,
    *documents.PAGES,
    *knowledge_edit.PAGES,
    *knowledge_drafts.PAGES,
    *administration.PAGES,
    *desk_hours.PAGES,
    *systems.PAGES,
    *stuck.PAGES,
]


def desk(database: Database, configured: Settings, world: World) -> Desk:
    static, directory = StaticFiles(), Directory(database)
    made = Desk(database, configured, world, templates(static, directory), static, directory, Counts(database))
    made.feed, made.streams = live.Feed(made), live.Streams()
    return made


def routes(database: Database, configured: Settings, world: World) -> list[BaseRoute]:
    made = desk(database, configured, world)
    return [made.static.route(), *(route(made, one) for one in PAGES)]
