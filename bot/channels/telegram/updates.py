"""Telegram's updates as our messages. Every kind of update is a file in tests/channels/telegram."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from telegram import CallbackQuery, Message, Update

from bot.channels.base import Answer, NotForUs, Unreadable
from bot.channels.text import is_payload, worker_text
from bot.messages import Attachment, Incoming

ONLY_ALONE = "我只在私聊里回答：点我的头像，直接发消息给我就行。"
START = "/start"
DOMAIN = 2  # digits of latitude and longitude that are kept: about a kilometre, enough for the city

FindPayload = Callable[[str], str | None]


def read(body: bytes) -> Update:
    """The update in a webhook's body, or Unreadable."""
    try:
        raw = json.loads(body)
        update = Update.de_json(raw, None) if isinstance(raw, dict) else None
    except (ValueError, RecursionError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise Unreadable(f"no update: {type(error).__name__}") from error
    if update is None or not isinstance(update.update_id, int):
        raise Unreadable("no update: update_id is missing")
    return update


def as_incoming(update: Update, account: str, find_payload: FindPayload) -> Incoming:
    """The worker's message in an update; NotForUs for what asks nothing of us."""
    if update.callback_query is not None:
        return _press(update, update.callback_query, account, find_payload)
    message = update.message or update.edited_message
    if message is None:
        raise NotForUs("an update without a message")
    if message.chat.type != "private":
        raise NotForUs("a group", answer=_polite(message))
    if message.from_user is None or message.from_user.is_bot:
        raise NotForUs("a bot wrote")
    fields = _fields(message)
    if not fields:
        raise NotForUs("a message of a kind that says nothing to us")
    if update.edited_message is not None:
        fields["extra"] = {**fields.get("extra", {}), "edited": True}
    return Incoming(
        channel="telegram",
        account=account,
        address=str(message.chat.id),
        external_id=str(update.update_id),
        sent_at=message.date,
        **fields,
    )


def _polite(message: Message) -> Answer | None:
    """One sentence in a group when somebody speaks to us there; otherwise silence."""
    text = message.text or ""
    if not text.startswith("/") and not message.new_chat_members and not message.group_chat_created:
        return None
    call = {"method": "sendMessage", "chat_id": message.chat.id, "text": ONLY_ALONE}
    return Answer(json.dumps(call, ensure_ascii=False), "application/json")


def _fields(message: Message) -> dict[str, Any]:
    caption = worker_text(message.caption or "")
    if message.text is not None:
        return _text(message.text)
    if message.voice or message.audio or message.video_note:
        sound = message.voice or message.audio or message.video_note
        return {"kind": "voice", "text": caption, "attachments": (_file(sound, "audio/ogg", "voice"),)}
    if message.photo:
        return {"kind": "image", "text": caption, "attachments": (_file(message.photo[-1], "image/jpeg", "photo"),)}
    if message.document or message.video:
        thing = message.document or message.video
        return {"kind": "file", "text": caption, "attachments": (_file(thing, "application/octet-stream", "file"),)}
    if message.contact:
        return {"kind": "contact", "text": worker_text(message.contact.phone_number or "")}
    if message.location:
        place = {"latitude": message.location.latitude, "longitude": message.location.longitude}
        named = worker_text(message.venue.address) if message.venue else ""
        return {"kind": "location", "text": named, "extra": {k: round(v, DOMAIN) for k, v in place.items()}}
    if message.sticker:
        return {"kind": "text", "text": worker_text(message.sticker.emoji or "") or "（表情）"}
    return {}


def _text(text: str) -> dict[str, Any]:
    command, _, scene = text.partition(" ")
    if command != START:
        return {"kind": "text", "text": worker_text(text.removeprefix("/"))}
    return {"kind": "text", "text": "你好", **({"extra": {"scene": worker_text(scene)[:64]}} if scene else {})}


def _file(thing: Any, media_type: str, kind: str) -> Attachment:
    name = worker_text(str(getattr(thing, "file_name", None) or kind))[:120]
    media_type = str(getattr(thing, "mime_type", None) or media_type)[:80]
    return Attachment(name, media_type, int(thing.file_size or 0), str(thing.file_id)[:200])


def _press(update: Update, query: CallbackQuery, account: str, find_payload: FindPayload) -> Incoming:
    """A pressed button; when its payload has been forgotten, the words on the button say the same."""
    chat = query.message.chat if query.message else None
    if chat is not None and chat.type != "private":
        raise NotForUs("a group")
    data = query.data or ""
    payload = find_payload(data) or ""
    title = worker_text(_title(query, data))
    if not is_payload(payload):
        payload = ""
    if not payload and not title:
        raise NotForUs("a button that nobody knows any more")
    return Incoming(
        channel="telegram",
        account=account,
        address=str(chat.id if chat is not None else query.from_user.id),
        external_id=str(update.update_id),
        text=title,
        kind="button" if payload else "text",
        payload=payload,
    )


def _title(query: CallbackQuery, data: str) -> str:
    markup = getattr(query.message, "reply_markup", None)
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")
