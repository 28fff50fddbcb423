"""A conversation survives a restart and another process, keeps its slots when turns are dropped, and stays small."""

import asyncio
import json
import sqlite3
import tempfile
from pathlib import Path

from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SlotSet, UserUttered
from sqlalchemy.exc import IntegrityError

from bot.dialogue.tracker_store import ConversationStore, MovedOn

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


async def forgotten(store, path):
    """The worker has his words deleted: neither the row nor the process holds any of them."""
    tracker = await store.get_or_create_tracker("c")
    tracker.update(UserUttered("确认删除", {"name": "wages", "confidence": 1.0}))
    tracker.update(ActionExecuted("action_answer"))
    tracker.update(BotUttered("抹掉了"))
    tracker.update(Restarted())
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    row = sqlite3.connect(path).execute("select events from rasa_conversation").fetchone()[0]
    assert "句" not in row and "确认删除" not in row and "wages.40" not in row, row
    again = await store.get_or_create_tracker("c")
    assert again.get_slot("talk") is None
    assert not any(isinstance(event, UserUttered) for event in again.events)
    await turn(store, 41)
    assert (await store.retrieve("c")).get_slot("talk") == {"card": "wages.41"}


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
    assert len(events) < 30
    assert not any(event.get("text") == "第0句" for event in events)
    assert max(len(json.dumps(event, ensure_ascii=False).encode()) for event in events) < 4096
    await forgotten(one, path)


async def at_the_same_time(path):
    """Two processes in one conversation: the later one writes nothing, and Rasa does not hide it."""
    one, two = (FailSafeTrackerStore(ConversationStore(DOMAIN, f"sqlite:///{path}")) for _ in range(2))
    for _ in range(2):
        mine, theirs = await one.get_or_create_tracker("d"), await two.get_or_create_tracker("d")
        for tracker, store in ((mine, one), (theirs, two)):
            tracker.update(SlotSet("talk", {"by": str(id(store))}))
        await one.save(mine)
        try:
            await two.save(theirs)
        except (MovedOn, IntegrityError):
            pass
        else:
            raise AssertionError("the late process overwrote the turn of the other one")
        assert (await two.retrieve("d")).get_slot("talk")["by"] == str(id(one))


async def deleted_meanwhile(path):
    """A conversation that is deleted during a turn stays deleted."""
    store = ConversationStore(DOMAIN, f"sqlite:///{path}")
    await turn(store, 1)
    tracker = await store.get_or_create_tracker("c")
    with sqlite3.connect(path) as other:
        other.execute("delete from rasa_conversation")
    try:
        await store.save(tracker)
    except MovedOn:
        assert await store.retrieve("c") is None
    else:
        raise AssertionError("deleted words came back")


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(at_the_same_time(Path(folder) / "two.db"))
    asyncio.run(deleted_meanwhile(Path(folder) / "deleted.db"))
    asyncio.run(main(Path(folder) / "tracker.db"))
print("ok")
