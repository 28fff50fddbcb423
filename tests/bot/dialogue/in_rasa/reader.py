"""Inside Rasa the reader is loaded from where the environment says, and without one questions are read once."""

import os
from pathlib import Path

import numpy as np

from bot.dialogue.components import careful
from bot.dialogue.components.topic_classifier import _reader
from bot.dialogue.components.topic_model import Understood
from knowledge.gemma.engine import NoReader


class Unsure:
    def understand(self, text: str, vector: np.ndarray) -> Understood:
        return Understood([("hours", 0.5), ("wages", 0.4), ("oos", 0.1)], [])


found = careful.understand(Unsure(), _reader(), "老板拖欠我三个月工资怎么办", np.zeros(4))
assert found.topics[0][0] == "wages", found
assert found.cards[0][0].startswith("wages."), found

os.environ["GONGYOU_READER"] = str(Path("nowhere"))
try:
    _reader()
except NoReader as error:
    assert "./gongyou train" in str(error)
else:
    raise AssertionError("a missing reader must not be passed over")
del os.environ["GONGYOU_READER"]
assert _reader() is None
print("ok")
