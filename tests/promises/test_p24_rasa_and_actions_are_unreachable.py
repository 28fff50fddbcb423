"""P24: from another network namespace only the gateway answers; Rasa and the internal routes stay on loopback."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from commands.processes import rasa_command
from kit.settings import Settings
from tests.support.app_process import AppProcess
from tests.support.fake_rasa_http import FakeRasaHttp
from tests.support.fake_telegram import FakeTelegram
from tests.support.promise import Record

NAME = "gongyou-p24"
HERE, THERE = "10.249.24.1", "10.249.24.2"
PROBE = textwrap.dedent(
    """
    import socket, sys
    for port in sys.argv[2:]:
        with socket.socket() as probe:
            probe.settimeout(3)
            print(port, "open" if probe.connect_ex((sys.argv[1], int(port))) == 0 else "shut")
    """
)


@pytest.fixture(scope="module")
def outside() -> Iterator[list[str]]:
    """How to run a command on another machine of this one's network: a namespace with a cable to us."""
    steps = [
        f"ip netns add {NAME}",
        f"ip link add {NAME[:9]}0 type veth peer name {NAME[:9]}1",
        f"ip link set {NAME[:9]}1 netns {NAME}",
        f"ip addr add {HERE}/30 dev {NAME[:9]}0",
        f"ip link set {NAME[:9]}0 up",
        f"ip netns exec {NAME} ip addr add {THERE}/30 dev {NAME[:9]}1",
        f"ip netns exec {NAME} ip link set {NAME[:9]}1 up",
    ]
    subprocess.run(["ip", "netns", "del", NAME], capture_output=True)
    for step in steps:
        done = subprocess.run(step.split(), capture_output=True, text=True)
        if done.returncode:
            subprocess.run(["ip", "netns", "del", NAME], capture_output=True)
            pytest.skip(f"needs the right to make a network namespace: {done.stderr.strip()}")
    yield ["ip", "netns", "exec", NAME, sys.executable, "-c", PROBE, HERE]
    subprocess.run(["ip", "netns", "del", NAME], check=True)


@pytest.mark.timeout(400)
def test_only_the_gateway_answers_outside(outside: list[str], tmp_path: Path, record_property: Record) -> None:
    everywhere = {"GONGYOU_BIND": "0.0.0.0"}
    with (
        FakeTelegram() as telegram,
        FakeRasaHttp() as rasa,
        AppProcess(tmp_path, rasa.url, telegram.url, **everywhere) as app,
    ):
        gateway, internal, rasa_port = app.port, app.port + 2, int(rasa.url.rpartition(":")[2])
        asked = [*outside, *map(str, (gateway, internal, rasa_port))]
        seen = dict(line.split() for line in subprocess.run(asked, capture_output=True, text=True).stdout.splitlines())
        refused = httpx.post(f"http://127.0.0.1:{internal}/internal/actions", json={}, trust_env=False)
        metrics = httpx.get(f"http://{HERE}:{gateway}/internal/actions", trust_env=False)
    assert seen == {str(gateway): "open", str(internal): "shut", str(rasa_port): "shut"}
    assert refused.status_code == 401
    assert metrics.status_code == 404
    record_property("measured", "another network namespace: gateway open, actions and Rasa shut; 401 without secret")


def test_rasa_is_started_on_loopback_whatever_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "current").write_text("gongyou-x.tar.gz")
    (tmp_path / "models" / "gongyou-x.tar.gz").touch()
    configured = Settings(
        data=tmp_path / "var", models=tmp_path / "models", bind="0.0.0.0", public_url="https://gongyou.example"
    )
    command = rasa_command(configured, configured.rasa_at)

    assert command[command.index("-i") + 1] == "127.0.0.1"
    assert "--enable-api" not in command
