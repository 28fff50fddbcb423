"""`./gongyou serve --roles ...`: one app process with any of its roles; SIGTERM finishes what is under way.

The public port carries the gateway (and the desk, unless DESK_BIND gives it its own). A second port, always on
loopback, carries what nobody outside may reach: the action route and the metrics.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass, field
from typing import Any, cast

import typer
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from actions.server import ActionServer, answers
from actions.turn import World
from bot.channels.base import Channel
from bot.gateway import app as gateway_app
from bot.gateway import calculators, widget
from bot.gateway.ask import Ask
from bot.gateway.chat import Chat
from bot.gateway.converse import Converse, Workers
from bot.gateway.deliver import Relay, Relays
from bot.gateway.rasa_client import RasaClient
from bot.gateway.receive import Receive
from bot.gateway.uploads import Uploads
from bot.mailbox.state import MailboxState
from bot.mailbox.wake import bell
from bot.mailbox.wire import Wire
from commands import metrics, wiring
from commands.configured_channels import Starts, companions, configured_channels
from hotline.api.own_copy import OwnCopy
from hotline.api.tickets import TicketsApi
from hotline.evidence.store import Store
from hotline.health.beat import Beat
from hotline.health.prometheus import Rows
from kit import log
from kit.db import Database
from kit.duties import Duties
from kit.recent import Recent
from kit.settings import ALL_ROLES, Role, Settings, secret, settings

app = typer.Typer(help=__doc__, add_completion=False)
logger = log.logger("serve")


@dataclass
class Parts:
    """What this process is made of; `build` puts together what the roles need."""

    configured: Settings
    database: Database
    world: World
    rasa: RasaClient
    vectors: Recent[Any] = field(default_factory=lambda: Recent(1000))
    public: list[BaseRoute] = field(default_factory=list)
    internal: list[BaseRoute] = field(default_factory=list)
    workers: Workers | None = None
    relays: Relays | None = None
    duties: Duties | None = None
    companions: list[Starts] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)


def build(configured: Settings, roles: tuple[Role, ...]) -> Parts:
    database = Database(configured.database)
    current = wiring.policy_base(configured, database)
    world = wiring.world(database, current)
    rasa = RasaClient(configured.rasa, secret("rasa"), configured.turn_deadline)
    parts = Parts(configured, database, world, rasa)
    parts.companions.append(Beat(database, roles, wiring.about(current, rasa)))
    channels = parts.channels = configured_channels(configured, MailboxState(database))
    if "gateway" in roles:
        doors = Receive(database, channels, configured.address, secret("hash"))
        parts.public += doors.routes()
        parts.companions += companions(configured, channels, doors)
        parts.public += Chat(database, configured, secret("hash")).routes()
        parts.public += widget.routes(configured.widget_origins)
        parts.public += Uploads(database, Store(configured.data), secret("hash")).routes()
        parts.public += calculators.routes(lambda: world.knowledge().base, database)
        parts.public += OwnCopy(database).routes()
        parts.public += TicketsApi(database).routes()
        parts.public += Ask(rasa, world, configured).routes()
    if "desk" in roles:
        parts.public += wiring.desk_routes(configured, database, world)
    if "actions" in roles:
        parts.internal += ActionServer(
            answers(world), parts.vectors, secret("actions"), configured.turn_deadline
        ).routes()
    if "worker" in roles:
        converse = Converse(database, rasa, world.encode, parts.vectors, configured)
        parts.workers = Workers(converse, configured)
        parts.duties = Duties(database, wiring.duties(configured, channels), configured.duty_lease)
        state = MailboxState(database)
        parts.relays = Relays([Relay(database, channel, state, configured) for channel in channels])
    return parts


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: two servers share one process, and we end both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _server(application: Starlette, host: str, port: int) -> Server:
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    return Server(config)


async def run(parts: Parts) -> None:
    configured = parts.configured
    answers_here = parts.workers is not None or parts.internal
    is_warm = wiring.WarmUp(parts.world) if answers_here else lambda: True
    is_ready = wiring.readiness(parts.database, parts.rasa, is_warm)
    servers = [_server(gateway_app.build(parts.public, is_ready), configured.bind, configured.port)]
    figures = metrics.route(lambda: Rows(parts.database, is_ready, parts.rasa.models), configured.metrics_token)
    internal = Starlette(routes=[*gateway_app.health_routes(is_ready), figures, *parts.internal])
    servers += [_server(internal, host, configured.internal_at) for host in configured.internal_doors]
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    wire = Wire(parts.database, bell)
    await asyncio.to_thread(wire.start)
    if parts.workers is not None:
        parts.workers.start()
    if parts.relays is not None:
        parts.relays.start()
    if parts.duties is not None:
        parts.duties.start()
    for companion in parts.companions:
        companion.start()
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    logger.info("serving", port=configured.port, internal=configured.internal_at)
    await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
    await _drain(parts, servers, tasks)
    wire.stop()
    parts.database.close()
    logger.info("stopped")


async def _drain(parts: Parts, servers: list[Server], tasks: list[asyncio.Task[None]]) -> None:
    """First the answers under way (Rasa still needs our action route for them), then the doors."""
    servers[0].should_exit = True
    for companion in parts.companions:
        companion.stop()
    if parts.workers is not None:
        await asyncio.to_thread(parts.workers.stop, parts.configured.drain)
    if parts.relays is not None:
        await asyncio.to_thread(parts.relays.stop, parts.configured.drain / 2)
    if parts.duties is not None:
        await asyncio.to_thread(parts.duties.stop, parts.configured.drain / 2)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks, return_exceptions=True)
    for channel in parts.channels:
        channel.close()
    parts.rasa.close()


@app.command()
def serve(roles: str = typer.Option(",".join(ALL_ROLES), help="which roles, with commas")) -> None:
    chosen = tuple(role.strip() for role in roles.split(",") if role.strip())
    unknown = set(chosen) - set(ALL_ROLES)
    if unknown or not chosen:
        raise SystemExit(f"gongyou: unknown role {', '.join(unknown)}; allowed: {', '.join(ALL_ROLES)}")
    configured = settings()
    log.set_up(configured.log_level)
    uvloop.run(run(build(configured, cast(tuple[Role, ...], chosen))))
