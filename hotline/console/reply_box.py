"""What the channel of a conversation still takes: shown beside the reply box before anybody writes in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.sms.parts import MOST_PARTS
from bot.channels.wechat.window import Ledger
from bot.mailbox.state import MailboxState
from bot.mailbox.tables import ConversationRow
from kit import clock
from kit.db import Database

WECHAT_BYTES = 2048
TELEGRAM_CHARACTERS = 4096


@dataclass(frozen=True)
class Limits:
    """`unit` says how the script counts: bytes, parts, characters or nothing. `left` None means without limit."""

    channel: str
    unit: str = ""
    each: int = 0
    most: int = 0
    left: int | None = None
    closes_at: datetime | None = None
    is_shut: bool = False
    words: str = ""


def limits(database: Database, conversation: ConversationRow | None) -> Limits:
    if conversation is None:
        return Limits("", is_shut=True, words="这张工单没有对话渠道：打电话回复，再记一条“电话告知”。")
    channel = conversation.channel
    if channel == "wechat":
        return _wechat(MailboxState(database), conversation.address)
    if channel == "sms":
        words = f"短信：一条70字，长短信每条67字，最多{MOST_PARTS}条，按条计费。"
        return Limits(channel, "parts", most=MOST_PARTS, words=words)
    if channel == "telegram":
        return Limits(channel, "characters", each=TELEGRAM_CHARACTERS, words="一条最多4096字，长了自动分开。")
    return Limits(channel, words="网页：他打开页面就看得到；关了页面，下次打开接着看。")


def _wechat(state: MailboxState, follower: str) -> Limits:
    left = Ledger(state).left(follower)
    windows: dict[str, dict[str, Any]] = state.get(f"wechat:ledger:{follower}") or {}
    now = clock.now().timestamp()
    closing = [float(one["until"]) for one in windows.values() if float(one["until"]) > now and one["left"] > 0]
    closes = datetime.fromtimestamp(max(closing), UTC) if closing else None
    if left:
        words = f"微信：还能发{left}条，窗口到 {clock.local(closes).strftime('%m-%d %H:%M')}。" if closes else ""
        return Limits("wechat", "bytes", WECHAT_BYTES, left=left, closes_at=closes, words=words)
    words = "微信窗口关了（48小时没来信，或5条用完）：写好照样能发，先存着，他下次说话时自动送到。急事请打电话。"
    return Limits("wechat", "bytes", WECHAT_BYTES, left=0, is_shut=True, words=words)
