"""Words that are no question: a sigh, a scolding, a command typed by hand, a bare figure after an answer."""

from __future__ import annotations

import re

from actions.answer import ticket_for
from actions.chat import MENU
from actions.fallback import LONGEST, PERSON, REGISTER
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing

SHORT = 24
OVERTIME = (Button("加班费怎么算", "card:hours.overtime_rate"), Button("加班有没有上限", "card:hours.overtime_limit"))
_TIRED = re.compile(
    r"累(?:死|坏|垮|趴|瘫|成狗|惨|得|啊|呀|了|哭|人|$)|好累|太累|真累|心累|熬不动|干不动了|身心俱疲|腰酸背痛|困死|^[唉哎]+[。！!~…]*$"
)
_MATTER = re.compile(
    r"吗|么|怎|咋|多少|能不能|可不可以|[?？]|工资|钱|费|薪|赔|补|辞|开除|合同|社保|医院|受伤|晕|猝|倒|病|怀孕|请假|调休"
    r"|不给|不让|不发|强迫|逼"
)
_SCOLDING = re.compile(
    r"^(?:你们?|这|机器人|什么|就|都|是|个|些|真|的|纯|一群|[，, ])*"
    r"(?:骗子|骗人|垃圾|废物|傻[逼叉比子]|智障|白痴|破机器)"
    r"|^(?:你们?|这|机器人|真|都|根本|[，, ])*(?:没(?:啥|什么|有|个)?屁?用|[啥屁]用没?有?|不管用|不顶用|听不懂人话)"
)
_SOMEBODY_ELSE = re.compile(r"公司|老板|厂|单位|工头|领导|经理|主管|中介|平台")
_COMMAND = re.compile(r"^[/／][A-Za-z_]")
_STARTS = re.compile(r"^[/／](?:start|help|menu)\b", re.IGNORECASE)
_NUMBER = "[0-9零一二两三四五六七八九十百千万半几]+"
_BARE_FACT = re.compile(
    "(?:大概|大约|差不多|一共|总共|欠|欠了|欠我|拖了|拖欠|已经|有|才|都|干了|做了)*"
    f"{_NUMBER}个?(?:多|来)?(?:月|年|天|块|元|万|千)(?:多|半|了|钱|的?工资|没发|没给|没结)*[。!！]*"
)


def is_sigh(text: str) -> bool:
    return len(text) <= SHORT and _TIRED.search(text) is not None and _MATTER.search(text) is None


def is_scolding(text: str) -> bool:
    return len(text) <= SHORT and _SCOLDING.search(text) is not None and _SOMEBODY_ELSE.search(text) is None


def is_command(text: str) -> bool:
    return _COMMAND.match(text) is not None


def is_bare_fact(turn: Turn) -> bool:
    """“欠3个月” after an answer: part of the story, not a new question."""
    return bool(turn.talk.card) and _BARE_FACT.fullmatch(turn.text.strip()) is not None


def sigh(_turn: Turn, _world: World) -> Outcome:
    """A kind word first; the law only if he wants it."""
    return say(Outgoing(kind="info", text=replies.SIGH, topic="chitchat", buttons=(*OVERTIME, PERSON)))


def scolded(turn: Turn, _world: World) -> Outcome:
    """Calmly, and a person."""
    text = replies.NOT_THIS_AND_NOTHING_ELSE
    return say(Outgoing(kind="fallback", text=text, topic=turn.talk.topic or "oos", buttons=(PERSON, REGISTER)))


def command(turn: Turn, _world: World) -> Outcome:
    """Whatever a slash may mean to machines, to a worker it means nothing; /start is a greeting."""
    if _STARTS.match(turn.text):
        return say(Outgoing(kind="info", text=replies.GREETING, topic="chitchat", buttons=MENU))
    return say(Outgoing(kind="fallback", text=replies.NOT_UNDERSTOOD, topic="oos", buttons=(PERSON, *MENU)))


def bare_fact(turn: Turn, world: World) -> Outcome:
    """The last answer still stands; the figure is kept beside what was asked, for a ticket."""
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    said = turn.text.strip("。！! ")
    category = ticket_for(card) if card is not None else None
    sums = [Button("帮我算一算", f"calc:{kind}") for kind in (card.calculators[:1] if card is not None else ())]
    register = [Button("登记求助", f"ticket:{category or 'T-OTHER'}")]
    talk = turn.talk.but(asked=f"{turn.talk.asked}，{said}".strip("，")[:LONGEST])
    heard = "" if turn.channel == "sms" else f"，{said}"  # a text message may be read by others
    text = replies.FACT_HEARD.format(said=heard)
    return say(Outgoing(kind="info", text=text, topic=turn.talk.topic, buttons=(*sums, *register, PERSON)), talk=talk)
