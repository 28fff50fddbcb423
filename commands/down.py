"""`./gongyou down`: stop what `./gongyou up --detach` started, and nothing else."""

from __future__ import annotations

import typer

from commands.status import stop_running
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def down() -> None:
    print("gongyou: stopped" if stop_running(settings()) else "gongyou is not running here")
