"""The server is the benches'; here are databases of the tests' own in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from commands.bench.postgres import Postgres, PostgresMissing, free_port

__all__ = ["Postgres", "PostgresMissing", "free_port", "fresh_database"]


@contextmanager
def fresh_database(server_url: str, copy_of: str = "template1") -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')  # type: ignore[arg-type]
    yield server_url.rpartition("/")[0] + "/" + name
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]
