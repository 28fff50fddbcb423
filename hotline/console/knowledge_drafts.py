"""A draft at the knowledge desk: seen by a second pair of eyes, in force now or on a day, or given up.

Nobody puts his own text in force. Before that the page shows what changes, what the lint says, how workers would read
it, and which cards a changed figure touches.
"""

from __future__ import annotations

import difflib
from datetime import date, datetime, time
from typing import Any

import numpy as np
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.mailbox import outbox
from bot.messages import Outgoing
from hotline import audit
from hotline.console import knowledge_form
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.knowledge import PLACES, STATES, card_at, record_of, shown_to_workers, uses_of
from hotline.console.visit import Visit
from hotline.policy import answers, desk, records
from hotline.policy.desk import Version
from hotline.policy.entries import entries_of
from hotline.policy.errors import PolicyError, UnknownRecord
from kit import clock
from knowledge.base import Base
from knowledge.errors import KnowledgeError
from knowledge.findings import Finding
from knowledge.lint import lint_base, served

EXAMPLES = 3
ASKED = 5


def _version(visit: Visit) -> Version:
    try:
        with visit.reading() as session:
            return desk.version(session, visit.number("version"))
    except UnknownRecord as missing:
        raise NotThere(str(missing)) from missing


@page("/desk/knowledge/versions/{version:int}", "knowledge.read")
def version(visit: Visit) -> Response:
    """A draft as its reviewer needs it: what changes, what the lint says, how workers would read it."""
    return _show(visit, _version(visit))


def _show(visit: Visit, found: Version, question: str = "") -> Response:
    with visit.reading() as session:
        held = desk.record(session, found.path).in_force
        base = _base_with(session, found)
    values: dict[str, Any] = {"findings": [], "previews": {}, "examples": [], "hits": [], "broken": ""}
    if isinstance(base, str):
        values["broken"] = base
    else:
        values["findings"] = _findings(base, found.path)
        card = card_at(base, found.path) if found.kind == "card" else None
        if card is not None:
            values["previews"] = shown_to_workers(base, card, PLACES[0])
        else:
            values["examples"] = [(one, shown_to_workers(base, one, PLACES[0])) for one in uses_of(base, found.key)]
        if question:
            values["hits"] = _tried(visit, base, question)
    return visit.render(
        "knowledge/version.html",
        version=found,
        held=held,
        lines=_compared(_comparable(held.body if held else "", found), _comparable(found.body, found)),
        states=STATES,
        may_review=found.author != visit.operator.actor,
        example_count=EXAMPLES,
        question=question,
        **values,
    )


def _base_with(session: Session, found: Version) -> Base | str:
    """The policy base with this version in it, or why it does not load."""
    try:
        return records.preview(session, found.path, found.body)
    except (PolicyError, KnowledgeError) as wrong:
        return str(wrong)


def _findings(base: Base, path: str) -> list[Finding]:
    return [one for one in lint_base(base, served(), path) if path in one.path]


def _comparable(body: str, found: Version) -> str:
    """A card from a file stands in another order than one from the form; its reader wants to see what changed."""
    try:
        return knowledge_form.as_written(body) if body and found.kind == "card" else body
    except Refused:
        return body


def _compared(old: str, new: str) -> list[tuple[str, str]]:
    """Lines of the new text with what they were: (same | gone | new, line)."""
    marks = {" ": "same", "-": "gone", "+": "new"}
    found = difflib.ndiff(old.splitlines(), new.splitlines())
    return [(marks[line[0]], line[2:]) for line in found if line[0] in marks]


class _Asked:
    """The desk's one encoder in the shape that an index wants."""

    name = "desk"

    def __init__(self, visit: Visit) -> None:
        self._encode = visit.desk.world.encode

    def encode_query(self, texts: Any) -> Any:
        return np.stack([self._encode(text) for text in texts])

    encode_passage = encode_query


def _tried(visit: Visit, base: Base, question: str) -> list[Any]:
    """Which cards the question would find if the draft were in force."""
    before = {(entry.id, entry.region): entry for entry in visit.desk.world.knowledge().index.entries}
    changed = [entry for entry in entries_of(base) if before.get((entry.id, entry.region)) != entry]
    index = visit.desk.world.knowledge().index.updated(changed, encoder=_Asked(visit))
    hits = index.search(question, visit.desk.world.encode(question), on=clock.today(), k=ASKED)
    return [(hit, base.find_card(hit.card)) for hit in hits]


