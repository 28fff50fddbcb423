"""What the knowledge desk reads: records with their versions, frozen; rows stay in this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.policy.errors import UnknownRecord
from hotline.policy.records import find_record, versions_of
from hotline.policy.tables import MissRow, RecordRow, VersionRow

WAITING = ("draft", "review", "scheduled", "conflict")


@dataclass(frozen=True)
class Version:
    id: int
    number: int
    body: str
    source: str
    author: str
    reviewed_by: str | None
    status: str
    valid_from: datetime | None
    created_at: datetime
    path: str
    kind: str
    key: str

    @property
    def waits(self) -> bool:
        return self.status in WAITING


@dataclass(frozen=True)
class Record:
    id: int
    kind: str
    key: str
    path: str
    versions: tuple[Version, ...]

    @property
    def in_force(self) -> Version | None:
        return next((version for version in self.versions if version.status == "published"), None)


def record(session: Session, path: str) -> Record:
    row = find_record(session, _kind(session, path), path)
    found = tuple(_version(version, row) for version in versions_of(session, row.id))
    return Record(row.id, row.kind, row.key, row.path, found)


def _kind(session: Session, path: str) -> str:
    kind = session.scalar(select(RecordRow.kind).where(RecordRow.path == path))
    if kind is None:
        raise UnknownRecord(f"没有 {path} 这条")
    return kind


def _version(version: VersionRow, row: RecordRow) -> Version:
    own = {name: getattr(version, name) for name in Version.__dataclass_fields__ if hasattr(version, name)}
    return Version(**own, path=row.path, kind=row.kind, key=row.key)


def version(session: Session, id: int) -> Version:
    found = session.get(VersionRow, id)
    if found is None:
        raise UnknownRecord(f"没有编号 {id} 的版本")
    return _version(found, session.get_one(RecordRow, found.record_id))


def waiting(session: Session) -> list[Version]:
    """What somebody has begun and nobody has finished, oldest first."""
    rows = session.execute(
        select(VersionRow, RecordRow).join(RecordRow).where(VersionRow.status.in_(WAITING)).order_by(VersionRow.id)
    )
    return [_version(version, row) for version, row in rows]


def paths(session: Session, kind: str, contains: str = "", limit: int = 400) -> list[tuple[str, str]]:
    """(path, key) of the records of a kind."""
    query = select(RecordRow.path, RecordRow.key).where(RecordRow.kind == kind, RecordRow.path.contains(contains))
    return [(path, key) for path, key in session.execute(query.order_by(RecordRow.path).limit(limit))]


def misses_of(session: Session, card: str) -> int:
    """How often workers said that this card was not what they meant."""
    return session.scalar(select(func.count()).select_from(MissRow).where(MissRow.card == card)) or 0
