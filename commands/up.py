"""`./gongyou up`: prepare everything, start it under supervisor, stay in front until Ctrl-C (or --detach)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

import httpx
import typer

from commands import db, desks, operator, policy, vectors
from commands.processes import CannotStart, check_ports, run_folder, supervisor_config, write_rasa_files
from commands.train import TrainingFailed, train_if_needed
from kit.settings import ROOT, Settings, SettingsError, settings

app = typer.Typer(help=__doc__, add_completion=False)

READY_WITHIN = 300.0


def prepare(configured: Settings) -> None:
    """Everything that must be true before a process starts; each step says what it does and is quick when done."""
    run_folder(configured)
    check_ports(configured)
    db.upgrade_schema(configured)
    policy.import_shipped(configured)
    desks.import_shipped(configured)
    vectors.warm(configured)
    train_if_needed(configured)
    write_rasa_files(configured)


def wait_until_ready(configured: Settings, supervisor: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    shown = time.monotonic()
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise CannotStart(f"supervisor stopped; see {configured.data / 'log' / 'supervisor.log'}")
        try:
            if httpx.get(f"http://127.0.0.1:{configured.internal_at}/readyz", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass  # not listening yet
        if time.monotonic() - shown > 5:
            print("  starting", flush=True)
            shown = time.monotonic()
        time.sleep(0.2)
    raise CannotStart(f"not ready after {READY_WITHIN:.0f} s; see the logs in {configured.data / 'log'}")


def announce(configured: Settings) -> None:
    print(f"\n  chat: {configured.address}/\n  desk: {configured.address}/desk", flush=True)
    for role, link in operator.first_links(configured).items():
        print(f"  first {role} at the desk (works once, for a day): {link}", flush=True)


def start(configured: Settings, *, detached: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(supervisor_config(configured))]
    with (configured.data / "log" / "supervisord.out").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def stop(supervisor: subprocess.Popen[bytes], configured: Settings) -> None:
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(configured.drain + 30)
    except subprocess.TimeoutExpired:
        supervisor.kill()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@app.command()
def up(detach: bool = typer.Option(False, "--detach", help="leave it running in the background")) -> None:
    try:
        configured = settings()
        prepare(configured)
        supervisor = start(configured, detached=detach)
    except (CannotStart, TrainingFailed, SettingsError) as error:
        raise SystemExit(f"gongyou: {error}") from error
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        wait_until_ready(configured, supervisor)
        announce(configured)
        if detach:
            print("\n  ./gongyou status, logs, down", flush=True)
            return
        print("\n  Ctrl-C stops everything.", flush=True)
        supervisor.wait()
    except CannotStart as error:
        stop(supervisor, configured)
        raise SystemExit(f"gongyou: {error}") from error
    except KeyboardInterrupt:
        print("\ngongyou: stopping", flush=True)
        stop(supervisor, configured)
