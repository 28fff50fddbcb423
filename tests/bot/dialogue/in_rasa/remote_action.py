"""The compiled check accepts and refuses exactly what Rasa's own check accepts and refuses."""

import jsonschema
import rasa.core.actions.action as rasa_action

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
print("ok")
