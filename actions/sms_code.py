"""On SMS nothing is told of a case to a sender's number alone: numbers can be made up, phones change hands.

Who asks gets a one-time code by SMS and sends it back; for a quarter of an hour he may then hear of his own case.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from actions.turn import Turn, World
from bot import replies
from bot.mailbox.state import MailboxState

CODE = re.compile(r"\s*(\d{6})\s*")
VALID, PROVEN = 600.0, 900.0
TRIES = 3


def is_answer(turn: Turn) -> bool:
    return turn.channel == "sms" and CODE.fullmatch(turn.text) is not None


def is_proven(turn: Turn, world: World) -> bool:
    """Whether he may hear of his case now."""
    if turn.channel != "sms":
        return True
    return MailboxState(world.database).get(f"sms:proven:{turn.conversation_id or ''}") is not None


def refusal(turn: Turn, world: World) -> str:
    """Empty when he may hear of his case; else the sentence that says what to do."""
    if is_proven(turn, world):
        return ""
    state, who = MailboxState(world.database), turn.conversation_id or ""
    pending, given = state.get(f"sms:code:{who}"), CODE.fullmatch(turn.text)
    if pending is None or given is None:
        return _new_code(state, who)
    if hmac.compare_digest(str(pending["code"]), _hash(who, given[1])):
        state.drop(f"sms:code:{who}")
        state.put(f"sms:proven:{who}", {}, PROVEN)
        return ""
    if int(pending["tries"]) + 1 >= TRIES:
        state.drop(f"sms:code:{who}")
    else:
        state.put(f"sms:code:{who}", {**pending, "tries": int(pending["tries"]) + 1}, VALID)
    return replies.SMS_CODE_WRONG


def _new_code(state: MailboxState, who: str) -> str:
    code = f"{secrets.randbelow(10**6):06d}"
    state.put(f"sms:code:{who}", {"code": _hash(who, code), "tries": 0}, VALID)
    return replies.SMS_CODE.format(code=code)


def _hash(who: str, code: str) -> str:
    return hashlib.sha256(f"{who}|{code}".encode()).hexdigest()