@page("/desk/knowledge/versions/{version:int}/try", "knowledge.read", "POST")
def try_question(visit: Visit) -> Response:
    return _show(visit, _version(visit), visit.form.needed("question", "写一句工友会问的话", 400))


def _act(visit: Visit, act: str, change: Any, detail: dict[str, Any] | None = None) -> Response:
    """One step of a version, with its line in the audit; what the policy refuses is said."""
    found = _version(visit)
    with visit.transaction() as session:
        try:
            change(session, found.id)
        except (PolicyError, KnowledgeError) as wrong:
            raise Refused(str(wrong)) from wrong
        subject = f"policy:{found.path}"[:80]
        audit.record(
            session, visit.operator.actor, f"policy.{act}", subject, {"version": found.number, **(detail or {})}
        )
    return visit.go(f"/desk/knowledge/versions/{found.id}")


@page("/desk/knowledge/versions/{version:int}/submit", "knowledge.edit", "POST")
def submit(visit: Visit) -> Response:
    return _act(visit, "submitted", records.submit)


@page("/desk/knowledge/versions/{version:int}/discard", "knowledge.edit", "POST")
def discard(visit: Visit) -> Response:
    return _act(visit, "discarded", records.discard)


@page("/desk/knowledge/versions/{version:int}/publish", "knowledge.review", "POST")
def publish(visit: Visit) -> Response:
    """Now, or at the beginning of a day in China."""
    day = visit.form.text("on", 10)
    actor = visit.operator.actor
    _not_ones_own(visit)
    if not day or day <= str(clock.today()):
        return _act(visit, "published", lambda session, id: records.publish(session, id, actor))
    try:
        at = datetime.combine(date.fromisoformat(day), time(0), clock.SHANGHAI)
    except ValueError as wrong:
        raise Refused("日期写成 2027-01-01 这样") from wrong
    return _act(visit, "scheduled", lambda session, id: records.schedule(session, id, actor, at), {"on": day})


def _not_ones_own(visit: Visit) -> None:
    if _version(visit).author == visit.operator.actor:
        raise Refused("自己写的稿要请另一位同事复核，不能自己发布")


@page("/desk/knowledge/versions/{version:int}/keep", "knowledge.review", "POST")
def keep(visit: Visit) -> Response:
    """Of two texts that both changed, keep the desk's."""
    return _act(visit, "kept", lambda session, id: records.keep_desk(session, id, visit.operator.actor))


@page("/desk/knowledge/retire", "knowledge.review", "POST")
def retire(visit: Visit) -> Response:
    found = record_of(visit, visit.form.needed("record", "没说是哪一条", 250))
    with visit.transaction() as session:
        try:
            records.retire(session, found.id)
        except (PolicyError, KnowledgeError) as wrong:
            raise Refused(f"还不能停用：{wrong}") from wrong
        audit.record(session, visit.operator.actor, "policy.retired", f"policy:{found.path}"[:80])
    return visit.go(f"/desk/knowledge/record?path={found.path}")


@page("/desk/knowledge/correct", "knowledge.review", "POST")
def correct(visit: Visit) -> Response:
    """Tell everybody who got an old text of a card; once each, however often the button is pressed."""
    found = record_of(visit, visit.form.needed("record", "没说是哪一条", 250))
    words = visit.form.needed("words", "写一句更正的话", 600)
    base = visit.desk.world.knowledge().base
    card = card_at(base, found.path)
    if card is None:
        raise NotThere("这张卡片没有在用")
    told = 0
    with visit.transaction() as session:
        for one in {old.conversation: old for old in answers.recall(session, base, card.id)}.values():
            message = Outgoing(
                kind="info", text=f"更正：{words}", sender="operator", card=card.id, version=card.version
            )
            key = f"correct:{card.id}:{card.version}:{one.conversation}"[:120]
            queued = outbox.queue(session, one.conversation, message, key=key, now=clock.now(), done=True)
            told += queued is not None
        subject = f"policy:{found.path}"[:80]
        audit.record(session, visit.operator.actor, "policy.corrected", subject, {"conversations": told})
    return visit.go(f"/desk/knowledge/record?path={found.path}")


PAGES = [version, try_question, submit, discard, publish, keep, retire, correct]
