"""Our side's actions: the production action route with one fixed answer, so that only the road differs."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from actions.server import ActionServer
from actions.turn import Outcome, Turn, say
from bot.messages import Outgoing
from commands.bench.stock_actions import NAMES, TEXT
from kit import log
from kit.recent import Recent


def fixed(_turn: Turn) -> Outcome:
    return say(Outgoing(kind="answer", text=TEXT))


def main(port: int) -> None:
    log.set_up("WARNING")
    server = ActionServer(dict.fromkeys(NAMES, fixed), Recent(10), "bench", 8.0)
    routes = [*server.routes(), Route("/healthz", lambda _: PlainTextResponse("ok"))]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
