"""The sections of the settings file that say what may be promised: hours, lawful hours, topics and slots."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.booking.hours import BusinessHours, Period, WeeklyChange
from bot.booking.lawful import DAYTIME, LawfulHours
from bot.booking.measured import MeasurePolicy
from bot.booking.roster import Roster, Shift
from bot.booking.slots import SlotPolicy
from bot.booking.when import DEFAULT_PARTS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _period(value: object) -> Period:
    match = re.fullmatch(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", str(value))
    if not match:
        raise ValueError('write a period as "09:00-18:00"')
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start = time(start_hour, start_minute)
    end = time.max if (end_hour, end_minute) == (24, 0) else time(end_hour, end_minute)
    if start >= end:
        raise ValueError("a period must end after it starts")
    return Period(start=start, end=end)


def _minutes(value: object) -> tuple[int, int]:
    """A period in minutes from midnight."""
    period = _period(value)
    end = 24 * 60 if period.end == time.max else period.end.hour * 60 + period.end.minute
    return period.start.hour * 60 + period.start.minute, end


def _in_order(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    for earlier, later in pairwise(periods):
        if later.start < earlier.end:
            raise ValueError("the periods of a day must be in order and must not overlap")
    return periods


def _countries(value: Mapping[str, object]) -> Mapping[str, object]:
    for code in value:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise ValueError('name countries by their ISO code, such as "JP"')
    return value


Periods = Annotated[tuple[Annotated[Period, BeforeValidator(_period)], ...], AfterValidator(_in_order)]
ALL_DAY = (Period(start=time(0), end=time.max),)
OFFICE_DAY = (Period(start=time(9), end=time(18)),)
Part = Annotated[tuple[int, int], BeforeValidator(_minutes)]
Connect = Literal["customer_first", "agent_first"]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


class Section(BaseModel):
    """A table of the settings file: unknown lines are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: object, info: ValidationInfo) -> object:
        """`capacity = true` would else be a capacity of 1."""
        is_said = isinstance(value, bool) or (isinstance(value, list) and any(isinstance(one, bool) for one in value))
        if is_said and "bool" not in str(cls.model_fields[info.field_name or ""].annotation):
            raise ValueError("true and false are not possible here")
        return value


class ExceptionSection(Section):
    """[[hours.exceptions]]: `open` replaces the day, `closed` is taken away from it; neither closes it."""

    date: date
    open: Periods | None = None
    closed: Periods = ()


class WeekSection(Section):
    """Periods by weekday; a day that is not named stays as it was."""

    monday: Periods | None = None
    tuesday: Periods | None = None
    wednesday: Periods | None = None
    thursday: Periods | None = None
    friday: Periods | None = None
    saturday: Periods | None = None
    sunday: Periods | None = None

    def over(self, weekly: Mapping[int, tuple[Period, ...]]) -> dict[int, tuple[Period, ...]]:
        """This week's days, and for those not named the given ones."""
        own = {index: getattr(self, day) for index, day in enumerate(WEEKDAYS)}
        return {**weekly, **{index: periods for index, periods in own.items() if periods is not None}}


class ChangeSection(WeekSection):
    """[[hours.changes]]"""

    since: date


class TopicHoursSection(WeekSection):
    """[topics.hours]"""

    changes: tuple[ChangeSection, ...] = ()
    exceptions: tuple[ExceptionSection, ...] = ()


class HoursSection(Section):
    """[hours]"""

    monday: Periods = OFFICE_DAY
    tuesday: Periods = OFFICE_DAY
    wednesday: Periods = OFFICE_DAY
    thursday: Periods = OFFICE_DAY
    friday: Periods = OFFICE_DAY
    saturday: Periods = ()
    sunday: Periods = ()
    holidays: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = "JP"
    exceptions: tuple[ExceptionSection, ...] = ()
    changes: tuple[ChangeSection, ...] = ()

    @model_validator(mode="after")
    def _some_day_is_open(self) -> Self:
        if not any(getattr(self, day) for day in WEEKDAYS):
            raise ValueError("at least one day must be open")
        return self

    def value(self, timezone: ZoneInfo, *, own: TopicHoursSection | None = None) -> BusinessHours:
        """The hours of the business, or of a topic that has `own` ones over them."""
        own = own or TopicHoursSection()
        weekly = own.over({index: getattr(self, day) for index, day in enumerate(WEEKDAYS)})
        # A topic's own days outlast a change of the business's week: each change is laid under them.
        changes = [(change.since, own.over(change.over(weekly))) for change in self.changes]
        changes += [(change.since, change.over(weekly)) for change in own.changes]
        exceptions = (*self.exceptions, *own.exceptions)
        return BusinessHours(
            timezone=timezone,
            weekly=weekly,
            holidays_country=self.holidays or None,
            exceptions={day.date: day.open or () for day in exceptions if day.open is not None or not day.closed},
            closures={day.date: day.closed for day in exceptions if day.closed},
            changes=tuple(
                WeeklyChange(since=since, weekly=week) for since, week in sorted(changes, key=lambda pair: pair[0])
            ),
        )


class LawfulSection(Section):
    """[lawful_hours]"""

    default: Annotated[Periods, Field(min_length=1)] = DAYTIME
    countries: Annotated[dict[str, Periods], BeforeValidator(_countries)] = Field(default_factory=dict)

    def value(self, *, unknown_zone: ZoneInfo) -> LawfulHours:
        """The hours in which people may be called at all."""
        return LawfulHours(default=self.default, countries=self.countries, unknown_zone=unknown_zone)


