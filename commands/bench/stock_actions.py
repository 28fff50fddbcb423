"""The stock side's actions: run in the Rasa environment by `python -m rasa_sdk`, one fixed answer."""

from typing import Any

from rasa_sdk import Action

NAMES = (
    *("action_answer", "action_human", "action_crisis", "action_chat", "action_fallback", "action_follow"),
    *("action_loose", "action_status", "action_privacy", "action_remind_stop", "action_press"),
)
TEXT = "工资最晚每月要发一次。先留好考勤、转账和聊天记录，再向劳动监察投诉或者申请仲裁。"


def _action(action_name: str) -> type:
    class Fixed(Action):  # type: ignore[misc]
        def name(self) -> str:
            return action_name

        def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
            dispatcher.utter_message(json_message={"kind": "answer", "text": TEXT})
            return []

    Fixed.__module__ = __name__
    return Fixed


for _name in NAMES:
    globals()[_name.title().replace("_", "")] = _action(_name)
