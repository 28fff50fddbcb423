"""What the forms of a ticket's page do: each is a page of its own with one act, asked of `access.may`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.mailbox.wake import bell
from hotline import people
from hotline.console import conversation, drafts, mentions
from hotline.console.door import Page, page
from hotline.console.errors import NotAllowed, NotThere, Refused
from hotline.console.lines import HIDDEN
from hotline.console.visit import Form, Visit
from hotline.tickets import access, numbers, queries
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from hotline.tickets.shapes import Event, Ticket
from knowledge.regions import Region, load_tree, resolve

Doing = Callable[[Session, Visit, Ticket], object]
PAGES: list[Page] = []


def readable(session: Session, visit: Visit, ticket_id: int) -> Ticket:
    """The ticket, if he may know of it; one that is not his is as good as none."""
    found = tickets.get(session, ticket_id)
    copied = queries.copied(session, ticket_id)
    if not access.may(visit.viewer, "read", found, copied=copied):
        raise NotThere("没有这张工单")
    return found


def thread_of(session: Session, visit: Visit, ticket_id: int) -> list[Event]:
    """The thread without what only those may see who see alerts."""
    found = tickets.thread(session, ticket_id)
    return found if visit.viewer.sees_alerts else [event for event in found if event.kind not in HIDDEN]


def allowed(session: Session, visit: Visit, ticket_id: int, act: str) -> Ticket:
    found = readable(session, visit, ticket_id)
    if not access.may(visit.viewer, act, found, copied=queries.copied(session, ticket_id)):
        raise NotAllowed("这张工单不归你的台，不能做这个操作")
    return found


def doing(name: str, act: str, *, is_audited: bool = True) -> Callable[[Doing], Doing]:
    """Make `POST /desk/tickets/N/name` of a function, for those who may do `act` to that ticket."""

    def made(function: Doing) -> Doing:
        @page(f"/desk/tickets/{{ticket:int}}/{name}", f"ticket.{act}", "POST")
        def handler(visit: Visit) -> Response:
            ticket_id = visit.number("ticket")
            with visit.transaction(is_audited=is_audited) as session:
                ticket = allowed(session, visit, ticket_id, act)
                answer = function(session, visit, ticket)
            bell.ring("outbox")
            if ticket.conversation_id is not None:
                bell.ring(f"conversation:{ticket.conversation_id}")
            return answer if isinstance(answer, Response) else visit.go(f"/desk/tickets/{ticket_id}")

        PAGES.append(handler)
        return function

    return made


def _version(form: Form) -> int:
    return form.number("version", "页面已经过期，请刷新后再试")


@doing("claim", "claim")
def claim(session: Session, visit: Visit, ticket: Ticket) -> None:
    was_lively = conversation.is_lively(session, ticket.conversation_id)
    tickets.claim(session, ticket.id, visit.operator.id, version=_version(visit.form))
    if was_lively:
        tickets.introduce(session, ticket.id, visit.operator.name)


@doing("assign", "assign")
def assign(session: Session, visit: Visit, ticket: Ticket) -> None:
    to = visit.form.number("to", "请选要派给谁")
    tickets.assign(session, ticket.id, to, by=visit.operator.id, version=_version(visit.form))


@doing("release", "release")
def release(session: Session, visit: Visit, ticket: Ticket) -> None:
    tickets.release(session, ticket.id, visit.operator.id, version=_version(visit.form))


@doing("reply", "reply")
def reply(session: Session, visit: Visit, ticket: Ticket) -> None:
    """Answer, and with `wait` let the clocks wait for his answer."""
    form, operator = visit.form, visit.operator
    text = form.needed("text", "请先写回复", drafts.LONGEST)
    send = tickets.ask_worker if form.is_ticked("wait") else tickets.reply
    send(session, ticket.id, operator.id, text, key=f"reply:{operator.id}:{form.needed('key', '请刷新页面再发', 80)}")
    drafts.drop(session, operator.id, ticket.id, "reply")


@doing("note", "note")
def note(session: Session, visit: Visit, ticket: Ticket) -> None:
    text = visit.form.needed("text", "请先写备注", drafts.LONGEST)
    tickets.note(session, ticket.id, visit.operator.id, text)
    seq = tickets.thread(session, ticket.id)[-1].seq
    mentions.tell(session, text, ticket_id=ticket.id, seq=seq, by=visit.operator.id)
    drafts.drop(session, visit.operator.id, ticket.id, "note")


@doing("told", "reply")
def told(session: Session, visit: Visit, ticket: Ticket) -> None:
    text = visit.form.needed("text", "请写电话里告诉了他什么")
    tickets.told_by_phone(session, ticket.id, visit.operator.id, text)


@doing("time", "time")
def time_noted(session: Session, visit: Visit, ticket: Ticket) -> None:
    tickets.note_time(session, ticket.id, visit.operator.id, visit.form.needed("text", "请写做了什么、找了谁"))


@doing("resume", "resume")
def resume(session: Session, visit: Visit, ticket: Ticket) -> None:
    tickets.resume(session, ticket.id, visit.operator.id)


@doing("draft", "reply", is_audited=False)
def draft(session: Session, visit: Visit, ticket: Ticket) -> Response:
    kind = "note" if visit.form.text("kind") == "note" else "reply"
    drafts.keep(session, visit.operator.id, ticket.id, kind, visit.form.text("text", drafts.LONGEST))
    bell.ring("desk")
    return Response(status_code=204)


@doing("give-back", "give_back")
def give_back(session: Session, visit: Visit, ticket: Ticket) -> None:
    summary = visit.form.needed("text", "写一句话：办到哪一步，机器人接着要知道什么", 300)
    tickets.give_back(session, ticket.id, visit.operator.id, summary)


@doing("transfer", "transfer")
def transfer(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    reason = form.needed("reason", "请写为什么转，接的同事要看", 300)
    if form.is_ticked("up"):
        tickets.hand_up(session, ticket.id, by=visit.operator.id, reason=reason, version=_version(form))
        return
    to = form.needed("desk", "请选转给哪个台", 64)
    tickets.transfer(session, ticket.id, to, by=visit.operator.id, reason=reason, version=_version(form))


@doing("copy", "copy")
def copy(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    to, why = form.needed("desk", "请选抄送给哪个台", 64), form.needed("why", "请写为什么抄送", 24)
    tickets.copy(session, ticket.id, to, by=visit.operator.id, why=why)


@doing("close", "close")
def close(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    wanted = catalogue().category(ticket.category).closing
    fields = {one.name: form.text(f"field.{one.name}", 600) for one in wanted}
    outcome = form.text("outcome", 600) or fields.get("done", "")
    fields = {name: value for name, value in fields.items() if name != "done"}
    tickets.close(
        session,
        ticket.id,
        visit.operator.actor,
        outcome,
        fields=fields,
        tell=form.text("tell", 300),
        version=_version(form),
    )


@doing("reopen", "reopen")
def reopen(session: Session, visit: Visit, ticket: Ticket) -> None:
    reason = visit.form.needed("reason", "请写为什么重开", 300)
    tickets.reopen(session, ticket.id, visit.operator.actor, reason)


@doing("call-back", "call_back")
def call_back(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    text = form.needed("text", "请写回访时他怎么说", 600)
    tickets.call_back(session, ticket.id, visit.operator.id, text, satisfied=form.is_ticked("satisfied"))


@doing("change", "change")
def change(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    wanted: dict[str, Any] = {
        "category": form.text("category", 16) or ticket.category,
        "priority": form.text("priority", 2) or ticket.priority,
        "employer": form.text("employer", 120),
        "people_count": form.number("people", "人数要填数字"),
    }
    if wanted["category"] not in catalogue().categories or wanted["priority"] not in ("P0", "P1", "P2", "P3"):
        raise Refused("没有这个类别或级别")
    place = form.text("place", 60)
    if place:
        found = resolve(place, load_tree())
        if not isinstance(found, Region):
            raise Refused(f"没找到“{place}”，或者同名的不止一个：请写到市和区县，例如 苏州昆山")
        wanted["region"] = found.id
    reason = form.text("reason", 300)
    tickets.change(session, ticket.id, wanted, by=visit.operator.id, reason=reason, version=_version(form))


def _other(session: Session, visit: Visit, act: str) -> Ticket:
    """Another ticket, named by its number, that he may do the same to."""
    number = numbers.normalise(visit.form.needed("number", "请填另一张工单的单号", 40))
    found = tickets.find_by_number(session, number) if number else None
    if found is None:
        raise Refused("没有这个单号，请核对一遍")
    return allowed(session, visit, found.id, act)


@doing("merge", "merge")
def merge(session: Session, visit: Visit, ticket: Ticket) -> Response:
    into = _other(session, visit, "merge")
    tickets.merge(session, ticket.id, into.id, by=visit.operator.id, version=_version(visit.form))
    return visit.go(f"/desk/tickets/{into.id}")


@doing("unmerge", "unmerge")
def unmerge(session: Session, visit: Visit, ticket: Ticket) -> None:
    tickets.unmerge(session, ticket.id, by=visit.operator.id)


@doing("link", "link")
def link(session: Session, visit: Visit, ticket: Ticket) -> None:
    tickets.link(session, ticket.id, _other(session, visit, "link").id, by=visit.operator.id)


@doing("split", "split")
def split(session: Session, visit: Visit, ticket: Ticket) -> Response:
    form = visit.form
    category = form.needed("category", "请选新工单的类别", 16)
    if category not in catalogue().categories:
        raise Refused("没有这个类别")
    chosen = [int(seq) for seq in form.many("seq") if seq.isdecimal()]
    made = tickets.split(session, ticket.id, chosen, by=visit.operator.id, category=category, version=_version(form))
    return visit.go(f"/desk/tickets/{made.id}")


@doing("case", "case")
def open_case(session: Session, visit: Visit, ticket: Ticket) -> Response:
    made = tickets.open_case(session, ticket.id, by=visit.operator.id, version=_version(visit.form))
    return visit.go(f"/desk/tickets/{made.id}")


@doing("join", "join")
def join(session: Session, visit: Visit, ticket: Ticket) -> None:
    """From the page of a collective case: take in the ticket of a worker who agreed."""
    other = _other(session, visit, "join")
    consent = visit.form.needed("consent", "请写他什么时候、怎么同意的", 200)
    tickets.join(session, other.id, ticket.id, consent=consent, actor=visit.operator.actor)


@doing("invite", "join")
def invite(session: Session, visit: Visit, ticket: Ticket) -> None:
    """From the page of a collective case: ask a worker on his own channel whether his ticket may join."""
    tickets.invite(session, _other(session, visit, "join").id, ticket.id, by=visit.operator.id)


@doing("answer-all", "answer_all")
def answer_all(session: Session, visit: Visit, ticket: Ticket) -> None:
    form = visit.form
    members = tickets.members(session, ticket.id)
    sums = {one.id: form.text(f"sum.{one.id}", 60) for one in members if form.text(f"sum.{one.id}", 60)}
    text = form.needed("text", "请先写要说的话", drafts.LONGEST)
    key = f"all:{ticket.id}:{form.needed('key', '请刷新页面再发', 80)}"
    tickets.answer_all(session, ticket.id, visit.operator.id, text, sums=sums, key=key)


@doing("reveal", "reveal")
def reveal(session: Session, visit: Visit, ticket: Ticket) -> Response:
    """A masked field in clear, once, for a reason that goes on record."""
    field = visit.form.needed("field", "请选要看哪一项", 40)
    why = visit.form.needed("why", "请写为什么要看", 120)
    if ticket.person_id is None:
        raise NotThere("这张工单没有留下个人信息")
    value = people.reveal(session, ticket.person_id, field, actor=visit.operator.actor, why=f"{ticket.number} {why}")
    title = people.catalogue().field(field).title
    return visit.render("ticket/revealed.html", ticket=ticket, title=title, value=value)
