"""`./gongyou logs`: follow what the processes say."""

from __future__ import annotations

import subprocess

import typer

from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def logs(lines: int = typer.Option(50, help="how many lines to begin with")) -> None:
    folder = settings().data / "log"
    files = sorted(folder.glob("*.log"))
    if not files:
        raise SystemExit("gongyou: there are no logs yet; ./gongyou up starts everything")
    subprocess.run(["tail", "-n", str(lines), "-F", *map(str, files)], check=False)
