"""The audit: one chain of records that nobody changes, and its head.

Triggers (in the migrations, on both engines) refuse UPDATE, DELETE and TRUNCATE on `audit_record`. A migration that
rebuilds the table must make them again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class AuditRecordRow(Base):
    """Who did what to what, and when. `mark` seals the record and, through `previous`, all before it."""

    __tablename__ = "audit_record"

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64), index=True)
    act: Mapped[str] = mapped_column(String(48), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[str] = mapped_column(Text, default="{}")
    previous: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The end of the chain: writers queue on this row, and a cut-off tail shows against it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(Id, default=0)
    mark: Mapped[str] = mapped_column(String(64), default="")
