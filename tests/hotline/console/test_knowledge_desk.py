"""The knowledge desk: two people put a card in force, nobody his own; a figure shows what it changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from bot.mailbox.tables import OutboxRow
from hotline.audit.tables import AuditRecordRow
from hotline.policy import answers, calendars, desk, misses, records
from hotline.policy.current import Current
from kit.db import Database
from tests.hotline.tickets.support import conversation
from tests.support.desk import Operator

PATH = "cards/wages/arrears_first_step.yml"
CARD = "wages.arrears_first_step"


@pytest.fixture
def imported(sqlite: Database) -> Database:
    with sqlite.transaction() as session:
        records.import_files(session)
    return sqlite


@pytest.fixture
def editor(imported: Database, logged_in: Callable[..., Operator]) -> Operator:
    return logged_in("editor")


def in_force(database: Database) -> str:
    with database.reading() as session:
        held = desk.record(session, PATH).in_force
        assert held is not None
        return held.body


def drafted(editor: Operator, short: str) -> str:
    """An editor changes the short answer in the form; the address of the draft."""
    page = editor.get(f"/desk/knowledge/edit?path={PATH}")
    fields = {
        name: _value(page, name) for name in ("title", "answer", "law", "steps", "evidence", "limits", "ask", "rest")
    }
    answer = editor.send("/desk/knowledge/edit", page, record=PATH, short=short, **fields)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path


def _value(page: str, name: str) -> str:
    class Find(HTMLParser):
        inside, text = False, ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if dict(attrs).get("name") == name:
                self.text = dict(attrs).get("value") or ""
                self.inside = tag == "textarea"

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "textarea"

        def handle_data(self, data: str) -> None:
            self.text += data if self.inside else ""

    found = Find()
    found.feed(page)
    return found.text


def test_two_people_put_a_card_in_force(
    imported: Database, editor: Operator, logged_in: Callable[..., Operator]
) -> None:
    current = Current(imported, look_every=0)
    place = drafted(editor, "先存证据，\n再打12333")
    assert "先存证据，再打12333" not in in_force(imported)

    editor.send(f"{place}/submit")
    own = editor.send(f"{place}/publish")
    assert own.status_code == 409
    assert "另一位同事" in own.text

    reviewer = logged_in("editor", login="second")
    page = reviewer.get(place)
    assert "<ins>short: 先存证据，再打12333</ins>" in page
    assert (page.count("<ins>"), page.count("<del>")) == (1, 1)
    assert reviewer.send(f"{place}/publish").status_code == 303
    assert "先存证据，再打12333" in in_force(imported)
    assert current.base().card(CARD).short == "先存证据，再打12333"
    with imported.reading() as session:
        acts = [row.act for row in session.query(AuditRecordRow).filter(AuditRecordRow.act.startswith("policy."))]
    assert acts == ["policy.drafted", "policy.submitted", "policy.published"]


def test_the_form_gives_back_the_same_card(imported: Database, editor: Operator) -> None:
    before = Current(imported).base().card(CARD)
    place = drafted(editor, before.short)
    with imported.reading() as session:
        draft = desk.version(session, int(place.rpartition("/")[2]))
        after = records.preview(session, PATH, draft.body).card(CARD)

    assert after.answer == before.answer
    assert (after.refs, after.fixed, after.deadline, after.in_force) == (
        before.refs,
        before.fixed,
        before.deadline,
        before.in_force,
    )


def test_a_version_for_later_waits_for_its_day(
    imported: Database, editor: Operator, logged_in: Callable[..., Operator]
) -> None:
    place = drafted(editor, "明年起这样答")
    logged_in("lead").send(f"{place}/publish", on="2099-01-01")
    with imported.transaction() as session:
        assert records.publish_due(session) == 0
    assert "明年起这样答" not in in_force(imported)
    with time_machine.travel("2099-01-02T00:00:00+08:00"), imported.transaction() as session:
        assert records.publish_due(session) == 1
    assert "明年起这样答" in in_force(imported)


def test_what_does_not_load_is_refused_and_kept_in_the_form(imported: Database, editor: Operator) -> None:
    page = editor.get(f"/desk/knowledge/edit?path={PATH}")
    answer = editor.send("/desk/knowledge/edit", page, record=PATH, title="标题还在", rest="id: wages.other\nwhat: 1")

    assert answer.status_code == 409
    assert "标题还在" in answer.text
    assert 'role="alert"' in answer.text


def test_a_figure_shows_the_cards_that_it_changes(imported: Database, editor: Operator) -> None:
    path, card = "params/annual_leave/days_from_10_years.yml", Current(imported).base().card("hours.annual_leave_days")
    page = editor.get(f"/desk/knowledge/edit?path={path}")
    answer = editor.send("/desk/knowledge/edit", page, record=path, body=_value(page, "body").replace("10", "11"))
    shown = editor.get(answer.headers["location"])

    assert card.title in editor.get(f"/desk/knowledge/record?path={path}")
    assert "会变的卡片" in shown
    assert "11天" in shown


def test_who_got_an_old_text_is_told_once(
    imported: Database, editor: Operator, logged_in: Callable[..., Operator]
) -> None:
    with imported.transaction() as session:
        talk = conversation(session, "talk")
        answers.record_answer(session, talk, "m1", CARD, "an-old-version")
    reviewer = logged_in("lead")
    for _press in range(2):
        reviewer.send("/desk/knowledge/correct", record=PATH, words="离职后一年内要申请仲裁")
    with imported.reading() as session:
        told = session.scalars(select(OutboxRow.body)).all()

    assert len(told) == 1
    assert told[0]["text"] == "更正：离职后一年内要申请仲裁"


def test_a_missed_question_becomes_a_way_of_asking(imported: Database, editor: Operator) -> None:
    with imported.transaction() as session:
        misses.record(
            session, message_id="m", conversation_id="c", reason="not_this", question="老板欠钱躲着不见咋整", card=CARD
        )
    assert "老板欠钱躲着不见咋整" in editor.get("/desk/knowledge?view=missed")
    answer = editor.send("/desk/knowledge/missed", question="老板欠钱躲着不见咋整", card=CARD)

    assert answer.status_code == 303
    assert "<ins>- 老板欠钱躲着不见咋整</ins>" in editor.get(answer.headers["location"])


def test_lists_and_searches_open(imported: Database, editor: Operator) -> None:
    for query in ("", "?q=工资没发", "?kind=parameter", "?view=stale", "?view=unverified", "?view=missed"):
        assert "知识台" in editor.get(f"/desk/knowledge{query}")


CALENDAR = "calendars/2027.yml"
YEAR = {
    "record": CALENDAR,
    "source": "编的通知（测试〔2026〕1号）",
    "statutory": "2027-01-01 元旦\n2027-02-05 到 2027-02-08 春节",
    "days_off": "2027-01-01 到 2027-01-03 元旦\n2027-02-05 到 2027-02-11 春节",
    "workdays": "2027-02-14\n",
}


def test_a_year_of_holidays_is_a_form_and_counts_once_a_second_person_agrees(
    imported: Database, editor: Operator, logged_in: Callable[..., Operator]
) -> None:
    assert "填 2027 年的放假安排" in editor.get("/desk/knowledge?kind=calendar")
    page = editor.get(f"/desk/knowledge/edit?path={CALENDAR}")
    answer = editor.send("/desk/knowledge/edit", page, **YEAR)
    assert answer.status_code == 303, answer.text
    draft = urlsplit(answer.headers["location"]).path
    again = editor.get(f"/desk/knowledge/edit?path={CALENDAR}&from={draft.rpartition('/')[2]}")
    for name in ("statutory", "days_off", "workdays"):
        assert _value(again, name).strip() == YEAR[name].strip()

    logged_in("lead").send(f"{draft}/publish")
    with imported.reading() as session:
        held = calendars.in_force(session)
    assert held.is_statutory(date(2027, 2, 8)) and not held.is_statutory(date(2027, 2, 9))
    assert not held.is_workday(date(2027, 2, 11)) and held.is_workday(date(2027, 2, 14))


@pytest.mark.parametrize(
    ("field", "written", "says"),
    [
        ("statutory", "元旦 2027-01-01", "读不出来"),
        ("statutory", "2027-01-01", "读不出来"),
        ("days_off", "2027-02-30 春节", "没有 2027-02-30"),
        ("days_off", "2027-02-11 到 2027-02-05 春节", "两个日子不对"),
        ("days_off", "2026-02-05 春节", "不是2027年"),
        ("workdays", "2027-02-11", "又放假又上班"),
        ("source", "", "通知"),
    ],
)
def test_a_year_that_cannot_be_is_said_in_words(editor: Operator, field: str, written: str, says: str) -> None:
    answer = editor.send("/desk/knowledge/edit", **{**YEAR, field: written})

    assert answer.status_code == 409
    assert says in answer.text
