"""Operators, their sessions, the one-time links that let them in, and what they are about to write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class OperatorRow(Base):
    """An account at the desk. `totp_secret` is sealed; until `totp_since` is set the second factor is not in use."""

    __tablename__ = "operator"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default="operator")
    desk_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[str] = mapped_column(String(200), default="")
    totp_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int] = mapped_column(Integer, default=0)
    recovery: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskSessionRow(Base):
    """A login; only the token's hash is stored, so a stolen database opens no door."""

    __tablename__ = "desk_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    form_token: Mapped[str] = mapped_column(String(64))
    is_pending: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvitationRow(Base):
    """A link that makes one account of one role: works once, for a limited time; only its hash is stored."""

    __tablename__ = "desk_invitation"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    desk_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    invited_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftRow(Base):
    """What an operator has begun to write on a ticket (0: a new one); a fresh one tells others that he is typing."""

    __tablename__ = "desk_draft"

    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False, index=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CannedReplyRow(Base):
    """A text that operators send often; {worker}, {number} and the like are filled in when it is inserted."""

    __tablename__ = "desk_canned_reply"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    desk_id: Mapped[str] = mapped_column(String(64), default="")
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MentionRow(Base):
    """An operator was named in a note."""

    __tablename__ = "desk_mention"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(Integer)
    by: Mapped[int] = mapped_column("by_operator", Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
