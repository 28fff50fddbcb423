"""Which channels this installation has: each is made when its settings are there."""

from __future__ import annotations

from bot.channels.base import Channel, ChannelState
from kit.settings import Settings


def configured_channels(configured: Settings, state: ChannelState) -> list[Channel]:
    return []
