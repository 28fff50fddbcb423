"""An answer waits behind a shut window: the worker hears so by SMS, if he has left a phone with his yes.

The message names no matter, and goes once a day at most; who wrote 退订 is left alone by the channel itself.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.mailbox import inbox, outbox
from bot.messages import Outgoing
from hotline import people
from kit import clock
from kit.settings import Settings

WORDS = "你在微信上问工会的事有新消息。打开微信，给我们回一个字就能看到。退订回T。"


def by_sms(session: Session, conversation_id: str, configured: Settings, now: datetime) -> bool:
    """Queue the SMS; False when there is no phone, no yes, no SMS channel, or it was sent today."""
    person = people.person_of(session, conversation_id)
    if not configured.sms_driver or person is None or not people.has_consent(session, "ticket", person_id=person):
        return False
    if "phone" not in people.held(session, person):
        return False
    phone = people.reveal(session, person, "phone", actor="bot", why="an answer waits on WeChat")
    road = inbox.conversation_of(session, "sms", configured.sms_number, phone, now)
    key = f"knock:{conversation_id}:{clock.today().isoformat()}"
    notice = Outgoing(kind="info", text=WORDS, sender="system")
    return outbox.queue(session, road, notice, key=key, now=now, done=True) is not None
