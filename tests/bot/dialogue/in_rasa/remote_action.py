"""The compiled check accepts and refuses exactly what Rasa's own check accepts and refuses; our route gets all that it
reads; the connection is kept, and a new one is opened when the server hung up."""

import asyncio
import json

import jsonschema
import rasa.core.actions.action as rasa_action
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

stock = rasa_action.RemoteAction._validate_action_result

from bot.dialogue import remote_action  # noqa: E402

remote_action.patch()
remote_action.patch()
ours = rasa_action.RemoteAction._validate_action_result

ANSWERS = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "talk", "value": {"a": 1}}], "responses": [{"text": "x"}]},
    {"events": [], "responses": [{"custom": {"kind": "answer"}, "buttons": []}]},
    {"events": [{"name": "no event"}], "responses": []},
    {"events": "nothing", "responses": []},
    {"events": [], "responses": {}},
    {"responses": [1]},
    [],
    None,
]


def verdict(check, answer):
    action = rasa_action.RemoteAction("action_answer", None)
    try:
        return check(action, answer)
    except jsonschema.ValidationError:
        return "refused"


verdicts = [(verdict(stock, answer), verdict(ours, answer)) for answer in ANSWERS]
assert all(theirs == mine for theirs, mine in verdicts), verdicts
assert {"refused", True} <= {mine for _, mine in verdicts}


async def kept_connection():
    """A server that counts its connections; after every second answer it hangs up."""
    connections, calls = [], []

    async def serve(reader, writer):
        connections.append(writer)
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
            calls.append(json.loads(await reader.readexactly(length)))
            answer = b'{"events": [], "responses": []}'
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer)
            writer.write(head + answer)
            if len(calls) % 2 == 0:
                writer.close()
                return

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    action = rasa_action.RemoteAction("action_answer", EndpointConfig(f"http://127.0.0.1:{port}/"))
    tracker = DialogueStateTracker.from_events("c", [UserUttered("工资", {"name": "wages"}, [{"entity": "region"}])])
    for _ in range(4):
        assert await action.run(CollectingOutputChannel(), None, tracker, Domain.empty()) == []
        await asyncio.sleep(0.05)
    assert len(connections) == 2, len(connections)
    server.close()
    return calls


read = asyncio.run(kept_connection())[0]["tracker"]
assert read["latest_message"]["text"] == "工资"
assert read["latest_message"]["intent"] == {"name": "wages"}
assert read["latest_message"]["entities"] == [{"entity": "region"}]
assert read["slots"] == {}
print("ok")
