"""Traditional characters and other languages: read always, written when he prefers them."""

import pytest

from actions.languages import language_of
from actions.script import is_traditional
from kit.db import Database
from tests.actions.world import Worker


def test_traditional_is_offered_once_and_kept(sqlite: Database) -> None:
    worker = Worker(sqlite)

    assert "發“用繁體”" in worker.hears("老闆欠我三個月薪水")
    assert "發“用繁體”" not in worker.hears("老闆欠我三個月薪水")
    assert "以後用繁體字" in worker.hears("用繁體")
    told = worker.say("菜單")
    assert "說你遇到的事" in told[0].text and any("工資" in button.title for button in told[0].buttons)
    assert "简体字回答" in worker.hears("用簡體")
    assert "说你遇到的事" in worker.hears("菜单")


def test_a_name_in_old_characters_is_no_preference() -> None:
    assert not is_traditional("我叫張三")
    assert is_traditional("老闆欠我三個月薪水")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My boss has not paid me for three months", "英语"),
        ("사장님이 월급을 안 줘요", "朝鲜语"),
        ("Sếp không trả lương cho tôi", "越南语"),
        ("社長が給料をくれません", "日语"),
        ("HR 说 N+1 不给了怎么办", None),
        ("'; DROP TABLE ticket; --", None),
        ("asdkjh qwe", None),
    ],
)
def test_which_language(text: str, language: str | None) -> None:
    found = language_of(text)

    assert (found.name if found else None) == language


def test_one_ticket_names_the_language(sqlite: Database) -> None:
    worker = Worker(sqlite)
    first = worker.say("My boss has not paid me for three months")
    second = worker.say("He does not answer my phone calls")

    assert "Your message was received" in first[0].text
    assert first[0].ticket == second[0].ticket is not None
