"""From a worker's words to a calculator's fields, over several turns and in any order.

`fill` returns the inputs with what a message added; `next_field` is what to ask next. A loose figure (八千多) is taken
and said back in a note. Nothing is taken that has neither a cue beside it nor a question before it, unless the
calculator has only one place for it. Keys that begin with an underscore wait for another fact and are ignored by sums.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from knowledge import numbers
from knowledge.numbers import Amount, Day, Duration, Span, Thing

from . import CALCULATORS, Calculator, grounds
from .dates import add_months
from .errors import BadInput
from .fields import Field
from .result import plain
from .taking import HOURS_A_DAY, WHOLE_DAYS, value_for, without_upper_ends

START = r"入职|进厂|进公司|进来|来的|来上班|开始|上的班|参加工作|从"
END = r"离职|走的|走了|辞退|开除|辞职|解雇|最后一天|不干|离开|到期|被裁|解除"
# Words near a figure that say which field it is for.
CUES: dict[str, str] = {
    "hire_date": START,
    "join_date": START,
    "last_day": END,
    "employment_ended": END,
    "signed_date": r"签",
    "birth": r"生|出生",
    "event_date": r"出事|受伤|摔|砸|事故|伤|诊断",
    "known_date": r"知道|发现|通知",
    "interrupted_on": r"投诉|要过|举报|催|答应",
    "from_date": r"收到|拿到|判|裁决",
    "weekday_hours": r"平时|工作日|平常|下班后",
    "restday_hours": r"周末|休息日|周六|周日|星期[六天日]|双休",
    "holiday_hours": r"法定|节假日|国庆|春节|五一|元旦|中秋|端午|清明|过节",
    "agreed_probation_months": r"试用期",
    "contract_months": r"合同(?:期|签)",
    "months": r"欠|没发|拖|没给|个月没",
    "total_work_years": r"工龄|一共工作|总共|参加工作",
    "unit_years": r"这个单位|本单位|这家",
    "contribution_months": r"失业保险|交了|缴了",
    "agreed_penalty": r"违约金",
    "training_cost": r"培训费",
    "arrears": r"一共欠|总共欠|合计",
    "last_month_wage": r"上个?月(?:的)?工资|最后一个月",
    "own_wage": r"工资|月薪|一个月",
    "avg_wage_12m": r"工资|月薪|一个月|平均",
    "monthly_wage": r"工资|月薪|一个月|每个?月|底薪",
    "local_avg_wage": r"社平|社会平均|职工(?:月)?平均",
    "local_min_wage": r"最低工资",
    "min_wage": r"最低工资",
    "hourly_paid": r"小时|时薪",
    "workers": r"人",
    "days_taken": r"休了|休过",
}
OF_THE_PLACE = re.compile(
    r"最低工资|社平|社会平均|职工月?平均"
)  # a figure of the place, whatever 工资 stands beside it
YES = re.compile(r"^(?:是|对|有|嗯|签了|给了|交了|通知了|补休了|可以|要)")
NO = re.compile(r"没|不是|不|否|无")
CORRECTION = re.compile(r"不是.{1,20}?[，,]?\s*(?:而?是|应该是)")
TAKEN_BACK = re.compile(r"[，,]?\s*(?:而?不是|不算|别算|可不是)(.{1,12})$")  # 底薪是5500不是6000
NEAR = 8


@dataclass(frozen=True)
class Filled:
    """The inputs so far, what loose words were taken for, and whether the answer to our question was not understood."""

    inputs: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    took: tuple[str, ...] = ()
    unclear: BadInput | None = None


@dataclass
class _Form:
    """One message being read into one calculator's fields."""

    calculator: Calculator
    text: str
    today: date
    inputs: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    took: list[str] = field(default_factory=list)

    def named(self, name: str) -> Field | None:
        return next((one for one in self.calculator.fields if one.name == name), None)

    def put(self, name: str, value: Any, thing: Thing | None = None) -> None:
        """Take a value; a loose one is said back."""
        self.inputs[name] = value
        self.took.append(name)
        if isinstance(thing, Duration) and name in WHOLE_DAYS:
            self.notes.append(f"“{thing.text}”先按每天{HOURS_A_DAY}小时算，不是就告诉我一共几个小时。")
            return
        month = isinstance(thing, Day) and thing.precision == "month" and len(str(value)) > 7
        if thing is not None and (thing.approximate or month):
            self.notes.append(f"“{thing.text}”先按{value}算，不对就告诉我准数。")

    def near(self, thing: Thing) -> tuple[str, str]:
        """The words before and behind a thing, within its clause."""
        before = re.split(r"[，。,；;？?！!]", self.text[: thing.start])[-1][-NEAR:]
        return before, re.split(r"[，。,；;？?！!]", self.text[thing.end :])[0][:NEAR]


