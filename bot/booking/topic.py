"""What people call about: a topic is what one queue of agents can answer."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic by its id, with its names by language and phrases that customers use for it, in any language."""

    id: str
    names: Mapping[str, str]
    examples: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """How customers and agents call it in this language."""
        return self.names[language]
