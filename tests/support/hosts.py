"""Several hosts on this machine: network namespaces on a bridge of the test's own, whose cables can be pulled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from kit.settings import ROOT


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def may_make_hosts() -> bool:
    """Whether this user and this kernel allow network namespaces; the package iproute2 alone is not enough."""
    if shutil.which("ip") is None:
        return False
    name = f"gyt{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        ip("netns", "del", name)
    return made


class Network:
    """A bridge that the test process shares with the hosts; all addresses are private and end with the test."""

    def __init__(self) -> None:
        self._number = os.getpid() % 200 + 20
        self._bridge = f"gyb{self._number}"
        self.here = self.address(254)
        self.hosts: list[Host] = []

    def address(self, last: int) -> str:
        return f"10.197.{self._number}.{last}"

    def __enter__(self) -> Network:
        subprocess.run(["ip", "link", "del", self._bridge], capture_output=True, check=False)
        ip("link", "add", self._bridge, "type", "bridge")
        ip("addr", "add", f"{self.here}/24", "dev", self._bridge)
        ip("link", "set", self._bridge, "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self.hosts:
            host.remove()
        ip("link", "del", self._bridge)

    def host(self, last: int) -> Host:
        made = Host(f"gyh{self._number}x{last}", self.address(last), self._bridge, f"gyv{self._number}x{last}")
        self.hosts.append(made)
        return made


class Host:
    def __init__(self, name: str, address: str, bridge: str, cable: str) -> None:
        self.name = name
        self.address = address
        self._cable = cable
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        ip("netns", "add", name)
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", cable, "master", bridge, "up")
        for words in (("link", "set", "lo", "up"), ("addr", "add", f"{address}/24", "dev", "eth0")):
            ip("-n", name, *words)
        ip("-n", name, "link", "set", "eth0", "up")

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Pull the cable: packets vanish, nobody is told. It is plugged in again, however the block ends."""
        ip("link", "set", self._cable, "down")
        try:
            yield
        finally:
            ip("link", "set", self._cable, "up")

    @contextmanager
    def blocked(self, other: Host) -> Iterator[None]:
        """Packets from here to one other host vanish; both still reach everybody else."""
        ip("-n", self.name, "route", "add", "blackhole", f"{other.address}/32")
        try:
            yield
        finally:
            ip("-n", self.name, "route", "del", "blackhole", f"{other.address}/32")

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)


class App:
    """`./gongyou serve` on a host, as systemd would run it."""

    def __init__(self, host: Host, folder: Path, roles: str, skewed: int = 0, **settings: str) -> None:
        self.host = host
        self.port = 8080
        self.url = f"http://{host.address}:{self.port}"
        self._log = folder / "app.log"
        own = {"GONGYOU_DATA": str(folder), "GONGYOU_PORT": "8080", "GONGYOU_BIND": host.address}
        short = {"GONGYOU_LEASE": "4", "GONGYOU_DUTY_LEASE": "2", "GONGYOU_TURN_DEADLINE": "5"}
        free = {"GONGYOU_RETRY_BASE": "0.2", "GONGYOU_ADDRESS_PER_MINUTE": "60000", "GONGYOU_INSECURE_HTTP": "1"}
        quick = {"GONGYOU_SESSION_RATE": "1000", "GONGYOU_SESSION_BURST": "1000", "PYTHONPATH": str(ROOT)}
        self._environment = {**os.environ, **own, **short, **free, **quick, **settings}
        module = ["tests.support.skewed", str(skewed)] if skewed else ["commands"]
        self._command = [*host.inside, sys.executable, "-m", *module, "serve", "--roles", roles]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> App:
        sink = self._log.open("ab")
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=sink, stderr=sink, start_new_session=True
        )
        sink.close()
        return self

    def kill(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @contextmanager
    def dead(self) -> Iterator[None]:
        """Killed at once; started again, however the block ends."""
        self.kill()
        try:
            yield
        finally:
            self.start()


@contextmanager
def running(*apps: App) -> Iterator[None]:
    try:
        for app in apps:
            app.start()
        yield
    finally:
        for app in apps:
            app.kill()
