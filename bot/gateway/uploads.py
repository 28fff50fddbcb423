"""`POST /api/chat/files`: a file from the web page. Size first, then consent, then what it is by its content.

The body is the file itself, so that nothing parses a form. `consent=yes` carries his yes from the page's own question.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.gateway.chat import find_conversation, read_body
from bot.gateway.errors import ApiError
from bot.gateway.limits import TokenBuckets
from bot.mailbox import inbox
from bot.mailbox.wake import bell
from bot.messages import Attachment, Incoming
from hotline.evidence import kinds
from hotline.evidence import service as evidence
from hotline.evidence.store import Store
from kit import clock
from kit.db import Database

SESSION = re.compile(r"[A-Za-z0-9_-]{20,64}")
STATUS: dict[type[evidence.EvidenceError], tuple[int, str]] = {
    evidence.NoConsent: (403, "consent_needed"),
    evidence.TooMany: (429, "too_many_files"),
    evidence.TooLarge: (413, "too_large"),
    evidence.WrongKind: (415, "wrong_kind"),
}
PER_MINUTE = 20  # from one address


class Uploads:
    def __init__(self, database: Database, store: Store, hash_key: str) -> None:
        self._database = database
        self._store = store
        self._hash_key = hash_key
        self._by_address = TokenBuckets(PER_MINUTE / 60, PER_MINUTE)

    def routes(self) -> list[Route]:
        return [Route("/api/chat/files", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        token, name = request.query_params.get("session", ""), request.query_params.get("name", "")[:200]
        if not SESSION.fullmatch(token):
            raise ApiError(400, "bad_field", "session 的格式不对", field="session")
        wait = self._by_address.take(request.client.host if request.client else "")
        if wait:
            raise ApiError(429, "too_fast", "传得太快了，等一会儿再传", retry_after=wait)
        data = await read_body(request, kinds.MOST_BYTES, "文件太大，一个最多5 MB")
        says_yes = request.query_params.get("consent") == "yes"
        kept = await run_in_threadpool(self._keep, token, name, data, says_yes)
        bell.ring("inbox")
        return JSONResponse({"file": kept.id, "media_type": kept.media_type, "size": kept.size}, status_code=202)

    def _keep(self, token: str, name: str, data: bytes, says_yes: bool) -> evidence.Evidence:
        def kept(session: Session, conversation_id: str) -> evidence.Evidence:
            if says_yes and not evidence.may_keep(session, conversation_id):
                evidence.decide(session, conversation_id, yes=True)
            return evidence.add(session, self._store, conversation_id, name, data)

        return self._in_conversation(token, kept)

    def _in_conversation(self, token: str, work: Callable[[Session, str], evidence.Evidence]) -> evidence.Evidence:
        try:
            with self._database.transaction() as session:
                conversation_id = find_conversation(session, token)
                if conversation_id is None:
                    raise ApiError(404, "unknown_session", "先发一句话，再传文件", field="session")
                made = work(session, conversation_id)
                inbox.accept(session, _message(token, made), now=clock.now(), key=self._hash_key)
                return made
        except evidence.EvidenceError as error:
            status, code = STATUS[type(error)]
            raise ApiError(status, code, str(error)) from error


def _message(token: str, made: evidence.Evidence) -> Incoming:
    """The file's place in the conversation, for the order of things and for the ticket's thread."""
    is_picture = made.media_type.startswith("image/")
    file = Attachment(made.name, made.media_type, made.size, f"evidence:{made.id}")
    return Incoming(
        channel="web",
        account="",
        address=token,
        external_id=f"{token[:12]}:file-{made.id}",
        kind="image" if is_picture else "voice" if made.media_type.startswith("audio/") else "file",
        attachments=(file,),
    )