class TopicSlotsSection(Section):
    """[topics.slots]: what is not named is as in [slots]."""

    length_minutes: Annotated[int, Field(ge=5, le=120)] | None = None
    lead_minutes: Minutes | None = None
    horizon_days: Annotated[int, Field(ge=1, le=90)] | None = None
    cutoff_minutes: Minutes | None = None
    capacity: Annotated[int, Field(ge=0, le=10_000)] | None = None
    open_callbacks_per_number: Annotated[int, Field(ge=1, le=20)] | None = None


class SlotsSection(Section):
    """[slots]"""

    length_minutes: Annotated[int, Field(ge=5, le=120)] = 30
    lead_minutes: Minutes = 30
    horizon_days: Annotated[int, Field(ge=1, le=90)] = 14
    cutoff_minutes: Minutes = 0
    capacity: Annotated[int, Field(ge=0, le=10_000)] = 0
    open_callbacks_per_number: Annotated[int, Field(ge=1, le=20)] = 3
    hold_minutes: Annotated[int, Field(ge=1, le=15)] = 3

    def value(self, *, own: TopicSlotsSection | None = None) -> SlotPolicy:
        """How slots are cut and sold, for the business or for a topic that has `own` ways."""
        told = {**self.model_dump(), **(own.model_dump(exclude_none=True) if own else {})}
        return SlotPolicy(
            length=timedelta(minutes=told["length_minutes"]),
            lead=timedelta(minutes=told["lead_minutes"]),
            horizon=timedelta(days=told["horizon_days"]),
            cutoff=timedelta(minutes=told["cutoff_minutes"]),
            capacity=told["capacity"],
            open_per_number=told["open_callbacks_per_number"],
        )


class TopicSection(Section):
    """[[topics]]"""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
    name_ja: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=40)]
    examples: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = ()
    handle_minutes: Annotated[int, Field(ge=1, le=240)] | None = None
    share: Annotated[float, Field(gt=0, le=100)] = 1.0
    hours: TopicHoursSection | None = None
    slots: TopicSlotsSection | None = None
    connect: Connect | None = None

    def fixed_capacity(self, slots: SlotsSection) -> int | None:
        """The capacity of every slot where one is set; None where the roster decides."""
        own = self.slots.capacity if self.slots else None
        return (slots.capacity if own is None else own) or None


class ShiftSection(WeekSection):
    """[[capacity.shifts]]"""

    agents: Annotated[int, Field(ge=1, le=10_000)] = 3
    every_day: Periods = ALL_DAY
    breaks: Periods = ()
    topics: tuple[str, ...] = ()
    languages: tuple[Literal["ja", "en"], ...] = ()

    def value(self) -> Shift:
        """These people."""
        week = self.over(dict.fromkeys(range(7), self.every_day))
        return Shift(
            agents=self.agents,
            weekly=tuple(week[day] for day in range(7)),
            breaks=self.breaks,
            topics=frozenset(self.topics),
            languages=frozenset(self.languages),
        )


class OverrideSection(Section):
    """[[capacity.overrides]]"""

    topic: str
    start: AwareDatetime
    capacity: Annotated[int, Field(ge=0, le=10_000)]


class PartsOfDaySection(Section):
    """[parts_of_day]"""

    early_morning: Part = DEFAULT_PARTS.early_morning
    breakfast: Part = DEFAULT_PARTS.breakfast
    first_thing: Part = DEFAULT_PARTS.first_thing
    morning: Part = DEFAULT_PARTS.morning
    late_morning: Part = DEFAULT_PARTS.late_morning
    noon: Part = DEFAULT_PARTS.noon
    lunch_break: Part = DEFAULT_PARTS.lunch_break
    after_lunch: Part = DEFAULT_PARTS.after_lunch
    afternoon: Part = DEFAULT_PARTS.afternoon
    early_afternoon: Part = DEFAULT_PARTS.early_afternoon
    daytime: Part = DEFAULT_PARTS.daytime
    late_afternoon: Part = DEFAULT_PARTS.late_afternoon
    evening: Part = DEFAULT_PARTS.evening
    late_night: Part = DEFAULT_PARTS.late_night


class CapacitySection(Section):
    """[capacity]"""

    inbound_share: Annotated[float, Field(ge=0, lt=1)] = 0.5
    handle_minutes: Annotated[int, Field(ge=1, le=240)] = 15
    wrap_up_minutes: Annotated[int, Field(ge=0, le=60)] = 2
    measure_after_calls: Annotated[int, Field(ge=1, le=200)] = 30
    kept_target: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    shifts: tuple[ShiftSection, ...] = (ShiftSection(),)
    overrides: tuple[OverrideSection, ...] = ()

    def value(self, timezone: ZoneInfo, *, topics: Sequence[TopicSection]) -> Roster:
        """Who works when, for all topics together."""
        return Roster(
            timezone=timezone,
            shifts=tuple(shift.value() for shift in self.shifts),
            inbound_share=self.inbound_share,
            handle_times={topic.id: timedelta(minutes=topic.handle_minutes or self.handle_minutes) for topic in topics},
            shares={topic.id: topic.share for topic in topics},
            overrides={(entry.topic, entry.start.astimezone(UTC)): entry.capacity for entry in self.overrides},
        )

    def for_measuring(self) -> MeasurePolicy:
        """When past calls say how long one takes."""
        return MeasurePolicy(wrap_up=timedelta(minutes=self.wrap_up_minutes), least=self.measure_after_calls)
