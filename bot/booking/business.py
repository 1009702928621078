"""Who calls back: the business as its customers know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Business:
    """Names by language, the hotline for what cannot wait, and the zone in which every time is told."""

    names: Mapping[str, str]
    hotline: str
    timezone: ZoneInfo

    def name(self, language: str) -> str:
        """How the business names itself in this language."""
        return self.names[language]
