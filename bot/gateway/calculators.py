"""The sums for people and programs: `/api/calculators` and the page `/calculators`, which needs no script.

The page is made for a phone and for paper: one column, labels a screen reader can say, nothing to install; the
browser's own print makes the PDF.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.gateway.calculators_to_ticket import Send, is_asked, sender
from bot.gateway.chat import MAX_BODY, read_json
from bot.gateway.errors import ApiError
from kit import clock
from kit.db import Database
from knowledge.base import Base
from knowledge.calculators import (
    CALCULATORS,
    VALUES,
    BadInput,
    Calculator,
    CalculatorError,
    MissingInput,
    Reference,
    Result,
    calculate,
)
from knowledge.calculators.site_wage_checklist import ITEMS
from knowledge.regions import Ambiguous, Region, resolve

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
WAGE_LINE = re.compile(r"(\d{4}-\d{1,2})\s*[:：,，\s]\s*([\d.,]+)")
MISSING_TITLES = {
    "injury_lump_sums": "一次性工伤医疗补助金和伤残就业补助金标准",
    "heat_allowance": "当地高温津贴标准",
}


class AmbiguousRegion(Exception):
    """Several places have that name; the caller chooses."""

    def __init__(self, name: str, candidates: tuple[Region, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.candidates = candidates


class UnknownPlace(Exception):
    """No place that we know has that name."""


def place(inputs: Mapping[str, Any], base: Base) -> dict[str, Any]:
    """The inputs with the region as an id."""
    name = inputs.get("region")
    if not isinstance(name, str) or not name.strip():
        return {**inputs, "region": None}
    found = resolve(name[:100], base.regions)
    if isinstance(found, Ambiguous):
        raise AmbiguousRegion(found.name, found.candidates)
    if found is None:
        raise UnknownPlace(name)
    return {**inputs, "region": found.id}


def work_out(kind: str, inputs: Mapping[str, Any], base: Base) -> Result:
    """One sum as of today, with the region found by name."""
    return calculate(kind, place(inputs, base), base, clock.today())


def citation(reference: Reference, base: Base) -> dict[str, object]:
    """An article with the law's short name, as citations are everywhere in the API."""
    law = base.find_law(reference.law)
    found = reference.as_json()
    if law is not None:
        found |= {"law": law.short, "title": law.title}
    return found


def answer(result: Result, base: Base) -> dict[str, Any]:
    """A result with the laws' names."""
    body = result.as_json()
    body["references"] = [citation(one, base) for one in result.references]
    for shown, step in zip(body["steps"], result.steps, strict=True):
        shown["reference"] = None if step.reference is None else citation(step.reference, base)
    return body


def describe(one: Calculator) -> dict[str, Any]:
    """One calculator in the list."""
    return {"kind": one.kind, "code": one.code, "title": one.title, "summary": one.summary, "schema": one.schema()}


def known(kind: str) -> Calculator:
    if kind not in CALCULATORS:
        raise ApiError(404, "unknown_calculator", f"没有叫 {kind[:40]} 的计算器，GET /api/calculators 列出了全部")
    return CALCULATORS[kind]


def refused(error: Exception, base: Base) -> tuple[int, dict[str, Any]]:
    """Status and body of what could not be worked out."""
    if isinstance(error, AmbiguousRegion):
        candidates = [{"id": one.id, "title": base.region_title(one.id)} for one in error.candidates]
        message = f"叫“{error.name}”的地方不止一个，请选一个"
        return 409, {"code": "ambiguous_region", "message": message, "field": "region", "candidates": candidates}
    if isinstance(error, UnknownPlace):
        message = f"没找到“{str(error)[:30]}”这个地方，请写到市或县，例如：苏州。"
        return 400, {"code": "unknown_region", "message": message, "field": "region", "example": "苏州"}
    if isinstance(error, BadInput):
        code = "missing_field" if isinstance(error, MissingInput) else "bad_field"
        body = {"code": code, "message": str(error), "field": error.field, "example": error.example}
        return 400, body
    return 422, {"code": "no_figure", "message": str(error)}


EXPECTED = (CalculatorError, AmbiguousRegion, UnknownPlace)


