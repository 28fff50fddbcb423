"""Deletion: the key goes first and for good, then everything that was readable (PIPL 47; promise P28).

Destroying the key is not part of the caller's transaction. Should that one fail, the ledger's entry is still there and
the duty `finish deletions` does the rest: so does a restored backup, which has not seen the deletion at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.mailbox import privacy
from bot.mailbox.tables import ChannelStateRow, ConversationRow, ForgettingRow
from hotline import audit
from hotline.people import keys, ledger
from hotline.people.catalogue import catalogue
from hotline.people.consents import consent, has_consent, person_of
from hotline.people.ledger import Erasure
from hotline.people.register import Whose, register
from hotline.people.tables import ErasedConversationRow, ErasureAppliedRow, PersonConversationRow, PersonRow
from kit import clock
from kit.db import Database
from kit.settings import settings

KEEPS_ADDRESS = timedelta(hours=1)  # so that the last answer reaches him, on the web page too
STAYS = "sms:stopped:"  # who wrote “退订” must not be written to, deleted or not

Follower = Callable[[Session, Whose], None]
_followers: list[Follower] = []


def when_erased(follower: Follower) -> Follower:
    """A package above this one that must act on a deletion (tickets close, files go) says so here, once, at import."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def erase(session: Session, person_id: int, *, reason: str = "asked", keep_inbox: int | None = None) -> None:
    """Delete a person: his key, his fields, his words on every road."""
    row = session.get_one(PersonRow, person_id)
    roads = session.scalars(select(PersonConversationRow.conversation_id).filter_by(person_id=person_id)).all()
    _erase(session, row.key_id, tuple(roads), reason, keep_inbox)


def erase_conversation(
    session: Session, conversation_id: str, *, reason: str = "asked", keep_inbox: int | None = None
) -> None:
    """What “删除我的信息” does: the person of this conversation with all his roads, or just the road."""
    person_id = person_of(session, conversation_id)
    if person_id is not None:
        erase(session, person_id, reason=reason, keep_inbox=keep_inbox)
    else:
        _erase(session, None, (conversation_id,), reason, keep_inbox)


def withdraw(session: Session, conversation_id: str) -> None:
    """“撤回同意”: a no to everything that he had said yes to, and what those yeses allowed is gone, his tickets' words
    too. What he said in the conversation itself needs no yes and ends by its own time."""
    person_id = person_of(session, conversation_id)
    for purpose in catalogue().purposes.values():
        if has_consent(session, purpose.id, conversation_id=conversation_id, person_id=person_id):
            consent(
                session,
                conversation_id=conversation_id,
                person_id=person_id,
                purpose=purpose.id,
                version=catalogue().version,
                yes=False,
            )
    privacy.withdraw(session, conversation_id)
    if person_id is not None:
        _erase(session, session.get_one(PersonRow, person_id).key_id, (), "withdrawn", None)


def _erase(session: Session, key_id: str | None, roads: tuple[str, ...], reason: str, keep_inbox: int | None) -> None:
    folder = settings().data / "keys"
    entry = ledger.enter(keys.store(), folder, key_id=key_id, conversations=roads, reason=reason)
    apply(session, entry, keep_inbox=keep_inbox)


def apply(session: Session, entry: Erasure, *, keep_inbox: int | None = None) -> None:
    """Remove what the entry names from these data; doing it twice does no harm."""
    row = None
    if entry.key_id is not None:
        row = session.scalars(select(PersonRow).filter_by(key_id=entry.key_id)).one_or_none()
    whose = Whose(row.id if row else None, entry.conversations)
    for follower in _followers:
        follower(session, whose)
    for conversation_id in whose.conversations:
        if session.get(ConversationRow, conversation_id) is not None:
            privacy.wipe(session, conversation_id, keep_inbox=keep_inbox)
            session.merge(ErasedConversationRow(conversation_id=conversation_id, since=clock.now()))
    register().erase(session, whose)
    session.expire_all()
    if row is not None:
        row.key_id, row.erased_at = None, clock.now()
    session.merge(ErasureAppliedRow(id=entry.id, at=clock.now()))
    subject = f"person:{row.id}" if row else "conversation:" + (",".join(whose.conversations))[:60]
    audit.record(session, "system", "person.erased", subject, {"reason": entry.reason, "ledger": entry.id})
    session.flush()


def replay(database: Database) -> int:
    """Apply what the ledger holds and these data have not seen: after a restore, or a deletion that was cut off."""
    with database.reading() as session:
        done = set(session.scalars(select(ErasureAppliedRow.id)))
    due = [entry for entry in ledger.entries(keys.store()) if entry.id not in done]
    for entry in due:
        with database.transaction() as session:
            apply(session, entry)
    return len(due)


def forget_addresses(session: Session, limit: int = 100) -> int:
    """An erased conversation also loses its address, once its last answer is out and he has gone."""
    under_way = select(ForgettingRow.conversation_id)
    over = clock.now() - KEEPS_ADDRESS
    ready = (
        select(ErasedConversationRow.conversation_id, ConversationRow.channel, ConversationRow.address)
        .join(ConversationRow, ConversationRow.id == ErasedConversationRow.conversation_id)
        .where(ErasedConversationRow.since < over, ErasedConversationRow.conversation_id.not_in(under_way))
        .limit(limit)
    )
    found = session.execute(ready).all()
    for conversation_id, channel, address in found:
        _drop_state(session, channel, address)
        away = update(ConversationRow).where(ConversationRow.id == conversation_id)
        session.execute(away.values(account="", address=f"erased:{secrets.token_hex(12)}"))
        session.execute(delete(ErasedConversationRow).where(ErasedConversationRow.conversation_id == conversation_id))
    return len(found)


def _drop_state(session: Session, channel: str, address: str) -> None:
    """What the channel remembers of this address: menus, windows, counts."""
    his = ChannelStateRow.key.startswith(f"{channel}:", autoescape=True) & ChannelStateRow.key.contains(
        f":{address}", autoescape=True
    )
    session.execute(delete(ChannelStateRow).where(his, ~ChannelStateRow.key.startswith(STAYS, autoescape=True)))


def finish(database: Database) -> None:
    """The duty `finish deletions`."""
    replayed = replay(database)
    with database.transaction() as session:
        forgotten = forget_addresses(session)
    if replayed or forgotten:
        database.empty_log()
