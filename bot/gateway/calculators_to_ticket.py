"""A result of the page goes to a ticket: number and code prove whose it is, the operators read the whole working."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hotline.tickets import numbers
from hotline.tickets import service as tickets
from kit.db import Database
from knowledge.base import Base
from knowledge.calculators import CALCULATORS, Reference, Result
from knowledge.calculators.talking import tell

SYSTEM = 0  # the operator number of what no operator wrote
SENT = "结果已经发到工单 {number}，办的同事看得到。"
WRONG = "工单号和查询码对不上，请照着记下来的再填一遍。错了好几次会先锁一小时。"
NUMBER, CODE = "ticket_number", "ticket_code"
Send = Callable[[Mapping[str, str], Result], str]


def is_asked(given: Mapping[str, str]) -> bool:
    return bool(given.get(NUMBER) or given.get(CODE))


def sender(database: Database, base: Callable[[], Base], cited: Callable[[Reference, Base], str]) -> Send:
    """What the page calls with its fields and the result; the sentence for the worker comes back."""

    def send(given: Mapping[str, str], result: Result) -> str:
        number = numbers.normalise(given.get(NUMBER, ""))
        known = base()
        with database.transaction() as session:
            ticket = None if number is None else tickets.prove(session, number, given.get(CODE, "").strip())
            if ticket is None:
                return WRONG
            title = CALCULATORS[result.kind].title
            words = tell(result, lambda one: cited(one, known))
            tickets.note(session, ticket.id, SYSTEM, f"【工友在网页上算的：{title}】\n{words}")
        return SENT.format(number=ticket.number)

    return send
