"""A worker's files: with his yes only, checked by content, sealed, counted, and gone when he or his time says so."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import time_machine
from sqlalchemy import select

from bot.channels.base import PlatformUnavailable, Refused
from bot.gateway import files
from bot.gateway.converse import Converse
from bot.gateway.fetch import fetch_wanted, tidy_files
from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, OutboxRow
from bot.messages import Attachment, Incoming
from hotline import people
from hotline.evidence import kinds
from hotline.evidence import service as evidence
from hotline.evidence.store import Store
from hotline.evidence.tables import EvidenceRow
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.fake_channel import FakeChannel
from tests.support.fake_rasa import FakeRasa

JPEG = b"\xff\xd8\xff\xe0" + b"canary" * 100
PDF = b"%PDF-1.7\n%made up"


class Sender:
    """A worker on Telegram whose photographs the platform holds."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.store = Store(folder)
        self.channel = FakeChannel()
        self.converse = Converse(
            database, FakeRasa(), lambda _: np.zeros(384, np.float32), Recent(10), Settings(retry_base=0.01)
        )
        self._sent = 0

    def send(self, *references: str, text: str = "", payload: str = "", kind: str = "image") -> str:
        self._sent += 1
        attachments = tuple(Attachment("合同.jpg", "image/jpeg", 0, reference) for reference in references)
        incoming = Incoming(
            channel="telegram",
            account="",
            address="worker",
            external_id=str(self._sent),
            text=text,
            kind="button" if payload else kind,  # type: ignore[arg-type]
            payload=payload,
            attachments=attachments,
        )
        with self.database.transaction() as session:
            inbox.accept(session, incoming, now=clock.now(), key="k")
        self.converse.step()
        with self.database.reading() as session:
            return str(session.scalars(select(OutboxRow.body).order_by(OutboxRow.id.desc()).limit(1)).one()["text"])

    def fetch(self) -> None:
        fetch_wanted(self.database, self.store, {"telegram": self.channel})

    def states(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(EvidenceRow.state).order_by(EvidenceRow.at)))

    def files(self) -> list[Path]:
        return list(self.store._folder.glob("*/*"))


@pytest.fixture
def sender(database: Database, tmp_path: Path) -> Sender:
    return Sender(database, tmp_path)


def test_before_his_yes_nothing_is_fetched(sender: Sender) -> None:
    sender.channel.files["photo-1"] = JPEG

    assert "存下来" in sender.send("photo-1")
    sender.fetch()
    assert (sender.states(), sender.files()) == (["offered"], [])


def test_with_his_yes_it_is_fetched_checked_and_sealed(sender: Sender) -> None:
    sender.channel.files["photo-1"] = JPEG
    sender.send("photo-1")
    assert sender.send(payload=files.YES, text="存下来") == files.SAID_YES
    sender.fetch()

    assert sender.states() == ["kept"]
    (path,) = sender.files()
    assert b"canary" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    with sender.database.reading() as session:
        row = session.scalars(select(EvidenceRow)).one()
        found = evidence.read(session, sender.store, row.id)
    assert found is not None
    assert (found[1], found[0].media_type, found[0].name) == (JPEG, "image/jpeg", "合同.jpg")
    assert "替你存着" in sender.send("photo-2")


def test_his_no_ends_what_was_offered_and_what_was_kept(sender: Sender) -> None:
    sender.channel.files["photo-1"] = JPEG
    sender.send("photo-1")
    sender.send(payload=files.YES, text="存下来")
    sender.fetch()
    assert sender.send(payload=files.NO, text="不用存") == files.SAID_NO
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        tidy_files(sender.database, sender.store, days=7)

    assert (sender.states(), sender.files()) == (["refused"], [])


def test_what_he_says_with_a_photograph_is_answered(sender: Sender) -> None:
    assert sender.send("photo-1", text="工资没发") == "答：工资没发"
    assert sender.states() == ["offered"]


@pytest.mark.parametrize(
    ("data", "why"), [(b"MZ\x90\x00 a program", "wrong"), (b"PK\x03\x04 an archive", "wrong"), (b"", "wrong")]
)
def test_what_it_calls_itself_proves_nothing(sender: Sender, data: bytes, why: str) -> None:
    sender.channel.files["photo-1"] = data
    sender.send("photo-1")
    sender.send(payload=files.YES, text="存下来")
    sender.fetch()

    assert (sender.states(), sender.files(), why) == (["refused"], [], "wrong")


def test_a_platform_that_fails_is_asked_again_until_it_no_longer_holds_the_file(sender: Sender) -> None:
    def unavailable(reference: str, most: int) -> bytes:
        raise PlatformUnavailable

    sender.channel.fetch = unavailable  # type: ignore[method-assign]
    sender.send("photo-1")
    sender.send(payload=files.YES, text="存下来")
    sender.fetch()
    assert sender.states() == ["wanted"]
    with time_machine.travel(clock.now() + timedelta(days=4)):
        sender.fetch()
    assert sender.states() == ["refused"]


def test_a_platform_that_refuses_is_not_asked_again(sender: Sender) -> None:
    def refused(reference: str, most: int) -> bytes:
        raise Refused("gone")

    sender.channel.fetch = refused  # type: ignore[method-assign]
    sender.send("photo-1")
    sender.send(payload=files.YES, text="存下来")
    sender.fetch()
    assert sender.states() == ["refused"]


def test_ten_a_day(sender: Sender) -> None:
    for number in range(evidence.A_DAY):
        sender.send(f"photo-{number}")
    assert f"一天最多{evidence.A_DAY}个" in sender.send("one-too-many")
    assert len(sender.states()) == evidence.A_DAY


def test_deleted_means_gone(sender: Sender) -> None:
    sender.channel.files["photo-1"] = JPEG
    sender.send("photo-1")
    sender.send(payload=files.YES, text="存下来")
    sender.fetch()
    with sender.database.transaction() as session:
        conversation = session.scalars(select(ConversationRow.id)).one()
        people.erase_conversation(session, conversation)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        tidy_files(sender.database, sender.store, days=7)

    assert (sender.states(), sender.files()) == ([], [])


def test_what_was_never_agreed_to_is_forgotten_with_the_words(sender: Sender) -> None:
    sender.send("photo-1")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        tidy_files(sender.database, sender.store, days=7)
    assert sender.states() == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("合同.jpg", "合同.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"; filename=evil.html', "a filenameevil.pdf"),
        ("x\r\nset-cookie: a=b", "xset-cookie ab.pdf"),
        ("", "文件.pdf"),
    ],
)
def test_names_are_harmless(name: str, expected: str) -> None:
    assert kinds.safe_name(name, kinds.media_type(PDF) or "") == expected
