"""The road of one message: every step in order, from the rows and from the log, without a word of the worker."""

import json
from datetime import timedelta
from pathlib import Path

from bot.mailbox import inbox, outbox
from bot.mailbox.outbox import Attempt
from bot.messages import Incoming, Outgoing
from commands import trace
from kit import clock
from kit.db import Database


def test_the_road_of_a_message(database: Database, tmp_path: Path) -> None:
    now = clock.now()
    with database.transaction() as session:
        message = Incoming(channel="telegram", account="bot", address="1", external_id="77", text="私人的话")
        stored = inbox.accept(session, message, now=now, key="k")
        claimed = inbox.claim(session, now=now, lease=30)[0]
        inbox.done(session, claimed, now=now + timedelta(seconds=1))
        answer = Outgoing(kind="answer", text="私人的答复")
        at = now + timedelta(seconds=1)
        outbox.queue(session, stored.conversation_id, answer, key="a", now=at, done=True, inbox_id=stored.inbox_id)
    with database.transaction() as session:
        later = now + timedelta(seconds=2)
        parcel = outbox.claim(session, now=later, lease=30, limit=1, channels=("telegram",))[0]
        outbox.record(session, parcel, Attempt("sent", "sent", took_ms=40), now=later)
    with database.reading() as session:
        steps = trace.road(session, "77")
        by_number = trace.road(session, str(stored.inbox_id))

    assert [step.what.split()[0].rstrip(":") for step in steps] == ["accepted", "done", "queued", "attempt", "sent"]
    assert steps == by_number
    assert "私人" not in str(steps)
    line = {"event": "answered", "stage": "converse", "level": "info", "inbox": stored.inbox_id, "rasa_ms": 31}
    other = {**line, "inbox": stored.inbox_id + 1}
    lines = [json.dumps({**one, "timestamp": (now + timedelta(seconds=1)).isoformat()}) for one in (line, other)]
    (tmp_path / "app.log").write_text("\n".join([*lines, '{"cut off']), encoding="utf-8")
    (logged,) = trace.logged(tmp_path, {"inbox": {stored.inbox_id}, "outbox": set()})

    assert logged.what == "answered: rasa_ms 31"
