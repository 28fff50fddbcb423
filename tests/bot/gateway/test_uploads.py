"""Files from the web page: his yes first, size before anything, type by content, ten a day."""

from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from bot.gateway.chat import Chat
from bot.gateway.errors import ApiError, on_api_error
from bot.gateway.uploads import Uploads
from bot.mailbox.tables import InboxRow
from hotline.evidence import kinds
from hotline.evidence.store import Store
from kit.db import Database
from kit.settings import Settings
from tests.support.asgi import Caller

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def page(sqlite: Database, tmp_path: Path) -> Caller:
    routes = [*Chat(sqlite, Settings(), "key").routes(), *Uploads(sqlite, Store(tmp_path), "key").routes()]
    return Caller(Starlette(routes=routes, exception_handlers={ApiError: on_api_error}))  # type: ignore[dict-item]


@pytest.fixture
def session(page: Caller) -> str:
    return str(page.post("/api/chat/messages", json={"text": "你好"}).json()["session"])


def send(
    page: Caller, session: str, data: bytes = PNG, consent: str = "yes", name: str = "工资条.png"
) -> tuple[int, str]:
    query = {"session": session, "name": "工资条.png", "consent": consent}
    answer = page.post("/api/chat/files", params=query, content=data)
    body = answer.json()
    return answer.status_code, body.get("error", {}).get("code", body.get("media_type", ""))


def test_a_photograph_is_kept_and_has_its_place_in_the_conversation(
    page: Caller, session: str, sqlite: Database, tmp_path: Path
) -> None:
    assert send(page, session) == (202, "image/png")
    with sqlite.reading() as reading:
        body = reading.scalars(select(InboxRow.body).order_by(InboxRow.id.desc()).limit(1)).one()
    assert (body["kind"], body["attachments"][0]["name"]) == ("image", "工资条.png")
    assert len(list((tmp_path / "evidence").glob("*/*"))) == 1


@pytest.mark.parametrize(
    ("data", "consent", "expected"),
    [
        (PNG, "", (403, "consent_needed")),
        (b"<html><script>alert(1)</script>", "yes", (415, "wrong_kind")),
        (b"PK\x03\x04 a bomb", "yes", (415, "wrong_kind")),
        (b"", "yes", (415, "wrong_kind")),
        (PNG + b"x" * kinds.MOST_BYTES, "yes", (413, "too_large")),
    ],
)
def test_what_is_not_taken(
    page: Caller, session: str, tmp_path: Path, data: bytes, consent: str, expected: tuple[int, str]
) -> None:
    assert send(page, session, data, consent) == expected
    assert list((tmp_path / "evidence").glob("*/*")) == []


def test_ten_a_day_and_only_in_a_conversation(page: Caller, session: str) -> None:
    assert [send(page, session)[0] for _ in range(10)] == [202] * 10
    assert send(page, session) == (429, "too_many_files")
    assert send(page, "nobody-knows-this-session") == (404, "unknown_session")
    assert send(page, "../../etc") == (400, "bad_field")
