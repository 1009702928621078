"""The settings looked at as a whole: what would start and yet promise nothing, or something else than was meant."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.booking.hours import Period
from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import every_window, window_at
from bot.booking.topic import Topic
from bot.booking.window import Window
from bot.settings import Settings
from bot.settings_promises import HoursSection, PartsOfDaySection, TopicHoursSection
from bot.wording import LANGUAGES, dates, say

LOOKED_AHEAD = timedelta(days=28)
"""Four weeks: one public holiday, or one closed week, is no fault of the settings."""


@dataclass(frozen=True, kw_only=True)
class Worry:
    """Something that a supervisor should know before customers do. `sentence` is one of [settings] in bot/wording."""

    sentence: str
    topic: Topic | None = None
    weekday: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """In words."""
        facts = dict(self.facts)
        if self.topic:
            facts["topic"] = self.topic.name(language)
        if self.weekday is not None:
            facts["weekday"] = (dates.WEEKDAYS_JA if language == "ja" else dates.WEEKDAYS_EN)[self.weekday]
        return say(f"settings.{self.sentence}", language, **facts)


def worries(settings: Settings, *, now: datetime) -> tuple[Worry, ...]:
    """Everything that is worth a look, the gravest first; none for settings that do what they say."""
    rules = settings.for_rules()
    found = [worry for topic in settings.for_topics() for worry in _of_topic(topic, rules, settings, now=now)]
    return (*found, *_of_dates(settings), *_of_capacity(settings, rules))


def _of_topic(topic: Topic, rules: Rules, settings: Settings, *, now: datetime) -> Iterator[Worry]:
    own = rules.of(topic.id)
    windows = list(every_window(own.hours, own.policy, start=now, end=now + LOOKED_AHEAD))
    if own.policy.lead >= own.policy.horizon:
        yield Worry(sentence="lead_beyond_horizon", topic=topic)
    if not windows:
        yield Worry(sentence="never_open", topic=topic)
        return
    lawful = [window for window in windows if _is_lawful(window, settings, rules)]
    if len(lawful) < len(windows):
        yield Worry(sentence="beyond_lawful_hours" if lawful else "never_lawful", topic=topic)
    yield from _of_places(topic, own, windows)


def _is_lawful(window: Window, settings: Settings, rules: Rules) -> bool:
    """Whether people who live where the business is may be called then."""
    periods = rules.lawful.countries.get(settings.numbers.default_country, rules.lawful.default)
    start = window.start.astimezone(settings.business.timezone).time()
    end = window.end.astimezone(settings.business.timezone).time()
    return any(
        period.start <= start and (end <= period.end if end > start else period.end == time.max) for period in periods
    )


def _of_places(topic: Topic, own: TopicRules, windows: list[Window]) -> Iterator[Worry]:
    """Slots that are open and have no place: nobody is on shift, or nobody who speaks the language."""
    staffed = [window for window in windows if own.capacity(topic.id, window) > 0]
    if not staffed:
        yield Worry(sentence="no_places", topic=topic)
        return

    def day(window: Window) -> int:
        return window.start.astimezone(own.hours.timezone).weekday()

    for weekday in sorted({day(window) for window in windows} - {day(window) for window in staffed}):
        yield Worry(sentence="day_without_places", topic=topic, weekday=weekday)
    for language in LANGUAGES:
        if not any(own.capacity(topic.id, window, language=language) for window in staffed):
            yield Worry(sentence=f"nobody_speaks_{language}", topic=topic)


def _of_dates(settings: Settings) -> Iterator[Worry]:
    """Of two lines for one day only one can be obeyed."""
    every: list[HoursSection | TopicHoursSection] = [settings.hours]
    every += [topic.hours for topic in settings.topics if topic.hours]
    for hours in every:
        for date in _twice(day.date for day in hours.exceptions):
            yield Worry(sentence="date_twice", facts={"date": date})
        for date in _twice(change.since for change in hours.changes):
            yield Worry(sentence="change_twice", facts={"date": date})


def _of_capacity(settings: Settings, rules: Rules) -> Iterator[Worry]:
    """Lines about topics and slots that are not there, and numbers set by hand that the roster cannot carry."""
    for name in sorted({name for shift in settings.capacity.shifts for name in shift.topics} - set(rules.topics)):
        yield Worry(sentence="unknown_topic_in_shift", facts={"name": name})
    for entry in settings.capacity.overrides:
        start = entry.start.astimezone(UTC)
        own = rules.topics.get(entry.topic)
        slot = window_at(own.hours, own.policy, start) if own else None
        if slot is None or slot.start != start:
            yield Worry(sentence="override_without_slot", facts={"name": entry.topic, "start": entry.start.isoformat()})
    if "shifts" in settings.capacity.model_fields_set:
        yield from _beyond_the_roster(settings, rules)


def _beyond_the_roster(settings: Settings, rules: Rules) -> Iterator[Worry]:
    """Everybody at work at once could not make as many calls as the capacities set by hand promise together."""
    people = sum(shift.agents for shift in settings.capacity.shifts)
    needed = sum(
        fixed * (rules.of(section.id).handle_time / rules.of(section.id).policy.length)
        for section in settings.topics
        if (fixed := section.fixed_capacity(settings.slots))
    )
    if needed > people:
        yield Worry(sentence="capacity_beyond_roster", facts={"needed": ceil(needed), "people": people})


def _twice(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def in_force(settings: Settings) -> dict[str, Any]:
    """What the settings file decides, defaults included, as plain values that are written as in the file."""
    return {name: _plain(getattr(settings, name)) for name in type(settings).model_fields if name != "environment"}


def _plain(value: Any) -> Any:
    match value:
        case PartsOfDaySection():
            return {name: "-".join(_clock(minute) for minute in span) for name, span in value}
        case BaseModel():
            return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case Period():
            end = "24:00" if value.end == time.max else f"{value.end:%H:%M}"
            return f"{value.start:%H:%M}-{end}"
        case list() | tuple():
            return [_plain(part) for part in value]
        case bool() | int() | float() | str() | None:
            return value
        case ZoneInfo():
            return value.key
        case _:
            return str(value)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
