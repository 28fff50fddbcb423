"""What runs beside what: the run directory, its configuration files, and supervisor, which restarts what dies."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from commands.train import ONE_THREAD, current_model
from kit.settings import ROOT, Settings, make_private, secret


class CannotStart(Exception):
    """Something is in the way; the message says what and how to remove it."""


def run_folder(configured: Settings) -> Path:
    make_private(configured.data)
    make_private(configured.data / "log")
    return make_private(configured.data / "run")


def socket_path(configured: Settings) -> Path:
    """Supervisor's socket; a deep data folder would pass the 100 characters that a socket's name may have."""
    wanted = configured.data.resolve() / "run" / "supervisor.sock"
    if len(str(wanted)) < 90:
        return wanted
    short = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    return make_private(Path(tempfile.gettempdir()) / f"gongyou-{os.getuid()}") / f"{short}.sock"


def _write_private(path: Path, text: str) -> None:
    """In one step, because several processes may write and read it at once."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.chmod(0o600)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _tracker_store(configured: Settings) -> str:
    """Rasa's conversations: beside our SQLite file in one of their own, or in our PostgreSQL."""
    return f'  type: bot.dialogue.tracker_store.ConversationStore\n  url: "{configured.tracker_database}"'


def _lock_store(configured: Settings) -> str:
    if not configured.redis_url:
        return ""
    parts = urlsplit(configured.redis_url)
    told = {
        "url": parts.hostname,
        "port": parts.port or 6379,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "db": parts.path.strip("/"),
        "use_ssl": parts.scheme == "rediss",
        "key_prefix": "gongyou",
    }
    lines = "".join(f"\n  {name}: {json.dumps(value)}" for name, value in told.items() if value)
    return f"lock_store:\n  type: bot.dialogue.lock_store.LockStore{lines}"


def write_rasa_files(configured: Settings) -> None:
    """Fill the templates at the top of the tree in; they hold secrets, so only this user may read them."""
    folder = run_folder(configured)
    values = {
        "{actions_url}": configured.actions,
        "{actions_secret}": secret("actions"),
        "{rasa_secret}": secret("rasa"),
        "{tracker_store}": _tracker_store(configured),
        "{lock_store}": _lock_store(configured),
    }
    for name in ("endpoints.yml", "credentials.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for slot, value in values.items():
            text = text.replace(slot, value)
        _write_private(folder / name, text)


def rasa_command(configured: Settings, port: int) -> list[str]:
    model = current_model(configured)
    if model is None:
        raise CannotStart("there is no trained model: run ./gongyou train")
    folder = run_folder(configured).resolve()
    command = [str((configured.envs / "rasa" / "bin" / "rasa").absolute()), "run", "--model", str(model.resolve())]
    command += ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    return [*command, "-i", configured.rasa_bind, "-p", str(port)]


def rasa_programs(configured: Settings) -> dict[str, list[str]]:
    """Supervisor's names of this host's Rasa processes; each takes the present model whenever it starts."""
    serve = [sys.executable, "-m", "commands", "serve-rasa", "--port"]
    names = ["rasa", *(f"rasa-{number}" for number in range(2, configured.rasa_processes + 1))]
    return {name: [*serve, str(port)] for name, port in zip(names, configured.rasa_ports, strict=True)}


def app_command() -> list[str]:
    return [sys.executable, "-m", "commands", "serve"]


def supervisor_config(configured: Settings) -> Path:
    folder = run_folder(configured).resolve()
    logs = configured.data.resolve() / "log"
    rasas = rasa_programs(configured).items()
    sections = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={logs / 'supervisor.log'}",
        f"pidfile={folder / 'supervisor.pid'}",
        f"childlogdir={logs}",
        "",
        "[unix_http_server]",
        f"file={socket_path(configured)}",
        "chmod=0600",
        "",
        "[supervisorctl]",
        f"serverurl=unix://{socket_path(configured)}",
        "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "",
        *(line for name, command in rasas for line in _program(name, command, logs, {}, stop=10)),
        *_program("app", app_command(), logs, ONE_THREAD, stop=int(configured.drain) + 10),
    ]
    path = folder / "supervisord.conf"
    _write_private(path, "\n".join(sections) + "\n")
    return path


def _quoted(argument: str) -> str:
    """Supervisor splits like a shell and expands %: both are disarmed."""
    escaped = argument.replace("%", "%%")
    return f'"{escaped}"' if " " in escaped else escaped


def _program(name: str, command: list[str], logs: Path, environment: dict[str, str], stop: int) -> list[str]:
    pairs = ",".join(f'{key}="{value.replace("%", "%%")}"' for key, value in environment.items())
    return [
        f"[program:{name}]",
        f"command={' '.join(map(_quoted, command))}",
        f"directory={ROOT}",
        f"environment={pairs}",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000000",
        f"stopwaitsecs={stop}",
        "stopasgroup=true",
        "killasgroup=true",
        f"stdout_logfile={logs / name}.log",
        "redirect_stderr=true",
        "stdout_logfile_maxbytes=20MB",
        "stdout_logfile_backups=3",
        "",
    ]


def check_ports(configured: Settings) -> None:
    """Say which process holds a port that we need, before anything is started."""
    places = [(configured.bind, configured.port), *((configured.rasa_bind, port) for port in configured.rasa_ports)]
    for host, port in [*places, *((host, configured.internal_at) for host in configured.internal_doors)]:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CannotStart(
                    f"port {port} on {host} is taken by {_holder(port)}; stop it or choose another with GONGYOU_PORT"
                ) from error


def _holder(port: int) -> str:
    """The process that listens on a port, as far as this user may see it."""
    ss = shutil.which("ss")
    if ss:
        listed = subprocess.run([ss, "-Hltnp", f"sport = :{port}"], capture_output=True, text=True, check=False).stdout
        if "users:((" in listed:
            name, _, rest = listed.partition("users:((")[2].partition(",")
            return f"{name.strip(chr(34))} ({rest.partition(',')[0].replace('=', ' ')})"
    for process in Path("/proc").glob("[0-9]*"):
        if _listens(process, port):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"{command[:80]} (pid {process.name})"
    return "another process"


def _listens(process: Path, port: int) -> bool:
    wanted = f":{port:04X} "
    try:
        tables = (process / "net" / "tcp").read_text() + (process / "net" / "tcp6").read_text()
        inodes = {line.split()[9] for line in tables.splitlines() if wanted in line and line.split()[3] == "0A"}
        return any(str(fd.readlink())[8:-1] in inodes for fd in (process / "fd").iterdir() if fd.is_symlink())
    except (OSError, IndexError):
        return False  # it ended meanwhile, or it belongs to somebody else
