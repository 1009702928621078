"""Tells intents apart by pieces of words: tf-idf of character n-grams and a logistic regression for each intent.

Rasa's own pair (CountVectorsFeaturizer, LogisticRegressionClassifier) counts the pieces, takes several times as long to
train on the same examples, and is right less often (docs/adr/0010-how-intents-are-told-apart.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

FILE = "pieces.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PieceClassifier(IntentClassifier, GraphComponent):
    """One intent against all others, so that what is like no example is likely to be none of them."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Pipeline | None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @classmethod
    def required_components(cls) -> list[type]:
        """The words of a message come from a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Lengths of a piece; C: how closely the examples are followed; how many guesses are kept with a message."""
        return {"min_ngram": 1, "max_ngram": 4, "C": 20.0, "ranking_length": 3}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PieceClassifier:
        """Rasa's constructor before training."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PieceClassifier:
        """Rasa's constructor after training."""
        with model_storage.read_from(resource) as folder, np.load(folder / FILE, allow_pickle=False) as kept:
            counter, teller = _untrained(config, vocabulary=kept["pieces"].tolist())
            counter.idf_ = kept["rarity"]
            teller.classes_, teller.coef_, teller.intercept_ = kept["intents"], kept["weights"], kept["offsets"]
            return cls(config, model_storage, resource, make_pipeline(counter, teller))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example of an intent; the result is kept with the model."""
        examples = [message for message in training_data.intent_examples if message.get("text")]
        counter, teller = _untrained(self._config)
        self._model = make_pipeline(counter, teller)
        self._model.fit([_written(message) for message in examples], [message.get("intent") for message in examples])
        with self._storage.write_to(self._resource) as folder:
            # Plain numbers and words: they load in a tenth of a second, and nothing in them can run.
            np.savez_compressed(
                folder / FILE, pieces=counter.get_feature_names_out().astype(str), rarity=counter.idf_,
                intents=teller.classes_.astype(str), weights=teller.coef_, offsets=teller.intercept_,
            )  # fmt: skip
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its likeliest intent and the next ones."""
        if self._model is None or not messages:
            return messages
        likely = self._model.predict_proba([_written(message) for message in messages])
        for message, row in zip(messages, likely, strict=True):
            ranking = sorted(zip(self._model.classes_, map(float, row), strict=True), key=lambda pair: -pair[1])
            told = [{"name": str(name), "confidence": part} for name, part in ranking[: self._config["ranking_length"]]]
            message.set("intent", told[0], add_to_output=True)
            message.set("intent_ranking", told, add_to_output=True)
        return messages


def _untrained(
    config: dict[str, Any], vocabulary: list[str] | None = None
) -> tuple[TfidfVectorizer, LogisticRegression]:
    lengths = (config["min_ngram"], config["max_ngram"])
    return (
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=lengths, sublinear_tf=True, lowercase=False, vocabulary=vocabulary
        ),
        # A tighter fit takes longer and is right no more often.
        LogisticRegression(C=config["C"], class_weight="balanced", solver="liblinear", tol=0.01, random_state=42),
    )


def _written(message: Message) -> str:
    return " ".join(token.text for token in message.get("text_tokens") or ())
