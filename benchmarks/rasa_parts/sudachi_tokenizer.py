"""Words as Sudachi (A units, small dictionary) cuts them, for comparison only.

It needs `sudachipy` and `sudachidict_small` in Rasa's environment.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from sudachipy import Dictionary, SplitMode


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SudachiTokenizer(Tokenizer):
    """Dictionary words in their dictionary form."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._sudachi = Dictionary(dict="small").create(mode=SplitMode.A)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's tokenizers ask for."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SudachiTokenizer:
        """Rasa's constructor."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Full width reads as half width, capitals as small letters."""
        written = str(message.get(attribute))
        if attribute != "text":
            return [Token(written, 0)]
        told = unicodedata.normalize("NFKC", written).casefold()[:400]
        words = [word.dictionary_form() for word in self._sudachi.tokenize(told) if word.surface().strip()]
        return [Token(word, start=n, end=n + 1) for n, word in enumerate(words or ["∅"])]
