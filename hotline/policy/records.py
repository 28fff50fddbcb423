"""Versions of the policy base: import of files, editing, reviewing, publishing, conflicts, export.

Who wins when both changed: a file is imported only where it changed since its last import; if the record was edited on
the desk since then, the desk's version stays in force and the file's is kept as a `conflict` until an editor chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hotline.policy.errors import NotAllowed, UnknownRecord
from hotline.policy.files import fingerprint, key_of, kind_of, load_texts, texts
from hotline.policy.tables import ChangeRow, RecordRow, VersionRow
from kit import clock
from knowledge.base import Base
from knowledge.loader import DATA


@dataclass(frozen=True)
class Report:
    """What an import did, or with dry_run would do; paths below knowledge/data."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # no file any more, but edited on the desk: stays in force

    @property
    def exit_code(self) -> int:
        """3 where an editor must choose between the file and the desk."""
        return 3 if self.conflicts else 0

    @property
    def changes_answers(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def import_files(
    session: Session, path: Path = DATA, dry_run: bool = False, author: str = "files", complete: bool | None = None
) -> Report:
    """Load the files of a data folder as versions. All or nothing; twice is as once.

    `complete` says that the folder is the whole base, as the shipped one is: what has no file any more is retired.
    """
    files = texts(path)
    records = {row.path: row for row in session.scalars(select(RecordRow))}
    held = _published(session)
    desk_edited = _edited_on_desk(session)
    sorted_out: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "conflicts": []}
    for name, text in files.items():
        sorted_out[_fate(name, text, records, held, desk_edited)].append(name)
    lost = sorted(set(held) - set(files)) if (path == DATA if complete is None else complete) else []
    removed = [name for name in lost if records[name].id not in desk_edited]
    after = {name: version.body for name, version in held.items() if name not in removed}
    after |= {name: files[name] for name in (*sorted_out["added"], *sorted_out["changed"])}
    load_texts(after)
    if not dry_run:
        for name in (*sorted_out["added"], *sorted_out["changed"]):
            _publish_file(session, records.get(name), name, files[name], author)
        for name in sorted_out["conflicts"]:
            _keep_conflict(session, records[name], files[name], author)
        for name in removed:
            _retire(session, records[name], held[name])
        for name in sorted_out["unchanged"]:
            records[name].file_hash = fingerprint(files[name])
    missing = tuple(name for name in lost if name not in removed)
    found = {kind: tuple(names) for kind, names in sorted_out.items()}
    return Report(**found, removed=tuple(removed), missing=missing)


def _retire(session: Session, record: RecordRow, version: VersionRow) -> None:
    version.status = "retired"
    record.file_hash = None
    session.add(ChangeRow(record_id=record.id, at=clock.now()))


def _fate(
    name: str,
    text: str,
    records: Mapping[str, RecordRow],
    held: Mapping[str, VersionRow],
    desk_edited: set[int],
) -> str:
    record = records.get(name)
    if record is None:
        return "added"
    mark = fingerprint(text)
    current = held.get(name)
    if record.file_hash == mark or (current is not None and current.hash == mark):
        return "unchanged"
    return "conflicts" if record.id in desk_edited else "changed"


def _published(session: Session) -> dict[str, VersionRow]:
    """Path -> the version in force."""
    query = select(RecordRow.path, VersionRow).join(RecordRow).where(VersionRow.status == "published")
    return {path: version for path, version in session.execute(query)}  # noqa: C416 - rows


def _edited_on_desk(session: Session) -> set[int]:
    """Records whose version in force, or one being written, is the desk's."""
    held = ("published", "draft", "review")
    query = select(VersionRow.record_id).where(VersionRow.source == "desk", VersionRow.status.in_(held))
    return set(session.scalars(query))


def _publish_file(session: Session, record: RecordRow | None, name: str, text: str, author: str) -> None:
    if record is None:
        record = RecordRow(kind=kind_of(name), key=key_of(name), path=name)
        session.add(record)
        session.flush()
    record.file_hash = fingerprint(text)
    version = _add(session, record, text, "file", author, "draft")
    _put_in_force(session, version)


def _keep_conflict(session: Session, record: RecordRow, text: str, author: str) -> None:
    """Once for each text of the file; an older text that nobody chose is retired."""
    waiting = session.scalars(
        select(VersionRow).where(VersionRow.record_id == record.id, VersionRow.status == "conflict")
    ).all()
    if any(version.hash == fingerprint(text) for version in waiting):
        return
    for version in waiting:
        version.status = "retired"
    _add(session, record, text, "file", author, "conflict")


def _add(session: Session, record: RecordRow, body: str, source: str, author: str, status: str) -> VersionRow:
    last = session.scalar(select(func.max(VersionRow.number)).where(VersionRow.record_id == record.id)) or 0
    version = VersionRow(
        record_id=record.id,
        number=last + 1,
        body=body,
        hash=fingerprint(body),
        source=source,
        author=author,
        status=status,
        created_at=clock.now(),
    )
    session.add(version)
    session.flush()
    return version


def _put_in_force(session: Session, version: VersionRow) -> None:
    session.execute(
        update(VersionRow)
        .where(VersionRow.record_id == version.record_id, VersionRow.status == "published")
        .values(status="retired")
    )
    version.status = "published"
    version.valid_from = clock.now()
    session.add(ChangeRow(record_id=version.record_id, at=clock.now()))
    session.flush()


