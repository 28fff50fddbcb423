"""Accounts at the desk: made by one-time link, so that nobody ever knows another's password."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.console import auth, passwords, roles, second_factor
from hotline.console.errors import NotThere, Refused
from hotline.console.tables import InvitationRow, OperatorRow
from kit import clock

INVITATION_LIVES = timedelta(hours=24)
FIRST_ROLES = ("lead", "security")


@dataclass(frozen=True)
class Account:
    id: int
    login: str
    name: str
    role: str
    desk_ids: tuple[str, ...]
    is_active: bool
    has_second_factor: bool
    locked_until: datetime | None
    created_at: datetime


def _account(row: OperatorRow) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        desk_ids=tuple(row.desk_ids),
        is_active=row.is_active,
        has_second_factor=row.totp_since is not None,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )


def _row(session: Session, operator_id: int) -> OperatorRow:
    row = session.get(OperatorRow, operator_id)
    if row is None:
        raise NotThere("没有这个账号")
    return row


def there_is_one(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(OperatorRow)))


def invite(session: Session, *, role: str, desk_ids: Sequence[str] = (), by: str) -> str:
    """A link's token for one new account of this role."""
    if role not in roles.ROLES:
        raise Refused("没有这个角色")
    token = secrets.token_urlsafe(32)
    session.execute(delete(InvitationRow).where(InvitationRow.expires_at < clock.now()))
    session.add(
        InvitationRow(
            token_hash=auth.hash_of(token),
            role=role,
            desk_ids=list(desk_ids),
            invited_by=by,
            expires_at=clock.now() + INVITATION_LIVES,
        )
    )
    session.flush()
    audit.record(session, by, "operator.invited", f"role:{role}", {"desks": list(desk_ids)})
    return token


def find_invitation(session: Session, token: str) -> str | None:
    """The role that a link gives, while it is good."""
    row = session.get(InvitationRow, auth.hash_of(token))
    return row.role if row is not None and row.expires_at > clock.now() else None


def accept(session: Session, token: str, *, login: str, name: str, password: str) -> int:
    """Make the account that a link is for; the link is used up in the same transaction."""
    used = session.execute(
        delete(InvitationRow)
        .where(InvitationRow.token_hash == auth.hash_of(token), InvitationRow.expires_at > clock.now())
        .returning(InvitationRow.role, InvitationRow.desk_ids)
    ).one_or_none()
    if used is None:
        raise Refused("这个链接已经用过或过期了，请安全员再发一个（或在服务器上运行 ./gongyou operator）")
    return create(session, login=login, name=name, password=password, role=used.role, desk_ids=used.desk_ids)


def create(session: Session, *, login: str, name: str, password: str, role: str, desk_ids: Sequence[str] = ()) -> int:
    login, name = login.strip(), name.strip()
    if not login or not name or len(login) > 64 or len(name) > 64:
        raise Refused("登录名和姓名都要填，最多64个字")
    passwords.check(password, login, name)
    if session.scalar(select(OperatorRow.id).filter_by(login=login)) is not None:
        raise Refused("这个登录名已经有人用了")
    row = OperatorRow(
        login=login,
        name=name,
        password_hash=passwords.hash_of(password),
        role=role,
        desk_ids=list(desk_ids),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, f"operator:{row.id}", "operator.created", f"operator:{row.id}", {"role": role})
    return row.id


def every(session: Session) -> list[Account]:
    return [_account(row) for row in session.scalars(select(OperatorRow).order_by(OperatorRow.login))]


def get(session: Session, operator_id: int) -> Account:
    return _account(_row(session, operator_id))


def names(session: Session) -> dict[int, str]:
    """Who is behind an operator's number, for threads and lists."""
    return {row.id: row.name for row in session.execute(select(OperatorRow.id, OperatorRow.name))}


def change(
    session: Session,
    operator_id: int,
    *,
    by: str,
    role: str | None = None,
    desk_ids: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> None:
    """Give another role or other desks, or shut an account; his open sessions end with the same commit."""
    row = _row(session, operator_id)
    if role is not None:
        if role not in roles.ROLES:
            raise Refused("没有这个角色")
        row.role = role
    if desk_ids is not None:
        row.desk_ids = list(desk_ids)
    if is_active is not None:
        row.is_active = is_active
    told = {"role": row.role, "desks": row.desk_ids, "is_active": row.is_active}
    audit.record(session, by, "operator.changed", f"operator:{row.id}", told)
    auth.end_all_logins(session, operator_id)


def unlock(session: Session, operator_id: int, *, by: str) -> None:
    row = _row(session, operator_id)
    audit.record(session, by, "operator.unlocked", f"operator:{row.id}")
    row.failures, row.locked_until = 0, None


def reset_second_factor(session: Session, operator_id: int, *, by: str) -> None:
    audit.record(session, by, "operator.second_factor_reset", f"operator:{operator_id}")
    second_factor.reset(_row(session, operator_id))
    auth.end_all_logins(session, operator_id)


def change_password(session: Session, operator_id: int, *, old: str, new: str, keep_session: str) -> None:
    row = _row(session, operator_id)
    if not passwords.is_right(row.password_hash, old):
        raise Refused("原来的密码不对")
    passwords.check(new, row.login, row.name)
    row.password_hash = passwords.hash_of(new)
    audit.record(session, f"operator:{row.id}", "operator.password_changed", f"operator:{row.id}")
    auth.end_all_logins(session, operator_id, but=keep_session)
