"""Cuts Japanese and English where the script changes: kanji, hiragana, katakana, Latin letters, digits, emoji."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

_PIECE = re.compile(
    r"\d+|[a-z'’]+|[\u4e00-\u9fff々]+[\u3041-\u309f]*|[\u3041-\u309fー]+|[\u30a0-\u30ffー]+|[^\s\w]+|\w+"
)
LONGEST = 400
"""Characters that are looked at: what a message wants stands at its beginning; a long reason must not cost seconds."""

SLASH = "/"
"""All that is seen of a message that begins so: it is no command, whatever follows."""

NOISE = "∅"
"""All that is seen of signs without a word, one letter again and again, and fingers run over the keyboard."""

_NOISE = re.compile(
    r"[!-/:-@\[-`{-~。、・…ー〜\s]+|(?:(.)\1{2,}[!?。、…]*)+|[a-z]*(?:asdf|sdfg|dfgh|qwer|wert|zxcv|xcvb)[a-z]*"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ScriptTokenizer(Tokenizer):
    """A kanji stem keeps its kana ending (電話したい stays whole), so that pieces of it carry the verb's form."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's tokenizers ask for."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ScriptTokenizer:
        """Rasa's constructor; nothing is kept with the model."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Full width reads as half width, capitals as small letters, every number as the same number."""
        written = str(message.get(attribute))
        told = unicodedata.normalize("NFKC", written).casefold()[:LONGEST].strip()
        if attribute != "text":  # intents and responses are names of ours
            return [Token(written, 0)]
        words = _words(told)
        # Nobody asks where a token stood: no entity is extracted by the model. Positions only have to rise.
        return [Token(word, start=index, end=index + 1) for index, word in enumerate(words)]


def _words(told: str) -> list[str]:
    if told.startswith(SLASH):
        return [SLASH]
    if _NOISE.fullmatch(told) or not told:
        return [NOISE]
    return [_told_alike(piece) for piece in _PIECE.findall(told)]


def _told_alike(piece: str) -> str:
    if not piece.isdigit():
        return piece
    return "0000" if len(piece) > 2 else "0"
