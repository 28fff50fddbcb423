"""`./gongyou status`, `logs` and `down`: what runs, what it says, and the end of it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time

import typer

from commands.processes import CannotStart, run_folder
from kit.settings import Settings, settings

app = typer.Typer(help=__doc__, add_completion=False)


def supervisor_pid(configured: Settings) -> int | None:
    """The supervisor that this data folder's `up` started, if it lives."""
    path = run_folder(configured) / "supervisor.pid"
    if not path.exists():
        return None
    pid = int(path.read_text(encoding="ascii").strip() or 0)
    try:
        command = (os.readlink(f"/proc/{pid}/exe"), open(f"/proc/{pid}/cmdline", "rb").read())  # noqa: PTH115, PTH123, SIM115
    except OSError:
        return None
    return pid if str(run_folder(configured).resolve()).encode() in command[1] else None


def control(configured: Settings, *words: str) -> int:
    config = run_folder(configured) / "supervisord.conf"
    return subprocess.run(
        [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(config), *words], check=False
    ).returncode


def restart(configured: Settings, process: str, command: str = "") -> None:
    """One process, by supervisor, or by the command of whoever runs it here instead."""
    if command:
        code = subprocess.run(shlex.split(command), check=False).returncode
    else:
        code = control(configured, "restart", process)
    if code:
        raise CannotStart(f"{process} could not be restarted ({command or 'supervisorctl'} ended with {code})")


@app.command()
def status() -> None:
    configured = settings()
    if supervisor_pid(configured) is None:
        print("gongyou is not running here; ./gongyou up starts it")
        raise SystemExit(3)
    control(configured, "status")


def stop_running(configured: Settings) -> bool:
    """End the supervisor of this data folder and wait until it is gone; False when none ran."""
    pid = supervisor_pid(configured)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + configured.drain + 30
    while supervisor_pid(configured) is not None:
        if time.monotonic() > deadline:
            raise SystemExit("gongyou: it did not stop in time; see the logs")
        time.sleep(0.1)
    return True
