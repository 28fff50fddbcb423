"""What is stored and why, in five lines; and the worker's own words to get it or to have it gone."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.talk import Talk
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox import privacy as stored
from bot.messages import Button, Outgoing
from hotline import people
from hotline.policy import misses
from kit.settings import settings

_DELETE = re.compile(r"删|抹掉|忘掉|注销")
_EXPORT = re.compile(r"导出|给我一份|拷贝|查看我的|存了.{0,4}什么.{0,4}给我")
_WITHDRAW = re.compile(r"撤回|取消同意|不同意了")
CHOICES = (Button("导出我的信息", "export"), Button("删除我的信息", "delete"))


def privacy(turn: Turn, world: World) -> Outcome:
    if turn.stores and (turn.press == "delete_sure" or turn.text.strip() == replies.DELETE_SURE):
        return _delete(turn, world)
    if turn.press == "delete" or _DELETE.search(turn.text):
        buttons = (Button("确认删除", "delete_sure"), Button("不删了", "cancel"))
        return say(Outgoing(kind="info", text=replies.DELETE_ASK, buttons=buttons))
    if turn.press == "export" or _EXPORT.search(turn.text):
        return _export(turn, world)
    if _WITHDRAW.search(turn.text):
        return _withdraw(turn, world)
    return say(Outgoing(kind="info", text=replies.PRIVACY, buttons=CHOICES))


def _export(turn: Turn, world: World) -> Outcome:
    if not turn.stores:
        return say(Outgoing(kind="info", text=replies.PRIVACY))
    with world.database.transaction() as session:
        held = stored.export(session, turn.conversation_id or "")
        link = f"{settings().address}/mine/{people.make_link(session, turn.conversation_id or '')}"
    text = replies.EXPORT.format(said=held.said, heard=held.heard, lines=held.lines)
    text += _remembered(turn.talk, world) + replies.EXPORT_LINK.format(link=link)
    return say(Outgoing(kind="info", text=text))


def _remembered(talk: Talk, world: World) -> str:
    """What Rasa's own row holds beside the last words: the facts that were said."""
    base = world.knowledge().base
    facts = {
        "上班的地方": base.region_title(talk.region) if talk.region else "",
        "老家": base.region_title(talk.home) if talk.home else "",
        "人数": f"{talk.people}人" if talk.people else "",
        "正在填的": "、".join(str(value) for value in talk.form.facts.values()) if talk.form else "",
    }
    lines = "；".join(f"{name}：{value}" for name, value in facts.items() if value)
    return f"\n{replies.EXPORT_REMEMBERED}{lines}" if lines else ""


def _delete(turn: Turn, world: World) -> Outcome:
    with world.database.transaction() as session:
        people.erase_conversation(session, turn.conversation_id or "", keep_inbox=int(turn.message_id))
    return replace(say(Outgoing(kind="info", text=replies.DELETED)), forget=True)


def clear(turn: Turn, world: World) -> Outcome:
    """“清空对话”: for somebody whose phone is watched, so at once and without a question; his tickets stay."""
    if turn.stores:
        with world.database.transaction() as session:
            stored.wipe(session, turn.conversation_id or "", keep_inbox=int(turn.message_id))
            misses.forget(session, turn.conversation_id or "")
    return replace(say(Outgoing(kind="info", text=replies.CLEARED)), forget=turn.stores)


def leave(turn: Turn, _world: World) -> Outcome:
    """“快速离开”: a short word that tells whoever looks over his shoulder nothing; the form under way is dropped."""
    talk = turn.talk.but(form=None, card="", topic="", others=(), asked="")
    return say(Outgoing(kind="info", text=replies.LEFT), talk=talk)


def _withdraw(turn: Turn, world: World) -> Outcome:
    if turn.stores:
        with world.database.transaction() as session:
            people.withdraw(session, turn.conversation_id or "")
    return say(Outgoing(kind="info", text=replies.WITHDRAWN), talk=turn.talk.but(region="", home=""))
