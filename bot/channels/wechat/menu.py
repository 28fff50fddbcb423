"""The menu at the foot of the account's chat: at most three buttons with at most five below each."""

from __future__ import annotations

from typing import Any

MENU: dict[str, Any] = {
    "button": [
        {
            "name": "问规定",
            "sub_button": [
                {"type": "click", "name": "工资被拖欠", "key": "ask:wages"},
                {"type": "click", "name": "被辞退了", "key": "ask:termination"},
                {"type": "click", "name": "受工伤了", "key": "ask:injury"},
                {"type": "click", "name": "社保问题", "key": "ask:insurance"},
                {"type": "click", "name": "更多", "key": "menu"},
            ],
        },
        {
            "name": "找人帮",
            "sub_button": [
                {"type": "click", "name": "登记求助", "key": "ticket:T-OTHER"},
                {"type": "click", "name": "查工单", "key": "status"},
                {"type": "click", "name": "转人工", "key": "human"},
            ],
        },
        {"name": "算一算", "type": "click", "key": "menu_more"},
    ]
}


def with_page(menu: dict[str, Any], public_url: str) -> dict[str, Any]:
    """The third button opens our page of sums where workers can reach it."""
    if not public_url.startswith("https://"):
        return menu
    page = {"type": "view", "name": "算一算", "url": f"{public_url.rstrip('/')}/calculators"}
    return {"button": [*menu["button"][:2], page]}
