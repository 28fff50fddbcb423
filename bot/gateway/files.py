"""A worker's files in the conversation: what he sends is offered, his yes or no is asked once, his choice is done.

Rasa has no part in this: a file has no words, and the two buttons are ours.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.gateway import wordless
from bot.mailbox.inbox import Claimed
from bot.messages import Button, Outgoing
from hotline.evidence import service as evidence
from kit.db import Database

YES, NO = "files:yes", "files:no"
KINDS = ("image", "file", "voice")
KEPT = "收到了，替你存着，办事的工会同事看得到。还有什么要说的，直接打字。"
ASK = (
    "{what}要存下来给工会同事当证据吗？只给办你这件事的同事看，办完按期删；你随时能说“删除我的信息”。"
    "不存也没关系，照样回答你。"
)
WHAT_IS_SAID = {
    "voice": "语音我还听不了，要紧的话请打字说。这段录音",
    "image": "图片里的字我看不懂，请打字说说是什么事。这张图",
    "file": "文件里的内容我看不了，请打字说说是什么事。这个文件",
}
SAID_YES = "好，存下了。登记求助以后，办事的同事就能看到。"
SAID_NO = "好，不存。图片和文件请自己留好，以后当证据用。"
CHOICES = (Button("存下来", YES), Button("不用存", NO))


def replies_to(database: Database, row: Claimed) -> list[Outgoing]:
    """What to say to a message with files or to one of the two buttons; nothing when it is neither."""
    pressed = str(row.body.get("payload", ""))
    if pressed in (YES, NO):
        with database.transaction() as session:
            evidence.decide(session, row.conversation_id, yes=pressed == YES)
        return [Outgoing(kind="info", text=SAID_YES if pressed == YES else SAID_NO)]
    if row.body.get("kind") not in KINDS or not row.body.get("attachments"):
        return []
    with database.transaction() as session:
        offered = _offer(session, row)
    if row.body.get("text"):  # he said something with it: that is what wants an answer
        return []
    return [_reply(offered, str(row.body["kind"]))]


def _offer(session: Session, row: Claimed) -> str:
    """`kept`, `ask`, or why not in his language; the same message twice offers nothing twice."""
    known = {one.reference for one in evidence.of(session, row.conversation_id)}
    try:
        for one in row.body["attachments"]:
            is_kept = one["reference"].startswith("evidence:")  # the web page's: it came with his yes
            if one["reference"] and not is_kept and one["reference"] not in known:
                offered = evidence.Offered(one["name"], one["media_type"], one["reference"])
                evidence.offer(session, row.conversation_id, offered, channel=row.channel, inbox_id=row.inbox_id)
    except evidence.EvidenceError as error:
        return str(error)
    return "kept" if row.channel == "web" or evidence.may_keep(session, row.conversation_id) else "ask"


def _reply(offered: str, kind: str) -> Outgoing:
    if offered == "kept":
        return Outgoing(kind="info", text=KEPT)
    if offered == "ask":
        return Outgoing(kind="ask", text=ASK.format(what=WHAT_IS_SAID[kind]), buttons=CHOICES)
    return Outgoing(kind="info", text=f"{wordless.NO_WORDS[kind]}\n{offered}")
