import io

import pytest

from bot.channels.base import Forged, Recipient, Webhook
from bot.channels.console import Console
from bot.messages import Button, Outgoing


def test_the_console_prints_what_a_worker_would_read() -> None:
    out = io.StringIO()
    answer = Outgoing(kind="clarify", text="哪一种？", buttons=(Button("拖欠工资", "card:x"), Button("其他", "other")))
    Console(out).send(Recipient("", "测试"), answer)

    assert out.getvalue() == "[测试] 哪一种？\n  1. 拖欠工资\n  2. 其他\n"


def test_nobody_reaches_the_console_by_a_webhook() -> None:
    with pytest.raises(Forged):
        Console().verify(Webhook("POST", "", {}, {}, b""))
