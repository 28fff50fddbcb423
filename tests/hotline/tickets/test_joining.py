"""Two tickets that are one matter, one that is two, and many workers of one employer."""

import pytest

from bot.mailbox import outbox
from hotline import people
from hotline.tickets import service as tickets
from kit.db import Database
from tests.hotline.tickets.support import conversation, opened


def test_a_merge_keeps_every_word_and_can_be_undone(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        talk = conversation(session)
        one, two = opened(session, key="k1", talk=talk), opened(session, key="k2", talk=talk)
        tickets.note(session, one.id, 1, "第一张的备注")
        version = tickets.get(session, one.id).version
        tickets.merge(session, one.id, two.id, by=1, version=version)
        tickets.message_in(session, one.id, "后来的话", inbox_id=9)

        texts = [event.body.get("text") for event in tickets.thread(session, two.id)]
        assert "第一张的备注" in texts
        assert "后来的话" in texts
        tickets.unmerge(session, one.id, by=1)
        assert tickets.get(session, one.id).state == "open"
        assert "第一张的备注" not in [event.body.get("text") for event in tickets.thread(session, two.id)]


def test_two_persons_are_never_merged(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        one = opened(session, key="k1", talk=conversation(session, "c1"))
        two = opened(session, key="k2", talk=conversation(session, "c2"))
        with pytest.raises(tickets.NotPossible, match="集体案件"):
            tickets.merge(session, one.id, two.id, by=1, version=one.version)


def test_a_split_copies_and_takes_nothing_away(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        one = opened(session, talk=conversation(session))
        tickets.message_in(session, one.id, "另外我的手也受伤了", inbox_id=1)
        seq = tickets.thread(session, one.id)[-1].seq
        version = tickets.get(session, one.id).version
        two = tickets.split(session, one.id, [seq], by=1, category="T-INJURY", version=version)

        assert "手也受伤" in tickets.thread(session, two.id)[0].body["facts"]["matter"]
        assert "另外我的手也受伤了" in [event.body.get("text") for event in tickets.thread(session, one.id)]
        assert [other.id for other in tickets.linked(session, one.id)] == [two.id]


def test_one_answer_to_all_with_each_ones_own_sum(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        made = [opened(session, key=f"k{n}", talk=conversation(session, f"c{n}")) for n in range(3)]
        case = tickets.open_case(session, made[0].id, by=1, version=made[0].version)
        assert {one.id for one in tickets.candidates(session, case.id)} == {one.id for one in made}
        with pytest.raises(tickets.NotPossible, match="同意"):
            tickets.join(session, made[0].id, case.id, consent="", actor="operator:1")
        for one in made[:2]:
            tickets.join(session, one.id, case.id, consent="对话里点了同意", actor="worker")
        text = "厂里答应周五补发，你的是{数额}元。"
        with pytest.raises(tickets.NotPossible, match="数额"):
            tickets.answer_all(session, case.id, 1, text, sums={made[0].id: "5200"}, key="all")
        sums = {made[0].id: "5200", made[1].id: "6100"}
        assert tickets.answer_all(session, case.id, 1, text, sums=sums, key="all") == 2
        tickets.represent(session, case.id, [made[0].id], by=1)

        said = [outbox.after(session, f"c{n}", 0) for n in range(3)]
        assert "5200元" in said[0][-1].body["text"]
        assert "6100元" in said[1][-1].body["text"]
        assert said[2] == []


def test_each_worker_is_asked_and_only_a_yes_joins(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        made = [opened(session, key=f"k{n}", talk=conversation(session, f"c{n}")) for n in range(2)]
        case = tickets.open_case(session, made[0].id, by=1, version=made[0].version)
        assert tickets.answer_invitation(session, "c1", case.number, yes=True) is None
        for one in made:
            tickets.invite(session, one.id, case.id, by=1)
        buttons = outbox.after(session, "c0", 0)[-1].body["buttons"]
        assert [button["payload"] for button in buttons] == [f"case:{case.number}:yes", f"case:{case.number}:no"]
        tickets.answer_invitation(session, "c0", case.number, yes=True)
        tickets.answer_invitation(session, "c1", case.number, yes=False)

        assert [one.id for one in tickets.members(session, case.id)] == [made[0].id]
        assert people.has_consent(session, "collective", conversation_id="c0")
        assert not people.has_consent(session, "collective", conversation_id="c1")


def test_the_same_matter_is_offered_as_one(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        talk = conversation(session)
        one = opened(session, talk=talk)
        again = {"matter": "恒达厂还是没发工资", "place": "CN-32-05-83"}
        assert [found.id for found in tickets.duplicates(session, talk, "T-WAGE", again)] == [one.id]
        assert tickets.duplicates(session, talk, "T-INJURY", again) == []
        assert tickets.duplicates(session, talk, "T-WAGE", {"employer": "鸿运服装厂"}) == []
