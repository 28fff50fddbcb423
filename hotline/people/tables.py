"""A person is one worker as the desk knows him; what is personal stands sealed beside him."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.mailbox.tables import Id
from kit.db import Base, UtcDateTime


class PersonRow(Base):
    """`key_id` names his key in the key store; it is empty once he was erased, and the number stays as a pseudonym."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    key_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restricted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_child: Mapped[bool] = mapped_column(default=False)


class PersonConversationRow(Base):
    __tablename__ = "person_conversation"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class PersonFieldRow(Base):
    """One sealed field, and its blind index where the catalogue lets him be found by it."""

    __tablename__ = "person_field"
    __table_args__ = (Index("person_blind", "field", "blind"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    blind: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentRow(Base):
    """A yes or a no to one purpose, with the version of the notice that he had before him. The newest one holds."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    person_id: Mapped[int | None] = mapped_column(Id, index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(16))
    yes: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasureAppliedRow(Base):
    """Deletions of the ledger that these data have seen; a restored backup lacks the later ones."""

    __tablename__ = "erasure_applied"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasedConversationRow(Base):
    """A conversation whose address still has to go."""

    __tablename__ = "erased_conversation"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class CopyLinkRow(Base):
    """A link to a worker's own copy; only the hash of its secret end is stored."""

    __tablename__ = "copy_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
