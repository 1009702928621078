"""The soonest call in words that fit into a sentence, for whoever did not name a time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.booking.window import Window
from bot.wording import dates, say


def at_once(window: Window, *, expected_at: datetime | None, tz: ZoneInfo, language: str) -> str:
    """11月24日(火) 15:02〜15:32、目安 15:10: what is promised, and what is expected where that is known."""
    promised = dates.span(window, tz=tz, language=language)
    if expected_at is None:
        return promised
    return say("chat.expected", language, promised=promised, when=dates.clock(expected_at, tz=tz, language=language))


def after_hours(window: Window, *, is_first_thing: bool, tz: ZoneInfo, language: str) -> str:
    """11月25日(水) 9:00の営業開始後すぐ; the first free time where the opening itself is sold."""
    sentence = "chat.first_thing" if is_first_thing else "chat.first_free"
    return say(sentence, language, when=dates.start(window, tz=tz, language=language))
