"""One running product for all flow tests that do not break it."""

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack, Worker


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    everywhere = {"GONGYOU_BIND": "0.0.0.0", "GONGYOU_INSECURE_HTTP": "1"}
    with Stack(tmp_path_factory.mktemp("stack"), **everywhere) as running:
        yield running


@pytest.fixture
def worker(stack: Stack) -> Iterator[Worker]:
    with stack.client() as http:
        yield Worker(http)
