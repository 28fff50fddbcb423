"""Who is at the desk: argon2 passwords, sessions in the database, lock-out, idle and absolute time-outs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.console.tables import DeskSessionRow, FirstLinkRow, OperatorRow
from kit import clock

MIN_PASSWORD, MAX_PASSWORD = 12, 128
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
LINK_LIVES = timedelta(hours=1)

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


class AuthError(Exception):
    """A refusal in words that the person at the desk can act on."""


@dataclass(frozen=True)
class Operator:
    id: int
    login: str
    name: str
    role: str
    form_token: str


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_first_link(session: Session) -> str | None:
    """A token for the first operator's page, or None when there is an operator already."""
    if session.scalar(select(func.count()).select_from(OperatorRow)):
        return None
    token = secrets.token_urlsafe(32)
    session.execute(delete(FirstLinkRow))
    session.add(FirstLinkRow(token_hash=_hash(token), expires_at=clock.now() + LINK_LIVES))
    return token


def is_first_link(session: Session, token: str) -> bool:
    row = session.get(FirstLinkRow, _hash(token))
    return row is not None and row.expires_at > clock.now()


def create_first(session: Session, token: str, login: str, name: str, password: str) -> None:
    if not is_first_link(session, token):
        raise AuthError("这个链接已经用过或过期了，请在服务器上运行 ./gongyou operator 再要一个")
    create(session, login=login, name=name, password=password, role="system")
    session.execute(delete(FirstLinkRow))


def create(session: Session, *, login: str, name: str, password: str, role: str, by: str = "system") -> None:
    if not login.strip() or not name.strip():
        raise AuthError("登录名和姓名都要填")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AuthError(f"密码要{MIN_PASSWORD}到{MAX_PASSWORD}位，可以是一句话")
    if session.scalar(select(OperatorRow.id).filter_by(login=login.strip())) is not None:
        raise AuthError("这个登录名已经有人用了")
    row = OperatorRow(
        login=login.strip(),
        name=name.strip(),
        password_hash=_hasher.hash(password),
        role=role,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "operator.created", f"operator:{row.id}", {"role": role})


def _is_right(row: OperatorRow | None, password: str) -> bool:
    """Compare even when there is no such operator, so that the time taken tells nothing."""
    try:
        return _hasher.verify(row.password_hash if row else _NOBODY, password) and row is not None
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(session: Session, row: OperatorRow) -> None:
    audit.record(session, "system", "login.failed", f"operator:{row.id}")
    row.failures += 1
    if row.failures >= MAX_FAILURES:
        row.locked_until, row.failures = clock.now() + LOCKED_FOR, 0
        audit.record(session, "system", "login.locked", f"operator:{row.id}")


def log_in(session: Session, login: str, password: str) -> str | None:
    """A new session's token, or None when refused; the caller commits either way so that failures count."""
    now = clock.now()
    row = session.scalars(select(OperatorRow).filter_by(login=login.strip())).one_or_none()
    right = _is_right(row, password)
    if row is None or not row.is_active or (row.locked_until and row.locked_until > now):
        audit.record(session, "system", "login.refused", f"operator:{row.id}" if row else "operator:unknown")
        return None
    if not right:
        _count_failure(session, row)
        return None
    row.failures, row.locked_until = 0, None
    audit.record(session, f"operator:{row.id}", "login.done", f"operator:{row.id}")
    token = secrets.token_urlsafe(32)
    session.add(
        DeskSessionRow(
            token_hash=_hash(token),
            operator_id=row.id,
            form_token=secrets.token_urlsafe(24),
            created_at=now,
            last_seen_at=now,
        )
    )
    return token


def who(session: Session, token: str) -> Operator | None:
    """The operator of a session that is neither idle too long nor too old; seeing him keeps it alive."""
    row = session.get(DeskSessionRow, _hash(token)) if token else None
    if row is None:
        return None
    now = clock.now()
    operator = session.get_one(OperatorRow, row.operator_id)
    if not operator.is_active or now - row.last_seen_at > IDLE or now - row.created_at > ABSOLUTE:
        session.delete(row)
        return None
    if now - row.last_seen_at > timedelta(seconds=30):
        row.last_seen_at = now
    return Operator(operator.id, operator.login, operator.name, operator.role, row.form_token)


def log_out(session: Session, token: str) -> None:
    session.execute(delete(DeskSessionRow).where(DeskSessionRow.token_hash == _hash(token)))


def same_token(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
