"""What stands in the left column, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.console import roles


@dataclass(frozen=True)
class Entry:
    title: str
    path: str
    act: str
    count: str = ""
    key: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "接待",
        (
            Entry("来电来访", "/desk/new", "call.open", key="n"),
            Entry("进行中的对话", "/desk/conversations", "conversation.watch"),
            Entry("预警台", "/desk/alerts", "alert.read"),
            Entry("紧急提醒", "/desk/alarms", "alarm.read", "alarms"),
            Entry("值班", "/desk/rota", "rota.read"),
        ),
    ),
    Group(
        "工单",
        (
            Entry("我的", "/desk?view=mine", "queue.read", "mine"),
            Entry("本台", "/desk?view=desk", "queue.read", "desk"),
            Entry("待认领", "/desk?view=unassigned", "queue.read", "unassigned"),
            Entry("已超时", "/desk?view=overdue", "queue.read", "overdue"),
            Entry("有预警", "/desk?view=alerts", "queue.read", "alerts"),
            Entry("等对方", "/desk?view=waiting", "queue.read", "waiting"),
            Entry("全部", "/desk?view=all", "queue.read"),
        ),
    ),
    Group(
        "知识",
        (Entry("知识台", "/desk/knowledge", "knowledge.read"), Entry("上级文件", "/desk/documents", "knowledge.read")),
    ),
    Group(
        "看数",
        (Entry("报表", "/desk/reports", "report.read"), Entry("导出", "/desk/exports", "export.make")),
    ),
    Group(
        "系统",
        (
            Entry("账号", "/desk/operators", "operators"),
            Entry("令牌", "/desk/tokens", "token.manage"),
            Entry("通知别的系统", "/desk/hooks", "hook.manage"),
            Entry("常用回复", "/desk/canned", "canned.edit"),
            Entry("台的钟点", "/desk/hours", "desk.edit"),
            Entry("设定", "/desk/settings", "settings.read"),
            Entry("审计", "/desk/audit", "audit.read"),
            Entry("运行状况", "/desk/health", "health.read"),
            Entry("搁住的消息", "/desk/stuck", "stuck.mend"),
            Entry("帮助", "/desk/help", "own.account"),
        ),
    ),
)


def for_role(role: str) -> list[Group]:
    """Only what this role can open; a group with nothing in it is not shown."""
    shown = [
        Group(group.title, tuple(entry for entry in group.entries if roles.may_open(role, entry.act)))
        for group in GROUPS
    ]
    return [group for group in shown if group.entries]