def fill(
    kind: str, text: str, today: date, *, given: Mapping[str, Any] | None = None, asked: str | None = None
) -> Filled:
    """What one message adds to the inputs. `asked` is the field of our last question."""
    form = _Form(CALCULATORS[kind], text, today, dict(given or {}))
    things = without_upper_ends(text, numbers.find(text, today))
    corrected = CORRECTION.search(text)
    taken_back = None if corrected else TAKEN_BACK.search(text)
    if corrected:
        things = _correct(form, things, old=(0, corrected.end()))
    elif taken_back and taken_back.start():
        things = _correct(form, things, old=(taken_back.start(), len(text)))
    wanted = form.named(asked) if asked else None
    _volunteered(form, wanted)
    for thing in _by_cue(form, things, wanted):
        _by_type(form, thing, wanted)
    if wanted is not None and wanted.name not in form.took:
        _answer(form, wanted)
    _from_service(form)
    unclear = None
    if wanted is not None and not form.took:
        unclear = BadInput(wanted.name, f"{wanted.title}没看明白。{wanted.question}", wanted.example)
    return Filled(form.inputs, tuple(form.notes), tuple(form.took), unclear)


def next_field(kind: str, inputs: Mapping[str, Any]) -> Field | None:
    """The first field that the sum still needs."""
    calculator = CALCULATORS[kind]
    for one in calculator.fields:
        is_asked = calculator.asked_if.get(one.name, lambda _known, one=one: one.required)
        if inputs.get(one.name) is None and is_asked(inputs):
            return one
    return None


def _correct(form: _Form, things: list[Thing], old: tuple[int, int]) -> list[Thing]:
    """不是三个月是四个月, 是四个月不是三个月: the field that holds the old value gets the new one."""
    was_said = [thing for thing in things if old[0] <= thing.start < old[1]]
    left = [thing for thing in things if thing not in was_said]
    for one in form.calculator.fields:
        held = form.inputs.get(one.name)
        was = any(held is not None and str(held) == str(value_for(one, thing, form.today)) for thing in was_said)
        now = next((value_for(one, thing, form.today) for thing in left if value_for(one, thing, form.today)), None)
        if was and now is not None:
            form.put(one.name, now)
            return []
    return left


def _by_cue(form: _Form, things: list[Thing], wanted: Field | None) -> list[Thing]:
    """Give each thing to the field whose words stand beside it; what is left has none."""
    left: list[Thing] = []
    for thing in things:
        if isinstance(thing, Span):
            _span(form, thing)
            continue
        before, after = form.near(thing)
        matching = [
            one
            for one in form.calculator.fields
            if one.name in CUES and one.name not in form.took and value_for(one, thing, form.today) is not None
        ]
        if OF_THE_PLACE.search(before):
            matching = [one for one in matching if one.name in form.calculator.regional]
        hit = next((one for one in matching if re.search(CUES[one.name], after)), None)
        hit = hit or next((one for one in matching if re.search(CUES[one.name], before)), None)
        clear = hit is not None and (hit.type == "date" or "hours" in hit.name)
        if hit is not None and (clear or wanted is None or hit is wanted or wanted not in matching):
            form.put(hit.name, value_for(hit, thing, form.today), thing)
        else:
            left.append(thing)
    return left


def _span(form: _Form, thing: Span) -> None:
    """From the first day to the last one."""
    names = {one.name for one in form.calculator.fields}
    pairs = (("hire_date", "last_day"), ("from", "to"))
    pair = next((pair for pair in pairs if set(pair) <= names), None)
    if pair is None:
        return
    for name, day, value in ((pair[0], thing.first, thing.first.value), (pair[1], thing.last, thing.last.last)):
        form.put(name, value.isoformat(), None if day.precision == "day" and not day.approximate else _loose(day))


