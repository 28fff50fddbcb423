"""A conversation survives a restart and another process, keeps its slots when turns are dropped, and stays small."""

import asyncio
import json
import sqlite3
import tempfile
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.dialogue.tracker_store import ConversationStore

DOMAIN = Domain.from_dict(
    {
        "intents": ["wages"],
        "slots": {"talk": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
        "actions": ["action_answer"],
    }
)


async def turn(store, number):
    tracker = await store.get_or_create_tracker("c")
    tracker.update(UserUttered(f"第{number}句", {"name": "wages", "confidence": 1.0}))
    tracker.update(ActionExecuted("action_answer"))
    tracker.update(BotUttered("答"))
    tracker.update(SlotSet("talk", {"card": f"wages.{number}"}))
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)


async def main(path):
    one = ConversationStore(DOMAIN, f"sqlite:///{path}")
    for number in range(40):
        await turn(one, number)
    two = ConversationStore(DOMAIN, f"sqlite:///{path}")
    elsewhere = await two.retrieve("c")
    assert elsewhere.get_slot("talk") == {"card": "wages.39"}
    assert elsewhere.latest_action_name == "action_listen"
    await turn(two, 40)
    back = await one.retrieve("c")
    assert back.get_slot("talk") == {"card": "wages.40"}, "the warm tracker was stale and had to be read again"
    assert list(await one.keys()) == ["c"]
    events = json.loads(sqlite3.connect(path).execute("select events from rasa_conversation").fetchone()[0])
    assert len(events) < 60
    assert not any(event.get("text") == "第0句" for event in events)
    assert max(len(json.dumps(event, ensure_ascii=False).encode()) for event in events) < 4096


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(Path(folder) / "tracker.db"))
print("ok")
