"""Places, industries, relations and laws are found in any spelling, and their places are those of the original text."""

import tempfile
import time
from pathlib import Path

from rasa.shared.nlu.training_data.message import Message

from bot.dialogue.components import zh
from bot.dialogue.components.facts import FactFinder

language, words = zh.build(Path("nlu_data/spacy"))
with tempfile.TemporaryDirectory() as folder:
    zh.save(language, words, Path(folder))
    loaded = zh.load(Path(folder))

finder = FactFinder(FactFinder.get_default_config(), None, None, loaded)


def found(text):
    (message,) = finder.process([Message({"text": text})])
    for one in message.get("entities"):
        assert 0 <= one["start"] < one["end"] <= len(text), one
    return {(one["entity"], text[one["start"] : one["end"]]): one["ids"] for one in message.get("entities")}


assert found("我在苏州工业园区打工，老板拖欠工资")[("region", "苏州工业园区")]
assert found("我在東莞做事")[("region", "東莞")] == ["CN-44-19"]
assert found("😭😭Beijing！！！送外卖的")[("region", "Beijing")] == ["CN-11"]
assert ("industry", "外卖") in found("😭😭Beijing！！！送外卖的")
assert found("根據劳动合同法第八十二条")[("law", "劳动合同法")] == ["labor_contract_law"]
assert found("按照劳动合同法实施条例赔")[("law", "劳动合同法实施条例")] == ["labor_contract_regulation"]
assert any(label == "relation" for label, _ in found("我老公在工地摔了"))
assert found("今天") == {}
assert found("！") == {}

started = time.perf_counter()
for _ in range(50):
    found("我老公在昆山一家电子厂上班，三个月没发工资，说是订单少，问劳动局说要先仲裁")
spent = (time.perf_counter() - started) / 50
assert spent < 0.02, f"a message took {1000 * spent:.1f} ms"
print("ok")
