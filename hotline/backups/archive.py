"""Making a backup and bringing it back.

Two files, for two places. `gongyou-<time>.backup` holds the data, encrypted under a key of its own; `gongyou.keys`
holds secrets.json, the key store and the ledger of deletions as they are now. There is one file of keys for all
backups, and it is always the newest: an old one would bring back keys that were destroyed since.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import inspect

from hotline.backups import rows, stream
from hotline.backups.errors import BackupError, NotEmpty, Unreadable
from hotline.migrations import run
from hotline.people import keys, ledger
from kit import clock
from kit.db import Database
from kit.settings import make_private

SUFFIX, KEYS_NAME = ".backup", "gongyou.keys"
FORMAT = 1
FILES = "evidence"


@dataclass(frozen=True)
class Header:
    """What is known of a backup without its key."""

    id: str
    made_at: datetime
    revision: str
    line: bytes


def make(database: Database, folder: Path, keys_file: Path, data: Path) -> Path:
    """A consistent backup while everything runs; the file appears under its name when it is whole. Workers' files
    (var/evidence) go along as they lie there: sealed."""
    folder.mkdir(parents=True, exist_ok=True)
    now = clock.now()
    id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    key = keys.store().ensure(f"backup.{id}")
    raw = {"format": FORMAT, "id": id, "made_at": now.isoformat(), "revision": run.present(database)}
    header = json.dumps(raw).encode() + b"\n"
    path = folder / f"gongyou-{id}{SUFFIX}"
    with _whole(path) as file:
        file.write(header)
        writer = stream.Writer(file, key, header)
        counts: dict[str, int] = {}
        with database.snapshot() as session:
            for line in rows.dump(session, counts):
                writer.line(line)
        for name, sealed in _files(data / FILES):
            writer.line(json.dumps({"file": name, "sealed": sealed}))
        writer.line(json.dumps({"end": counts}))
        writer.close()
    write_keys(keys_file, data / "secrets.json")
    return path


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*/*")):
        if path.suffix != ".part":
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="ascii")


def _put_file(folder: Path, said: dict[str, str]) -> None:
    path = folder / said["file"]
    if ".." in path.parts:
        raise Unreadable(f"the backup names a file outside its folder: {said['file']}")
    make_private(folder)
    make_private(path.parent)
    path.write_text(said["sealed"], encoding="ascii")
    path.chmod(0o600)


@contextmanager
def _whole(path: Path) -> Iterator[Any]:
    """A private file that takes its name only when all of it is on the disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            unfinished.unlink()
            raise
    unfinished.replace(path)


def write_keys(path: Path, secrets_file: Path) -> None:
    """Put the newest keys in the place of the older ones."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = keys.store()
    held = {
        "made_at": clock.now().isoformat(),
        "secrets": json.loads(secrets_file.read_text(encoding="utf-8")),
        "keys": store.wrapped(),
        "erasures": [ledger.as_dict(entry) for entry in ledger.entries(store)],
    }
    with _whole(path) as file:
        file.write(json.dumps(held).encode())


def newest(folder: Path) -> Path:
    """The latest whole backup of a folder."""
    found = sorted(folder.glob(f"gongyou-*{SUFFIX}"))
    if not found:
        raise BackupError(f"there is no gongyou-*{SUFFIX} in {folder}")
    return found[-1]


def header_of(path: Path) -> Header:
    with path.open("rb") as file:
        return _header(file.readline(), path)


def _header(line: bytes, path: Path) -> Header:
    try:
        raw = json.loads(line)
        if raw["format"] != FORMAT:
            raise Unreadable(f"{path.name} was made by another release (format {raw['format']})")
        return Header(raw["id"], datetime.fromisoformat(raw["made_at"]), raw["revision"], line)
    except (ValueError, KeyError) as error:
        raise Unreadable(f"{path.name} is no backup of ours") from error


def bring_secrets(keys_file: Path, secrets_file: Path) -> dict[str, Any]:
    """Before anything asks for a secret: the backup's secrets.json in its place; another one is not overwritten."""
    held: dict[str, Any] = json.loads(keys_file.read_text(encoding="utf-8"))
    if secrets_file.exists():
        if json.loads(secrets_file.read_text(encoding="utf-8")) != held["secrets"]:
            raise NotEmpty(f"{secrets_file} belongs to another installation: restore into an empty GONGYOU_DATA")
        return held
    secrets_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _whole(secrets_file) as file:
        file.write(json.dumps(held["secrets"]).encode())
    return held


def bring_keys(held: dict[str, Any], carried: Path | None) -> None:
    """The backup's keys, without those that any ledger we can find calls destroyed."""
    store = keys.store()
    entries = [ledger.from_dict(raw) for raw in held["erasures"]]
    if carried is not None:
        entries += ledger.read_file(carried)
    gone = {key_id for entry in [*entries, *ledger.entries(store)] for key_id in entry.keys}
    store.take_over(row for row in held["keys"] if row["id"] not in gone)
    ledger.merge(store, entries)


def restore(path: Path, database: Database, data: Path) -> dict[str, int]:
    """Fill an empty database; the rows of people who were deleted since are left out. Their count, by table."""
    if set(inspect(database.reader).get_table_names()) - rows.NOT_OURS:
        raise NotEmpty("the database has tables already: restore into an empty one, or move it away first")
    with path.open("rb") as file:
        header = _header(file.readline(), path)
        key = _key_of(header)
        run.upgrade(database, header.revision)
        counts: dict[str, int] = {}
        with database.transaction() as session:
            loader = rows.Loader(session)
            loader.empty()
            loader.load(_rows(stream.lines(file, key, header.line), counts, data / FILES))
            loader.count_on()
            _check_counts(loader.counted(), loader.left_out, counts)
    run.upgrade(database)
    return loader.left_out


def _key_of(header: Header) -> AESGCM:
    key = keys.store().find(f"backup.{header.id}")
    if key is None:
        raise Unreadable(f"gongyou.keys does not know the backup {header.id}: use the newest gongyou.keys")
    return key


def _rows(lines: Iterator[str], counts: dict[str, int], files: Path) -> Iterator[str]:
    """The rows; files go to their folder on the way, and the last line says how many rows there must be."""
    for line in lines:
        if line.startswith('{"file"'):
            _put_file(files, json.loads(line))
        elif line.startswith('{"end"'):
            counts.update(json.loads(line)["end"])
        else:
            yield line


def _check_counts(loaded: dict[str, int], left_out: dict[str, int], written: dict[str, int]) -> None:
    wrong = [name for name, count in written.items() if loaded.get(name, 0) + left_out.get(name, 0) != count]
    if wrong or not written:
        raise Unreadable(f"the backup is not whole: {', '.join(wrong) or 'its end is missing'}")
