"""A process is ready when a worker's first question would wait no longer than any other."""

import threading
from collections.abc import Callable

import numpy as np

from commands.wiring import WarmUp
from tests.support.stack import wait_for


class Slow:
    """A world whose policy base takes as long as the test says."""

    def __init__(self, knowledge: Callable[[], object]) -> None:
        self.knowledge, self.said = knowledge, []  # type: ignore[var-annotated]

    def encode(self, text: str) -> np.ndarray:
        self.said.append(text)
        return np.zeros(4, np.float32)


def test_it_is_ready_once_everything_is_loaded_and_loads_once() -> None:
    go_on, world = threading.Event(), Slow(lambda: go_on.wait(60))
    is_warm = WarmUp(world)  # type: ignore[arg-type]

    assert not is_warm()
    assert not is_warm()
    go_on.set()
    wait_for(is_warm, 60, "it is warm")
    assert len(world.said) == 1


def test_a_database_that_is_away_does_not_keep_it_from_work() -> None:
    def away() -> object:
        raise OSError("the database is away")

    wait_for(WarmUp(Slow(away)), 60, "it goes on")  # type: ignore[arg-type]
