"""Rows of the mailbox: conversations, what came in, what goes out, each attempt to deliver it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, UtcDateTime

Id = BigInteger().with_variant(Integer, "sqlite")


_IS_OPEN = text("state IN ('new', 'taken')")  # a claim looks at these only, however many are done


class ConversationRow(Base):
    """One worker's road to us: channel, account and address are unique, `owner` says who answers."""

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("channel", "account", "address"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(String(128))
    owner: Mapped[str] = mapped_column(String(8), default="bot")
    ticket_id: Mapped[int | None] = mapped_column(Id, index=True)
    next_seq: Mapped[int] = mapped_column(Integer, default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_in_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    wiped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class InboxRow(Base):
    """What a worker sent. States: new, taken, done, buried, conflict."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("inbox_order", "conversation_id", "id"),
        Index("inbox_state", "state", "run_at"),
        Index("inbox_open", "id", postgresql_where=_IS_OPEN, sqlite_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64), default="")
    external_id: Mapped[str] = mapped_column(String(160))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    body_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="new")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    crashes: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(200), default="")


class OutboxRow(Base):
    """What goes to a worker. States: new, taken, sent, waiting, undeliverable, ended (by a person)."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("key"),
        Index("outbox_state", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(120))
    inbox_id: Mapped[int | None] = mapped_column(Id, index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    done: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(14), default="new")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    possibly_twice: Mapped[bool] = mapped_column(default=False)


class DeliveryRow(Base):
    """One attempt to hand an outbox row to its platform."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    took_ms: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[str] = mapped_column(String(24))
    detail: Mapped[str] = mapped_column(Text, default="")
    platform_id: Mapped[str] = mapped_column(String(128), default="")


class ChannelStateRow(Base):
    """What a channel must remember between messages: tokens, nonces, a window's ledger."""

    __tablename__ = "channel_state"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class ForgettingRow(Base):
    """A conversation whose words must go everywhere, from Rasa's own rows too, once nothing of it is under way."""

    __tablename__ = "forgetting"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class InboxArchiveRow(Base):
    """A finished incoming message without its words: enough to count and to answer what became of it."""

    __tablename__ = "inbox_archive"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)


class OutboxArchiveRow(Base):
    """A finished outgoing message without its words; `deliveries` says how each attempt ended."""

    __tablename__ = "outbox_archive"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    inbox_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(14))
    possibly_twice: Mapped[bool] = mapped_column(default=False)
    deliveries: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
