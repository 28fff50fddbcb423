"""P17: every page x every role x own and other tickets. A page that is missing here fails, and so does a row without
its page. The table is written by hand and knows nothing of `roles.ACTS` or `access.may`, which it checks."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hotline.api.tables import ApiTokenRow
from hotline.console.app import PAGES
from hotline.console.roles import ROLES
from hotline.hooks.tables import HookRow
from hotline.policy import documents
from hotline.policy.tables import RecordRow, VersionRow
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from knowledge.regions import load_tree
from tests.support.desk import Operator
from tests.support.desk_tickets import OTHER, OWN, Tickets

ALL = ROLES
CASE = {"operator", "lead", "lawyer"}
READ = CASE | {"auditor"}
LEAD = {"lead"}
FIGURES = {"lead", "editor", "auditor"}
NOBODY: set[str] = set()
WRITERS = {"editor", "lead"}
TICKET = "/desk/tickets/{ticket:int}"
DOCUMENT_DRAFT = "/desk/documents/drafts/{draft:int}"
VERSION = "/desk/knowledge/versions/{version:int}"

# (method, path) -> who may use it; with {ticket}: on a ticket of his own desk, then on one of a desk beside it.
PUBLIC = {("GET", "/desk/first"), ("POST", "/desk/first"), ("GET", "/desk/login"), ("POST", "/desk/login")}
OF_CASE_WORK = (
    *("claim", "release", "reply", "note", "told", "time", "resume", "draft", "give-back", "transfer", "copy"),
    *("close", "reopen", "call-back", "change", "merge", "link", "split", "reveal"),
)
OF_ALERTS = ("acknowledge", "report", "advance", "task", "lower")
OF_LEADS = ("assign", "unmerge", "case", "join", "invite", "answer-all")
MATRIX: dict[tuple[str, str], tuple[set[str] | frozenset[str], ...]] = {
    ("POST", "/desk/logout"): (ALL,),
    ("GET", "/desk/second-factor"): (ALL,),
    ("POST", "/desk/second-factor"): (ALL,),
    ("GET", "/desk/second-factor.png"): (NOBODY,),  # only for a session that is setting it up
    ("GET", "/desk/account"): (ALL,),
    ("POST", "/desk/account/password"): (ALL,),
    ("POST", "/desk/account/end"): (ALL,),
    ("GET", "/desk/stream"): (READ,),
    ("GET", "/desk"): (READ,),
    ("POST", "/desk/search"): (READ,),
    ("POST", "/desk/mentions/seen"): (READ,),
    ("GET", "/desk/new"): (CASE,),
    ("POST", "/desk/new"): (CASE,),
    ("POST", "/desk/new/look"): (CASE,),
    ("POST", "/desk/new/draft"): (CASE,),
    ("GET", "/desk/alarms"): (CASE,),
    ("POST", "/desk/alarms/{alarm:int}/acknowledge"): (CASE, NOBODY),
    ("GET", "/desk/rota"): (READ,),
    ("GET", "/desk/rota/file"): (READ,),
    ("POST", "/desk/rota/import"): (LEAD,),
    ("POST", "/desk/rota/phone"): (LEAD,),
    ("GET", "/desk/rota/{desk}"): (READ, NOBODY),
    ("POST", "/desk/rota/{desk}"): (LEAD, NOBODY),
    ("GET", "/desk/exports"): (READ,),
    ("POST", "/desk/exports/file"): (READ,),
    ("POST", "/desk/exports/ask"): (CASE,),
    ("POST", "/desk/exports/{export:int}/approve"): (LEAD, NOBODY),
    ("POST", "/desk/exports/{export:int}/take"): (NOBODY, NOBODY),  # only who asked: see test_exports_page.py
    ("GET", "/desk/hours"): (LEAD | {"system"},),
    ("GET", "/desk/hours/{desk}"): (LEAD | {"system"}, NOBODY),
    ("POST", "/desk/hours/{desk}"): (LEAD | {"system"}, NOBODY),
    ("GET", "/desk/tokens"): ({"security"},),
    ("POST", "/desk/tokens"): ({"security"},),
    ("POST", "/desk/tokens/{token:int}/revoke"): ({"security"},),
    ("GET", "/desk/hooks"): ({"system"},),
    ("POST", "/desk/hooks"): ({"system"},),
    ("GET", "/desk/hooks/{hook:int}"): ({"system"},),
    ("POST", "/desk/hooks/{hook:int}"): ({"system"},),
    ("GET", "/desk/stuck"): (LEAD | {"system"},),
    ("POST", "/desk/stuck/in/{message:int}"): (LEAD | {"system"},),
    ("POST", "/desk/stuck/out/{message:int}"): (LEAD | {"system"},),
    ("GET", "/desk/health"): ({"lead", "security", "system"},),
    ("GET", "/desk/conversations"): (CASE,),
    ("GET", "/desk/conversations/{conversation}"): (CASE, NOBODY),
    ("POST", "/desk/conversations/{conversation}/take"): (CASE, NOBODY),
    ("GET", "/desk/alerts"): (LEAD,),
    ("GET", "/desk/alerts/{alert:int}"): (LEAD, NOBODY),
    **{("POST", f"/desk/alerts/{{alert:int}}/{name}"): (LEAD, NOBODY) for name in OF_ALERTS},
    ("POST", f"{TICKET}/files/{{file}}"): (NOBODY, NOBODY),  # there is none: see test_files.py
    ("GET", "/desk/knowledge"): (READ | {"editor"},),
    ("GET", "/desk/knowledge/record"): (READ | {"editor"},),
    ("GET", "/desk/knowledge/edit"): (WRITERS,),
    ("POST", "/desk/knowledge/edit"): (WRITERS,),
    ("GET", VERSION): (READ | {"editor"},),
    ("POST", f"{VERSION}/try"): (READ | {"editor"},),
    **{("POST", f"{VERSION}/{name}"): (WRITERS,) for name in ("submit", "discard", "publish", "keep")},
    **{("POST", f"/desk/knowledge/{name}"): (WRITERS,) for name in ("retire", "correct", "missed")},
    ("GET", "/desk/documents"): (READ | {"editor"},),
    ("POST", "/desk/documents"): (WRITERS,),
    ("GET", "/desk/documents/{document:int}"): (READ | {"editor"},),
    ("GET", DOCUMENT_DRAFT): (READ | {"editor"},),
    ("POST", f"{DOCUMENT_DRAFT}/publish"): (WRITERS,),
    ("POST", f"{DOCUMENT_DRAFT}/discard"): (WRITERS,),
    ("GET", "/desk/operators"): ({"security"},),
    ("POST", "/desk/operators/invite"): ({"security"},),
    ("POST", "/desk/operators/{operator:int}"): ({"security"},),
    ("GET", "/desk/canned"): (LEAD,),
    ("POST", "/desk/canned"): (LEAD,),
    ("POST", "/desk/canned/remove"): (LEAD,),
    ("GET", "/desk/settings"): (LEAD | {"system"},),
    ("GET", "/desk/audit"): ({"auditor"},),
    ("GET", "/desk/help"): (ALL,),
    ("GET", "/desk/reports"): (FIGURES,),
    ("POST", "/desk/reports/file"): (FIGURES,),
    ("GET", TICKET): (READ, {"auditor"}),
    ("GET", f"{TICKET}/suggestions"): (READ, {"auditor"}),
    ("GET", f"{TICKET}/file"): (READ, {"auditor"}),
    ("GET", f"{TICKET}/sums/{{kind}}"): (READ, {"auditor"}),
    ("POST", f"{TICKET}/sums/{{kind}}"): (READ, {"auditor"}),
    **{("POST", f"{TICKET}/{name}"): (CASE, NOBODY) for name in OF_CASE_WORK},
    **{("POST", f"{TICKET}/{name}"): (LEAD, NOBODY) for name in OF_LEADS},
}


def test_every_page_has_its_row_and_every_row_its_page() -> None:
    served = [(page.method, page.path) for page in PAGES]

    assert len(served) == len(set(served))
    assert set(served) == set(MATRIX) | PUBLIC


@dataclass(frozen=True)
class Things:
    """A desk and what belongs to it: a ticket, its conversation, an alert, an alarm."""

    ticket: int = 1
    conversation: str = "none"
    alert: int = 1
    alarm: int = 1
    export: int = 1
    desk: str = OWN


def _filled(path: str, of: Things) -> str:
    path = path.replace("{ticket:int}", str(of.ticket)).replace("{conversation}", of.conversation)
    path = path.replace("{alarm:int}", str(of.alarm)).replace("{desk}", of.desk)
    path = path.replace("{document:int}", "1").replace("{draft:int}", "1")
    path = path.replace("{token:int}", "1").replace("{hook:int}", "1").replace("{message:int}", "1")
    path = path.replace("{export:int}", str(of.export))
    path = path.replace("{version:int}", "1").replace("{operator:int}", "1")
    return path.replace("{alert:int}", str(of.alert)).replace("{kind}", "severance").replace("{file}", "0")


def test_without_a_session_nothing_opens(browser: Callable[[], Operator]) -> None:
    nobody = browser()
    for page in PAGES:
        if (page.method, page.path) in PUBLIC:
            continue
        answer = nobody.http.request(page.method, _filled(page.path, Things()), headers=nobody.origin)
        assert answer.status_code in (303, 401), page.path
        assert answer.headers.get("location", "/desk/login") == "/desk/login"


@pytest.fixture
def own_and_other(sqlite: Database) -> tuple[Things, Things]:
    seeded = Tickets(sqlite)
    seeded.desks()
    with sqlite.transaction() as session:
        session.add(RecordRow(id=1, kind="card", key="wages.made_up", path="cards/wages/made_up.yml"))
        session.flush()
        draft = VersionRow(id=1, record_id=1, number=1, body="id: wages.made_up\n", hash="-", source="desk")
        draft.author, draft.status, draft.created_at = "operator:0", "draft", clock.now()
        session.add(draft)
    both = _things(seeded, OWN), _things(seeded, OTHER)
    with sqlite.transaction() as session:
        session.add(HookRow(id=1, url="https://made-up.example/in", secret="-", created_at=clock.now()))
        session.add(ApiTokenRow(id=1, name="made up", hash="-", operator_id=1, scopes=["list"], created_at=clock.now()))
        text = "关于做好维权工作的通知\n编的〔2026〕1号\n一、各级工会要做好职工维权工作，把每件事办实。\n2026年11月2日"
        documents.paste(session, "编的通知", text, "operator:3")  # his own: he may discard it, not publish it
        other = documents.paste(session, "另一份", f"{text}\n二、再多一条。", "operator:0")
        documents.publish(session, other, "operator:9", load_tree())
    return both


def _things(seeded: Tickets, desk: str) -> Things:
    made = seeded.open(desk=desk)
    return Things(
        made.ticket.id, made.conversation, seeded.alert(desk), seeded.alarm(made.ticket), seeded.export(desk), desk
    )


def _is_let_in(operator: Operator, method: str, path: str, token: str = "") -> bool:
    """Whether the door and the access check let him through; an empty form may still be refused for its content."""
    form = {"form_token": token or operator.form_token()} if method == "POST" else None
    answer = operator.http.request(method, path, data=form, headers=operator.origin)
    return answer.status_code not in (401, 403, 404) and answer.headers.get("location") != "/desk/login"


# They end the session, or they never end; their own tests are below and in test_login.py.
APART = ("/desk/logout", "/desk/account/end", "/desk/stream")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_may(role: str, logged_in: Callable[..., Operator], own_and_other: tuple[Things, Things]) -> None:
    operator = logged_in(role, desk_ids=(OWN,))
    token = operator.form_token()
    wrong: list[str] = []
    for (method, path), columns in MATRIX.items():
        for number, (allowed, things) in enumerate(zip(columns, own_and_other, strict=False)):
            if path not in APART and _is_let_in(operator, method, _filled(path, things), token) != (role in allowed):
                wrong.append(f"{method} {path} {'own' if number == 0 else 'other'}")

    assert wrong == []


@pytest.mark.parametrize("role", sorted(ROLES - READ))
def test_the_stream_is_for_those_who_read_tickets(role: str, logged_in: Callable[..., Operator]) -> None:
    assert logged_in(role).http.get("/desk/stream").status_code == 403


def test_a_copied_desk_reads_and_writes_notes_but_does_nothing_else(
    sqlite: Database, logged_in: Callable[..., Operator], own_and_other: tuple[Things, Things]
) -> None:
    other = own_and_other[1].ticket
    with sqlite.transaction() as session:
        tickets.copy(session, other, OWN, by=1, why="双向维权")
    looking_on = logged_in("operator", desk_ids=(OWN,))

    assert _is_let_in(looking_on, "GET", f"/desk/tickets/{other}")
    assert _is_let_in(looking_on, "POST", f"/desk/tickets/{other}/note")
    for name in ("claim", "reply", "close", "transfer", "reveal"):
        assert not _is_let_in(looking_on, "POST", f"/desk/tickets/{other}/{name}")


def test_a_merge_needs_both_tickets(
    logged_in: Callable[..., Operator], own_and_other: tuple[Things, Things], sqlite: Database
) -> None:
    own, other = (things.ticket for things in own_and_other)
    with sqlite.reading() as session:
        number = tickets.get(session, other).number
    operator = logged_in("operator", desk_ids=(OWN,))
    answer = operator.send(f"/desk/tickets/{own}/merge", number=number, version="2")

    assert answer.status_code == 404
