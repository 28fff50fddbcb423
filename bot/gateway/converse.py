"""Stages 3 to 6: a worker's message is claimed, answered by Rasa or joined to a person's thread, and finished.

The replies go to the outbox in the transaction that finishes the inbox row: both or neither. A message that meets a
dead Rasa waits; after `fallback_after` seconds the worker gets one fixed sentence and a ticket, and when Rasa is back
the message is answered once. A message that crashes its worker five times is buried and stops nobody.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from bot import replies
from bot.gateway import files, wordless
from bot.gateway.quarantine import Quarantine
from bot.gateway.rasa_client import Encode, RasaAway, RasaError, Turn
from bot.mailbox import inbox, outbox
from bot.mailbox.inbox import Claimed, LeaseLost
from bot.mailbox.tables import ConversationRow, InboxRow, OutboxRow
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.policy.answers import record_answer
from hotline.tickets import service as tickets
from hotline.tickets.shapes import AWAY
from kit import clock, log, metrics
from kit.db import Database
from kit.metrics import Stopwatch
from kit.recent import Recent
from kit.settings import Settings

logger = log.logger("converse")


class AsksRasa(Protocol):
    def turn(self, turn: Turn) -> list[Outgoing]: ...


@dataclass(frozen=True)
class Owner:
    """Who answers a conversation, and what the turn needs to know of it."""

    owner: str
    ticket_id: int | None
    channel: str
    profile: dict[str, Any]


class Converse:
    def __init__(
        self, database: Database, rasa: AsksRasa, encode: Encode, vectors: Recent[Any], settings: Settings
    ) -> None:
        self._database = database
        self._rasa = rasa
        self._encode = encode
        self._vectors = vectors
        self._settings = settings
        self._quarantine = Quarantine(patience=settings.lease / 10)

    def step(self, limit: int = 1) -> int:
        """Claim and answer what is due; returns how many rows were touched."""
        claimed = self.claim(limit)
        for row in claimed:
            self.answer(row)
        return len(claimed)

    def claim(self, limit: int = 1, *, newest_first: bool = False) -> list[Claimed]:
        lease = self._settings.lease
        with self._database.transaction() as session:
            return inbox.claim(session, now=clock.now(), lease=lease, limit=limit, newest_first=newest_first)

    def answer(self, row: Claimed) -> None:
        """One message, whatever happens: answered, waiting, or buried."""
        try:
            if row.crashes >= self._settings.max_attempts:
                self._bury(row, "it crashed its worker too often")
                return
            with self._quarantine.place(row.crashes):
                if row.crashes >= inbox.SUSPECT:
                    with self._database.transaction() as session:
                        inbox.begin_alone(session, row)
                self._answer(row)
        except LeaseLost:
            logger.warning("late", inbox=row.inbox_id)
        except RasaError as error:
            self._wait(row, error)
        finally:
            bell.ring(f"conversation:{row.conversation_id}")
            bell.ring("outbox")

    def _answer(self, row: Claimed) -> None:
        watch = Stopwatch()
        watch.note("waiting", max(0.0, (clock.now() - row.received_at).total_seconds()))
        owner = self._owner(row)
        of_files = files.replies_to(self._database, row)
        of_person = owner.ticket_id if owner.owner == "person" else None
        if of_person is not None and self._join_thread(row, of_person, of_files):
            metrics.HANDED_OVER.labels("thread").inc()
            return
        messages = of_files or wordless.replies_to(row.body)
        if not messages:
            with watch.stage("encode"):
                turn = self._turn(row, owner)
            with watch.stage("rasa"):
                messages = self._rasa.turn(turn)
        with watch.stage("write"):
            self._finish(row, owner, messages)
        watch.note("whole", max(0.0, (clock.now() - row.received_at).total_seconds()))
        for message in messages:
            metrics.ANSWERS.labels(message.kind).inc()
        logger.info("answered", inbox=row.inbox_id, kind=messages[-1].kind, **watch.milliseconds())

    def _finish(self, row: Claimed, owner: Owner, messages: list[Outgoing]) -> None:
        """The replies and the end of the row: both or neither."""
        now = clock.now()
        with self._database.transaction() as session:
            inbox.done(session, row, now=now)
            promised = _told_to_wait_with(session, row.inbox_id)
            if promised is not None:
                messages = [replace(messages[0], text=f"{replies.SORRY_LATE}{messages[0].text}"), *messages[1:]]
                if promised not in [message.ticket for message in messages]:
                    tickets.close_untouched(session, _fallback_key(row.inbox_id), "机器人恢复后已回答")
            self._queue(session, row, messages, now)
            words = wordless.in_thread(row.body)
            if owner.ticket_id is not None and words:
                tickets.add_words(session, owner.ticket_id, words, inbox_id=row.inbox_id)

    def _owner(self, row: Claimed) -> Owner:
        with self._database.reading() as session:
            found = session.get_one(ConversationRow, row.conversation_id)
            channel = str(found.profile.get("as") or found.channel)
            return Owner(found.owner, found.ticket_id, channel, dict(found.profile))

    def _join_thread(self, row: Claimed, ticket_id: int, of_files: list[Outgoing]) -> bool:
        """Put the text on the person's ticket; False when the ticket was closed meanwhile and the bot must answer."""
        with self._database.transaction() as session:
            try:
                tickets.message_in(session, ticket_id, wordless.in_thread(row.body), inbox_id=row.inbox_id)
            except tickets.TicketClosed:
                return False
            inbox.done(session, row, now=clock.now())
            self._queue(session, row, of_files, clock.now())
        bell.ring("desk")
        return True

    def _turn(self, row: Claimed, owner: Owner) -> Turn:
        text, message_id = row.body.get("text", ""), str(row.inbox_id)
        press = row.body.get("payload", "")
        vector = None
        if text and not press:
            vector = self._encode(text)
            self._vectors.put(message_id, vector)
        metadata = {"channel": owner.channel, "conversation": row.conversation_id}
        if row.body.get("extra"):
            metadata["extra"] = row.body["extra"]
        return Turn(row.conversation_id, message_id, text, press, vector, metadata)

    def _queue(self, session: Session, row: Claimed, messages: list[Outgoing], now: datetime) -> None:
        for ordinal, message in enumerate(messages):
            if message.card and message.version:
                record_answer(session, row.conversation_id, str(row.inbox_id), message.card, message.version)
            outbox.queue(
                session,
                row.conversation_id,
                message,
                key=f"turn:{row.inbox_id}:{ordinal}",
                now=now,
                done=ordinal == len(messages) - 1,
                inbox_id=row.inbox_id,
            )

    def _wait(self, row: Claimed, error: RasaError) -> None:
        """Try again soon; a turn that fails again and again while Rasa is up is given to a person."""
        now = clock.now()
        failed_for_good = not isinstance(error, RasaAway) and row.attempts >= self._settings.max_attempts
        with self._database.transaction() as session:
            if failed_for_good:
                inbox.bury(session, row, now=now, error=error.code)
                fall_back(session, row.inbox_id, row.conversation_id, now)
            else:
                inbox.postpone(session, row, until=now + self._pause(row), error=error.code)
        metrics.POSTPONED.labels(error.code).inc()
        if failed_for_good:
            metrics.HANDED_OVER.labels("failed").inc()
        logger.warning("waits", inbox=row.inbox_id, error=error.code, attempts=row.attempts)

    def _pause(self, row: Claimed) -> timedelta:
        return timedelta(seconds=min(self._settings.retry_base * 2 ** min(row.attempts - 1, 4), 5.0))

    def _bury(self, row: Claimed, reason: str) -> None:
        now = clock.now()
        with self._database.transaction() as session:
            inbox.bury(session, row, now=now, error=reason)
            fall_back(session, row.inbox_id, row.conversation_id, now)
        metrics.HANDED_OVER.labels("buried").inc()
        logger.error("buried", inbox=row.inbox_id)


