"""A message without words (a voice, a picture, a place) gets a kind sentence, never silence and never a guess."""

from __future__ import annotations

from typing import Any

from bot.messages import Outgoing

NO_WORDS = {
    "voice": "语音我还听不了，对不住。请打字说，一两句就行；不方便打字，可以打12351，跟人说。",
    "image": "图片收到了，可我看不懂图里的字。请打字说说你遇到了什么事；图片请自己留好，以后当证据用。",
    "file": "文件收到了，可我看不了里面写的。请打字说说你遇到了什么事；文件请自己留好，以后当证据用。",
    "location": "位置收到了。请再打字说一下：你在哪个省哪个市，遇到了什么事？",
    "contact": "号码不用发给我，我也不留。要找人说话，发“转人工”，或者打12351。",
}
IN_THREAD = {
    "voice": "〔语音〕",
    "image": "〔图片〕",
    "file": "〔文件〕",
    "location": "〔位置〕",
    "contact": "〔名片〕",
}


def replies_to(body: dict[str, Any]) -> list[Outgoing]:
    """The sentence for a message that has no words of its own; nothing when Rasa can read it."""
    kind = body.get("kind", "text")
    has_words = bool(body.get("text") or body.get("payload")) and kind != "contact"
    return [] if has_words or kind not in NO_WORDS else [Outgoing(kind="info", text=NO_WORDS[kind])]


def in_thread(body: dict[str, Any]) -> str:
    """How the message reads on a ticket; the files themselves stand beside the thread (hotline/evidence)."""
    names = "、".join(one["name"] for one in body.get("attachments", ()))
    marked = f"{IN_THREAD.get(body.get('kind', 'text'), '')}{names}"
    return " ".join(part for part in (marked, body.get("text", "")) if part)
