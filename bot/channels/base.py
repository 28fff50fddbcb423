"""What every channel is: verify, parse, send, and a small closed set of ways in which sending fails.

A channel knows neither the database nor another channel. What it must remember (tokens, nonces, a window's ledger)
goes through `ChannelState`, which the mailbox implements and tests keep in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.messages import Incoming, Outgoing


class ChannelError(Exception):
    """Base of everything that a channel raises."""


class Forged(ChannelError):
    """The webhook's signature, secret or time is wrong: 403."""


class Unreadable(ChannelError):
    """The webhook is ours but its body cannot be read: 400."""


class SendError(ChannelError):
    """A message was not delivered. `retryable` decides what happens next, `code` is what the operator sees.

    `parts_done` counts the parts of a long message that did arrive, so that a retry does not repeat them. The message
    of the error is stored and shown: it holds no token, no address and no word of a worker.
    """

    retryable = False
    code = "failed"
    possibly_sent = False

    def __init__(self, message: str = "", *, retry_after: float | None = None, parts_done: int = 0) -> None:
        super().__init__(message or self.code)
        self.retry_after = retry_after
        self.parts_done = parts_done


class PlatformUnavailable(SendError):
    """No connection, a time-out before the request was read, or a 5xx."""

    retryable = True
    code = "unavailable"


class AnswerLost(SendError):
    """The connection broke after the request was sent: the worker may have got the message."""

    retryable = True
    code = "answer_lost"
    possibly_sent = True


class RateLimited(SendError):
    retryable = True
    code = "rate_limited"


class WindowShut(SendError):
    """The platform lets us write again only after the worker writes: the reply waits.

    `was_told`: the platform let us say that something waits.
    """

    code = "window_shut"
    was_told = False


class MayNotSend(WindowShut):
    """The account has no permission to send by itself: an answer goes with the worker's next message."""

    code = "may_not_send"


class QuotaUsed(WindowShut):
    code = "quota_used"


class WorkerBlockedUs(SendError):
    code = "blocked"


class ChannelMisconfigured(SendError):
    """A wrong token, secret or permission: an operator must act, and until he has, nothing is given up."""

    retryable = True
    code = "misconfigured"


class Refused(SendError):
    """The platform will never take this message (too long, forbidden content)."""

    code = "refused"


@dataclass(frozen=True)
class Webhook:
    """An HTTP request as a channel sees it: the public URL, header names in lower case, `key` the end of the path."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """What a platform wants to read in the 200 that tells it not to repeat itself."""

    body: str = ""
    media_type: str = "text/plain"


class NotForUs(ChannelError):
    """A well-formed event that asks nothing of us: 200, no row. `answer` completes a platform's handshake."""

    def __init__(self, message: str = "", *, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.answer = answer


@dataclass(frozen=True)
class Report:
    """What became of a message after the platform had taken it; `reference` is the Recipient's."""

    reference: str
    delivered: bool
    detail: str = ""


@dataclass(frozen=True)
class Sent:
    platform_id: str = ""


@dataclass(frozen=True)
class Recipient:
    """Where a message goes; `reference` comes back in a platform's report on it."""

    account: str
    address: str
    reference: str = ""


class ChannelState(Protocol):
    """A small shared memory with expiry; `put_new` is atomic and says whether the key was free."""

    def get(self, key: str) -> dict[str, Any] | None: ...
    def put(self, key: str, value: dict[str, Any], ttl: float | None) -> None: ...
    def put_new(self, key: str, value: dict[str, Any], ttl: float | None) -> bool: ...
    def drop(self, key: str) -> None: ...


class Channel(Protocol):
    """One platform. `parse` may return several messages (an album, a batch) or raise NotForUs.

    `rate` is how many messages a second the platform takes from us. `send` leaves out the first `skip` parts: they
    arrived at an earlier attempt. `answer` is the body of the 200. A channel with `answers_in_place` seconds above 0
    can carry the reply in that body (`reply_in_place`) when it is ready by then. `fetch` brings a file that a worker
    sent and the platform holds, or raises a SendError. `typing` shows that somebody is at it; nothing depends on it.
    """

    name: str
    account: str
    rate: float
    answers_in_place: float

    def verify(self, hook: Webhook) -> None: ...
    def parse(self, hook: Webhook) -> list[Incoming | Report]: ...
    def answer(self, hook: Webhook) -> Answer: ...
    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None: ...
    def fit(self, outgoing: Outgoing) -> list[str]: ...
    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent: ...
    def fetch(self, reference: str, most: int) -> bytes: ...
    def typing(self, address: str) -> None: ...
    def close(self) -> None: ...
