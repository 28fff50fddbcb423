"""Who is on duty at a desk, and where his duty phone is."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base


class ShiftRow(Base):
    """A span of hours on some weekdays (1 is Monday), in China's time; one that ends before it begins passes midnight.

    A shift with a `day` is for that day only and stands before the weekly ones.
    """

    __tablename__ = "rota_shift"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    desk_id: Mapped[str] = mapped_column(String(64), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    day: Mapped[date | None] = mapped_column(Date)
    begins: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    operator_id: Mapped[int] = mapped_column(Id)
    deputy_id: Mapped[int | None] = mapped_column(Id)


class DutyPhoneRow(Base):
    """Where an operator is called: `sms` and a number, or `webhook` and an address; sealed."""

    __tablename__ = "duty_phone"

    operator_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(Text)
