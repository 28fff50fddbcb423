"""The policy base in the database: one record a file, with every version that it ever had."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, UtcDateTime

Id = BigInteger().with_variant(Integer, "sqlite")


class RecordRow(Base):
    """A card, a figure, an office list ...: whatever one file of knowledge/data holds. `file_hash` is the file's text
    at the last import, so that the next import knows whether the file or the desk changed it."""

    __tablename__ = "policy_record"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    key: Mapped[str] = mapped_column(String(200), index=True)
    path: Mapped[str] = mapped_column(String(250), unique=True)
    file_hash: Mapped[str | None] = mapped_column(String(64))


class VersionRow(Base):
    """One text of a record. Exactly one version of a record is `published`; the others are kept."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("policy_record.id"))
    number: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(8))  # file | desk
    author: Mapped[str] = mapped_column(String(64))
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(
        String(10), index=True
    )  # draft | review | scheduled | published | retired | conflict
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeRow(Base):
    """What workers are told has changed; the highest id is the change counter that every process watches."""

    __tablename__ = "policy_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    record_id: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LawTextRow(Base):
    """The articles of a law as one file gave them; a code in several files has several rows of one day."""

    __tablename__ = "policy_law_text"
    __table_args__ = (UniqueConstraint("law", "effective", "first_article"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    law: Mapped[str] = mapped_column(String(80), index=True)
    effective: Mapped[date] = mapped_column(Date)
    first_article: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    adopted: Mapped[date | None] = mapped_column(Date)
    articles: Mapped[dict[str, Any]] = mapped_column(JSON)
    file_name: Mapped[str] = mapped_column(String(250))
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentRow(Base):
    """An official document with what it says of itself."""

    __tablename__ = "policy_document"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str | None] = mapped_column(String(100))
    issued: Mapped[date | None] = mapped_column(Date)
    region: Mapped[str] = mapped_column(String(16))
    is_draft: Mapped[bool] = mapped_column(Boolean, default=False)
    items: Mapped[list[Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentDraftRow(Base):
    """A document that somebody has pasted and that a second person has not looked at yet."""

    __tablename__ = "policy_document_draft"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PassageRow(Base):
    """A piece of a document that search finds; the same words are held once."""

    __tablename__ = "policy_passage"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class AnswerRow(Base):
    """Which version of a card a conversation was given, so that a correction finds who got the old text."""

    __tablename__ = "policy_answer"
    __table_args__ = (UniqueConstraint("message_id", "card"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    card: Mapped[str] = mapped_column(String(200), index=True)
    version: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MissRow(Base):
    """A question that was answered badly or not at all. `normal` is what equal questions share."""

    __tablename__ = "policy_miss"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(String(200))
    normal: Mapped[str] = mapped_column(String(200), index=True)
    card: Mapped[str | None] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(16), default="")
    region: Mapped[str | None] = mapped_column(String(16))
