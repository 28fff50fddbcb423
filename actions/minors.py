"""A child at work: said in words of one's own, not asked about as a rule. The police and the authority first, then a
person at once; nothing is noted of the child but the words, the place and the age."""

from __future__ import annotations

import re

from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets
from knowledge import numbers

WORKING_AGE = 16
GUARDED_AGE = 14
_WHO = r"(?:我|俺|儿子|女儿|弟|妹|孩子|侄|外甥|娃|他|她|有个|小孩|招了|雇了|里面|厂里)"
_AGE = r"(?<![\d一二两三四五六七八九十])(\d{1,2}|十[一二三四五六七八九]?|[六七八九])(?:周)?岁"
_AT_WORK = r"(?:上班|打工|干活|在厂|进厂|做工|流水线|搬砖|端盘子|洗碗|做事|打螺丝|上夜班|工地)"
_TOLD = re.compile(rf"{_WHO}[^。？?！!]{{0,10}}?{_AGE}[^。？?！!]{{0,16}}?{_AT_WORK}")
_OWN = re.compile(rf"我(?:今年|现在|才|刚|只有|是|还不到|刚满)?{_AGE}")
_CHILD_LABOUR = re.compile(r"(?:用|招|雇|有|举报|里面)(?:了|的)?[^。？?]{0,4}童工")
_ONLY_ASKS = re.compile(
    r"可以[^。]{0,6}吗|能不能|能[^。]{0,8}吗|算不算|算[^。]{0,4}吗|合法吗|行不行|是不是|什么叫|多少岁|几岁|规定"
)


def age_in(text: str) -> int | None:
    """The worker's own age, or that of the child he tells of, when it is said."""
    found = _TOLD.search(text) or _OWN.search(text)
    if found is None:
        return None
    value = numbers.number(found[1])
    return None if value is None else int(value)


def is_child_at_work(text: str) -> bool:
    """Told, not asked: “我儿子15岁在厂里上班” is, “15岁可以打工吗” is not."""
    if _ONLY_ASKS.search(text):
        return False
    found = _TOLD.search(text)
    age = numbers.number(found[1]) if found else None
    return bool(age is not None and age < WORKING_AGE) or bool(_CHILD_LABOUR.search(text))


def child_at_work(turn: Turn, world: World, verb: Verb) -> Outcome:
    """A person at once; what was asked is answered behind it."""
    number = ""
    if turn.stores:
        with world.database.transaction() as session:
            ticket = tickets.open_ticket(
                session,
                key=f"{turn.message_id}:child:0",
                conversation_id=turn.conversation_id,
                category="T-MINOR",
                priority="P0",
                reason="child_labor",
                facts={"inbox": int(turn.message_id), "matter": turn.text, "place": turn.region},
            )
        number = ticket.number
        bell.ring("desk")
    told = replies.CHILD_AT_WORK + (replies.CHILD_TICKET.format(number=number) if number else "")
    first = Outgoing(kind="ticket", text=told, topic="women", ticket=number or None)
    rest = verb(turn, world)
    return say(first, *rest.messages, talk=rest.talk or turn.talk)
