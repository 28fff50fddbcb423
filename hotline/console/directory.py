"""Names that every page shows - operators, desks, categories, places - remembered for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hotline.console import operators, roles
from hotline.console.operators import Account
from hotline.tickets import clocks, desks, legal
from hotline.tickets.categories import catalogue
from hotline.tickets.shapes import Desk
from kit import clock
from kit.db import Database
from knowledge.regions import load_tree

KEPT_FOR = 10.0
NEWCOMERS = 1.0  # after that long an unknown number may be an account that was just made elsewhere
CHANNELS = {
    "wechat": "微信",
    "telegram": "Telegram",
    "sms": "短信",
    "web": "网页",
    "console": "终端",
    "phone": "电话",
    "visit": "来访",
    "api": "平台转来",
    "": "内部",
}
STATES = {"open": "在办", "waiting": "等对方", "closed": "已办结", "merged": "已并单"}
LEVELS = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
PRIORITIES = {"P0": "P0 危急", "P1": "P1 紧急", "P2": "P2 一般", "P3": "P3 咨询"}
CLOCKS = {
    "first_act": "首次处理",
    "update": "给进展",
    "close": "办结",
    "call_back": "回访",
    "waiting": "等对方",
}


@dataclass(frozen=True)
class _Held:
    at: float
    operators: dict[int, str]
    desks: dict[str, Desk]


class Directory:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def _now(self) -> _Held:
        held = self._held
        if held is not None and clock.monotonic() - held.at < KEPT_FOR:
            return held
        with self._lock, self._database.reading() as session:
            every = {desk.id: desk for desk in desks.every(session)}
            self._held = _Held(clock.monotonic(), operators.names(session), every)
            return self._held

    def forget(self) -> None:
        """Somebody or some desk was just changed."""
        self._held = None

    def operator(self, number: int | None) -> str:
        if number is None:
            return ""
        held = self._now()
        if number not in held.operators and clock.monotonic() - held.at > NEWCOMERS:
            self.forget()
        return self._now().operators.get(number, f"接线员{number}")

    def actor(self, actor: str) -> str:
        """Who did it, in words: operator:12, bot, system, worker:..., token:3."""
        kind, _, rest = actor.partition(":")
        if kind == "operator" and rest.isdecimal():
            return self.operator(int(rest))
        return {"bot": "机器人", "system": "系统", "worker": "工友", "token": "外部平台"}.get(kind, actor)

    def desk(self, id: str | None) -> str:
        known = self._now().desks.get(id or "")
        return known.title if known else (id or "未分台")

    def desks(self) -> list[Desk]:
        return sorted(self._now().desks.values(), key=lambda desk: (desk.region, desk.title))

    def colleagues(self) -> list[Account]:
        """Who can be given a ticket."""
        with self._database.reading() as session:
            return [one for one in operators.every(session) if one.is_active and one.role in roles.CASE_WORK]

    def filters(self) -> dict[str, Callable[..., Any]]:
        """For the templates: {{ ticket.desk_id|desk }} and the like."""
        return {
            "operator": self.operator,
            "actor": self.actor,
            "desk": self.desk,
            "category": lambda id: catalogue().category(id).title,
            "channel": lambda id: CHANNELS.get(id, id),
            "state": lambda id: STATES.get(id, id),
            "priority": lambda id: PRIORITIES.get(id, id),
            "level": lambda id: LEVELS.get(id, id),
            "region": region,
            "clock_kind": clock_kind,
            "due": due_words,
        }


def region(id: str | None) -> str:
    tree = load_tree()
    return tree.full_title(id) if id and id in tree else (id or "")


def clock_kind(kind: str) -> str:
    if kind.startswith("revisit:"):
        return f"{kind.partition(':')[2]}天后回访"
    if kind.startswith(clocks.LEGAL):
        limit = kind.removeprefix(clocks.LEGAL)
        return legal.TITLES.get(limit, limit)
    return CLOCKS.get(kind, kind)


def due_words(due: datetime | None, now: datetime | None = None) -> str:
    """还有3小时, 超2天: what an operator needs of a clock at a glance."""
    if due is None:
        return ""
    left = due - (now or clock.now())
    size = abs(left)
    if size >= timedelta(days=2):
        words = f"{size.days}天"
    elif size >= timedelta(hours=1):
        words = f"{int(size.total_seconds() // 3600)}小时"
    else:
        words = f"{max(1, int(size.total_seconds() // 60))}分"
    return f"超{words}" if left < timedelta(0) else f"剩{words}"
