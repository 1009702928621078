"""The day on the product's own dispatch, use cases and store, with the carrier's line model, in virtual time."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.booking.business import Business
from bot.booking.hours import BusinessHours, Period
from bot.booking.lawful import LawfulHours
from bot.booking.link import LinkKey
from bot.booking.measured import MeasurePolicy
from bot.booking.pacing import Line, Pace
from bot.booking.phone import NumberPolicy
from bot.booking.retry import same_for_all
from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import SlotPolicy
from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.store import agents, callbacks
from bot.store.agents import Agent
from bot.store.schema import attempts, notices
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.bookings import Bookings
from bot.usecases.calls import Calls
from bot.usecases.claims import Claims
from bot.usecases.dispatch import Dispatch
from bot.usecases.line import WaitingLine
from bot.usecases.new_times import NewTimes
from bot.usecases.notices import NoticePolicy, Notices
from bot.usecases.outcomes import Outcomes
from bot.usecases.overdue import Overdue
from bot.usecases.reconcile import Reconciliation
from bot.usecases.seats import Seats
from bot.usecases.wishes import Wishes
from tools.day.bell import Bell, Work
from tools.day.instance import CLOSES, LINES, OPENS, PER_SECOND, WINDOW, Day
from tools.day.kept import Figures, Story, figures
from tools.day.line import LineModel
from tools.day.memory import MemoryDatabase
from tools.day.quick import ORDER, RETRIES_S, moment, promise, second

TOKYO = ZoneInfo("Asia/Tokyo")
LOOK_S = 0.5
"""The dispatcher's bell. Here it rings when something has happened, and else every LOOKS_EVERY_S."""
LOOKS_EVERY_S, NOTICES_EVERY_S, LATENESS_EVERY_S, WATCHDOG_EVERY_S = 15.0, 15.0, 30.0, 300.0
GRACE = timedelta(hours=2)
HOLD = timedelta(minutes=3)
LINKS = LinkKey(secret=b"a day of the simulated year", base_url="https://day.example", kept=timedelta(days=14))
NOTICES = NoticePolicy(links=LINKS, send_hours=LawfulHours(unknown_zone=TOKYO))
MEASURED = MeasurePolicy(wrap_up=timedelta(seconds=20), least=30)
EMPTY_LOOKS = 2
"""After a dial the pace holds the next one back for a second: so many looks may find nothing before the bell rests."""


class NoPhone:
    """A channel that sends every message."""

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        """Sent, under a name of its own."""
        return Sent(message_sid=f"SM{secrets.token_hex(16)}")


