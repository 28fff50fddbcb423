"""Every written step can fail: an empty reply, the fixed sentence and “not understood” never pass for an answer."""

import pytest

from bot import replies
from tests.support.conversations import INTERRUPTIONS, Player, Script, Step, load, written

NOT_UNDERSTOOD = (replies.NOT_UNDERSTOOD, replies.NOT_UNDERSTOOD_AGAIN)


def wrong(step: Step, text: str, kind: str) -> list[str]:
    player = Player(None, Script("one", (step,), "0"))  # type: ignore[arg-type]
    player._check(step, [{"kind": kind, "text": text, "done": True}])
    return player.wrong


def steps() -> list[tuple[str, Step]]:
    plain = [script for script in load() if not script.interruption]
    found = [(f"{script.name} {at}", step) for script in plain for at, step in enumerate(script.steps, 1)]
    found += [(name, step) for name, steps in INTERRUPTIONS.items() for step in steps]
    return [(name, step) for name, step in found if not step.quick]


def expects_not_understood(step: Step) -> bool:
    """A step whose right answer may well be that nothing was understood, or that offers a person as that one does."""
    words = ("换个说法", "没听懂", "没太听懂", "转人工", "[一-鿿]{4}", "工资", "合同", "12351")
    return any(word in pattern for pattern in step.must for word in words)


@pytest.mark.parametrize(("name", "step"), steps(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_step_fails_on_an_empty_reply_and_on_the_fallback(name: str, step: Step) -> None:
    kind = (step.kind or step.last or "info").split("|")[0]

    assert wrong(step, "", kind)
    assert wrong(step, replies.FIXED_SENTENCE, kind)
    assert step.must or step.must_not
    if not expects_not_understood(step):
        assert all(wrong(step, text, "fallback") for text in NOT_UNDERSTOOD)


def test_there_are_enough_scripts_and_none_has_the_name_of_another() -> None:
    names = written()

    assert len(names) >= 60
    assert len(names) == len(set(names))


def test_every_item_of_the_conversation_has_scripts() -> None:
    assert {script.item for script in load()} >= {str(number) for number in range(1, 14)}
