"""How the desk tells things: its sentences, and times, people and states in the agent's language."""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from bot.booking import phone
from bot.booking.callback import SET_ASIDE, WRONG_NUMBER, Callback, Status
from bot.booking.matching import Skills
from bot.booking.topic import Topic
from bot.booking.window import Window
from bot.usecases.agent import NOT_KEPT
from bot.usecases.board import Entry, Happening
from bot.wording import dates

Language = Literal["ja", "en"]
Texts = dict[str, dict[str, str]]


@cache
def texts(language: Language) -> Texts:
    """Every sentence of the desk by section and name."""
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))


class Words:
    """What a template asks for, in one language and in business time."""

    def __init__(self, language: Language, *, tz: ZoneInfo, now: datetime, topics: Sequence[Topic] = ()) -> None:
        self.language = language
        self._topics = {topic.id: topic.name(language) for topic in topics}
        self.now = now
        self.t = texts(language)
        self._tz = tz

    def clock(self, moment: datetime) -> str:
        """15:00 / 3:00 PM."""
        return dates.clock(moment, tz=self._tz, language=self.language)

    def when(self, moment: datetime) -> str:
        """The time alone today, with its day otherwise."""
        clock = self.clock(moment)
        return clock if self._is_today(moment) else f"{self.day(moment)} {clock}"

    def day(self, moment: datetime) -> str:
        """11月24日(火) / Tue, Nov 24."""
        return dates.day(moment, tz=self._tz, language=self.language)

    def date(self, day: date) -> str:
        """A calendar day of the business: 11月24日(火) / Tue, Nov 24."""
        return self.day(datetime.combine(day, datetime.min.time(), self._tz))

    def span(self, window: Window) -> str:
        """The promise with its day."""
        return dates.span(window, tz=self._tz, language=self.language)

    def number(self, callback: Callback) -> str:
        """The last four digits only."""
        return phone.masked(callback.phone_number)

    def label(self, section: str, name: str) -> str:
        """The word for a state, or the name itself where we have none. Topics are named by the settings."""
        return (self._topics if section == "topic" else self.t[section]).get(name, name)

    def by_day(self, entries: tuple[Entry, ...]) -> list[tuple[str, list[Entry]]]:
        """Entries under the headings of their days, in the order given; what is owed for days comes first."""
        return [(heading, list(group)) for heading, group in groupby(entries, key=self._heading)]

    def history(self, happenings: tuple[Happening, ...]) -> list[Happening]:
        """What people want to read of the history, newest first."""
        return [event for event in reversed(happenings) if event.kind in self.t["event"]]

    def other_topics(self, callback: Callback) -> list[tuple[str, str]]:
        """The queues into which it could go, by id and name."""
        return [(topic, name) for topic, name in self._topics.items() if topic != callback.topic]

    @property
    def topics(self) -> list[tuple[str, str]]:
        """Every queue, by id and name."""
        return list(self._topics.items())

    def skills(self, skills: Skills) -> str:
        """What somebody can answer."""
        topics = [self.label("topic", one) for one in sorted(skills.topics)] or [self.t["call"]["every_topic"]]
        languages = [self.label("language", one) for one in sorted(skills.languages)]
        return self.t["call"]["joint"].join((*topics, *languages))

    def settles_beforehand(self, callback: Callback) -> bool:
        """Whether recording an outcome now means that no call will be made."""
        return callback.is_changeable

    def may_release(self, callback: Callback) -> bool:
        """Whether a supervisor can let it be dialled again."""
        return callback.is_changeable and callback.attention == SET_ASIDE

    def may_settle(self, callback: Callback) -> bool:
        """Whether a supervisor has to say what became of it."""
        is_unsettled = callback.status in NOT_KEPT and callback.resolution is None
        return is_unsettled or callback.attention == WRONG_NUMBER

    def may_record(self, callback: Callback) -> bool:
        """Whether an outcome can be recorded now."""
        recordable = callback.is_changeable or callback.status in (Status.IN_CALL, Status.COMPLETED)
        return callback.resolution is None and recordable

    def _heading(self, entry: Entry) -> str:
        due = entry.callback.due_at
        if self._is_today(due):
            return self.t["board"]["today"]
        if due < self.now:
            return self.t["board"]["overdue_days"]
        tomorrow = self._is_today(due - timedelta(days=1))
        return f"{self.t['board']['tomorrow']} {self.day(due)}" if tomorrow else self.day(due)

    def _is_today(self, moment: datetime) -> bool:
        return moment.astimezone(self._tz).date() == self.now.astimezone(self._tz).date()
