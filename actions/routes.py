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
    "human": "action_human",
    "crisis": "action_crisis",
    "chitchat": "action_chat",
    "oos": "action_fallback",
    "press": "action_press",
}
