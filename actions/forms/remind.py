"""“到日子前提醒我”: what the reminder is of, what the channel lets us do, a yes, and the days on which it comes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from hotline.reminders import service as reminders
from knowledge.calculators import CALCULATORS, CalculatorError, calculate
from knowledge.calculators.result import Result

KIND = "remind"
LIMITS = (Button("仲裁时效", "calc:arbitration_limit"), Button("工伤申报期限", "calc:injury_report_limit"))
_YES = re.compile(r"^(?:是|对|嗯|好|行|可以|要|提醒|同意|ok|OK)")
_NO = re.compile(r"^(?:不|没|别|否|算)")


def last_day(result: Result) -> date | None:
    """The worker's own last day, where the result is a limit."""
    found = result.values.get("worker_deadline", result.values.get("deadline"))
    return found if isinstance(found, date) else None


def begin(turn: Turn, world: World) -> Outcome:
    """Of the limit just told; without one, the limits that can be worked out are offered."""
    form = turn.talk.form
    day = _told(form, world, turn.today) if form is not None and form.kind == "calculate" else None
    if form is None or day is None or not turn.stores:
        return say(Outgoing(kind="info", text=replies.REMIND_OF_WHAT, buttons=LIMITS))
    left = (day - turn.today).days
    if not reminders.days_of(day, turn.today):
        text = replies.REMIND_TOO_LATE.format(day=day, days=max(left, 0))
        return say(Outgoing(kind="info", text=text), talk=turn.talk.but(form=None))
    facts = {"what": CALCULATORS[form.of].title, "day": day.isoformat()}
    return _ask(turn, Form(KIND, form.of, facts, "sure"))


def _told(form: Form, world: World, today: date) -> date | None:
    try:
        return last_day(calculate(form.of, form.facts, world.knowledge().base, today))
    except CalculatorError:
        return None


def _ask(turn: Turn, form: Form) -> Outcome:
    day = date.fromisoformat(form.facts["day"])
    window = replies.REMIND_WINDOWS.get(turn.channel, replies.REMIND_WINDOWS["web"])
    text = replies.REMIND_ASK.format(day=day, days=(day - turn.today).days, window=window)
    buttons = (Button("要，提醒我", "yes"), Button("不用", "no"))
    return say(Outgoing(kind="ask", text=text, buttons=buttons), talk=turn.talk.but(form=form))


def answer(turn: Turn, world: World) -> Outcome | None:
    form = turn.talk.form
    assert form is not None
    said = turn.text.strip()
    talk = turn.talk.but(form=None)
    if turn.press == "no" or (not turn.press and _NO.match(said)):
        return say(Outgoing(kind="info", text=replies.REMIND_NO.format(day=form.facts["day"])), talk=talk)
    if turn.press != "yes" and not _YES.match(said):
        return None
    with world.database.transaction() as session:
        days = reminders.plan(
            session, turn.conversation_id or "", form.facts["what"], date.fromisoformat(form.facts["day"])
        )
    words = "、".join(f"{day.month}月{day.day}日" for day in days)
    text = replies.REMIND_ON.format(days=words, day=form.facts["day"])
    return say(Outgoing(kind="info", text=text, buttons=(Button("不用提醒了", "remind_stop"),)), talk=talk)


def ask_again(turn: Turn, _world: World) -> Outcome:
    form: Any = turn.talk.form
    return _ask(turn, form)


def stop(turn: Turn, world: World) -> Outcome:
    """“不用提醒了”."""
    ended = 0
    if turn.stores:
        with world.database.transaction() as session:
            ended = reminders.end(session, turn.conversation_id or "")
    text = replies.REMINDERS_OFF if ended else replies.NO_REMINDERS
    return say(Outgoing(kind="info", text=text))
