"""The topic model learns, says the same after it was stored."""

import tempfile
from pathlib import Path

import numpy as np

from bot.dialogue.components.topic_model import TopicModel, Vocabulary

draw = np.random.default_rng(7)
WORDS = {"wages": "工资拖欠老板不给钱", "injury": "工地受伤手指骨折住院", "oos": "离婚房子孩子户口车祸"}
LABELS = [label for label in WORDS for _ in range(200)]
TEXTS = ["".join(draw.choice(list(WORDS[label]), 6)) for label in LABELS]
CENTRES = {label: draw.normal(size=16) for label in WORDS}
VECTORS = np.stack([CENTRES[label] + draw.normal(size=16) * 0.5 for label in LABELS]).astype(np.float32)

CARDS = ["wages.debt" if label == "wages" and "拖" in text else "" for text, label in zip(TEXTS, LABELS, strict=True)]

model = TopicModel.train(TEXTS, VECTORS, LABELS, CARDS)
again = TopicModel.train(TEXTS, VECTORS, LABELS, CARDS)
found = [model.understand(*one) for one in zip(TEXTS, VECTORS, strict=True)]
right = sum(one.topics[0][0] == label for one, label in zip(found, LABELS, strict=True))
assert right >= 0.95 * len(LABELS), right
sure = np.array([sum(likely for _, likely in one.cards) for one in found])
with_card = np.array([bool(card) for card in CARDS])
assert sure[with_card].mean() > 2 * sure[~with_card].mean(), "the card's sentences are not told from the others"
assert np.array_equal(model.hidden.runs, again.hidden.runs), "training is not deterministic"

with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder))
    loaded = TopicModel.load(Path(folder))
for text, vector in [*zip(TEXTS[::20], VECTORS[::20], strict=True), ("", VECTORS[0]), ("漢字以外 xyz", VECTORS[1])]:
    first, second = model.understand(text, vector).topics, loaded.understand(text, vector).topics
    assert [name for name, _ in first] == [name for name, _ in second]
    assert abs(sum(sure for _, sure in first) - 1) < 1e-5
    assert all(abs(a - b) < 0.01 for (_, a), (_, b) in zip(first, second, strict=True))

two = TopicModel.train(TEXTS[:400], VECTORS[:400], LABELS[:400], [""] * 400)
assert two.understand(TEXTS[0], VECTORS[0]).topics[0][0] == "wages"
assert two.understand(TEXTS[0], VECTORS[0]).cards == []
assert Vocabulary.of(["ab", "ab"]).row("zz")[0].size == 0
try:
    TopicModel.train(["a", "b"], VECTORS[:2], ["one", "one"], ["", ""])
except ValueError as error:
    assert "two topics" in str(error)
else:
    raise AssertionError("one topic is not enough to learn from")
print("ok")
