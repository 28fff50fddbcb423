"""A call or a visit: what is stored with consent and without, the receipt, the draft, what appears beside it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.mailbox.tables import OutboxRow
from hotline import people
from hotline.console import call
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets

PHONE = "13800000000"
SAID = {
    "phone": PHONE,
    "place": "昆山",
    "employer": "某某电子厂",
    "matter": "厂里三个月没发工资",
    "people": "1",
    "category": "T-WAGE",
    "safe": "yes",
    "via": "phone",
    "key": "k1",
}


@pytest.fixture
def lead(sqlite: Database, logged_in: Callable[..., Operator]) -> Operator:
    Tickets(sqlite).desks()
    return logged_in("lead", desk_ids=("CN-32-05",))


def _opened(sqlite: Database) -> list[tickets.Ticket]:
    with sqlite.reading() as session:
        return tickets.list_open(session)


def test_with_his_yes_the_phone_is_kept_sealed_and_the_number_is_read_back(lead: Operator, sqlite: Database) -> None:
    answer = lead.send("/desk/new", lead.get("/desk/new"), **SAID, consent="yes")
    [ticket] = _opened(sqlite)
    page = lead.get(answer.headers["location"])

    assert (ticket.channel, ticket.desk_id, ticket.category) == ("phone", OWN, "T-WAGE")
    assert ticket.owner_id == lead.id
    assert "请念给他听" in page
    assert page.count(ticket.number) >= 2
    assert "138****0000" in page
    assert PHONE not in page
    with sqlite.reading() as session:
        assert people.person_by_phone(session, PHONE) == ticket.person_id


def test_without_his_yes_no_phone_is_taken_and_an_anonymous_call_is_as_good(lead: Operator, sqlite: Database) -> None:
    assert lead.send("/desk/new", lead.get("/desk/new"), **SAID).status_code == 409
    assert _opened(sqlite) == []

    anonymous = {**SAID, "phone": ""}
    assert lead.send("/desk/new", lead.get("/desk/new"), **anonymous).status_code == 303
    [ticket] = _opened(sqlite)
    assert ticket.person_id is None


def test_a_form_sent_twice_opens_one_ticket(lead: Operator, sqlite: Database) -> None:
    page = lead.get("/desk/new")
    for _ in range(2):
        assert lead.send("/desk/new", page, **{**SAID, "key": "same"}, consent="yes").status_code == 303

    assert len(_opened(sqlite)) == 1


def test_who_is_not_safe_is_p0(lead: Operator, sqlite: Database) -> None:
    lead.send("/desk/new", lead.get("/desk/new"), **{**SAID, "safe": "no", "phone": ""})

    assert [ticket.priority for ticket in _opened(sqlite)] == ["P0"]


def test_what_is_known_appears_beside_it(lead: Operator, sqlite: Database) -> None:
    seeded = Tickets(sqlite).open(desk=OWN, phone=PHONE, facts={"matter": "上次也没发", "employer": "某某电子厂"})
    beside = lead.send("/desk/new/look", lead.get("/desk/new"), **SAID).text

    assert seeded.ticket.number in beside
    assert "同一个人" in beside
    assert "江苏省苏州市昆山市" in beside
    assert "欠" in beside
    assert 'name="fact.amount"' in beside


def test_the_draft_is_kept_sealed_and_comes_back(lead: Operator, sqlite: Database) -> None:
    lead.send("/desk/new/draft", lead.get("/desk/new"), **SAID)
    with sqlite.reading() as session:
        from hotline.console.tables import DraftRow

        stored = session.scalars(select(DraftRow)).one()

    assert "工资" not in stored.text
    assert "厂里三个月没发工资" in lead.get("/desk/new")
    lead.send("/desk/new", lead.get("/desk/new"), **SAID, consent="yes")
    assert "厂里三个月没发工资" not in lead.get("/desk/new")


def test_dates_that_he_tells_start_the_legal_clock(lead: Operator, sqlite: Database) -> None:
    told = {**SAID, "phone": "", "fact.end_date": clock.today().isoformat()}
    lead.send("/desk/new", lead.get("/desk/new"), **told)
    [ticket] = _opened(sqlite)

    assert "申请劳动仲裁的最后一天" in lead.get(f"/desk/tickets/{ticket.id}")


class TestReceipt:
    @pytest.fixture
    def configured(self, configured: Settings) -> Settings:
        return configured.model_copy(update={"sms_driver": "kannel", "sms_number": "12351"})

    def test_it_goes_to_his_phone_and_replies_go_the_same_way(self, lead: Operator, sqlite: Database) -> None:
        lead.send("/desk/new", lead.get("/desk/new"), **SAID, consent="yes", receipt="yes")
        [ticket] = _opened(sqlite)
        with sqlite.reading() as session:
            sent = session.scalars(select(OutboxRow.body)).all()

        assert [ticket.number in body["text"] and ticket.code in body["text"] for body in sent] == [True]
        assert ticket.conversation_id is not None
        assert ticket.channel == "phone"

    def test_a_plain_one_names_nobody(self, lead: Operator, sqlite: Database) -> None:
        lead.send("/desk/new", lead.get("/desk/new"), **SAID, consent="yes", receipt="yes", plain="yes")
        with sqlite.reading() as session:
            [text] = [body["text"] for body in session.scalars(select(OutboxRow.body))]

        assert "工会" not in text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 0000 0000", PHONE),
        ("+8613800000000", PHONE),
        ("0512-12345678", "051212345678"),
        ("12345", ""),
        ("不留", ""),
    ],
)
def test_a_phone_as_people_write_it(written: str, number: str) -> None:
    assert call.phone_of(written).replace("-", "") == number


def test_a_phone_is_searched_by_a_form_and_finds_his_tickets(lead: Operator, sqlite: Database) -> None:
    seeded = Tickets(sqlite).open(desk=OWN, phone=PHONE)
    found = lead.send("/desk/search", lead.get("/desk"), words=PHONE).text

    assert seeded.ticket.number in found
