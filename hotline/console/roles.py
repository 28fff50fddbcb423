"""Who may do what at the desk, page by page; which ticket he may do it to is `hotline.tickets.access`'s decision.

Duties are separated: who keeps the accounts reads no ticket, who checks changes nothing.
"""

from __future__ import annotations

from hotline.tickets import access

TITLES = {
    "operator": "接线员",
    "lead": "班长",
    "lawyer": "法律援助",
    "editor": "知识编辑",
    "auditor": "审计员",
    "security": "安全员",
    "system": "系统管理员",
}
ROLES = frozenset(TITLES)
EVERYBODY = ROLES
CASE_WORK = frozenset({"operator", "lead", "lawyer"})
READS_CASES = CASE_WORK | {"auditor"}
WRITES = frozenset({"editor", "lead"})
READS_REPORTS = frozenset({"lead", "editor", "auditor"})

# What a page or a form does -> the roles that may open it at all.
ACTS: dict[str, frozenset[str]] = {
    "own.account": EVERYBODY,
    "queue.read": READS_CASES,
    "queue.search": READS_CASES,
    "queue.stream": READS_CASES,
    "call.open": CASE_WORK,
    "alarm.read": CASE_WORK,
    "alarm.acknowledge": CASE_WORK,
    "rota.read": READS_CASES,
    "rota.edit": frozenset({"lead"}),
    "export.make": READS_CASES,
    "export.ask": CASE_WORK,
    "export.approve": frozenset({"lead"}),
    "token.manage": frozenset({"security"}),  # a token acts as an account, and who keeps the accounts is one
    "hook.manage": frozenset({"system"}),
    "stuck.mend": frozenset({"lead", "system"}),
    "health.read": frozenset({"lead", "security", "system"}),
    "conversation.watch": CASE_WORK,
    "knowledge.read": CASE_WORK | {"editor", "auditor"},
    "knowledge.edit": WRITES,
    "knowledge.review": WRITES,  # but never his own
    "canned.edit": frozenset({"lead"}),
    "desk.edit": frozenset({"lead", "system"}),
    "settings.read": frozenset({"lead", "system"}),
    "report.read": READS_REPORTS,
    "report.export": READS_REPORTS,
}


def may_open(role: str, act: str) -> bool:
    """An act that is in no table is nobody's; what is done to tickets stands in `access.ACTS`."""
    given = access.ACTS.get(role, frozenset())
    return role in ACTS.get(act, frozenset()) or act in given or act.removeprefix("ticket.") in given
