"""Which action answers which intent. nlu_data/rules/routes.yml says the same to Rasa; a test compares them."""

from __future__ import annotations

from actions.answer import answer
from actions.chat import chat
from actions.crisis import crisis
from actions.fallback import fallback
from actions.human import human
from actions.press import press
from actions.turn import Verb

TOPICS = (
    "wages",
    "hours",
    "contract",
    "termination",
    "dispatch",
    "insurance",
    "injury",
    "women",
    "union",
    "collective",
    "dispute",
    "aid",
    "platform",
)

# What a worker says about the conversation itself. Each answers like small talk until it has an action of its own.
CONTROL = (
    "affirm",
    "deny",
    "cancel",
    "repeat",
    "unclear",
    "complain_bot",
    "why_law",
    "more_detail",
    "shorter",
    "wrong_answer",
    "useful",
    "not_useful",
    "give_fact",
    "privacy",
    "remind_stop",
    "followup",
)

ACTIONS: dict[str, Verb] = {
    "action_answer": answer,
    "action_human": human,
    "action_crisis": crisis,
    "action_chat": chat,
    "action_fallback": fallback,
    "action_press": press,
}

ACTION_OF_INTENT: dict[str, str] = {
    **dict.fromkeys(TOPICS, "action_answer"),
    **dict.fromkeys(CONTROL, "action_chat"),
    "human": "action_human",
    "status_query": "action_human",
    "crisis": "action_crisis",
    "chitchat": "action_chat",
    "oos": "action_fallback",
    "press": "action_press",
}
