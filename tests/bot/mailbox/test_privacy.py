"""Words end when a worker says so or when their time is over, in Rasa's rows too; what is owed to him stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import func, select

from bot.mailbox import inbox, outbox, privacy, retention
from bot.mailbox.tables import (
    ConversationRow,
    DeliveryRow,
    ForgettingRow,
    InboxArchiveRow,
    InboxRow,
    OutboxArchiveRow,
    OutboxRow,
)
from bot.mailbox.trackers import Trackers
from bot.messages import Incoming, Outgoing
from kit import clock
from kit.db import Database

KEEP = retention.Keep(words=7, rows=30, archived=400)
CANARY = "金丝雀工地欠薪"


def rasa_rows(database: Database) -> sa.Table:
    """The table as Rasa's store makes it."""
    columns = [sa.Column("sender_id", sa.String(64), primary_key=True), sa.Column("events", sa.Text)]
    table = sa.Table("rasa_conversation", sa.MetaData(), *columns)
    with database.transaction() as session:
        table.create(session.connection())
    return table


def talk(database: Database, *, channel: str = "web", external_id: str = "1") -> str:
    """One message and its answer, finished."""
    incoming = Incoming(channel=channel, account="", address="worker", external_id=external_id, text=CANARY)
    with database.transaction() as session:
        accepted = inbox.accept(session, incoming, now=clock.now(), key="k")
    with database.transaction() as session:
        (claimed,) = inbox.claim(session, now=clock.now(), lease=30, limit=1)
        inbox.done(session, claimed, now=clock.now())
        answer = Outgoing(kind="answer", text=f"答：{CANARY}")
        outbox.queue(
            session,
            accepted.conversation_id,
            answer,
            key=f"t:{external_id}",
            now=clock.now(),
            inbox_id=claimed.inbox_id,
        )
    return accepted.conversation_id


def readable(database: Database) -> list[str]:
    with database.reading() as session:
        said = [str(body) for body in session.scalars(select(InboxRow.body))]
        heard = [str(body) for body in session.scalars(select(OutboxRow.body))]
    return [text for text in said + heard if CANARY in text]


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_worker_says_delete_and_rasas_row_goes_too(database: Database) -> None:
    rows = rasa_rows(database)
    conversation = talk(database)
    with database.transaction() as session:
        session.execute(sa.insert(rows).values(sender_id=conversation, events=CANARY))
        privacy.wipe(session, conversation)

    assert readable(database) == []
    assert privacy.finish(database, Trackers(database)) == 1
    with database.reading() as session:
        assert session.execute(select(rows.c.sender_id)).all() == []
        assert session.scalars(select(ForgettingRow)).all() == []


def test_rasas_row_waits_for_the_turn_under_way(database: Database) -> None:
    rows = rasa_rows(database)
    conversation = talk(database)
    with database.transaction() as session:
        more = Incoming(channel="web", account="", address="worker", external_id="2", text="确认删除")
        inbox.accept(session, more, now=clock.now(), key="k")
        session.execute(sa.insert(rows).values(sender_id=conversation, events=CANARY))
        privacy.wipe(session, conversation)

    assert privacy.finish(database, Trackers(database)) == 0
    with database.transaction() as session:
        (claimed,) = inbox.claim(session, now=clock.now(), lease=30, limit=1)
        inbox.done(session, claimed, now=clock.now())
    assert privacy.finish(database, Trackers(database)) == 1


def test_what_is_on_its_way_keeps_its_words_until_it_is_there(database: Database) -> None:
    conversation = talk(database, channel="telegram")
    with database.transaction() as session:
        privacy.wipe(session, conversation)
    assert len(readable(database)) == 1

    assert privacy.finish(database, Trackers(database)) == 0
    with database.transaction() as session:
        now = clock.now() + timedelta(seconds=1)
        (parcel,) = outbox.claim(session, now=now, lease=30, limit=1, channels=("telegram",))
        outbox.record(session, parcel, outbox.Attempt("sent", "sent"), now=now)
    assert privacy.finish(database, Trackers(database)) == 1
    assert readable(database) == []


def test_words_end_a_week_after_the_last_message(database: Database) -> None:
    with time_machine.travel("2026-11-01T08:00:00Z", tick=False) as travel:
        conversation = talk(database)
        travel.shift(timedelta(days=6, hours=23))
        retention.run(database, Trackers(database), KEEP)
        assert len(readable(database)) == 2
        travel.shift(timedelta(hours=2))
        retention.run(database, Trackers(database), KEEP)
        assert readable(database) == []
        travel.shift(timedelta(days=1))
        talk(database, external_id="2")  # he is back: his new words have their own week
        retention.run(database, Trackers(database), KEEP)
        assert len(readable(database)) == 2
        travel.shift(timedelta(days=8))
        retention.run(database, Trackers(database), KEEP)
    assert readable(database) == []
    with database.reading() as session:
        assert session.get_one(ConversationRow, conversation).wiped_at is not None


def test_an_open_ticket_keeps_the_words(database: Database) -> None:
    with time_machine.travel("2026-11-01T08:00:00Z", tick=False) as travel:
        conversation = talk(database)
        with database.transaction() as session:
            session.get_one(ConversationRow, conversation).ticket_id = 1
        travel.shift(timedelta(days=20))
        retention.run(database, Trackers(database), KEEP)
    assert len(readable(database)) == 2


def test_finished_rows_move_to_the_archive_without_words_and_end_there(database: Database) -> None:
    with time_machine.travel("2026-11-01T08:00:00Z", tick=False) as travel:
        talk(database, channel="telegram")
        with database.transaction() as session:
            (parcel,) = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))
            outbox.record(session, parcel, outbox.Attempt("sent", "sent"), now=clock.now())
        travel.shift(timedelta(days=31))
        retention.run(database, Trackers(database), KEEP)
        left = [count(database, table) for table in (InboxRow, OutboxRow, DeliveryRow)]
        assert left == [0, 0, 0]
        with database.reading() as session:
            assert session.scalars(select(InboxArchiveRow.state)).one() == "done"
            moved = session.scalars(select(OutboxArchiveRow)).one()
        assert [attempt["outcome"] for attempt in moved.deliveries] == ["sent"]
        travel.shift(timedelta(days=400))
        retention.run(database, Trackers(database), KEEP)
    assert [count(database, table) for table in (InboxArchiveRow, OutboxArchiveRow)] == [0, 0]


@pytest.mark.parametrize("state", ["waiting", "new"])
def test_an_answer_that_is_still_owed_is_never_archived(database: Database, state: str) -> None:
    with time_machine.travel("2026-11-01T08:00:00Z", tick=False) as travel:
        talk(database, channel="telegram")
        with database.transaction() as session:
            session.execute(sa.update(OutboxRow).values(state=state))
        travel.shift(timedelta(days=60))
        retention.run(database, Trackers(database), KEEP)
    assert any("答" in text for text in readable(database))
