"""`./gongyou doctor`: looks at this installation and says of each problem what to do about it."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from sqlalchemy.orm import Session

from commands.processes import CannotStart, check_ports
from commands.status import supervisor_pid
from commands.train import current_model
from hotline import rota
from hotline.health.snapshot import DUTY_GRACE
from hotline.migrations import run
from hotline.tickets import desks
from kit import clock
from kit.db import Database
from kit.duties import standings
from kit.settings import Settings, settings

app = typer.Typer(help=__doc__, add_completion=False)

OLDEST_RASA = (3, 6, 21)
FREE_DISK_MB = 500
EXPECTED_PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
NETWORK_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs")


@dataclass(frozen=True)
class Finding:
    what: str
    is_good: bool
    advice: str = ""


def interpreters(configured: Settings) -> Iterator[Finding]:
    for name, versions in (("app", ("3.11", "3.12", "3.13")), ("rasa", ("3.10",))):
        python = configured.envs / name / "bin" / "python"
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
        version = done.stdout.strip()
        advice = f"delete {configured.envs.name}/{name} and run ./gongyou env"
        yield Finding(f"{name} environment: Python {version or 'does not run'}", version in versions, advice)


def rasa_version(configured: Settings) -> Iterator[Finding]:
    python = configured.envs / "rasa" / "bin" / "python"
    code = "from importlib.metadata import version; print(version('rasa'))"
    found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    parts = tuple(int(part) for part in found.split(".") if part.isdecimal())
    advice = "older ones let a model be loaded from afar (CVE-2024-49375): run ./gongyou env"
    yield Finding(f"rasa {found or 'is missing'}", parts >= OLDEST_RASA, advice)


def permissions(configured: Settings) -> Iterator[Finding]:
    for path, mode in ((configured.data, 0o700), (configured.data / "secrets.json", 0o600)):
        if path.exists():
            has = stat.S_IMODE(path.stat().st_mode)
            yield Finding(f"{path.name}: mode {has:o}", has & 0o077 == 0, f"chmod {mode:o} {path}")


def ports(configured: Settings) -> Iterator[Finding]:
    if supervisor_pid(configured) is not None or _serves(configured):
        yield Finding("ports: ours, it is running", True)
        return
    try:
        check_ports(configured)
        yield Finding("ports: free", True)
    except CannotStart as error:
        yield Finding(str(error), False, "stop that process or set GONGYOU_PORT")


def _serves(configured: Settings) -> bool:
    """Whether a process of ours answers here, by whomever it was started."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{configured.internal_at}/healthz", timeout=5, trust_env=False)
        return bool(answer.json().get("alive"))
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


def database(configured: Settings) -> Iterator[Finding]:
    if not configured.database_url and not (configured.data / "gongyou.db").exists():
        yield Finding("database: not made yet", True)
        return
    opened = Database(configured.database)
    try:
        revision = run.present(opened)
        yield Finding(f"schema {revision}", revision == run.newest(), "./gongyou db upgrade")
        for name, value in opened.pragmas().items():
            if name in EXPECTED_PRAGMAS:
                yield Finding(f"sqlite {name} = {value}", value == EXPECTED_PRAGMAS[name], "use the shipped kit/db.py")
    finally:
        opened.close()


@contextmanager
def _current(configured: Settings) -> Iterator[Session | None]:
    """A look into the database; None where its schema is another one, which `database` says already."""
    opened = Database(configured.database)
    try:
        if run.present(opened) != run.newest():
            yield None
            return
        with opened.reading() as session:
            yield session
    finally:
        opened.close()


def duty(configured: Settings) -> Iterator[Finding]:
    """An alarm that finds nobody: red here, and the bot tells workers that nobody is there."""
    if not configured.database_url and not (configured.data / "gongyou.db").exists():
        return
    with _current(configured) as session:
        if session is None:
            return
        empty = rota.gaps(session, [desk.id for desk in desks.every(session)], clock.now(), days=1)
        reachable = rota.somebody_can_be_called(session, clock.now())
    advice = "./gongyou rota import FILE, then ./gongyou rota phone (docs/tasks/duty-rota.md)"
    yield Finding(f"duty rota: {len(empty)} desks have hours without anybody today", not empty, advice)
    yield Finding("duty rota: somebody can be called right now", reachable, advice)


def duties(configured: Settings) -> Iterator[Finding]:
    """Periodic work that has not been done in its time; asked only while something runs that should do it."""
    if supervisor_pid(configured) is None and not configured.database_url:
        return
    with _current(configured) as session:
        if session is None:
            return
        known = standings(session, clock.now(), DUTY_GRACE)
    late = [one for one in known if one.is_late]
    yield Finding(f"duties: {len(known) - len(late)} of {len(known)} done in their time", True)
    for one in late:
        last = f"{one.last_run_at:%m-%d %H:%M} UTC" if one.last_run_at else "never"
        why = f" ({one.last_error})" if one.last_error else ""
        advice = f"the log says why: ./gongyou logs, lines of {one.name!r}; a process with the role worker must run"
        yield Finding(f"duty {one.name}: last done {last}{why}", False, advice)


def key_store(configured: Settings) -> Iterator[Finding]:
    """Several machines on one database need one key store."""
    if configured.database_url:
        what = f"key store: {'shared' if configured.keys_url else 'on this machine only'}"
        yield Finding(what, bool(configured.keys_url), "with several machines set KEYS_URL to a database of its own")


def file_system(configured: Settings) -> Iterator[Finding]:
    """SQLite's locks and syncs are not to be trusted over a network."""
    if configured.database_url:
        return
    done = subprocess.run(["stat", "-f", "-c", "%T", str(configured.data)], capture_output=True, text=True, check=False)
    kind = done.stdout.strip()
    yield Finding(f"file system: {kind}", kind not in NETWORK_FILE_SYSTEMS, "put GONGYOU_DATA on a local disk")


def model(configured: Settings) -> Iterator[Finding]:
    path = current_model(configured)
    if path is None:
        yield Finding("model: not trained yet", False, "./gongyou train")
        return
    manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    same = hashlib.sha256(path.read_bytes()).hexdigest() == manifest["sha256"]
    yield Finding(
        f"model {path.name}", same, "its checksum is not the one it was trained with: ./gongyou train --force"
    )


def disk(configured: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(configured.data)).free // 2**20
    yield Finding(f"free disk: {free} MB", free >= FREE_DISK_MB, f"free at least {FREE_DISK_MB} MB")


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    interpreters,
    rasa_version,
    permissions,
    ports,
    database,
    duty,
    duties,
    key_store,
    file_system,
    model,
    disk,
)


@app.command()
def doctor() -> None:
    findings = [finding for check in CHECKS for finding in check(settings())]
    for finding in findings:
        print(f"{'ok ' if finding.is_good else 'BAD'} {finding.what}")
        if not finding.is_good:
            print(f"    -> {finding.advice}")
    if not all(finding.is_good for finding in findings):
        raise SystemExit(1)
