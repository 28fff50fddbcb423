"""Alarms at the desk: those that nobody has acknowledged, those of these days, and the one button: “I have it”."""

from __future__ import annotations

from starlette.responses import Response

from hotline import alarms
from hotline.console import ringing
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit

AS = {"duty": "值班", "deputy": "替班"}
WAYS = {"sms": "发了短信", "webhook": "通知了网址", "none": "没有值班电话，只响页面"}
NOBODY = "那时没有人值班"


@page("/desk/alarms", "alarm.read")
def board(visit: Visit) -> Response:
    with visit.reading() as session:
        open_ones, over = alarms.raised(session, visit.viewer), alarms.recent(session, visit.viewer)
        calls = {one.id: alarms.calls(session, one.id) for one in (*open_ones, *over)}
    told = {one.id: ringing.told(one) for one in (*open_ones, *over)}
    return visit.render(
        "duty/alarms.html", open_ones=open_ones, over=over, calls=calls, told=told, as_what=AS, ways=WAYS, nobody=NOBODY
    )


@page("/desk/alarms/{alarm:int}/acknowledge", "alarm.acknowledge", "POST")
def acknowledge(visit: Visit) -> Response:
    """“I have it”: nobody else is called any more."""
    number = visit.number("alarm")
    try:
        with visit.transaction() as session:
            if alarms.find(session, number, visit.viewer) is None:
                raise NotThere("没有这条提醒")
            alarms.acknowledge(session, number, visit.operator.id)
    except alarms.AlarmGone as gone:
        raise Refused(str(gone)) from gone
    return visit.go("/desk/alarms")


PAGES = [board, acknowledge]
