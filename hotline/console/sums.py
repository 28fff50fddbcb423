"""A sum beside a ticket: its fields filled with what the ticket knows, its result ready to go into the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline.console.door import page
from hotline.console.errors import NotThere
from hotline.console.ticket_acts import readable, thread_of
from hotline.console.visit import Visit
from hotline.tickets.shapes import Event, Ticket
from kit import clock
from knowledge.base import Base
from knowledge.calculators import CALCULATORS, Calculator, CalculatorError, Reference, calculate
from knowledge.calculators.filling import fill
from knowledge.calculators.talking import tell
from knowledge.errors import KnowledgeError
from knowledge.regions import Region, resolve

# What the intake form calls a thing -> what the sums call it.
SAME = {
    "start_date": ("hire_date", "join_date"),
    "end_date": ("last_day", "employment_ended"),
    "wage": ("monthly_wage", "avg_wage_12m", "own_wage"),
    "place": ("region",),
    "injury_date": ("event_date",),
}
SIMPLE = ("wages", "answers")  # fields with a shape of their own: the page of sums has them


@dataclass(frozen=True)
class Told:
    text: str = ""
    problem: str = ""


def known_of(kind: str, ticket: Ticket, thread: list[Event]) -> dict[str, str]:
    """What the ticket knows of a sum's fields: facts by name first, then what the worker's words hold."""
    names = {field.name for field in CALCULATORS[kind].fields}
    facts: dict[str, Any] = {}
    words: list[str] = [ticket.summary]
    for event in thread:
        if event.kind == "opened":
            facts.update(event.body.get("facts") or {})
        elif event.kind == "message_in":
            words.append(str(event.body.get("text", "")))
    given: dict[str, Any] = {"region": ticket.region} if ticket.region else {}
    for name, value in facts.items():
        for target in (name, *SAME.get(name, ())):
            if target in names and value not in (None, ""):
                given[target] = value
    filled = fill(kind, "。".join(words)[-1500:], clock.today(), given=given).inputs
    return {name: str(value) for name, value in filled.items() if name in names and value is not None}


def work_out(one: Calculator, given: Mapping[str, str], base: Base) -> Told:
    inputs: dict[str, Any] = {name: value for name, value in given.items() if value}
    if inputs.get("region") and inputs["region"] not in base.regions:
        found = resolve(inputs["region"], base.regions)
        if not isinstance(found, Region):
            return Told(problem="地方没认出来，或者同名的不止一个：请写到市和区县，例如 苏州昆山。")
        inputs["region"] = found.id
    try:
        result = calculate(one.kind, inputs, base, clock.today())
    except (CalculatorError, KnowledgeError) as error:
        return Told(problem=str(error))
    return Told(tell(result, lambda reference: _cited(reference, base)))


def _cited(reference: Reference, base: Base) -> str:
    law = base.find_law(reference.law)
    paragraph = f"第{reference.paragraph}款" if reference.paragraph else ""
    return f"《{law.short if law else reference.law}》第{reference.article}条{paragraph}"


def _calculator(visit: Visit) -> Calculator:
    one = CALCULATORS.get(str(visit.request.path_params["kind"]))
    if one is None:
        raise NotThere("没有这个计算器")
    return one


def _read(session: Session, visit: Visit) -> tuple[Ticket, list[Event]]:
    ticket_id = visit.number("ticket")
    return readable(session, visit, ticket_id), thread_of(session, visit, ticket_id)


@page("/desk/tickets/{ticket:int}/sums/{kind}", "ticket.read")
def sum_form(visit: Visit) -> Response:
    one = _calculator(visit)
    with visit.reading() as session:
        ticket, thread = _read(session, visit)
    return _show(visit, one, ticket, known_of(one.kind, ticket, thread), Told())


@page("/desk/tickets/{ticket:int}/sums/{kind}", "ticket.read", "POST")
def sum_result(visit: Visit) -> Response:
    """Worked out, not stored: what comes of it is what the operator does with it."""
    one = _calculator(visit)
    with visit.reading() as session:
        ticket, _thread = _read(session, visit)
    given = {field.name: visit.form.text(field.name, 400) for field in one.fields}
    return _show(visit, one, ticket, given, work_out(one, given, visit.desk.world.knowledge().base))


def _show(visit: Visit, one: Calculator, ticket: Ticket, given: Mapping[str, str], told: Told) -> Response:
    fields = [field for field in one.fields if field.type not in SIMPLE]
    return visit.render("ticket/sum.html", calculator=one, fields=fields, ticket=ticket, given=given, told=told)


PAGES = [sum_form, sum_result]
