"""Other systems: the tokens with which they act as an account, and the addresses that are told what happens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline import hooks
from hotline.api import tokens
from hotline.console import operators, roles
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.hooks import Hook
from hotline.hooks.calling import BadAddress
from hotline.tickets import lifecycle

SCOPES = {
    "list": "列出工单",
    "read": "看工单",
    "create": "登记工单",
    "reply": "回复工友",
    "note": "写备注",
    "assign": "认领、派人",
    "transfer": "转办",
    "close": "办结",
    "export": "导出",
}
KINDS = {
    "opened": "新工单",
    "message_in": "工友来信",
    "reply_out": "答复了",
    "assigned": "有人接了",
    "transferred": "转办",
    "returned": "交上一级",
    "escalated": "升级",
    "waiting": "等工友答复",
    "closed": "办结",
    "reopened": "重开",
    "rated": "打了分",
}
LONGEST_DAYS = 730
LOGGED = 100


@dataclass(frozen=True)
class Listed:
    """A receiver with how its deliveries stand."""

    hook: Hook
    counts: dict[str, int]
    last: hooks.Call | None


@page("/desk/tokens", "token.manage")
def token_list(visit: Visit) -> Response:
    return _tokens(visit)


def _tokens(visit: Visit, made: str = "") -> Response:
    with visit.reading() as session:
        every = tokens.every(session)
        accounts = [one for one in operators.every(session) if one.is_active and one.role in roles.READS_CASES]
    return visit.render(
        "systems/tokens.html", tokens=every, accounts=accounts, scopes=SCOPES, roles=roles.TITLES, made=made
    )


@page("/desk/tokens", "token.manage", "POST")
def token_made(visit: Visit) -> Response:
    """A token is shown on the page that this answers with and nowhere again."""
    form = visit.form
    name, scopes = form.needed("name", "写是给哪个系统用的", 60), form.many("scope")
    if not scopes or set(scopes) - set(SCOPES):
        raise Refused("请选它能做什么")
    days = form.number("days", "有效期写天数")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"有效期写1到{LONGEST_DAYS}天")
    with visit.transaction() as session:
        account = next((one for one in operators.every(session) if one.login == form.text("login", 64)), None)
        if account is None or not account.is_active or account.role not in roles.READS_CASES:
            raise Refused("请选一个在用的、能看工单的账号")
        made = tokens.create(session, name, account.login, scopes, days=days, by=visit.operator.actor)
    return _tokens(visit, made)


@page("/desk/tokens/{token:int}/revoke", "token.manage", "POST")
def token_revoked(visit: Visit) -> Response:
    number = visit.number("token")
    with visit.transaction() as session:
        if number not in {one.id for one in tokens.every(session)}:
            raise NotThere("没有这个令牌")
        tokens.revoke(session, number, by=visit.operator.actor)
    return visit.go("/desk/tokens")


@page("/desk/hooks", "hook.manage")
def hook_list(visit: Visit) -> Response:
    return _hooks(visit)


def _hooks(visit: Visit, secret: str = "") -> Response:
    with visit.reading() as session:
        every = [_listed(session, one) for one in hooks.every(session)]
    return visit.render("systems/hooks.html", hooks=every, kinds=KINDS, secret=secret)


def _listed(session: Session, one: Hook) -> Listed:
    return Listed(one, hooks.counts(session, one.id), next(iter(hooks.calls(session, one.id, 1)), None))


@page("/desk/hooks", "hook.manage", "POST")
def hook_added(visit: Visit) -> Response:
    url, kinds = visit.form.needed("url", "请填地址", 500), visit.form.many("kind")
    if set(kinds) - set(lifecycle.ALLOWED):
        raise Refused("没有这种事")
    try:
        with visit.transaction() as session:
            _hook, secret = hooks.add(session, url, kinds, by=visit.operator.actor)
    except BadAddress as error:
        raise Refused(str(error)) from error
    return _hooks(visit, secret)


@page("/desk/hooks/{hook:int}", "hook.manage")
def hook_log(visit: Visit) -> Response:
    number = visit.number("hook")
    with visit.reading() as session:
        one = _known(session, number)
        calls, given_up = hooks.calls(session, number, LOGGED), hooks.given_up(session, number, LOGGED)
    return visit.render("systems/hook.html", hook=one, calls=calls, given_up=given_up, kinds=KINDS, at="/desk/hooks")


def _known(session: Session, number: int) -> Hook:
    one = hooks.get(session, number)
    if one is None:
        raise NotThere("没有这个接收方")
    return one


@page("/desk/hooks/{hook:int}", "hook.manage", "POST")
def hook_changed(visit: Visit) -> Response:
    number, act, by = visit.number("hook"), visit.form.text("act", 16), visit.operator.actor
    secret = ""
    with visit.transaction() as session:
        _known(session, number)
        match act:
            case "rotate":
                secret = hooks.rotate(session, number, by=by)
            case "pause":
                hooks.pause(session, number, by=by)
            case "resume":
                hooks.resume(session, number, by=by)
            case "remove":
                hooks.remove(session, number, by=by)
            case "again":
                delivery = visit.form.text("delivery", 40)
                if delivery not in hooks.given_up(session, number):
                    raise Refused("这一条不在没送到的里面")
                hooks.send_again(session, delivery, by=by)
            case _:
                raise Refused("不知道要做什么，请刷新再试")
    return _hooks(visit, secret) if secret else visit.go("/desk/hooks")


PAGES = [token_list, token_made, token_revoked, hook_list, hook_added, hook_log, hook_changed]