def _loose(day: Day) -> Day:
    """A month named for a day is loose: the first day of work, or the last, is taken."""
    return Day(day.start, day.end, day.text, True, day.value, day.precision, day.last)


def _by_type(form: _Form, thing: Thing, wanted: Field | None) -> None:
    """The asked field first; else the only open field that takes such a thing; a length of work waits for a day."""
    places = [wanted] if wanted is not None and wanted.name not in form.took else []
    for one in places:
        value = value_for(one, thing, form.today)
        if value is not None:
            form.put(one.name, value, thing)
            return
    takes = [
        one
        for one in form.calculator.fields
        if form.inputs.get(one.name) is None
        and value_for(one, thing, form.today) is not None
        and _may_be_meant(form, one)
    ]
    open_fields = [one for one in takes if one.required or not isinstance(thing, Amount)]
    if len(open_fields) == 1:
        form.put(open_fields[0].name, value_for(open_fields[0], thing, form.today), thing)
    elif isinstance(thing, Duration) and form.named("hire_date") and re.search(r"干|做|工作|上班", form.text):
        form.inputs["_service_months"] = thing.years * 12 + thing.months
        form.inputs["_service_days"] = thing.days
        form.took.append("_service_months")
        if thing.approximate:
            form.notes.append(f"“{thing.text}”先按{thing.years}年{thing.months}个月算，知道入职日期就告诉我。")


def _may_be_meant(form: _Form, one: Field) -> bool:
    """A place's figure and today are never what a loose figure means."""
    return one.name != "today" and one.name not in form.calculator.regional


def _from_service(form: _Form) -> None:
    """三年零四个月 and a last day give the first day."""
    last, months = form.inputs.get("last_day"), form.inputs.get("_service_months")
    if last is None or months is None or form.inputs.get("hire_date") is not None:
        return
    end = date.fromisoformat(str(last)) + timedelta(days=1)
    first = add_months(end, -int(months)) - timedelta(days=int(form.inputs.get("_service_days") or 0))
    form.inputs["hire_date"] = first.isoformat()
    form.took.append("hire_date")
    form.notes.append(f"入职日期按工作时间倒推为{first}，知道准日子就告诉我。")


def _answer(form: _Form, wanted: Field) -> None:
    """An answer that is a word: yes or no, a choice, a reason, a bare number."""
    text = form.text.strip()
    if wanted.type == "yes":
        if NO.search(text) or YES.search(text):
            form.put(wanted.name, not NO.search(text))
        return
    if wanted.name == "ground":
        _ground(form, text)
        return
    if wanted.choices:
        hit = next(
            (one for one in wanted.choices if one == text or (len(text) > 1 and text in one) or one in text), None
        )
        if hit is not None or (wanted.type == "text" and not form.took):
            form.put(wanted.name, hit or text[:100])
        return
    if wanted.type in ("money", "wage", "count", "whole", "term"):
        value = numbers.number(text)
        if value is not None and not numbers.find(text, form.today):
            form.put(wanted.name, plain(value))
        elif re.fullmatch(r"(?:还|都|一天都?|一次都?)?(?:没有|没|无|零|0)(?:休|加|上|有)?(?:过)?[了的吧。]*", text):
            form.put(wanted.name, "0")


def _volunteered(form: _Form, wanted: Field | None) -> None:
    """Choices and reasons said before they were asked for."""
    for one in form.calculator.fields:
        if one is wanted or form.inputs.get(one.name) is not None:
            continue
        if one.name == "ground":
            hit = next((article for pattern, article in grounds.SPOKEN if re.search(pattern, form.text)), None)
            if hit is not None:
                _ground(form, f"{hit} {form.text[:60]}")
        elif one.choices and one.required:
            named = next((choice for choice in one.choices if choice in form.text), None)
            if named is not None:
                form.put(one.name, named)


def _ground(form: _Form, text: str) -> None:
    """A reason in words, as the choice it means."""
    try:
        grounds.parse(text)
    except BadInput:
        return
    form.put("ground", text[:100])
