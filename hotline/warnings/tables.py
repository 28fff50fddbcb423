"""Alerts, what was said to have raised them, and the employers that the union visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class AlertRow(Base):
    """A sign that many workers of one employer are in trouble. `settled` holds what was already judged when somebody
    lowered it: only something new raises it again."""

    __tablename__ = "alert"
    __table_args__ = (Index("alert_subject", "subject", "state"), Index("alert_board", "state", "level"))

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12), default="labour")
    title: Mapped[str] = mapped_column(String(160))
    region: Mapped[str | None] = mapped_column(String(16))
    desk_id: Mapped[str | None] = mapped_column(String(64), index=True)
    level: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12), default="reported")
    rule: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[str] = mapped_column(String(24))
    persons: Mapped[int] = mapped_column(Integer, default=1)
    said: Mapped[int] = mapped_column(Integer, default=1)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    settled: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    first_known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report_by: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(Id)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class AlertEventRow(Base):
    """Each step with its author and its minute: raised, acknowledged, reported, judged, handled, tracked, lowered."""

    __tablename__ = "alert_event"
    __table_args__ = (UniqueConstraint("alert_id", "seq"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AlertTaskRow(Base):
    """What a level asks to be done, and who did it when."""

    __tablename__ = "alert_task"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(80), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(Id)


class TicketSignRow(Base):
    """Which signs a ticket's words held: the words are sealed, the signs can be counted."""

    __tablename__ = "ticket_sign"
    __table_args__ = (
        Index("sign_when", "sign", "at"),
        Index("sign_employer", "employer_key", "sign", "at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    sign: Mapped[str] = mapped_column(String(24), primary_key=True)
    employer_key: Mapped[str] = mapped_column(String(60), default="")
    industry: Mapped[str] = mapped_column(String(24), default="")
    region: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WatchedEmployerRow(Base):
    """An employer on the union's list of firms in difficulty that are visited (source document S2)."""

    __tablename__ = "watched_employer"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120))
    employer_key: Mapped[str] = mapped_column(String(60), index=True)
    region: Mapped[str | None] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WarningCursorRow(Base):
    """How far the feed has been read."""

    __tablename__ = "warning_cursor"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    seq: Mapped[int] = mapped_column(Id, default=0)
