"""Facts that nobody asked for: a story of them gets the cards nearest to what it tells; a bare one is asked about."""

from dataclasses import replace
from datetime import date
from typing import Any

from actions.loose import loose
from actions.turn import Outcome
from kit.db import Database
from knowledge.search import Entry, Hit
from tests.actions.world import Known, base, turn, world

STORY = "我在机械厂开冲床干了三年，上个月手被机器压了，到现在没有人管我"


class Machines:
    """An index that knows one card, near to whatever speaks of a machine; of a whole story it is sure of nothing."""

    def search(self, text: str, *_: Any, **__: Any) -> list[Hit]:
        entry = Entry("injury.first_steps", "card", "injury", "CN", "工伤第一步", (), start=date(2020, 1, 1))
        score = 0.6 if "机器" in text and text != STORY else 0.1
        return [Hit(entry.id, score, score, score, "意思相近", entry)]


def told(text: str, sqlite: Database) -> Outcome:
    known: Any = Known(base(), Machines())
    return loose(turn(text, conversation_id=None), replace(world(sqlite), knowledge=lambda: known))


def test_a_story_of_facts_is_shown_the_cards_it_speaks_of(sqlite: Database) -> None:
    (shown,) = told(STORY, sqlite).messages

    assert (shown.kind, shown.topic) == ("clarify", "injury")
    assert [button.payload for button in shown.buttons] == ["card:injury.first_steps", "ticket:T-OTHER", "human"]


def test_a_bare_fact_is_met_with_the_menu(sqlite: Database) -> None:
    (shown,) = told("上个月的事", sqlite).messages

    assert shown.kind == "fallback"
