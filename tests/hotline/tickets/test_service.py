"""A ticket from opening to closing, on both engines."""

import pytest

from bot.mailbox import inbox, outbox
from bot.mailbox.tables import ConversationRow
from bot.messages import Incoming
from hotline.tickets import feed
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from tests.hotline.tickets.support import conversation, import_desks, opened

CLOSING = {"result": "解决了", "feedback_date": "2026-11-30", "feedback_result": "已责令支付"}


def test_opening_fills_what_lists_need(database: Database) -> None:
    import_desks(database)
    with database.transaction() as session:
        ticket = opened(session, talk=conversation(session))

        assert (ticket.region, ticket.place) == ("CN-32-05-83", "江苏省苏州市昆山市")
        assert (ticket.employer_key, ticket.group, ticket.priority) == ("恒达", "legal", "P2")
        assert (ticket.desk_id, ticket.channel, ticket.state) == ("CN-32-05-83", "web", "open")
        body = tickets.thread(session, ticket.id)[0].body
        assert body["facts"]["matter"] == "恒达电子厂拖欠我两个月工资"
        assert "昆山" in body["why"]["desk"]


def test_a_note_never_reaches_the_worker_and_a_reply_does(database: Database) -> None:
    with database.transaction() as session:
        talk = conversation(session)
        ticket = opened(session, talk=talk)
        tickets.note(session, ticket.id, 7, "老板电话打不通")
        assert outbox.after(session, talk, 0) == []
        tickets.reply(session, ticket.id, 7, "我是工会老王", key="r1")
        tickets.reply(session, ticket.id, 7, "我是工会老王", key="r1")
        assert [row.body["text"] for row in outbox.after(session, talk, 0)] == ["我是工会老王"]


def test_a_stale_page_takes_nothing(database: Database) -> None:
    with database.transaction() as session:
        ticket = opened(session)
        tickets.claim(session, ticket.id, 1, version=ticket.version)
        with pytest.raises(tickets.TicketChanged):
            tickets.claim(session, ticket.id, 2, version=ticket.version)
        with pytest.raises(tickets.TicketChanged):
            tickets.claim(session, ticket.id, 2, version=tickets.get(session, ticket.id).version)
        assert tickets.get(session, ticket.id).owner_id == 1


def test_first_contact_hands_over_and_tells_the_worker(database: Database) -> None:
    import_desks(database)
    with database.transaction() as session:
        talk = conversation(session)
        ticket = opened(session, talk=talk)
        with pytest.raises(tickets.ReasonMissing):
            tickets.transfer(session, ticket.id, "CN-32-05-09", by=1, reason=" ", version=ticket.version)
        moved = tickets.transfer(session, ticket.id, "CN-32-05-09", by=1, reason="单位在吴江", version=ticket.version)
        up = tickets.hand_up(session, ticket.id, by=1, reason="跨区", version=moved.version)

        assert (moved.desk_id, up.desk_id) == ("CN-32-05-09", "CN-32-05")
        said = [row.body["text"] for row in outbox.after(session, talk, 0)]
        assert "吴江区总工会帮扶中心" in said[0]
        assert ticket.number in said[0]


def test_closing_wants_what_the_category_wants(database: Database) -> None:
    with database.transaction() as session:
        talk = conversation(session)
        ticket = opened(session, talk=talk)
        with pytest.raises(tickets.ClosingIncomplete, match="结果"):
            tickets.close(session, ticket.id, "operator:1", "打了电话")
        with pytest.raises(tickets.ClosingIncomplete, match="回话"):
            tickets.close(session, ticket.id, "operator:1", "打了电话", fields=CLOSING)
        tickets.reply(session, ticket.id, 1, "厂里答应周五发", key="r")
        closed = tickets.close(session, ticket.id, "operator:1", "打了电话", fields=CLOSING)

        assert closed.state == "closed"
        last = outbox.after(session, talk, 0)[-1].body
        assert [button["payload"] for button in last["buttons"]] == [f"rate:{ticket.number}:{n}" for n in (5, 3, 1)]
        assert session.get_one(ConversationRow, talk).owner == "bot"


def test_dissatisfied_opens_again_for_another_person(database: Database) -> None:
    with database.transaction() as session:
        ticket = opened(session, talk=conversation(session))
        tickets.claim(session, ticket.id, 1, version=ticket.version)
        tickets.reply(session, ticket.id, 1, "好了", key="r")
        tickets.close(session, ticket.id, "operator:1", "说过了", fields=CLOSING)
        again = tickets.rate(session, ticket.id, 1, comment="钱还没到", ref="press:1")
        assert (again.state, again.owner_id, again.avoid_id, again.satisfaction) == ("open", None, 1, 1)
        with pytest.raises(tickets.NotPossible, match="换一位"):
            tickets.claim(session, ticket.id, 1, version=again.version)
        with pytest.raises(tickets.NotPossible, match="没办过"):
            tickets.call_back(session, ticket.id, 1, "问了", satisfied=True)
        tickets.claim(session, ticket.id, 2, version=again.version)


def test_everything_is_in_the_feed_in_order(database: Database) -> None:
    with database.transaction() as session:
        ticket = opened(session, talk=conversation(session))
    with database.transaction() as session:
        tickets.note(session, ticket.id, 1, "看过了")
    with database.reading() as session:
        told = feed.after(session, 0)
        assert [line.kind for line in told] == ["opened", "note"]
        assert feed.after(session, told[0].seq)[0].seq == feed.last(session)


def test_the_poster_that_he_scanned_stays_on_the_ticket(database: Database) -> None:
    now = clock.now()
    scan = Incoming("wechat", "gh_1", "o1", "e1", text="你好", kind="event", extra={"scene": "site-7"})
    words = Incoming("wechat", "gh_1", "o1", "m1", text="工资没发")
    with database.transaction() as session:
        talk = inbox.accept(session, scan, now=now, key="k").conversation_id
        inbox.accept(session, words, now=now, key="k")
        ticket = opened(session, talk=talk)
        assert tickets.thread(session, ticket.id)[0].body["facts"]["scene"] == "site-7"
        without = opened(session, key="k2", talk=conversation(session))
        assert "scene" not in tickets.thread(session, without.id)[0].body["facts"]