class RealDay:
    """One day, or its first hours."""

    def __init__(self, day: Day, *, closes: int = CLOSES) -> None:
        self._day = day
        self._closes = closes
        self._bell = Bell(OPENS - 60)
        self._database = MemoryDatabase()
        self._model = LineModel(day, self._bell)
        rules, business = _rules(), Business(names={"ja": "折り返し", "en": "Day"}, hotline="-", timezone=TOKYO)
        numbers = NumberPolicy(default_country="JP", countries=frozenset({"JP"}), kinds=frozenset({"mobile"}))
        retries = same_for_all(
            tuple(timedelta(seconds=pause) for pause in RETRIES_S), own_fault_delay=timedelta(minutes=2),
            own_fault_limit=50, wait_at_most=timedelta(days=1),
        )  # fmt: skip
        seats = Seats(rules, measured=MEASURED, hold_for=HOLD)
        outcomes = Outcomes(self._database, rules=rules, retries=retries, seats=seats)
        bookings = Bookings(
            self._database, business=business, rules=rules, seats=seats, line=WaitingLine(rules, seats),
            numbers=numbers, reminders=(),
        )  # fmt: skip
        legs = AgentLegs(self._database, self._model, outcomes, tries=1)
        calls = self._model.calls = Calls(
            self._database, self._model, outcomes, wishes=Wishes(self._database, bookings, business=business),
            legs=legs, business=business,
        )  # fmt: skip
        self._overdue = Overdue(self._database, rules=rules, grace=GRACE, order=ORDER)
        claims = Claims(
            self._database, owner="day", numbers=numbers, grace=GRACE, rules=rules, overdue=self._overdue, order=ORDER,
            line=Line(number="+815031234567", lines=LINES, pace=Pace(per_second=PER_SECOND)),
        )  # fmt: skip
        self._dispatch = Dispatch(
            self._database, self._model, outcomes, owner="day", claims=claims, overdue=self._overdue,
            legs=legs, stopwatch=lambda: self._bell.now, jitter=lambda: 1.0,
        )  # fmt: skip
        self._notices = Notices(
            self._database, NoPhone(), business=business, new_times=NewTimes(rules, seats), policy=NOTICES
        )
        self._watchdog = Reconciliation(self._database, self._model, calls, outcomes, legs=legs)
        self._presence: dict[str, str] = {}
        self._resting = 0
        self._empty_looks = 0
        self._next_look = 0.0
        self._model.freed = self._wake
        self._model.on_duty = self._on_duty

    async def go(self, told: Callable[[float], None] = lambda _: None) -> tuple[list[Story], Figures]:
        """Let the day pass; `told` hears how far it is, in seconds from midnight."""
        await self._prepare()
        for slot in range(OPENS, self._closes, WINDOW):
            self._bell.at(slot, self._woken)
        self._bell.every(LOOKS_EVERY_S, self._woken, until=self._closes)
        self._bell.every(LATENESS_EVERY_S, self._tell_lateness, until=self._closes)
        self._bell.every(NOTICES_EVERY_S, self._send, until=self._closes)
        self._bell.every(WATCHDOG_EVERY_S, self._check, until=self._closes)
        await self._bell.ring(self._closes + 3600, told)
        stories = await self._stories()
        await self._database.close()
        return stories, figures(stories, day=self._day, over_capacity=self._model.over_capacity, closes=self._closes)

    async def _prepare(self) -> None:
        async with self._database.write() as tx:
            for customer in self._day.customers:
                await callbacks.add(tx, promise(customer))
            for index, worker in enumerate(self._day.workers):
                agent = Agent(
                    id=f"{index:032x}", login=f"agent{index}", name=f"Agent {index}", role="agent", presence="offline",
                    phone_number=f"+813{10_000_000 + index}", password_hash="-",  # noqa: S106 (nobody logs in)
                )  # fmt: skip
                await agents.add(tx, agent, now=moment(OPENS))
                self._bell.at(worker.starts, self._turns(agent.id, "ready"))
                for start, length in worker.breaks:
                    self._bell.at(start, self._break(agent.id, length))
                self._bell.at(self._closes, self._turns(agent.id, "offline"))

    def _turns(self, agent_id: str, presence: str) -> Work:
        async def turn(now: float) -> None:
            if now >= self._closes and presence == "ready":
                return
            async with self._database.write() as tx:
                await agents.set_presence(tx, agent_id, presence)
            self._presence[agent_id] = presence
            self._wake()

        return turn

    def _break(self, agent_id: str, length: float) -> Work:
        """A break begins when the call that is under way is over."""

        async def ends_when_free(now: float) -> None:
            async with self._database.read() as tx:
                busy = await tx.execute(
                    select(attempts.c.id).where(attempts.c.agent_id == agent_id, attempts.c.ended_at.is_(None))
                )
            if busy.first() is None:
                self._resting += 1
                self._bell.at(now + length, back)
            else:
                self._bell.at(now + 5, ends_when_free)

        async def back(now: float) -> None:
            self._resting -= 1
            await self._turns(agent_id, "ready")(now)

        async def begin(now: float) -> None:
            await self._turns(agent_id, "break")(now)
            await ends_when_free(now)

        return begin

    def _on_duty(self) -> int:
        """How many agents can have a call now."""
        return sum(presence != "offline" for presence in self._presence.values()) - self._resting

    def _wake(self, *, looks: int = 0) -> None:
        """Something has happened: the dispatcher's next look may find work."""
        self._empty_looks = looks
        if self._next_look <= self._bell.now:
            self._next_look = (self._bell.now // LOOK_S + 1) * LOOK_S
            self._bell.at(self._next_look, self._look)

    async def _woken(self, _now: float) -> None:
        self._wake(looks=EMPTY_LOOKS)

    async def _look(self, now: float) -> None:
        if now >= self._closes or self._model.live >= self._on_duty():
            return  # nobody is free: the next call that ends wakes us
        begun = await self._dispatch.dial_due(now=moment(now), real_now=moment(now))
        looks = 0 if begun else self._empty_looks + 1
        if looks <= EMPTY_LOOKS:
            self._wake(looks=looks)

    async def _tell_lateness(self, now: float) -> None:
        await self._overdue.tell_lateness(now=moment(now))

    async def _send(self, now: float) -> None:
        while await self._notices.send_due(now=moment(now), real_now=moment(now)):
            pass

    async def _check(self, now: float) -> None:
        await self._watchdog.check_quiet_calls(now=moment(now), real_now=moment(now))

    async def _stories(self) -> list[Story]:
        """What the database says, and it alone."""
        async with self._database.read() as tx:
            rows = (await tx.execute(select(attempts).order_by(attempts.c.started_at))).all()
            late = (await tx.execute(select(notices).where(notices.c.kind == "late"))).all()
        dials, told = defaultdict(list), {row.callback_id: second(row.sent_at) for row in late if row.sent_at}
        for row in rows:
            dials[row.callback_id].append(row)
        stories = []
        for customer in self._day.customers:
            made = dials[f"{customer.index:032x}"]
            spoken = next((row.agent_confirmed_at for row in made if row.agent_confirmed_at), None)
            calls = [(second(row.started_at), second(row.ended_at)) for row in made if row.ended_at]
            stories.append(
                Story(
                    start=customer.start, end=customer.end, calls=calls, reached=second(spoken) if spoken else None,
                    told=told.get(f"{customer.index:032x}"),
                )
            )  # fmt: skip
        return stories


def _rules() -> Rules:
    period = Period(start=time(OPENS // 3600), end=time(CLOSES // 3600))
    hours = BusinessHours(timezone=TOKYO, weekly=dict.fromkeys(range(5), (period,)), holidays_country=None)
    policy = SlotPolicy(length=timedelta(seconds=WINDOW), lead=timedelta(), horizon=timedelta(days=1), capacity=10_000)
    return Rules(topics={"general": TopicRules(hours=hours, policy=policy)}, lawful=LawfulHours(unknown_zone=TOKYO))
