"""Places, industries, relations and laws in a message, as Rasa's entities with the ids that the policy base knows.

The rules read the plain spelling (東莞 is found as 东莞); start and end are places in what the worker wrote. Sums,
dates and lengths of time are read by knowledge.numbers in the app, which also knows what they are about.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from bot.dialogue.components import zh
from knowledge.spelling import with_origin

LONGEST = 1000  # of a longer message the facts stand at its start; the rules' time grows with the length


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FactFinder(GraphComponent, EntityExtractorMixin):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"words": "nlu_data/spacy"}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "jieba"]

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, language: Language | None = None
    ) -> None:
        self._source = Path(config["words"])
        self._storage = storage
        self._resource = resource
        self._language = language

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactFinder:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FactFinder:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, zh.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned from sentences: the rules are built and kept with the model."""
        self._language, words = zh.build(self._source)
        with self._storage.write_to(self._resource) as folder:
            zh.save(self._language, words, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._language is not None and message.get(TEXT):
                known = message.get(ENTITIES, [])
                message.set(ENTITIES, known + self._found(message.get(TEXT)), add_to_output=True)
        return messages

    def _found(self, text: str) -> list[dict[str, Any]]:
        assert self._language is not None
        spelled = with_origin(text[:LONGEST])
        found = []
        for one in zh.entities(self._language, spelled.text):
            start, end = spelled.span(one.start, one.end)
            place = {ENTITY_ATTRIBUTE_START: start, ENTITY_ATTRIBUTE_END: end}
            about = {ENTITY_ATTRIBUTE_TYPE: one.label, ENTITY_ATTRIBUTE_VALUE: one.word, "ids": list(one.ids)}
            found.append({**about, **place, "extractor": type(self).__name__})
        return found
