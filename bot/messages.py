"""The words every stage shares: what a worker sent, what goes back to him, and its buttons.

Imported inside the Rasa process too, so it stays importable on Python 3.10 with nothing but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["answer", "clarify", "ask", "calc", "refer", "ticket", "crisis", "fallback", "info", "reply"]
KINDS: tuple[str, ...] = (
    "answer",
    "clarify",
    "ask",
    "calc",
    "refer",
    "ticket",
    "crisis",
    "fallback",
    "info",
    "reply",
)
Sender = Literal["bot", "operator", "system"]
IncomingKind = Literal["text", "button", "voice", "image", "file", "location", "contact", "event"]


@dataclass(frozen=True)
class Button:
    """A choice offered to the worker; `payload` says what it does (docs/words.md lists the verbs)."""

    title: str
    payload: str


@dataclass(frozen=True)
class Citation:
    """An article as it is shown: the law's short name, the article, the paragraph where one is meant.

    An empty article means the instrument as a whole: a notice that has none.
    """

    law: str
    article: str = ""
    paragraph: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file a worker sent: what it claims to be and where its bytes are kept."""

    name: str
    media_type: str
    size: int
    reference: str


@dataclass(frozen=True)
class Incoming:
    """One message from a worker, already verified and parsed; numbers that identify a person are masked."""

    channel: str
    account: str
    address: str
    external_id: str
    text: str = ""
    kind: IncomingKind = "text"
    payload: str = ""
    sent_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outgoing:
    """One message to a worker. A note is not an Outgoing: it has no road to a worker at all."""

    kind: Kind
    text: str
    sender: Sender = "bot"
    topic: str | None = None
    card: str | None = None
    version: str | None = None
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    ticket: str | None = None
    calculation: dict[str, Any] | None = None
    short: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The shape of DESIGN section 5, without the empty members."""
        full: dict[str, Any] = {
            "kind": self.kind,
            "text": self.text,
            "from": self.sender,
            "topic": self.topic,
            "card": self.card,
            "version": self.version,
            "citations": [{k: v for k, v in vars(c).items() if v is not None} for c in self.citations],
            "buttons": [{"title": b.title, "payload": b.payload} for b in self.buttons],
            "ticket": self.ticket,
            "calculation": self.calculation,
            "short": self.short,
            "extra": self.extra,
        }
        return {key: value for key, value in full.items() if value or key in ("kind", "text", "from")}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Outgoing:
        kind = raw["kind"]
        if kind not in KINDS:
            raise ValueError(f"unknown kind of outgoing message: {kind!r}; allowed: {', '.join(KINDS)}")
        return cls(
            kind=kind,
            text=raw["text"],
            sender=raw.get("from", "bot"),
            topic=raw.get("topic"),
            card=raw.get("card"),
            version=raw.get("version"),
            citations=tuple(Citation(**c) for c in raw.get("citations", ())),
            buttons=tuple(Button(b["title"], b["payload"]) for b in raw.get("buttons", ())),
            ticket=raw.get("ticket"),
            calculation=raw.get("calculation"),
            short=raw.get("short", ""),
            extra=raw.get("extra", {}),
        )
