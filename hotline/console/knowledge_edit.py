"""Writing at the knowledge desk: a card and a year of holidays as forms, everything else as it stands in its file."""

from __future__ import annotations

from starlette.responses import Response

from hotline import audit
from hotline.console import calendar_form, knowledge_form
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.policy import desk, records
from hotline.policy.errors import PolicyError, UnknownRecord
from hotline.policy.files import kind_of
from kit import clock
from knowledge.errors import KnowledgeError

LONGEST = 60_000
NEW_CARD = """id: {key}
status: published
region: CN
in_force: {{from: {today}}}
refs: []
refer: [union]
verified: {{on: {today}}}
"""


def _path(given: str) -> str:
    """A record's path: an existing one, or a new card's from its id."""
    if given.endswith((".yml", ".txt")):
        return given
    topic, _, name = given.partition(".")
    if not topic.isidentifier() or not name.isidentifier():
        raise Refused("新卡片的编号写成 话题.英文名，如 wages.boss_missing")
    return f"cards/{topic}/{name}.yml"


@page("/desk/knowledge/edit", "knowledge.edit")
def edit(visit: Visit) -> Response:
    """The form for a new version: from the text in force, from a draft, or empty for a new card."""
    if not visit.query("path"):
        return visit.go("/desk/knowledge")
    path = _path(visit.query("path", 250))
    body = visit.query("from", 12)
    with visit.reading() as session:
        try:
            found = desk.version(session, int(body)) if body.isdecimal() else desk.record(session, path).in_force
        except UnknownRecord:
            found = None
    key = path.removeprefix("cards/").removesuffix(".yml").replace("/", ".")
    new = NEW_CARD.format(key=key, today=clock.today()) if kind_of(path) == "card" else ""
    return _form(visit, path, found.body if found else new)


def _form(
    visit: Visit, path: str, body: str, problems: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    kind = kind_of(path)
    return visit.render(
        "knowledge/edit.html",
        status,
        path=path,
        kind=kind,
        fields=_fields(kind, path, body),
        body=body,
        days=calendar_form.FIELDS,
        texts=knowledge_form.TEXTS,
        one_liners=knowledge_form.ONE_LINERS,
        lists=knowledge_form.LISTS,
        problems=problems or {},
    )


def _fields(kind: str, path: str, body: str) -> dict[str, str]:
    """What has a form of its own has fields; everything else is edited as it is written."""
    if kind == "card":
        return knowledge_form.fields_of(body)
    return calendar_form.fields_of(body, _year(path)) if kind == "calendar" else {}


def _year(path: str) -> str:
    name = path.removeprefix("calendars/").removesuffix(".yml")
    if not (name.isascii() and name.isdecimal() and len(name) == 4):
        raise Refused("放假安排一年一份，如 calendars/2027.yml")
    return name


def _body(visit: Visit, path: str) -> str:
    match kind_of(path):
        case "card":
            return knowledge_form.body_of(visit.form)
        case "calendar":
            return calendar_form.body_of(visit.form, _year(path))
        case _:
            return visit.form.needed("body", "还没写", LONGEST) + "\n"


@page("/desk/knowledge/edit", "knowledge.edit", "POST")
def save(visit: Visit) -> Response:
    """Keep the draft. What the policy base could not read is refused, with the text kept in the form."""
    path = _path(visit.form.needed("record", "没说是哪一条", 250))
    body = _body(visit, path)
    try:
        with visit.transaction() as session:
            number = records.save_draft(session, path, body, visit.operator.actor)
            audit.record(session, visit.operator.actor, "policy.drafted", f"policy:{path}"[:80], {"version": number})
    except (PolicyError, KnowledgeError) as wrong:
        return _form(visit, path, body, {knowledge_form.REST: str(wrong).splitlines()}, status=409)
    return visit.go(f"/desk/knowledge/versions/{number}")


@page("/desk/knowledge/missed", "knowledge.edit", "POST")
def add_question(visit: Visit) -> Response:
    """A question that was not answered well becomes one of the ways of asking of a card, as a draft."""
    question = visit.form.needed("question", "缺了问题", 200)
    path = _path(visit.form.needed("card", "写卡片编号，如 wages.arrears_first_step", 120))
    with visit.transaction() as session:
        try:
            held = desk.record(session, path).in_force
            if held is None:
                raise NotThere("这张卡片没有在用")
            fields = knowledge_form.with_question(held.body, question)
            number = records.save_draft(session, path, fields, visit.operator.actor)
        except (PolicyError, KnowledgeError) as wrong:
            raise Refused(str(wrong)) from wrong
        audit.record(session, visit.operator.actor, "policy.drafted", f"policy:{path}"[:80], {"version": number})
    return visit.go(f"/desk/knowledge/versions/{number}")


PAGES = [edit, save, add_question]
