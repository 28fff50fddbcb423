"""One running product for all flow tests that do not break it."""

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack, Worker


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def worker(stack: Stack) -> Iterator[Worker]:
    with stack.client() as http:
        yield Worker(http)
