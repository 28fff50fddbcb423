"""The sentence's e5 vector as a Rasa feature.

In a turn the vector comes from the gateway, which has computed it already; in training and in `rasa test` it is
computed here, through the file of known vectors that both environments share.
"""

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
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue import vectors
from knowledge.encoder import E5, CachedEncoder, Encoder
from knowledge.telling import as_asked

log = logging.getLogger(__name__)

PART = 512


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class E5Featurizer(DenseFeaturizer, GraphComponent):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {FEATURIZER_CLASS_ALIAS: "e5"}

    @classmethod
    def required_components(cls) -> list[type]:
        return []

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to choose: the encoder is fixed by the lock file."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> E5Featurizer:
        return cls(execution_context.node_name, config)

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        super().__init__(name, config)
        self._encoder: Encoder = E5()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        known = os.environ.get("GONGYOU_VECTORS")  # written by `./gongyou train`, which has filled the file
        encoder = CachedEncoder(self._encoder, Path(known)) if known else self._encoder
        for start in range(0, len(messages), PART):
            part = messages[start : start + PART]
            self._add(part, encoder.encode_query([as_asked(m.get(TEXT)) for m in part]))
            log.info("Vectors of %d of %d sentences are ready.", start + len(part), len(messages))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if not message.get(TEXT):
                continue
            known = vectors.take((message.get("metadata") or {}).get("message_id", ""))
            vector = known if known is not None else self._encoder.encode_query([as_asked(message.get(TEXT))])[0]
            self._add([message], vector[None, :])
        return messages

    def _add(self, messages: list[Message], matrix: np.ndarray) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS]
        for message, row in zip(messages, matrix, strict=True):
            message.add_features(Features(row[None, :].astype(np.float32), FEATURE_TYPE_SENTENCE, TEXT, alias))
