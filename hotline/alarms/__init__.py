"""Alarms: a P0 ticket or an orange or red alert reaches a person, one after the other, until somebody has said yes."""

from hotline.alarms.board import Alarm, Call, calls, find, raised, recent
from hotline.alarms.service import AlarmGone, acknowledge, run

__all__ = ["Alarm", "AlarmGone", "Call", "acknowledge", "calls", "find", "raised", "recent", "run"]
