"""A taken port is named with its process; two clones have their own ports; a deep folder still has a socket."""

import os
import socket
from pathlib import Path

import pytest
import yaml

from commands.processes import CannotStart, check_ports, run_folder, socket_path, write_rasa_files
from kit.settings import Settings


def test_a_taken_port_is_named_with_its_process(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=str(port)) as raised:
            check_ports(Settings(data=tmp_path, port=port))

    assert str(os.getpid()) in str(raised.value)
    assert "GONGYOU_PORT" in str(raised.value)


def test_a_deep_data_folder_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)

    assert len(str(socket_path(Settings(data=deep)))) < 100


def test_rasa_hears_all_that_the_url_says_of_redis(tmp_path: Path) -> None:
    configured = Settings(data=tmp_path, redis_url="rediss://:made%23up@10.0.0.2:6380/3")
    write_rasa_files(configured)
    store = yaml.safe_load((run_folder(configured) / "endpoints.yml").read_text(encoding="utf-8"))["lock_store"]

    assert (store["url"], store["port"], store["db"]) == ("10.0.0.2", 6380, "3")
    assert (store["password"], store["use_ssl"]) == ("made#up", True)
    assert "username" not in store


def test_our_own_rasa_reaches_the_actions_wherever_else_they_are_open() -> None:
    assert Settings().internal_doors == ("127.0.0.1",)
    assert Settings(internal_bind="10.0.0.11").internal_doors == ("127.0.0.1", "10.0.0.11")
