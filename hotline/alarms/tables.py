"""Alarms and each call that they made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class AlarmRow(Base):
    """One alarm a subject ("ticket:17", "alert:3") and cause. `desk_id` is the desk that is being called now."""

    __tablename__ = "alarm"
    __table_args__ = (Index("alarm_next", "acknowledged_at", "next_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    subject: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(12))
    desk_id: Mapped[str | None] = mapped_column(String(64), index=True)
    step: Mapped[int] = mapped_column(Integer, default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(Id)


class AlarmCallRow(Base):
    """Who was called, and how; `way` none means that he has no duty phone and only his page rings."""

    __tablename__ = "alarm_call"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    desk_id: Mapped[str] = mapped_column(String(64))
    operator_id: Mapped[int | None] = mapped_column(Id)
    as_what: Mapped[str] = mapped_column(String(8))
    way: Mapped[str] = mapped_column(String(8))