def _fallback_key(inbox_id: int) -> str:
    return f"fallback:{inbox_id}"


def _told_to_wait_with(session: Session, inbox_id: int) -> str | None:
    """The number of the ticket that was promised with the fixed sentence; None where nobody had to wait."""
    body = session.scalar(select(OutboxRow.body).where(OutboxRow.key == _fallback_key(inbox_id)))
    return None if body is None else str(body.get("ticket", ""))


def fall_back(session: Session, inbox_id: int, conversation_id: str, now: datetime) -> None:
    """Say one honest sentence and open a ticket, once per message."""
    key = _fallback_key(inbox_id)
    ticket = tickets.open_ticket(
        session,
        key=key,
        conversation_id=conversation_id,
        reason=AWAY,
        facts={"inbox": inbox_id},
        attach=False,
    )
    outgoing = Outgoing(kind="fallback", text=replies.FIXED_SENTENCE, sender="system", ticket=ticket.number)
    outbox.queue(session, conversation_id, outgoing, key=key, now=now, done=True, inbox_id=inbox_id)


def rescue(database: Database, *, waited: float) -> int:
    """A duty: whoever has waited too long hears of it, even while every worker hangs on a Rasa that does not answer."""
    now = clock.now()
    told = select(OutboxRow.id).where(OutboxRow.key == literal("fallback:") + cast(InboxRow.id, String)).exists()
    late = (
        select(InboxRow.id, InboxRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
        .where(
            InboxRow.state.in_(inbox.OPEN),
            InboxRow.received_at <= now - timedelta(seconds=waited),
            ConversationRow.owner == "bot",
            ~told,
        )
    )
    with database.reading() as session:
        rows = list(session.execute(late))
    for inbox_id, conversation_id in rows:
        with database.transaction() as session:
            # Locked, because its worker may be giving it up at this moment and would tell him, too.
            state = session.scalar(select(InboxRow.state).where(InboxRow.id == inbox_id).with_for_update())
            still_open = state in inbox.OPEN
            if still_open and _told_to_wait_with(session, inbox_id) is None:
                fall_back(session, inbox_id, conversation_id, now)
        bell.ring(f"conversation:{conversation_id}")
        bell.ring("desk")
    return len(rows)


class Workers:
    """Threads that answer; each takes the oldest open row of one conversation at a time.

    Where there are several, the last one begins with the newest conversations: after an outage who writes now is
    answered now, while the others work the backlog off. One of them looks for the next row, the others wait until it
    has found one: a message that woke them all would be slowed by those who come in vain.
    """

    def __init__(self, converse: Converse, settings: Settings) -> None:
        self._converse = converse
        self._stopping = threading.Event()
        self._looking = threading.Lock()
        last = settings.worker_threads - 1
        self._threads = [
            threading.Thread(target=self._run, args=(0 < n == last,), name=f"converse-{n}", daemon=True)
            for n in range(settings.worker_threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Finish what is under way and take nothing new."""
        self._stopping.set()
        bell.ring("inbox")
        deadline = clock.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - clock.monotonic()))

    def _run(self, newest_first: bool) -> None:
        while not self._stopping.is_set():
            with self._looking:
                claimed = self._next(newest_first)
            for row in claimed:
                self._answer(row)

    def _next(self, newest_first: bool) -> list[Claimed]:
        """The next row as soon as there is one; none when it is time to end."""
        while not self._stopping.is_set():
            seen = bell.count("inbox")
            try:
                claimed = self._converse.claim(newest_first=newest_first)
            except Exception:  # the loop must outlive a database that is away for a moment
                logger.exception("nothing could be claimed")
                self._stopping.wait(0.5)
                continue
            if claimed:
                return claimed
            bell.wait("inbox", seen, 0.25)
        return []

    def _answer(self, row: Claimed) -> None:
        try:
            self._converse.answer(row)
        except Exception:  # the loop must outlive any single row; the row's lease brings it back
            logger.exception("a step failed")
            self._stopping.wait(0.5)
        finally:
            bell.ring_here("inbox")  # the same conversation's next row can be taken now
