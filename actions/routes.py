"""Which action answers which intent. nlu_data/rules/routes.yml says the same to Rasa; a test compares them."""

from __future__ import annotations

from actions.answer import answer
from actions.chat import chat
from actions.crisis import crisis
from actions.follow import follow
from actions.forms.remind import stop as remind_stop
from actions.human import human
from actions.loose import loose
from actions.press import press
from actions.privacy import privacy
from actions.status import status
from actions.turn import Verb

TOPICS = (
    *("wages", "hours", "contract", "termination", "dispatch", "insurance", "injury"),
    *("women", "union", "collective", "dispute", "aid", "platform"),
)
FOLLOWING = (
    *("why_law", "more_detail", "shorter", "wrong_answer", "complain_bot", "useful", "not_useful", "repeat"),
    "followup",
)
LOOSE = ("affirm", "deny", "cancel", "unclear", "give_fact")

ACTIONS: dict[str, Verb] = {
    "action_answer": answer,
    "action_human": human,
    "action_crisis": crisis,
    "action_chat": chat,
    "action_fallback": answer,  # it says what is not ours, after the cards have been asked
    "action_follow": follow,
    "action_loose": loose,
    "action_status": status,
    "action_privacy": privacy,
    "action_remind_stop": remind_stop,
    "action_press": press,
}

ACTION_OF_INTENT: dict[str, str] = {
    **dict.fromkeys(TOPICS, "action_answer"),
    **dict.fromkeys(FOLLOWING, "action_follow"),
    **dict.fromkeys(LOOSE, "action_loose"),
    "human": "action_human",
    "crisis": "action_crisis",
    "chitchat": "action_chat",
    "oos": "action_fallback",
    "status_query": "action_status",
    "privacy": "action_privacy",
    "remind_stop": "action_remind_stop",
    "press": "action_press",
}
