"""Languages other than Chinese: a sentence in the worker's own language, and a ticket that names the language."""

from __future__ import annotations

import re

from actions.turn import Outcome, Turn, World, say
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets

_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_CHINESE = re.compile(r"[一-鿿]")
_OTHERS = {
    "维吾尔语或阿拉伯文": re.compile(r"[\u0600-\u06ff]"),
    "藏语": re.compile(r"[\u0f00-\u0fff]"),
    "蒙古语": re.compile(r"[\u1800-\u18af]"),
    "俄语": re.compile(r"[\u0400-\u04ff]"),
    "泰语": re.compile(r"[\u0e00-\u0e7f]"),
    "日语": re.compile(r"[\u3040-\u30ff]"),
}
SENTENCES = {
    "英语": (
        "Your message was received. I answer in Chinese only, so I am asking a person of the union hotline to help you "
        "(ticket {number}). In an emergency call 110 (police) or 120 (ambulance). You can also call 12351."
    ),
    "朝鲜语": (
        "메시지를 받았습니다. 저는 중국어로만 답할 수 있어서 노동조합 상담원에게 연결해 드리겠습니다. "
        "접수번호 {number}. "
        "긴급하면 110(경찰), 120(구급)으로 전화하세요. 12351로도 전화할 수 있습니다."
    ),
}
OTHER = "Message received / 已收到（{number}）。12351 · 110 · 120. 我请懂这种语言的同事联系你。"


def language_of(text: str) -> str | None:
    """The language when it is not Chinese; a few letters among Chinese words are Chinese."""
    if _CHINESE.search(text):
        return None
    if _HANGUL.search(text):
        return "朝鲜语"
    for name, pattern in _OTHERS.items():
        if pattern.search(text):
            return name
    return "英语" if len(_LATIN_WORD.findall(text)) >= 3 else None


def reply_in_own_language(turn: Turn, world: World) -> Outcome | None:
    language = None if turn.press else language_of(turn.text)
    if language is None:
        return None
    number = "12351"
    if turn.stores:
        with world.database.transaction() as session:
            ticket = tickets.open_ticket(
                session,
                key=f"{turn.conversation_id}:language:{language}",
                conversation_id=turn.conversation_id,
                category="T-OTHER",
                facts={"inbox": int(turn.message_id), "language": language},
            )
        number = ticket.number
        bell.ring("desk")
    text = SENTENCES.get(language, OTHER).format(number=number)
    return say(Outgoing(kind="ticket", text=text, topic="human", ticket=number if turn.stores else None))
