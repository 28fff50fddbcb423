"""Of a long story, the sentences that say what is asked, in one piece short enough for the encoder.

The encoder's time grows with the length of the text (90 ms at 180 characters), and the vector of a whole story lies
near every story. What people ask stands in questions, at the start, at the end, and where the words of our trade are.
"""

from __future__ import annotations

import re

from knowledge.spelling import plain

LONG = 200
KEEP = 130
_SENTENCE = re.compile(r"[^。.！!？?\n；;]+[。.！!？?\n；;]*")
_CLAUSE = re.compile(r"[^,，、 ]+[,，、 ]*")
_ASKS = re.compile(r"[？?]|怎么|如何|吗|能不能|可不可以|是否|多少|哪里|请问|该|要求|赔")
_TRADE = re.compile(
    "工资|工钱|拖欠|克扣|加班|合同|社保|保险|公积金|辞退|开除|解除|辞职|离职|裁员|补偿|赔偿|工伤|受伤|仲裁|试用期|"
    "调岗|降薪|派遣|外包|怀孕|产假|工会|骑手|平台|年假|押金|罚款|退休|失业|包工头|劳动|欠条|职业病|鉴定|伤残"
)


def as_asked(text: str) -> str:
    """What the encoder reads of a message: plainly spelled and not too long. Training and asking must agree on it."""
    return telling(plain(text))


def telling(text: str) -> str:
    """The text itself when it is short, else its most telling sentences in their own order."""
    if len(text) <= LONG:
        return text
    parts = [part for sentence in _SENTENCE.findall(text) for part in _fitting(sentence)]
    order = sorted(range(len(parts)), key=lambda place: (-_weight(parts, place), place))
    chosen: list[int] = []
    room = KEEP
    for place in order:
        if len(parts[place]) <= room:
            chosen.append(place)
            room -= len(parts[place])
    return "".join(parts[place] for place in sorted(chosen)) or text[:KEEP]


def _fitting(sentence: str) -> list[str]:
    """A sentence that alone would fill the room is cut at its commas, and hard where it has none."""
    if len(sentence) <= KEEP // 2:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE.findall(sentence):
        for start in range(0, len(clause), KEEP // 2):
            part = clause[start : start + KEEP // 2]
            if pieces and len(pieces[-1]) + len(part) <= KEEP // 2:
                pieces[-1] += part
            else:
                pieces.append(part)
    return pieces


def _weight(parts: list[str], place: int) -> float:
    part = parts[place]
    trade = len(set(_TRADE.findall(part)))
    edge = 1.0 if place == 0 else 0.5 if place == len(parts) - 1 else 0.0
    return 1.0 * min(trade, 3) + (1.5 if _ASKS.search(part) else 0.0) + edge
