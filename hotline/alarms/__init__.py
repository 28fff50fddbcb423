"""Alarms: a P0 ticket or an orange or red alert reaches a person, one after the other, until somebody has said yes."""

from hotline.alarms.service import Alarm, AlarmGone, acknowledge, raised, run

__all__ = ["Alarm", "AlarmGone", "acknowledge", "raised", "run"]
