"""What the rows say of the present, on both engines; and no word of a person in a metric."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from bot.mailbox import inbox, outbox
from bot.mailbox.outbox import Attempt
from bot.messages import Incoming, Outgoing
from hotline.health import snapshot
from hotline.health.beat import Beat
from hotline.health.prometheus import Rows
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database

PHONE, NAME, WORDS = "13800000000", "王测试", "老板叫王测试，他欠我工资"


def fill(database: Database) -> None:
    """One message answered and delivered, one waiting reply, one message in the queue, one ticket."""
    now = clock.now()
    with database.transaction() as session:
        message = Incoming(channel="sms", account="106", address=PHONE, external_id="1", text=WORDS)
        first = inbox.accept(session, message, now=now - timedelta(seconds=5), key="k")
        claimed = inbox.claim(session, now=now, lease=30)[0]
        inbox.done(session, claimed, now=now)
        answer = Outgoing(kind="answer", text=f"{NAME}，请先留好证据")
        outbox.queue(session, first.conversation_id, answer, key="a", now=now, done=True, inbox_id=first.inbox_id)
        ask = Outgoing(kind="ask", text="在哪里上班？")
        outbox.queue(session, first.conversation_id, ask, key="b", now=now, done=True, inbox_id=first.inbox_id)
        facts = {"name": NAME}
        tickets.open_ticket(session, key="a", conversation_id=first.conversation_id, reason="asked", facts=facts)
        later = Incoming(channel="sms", account="106", address=PHONE, external_id="2", text=WORDS)
        inbox.accept(session, later, now=now - timedelta(seconds=60), key="k")
    for outcome in (Attempt("sent", "sent"), Attempt("window_shut", "waiting")):
        with database.transaction() as session:
            parcel = outbox.claim(session, now=now, lease=30, limit=1, channels=("sms",))[0]
            outbox.record(session, parcel, outcome, now=now)


def test_the_snapshot_counts_what_is_there(database: Database) -> None:
    fill(database)
    with database.reading() as session:
        health = snapshot.take(session, clock.now())

    waiting = health.queues[0]
    assert (waiting.name, waiting.rows) == ("inbox", 1)
    assert 59 < waiting.oldest_s < 120
    assert health.turns == 1
    assert 4.9 < health.turn_p50_s < 60
    assert health.answers == {"answer": 1, "ask": 1}
    assert health.deliveries == {("sms", "sent"): 1, ("sms", "window_shut"): 1}
    assert health.windows_shut == {"sms": 1}
    assert sum(health.tickets.values()) == 1


def test_a_process_that_falls_silent_is_shown(database: Database) -> None:
    beat = Beat(database, ("worker",), lambda: {"policy_version": 7})
    with database.transaction() as session:
        beat.beat(session, beat.about())
    with database.reading() as session:
        (alive,) = snapshot.take(session, clock.now()).processes
        (dead,) = snapshot.take(session, clock.now() + timedelta(minutes=2)).processes

    assert (alive.is_silent, dead.is_silent) == (False, True)
    assert alive.about["policy_version"] == 7


def test_metrics_hold_figures_and_no_person(database: Database) -> None:
    fill(database)
    registry = CollectorRegistry()
    registry.register(Rows(database, lambda: {"database": True}, lambda: {"http://a": "m1", "http://b": ""}))
    text = generate_latest(registry).decode()

    assert 'gongyou_queue_rows{queue="inbox"} 1.0' in text
    assert 'gongyou_rasa_processes{model="none"} 1.0' in text
    for canary in (PHONE, NAME, "工资", "老板"):
        assert canary not in text


def test_a_database_that_is_away_shows_as_not_ready(sqlite: Database) -> None:
    registry = CollectorRegistry()
    registry.register(Rows(Database("sqlite:////nowhere/none.db"), lambda: {"database": False}, dict))

    assert 'gongyou_ready{part="database"} 0.0' in generate_latest(registry).decode()
