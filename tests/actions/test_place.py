"""Where he works and where he comes from, in one sentence."""

import pytest

from actions.place import noted
from kit.db import Database
from tests.actions.world import turn, world


@pytest.mark.parametrize(
    "text", ["在苏州打工，延边老家工会能管吗", "老家在延边，在苏州打工", "我户口在延边，人在苏州上班"]
)
def test_work_and_home_are_kept_apart(sqlite: Database, text: str) -> None:
    talk = noted(turn(text), world(sqlite)).talk

    assert (talk.region, talk.home) == ("CN-32-05", "CN-22-24")
