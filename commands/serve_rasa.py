"""`./gongyou serve-rasa`: become the Rasa process (what supervisor does on one box, systemd does elsewhere)."""

from __future__ import annotations

import os

import typer

from commands.processes import CannotStart, rasa_command, write_rasa_files
from commands.train import rasa_environment
from kit.settings import settings
from knowledge.gemma.built import build

app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def serve_rasa(port: int = typer.Option(0, help="where it listens; the port after the gateway's")) -> None:
    configured = settings()
    write_rasa_files(configured)
    build(configured.models)
    try:
        command = rasa_command(configured, port or configured.rasa_at)
    except CannotStart as error:
        raise SystemExit(f"gongyou: {error}") from error
    os.execve(command[0], command, rasa_environment())  # noqa: S606
