"""Who is at the desk: log-in with two factors, lock-out, sessions in the database with idle and absolute time-outs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.console import passwords, second_factor
from hotline.console.errors import Refused
from hotline.console.tables import DeskSessionRow, OperatorRow
from kit import clock

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
PENDING_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(seconds=30)
HANDLE = 16
WRONG = "登录名、密码或动态码不对；连错五次会锁十五分钟"


@dataclass(frozen=True)
class Operator:
    """Who makes this request; `session` names his login in lists, without being good for anything else."""

    id: int
    login: str
    name: str
    role: str
    desk_ids: tuple[str, ...]
    form_token: str
    session: str
    is_pending: bool = False

    @property
    def actor(self) -> str:
        return f"operator:{self.id}"


@dataclass(frozen=True)
class Login:
    """One open session as its owner and the security officer see it."""

    handle: str
    operator_id: int
    agent: str
    created_at: datetime
    last_seen_at: datetime


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same_token(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def log_in(session: Session, login: str, password: str, code: str, *, agent: str = "") -> str | None:
    """A new session's token, or None when refused; the caller commits either way so that failures count.

    Which of the three was wrong is never said. Without a second factor in use the session is good for setting it up.
    """
    now = clock.now()
    row = session.scalars(select(OperatorRow).filter_by(login=login.strip())).one_or_none()
    right = passwords.is_right(row.password_hash if row else None, password)
    if row is None or not row.is_active or (row.locked_until and row.locked_until > now):
        audit.record(session, "system", "login.refused", f"operator:{row.id}" if row else "operator:unknown")
        return None
    if not right or (row.totp_since is not None and not second_factor.is_right(row, code)):
        _count_failure(session, row)
        return None
    row.failures, row.locked_until = 0, None
    return start_session(session, row, agent=agent)


def _count_failure(session: Session, row: OperatorRow) -> None:
    audit.record(session, "system", "login.failed", f"operator:{row.id}")
    row.failures += 1
    if row.failures >= MAX_FAILURES:
        row.locked_until, row.failures = clock.now() + LOCKED_FOR, 0
        audit.record(session, "system", "login.locked", f"operator:{row.id}")


def start_session(session: Session, row: OperatorRow, *, agent: str) -> str:
    now = clock.now()
    token = secrets.token_urlsafe(32)
    if row.totp_since is None:
        second_factor.prepare(row)
    session.add(
        DeskSessionRow(
            token_hash=hash_of(token),
            operator_id=row.id,
            form_token=secrets.token_urlsafe(24),
            is_pending=row.totp_since is None,
            agent=agent[:120],
            created_at=now,
            last_seen_at=now,
        )
    )
    session.flush()
    audit.record(session, f"operator:{row.id}", "login.done", f"operator:{row.id}")
    return token


def _is_over(row: DeskSessionRow, now: datetime) -> bool:
    longest = PENDING_FOR if row.is_pending else ABSOLUTE
    return now - row.last_seen_at > IDLE or now - row.created_at > longest


def who(session: Session, token: str) -> Operator | None:
    """The operator of a session that is neither idle too long nor too old; reads only."""
    row = session.get(DeskSessionRow, hash_of(token)) if token else None
    if row is None or _is_over(row, clock.now()):
        return None
    operator = session.get_one(OperatorRow, row.operator_id)
    if not operator.is_active:
        return None
    return Operator(
        id=operator.id,
        login=operator.login,
        name=operator.name,
        role=operator.role,
        desk_ids=tuple(operator.desk_ids),
        form_token=row.form_token,
        session=row.token_hash[:HANDLE],
        is_pending=row.is_pending,
    )


def was_seen_lately(session: Session, token: str) -> bool:
    row = session.get(DeskSessionRow, hash_of(token))
    return row is None or clock.now() - row.last_seen_at < SEEN_EVERY


def keep_alive(session: Session, token: str) -> None:
    """He did something himself: the idle time begins again. A page that refreshes on its own does not count."""
    row = session.get(DeskSessionRow, hash_of(token))
    if row is not None:
        row.last_seen_at = clock.now()


def log_out(session: Session, token: str) -> None:
    session.execute(delete(DeskSessionRow).where(DeskSessionRow.token_hash == hash_of(token)))


def logins(session: Session, operator_id: int) -> list[Login]:
    rows = session.scalars(
        select(DeskSessionRow).filter_by(operator_id=operator_id).order_by(DeskSessionRow.last_seen_at.desc())
    )
    now = clock.now()
    return [
        Login(row.token_hash[:HANDLE], row.operator_id, row.agent, row.created_at, row.last_seen_at)
        for row in rows
        if not _is_over(row, now)
    ]


def end_login(session: Session, operator_id: int, handle: str) -> None:
    """End one session of an operator: its next request and its stream are refused."""
    if len(handle) != HANDLE or not handle.isalnum():
        raise Refused("没有这个登录")
    session.execute(
        delete(DeskSessionRow).where(
            DeskSessionRow.operator_id == operator_id, DeskSessionRow.token_hash.startswith(handle)
        )
    )


def end_all_logins(session: Session, operator_id: int, *, but: str = "") -> None:
    """After a change of role, password or second factor every open session ends (but the one that made the change)."""
    ending = delete(DeskSessionRow).where(DeskSessionRow.operator_id == operator_id)
    if but:
        ending = ending.where(~DeskSessionRow.token_hash.startswith(but))
    session.execute(ending)
