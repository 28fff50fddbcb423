"""How tickets were handled: clocks kept, who answered, satisfaction, calls back, collective cases, alerts, load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hotline.audit.tables import AuditRecordRow
from hotline.policy.tables import AnswerRow
from hotline.reports.shapes import Line, Span, Table
from hotline.tickets.clocks import CALL_BACK, OWN, REVISIT
from hotline.tickets.shapes import OPEN_STATES
from hotline.tickets.tables import DeskRow, TicketClockRow, TicketEventRow, TicketRow
from hotline.warnings.tables import AlertRow
from kit import clock

STATION = "street"
HOUR = 3600
LEVELS = ("蓝色", "黄色", "橙色", "红色")


def clocks_kept(session: Session, span: Span) -> Table:
    """Against each clock: kept, missed, still running. A clock that ran out and still runs is missed."""
    rows = session.execute(
        select(TicketRow.priority, TicketClockRow.kind, TicketClockRow.due_at, TicketClockRow.done_at)
        .join(TicketRow, TicketRow.id == TicketClockRow.ticket_id)
        .where(*span.opened(), TicketClockRow.kind.in_(OWN), TicketClockRow.paused_at.is_(None))
    )
    now = clock.now()
    found: Counter[tuple[str, str, str]] = Counter()
    for priority, kind, due, done in rows:
        found[priority, kind, _verdict(due, done, now)] += 1
    lines = []
    for priority, kind in sorted({(priority, kind) for priority, kind, _verdict_ in found}):
        kept, missed, running = (found[priority, kind, verdict] for verdict in ("kept", "missed", "running"))
        share = round(100 * kept / (kept + missed), 1) if kept + missed else None
        lines.append(Line(kind, (share, priority, kept, missed, running)))
    columns = ("按时 %", "级别", "按时", "超时", "还在走")
    return Table("clock", "时限", columns, tuple(lines), "停着等工友的不算。")


def _verdict(due: datetime | None, done: datetime | None, now: datetime) -> str:
    if done is None:
        return "missed" if due is not None and due < now else "running"
    return "kept" if due is None or done <= due else "missed"


def times(session: Session, span: Span) -> Table:
    """How long it took in hours, by the wall clock: what the worker lived through."""
    rows = session.execute(
        select(TicketRow.priority, TicketRow.opened_at, TicketRow.first_act_at, TicketRow.closed_at).where(
            *span.opened()
        )
    )
    first: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    for priority, opened, acted, closed in rows:
        if acted is not None:
            first.setdefault(priority, []).append((acted - opened).total_seconds() / HOUR)
        if closed is not None:
            whole.setdefault(priority, []).append((closed - opened).total_seconds() / HOUR)
    lines = [
        Line(priority, (_middle(first.get(priority)), _middle(whole.get(priority)), len(whole.get(priority, ()))))
        for priority in sorted({*first, *whole})
    ]
    return Table("priority", "级别", ("首次处理（小时，中位）", "办结（小时，中位）", "已办结"), tuple(lines))


def _middle(values: list[float] | None) -> float | None:
    return round(median(values), 1) if values else None


def resolution(session: Session, span: Span) -> Table:
    """Conversations that got an answer from the policy base, and whether a person was needed as well."""
    answered = select(AnswerRow.conversation_id).where(AnswerRow.at >= span.begins, AnswerRow.at < span.ends)
    asked = set(session.scalars(answered.distinct()))
    handed = {
        talk
        for talk in session.scalars(select(TicketRow.conversation_id).where(*span.opened()).distinct())
        if talk is not None
    }
    lines = (
        Line("机器人答完", (len(asked - handed),)),
        Line("机器人答过，又找了人", (len(asked & handed),)),
        Line("直接找人", (len(handed - asked),)),
    )
    return Table("words", "怎么办的", ("对话",), lines, "一个对话算一次。机器人的回答不分服务台。")


def satisfaction(session: Session, span: Span) -> Table:
    """What workers said after closing; several ratings of one ticket count as its last."""
    scores = Counter(session.scalars(select(TicketRow.satisfaction).where(*span.closed())))
    reopened = session.scalar(
        select(func.count(func.distinct(TicketEventRow.ticket_id)))
        .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
        .where(
            TicketEventRow.kind == "reopened",
            TicketEventRow.at >= span.begins,
            TicketEventRow.at < span.ends,
            *span.counted(),
        )
    )
    lines = [Line(f"{score}分", (scores[score],)) for score in (5, 4, 3, 2, 1)]
    lines += [Line("没打分", (scores[None],)), Line("重新打开", (int(reopened or 0),))]
    return Table("words", "评价", ("工单",), tuple(lines))


def call_backs(session: Session, span: Span) -> Table:
    """The second person's calls and the visits after 7 and 30 days that fell due."""
    rows = session.execute(
        select(TicketClockRow.kind, TicketClockRow.due_at, TicketClockRow.done_at)
        .join(TicketRow, TicketRow.id == TicketClockRow.ticket_id)
        .where(
            *span.counted(),
            or_(TicketClockRow.kind == CALL_BACK, TicketClockRow.kind.startswith(REVISIT)),
            TicketClockRow.due_at >= span.begins,
            TicketClockRow.due_at < span.ends,
        )
    )
    now = clock.now()
    found: Counter[tuple[str, str]] = Counter()
    for kind, due, done in rows:
        found[kind, _verdict(due, done, now)] += 1
    lines = [
        Line(kind, tuple(found[kind, verdict] for verdict in ("kept", "missed", "running")))
        for kind in sorted({kind for kind, _verdict_ in found})
    ]
    return Table("clock", "回访", ("按时", "超时", "还没到"), tuple(lines))


