"""What rings at the desk until somebody says that he has it; every page and every stream tells it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hotline import alarms
from hotline.alarms import Alarm
from hotline.console.directory import LEVELS
from hotline.tickets.access import Viewer


def words(one: Alarm) -> str:
    """What it is about; nothing of the worker."""
    return f"紧急工单 {one.name}" if one.cause == "P0" else f"{LEVELS[one.cause]}预警：{one.name}"


def shown(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """What rings for this viewer, as every page and every stream tells it."""
    return [told(one) for one in alarms.raised(session, viewer)]


def told(one: Alarm) -> dict[str, Any]:
    kind, number = one.thing
    path = f"/desk/tickets/{number}" if kind == "ticket" else f"/desk/alerts/{number}"
    return {"id": one.id, "words": words(one), "path": path, "at": one.at.isoformat()}
