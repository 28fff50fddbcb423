"""Every card in five places, on four channels and on every day on which something about it changes."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from knowledge.loader import shipped
from knowledge.pages import LIMITS
from knowledge.regions import is_inside
from knowledge.render import day_words, not_yet, render_pages
from knowledge.schema import Card

SHIPPED = date(2026, 11, 21)
LONG_AGO = date(2024, 6, 30)
PLACES = ("CN-32-05", "CN-22-24-01", "CN-11", "CN-44-01", None)  # 苏州, 延吉, 北京, 广州, unknown
_PARAM = re.compile(r'param\("([^"]+)"\)')
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|None|Decimal")

CARDS = sorted(shipped().versions.values(), key=lambda card: (card.id, card.region))


def days(card: Card) -> list[date]:
    """The shipped day, the long past, and the days around each change of the card or of a figure in it."""
    text = "\n".join((card.answer, card.short, card.law, *card.steps, *card.limits, *card.evidence))
    changes = {card.in_force.since}
    for id in _PARAM.findall(text):
        changes.update(shipped().params[id].values)
    around = {day - timedelta(days=back) for day in changes for back in (0, 1)}
    return sorted(around | {SHIPPED, LONG_AGO})


def check(card: Card, region: str | None, day: date) -> None:
    """In force: within every channel's limits and with no placeholder left. Not yet: the sentence that says when."""
    if not card.in_force.covers(day):
        if day < card.in_force.since:
            said = not_yet(shipped(), card.id, day, region)
            assert said is not None and day_words(card.in_force.since) in said
        return
    for channel, limit in LIMITS.items():
        for page in render_pages(shipped(), card, region=region, on=day, channel=channel):
            assert page.strip() and not _LEFT_OVER.search(page), (channel, day, page)
            assert limit is None or limit.measure(page) <= limit.size, (channel, day, page)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: f"{card.id}@{card.region}")
def test_a_card_is_rendered_everywhere_and_on_every_day(card: Card) -> None:
    for day in days(card):
        for region in PLACES:
            if is_inside(region or "CN", card.region):
                check(card, region, day)


def test_the_places_are_known() -> None:
    titles = [shipped().region_title(place) for place in PLACES if place]
    assert [title[-3:] for title in titles] == ["苏州市", "延吉市", "北京市", "广州市"]


def test_a_card_in_force_needs_no_such_sentence() -> None:
    card = CARDS[0]
    assert not_yet(shipped(), card.id, max(SHIPPED, card.in_force.since)) is None
