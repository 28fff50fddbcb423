"""The little language inside a card's sentences: {{ param() }}, {{ region() }}, {{ office() }} and has_region().

Jinja2's sandbox runs them, because an operator's edit on the desk is a template too. Texts without a brace, which are
most, never reach Jinja.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

CALLS = ("param", "region", "office", "has_region")
_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
)
_ENVIRONMENT.globals.clear()


@dataclass(frozen=True)
class Call:
    """One use of a figure: param("severance.high_pay_multiple")."""

    name: str
    argument: str


class BadTemplate(ValueError):
    """The braces do not hold what they may."""


@lru_cache(maxsize=8192)
def compiled(text: str) -> Template:
    """Compiled once a process."""
    return _ENVIRONMENT.from_string(text)


def fill(text: str, functions: dict[str, Callable[..., Any]]) -> str:
    """The sentence with its figures."""
    return compiled(text).render(functions) if "{" in text else text


@lru_cache(maxsize=8192)
def calls_in(text: str) -> tuple[Call, ...]:
    """Every figure that a text asks for, or BadTemplate."""
    if "{" not in text:
        return ()
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateError as error:
        raise BadTemplate(f"模板写得不对：{error}") from error
    found, called = [], set()
    for node in tree.find_all(nodes.Call):
        if not isinstance(node.node, nodes.Name) or node.node.name not in CALLS:
            raise BadTemplate("大括号里用了不能用的东西")
        if len(node.args) != 1 or node.kwargs or not isinstance(node.args[0], nodes.Const):
            raise BadTemplate(f"{node.node.name}() 里只能有一个加引号的代号")
        called.add(node.node)
        found.append(Call(node.node.name, str(node.args[0].value)))
    for name in tree.find_all(nodes.Name):
        if name not in called:
            raise BadTemplate(f"大括号里有不认识的名字 {name.name}")
    return tuple(found)
