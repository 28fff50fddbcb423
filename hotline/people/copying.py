"""A worker's copy of everything that is stored about him, for machines and for his own eyes (PIPL 45; promise P29).

He gets it by a link that works for an hour and opens at a press of a button: chat programs fetch links by themselves,
so opening the page alone must not use it up.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.people import sealing
from hotline.people.catalogue import catalogue
from hotline.people.consents import person_of
from hotline.people.register import Whose, register
from hotline.people.tables import CopyLinkRow, PersonConversationRow
from kit import clock

LINK_LIVES = timedelta(hours=1)


def export(session: Session, person_id: int) -> dict[str, Any]:
    """Everything of one person, opened."""
    roads = session.scalars(select(PersonConversationRow.conversation_id).filter_by(person_id=person_id)).all()
    return _export(session, Whose(person_id, tuple(roads)))


def export_conversation(session: Session, conversation_id: str) -> dict[str, Any]:
    person_id = person_of(session, conversation_id)
    return export(session, person_id) if person_id is not None else _export(session, Whose(None, (conversation_id,)))


def _export(session: Session, whose: Whose) -> dict[str, Any]:
    stored: dict[str, list[dict[str, Any]]] = {}
    for one, rows in register().rows(session, whose):
        if rows:
            stored[one.name] = [
                {name: _opened(value, name, row) for name, value in row._mapping.items()} for row in rows
            ]
    purposes = [{"purpose": p.title, "basis": p.basis, "keep_days": p.keep_days} for p in catalogue().purposes.values()]
    return {"made_at": clock.now().isoformat(), "notice": catalogue().version, "purposes": purposes, "stored": stored}


def _told(row: Any) -> dict[str, Any]:
    return {name: _opened(value, name, row) for name, value in row._mapping.items()}


def _opened(value: Any, name: str, row: Any) -> Any:
    """Sealed words in clear, wherever they stand; moments as text."""
    if isinstance(value, date):  # moments are days, too
        return value.isoformat()
    if isinstance(value, str) and value.startswith(sealing.SEALED):
        label = row.field if name == "value" else "text"
        return sealing.open_with(label, value) or sealing.GONE
    if isinstance(value, dict):
        return {key: _opened(inner, key, row) for key, inner in value.items()}
    if isinstance(value, list):
        return [_opened(inner, "", row) for inner in value]
    return value


def readable(copy: dict[str, Any]) -> str:
    """The same for reading: a heading a table, a line a row."""
    lines = [f"存着的关于你的内容，{_day(copy['made_at'])}"]
    for name, rows in copy["stored"].items():
        lines += ["", f"【{register().tables[name].title}】"]
        lines += [
            "  ".join(_said(key, value) for key, value in row.items() if value not in (None, "", {}, []))
            for row in rows
        ]
    lines += ["", "【为什么存、存多久】"]
    lines += [f"{one['purpose']}：{one['keep_days']}天" for one in copy["purposes"]]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    return "  ".join(_said(key, value) for key, value in row.items() if value not in (None, "", {}, []))


def _said(key: str, value: Any) -> str:
    if key == "field" and value in catalogue().sealed:
        return catalogue().sealed[value].title
    if key == "purpose" and value in catalogue().purposes:
        return catalogue().purposes[value].title
    if isinstance(value, dict):
        return " ".join(_said(inner, one) for inner, one in value.items())
    if isinstance(value, bool):
        return "是" if value else "否"
    return _day(value) if key == "at" or key.endswith("_at") else str(value)


def _day(moment: str) -> str:
    return clock.local(datetime.fromisoformat(moment)).strftime("%Y-%m-%d %H:%M")


def make_link(session: Session, conversation_id: str) -> str:
    """The secret end of a link to the copy."""
    token = secrets.token_urlsafe(32)
    row = CopyLinkRow(token_hash=_hash(token), conversation_id=conversation_id, expires_at=clock.now() + LINK_LIVES)
    session.add(row)
    audit.record(session, f"worker:{conversation_id}", "copy.asked", f"conversation:{conversation_id}")
    return token


def is_link(session: Session, token: str) -> bool:
    return _link(session, token) is not None


def by_link(session: Session, token: str) -> dict[str, Any] | None:
    row = _link(session, token)
    return None if row is None else export_conversation(session, row.conversation_id)


def _link(session: Session, token: str) -> CopyLinkRow | None:
    row = session.get(CopyLinkRow, _hash(token))
    return row if row is not None and row.expires_at > clock.now() else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
