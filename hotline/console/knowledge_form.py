"""A card as a form: the fields that editors write, the rest as YAML; and back to a text that loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from hotline.console.errors import Refused
from hotline.console.visit import Form
from knowledge.errors import DataError
from knowledge.findings import Finding
from knowledge.strict import parse_yaml

TEXTS = {"title": "标题", "short": "短答（一条短信，60字以内）", "answer": "回答", "law": "法律怎么说"}
ONE_LINERS = ("title", "short")  # a newline that slipped in is none
LISTS = {
    "steps": "下一步（一行一步）",
    "evidence": "留好什么（一行一样）",
    "limits": "说不准的地方",
    "ask": "工友怎么问",
}
REST = "rest"
LONG = 60_000


def fields_of(body: str) -> dict[str, str]:
    """What stands in the form for a card's text."""
    held = _read(body)
    shown = {name: str(held.pop(name, "") or "") for name in TEXTS}
    shown |= {name: "\n".join(map(str, held.pop(name, None) or ())) for name in LISTS}
    return {**shown, REST: _written(held)}


def body_of(form: Form) -> str:
    """The card's text from the form; what is not YAML is said with its line."""
    return _joined({name: form.text(name, LONG) for name in (*TEXTS, *LISTS, REST)})


def as_written(body: str) -> str:
    """A card's text as the form writes it: of two such texts only that differs which somebody changed."""
    return _joined(fields_of(body))


def _joined(fields: Mapping[str, str]) -> str:
    held = _read(fields[REST])
    for name in TEXTS:
        value = fields[name].strip()
        if value:
            held[name] = "".join(value.splitlines()) if name in ONE_LINERS else value + "\n"
    for name in LISTS:
        lines = [line.strip() for line in fields[name].splitlines() if line.strip()]
        if lines or name == "ask":
            held[name] = lines
    return _written(held)


def _read(body: str) -> dict[str, Any]:
    try:
        held = parse_yaml(body, "稿子") if body.strip() else {}
    except DataError as wrong:
        raise Refused(f"“其余”那一栏读不出来：{wrong}") from wrong
    if not isinstance(held, dict):
        raise Refused("“其余”那一栏要写成 名字: 内容 的样子")
    return dict(held)


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, figures as they were written."""


_Dumper.add_multi_representer(
    object, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value))
)
_Dumper.add_representer(
    str,
    lambda dumper, value: dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style="|" if value.endswith("\n") else None
    ),
)


def _written(held: dict[str, Any]) -> str:
    return yaml.dump(held, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110) if held else ""


def by_field(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """What the lint says, beside the field that it speaks of; the rest under `rest`."""
    shown: dict[str, list[str]] = {}
    for one in findings:
        words = f"{one.problem}{'；' + one.allowed if one.allowed else ''}"
        field = next((name for name in (*TEXTS, *LISTS) if one.rule.startswith(name) or name in one.problem), REST)
        shown.setdefault(field, []).append(words)
    return shown


def with_question(body: str, question: str) -> str:
    """A card's text with one more way of asking."""
    held = _read(body)
    held["ask"] = [*(held.get("ask") or ()), question]
    return _written(held)
