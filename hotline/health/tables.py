"""The processes that run, on whichever host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, UtcDateTime


class ProcessRow(Base):
    """One process of ours, as it last said of itself."""

    __tablename__ = "process_seen"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    roles: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
