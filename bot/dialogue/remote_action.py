"""A shorter road from Rasa to our action route, with the same answers (decision 0080).

Rasa 3.6.21 checks an unchanging schema against its meta-schema at every action (68 % of a turn, DESIGN section 7),
opens a new connection for every call, and sends the whole domain and every event of the conversation, of which our
route reads nothing. Here the schema is compiled once, the connection is kept, and only what is read is sent. What is
accepted and refused stays the same (tests/bot/dialogue/in_rasa/remote_action.py compares both).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import jsonschema
import jsonschema.validators
import rasa
import rasa.core.actions.action as rasa_action
from rasa.utils.endpoints import EndpointConfig

if TYPE_CHECKING:
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

KEEP_IDLE = 15.0  # seconds; our server keeps idle connections for 30, so it is never the first to hang up


def patch() -> None:
    """Replace the check, the call's form and the session, once."""
    if getattr(rasa_action.RemoteAction._validate_action_result, "is_compiled_once", False):
        return
    rasa_action.RemoteAction._validate_action_result = _compiled_check()  # type: ignore[method-assign]
    rasa_action.RemoteAction._action_call_format = call_format  # type: ignore[method-assign]
    EndpointConfig.session = kept_session  # type: ignore[method-assign]


def _compiled_check() -> Any:
    schema = rasa_action.RemoteAction.action_response_format_spec()
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    def validate(self: Any, result: Any) -> bool:
        try:
            validator.validate(result)
        except jsonschema.ValidationError as error:
            error.message += (
                ". The action server's answer is not valid; its format is described at "
                f"{rasa_action.DOCS_BASE_URL}/custom-actions"
            )
            raise
        return True

    validate.is_compiled_once = True  # type: ignore[attr-defined]
    return validate


def call_format(self: rasa_action.RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """What actions/server.py reads: the message as understood, and the slots."""
    state = {
        "sender_id": tracker.sender_id,
        "slots": tracker.current_slot_values(),
        "latest_message": tracker._latest_message_data(),
        "latest_action_name": tracker.latest_action_name,
        "events": [],
    }
    call = {"next_action": self.name(), "sender_id": tracker.sender_id, "tracker": state}
    return {**call, "domain": {}, "version": rasa.__version__}


class KeptSession:
    """Entered and left with every request as Rasa does it, and closed never: the process has one for each endpoint."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self.session

    async def __aexit__(self, *_: object) -> None:
        """The next call uses it again."""


def kept_session(self: EndpointConfig) -> KeptSession:
    known: KeptSession | None = getattr(self, "kept", None)
    if known is None or known.session.closed:
        auth = aiohttp.BasicAuth(self.basic_auth["username"], self.basic_auth["password"]) if self.basic_auth else None
        connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_IDLE, limit=0)
        timeout = aiohttp.ClientTimeout(total=rasa_action.DEFAULT_REQUEST_TIMEOUT)
        session = aiohttp.ClientSession(headers=self.headers, auth=auth, connector=connector, timeout=timeout)
        known = KeptSession(session)
        self.kept = known  # type: ignore[attr-defined]
    return known
