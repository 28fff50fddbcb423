"""Where the worker works: noted when he says it, asked for when an answer depends on it, changed when he says so."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answer import show
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from knowledge.base import Base
from knowledge.regions import Mention, find_regions

_HOME = re.compile(r"(?:老家|家在|户口|户籍|家乡|籍贯|家是)[^，。,.；;]{0,6}$")
_HOME_AFTER = re.compile(r"^(?:的|那边)?(?:老家|户口|户籍|家里)")
_WORK = re.compile(r"^(?:这边|那边|这里|里)?(?:打工|上班|工作|干活|务工|做工|的?工地|的?厂|进厂)")

_AROUND = re.compile(
    r"换到|换成|换去|搬到|搬去|调到|改成|改到|现在|已经|地点|[我在是人的了吧啊呢这边上班打工工作来去，。,.!！？? ]"
)


def mentions(turn: Turn, world: World) -> list[Mention]:
    base = world.knowledge().base
    return find_regions(turn.text, base.regions, turn.talk.region or None)


def noted(turn: Turn, world: World) -> Turn:
    """The turn with the place that its words settle; “老家在延边，在苏州打工” keeps both,
    and so does “在苏州打工，延边老家”."""
    if turn.press.startswith("place:"):
        return replace(turn, talk=turn.talk.but(region=turn.press.partition(":")[2], places=()))
    if not turn.text:
        return turn
    talk = turn.talk
    for mention in mentions(turn, world):
        if len(mention.ids) != 1:
            continue
        before, after = turn.text[: mention.start], turn.text[mention.end :]
        is_home = (_HOME.search(before) or _HOME_AFTER.match(after)) and not _WORK.match(after)
        talk = talk.but(home=mention.ids[0]) if is_home else talk.but(region=mention.ids[0], places=())
    return replace(turn, talk=talk)


def answered(turn: Turn, world: World) -> Outcome | None:
    """A message that is hardly more than a place: the last answer again, for that place; or which of several it is."""
    if turn.press.startswith("place:"):
        return show(turn, world, turn.talk.card, turn.talk.topic) if turn.talk.card else None
    found = mentions(turn, world)
    if not found or not _is_only_a_place(turn.text, found):
        return None
    unclear = next((mention for mention in found if len(mention.ids) > 1), None)
    if unclear is not None:
        return which(turn, world.knowledge().base, unclear)
    if turn.talk.card:
        return show(turn, world, turn.talk.card, turn.talk.topic)
    title = world.knowledge().base.region_title(turn.talk.region)
    return say(Outgoing(kind="info", text=replies.PLACE_NOTED.format(place=title)), talk=turn.talk)


def _is_only_a_place(text: str, found: list[Mention]) -> bool:
    rest = text
    for mention in found:
        rest = rest.replace(mention.text, "", 1)
    return len(_AROUND.sub("", rest)) <= 1


def which(turn: Turn, base: Base, unclear: Mention) -> Outcome:
    buttons = tuple(Button(base.region_title(one), f"place:{one}") for one in unclear.ids[:6])
    text = replies.WHICH_PLACE.format(name=unclear.text)
    return say(Outgoing(kind="ask", text=text, buttons=buttons), talk=turn.talk.but(places=unclear.ids[:6]))