def collective(session: Session, span: Span) -> Table:
    """Master cases: how many tickets and people stand behind each."""
    masters = {
        row.id: row
        for row in session.scalars(
            select(TicketRow).where(
                *span.opened(),
                TicketRow.id.in_(select(TicketRow.master_id).where(TicketRow.master_id.is_not(None))),
            )
        )
    }
    joined = session.execute(
        select(TicketRow.master_id, func.count(), func.sum(TicketRow.people_count))
        .where(TicketRow.master_id.in_(masters))
        .group_by(TicketRow.master_id)
    )
    lines = [
        Line(masters[master].number, (int(size), int(people), masters[master].employer, masters[master].state))
        for master, size, people in joined
        if master is not None
    ]
    return Table("words", "总案", ("加入的工单", "人数", "单位", "状态"), tuple(sorted(lines, key=lambda one: one.key)))


def alerts(session: Session, span: Span) -> Table:
    """Warnings raised, and whether the duty officer's clock was kept."""
    conditions = [AlertRow.opened_at >= span.begins, AlertRow.opened_at < span.ends]
    if span.desk_ids is not None:
        conditions.append(AlertRow.desk_id.in_(span.desk_ids))
    rows = session.execute(
        select(AlertRow.level, AlertRow.persons, AlertRow.report_by, AlertRow.acknowledged_at).where(*conditions)
    )
    now = clock.now()
    found: Counter[tuple[int, str]] = Counter()
    people: Counter[int] = Counter()
    for level, persons, due, done in rows:
        found[level, _verdict(due, done, now) if due is not None else "none"] += 1
        people[level] += persons
    lines = []
    for level in sorted(people, reverse=True):
        sizes = {verdict: found[level, verdict] for verdict in ("kept", "missed", "running", "none")}
        title = LEVELS[level - 1] if 1 <= level <= len(LEVELS) else str(level)
        lines.append(Line(title, (sum(sizes.values()), people[level], sizes["kept"], sizes["missed"])))
    return Table("words", "级别", ("预警", "涉及人数", "按时接报", "超时"), tuple(lines), "只给班长以上看，不对外。")


def load(session: Session, span: Span) -> Table:
    """What each operator carries, and how often he looked at what is masked."""
    open_now = _by_owner(session, [TicketRow.state.in_(OPEN_STATES), *span.counted()])
    closed = _by_owner(session, span.closed())
    revealed: Counter[str] = Counter(
        session.scalars(
            select(AuditRecordRow.actor).where(
                AuditRecordRow.act == "field.revealed",
                AuditRecordRow.at >= span.begins,
                AuditRecordRow.at < span.ends,
                AuditRecordRow.actor.startswith("operator:"),
            )
        )
    )
    everybody = {*open_now, *closed}
    if span.desk_ids is None:
        everybody |= {int(actor.partition(":")[2]) for actor in revealed}
    lines = [Line(str(id), (open_now[id], closed[id], revealed[f"operator:{id}"])) for id in sorted(everybody)]
    return Table("operator", "同事", ("手上在办", "这段办结", "看过遮住的信息"), tuple(lines))


def _by_owner(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Counter[int]:
    rows = session.execute(
        select(TicketRow.owner_id, func.count())
        .where(TicketRow.owner_id.is_not(None), *conditions)
        .group_by(TicketRow.owner_id)
    )
    return Counter({int(owner): int(size) for owner, size in rows if owner is not None})


def stations(session: Session, span: Span) -> Table:
    """Stations that are open in each district, and what they handled themselves."""
    held = list(session.scalars(select(DeskRow).where(DeskRow.is_open)))
    if span.desk_ids is not None:
        held = [desk for desk in held if desk.id in span.desk_ids]
    led = {
        str(desk): int(size)
        for desk, size in session.execute(
            select(TicketRow.desk_id, func.count()).where(*span.opened()).group_by(TicketRow.desk_id)
        )
    }
    lines = []
    for parent in held:
        below = [desk for desk in held if desk.parent == parent.id]
        own = [desk for desk in below if desk.kind == STATION]
        if own or parent.kind == "district":
            lines.append(Line(parent.id, (len(own), sum(led.get(desk.id, 0) for desk in own), led.get(parent.id, 0))))
    note = "来源文件 2010 年的目标是一半的镇（街道）设站；各区有多少个镇（街道）本系统没有，请对照当地名单。"
    return Table("desk", "区县", ("站点", "站点接的工单", "区县台接的工单"), tuple(lines), note)
