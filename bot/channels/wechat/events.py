"""WeChat's messages and events as ours. Every kind is a file in tests/channels/wechat."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

from bot.channels.base import NotForUs, Unreadable
from bot.channels.text import is_payload, worker_text
from bot.messages import Attachment, Incoming

# What opens a window of customer-service messages, by event; a message opens the long one.
OPENS = {
    "CLICK": "click",
    "scancode_push": "click",
    "scancode_waitmsg": "click",
    "subscribe": "subscribe",
    "SCAN": "scan",
}
MEDIA = {"image": ("image", "image/jpeg"), "video": ("file", "video/mp4"), "shortvideo": ("file", "video/mp4")}
DIGITS = 2  # of a place: about a kilometre


def opens(fields: dict[str, str]) -> str | None:
    if fields.get("MsgType") != "event":
        return "message"
    return OPENS.get(fields.get("Event", ""))


def happened_at(fields: dict[str, str]) -> float:
    return float(fields.get("CreateTime", "0")[:12] or 0)


def as_incoming(fields: dict[str, str], account: str) -> Incoming:
    follower, kind, stamp = fields.get("FromUserName", ""), fields.get("MsgType", ""), fields.get("CreateTime", "")
    if not follower or not kind or not stamp.isdecimal():
        raise Unreadable("FromUserName, MsgType or CreateTime is missing")
    found = _event(fields) if kind == "event" else _message(kind, fields)
    return Incoming(
        channel="wechat",
        account=account,
        address=follower,
        external_id=_id(fields),
        sent_at=datetime.fromtimestamp(int(stamp[:11]), timezone.utc),
        **found,
    )


def _id(fields: dict[str, str]) -> str:
    """MsgId where there is one; events have none and are told apart by sender, second, event and key."""
    if fields.get("MsgId"):
        return fields["MsgId"]
    key = "|".join(fields.get(name, "") for name in ("FromUserName", "CreateTime", "Event", "EventKey"))
    return f"event:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _message(kind: str, fields: dict[str, str]) -> dict[str, Any]:
    if kind == "text":
        return {"kind": "text", "text": worker_text(fields.get("Content", "")) or "（空消息）"}
    if kind == "voice":
        sound = Attachment("voice", f"audio/{fields.get('Format', 'amr')[:10]}", 0, fields.get("MediaId", "")[:200])
        return {"kind": "voice", "text": worker_text(fields.get("Recognition", "")), "attachments": (sound,)}
    if kind in MEDIA:
        ours, media_type = MEDIA[kind]
        return {"kind": ours, "attachments": (Attachment(kind, media_type, 0, fields.get("MediaId", "")[:200]),)}
    if kind == "location":
        return _place(fields)
    if kind == "link":
        return {"kind": "text", "text": worker_text(f"{fields.get('Title', '')} {fields.get('Url', '')}")}
    raise NotForUs(f"a message of kind {kind[:20]}")


def _place(fields: dict[str, str]) -> dict[str, Any]:
    try:
        place = {"latitude": float(fields["Location_X"]), "longitude": float(fields["Location_Y"])}
    except (KeyError, ValueError) as error:
        raise Unreadable("a place without its numbers") from error
    rounded = {name: round(value, DIGITS) for name, value in place.items()}
    return {"kind": "location", "text": worker_text(fields.get("Label", "")), "extra": rounded}


def _event(fields: dict[str, str]) -> dict[str, Any]:
    event, key = fields.get("Event", ""), fields.get("EventKey", "")
    if event in ("subscribe", "SCAN"):
        scene = worker_text(key.removeprefix("qrscene_"))[:64]
        return {"kind": "event", "text": "你好", **({"extra": {"scene": scene}} if scene else {})}
    if event == "CLICK" and is_payload(key):
        return {"kind": "button", "payload": key}
    raise NotForUs(f"the event {event[:40]}")
