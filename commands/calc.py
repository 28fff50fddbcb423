"""`./gongyou calc KIND --field value`: work out a sum or a deadline in the terminal, nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

import typer

from bot.gateway.calculators import EXPECTED, answer, cited, lacking, refused, work_out, written
from knowledge.base import Base
from knowledge.calculators import CALCULATORS, VALUES, Calculator, Result
from knowledge.loader import shipped

app = typer.Typer(help=__doc__, add_completion=False)
# Short names for what is asked most; the first one that the calculator has is meant.
SHORT = {
    "hire": ("hire_date", "join_date"),
    "wage": ("avg_wage_12m", "monthly_wage", "own_wage", "paid_monthly", "avg_wage_excl_ot"),
    "signed": ("signed_date",),
    "from": ("from", "from_date"),
    "event-date": ("event_date",),
}
DEFAULT_GROUND = "36"


def options(arguments: Iterable[str], one: Calculator) -> dict[str, str]:
    """`--last-day 2026-10-31` and `--last-day=2026-10-31` as fields of the calculator."""
    names = {field.name for field in one.fields}
    left = list(arguments)
    found: dict[str, str] = {}
    while left:
        option, _, value = left.pop(0).partition("=")
        if not option.startswith("--") or not (value or left):
            raise SystemExit(f"gongyou: 看不懂 {option}，写成 --名称 值；./gongyou calc {one.kind} --help 列出名称")
        value = value or left.pop(0)
        plain = option[2:].replace("-", "_")
        wanted = next((name for name in (plain, *SHORT.get(option[2:], ())) if name in names), None)
        if wanted is None:
            raise SystemExit(f"gongyou: {one.kind} 没有 {option}；有：{', '.join('--' + n for n in sorted(names))}")
        found[wanted] = value
    return found


def show_fields(one: Calculator) -> None:
    """What one calculator asks for."""
    print(f"{one.title}：{one.summary}\n")
    for field in one.fields:
        must = "" if field.required else "（可不填）"
        print(f"  --{field.name.replace('_', '-'):<30} {field.title}{must}  例如 {field.example}")


def show(result: Result, one: Calculator, base: Base) -> None:
    """A result for the terminal."""
    for name, value in result.as_json()["result"].items():
        if value not in (None, "", []):
            print(f"{VALUES[name].title}：{'；'.join(written(name, value))}")
    if result.missing:
        print(f"还缺：{'、'.join(lacking(result, one))}（没有收录，不替你猜）")
    print()
    for number, step in enumerate(result.steps, 1):
        law = f"  {cited(step.reference, base)}" if step.reference else ""
        print(f"{number}. {step.words}{law}")
    for title, lines in (("按什么算的", result.assumptions), ("要注意", result.cautions)):
        if lines:
            print(f"\n{title}：\n" + "\n".join(f"- {line}" for line in lines))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def calc(
    context: typer.Context,
    kind: str = typer.Argument("", help="the calculator; none lists them"),
    as_json: bool = typer.Option(False, "--json", help="print what the API would answer"),
) -> None:
    """Print the list, one calculator's fields, or a result."""
    if kind not in CALCULATORS:
        width = max(map(len, CALCULATORS))
        print("\n".join(f"{one.kind:<{width}}  {one.title}" for one in CALCULATORS.values()))
        raise SystemExit(0 if kind in ("", "--help", "-h") else f"gongyou: 没有叫 {kind} 的计算器，上面是全部")
    one = CALCULATORS[kind]
    if {"--help", "-h"} & set(context.args):
        show_fields(one)
        return
    inputs = options(context.args, one)
    if kind in ("severance", "severance_plus_notice") and "ground" not in inputs:
        inputs["ground"] = DEFAULT_GROUND
    base = shipped()
    try:
        result = work_out(kind, inputs, base)
    except EXPECTED as error:
        _, told = refused(error, base)
        places = "".join(f"\n  {one['id']}  {one['title']}" for one in told.get("candidates", ()))
        raise SystemExit(f"gongyou: {told['message']}{places}") from error
    if as_json:
        print(json.dumps(answer(result, base), ensure_ascii=False, indent=1, default=date.isoformat))
    else:
        show(result, one, base)
