"""A ticket is a thread of typed events; its row holds only what lists and clocks need to find it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime

PENDING = text("done_at IS NULL")


class TicketRow(Base):
    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_desk_queue", "desk_id", "state", "priority", "opened_at"),
        Index("ticket_queue", "state", "priority", "opened_at"),
        Index("ticket_employer", "employer_key", "opened_at"),
        Index("ticket_category", "category", "opened_at"),
        Index("ticket_channel", "channel", "opened_at"),
        Index("ticket_region", "region", "opened_at"),
        Index("ticket_urgent", "priority", "opened_at"),
        Index("ticket_opened", "opened_at"),
        Index("ticket_updated", "updated_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    code: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    person_id: Mapped[int | None] = mapped_column(Id, index=True)
    channel: Mapped[str] = mapped_column(String(16), default="")

    category: Mapped[str] = mapped_column(String(16), default="T-OTHER")
    group: Mapped[str] = mapped_column("category_group", String(16), default="general")
    priority: Mapped[str] = mapped_column(String(2), default="P2")
    reason: Mapped[str] = mapped_column(String(16), default="asked")
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    summary: Mapped[str] = mapped_column(String(600), default="")
    people_count: Mapped[int] = mapped_column(Integer, default=1)

    region: Mapped[str | None] = mapped_column(String(16))
    place: Mapped[str] = mapped_column(String(120), default="")
    home_region: Mapped[str | None] = mapped_column(String(16))
    employer: Mapped[str] = mapped_column(String(120), default="")
    employer_key: Mapped[str] = mapped_column(String(60), default="")
    site_key: Mapped[str] = mapped_column(String(60), default="", index=True)
    industry: Mapped[str] = mapped_column(String(24), default="")
    grid: Mapped[str] = mapped_column(String(32), default="")

    desk_id: Mapped[str | None] = mapped_column(String(64))
    owner_id: Mapped[int | None] = mapped_column(Id, index=True)
    avoid_id: Mapped[int | None] = mapped_column(Id)
    master_id: Mapped[int | None] = mapped_column(Id, index=True)
    merged_into: Mapped[int | None] = mapped_column(Id, index=True)
    alert_id: Mapped[int | None] = mapped_column(Id, index=True)
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0)
    codes_locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[int] = mapped_column(Integer, default=1)
    next_seq: Mapped[int] = mapped_column(Integer, default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_act_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketEventRow(Base):
    """One thing that happened. `ref` is unique within a ticket: the same message or press twice is one event."""

    __tablename__ = "ticket_event"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        Index("ticket_event_ref", "ticket_id", "ref", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    ref: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class TicketCounterRow(Base):
    """How many tickets were opened on a day (in China): the middle part of a ticket's number."""

    __tablename__ = "ticket_counter"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    used: Mapped[int] = mapped_column(Integer, default=0)


class TicketClockRow(Base):
    """When something must have happened. `left` holds the working seconds that remain while a clock is paused."""

    __tablename__ = "ticket_clock"
    __table_args__ = (
        Index("clock_next", "next_at"),
        Index("clock_pending", "kind", "due_at", postgresql_where=PENDING, sqlite_where=PENDING),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(48), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left: Mapped[int | None] = mapped_column("left_seconds", Integer)
    level: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_day: Mapped[date | None] = mapped_column()


class TicketLinkRow(Base):
    """Two tickets that belong together without being one: `kind` is also, collective, split."""

    __tablename__ = "ticket_link"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))


class TicketDeskRow(Base):
    """A desk that sees a ticket beside the one that leads it: home (two-way protection), above, office."""

    __tablename__ = "ticket_desk"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    desk_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    why: Mapped[str] = mapped_column(String(24))


class TicketWordRow(Base):
    """A blind index: keyed hashes of the words of a ticket, so that sealed text can be found but not read."""

    __tablename__ = "ticket_word"

    word: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)


class DeskRow(Base):
    """A region's group of operators. Kinds: centre, city, district, street, industry, enterprise, building."""

    __tablename__ = "desk"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(64), index=True)
    region: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(80))
    names: Mapped[list[str]] = mapped_column(JSON, default=list)
    industries: Mapped[list[str]] = mapped_column(JSON, default=list)
    groups: Mapped[list[str]] = mapped_column(JSON, default=list)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    hours: Mapped[str] = mapped_column(String(11), default="08:30-17:30")
    days_off: Mapped[list[str]] = mapped_column(JSON, default=list)
    hours_by: Mapped[str | None] = mapped_column(String(64))  # who set hours and days off at the desk; none: the file
    source: Mapped[str] = mapped_column(String(120), default="")
    is_open: Mapped[bool] = mapped_column(default=True)


class DeskFeedRow(Base):
    """What happened, in the order of the commits: live pages and webhooks read on from where they stopped."""

    __tablename__ = "desk_feed"

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    ticket_id: Mapped[int | None] = mapped_column(Id, index=True)
    event_seq: Mapped[int | None] = mapped_column(Integer)
    alert_id: Mapped[int | None] = mapped_column(Id)
    desk_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PresenceRow(Base):
    """When an operator was last seen at the desk."""

    __tablename__ = "desk_presence"

    operator_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