def find_record(session: Session, kind: str, key: str) -> RecordRow:
    """A record by its key (wages.arrears) or its path."""
    found = session.scalar(
        select(RecordRow).where(RecordRow.kind == kind, (RecordRow.key == key) | (RecordRow.path == key))
    )
    if found is None:
        raise UnknownRecord(f"{kind} {key}: there is no such record; see ./gongyou policy list")
    return found


def versions_of(session: Session, record_id: int) -> list[VersionRow]:
    """Every version, newest first."""
    return list(
        session.scalars(select(VersionRow).where(VersionRow.record_id == record_id).order_by(VersionRow.number.desc()))
    )


def save_draft(session: Session, path: str, body: str, author: str) -> int:
    """A desk edit of a record, or a new one. Refused when the texts would no longer load."""
    _check(session, path, body)
    record = session.scalar(select(RecordRow).where(RecordRow.path == path))
    if record is None:
        record = RecordRow(kind=kind_of(path), key=key_of(path), path=path)
        session.add(record)
        session.flush()
    return _add(session, record, body, "desk", author, "draft").id


def submit(session: Session, version_id: int) -> None:
    """Ask another person to look at a draft."""
    version = _version(session, version_id, "draft")
    version.status = "review"


def publish(session: Session, version_id: int, reviewer: str) -> None:
    """Put a version in force; whoever wrote it needs another pair of eyes."""
    version = _version(session, version_id, "draft", "review", "conflict")
    if version.author == reviewer and version.source == "desk":
        raise NotAllowed(f"{reviewer} wrote this version; somebody else must review it")
    record = session.get_one(RecordRow, version.record_id)
    _check(session, record.path, version.body)
    version.reviewed_by = reviewer
    if version.status == "conflict":
        record.file_hash = version.hash
    _put_in_force(session, version)


def schedule(session: Session, version_id: int, reviewer: str, at: datetime) -> None:
    """Approve a version for a later moment; `publish_due` puts it in force then."""
    version = _version(session, version_id, "draft", "review")
    if version.author == reviewer:
        raise NotAllowed(f"{reviewer} wrote this version; somebody else must review it")
    _check(session, session.get_one(RecordRow, version.record_id).path, version.body)
    version.status, version.reviewed_by, version.valid_from = "scheduled", reviewer, at


def publish_due(session: Session) -> int:
    """Put in force what was approved for now or before."""
    due = session.scalars(
        select(VersionRow)
        .where(VersionRow.status == "scheduled", VersionRow.valid_from <= clock.now())
        .order_by(VersionRow.valid_from, VersionRow.id)
    ).all()
    for version in due:
        _put_in_force(session, version)
    return len(due)


def discard(session: Session, version_id: int) -> None:
    """Give up a version that was never in force; its text is kept."""
    _version(session, version_id, "draft", "review", "scheduled").status = "retired"


def retire(session: Session, record_id: int) -> None:
    """Take a record out of what workers are told, if the rest still loads without it."""
    record = session.get_one(RecordRow, record_id)
    held = _published(session)
    if record.path not in held:
        raise NotAllowed(f"{record.path} is not in force")
    load_texts({path: version.body for path, version in held.items() if path != record.path})
    _retire(session, record, held[record.path])


def preview(session: Session, path: str, body: str) -> Base:
    """The policy base as it would be with this text; WrongData when it would not load."""
    return load_texts({**bodies(session), path: body}).base


def keep_desk(session: Session, conflict_id: int, reviewer: str) -> None:
    """Settle a conflict for the desk: the file's text is retired and counts as seen."""
    version = _version(session, conflict_id, "conflict")
    version.status, version.reviewed_by = "retired", reviewer
    session.get_one(RecordRow, version.record_id).file_hash = version.hash


def conflicts(session: Session) -> list[tuple[RecordRow, VersionRow]]:
    """What an editor must choose between, with the file's text."""
    rows = session.execute(select(RecordRow, VersionRow).join(VersionRow).where(VersionRow.status == "conflict")).all()
    return [(record, version) for record, version in rows]


def bodies(session: Session) -> dict[str, str]:
    """Path -> text in force."""
    return {path: version.body for path, version in _published(session).items()}


def export(session: Session, path: Path) -> int:
    """Write the texts in force as files that import back to the same thing."""
    held = bodies(session)
    for name, body in held.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(body, encoding="utf-8")
    return len(held)


def _version(session: Session, version_id: int, *states: str) -> VersionRow:
    version = session.get(VersionRow, version_id)
    if version is None:
        raise UnknownRecord(f"there is no version {version_id}")
    if version.status not in states:
        raise NotAllowed(f"version {version.number} is {version.status}; this needs {' or '.join(states)}")
    return version


def _check(session: Session, path: str, body: str) -> None:
    load_texts({**bodies(session), path: body})


def listing(session: Session, contains: str = "") -> list[str]:
    """One line a record: path, version in force and where it came from; an unsettled conflict is marked."""
    waiting = {record.path for record, _ in conflicts(session)}
    return [
        f"{path}  v{version.number} {version.source}{'  CONFLICT' if path in waiting else ''}"
        for path, version in sorted(_published(session).items())
        if contains in path
    ]
