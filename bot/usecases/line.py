"""The line of those who asked for the soonest call: their place, when to expect us, and how true that was."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.booking import line
from bot.booking.callback import CHANGEABLE, Callback, Kind
from bot.booking.line import Accuracy, Standing
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store import line as store
from bot.store.database import Database, Transaction
from bot.usecases.seats import Seats


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
        found: dict[str, Standing] = {}
        lines: dict[tuple[str, datetime], list[tuple[str, datetime]]] = {}
        for callback in callbacks:
            if callback.kind == Kind.SCHEDULED or callback.status not in CHANGEABLE:
                continue
            key = callback.topic, max(callback.due_at, now)
            if key not in lines:
                lines[key] = await self._owed(tx, *key, now=now)
            standing = await self._standing(tx, callback, lines[key], now=now)
            if standing:
                found[callback.id] = standing
        return found

    async def _standing(
        self, tx: Transaction, callback: Callback, owed: list[tuple[str, datetime]], *, now: datetime
    ) -> Standing | None:
        ids = [callback_id for callback_id, _ in owed]
        if callback.id not in ids:  # set aside, or behind more than can be counted
            return None
        place = ids.index(callback.id)
        ahead = [due_at for _, due_at in owed[:place]]
        return Standing(
            queue_position=place + 1,
            estimated_start=await self._expected(tx, callback.topic, callback.due_at, ahead, now=now),
        )

    async def tell(self, tx: Transaction, callback: Callback, *, now: datetime) -> Callback:
        """Keep with a new callback what its customer hears now; returns it with that."""
        estimate = (await self.standing(tx, callback, now=now)).estimated_start
        if estimate:
            await store.remember_told(tx, callback.id, estimate)
        return replace(callback, told_start=estimate)

    async def expected_for_next(self, tx: Transaction, topic: str, due_at: datetime, *, now: datetime) -> datetime:
        """When whoever joins the line now may expect the call that is owed at `due_at`."""
        ahead = [owed_at for _, owed_at in await self._owed(tx, topic, due_at, now=now)]
        return await self._expected(tx, topic, due_at, ahead, now=now)

    async def _owed(
        self, tx: Transaction, topic: str, due_at: datetime, *, now: datetime
    ) -> list[tuple[str, datetime]]:
        """What is owed until then. For a call of tomorrow's only what is owed shortly before it: today's is done."""
        begin = self._begin(topic, due_at, now=now)
        return await store.waiting(tx, since=None if begin == now else begin, until=max(due_at, now))

    async def _expected(
        self, tx: Transaction, topic: str, due_at: datetime, ahead: list[datetime], *, now: datetime
    ) -> datetime:
        begin = self._begin(topic, due_at, now=now)
        handle_time = await self._handle_time(tx, topic, now=now)
        on_duty = await store.on_duty(tx) if begin == now else []
        free_at = [now if since is None else max(now, since + handle_time) for since in on_duty]
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
