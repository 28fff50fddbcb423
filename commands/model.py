"""`./gongyou model`: which model answers, and a new one in its place.

`roll` restarts this host's Rasa processes one after the other, waits until each answers with the new model, and asks it
the committed questions. When one does not come up, or knows fewer of them than the old model did, the old model goes
back into every process. Messages go to the other processes meanwhile; a turn that a restart cut off is asked again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import secrets
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.gateway.rasa_client import RasaClient, RasaError, Turn
from commands import train, vectors
from commands.model_score import Score, score_of
from commands.processes import CannotStart, rasa_programs
from commands.status import restart, supervisor_pid
from kit import clock
from kit.db import Database
from kit.settings import Settings, secret, settings
from knowledge.encoder import E5, Vectors

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)

COMES_UP_WITHIN = 300.0  # seconds; a quiet machine needs fifteen
HOSTS = 0x676F6E67  # PostgreSQL's advisory lock that the host which rolls holds
UNFINISHED = "rolling"  # beside `current`: the old model's name, while a roll is under way


class RollFailed(Exception):
    """The old model answers again; the message says what was wrong with the new one."""


@dataclass(frozen=True)
class Model:
    """A file in models/, and the name by which Rasa tells that it answers with it."""

    name: str
    id: str

    @classmethod
    def of(cls, path: Path) -> Model:
        with tarfile.open(path) as packed:
            told = packed.extractfile("metadata.json")
            assert told is not None, f"{path} is no model of Rasa's"
            return cls(path.name, str(json.load(told)["model_id"]))


@dataclass(frozen=True)
class Process:
    """One Rasa process of this host: supervisor's name for it, and the client that asks only this one."""

    name: str
    client: RasaClient

    @property
    def model(self) -> str:
        return next(iter(self.client.models().values()))

    def topic_of(self, text: str, vector: Vectors) -> str:
        turn = Turn("model-roll", f"roll-{secrets.token_hex(8)}", text, vector=vector)
        return str((self.client.parse(turn).get("intent") or {}).get("name"))


class Roll:
    """`begin_again` restarts a process by its name; `ask` says how many committed questions it knows."""

    def __init__(
        self,
        configured: Settings,
        processes: Sequence[Process],
        begin_again: Callable[[str], None],
        ask: Callable[[Process], Score],
    ) -> None:
        self._configured = configured
        self._processes = processes
        self._begin_again = begin_again
        self._ask = ask

    def run(self, new: Model, old: Model) -> Iterator[str]:
        """Yields what it did; a failure puts the old model back before it is raised."""
        waiting = [process for process in self._processes if process.model != new.id]
        before = self._ask(self._one_that_answers(waiting)) if waiting else None
        yield f"{old.name}: {before}" if before else f"every process answers with {new.name} already"
        train.make_current(self._configured, new.name)
        try:
            for process in waiting:
                yield self._let_in(process, new, before)
        except (RollFailed, RasaError, CannotStart, KeyboardInterrupt) as error:
            yield f"{error or 'stopped'}; putting {old.name} back"
            self._put_back(old)
            raise RollFailed(f"{old.name} answers everywhere again") from error

    def _one_that_answers(self, waiting: Sequence[Process]) -> Process:
        """One that is still starting, or down, is let in like the others; the old score comes from another."""
        for process in waiting:
            if process.model:
                return process
        raise RollFailed("no Rasa process answers, so there is nothing to compare with: ./gongyou status")

    def _put_back(self, old: Model) -> None:
        """Every process is tried, also when one of them does not come up."""
        train.make_current(self._configured, old.name)
        failed = []
        for process in self._processes:
            try:
                if process.model != old.id:
                    self._move(process, old)
            except (RollFailed, CannotStart) as error:
                failed.append(str(error))
        if failed:
            raise RollFailed("; ".join(failed))

    def _let_in(self, process: Process, new: Model, before: Score | None) -> str:
        began = clock.monotonic()
        self._move(process, new)
        took = clock.monotonic() - began
        now = self._ask(process)
        if before is not None and now.is_worse_than(before):
            raise RollFailed(f"with {new.name} {process.name} knows {now}, before {before.right}")
        return f"{process.name}: {new.name} after {took:.0f} s, {now}"

    def _move(self, process: Process, model: Model) -> None:
        self._begin_again(process.name)
        until = clock.monotonic() + COMES_UP_WITHIN
        while process.model != model.id:
            if clock.monotonic() > until:
                raise RollFailed(f"{process.name} does not answer with {model.name}")
            time.sleep(0.2)


