"""How many customer-service messages WeChat still takes for a follower.

Five within 48 hours of his message, three within a minute of a click on the menu, a subscription or a scan.
The ledger is our own count; WeChat's errcode decides in the end.
"""

from __future__ import annotations

from bot.channels.base import ChannelState, QuotaUsed, WindowShut
from kit import clock

DAY = 86400.0
# What he did -> how many seconds the window stays open, how many messages fit in.
WINDOWS = {"message": (2 * DAY, 5), "click": (60.0, 3), "subscribe": (60.0, 3), "scan": (60.0, 3)}


class Ledger:
    def __init__(self, state: ChannelState) -> None:
        self._state = state

    def opened(self, follower: str, event: str, happened_at: float) -> None:
        """He did something; a repeat of the same webhook gives nothing back that was spent."""
        windows = self._windows(follower)
        if float(windows.get(event, {}).get("at", 0)) >= happened_at:
            return
        seconds, most = WINDOWS[event]
        windows[event] = {"at": happened_at, "until": clock.now().timestamp() + seconds, "left": most}
        self._state.put(_key(follower), windows, 3 * DAY)

    def spend(self, follower: str) -> None:
        """Take one message from the window that shuts first, or say why none is left."""
        windows = self._windows(follower)
        now = clock.now().timestamp()
        is_open = [name for name, window in windows.items() if window["until"] > now]
        usable = [name for name in is_open if windows[name]["left"] > 0]
        if not usable:
            raise QuotaUsed("all messages of this window are used") if is_open else WindowShut("the window is shut")
        first = min(usable, key=lambda name: float(windows[name]["until"]))
        windows[first]["left"] -= 1
        self._state.put(_key(follower), windows, 3 * DAY)

    def left(self, follower: str) -> int:
        now = clock.now().timestamp()
        return sum(int(window["left"]) for window in self._windows(follower).values() if window["until"] > now)

    def shut(self, follower: str) -> None:
        """WeChat says that no more goes, whatever we had counted."""
        self._state.drop(_key(follower))

    def _windows(self, follower: str) -> dict[str, dict[str, float]]:
        return self._state.get(_key(follower)) or {}


def _key(follower: str) -> str:
    return f"wechat:ledger:{follower}"
