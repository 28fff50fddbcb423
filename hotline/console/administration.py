"""Keeping the house: accounts, canned replies, the settings that hold, and the audit. Duties are separated: who keeps
the accounts reads no ticket, who checks changes nothing, and nobody changes his own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from hotline import audit
from hotline.console import auth, canned, operators, roles
from hotline.console.door import page
from hotline.console.errors import Refused
from hotline.console.visit import Visit
from hotline.tickets import clocks, desks, settings
from hotline.tickets.categories import catalogue
from hotline.warnings import rules
from kit import clock

SHOWN = 200
QUIET = timedelta(days=90)  # an account that nobody has used for so long is a door nobody watches


@page("/desk/operators", "operators")
def accounts(visit: Visit) -> Response:
    return _accounts(visit)


def _accounts(visit: Visit, link: str = "", status: int = 200) -> Response:
    with visit.reading() as session:
        every = operators.every(session)
        logins = {one.id: auth.logins(session, one.id) for one in every}
        tree = desks.every(session)
    return visit.render(
        "administration/operators.html",
        status,
        accounts=every,
        logins=logins,
        roles=roles.TITLES,
        desks=tree,
        link=link,
        now=clock.now(),
    )


@page("/desk/operators/invite", "operators", "POST")
def invite(visit: Visit) -> Response:
    """A link for one new account; it is shown once, and whoever opens it chooses the password."""
    role, desk_ids = visit.form.text("role", 16), _desk_ids(visit)
    with visit.transaction() as session:
        token = operators.invite(session, role=role, desk_ids=desk_ids, by=visit.operator.actor)
    return _accounts(visit, f"{visit.desk.configured.address}/desk/first?token={token}")


def _desk_ids(visit: Visit) -> list[str]:
    known = {desk.id for desk in visit.desk.directory.desks()}
    chosen = visit.form.many("desk")
    if set(chosen) - known:
        raise Refused("没有这个服务台")
    return chosen


@page("/desk/operators/{operator:int}", "operators", "POST")
def change(visit: Visit) -> Response:
    """Another role or other desks, shut or open again, unlock, a new second factor, all sessions ended."""
    number, act = visit.number("operator"), visit.form.text("act", 16)
    if number == visit.operator.id:
        raise Refused("自己的账号要请另一位安全员来改")
    by = visit.operator.actor
    with visit.transaction() as session:
        operators.get(session, number)
        match act:
            case "change":
                role = visit.form.text("role", 16)
                operators.change(session, number, by=by, role=role, desk_ids=_desk_ids(visit))
            case "shut" | "open":
                operators.change(session, number, by=by, is_active=act == "open")
            case "unlock":
                operators.unlock(session, number, by=by)
            case "second_factor":
                operators.reset_second_factor(session, number, by=by)
            case "end":
                auth.end_all_logins(session, number)
                audit.record(session, by, "operator.sessions_ended", f"operator:{number}")
            case _:
                raise Refused("不知道要做什么，请刷新再试")
    visit.desk.directory.forget()
    return visit.go("/desk/operators")


@page("/desk/canned", "canned.edit")
def replies(visit: Visit) -> Response:
    with visit.reading() as session:
        every = canned.every(session)
    return visit.render(
        "administration/canned.html", replies=every, variables=canned.VARIABLES, categories=catalogue().categories
    )


@page("/desk/canned", "canned.edit", "POST")
def keep_reply(visit: Visit) -> Response:
    title = visit.form.needed("title", "写个标题，一眼看出是哪句", 60)
    text = visit.form.needed("text", "写回复的话", 2000)
    unknown = [id for id in visit.form.many("category") if id not in catalogue().categories]
    if unknown:
        raise Refused("没有这个类别")
    with visit.transaction() as session:
        number = canned.keep(session, visit.form.text("reply", 12), title, text, visit.form.many("category"))
        audit.record(session, visit.operator.actor, "canned.kept", f"canned:{number}")
    return visit.go("/desk/canned")


@page("/desk/canned/remove", "canned.edit", "POST")
def remove_reply(visit: Visit) -> Response:
    number = visit.form.number("reply")
    with visit.transaction() as session:
        canned.remove(session, number)
        audit.record(session, visit.operator.actor, "canned.removed", f"canned:{number}")
    return visit.go("/desk/canned")


@page("/desk/settings", "settings.read")
def held(visit: Visit) -> Response:
    """What holds, and which file to change: clocks, warning rules, desks, how long words are kept."""
    with visit.reading() as session:
        tree = desks.every(session)
    configured = visit.desk.configured
    kept = {
        "对话里的话": configured.words_days,
        "已经办完的收发记录": configured.rows_days,
        "归档": configured.archive_days,
    }
    shown: dict[str, Any] = {"priorities": settings.raw()["priorities"], "rules": rules.rules(), "desks": tree}
    return visit.render("administration/settings.html", kept=kept, own=clocks.OWN, **shown)


@page("/desk/audit", "audit.read")
def audited(visit: Visit) -> Response:
    """Who did what, newest first; `verify` reads the whole chain again."""
    asked = {name: visit.query(name, 80) or None for name in ("actor", "act", "subject")}
    with visit.reading() as session:
        found = audit.records(session, limit=SHOWN, **asked)
        breaks = audit.verify(session) if visit.query("verify", 4) else None
    return visit.render("administration/audit.html", records=found, asked=asked, breaks=breaks, limit=SHOWN)


@page("/desk/help", "own.account")
def guide(visit: Visit) -> Response:
    return visit.render("administration/help.html")


PAGES = [accounts, invite, change, replies, keep_reply, remove_reply, held, audited, guide]
