"""Three months that could have been: who asked for a callback, when, and what became of it. Made up from a seed.

No number in it can belong to anybody: 090-0 is not given out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapreplace
from random import Random
from typing import Any

from bot.booking.callback import Outcome
from bot.booking.reference import ALPHABET, LENGTH
from bot.booking.window import Window
from tools.demo_words import COMPANIES, NAMES, NOTES, REASONS, THANKS, WORDS

MARK = "demo"
"""Every id of the made-up past begins so."""
SLOT = timedelta(minutes=30)
MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
SCATTER = 387_420_489
A_SLOT = (3.4, 4.6, 5.6, 5.2, 4.2, 3.2, 2.8, 3.4, 4.4, 5.0, 4.8, 4.2, 3.8, 3.4, 3.0, 2.8, 2.4, 1.8)
"""How many callbacks are promised for the first, second, ... slot of a common day."""
MISSED = (Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.NOT_CONFIRMED, Outcome.BUSY)
RETRIES = (5 * MINUTE, 30 * MINUTE)
Rows = dict[str, list[dict[str, Any]]]
TABLES = (
    "conversations",
    "messages",
    "callbacks",
    "callback_events",
    "attempts",
    "notices",
    "notes",
    "presence_spells",
)
"""In the order in which rows refer to each other."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where it happens: the topics, the people who take calls, and the slots of each open day."""

    seed: int
    topics: Sequence[str]
    agent_ids: Sequence[str]


@dataclass(kw_only=True)
class _Wish:
    """A callback while it is being told."""

    id: str
    number: str
    language: str
    channel: str
    topic: str
    asked_at: datetime
    window: Window
    reason: str
    talk: str | None
    due_at: datetime
    tries: int = 0
    was_missed: int = 0
    is_away: bool = False
    rows: Rows = field(default_factory=lambda: {name: [] for name in TABLES})

    def event(self, kind: str, at: datetime, **facts: Any) -> None:
        """One entry of its history."""
        self.rows["callback_events"].append({"callback_id": self.id, "at": at, "kind": kind, "facts": facts})


