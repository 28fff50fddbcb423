"""Which answers lie beside a ticket."""

from typing import Any

import numpy as np

from actions.turn import World
from hotline.console import suggest
from hotline.policy.current import Knowledge
from kit.db import Database


def test_the_name_of_a_firm_does_not_draw_the_search_away(sqlite: Database, knowledge: Knowledge) -> None:
    asked: list[str] = []

    def encode(text: str) -> Any:
        asked.append(text)
        return np.zeros(384, dtype=np.float32)

    world = World(sqlite, lambda: knowledge, encode)
    where: dict[str, Any] = {"region": None, "channel": "web"}

    suggest.cards(world, "示例鸿运制衣厂三个月没发工资", firm="示例鸿运制衣厂", **where)
    suggest.cards(world, "三个月没发工资", firm="", **where)

    assert asked == ["三个月没发工资"] * 2
    assert suggest.cards(world, "示例鸿运制衣厂", firm="示例鸿运制衣厂", **where) == []


def test_the_category_follows_the_topic_of_the_card(sqlite: Database, knowledge: Knowledge) -> None:
    world = World(sqlite, lambda: knowledge, lambda _text: np.zeros(384, dtype=np.float32))

    found = suggest.cards(world, "老板拖欠工资，第一步怎么做", firm="", region=None, channel="web")

    assert (found[0].card, found[0].ticket) == ("wages.arrears_first_step", "T-WAGE")
