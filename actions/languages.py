"""Languages other than Chinese: a sentence in the worker's own language, and a ticket that names the language.

The languages are data (knowledge/data/words/languages.yml), so that another one is a line there.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import yaml

from actions.chat import MENU
from actions.fallback import PERSON
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets
from knowledge.words import DATA

_CODE = re.compile(r"[;{}<>=\\]|--|https?:")  # somebody tries what we take for commands, or sends a link
_CHINESE = re.compile(r"[一-鿿]")
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|[aoeiuv])"
)
_PINYIN = re.compile(rf"{_SYLLABLE}(?:[ ']?{_SYLLABLE})+[.?!。？！ ]*", re.IGNORECASE)
LEAST_PINYIN = 8  # letters; less may be anything


@dataclass(frozen=True)
class Language:
    """How a language is told by its letters, and what its speakers read."""

    name: str
    letters: re.Pattern[str]
    words: int
    text: str


@functools.lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    raw = yaml.safe_load((DATA / "languages.yml").read_text(encoding="utf-8"))
    return tuple(Language(row["name"], re.compile(row["letters"]), row.get("words", 1), row["text"]) for row in raw)


def language_of(text: str) -> Language | None:
    """The language when it is not Chinese; a few letters among Chinese words are Chinese."""
    if _CODE.search(text):
        return None
    chinese = len(_CHINESE.findall(text))
    for one in languages():
        letters = len(one.letters.findall(text))
        if letters >= one.words and (letters > chinese if one.words == 1 else not chinese):
            return one
    return None


def is_pinyin(text: str) -> bool:
    """Chinese in Latin letters: every word is made of its syllables, which no English sentence is."""
    return len(text) >= LEAST_PINYIN and _PINYIN.fullmatch(text.strip()) is not None


def reply_in_own_language(turn: Turn, world: World) -> Outcome | None:
    if not turn.press and is_pinyin(turn.text):
        return say(Outgoing(kind="fallback", text=replies.PINYIN, topic="oos", buttons=(PERSON, *MENU)))
    language = None if turn.press else language_of(turn.text)
    if language is None:
        return None
    number = None
    if turn.stores:
        with world.database.transaction() as session:
            ticket = tickets.find_open(session, turn.conversation_id or "") or tickets.open_ticket(
                session,
                key=f"{turn.message_id}:language:0",
                conversation_id=turn.conversation_id,
                category="T-OTHER",
                facts={"inbox": int(turn.message_id), "language": language.name},
            )
        number = ticket.number
        bell.ring("desk")
    text = language.text.format(number=number or "12351")
    return say(Outgoing(kind="ticket", text=text, topic="human", ticket=number))
