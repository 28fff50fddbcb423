"""The rota in writing: the lines of a YAML file, which the page's form fills in too, and the way back.

`desk id: [{days: 1-5, hours: 08:30-17:30, operator: login, deputy: login}]`; `days` may be 6,7 or a single date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hotline.rota.service import RotaError, Shift
from knowledge.errors import DataError
from knowledge.strict import parse_yaml

KEYS = ("days", "hours", "operator", "deputy")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def read(text: str, operators: Mapping[str, int]) -> dict[str, list[Shift]]:
    """The shifts of each desk that the text names; `operators` are the numbers of those who have an account."""
    try:
        raw = parse_yaml(text, "值班表")
    except DataError as error:
        raise RotaError(str(error)) from error
    if not isinstance(raw, dict):
        raise RotaError("最外层要写服务台的编号，例如 CN-32-05-06:")
    return {
        str(desk_id): [line(str(desk_id), one, operators) for one in _lines(desk_id, raw[desk_id])] for desk_id in raw
    }


def _lines(desk_id: Any, lines: Any) -> list[dict[str, Any]]:
    if lines is None:
        return []
    if not isinstance(lines, list) or not all(isinstance(one, dict) for one in lines):
        raise RotaError(f"{desk_id}: 下面要一行一个班，像 - {{days: 1-5, hours: 08:30-17:30, operator: 登录名}}")
    return lines


def line(desk_id: str, given: Mapping[str, Any], operators: Mapping[str, int]) -> Shift:
    """One shift from its four words."""
    wrong = [str(key) for key in given if key not in KEYS]
    missing = [key for key in KEYS[:3] if not given.get(key)]
    if wrong or missing:
        raise RotaError(f"{desk_id}: 一个班写 days、hours、operator，可以加 deputy；{wrong or missing} 不对")
    begins, _, ends = str(given["hours"]).partition("-")
    logins = [str(given["operator"]), *([str(given["deputy"])] if given.get("deputy") else [])]
    unknown = [login for login in logins if login not in operators]
    if unknown:
        raise RotaError(f"{desk_id}: 没有登录名 {unknown[0]}")
    who = [operators[login] for login in logins]
    weekdays, day = _days(desk_id, given["days"])
    return Shift(desk_id, begins.strip(), ends.strip(), who[0], who[1] if len(who) > 1 else None, weekdays, day)


def _days(desk_id: str, said: Any) -> tuple[tuple[int, ...], date | None]:
    if isinstance(said, date):
        return (), said
    words = str(said).replace("，", ",").replace("、", ",").strip()
    try:
        if _DATE.fullmatch(words):
            return (), date.fromisoformat(words)
        found: list[int] = []
        for part in words.split(","):
            first, _, last = part.strip().partition("-")
            found += range(int(first), min(int(last or first), 8) + 1)
        return tuple(found), None
    except ValueError as error:
        raise RotaError(f"{desk_id}: 哪些天写的是 {words}，要写 1-5、6,7 或者一个日期") from error


def days(shift: Shift) -> str:
    """The days of a shift as `read` takes them: 1-5, 6,7, 2026-12-31."""
    if shift.day is not None:
        return shift.day.isoformat()
    runs: list[list[int]] = []
    for day in sorted(set(shift.weekdays)):
        if runs and runs[-1][1] == day - 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def text(rotas: Mapping[str, Sequence[Shift]], logins: Mapping[int, str]) -> str:
    """What `read` reads; every word in quotes, so that no login is taken for something else."""
    lines: list[str] = []
    for desk_id, shifts in rotas.items():
        lines.append(f"{desk_id}:" if shifts else f"{desk_id}: []")
        for one in shifts:
            said = {"days": days(one), "hours": f"{one.begins}-{one.ends}", "operator": logins[one.operator_id]}
            if one.deputy_id is not None:
                said["deputy"] = logins[one.deputy_id]
            words = ", ".join(f"{key}: {json.dumps(word, ensure_ascii=False)}" for key, word in said.items())
            lines.append(f"  - {{{words}}}")
    return "\n".join(lines) + "\n"
