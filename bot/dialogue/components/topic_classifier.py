"""The topic of a message as Rasa's intent, and beside it its likely cards: `topic_model` behind Rasa's graph."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components import careful
from bot.dialogue.components.e5 import E5Featurizer
from bot.dialogue.components.topic_model import CARDS_SHOWN, SHOWN, Ranked, TopicModel
from knowledge.gemma.engine import Reader
from knowledge.spelling import plain

log = logging.getLogger(__name__)

CARDS = "cards"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    @classmethod
    def required_components(cls) -> list[type]:
        return [E5Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"ranking_length": SHOWN, "cards_length": CARDS_SHOWN}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: TopicModel | None = None,
        reader: careful.Reads | None = None,
    ) -> None:
        self._shown = int(config["ranking_length"])
        self._cards_shown = int(config["cards_length"])
        self._storage = storage
        self._resource = resource
        self._model = model
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TopicModel.load(folder), _reader())

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT) and one.get(INTENT)]
        log.info("The topic model learns from %d sentences.", len(examples))
        vectors = np.stack([_vector(one) for one in examples])
        texts = [plain(one.get(TEXT)) for one in examples]
        topics, cards = [one.get(INTENT) for one in examples], [_card(one) for one in examples]
        self._model = TopicModel.train(texts, vectors, topics, cards)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._model is None or not message.get(TEXT):
                continue
            found = careful.understand(self._model, self._reader, message.get(TEXT), _vector(message))
            shown = _told(found.topics[: self._shown])
            message.set(INTENT, dict(shown[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, shown, add_to_output=True)
            message.set(CARDS, _told(found.cards[: self._cards_shown]), add_to_output=True)
        return messages


def _reader() -> Reader | None:
    """The second reading; `rasa test` by hand does without unless it is told where the reader is."""
    place = os.environ.get("GONGYOU_READER")
    if place is None:
        log.warning("GONGYOU_READER is not set: questions are read once.")
    return Reader(Path(place)) if place else None


def _told(ranked: Ranked) -> list[dict[str, Any]]:
    return [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: sure} for name, sure in ranked]


def _card(example: Message) -> str:
    """The card that is written beside a training sentence, if one is."""
    beside = (example.get("metadata") or {}).get("intent") or {}
    return str(beside.get("card", ""))


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("config.yml: TopicClassifier needs E5Featurizer before it")
    found: np.ndarray = sentence.features[0]
    return found
