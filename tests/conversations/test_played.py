"""The written conversations through the whole product: real gateway, Rasa, actions, database; see `make
test-conversations` for the same with every dialogue in full."""

import pytest

from tests.support.conversations import load, play_on_own_stack, table

pytestmark = [pytest.mark.rasa, pytest.mark.slow]


def test_every_conversation_goes_as_written(capsys: pytest.CaptureFixture[str]) -> None:
    scripts = load()
    with capsys.disabled():
        print("\n" + table(scripts))
        played, seen = play_on_own_stack(scripts, lambda words: print(words, flush=True))

    assert [one.dialogue for one in played if one.wrong] == []
    assert seen == [], "an identity number that was typed stands in these files"
