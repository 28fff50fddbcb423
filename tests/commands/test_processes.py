"""A taken port is named with its process; two clones have their own ports; a deep folder still has a socket."""

import os
import socket
from pathlib import Path

import pytest

from commands.processes import CannotStart, check_ports, socket_path
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