class Calculators:
    """The routes over a getter of the policy base in force."""

    def __init__(self, base: Callable[[], Base], send: Send | None = None) -> None:
        self._base = base
        self._send = send

    def routes(self) -> list[Route]:
        return [
            Route("/api/calculators", self.listed, methods=["GET"]),
            Route("/api/calculators/{kind}", self.post, methods=["POST"]),
            Route("/calculators", self.index, methods=["GET", "POST"]),
            Route("/calculators/{kind}", self.form, methods=["GET"]),
            Route("/calculators/{kind}", self.filled, methods=["POST"]),
        ]

    async def listed(self, _request: Request) -> Response:
        return JSONResponse({"calculators": [describe(one) for one in CALCULATORS.values()]})

    async def post(self, request: Request) -> Response:
        kind = known(request.path_params["kind"]).kind
        inputs = await read_json(request)
        base = self._base()
        try:
            result = await run_in_threadpool(work_out, kind, inputs, base)
        except EXPECTED as error:
            status, body = refused(error, base)
            return JSONResponse({"error": body}, status_code=status)
        return JSONResponse(answer(result, base))

    async def index(self, _request: Request) -> Response:
        return html("calculators/list.html", groups=groups())

    async def form(self, request: Request) -> Response:
        one = known(request.path_params["kind"])
        return self._page(one, dict(request.query_params))

    async def filled(self, request: Request) -> Response:
        one = known(request.path_params["kind"])
        given = await read_form(request)
        base = self._base()
        try:
            result = await run_in_threadpool(work_out, one.kind, inputs_of(one, given), base)
        except EXPECTED as error:
            status, body = refused(error, base)
            return self._page(one, given, error=body, status=status)
        sent = ""
        if self._send is not None and is_asked(given):
            sent = await run_in_threadpool(self._send, given, result)
        return self._page(one, given, result=result, sent=sent)

    def _page(
        self,
        one: Calculator,
        given: Mapping[str, str],
        *,
        result: Result | None = None,
        error: dict[str, Any] | None = None,
        status: int = 200,
        sent: str = "",
    ) -> Response:
        base = self._base()
        told = None if result is None else shown_result(result, one, base)
        return html(
            "calculators/one.html",
            status,
            calculator=one,
            given=given,
            told=told,
            error=error,
            items=ITEMS,
            today=clock.today().isoformat(),
            can_send=self._send is not None,
            sent=sent,
        )


def routes(base: Callable[[], Base], database: Database | None = None) -> list[Route]:
    """What the gateway mounts; without a database no result can be sent to a ticket."""
    send = None if database is None else sender(database, base, cited)
    return Calculators(base, send).routes()


def html(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(TEMPLATES.get_template(name).render(**values), status_code=status)


async def read_form(request: Request) -> dict[str, str]:
    """A posted form's fields, refused when it is larger than any of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ApiError(413, "too_large", "填写的内容太长")
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=200)
    except ValueError as error:
        raise ApiError(400, "bad_form", "表单内容无法识别") from error
    return {name: values[0].strip() for name, values in fields.items() if values[0].strip()}


def inputs_of(one: Calculator, given: Mapping[str, str]) -> dict[str, Any]:
    """The form's texts as the API's inputs: months of wages line by line, one select a checklist item."""
    inputs: dict[str, Any] = dict(given)
    for field in one.fields:
        if field.type == "wages" and field.name in given:
            inputs[field.name] = dict(WAGE_LINE.findall(given[field.name])) or given[field.name]
        if field.type == "answers":
            inputs[field.name] = {name: given.get(f"{field.name}.{name}") for name in ITEMS}
    return inputs


def groups() -> dict[str, list[Calculator]]:
    """The list's sections, in the order in which workers ask."""
    sections = {
        "离职、辞退": "severance unlawful_termination severance_plus_notice layoff_threshold",
        "工资、加班": "arrears_penalty overtime_pay overtime_pay_comprehensive overtime_pay_piecework "
        "minimum_wage_shortfall deduction_cap heat_allowance site_wage_checklist",
        "合同、试用期": "double_wage probation_limit probation_wage_floor training_penalty noncompete_pay",
        "休假、生病": "annual_leave annual_leave_entitlement medical_period sick_pay maternity_days "
        "maternity_allowance",
        "工伤": "disability_grant disability_grant_table work_death injury_report_limit unlawful_employer_injury",
        "社保、退休": "retirement_date min_contribution_years unemployment_months social_insurance_late_fee "
        "survivor_benefit",
        "期限": "arbitration_limit limit",
    }
    return {title: [CALCULATORS[kind] for kind in kinds.split()] for title, kinds in sections.items()}


def shown_result(result: Result, one: Calculator, base: Base) -> dict[str, Any]:
    """A result in the words of the page."""
    steps = [(step.words, "" if step.reference is None else cited(step.reference, base)) for step in result.steps]
    return {
        "values": [
            (VALUES[name].title, written(name, value))
            for name, value in result.as_json()["result"].items()
            if value not in (None, "", [])
        ],
        "steps": steps,
        "references": [cited(reference, base) for reference in result.references],
        "assumptions": result.assumptions,
        "cautions": result.cautions,
        "missing": lacking(result, one),
        "urgent": result.urgent,
    }


def lacking(result: Result, one: Calculator) -> list[str]:
    """What the missing figures are called."""
    titles = {field.name: field.title for field in one.fields} | MISSING_TITLES
    return [titles.get(name, name) for name in result.missing]


def cited(reference: Reference, base: Base) -> str:
    """《劳动合同法》第47条第2款."""
    law = base.find_law(reference.law)
    paragraph = f"第{reference.paragraph}款" if reference.paragraph else ""
    return f"《{law.short if law else reference.law}》第{reference.article}条{paragraph}"


def written(name: str, value: Any) -> list[str]:
    """A value as lines of text."""
    kind = VALUES[name]
    if isinstance(value, bool):
        return ["是" if value else "否"]
    if kind.type == "money":
        return [f"{Decimal(value):,} 元"]
    if isinstance(value, dict):
        return [f"{key}：{Decimal(part):,} 元" for key, part in value.items()]
    if isinstance(value, list):
        return [str(part) for part in value]
    return [f"{value} {kind.unit}".strip()]
