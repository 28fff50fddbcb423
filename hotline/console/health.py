"""How the whole is doing, without Grafana: queues, the last hour, duties, processes."""

from __future__ import annotations

from starlette.responses import Response

from hotline.console.door import page
from hotline.console.visit import Visit
from hotline.health import snapshot
from kit import clock

KINDS = {
    "answer": "答了卡片",
    "clarify": "请他选一个",
    "ask": "问一个情况",
    "calc": "算了一笔",
    "refer": "指了地方",
    "ticket": "登记工单",
    "crisis": "危急",
    "fallback": "没听懂或不归我们管",
    "info": "问候和说明",
    "reply": "人工答复",
    "None": "已清除",
}
STATES = {"open": "待办", "claimed": "办理中", "waiting": "等对方", "closed": "已办结"}


@page("/desk/health", "health.read")
def health(visit: Visit) -> Response:
    with visit.reading() as session:
        taken = snapshot.take(session, clock.now())
    return visit.render("health.html", health=taken, kinds=KINDS, states=STATES, troubles=troubles(taken))


def troubles(taken: snapshot.Health) -> list[str]:
    """What somebody should do something about, most pressing first."""
    waiting = taken.queues[0]
    found = []
    if waiting.oldest_s > 60:
        found.append(f"有工人的消息已等了 {waiting.oldest_s:.0f} 秒：看看 Rasa 和工作进程在不在。")
    found += [
        f"{one.name} 里最早的答复已等了 {one.oldest_s:.0f} 秒。" for one in taken.queues[1:] if one.oldest_s > 300
    ]
    found += [f"{one.id} 没打招呼就不动了。" for one in taken.processes if one.is_silent]
    late = [one for one in taken.duties if one.is_late]
    found += [f"定时任务“{one.name}”没有按时跑。{one.last_error}" for one in late]
    astray = [one for one in taken.processes if abs(one.about.get("clock_astray_s", 0)) > 30]
    found += [f"{one.id} 的钟差了 {one.about['clock_astray_s']:.0f} 秒（我们按数据库的钟走）。" for one in astray]
    versions = {one.about.get("policy_version") for one in taken.processes if not one.is_silent}
    if len(versions - {None}) > 1:  # None: it has not been asked anything yet
        found.append("各进程用的政策库版本不一样；几秒钟内会一致，一直不一致请重启。")
    if taken.buried:
        found.append(f"有 {taken.buried} 条消息处理不了，已搁在一边，请人到“搁住的消息”里看。")
    return found


PAGES = [health]
