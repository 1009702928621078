"""What may be promised for each topic: its hours and its slots, under the lawful hours of whoever is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.errors import UnknownTopic
from bot.booking.hours import BusinessHours
from bot.booking.lawful import CallingHours, LawfulHours
from bot.booking.roster import Roster
from bot.booking.slots import SlotPolicy
from bot.booking.window import Window


@dataclass(frozen=True, kw_only=True)
class TopicRules:
    """When calls about one topic are made, how its slots are cut and sold, and who answers them.

    Without a roster every slot has the policy's capacity. `handle_time` is how long a call keeps an agent until enough
    calls were made to measure it.
    """

    hours: BusinessHours
    policy: SlotPolicy
    roster: Roster | None = None
    handle_time: timedelta = timedelta(minutes=15)

    def capacity(
        self, topic: str, window: Window, *, handle_time: timedelta | None = None, language: str | None = None
    ) -> int:
        """How many calls can be promised for this slot, in this language if one is named."""
        if self.roster is None:
            return self.policy.capacity
        return self.roster.capacity(topic, window, handle_time=handle_time, language=language)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of every topic by its id, the first one being where a callback goes that names none."""

    topics: Mapping[str, TopicRules]
    lawful: LawfulHours

    def topic(self, name: str | None) -> str:
        """The topic of this name, the first one when none is named; raises UnknownTopic."""
        if name is not None and name not in self.topics:
            raise UnknownTopic(name, tuple(self.topics))
        return name or next(iter(self.topics))

    def of(self, topic: str) -> TopicRules:
        """A topic's rules. A callback may be older than the settings: one whose topic is gone follows the first."""
        return self.topics.get(topic) or self.topics[self.topic(None)]

    def known(self, topic: str | None) -> str:
        """The topic that answers for this one: itself, or the first where none is named or the settings dropped it."""
        return topic if topic is not None and topic in self.topics else self.topic(None)

    def is_first_thing(self, topic: str, window: Window, *, now: datetime) -> bool:
        """Whether a call in this window is made as soon as the business, closed at `now`, opens again."""
        hours = self.of(topic).hours
        return not hours.is_open(now) and window.start == hours.next_open(now)

    def calling_hours(self, topic: str, number: str | None) -> CallingHours:
        """When this E.164 number may be called about this topic; None for a number not known yet."""
        return CallingHours(layers=(self.of(topic).hours, *(self.lawful.of(number) if number else ())))