class Past:
    """Days told one after the other; each day's rows are those of the callbacks promised for it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._chance = Random(setting.seed)
        self._customers: list[tuple[str, str, str]] = []
        self._known: list[tuple[datetime, tuple[str, str, str]]] = []
        self._told = self._talks = self._attempts = 0

    def day(self, windows: Sequence[Window]) -> Rows:
        """What was promised for this open day and what became of it, and the talks that came to nothing."""
        rows: Rows = {name: [] for name in TABLES}
        busy = self._chance.choice((0.8, 0.9, 1.0, 1.0, 1.1, 1.3)) * (1.35 if windows[0].start.weekday() == 0 else 1)
        wishes = [
            self._wish(window)
            for index, window in enumerate(windows)
            for _ in range(self._some(A_SLOT[index % len(A_SLOT)] * busy))
        ]
        self._call_all([wish for wish in wishes if not self._falls_away(wish)])
        for wish in wishes:
            for name, made in wish.rows.items():
                rows[name] += made
        for _ in range(int(len(wishes) * self._chance.uniform(0.35, 0.6))):
            self._talk(rows, windows[0].start + self._seconds(-3 * 3600, 13 * 3600), self._chance.choice("jjjje"))
        rows["presence_spells"] = list(self._shifts(windows))
        return rows

    def _shifts(self, windows: Sequence[Window]) -> Iterator[dict[str, Any]]:
        """Everybody is ready all day but for a break, one after the other."""
        opens, closes = windows[0].start, windows[-1].end
        for index, agent_id in enumerate(self._setting.agent_ids):
            pause = opens + (closes - opens) / 2 + index * timedelta(minutes=45)
            back = min(pause + timedelta(minutes=45), closes)
            for state, start, end in (("ready", opens, pause), ("break", pause, back), ("ready", back, closes)):
                if start < end:
                    yield {"agent_id": agent_id, "state": state, "started_at": start, "ended_at": end}

    def _wish(self, window: Window) -> _Wish:
        chance = self._chance
        number, name, language = self._customer(window.start)
        channel = chance.choices(("web", "line", "sms", "form", "api"), (60, 20, 5, 8, 7))[0]
        soon = chance.random() < 0.35
        ahead = self._seconds(60, 1500) if soon else timedelta(hours=chance.choice((1, 2, 3, 4, 20, 24, 44, 70)))
        asked_at = window.start - ahead - self._seconds(0, 3000 if not soon else 60)
        self._told += 1
        wish = _Wish(
            id=f"{MARK}{self._told:028d}", number=number, language=language, channel=channel, asked_at=asked_at,
            topic=chance.choice(self._setting.topics), window=window, reason=chance.choice(REASONS[language]),
            talk=None, due_at=window.start, is_away=chance.random() < 0.07,
        )  # fmt: skip
        if channel in ("web", "line", "sms"):
            wish.talk = self._talk(wish.rows, asked_at - self._seconds(60, 240), language, channel=channel, wish=wish)
        self._ask(wish, name, soon=soon)
        return wish

    def _ask(self, wish: _Wish, name: str, *, soon: bool) -> None:
        chance = self._chance
        wish.rows["callbacks"].append(
            {
                "id": wish.id, "reference": self._reference(), "status": "booked",
                "kind": "asap" if soon else "scheduled", "topic": wish.topic, "window_start": wish.window.start,
                "window_end": wish.window.end, "slot_start": wish.window.start, "due_at": wish.window.start,
                "phone_number": wish.number, "name": name if chance.random() < 0.9 else None,
                "company": chance.choice(COMPANIES) if chance.random() < 0.08 else None, "reason": wish.reason,
                "language": wish.language, "channel": wish.channel, "conversation_id": wish.talk, "resolution": None,
                "attention": None, "created_at": wish.asked_at, "updated_at": wish.asked_at,
            }
        )  # fmt: skip
        told = _told(wish.window)
        if soon:
            told["estimated_start"] = (wish.window.start + self._seconds(0, 420)).isoformat()
        if (
            not soon and wish.window.start - wish.asked_at > 6 * SLOT and chance.random() < 0.12
        ):  # had another time first
            earlier = Window(start=wish.window.start - 2 * SLOT, end=wish.window.end - 2 * SLOT)
            wish.event("booked", wish.asked_at, **_told(earlier))
            wish.event("moved", wish.asked_at + self._seconds(30, 50), **_told(wish.window))
        else:
            wish.event("booked", wish.asked_at, **told)

    def _falls_away(self, wish: _Wish) -> bool:
        """Some are taken back, some are never dialled."""
        fate = self._chance.random()
        at = wish.window.start - self._seconds(30, 60 if wish.window.start - wish.asked_at < SLOT else 1500)
        if fate < 0.045:
            self._end(wish, "cancelled", at)
        elif fate < 0.055:
            self._end(wish, "completed", at, resolution="resolved")
        elif fate < 0.06:
            wish.event("suppressed", wish.window.start, reason="opted_out")
            self._end(wish, "cancelled", wish.window.start, attention="set_aside")
        return fate < 0.06

    def _call_all(self, wishes: list[_Wish]) -> None:
        """Agents take what is owed, in order; on a bad day fewer of them are there, and promises are broken."""
        chance = self._chance
        agents, calling_in = list(self._setting.agent_ids), chance.choices((0.5, 0.72, 0.88), (70, 22, 8))[0]
        if chance.random() < 0.05:  # somebody is ill
            agents, calling_in = agents[:2], 0.2
        first = min((wish.due_at for wish in wishes), default=datetime.min.replace(tzinfo=UTC))
        free = [(first, agent_id) for agent_id in sorted(agents)]
        owed = sorted(wishes, key=lambda wish: (wish.due_at, wish.id))
        while owed:
            wish = owed.pop(0)
            free_at, agent_id = free[0]
            at = max(wish.due_at + timedelta(milliseconds=int(chance.expovariate(1 / 9000))), free_at)
            if not wish.tries and at > wish.window.end - 5 * MINUTE:
                self._tell_late(wish)
            ended_at = self._dial(wish, at, agent_id)
            # What is written afterwards, and those who call in by themselves in between.
            also = self._seconds(60, 800) if chance.random() < calling_in else timedelta()
            heapreplace(free, (ended_at + self._seconds(5, 150) + also, agent_id))
            if wish.due_at > at:  # to be tried again
                owed.append(wish)
                owed.sort(key=lambda other: (other.due_at, other.id))

    def _dial(self, wish: _Wish, at: datetime, agent_id: str) -> datetime:
        """One attempt; returns its end. `due_at` of what is to be tried again lies after it."""
        chance = self._chance
        wish.tries += 1
        hour = wish.window.start.hour  # UTC: the Japanese noon is 3
        reached = chance.random() < (0.12 if wish.is_away else 0.62 if hour in (3, 4) else 0.8)
        outcome = Outcome.CONNECTED if reached else chance.choice(MISSED)
        if reached and chance.random() < 0.015:
            outcome = Outcome.AGENT_MISSED
        picked_up = at + self._seconds(6, 22)
        spoke_from = picked_up + self._seconds(9, 20)
        talk = timedelta(seconds=int(chance.lognormvariate(5.75, 0.55)) + 40)
        ended_at = spoke_from + talk if outcome == Outcome.CONNECTED else at + self._seconds(24, 40)
        self._write_dial(wish, at, agent_id, outcome, picked_up, spoke_from, ended_at)
        if outcome == Outcome.CONNECTED:
            self._end(wish, "completed", ended_at, resolution="resolved" if chance.random() < 0.93 else None)
            self._afterwards(wish, agent_id, ended_at, was_late=at > wish.window.end)
        elif outcome == Outcome.AGENT_MISSED:
            self._try_again(wish, ended_at, 2 * MINUTE)
        elif wish.was_missed < len(RETRIES):
            self._try_again(wish, ended_at, RETRIES[wish.was_missed])
            wish.was_missed += 1
        else:
            self._end(wish, "unreached", ended_at)
        return ended_at

    def _write_dial(
        self, wish: _Wish, at: datetime, agent_id: str, outcome: Outcome, picked_up: datetime, spoke_from: datetime,
        ended_at: datetime,
    ) -> None:  # fmt: skip
        was_up = outcome not in (Outcome.NO_ANSWER, Outcome.BUSY)
        connected = outcome == Outcome.CONNECTED
        wish.rows["attempts"].append(
            {
                "id": f"{MARK}{self._told_attempts():028d}", "callback_id": wish.id, "number": wish.tries,
                "to_number": wish.number, "agent_id": agent_id, "carrier_state": "completed", "started_at": at,
                "answered_at": picked_up if was_up else None, "confirmed_at": spoke_from if connected else None,
                "agent_confirmed_at": spoke_from if connected else None, "ended_at": ended_at, "outcome": str(outcome),
                "answered_by": "human" if connected else None,
                "duration_s": (ended_at - picked_up) // SECOND if was_up else None, "begun_at": at,
            }
        )  # fmt: skip
        wish.event("dialing", at)
        if connected:
            wish.event("in_call", spoke_from)
        wish.event("attempt_ended", ended_at, number=wish.tries, outcome=str(outcome))

    def _try_again(self, wish: _Wish, ended_at: datetime, pause: timedelta) -> None:
        wish.event("retry_wait", ended_at)
        wish.due_at = ended_at + pause

    def _tell_late(self, wish: _Wish) -> None:
        at = wish.window.end - 5 * MINUTE
        wish.event("late", at)
        if self._chance.random() < 0.9:
            self._notice(wish, "late", at + self._seconds(1, 5))

    def _afterwards(self, wish: _Wish, agent_id: str, ended_at: datetime, *, was_late: bool) -> None:
        chance = self._chance
        if chance.random() < 0.7:
            text = chance.choice(NOTES)
            at = ended_at + self._seconds(20, 200)
            wish.rows["notes"].append({"callback_id": wish.id, "agent_id": agent_id, "text": text, "at": at})
            wish.event("noted", at, agent_id=agent_id)
        self._notice(wish, "thanks", ended_at + 60 * SECOND)
        if chance.random() < 0.42:
            weights = (8, 12, 28, 32, 20) if was_late else (1, 3, 10, 36, 50)
            facts = {"score": chance.choices(range(1, 6), weights)[0]}
            if chance.random() < 0.5:
                facts["effort"] = chance.choices(range(1, 6), weights[::-1])[0]
            wish.event("rated", ended_at + self._seconds(90, 7000), **facts)
        if chance.random() < 0.07:  # comes back with the matter
            known = next(customer for customer in self._customers if customer[0] == wish.number)
            self._known.append((ended_at + DAY, known))

    def _end(self, wish: _Wish, status: str, at: datetime, **changes: Any) -> None:
        wish.event(status, at)
        wish.rows["callbacks"][0] |= {"status": status, "updated_at": at, **changes}

    def _notice(self, wish: _Wish, kind: str, at: datetime) -> None:
        place = len(wish.rows["notices"])
        wish.rows["notices"].append(
            {
                "id": f"{MARK}{place}{wish.id[len(MARK) + 1 :]}", "callback_id": wish.id, "kind": kind,
                "occasion": str(place), "due_at": at, "state": "delivered", "sent_at": at,
            }
        )  # fmt: skip

    def _talk(self, rows: Rows, at: datetime, language: str, *, channel: str = "web", wish: _Wish | None = None) -> str:
        """A talk with what was said; returns its id."""
        spoken = {"j": "ja", "e": "en"}.get(language, language)
        self._talks += 1
        talk = f"{MARK}{self._talks:039d}"
        rows["conversations"].append(
            {
                "id": talk, "channel": channel, "language": spoken, "expects": None,
                "callback_id": wish.id if wish else None, "created_at": at, "updated_at": at,
            }
        )  # fmt: skip
        said = [("assistant", WORDS[spoken]["greeting"])]
        if wish:
            said += [("customer", wish.reason), ("assistant", WORDS[spoken]["when"])]
            said += [("customer", WORDS[spoken]["then"]), ("assistant", WORDS[spoken]["booked"])]
            said += [("customer", self._chance.choice(THANKS[spoken]))]
        elif self._chance.random() < 0.6:
            said += [("customer", self._chance.choice(REASONS[spoken]))]
        for turn, (sender, text) in enumerate(said):
            rows["messages"].append(
                {
                    "conversation_id": talk, "sender": sender, "text": text, "buttons": [],
                    "at": at + turn * 9 * SECOND, "answered": True, "later": False,
                }
            )  # fmt: skip
        return talk

    def _customer(self, at: datetime) -> tuple[str, str, str]:
        """Somebody new, or one who comes back: (number, name, language)."""
        for place, (since, known) in enumerate(self._known):
            if since < at:
                del self._known[place]
                return known
        language = "en" if self._chance.random() < 0.12 else "ja"
        number = f"+81900{len(self._customers) + 1_000_000:07d}"
        self._customers.append((number, self._chance.choice(NAMES[language]), language))
        return self._customers[-1]

    def _reference(self) -> str:
        """Scattered over all that there are, never the same twice: the factor shares no divisor with their number."""
        place, letters = (self._told * SCATTER) % len(ALPHABET) ** LENGTH, []
        for _ in range(LENGTH):
            place, letter = divmod(place, len(ALPHABET))
            letters.append(ALPHABET[letter])
        return "".join(letters)

    def _told_attempts(self) -> int:
        self._attempts += 1
        return self._attempts

    def _some(self, mean: float) -> int:
        """A whole number that is `mean` on average."""
        return int(mean + self._chance.random())

    def _seconds(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self._chance.randint(least, most))


def _told(window: Window) -> dict[str, str]:
    return {"window_start": window.start.isoformat(), "window_end": window.end.isoformat()}