@contextlib.contextmanager
def one_at_a_time(configured: Settings) -> Iterator[None]:
    """One roll on this host and, with PostgreSQL, on all hosts together."""
    with (configured.models / "roll.lock").open("w") as held, contextlib.ExitStack() as stack:
        busy = "another roll is under way; look at it with ./gongyou model show"
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RollFailed(busy) from error
        if configured.database_url:
            connection = stack.enter_context(Database(configured.database).connect(autocommit=True))
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (HOSTS,)).fetchone()
            if row is None or not row[0]:
                raise RollFailed(f"on another host {busy}")
        yield


@contextlib.contextmanager
def old_model(configured: Settings) -> Iterator[Path]:
    """The model that answers; written down while we roll, so that a roll that was killed still knows it."""
    note = configured.models / UNFINISHED
    if not note.exists():
        present = train.current_model(configured)
        if present is None:
            raise RollFailed("there is no model yet: ./gongyou train")
        note.write_text(present.name, encoding="utf-8")
    try:
        yield configured.models / note.read_text(encoding="utf-8")
    finally:
        note.unlink()


def wanted_model(configured: Settings, name: str) -> Path:
    """The named model, or the one that was trained from what is here; it must fit the dialogue of this code."""
    path = configured.models / (name or train.name_now())
    if not path.exists():
        raise RollFailed(f"there is no {path.name} in {configured.models}: ./gongyou train --aside makes it")
    manifest, ours = train.manifest_of(path), {"dialogue": train.dialogue_checksum(), "encoder": E5().name}
    for part, here in ours.items():
        if manifest.get(part, here) != here:
            raise RollFailed(f"{path.name} was trained for another {part} than this code's: ./gongyou upgrade")
    return path


@contextlib.contextmanager
def processes_of(configured: Settings) -> Iterator[list[Process]]:
    clients = [RasaClient((url,), secret("rasa"), 60.0) for url in configured.rasa_here]
    try:
        yield [Process(name, client) for name, client in zip(rasa_programs(configured), clients, strict=True)]
    finally:
        for client in clients:
            client.close()


def roll_here(configured: Settings, name: str, begin_again: Callable[[str], None]) -> Iterator[str]:
    encoder = vectors.cached_encoder(configured)
    with one_at_a_time(configured), processes_of(configured) as rasa:
        running = Roll(configured, rasa, begin_again, lambda process: score_of(process.topic_of, encoder))
        new = Model.of(wanted_model(configured, name))
        with old_model(configured) as old:
            yield from running.run(new, Model.of(old))


@app.command()
def roll(
    name: str = typer.Argument("", help="a file in models/; without it the one trained from what is here"),
    command: str = typer.Option("", "--restart", help="how Rasa restarts here: 'systemctl restart gongyou-rasa'"),
) -> None:
    """Let a model in, one process at a time; the old one comes back by itself when the new one does worse."""
    configured = settings()
    if not command and supervisor_pid(configured) is None:
        raise SystemExit("gongyou: it does not run here; where systemd runs it, say --restart 'systemctl ...'")
    try:
        for line in roll_here(configured, name, lambda process: restart(configured, process, command)):
            print(f"gongyou: {line}", flush=True)
    except (RollFailed, RasaError) as error:
        raise SystemExit(f"gongyou: {error}") from error


@app.command()
def show() -> None:
    """The model in use, and which one each process of this host answers with."""
    configured = settings()
    present = train.current_model(configured)
    print(f"current: {present.name if present else 'none'}")
    known = {Model.of(path).id: path.name for path in sorted(configured.models.glob("gongyou-*.tar.gz"))}
    with processes_of(configured) as rasa:
        for process in rasa:
            answers = process.model
            print(f"{process.name}: {known.get(answers, answers) or 'does not answer'}")
