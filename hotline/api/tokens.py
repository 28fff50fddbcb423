"""Tokens: made on the server, shown once, bound to an operator's account and to scopes.

The account says which tickets (role, desks), the scopes say which acts. An account that is switched off takes its
tokens along.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.api.tables import ApiTokenRow
from hotline.console.tables import OperatorRow
from kit import clock

SCOPES = ("list", "read", "create", "reply", "note", "assign", "transfer", "close", "export")
BEGINS = "gy_"
SEEN_EVERY = timedelta(minutes=1)


class TokenError(Exception):
    """A token that cannot be made; the message says what to change."""


@dataclass(frozen=True)
class Token:
    """Who is calling."""

    id: int
    name: str
    operator_id: int
    role: str
    desk_ids: tuple[str, ...]
    scopes: frozenset[str]


@dataclass(frozen=True)
class Listed:
    id: int
    name: str
    login: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    last_used_at: datetime | None


def create(
    session: Session, name: str, login: str, scopes: Sequence[str], *, days: int | None = None, by: str = "system"
) -> str:
    """The token itself, for this one time."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise TokenError(f"unknown scope {', '.join(unknown) or '(none)'}; allowed: {', '.join(SCOPES)}")
    operator = session.scalars(select(OperatorRow).filter_by(login=login, is_active=True)).one_or_none()
    if operator is None:
        raise TokenError(f"there is no active operator {login!r}: make an account for the other system at the desk")
    token = BEGINS + secrets.token_urlsafe(32)
    now = clock.now()
    row = ApiTokenRow(
        name=name[:60],
        hash=_hash(token),
        operator_id=operator.id,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "token.created", f"token:{row.id}", {"scopes": row.scopes, "operator": operator.id})
    return token


def revoke(session: Session, token_id: int, *, by: str = "system") -> None:
    row = session.get(ApiTokenRow, token_id)
    if row is None:
        raise TokenError(f"there is no token {token_id}; ./gongyou token list shows them")
    row.revoked_at = clock.now()
    audit.record(session, by, "token.revoked", f"token:{token_id}")


def every(session: Session) -> list[Listed]:
    query = (
        select(ApiTokenRow, OperatorRow.login)
        .join(OperatorRow, OperatorRow.id == ApiTokenRow.operator_id)
        .where(ApiTokenRow.revoked_at.is_(None))
        .order_by(ApiTokenRow.id)
    )
    return [
        Listed(row.id, row.name, login, tuple(row.scopes), row.expires_at, row.last_used_at)
        for row, login in session.execute(query)
    ]


def who(session: Session, given: str) -> Token | None:
    """The caller behind a token that is neither revoked nor over; its last use is noted once a minute."""
    if not given.startswith(BEGINS):
        return None
    row = session.scalars(select(ApiTokenRow).filter_by(hash=_hash(given))).one_or_none()
    now = clock.now()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    operator = session.get_one(OperatorRow, row.operator_id)
    if not operator.is_active:
        return None
    if row.last_used_at is None or now - row.last_used_at > SEEN_EVERY:
        row.last_used_at = now
    return Token(row.id, row.name, operator.id, operator.role, tuple(operator.desk_ids), frozenset(row.scopes))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
