"""The line of those who asked for the soonest call: their place, when to expect us, and how true that was."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.booking import line
from bot.booking.callback import CHANGEABLE, Callback, Kind
from bot.booking.line import Accuracy, Standing
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store import callbacks as callbacks_store
from bot.store import line as store
from bot.store.database import Database, Transaction
from bot.usecases.seats import Seats

ESTIMATE_TOLD = "estimate_told"
"""The history's word for the time that a customer was told to expect the soonest call."""


class WaitingLine:
    """Reads the line in the order in which the dispatcher takes it; any agent takes any call."""

    def __init__(self, rules: Rules, seats: Seats) -> None:
        self._rules = rules
        self._seats = seats

    async def standing(self, tx: Transaction, callback: Callback, *, now: datetime) -> Standing:
        """Where an open callback stands; nothing for one that has its own time or is on the phone."""
        return (await self.standings(tx, (callback,), now=now)).get(callback.id, Standing())

    async def standings(self, tx: Transaction, callbacks: Iterable[Callback], *, now: datetime) -> dict[str, Standing]:
        """The same for several, by id; only for those who stand in line."""
        lines: dict[tuple[datetime | None, datetime], list[Callback]] = {}
        for callback in callbacks:
            if callback.kind != Kind.SCHEDULED and callback.status in CHANGEABLE:
                until = max(callback.due_at, now)
                lines.setdefault((self._since(callback.topic, until, now=now), until), []).append(callback)
        found: dict[str, Standing] = {}
        on_duty = await store.on_duty(tx) if lines else []
        for (since, until), waiting in lines.items():
            line = await store.places(tx, [callback.id for callback in waiting], since=since, until=until, now=now)
            for callback in waiting:
                if place := line.of.get(callback.id):  # who is set aside has none
                    ahead = line.ahead_of(place, now=now)
                    expected = await self._expected(
                        tx, callback.topic, callback.due_at, ahead, on_duty=on_duty, now=now
                    )
                    found[callback.id] = Standing(queue_position=place, estimated_start=expected)
        return found

    async def tell(self, tx: Transaction, callback: Callback, *, now: datetime) -> Callback:
        """Keep with a new callback what its customer hears now; returns it with that."""
        estimate = (await self.standing(tx, callback, now=now)).estimated_start
        if estimate:
            await store.remember_told(tx, callback.id, estimate)
            facts = {"estimated_start": estimate.isoformat()}
            await callbacks_store.note_event(tx, callback.id, ESTIMATE_TOLD, at=now, facts=facts)
        return replace(callback, told_start=estimate)

    async def expected_for_next(self, tx: Transaction, topic: str, due_at: datetime, *, now: datetime) -> datetime:
        """When whoever joins the line now may expect the call that is owed at `due_at`."""
        until = max(due_at, now)
        line = await store.places(tx, (), since=self._since(topic, until, now=now), until=until, now=now)
        ahead = line.ahead_of(line.count + 1, now=now)
        return await self._expected(tx, topic, due_at, ahead, on_duty=await store.on_duty(tx), now=now)

    def _since(self, topic: str, until: datetime, *, now: datetime) -> datetime | None:
        """From when on the line counts, None for all of it. Of a call of tomorrow only what is owed shortly before it:
        the rest is done by then."""
        begin = self._begin(topic, until, now=now)
        return None if begin == now else begin

    async def _expected(
        self,
        tx: Transaction,
        topic: str,
        due_at: datetime,
        ahead: list[datetime],
        *,
        on_duty: Sequence[datetime | None],
        now: datetime,
    ) -> datetime:
        begin = self._begin(topic, due_at, now=now)
        handle_time = await self._handle_time(tx, topic, now=now)
        serving = on_duty if begin == now else ()  # who is here now says nothing about tomorrow
        free_at = [now if since is None else max(now, since + handle_time) for since in serving]
        if not free_at:  # nobody has come to work yet: the roster says how many will
            free_at = [begin] * self._rostered(topic, due_at, handle_time)
        expected = line.expected_start(due_at, ahead=ahead, free_at=free_at, handle_time=handle_time)
        return line.told(max(now, expected or due_at))

    def _begin(self, topic: str, due_at: datetime, *, now: datetime) -> datetime:
        return max(now, due_at - self._rules.of(topic).policy.length)

    async def _handle_time(self, tx: Transaction, topic: str, *, now: datetime) -> timedelta:
        measured = await self._seats.handle_time(tx, topic, now=now)
        return measured or self._rules.of(topic).handle_time

    def _rostered(self, topic: str, moment: datetime, handle_time: timedelta) -> int:
        """How many people make callbacks then, as far as the slot's capacity tells; never nobody."""
        rules = self._rules.of(topic)
        window = Window(start=moment, end=moment + rules.policy.length)
        capacity = rules.capacity(self._rules.known(topic), window, handle_time=handle_time)
        return max(1, capacity * handle_time // rules.policy.length)


class LineReport:
    """Whether customers were told the truth about the line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accuracy(self, *, start: datetime, end: datetime, now: datetime) -> Accuracy:
        """Of the soonest calls expected in [start, end) and before `now`: how many began by the time that was told."""
        async with self._database.read() as tx:
            return await store.accuracy(tx, start=start, end=min(end, now))
