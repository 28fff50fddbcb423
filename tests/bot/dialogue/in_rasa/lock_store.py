"""Turns go on while Redis is away, and in Redis again when it is back; within a conversation one after the other."""

import asyncio
import logging
import shutil
import socket
import subprocess
import time

from rasa.core.lock_store import LockStore as AnyStore
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue import lock_store

logging.disable(logging.CRITICAL)
lock_store.LEFT_ALONE = 0.2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def redis(port):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise AssertionError("Redis did not start")


async def turn(store, log, number):
    async with store.lock("c", wait_time_in_seconds=0.02):
        log.append(("begin", number))
        await asyncio.sleep(0.05)
        log.append(("end", number))


async def three(store):
    log = []
    await asyncio.gather(*(turn(store, log, number) for number in range(3)))
    assert [what for what, _ in log] == ["begin", "end"] * 3, log


async def main():
    port = free_port()
    kind = "bot.dialogue.lock_store.LockStore"
    store = AnyStore.create(EndpointConfig("127.0.0.1", type=kind, port=port, key_prefix="gongyou"))
    await three(store)  # not there yet
    server = redis(port)
    await asyncio.sleep(0.3)
    await three(store)
    assert store._answers()
    async with store.lock("d"):  # it dies while a turn holds its lock
        assert store.red.exists("gongyou:lock:d")
        server.kill()
        server.wait()
    await three(store)
    server = redis(port)
    await asyncio.sleep(0.3)
    await three(store)
    assert store._answers()
    server.kill()
    server.wait()


if shutil.which("redis-server"):
    asyncio.run(main())
print("ok")
