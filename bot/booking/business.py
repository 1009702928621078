"""Who calls back: the business as its customers know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.booking.when import DEFAULT_PARTS, PartsOfDay


@dataclass(frozen=True, kw_only=True)
class Business:
    """Names by language, the hotline for what cannot wait, the zone of every time told, and what "evening" means."""

    names: Mapping[str, str]
    hotline: str
    timezone: ZoneInfo
    parts_of_day: PartsOfDay = DEFAULT_PARTS

    def name(self, language: str) -> str:
        """How the business names itself in this language."""
        return self.names[language]
