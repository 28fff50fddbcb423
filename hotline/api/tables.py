"""Tokens of other systems, and exports that wait for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class ApiTokenRow(Base):
    """A token acts as an operator's account, within its scopes; only its hash is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(60))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExportRequestRow(Base):
    """Somebody wants personal data in a file: another person must say yes, and it is taken once, within a day."""

    __tablename__ = "export_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    asked_by: Mapped[int] = mapped_column(Id)
    why: Mapped[str] = mapped_column(String(200))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(Id)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
