"""Made-up pasts of callbacks, row by row as the product writes them, with times that like to fall on the edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, insert, update

from bot.booking.callback import Outcome
from bot.store.database import Database
from bot.store.schema import agents, attempts, callback_events, callbacks, conversations, notices
from tests.support.clocks import tokyo
from tests.support.products import number

FIRST_DAY = tokyo("2026-09-01 09:00")
DAYS = 20
AGENTS = tuple(letter * 32 for letter in "abcdefgh")
MINUTE = timedelta(minutes=1)
EDGES = (-MINUTE, timedelta(), timedelta(seconds=1), MINUTE, timedelta(seconds=61), 10 * MINUTE, 31 * MINUTE)


@dataclass(frozen=True, kw_only=True)
class Write:
    """One row written or changed at a moment."""

    at: datetime
    table: Table
    values: dict[str, Any]
    row_id: str | None = None  # of the row that is changed; None for a new one


def pasts(seed: int, *, many: int) -> list[Write]:
    """What happened to so many callbacks, in the order of time."""
    chance = Random(seed)
    writes = [write for index in range(many) for write in _Past(chance, f"{seed:08d}{index:024d}").writes()]
    in_order = sorted(writes, key=lambda write: write.at)
    _give_agents(in_order, chance)
    return sorted((*in_order, *_presences(Random(-seed))), key=lambda write: write.at)


def _presences(chance: Random) -> Iterator[Write]:
    """Some are ready, write things down, pause and come back, over hours and nights, whatever calls they have."""
    for agent_id in AGENTS[:3]:
        at, states = FIRST_DAY, ("ready", "after_call", "ready", "break", "ready", "offline", "away")
        while at < FIRST_DAY + timedelta(days=DAYS):
            values = {"presence": chance.choice(states), "presence_since": at}
            yield Write(at=at, table=agents, values=values, row_id=agent_id)
            at += timedelta(minutes=chance.choice((1, 60, 95, 600, 1500, 3000)), seconds=chance.choice((0, 0, 17)))


def _give_agents(writes: Sequence[Write], chance: Random) -> None:
    """Nobody is in two calls at once."""
    takers: dict[str, str] = {}
    for write in writes:
        if write.table is attempts and write.row_id is None:
            free = sorted(set(AGENTS) - set(takers.values()))
            takers[write.values["id"]] = write.values["agent_id"] = chance.choice(free)
        elif write.table is attempts and write.row_id:
            del takers[write.row_id]


async def add_agents(database: Database) -> None:
    """Those who take the calls of the made-up past."""
    async with database.write() as tx:
        for index, agent_id in enumerate(AGENTS):
            await tx.execute(
                insert(agents).values(
                    id=agent_id, login=f"agent{index}", name=f"Agent {index}", password_hash="-", role="agent",
                    phone_number=f"+8131234000{index}", presence="ready", created_at=FIRST_DAY,
                )
            )  # fmt: skip


async def happen(database: Database, writes: Sequence[Write]) -> None:
    """Write it down."""
    async with database.write() as tx:
        for write in writes:
            if write.row_id is None:
                await tx.execute(insert(write.table).values(**write.values))
            else:
                await tx.execute(update(write.table).where(write.table.c.id == write.row_id).values(**write.values))


class _Past:
    """One callback's."""

    def __init__(self, chance: Random, callback_id: str) -> None:
        self._chance = chance
        self._id = callback_id
        self._asked_at = FIRST_DAY + timedelta(
            days=chance.randrange(DAYS), minutes=chance.randrange(0, 700, 5), seconds=chance.choice((0, 0, 17))
        )
        self._now = self._asked_at
        self._window_end = self._asked_at
        self._dials = 0
        self._is_over = False

    def writes(self) -> Iterator[Write]:
        chance = self._chance
        talk = f"t{self._id}" if chance.random() < 0.7 else None
        if talk:
            channel = {"id": talk, "channel": "web", "language": "ja"}
            yield Write(
                at=self._asked_at - 5 * MINUTE, table=conversations,
                values={**channel, "created_at": self._asked_at - 5 * MINUTE, "updated_at": self._asked_at},
            )  # fmt: skip
        if talk and chance.random() < 0.3:  # a talk that came to nothing
            return
        yield from self._promise("booked", talk)
        for _ in range(chance.randrange(3)):
            if chance.random() < 0.3:
                yield from self._dial()
            if not self._is_over and chance.random() < 0.5:
                self._pass(chance.choice(EDGES))
                yield from self._promise("moved")
        while not self._is_over and chance.random() < 0.8:
            yield from self._next()

    def _next(self) -> Iterator[Write]:
        match self._chance.choice(("dial", "dial", "dial", "late", "cancelled", "expired", "suppressed", "wait")):
            case "dial":
                yield from self._dial()
            case "late":
                yield from self._notice("late")
            case "cancelled" | "expired" as status:
                self._pass(self._chance.choice(EDGES))
                yield from self._close(status)
            case "suppressed":
                yield self._event("suppressed", reason="opted_out")
                yield from self._close(self._chance.choice(("cancelled", "expired")))
            case _:
                return

    def _promise(self, kind: str, talk: str | None = None) -> Iterator[Write]:
        start = self._now + timedelta(minutes=self._chance.choice((0, 30, 240, 2000)))
        window = {"window_start": start, "window_end": start + 30 * MINUTE}
        self._window_end = window["window_end"]
        if kind == "booked":
            yield Write(at=self._now, table=callbacks, values=self._columns(talk) | window)
        else:
            yield self._change(**window)
        told = {name: at.isoformat() for name, at in window.items()}
        if self._chance.random() < 0.4:
            told["estimated_start"] = (start + self._chance.choice(EDGES)).isoformat()
        yield self._event(kind, **told)
        if self._chance.random() < 0.2:
            yield self._event("estimate_told", estimated_start=(start + self._chance.choice(EDGES)).isoformat())
        if self._chance.random() < 0.7:
            self._pass(start - self._now + self._chance.choice(EDGES))

    def _dial(self) -> Iterator[Write]:
        self._dials += 1
        attempt_id, begun = f"{self._id[:29]}{self._id[-2:]}{self._dials}"[-32:], self._now
        sure = {"callback_id": self._id, "number": self._dials, "to_number": f"+81{self._id[-8:]}{self._dials}"}
        yield Write(
            at=begun, table=attempts,
            values={
                **sure, "id": attempt_id, "carrier_state": "accepted",
                "started_at": begun, "begun_at": begun, "ended_at": None,
            },
        )  # fmt: skip
        yield self._event("dialing")
        outcome = self._chance.choice((Outcome.CONNECTED, *Outcome))
        confirmed = self._now + timedelta(seconds=20)
        self._pass(timedelta(seconds=self._chance.randrange(21, 900)))
        yield Write(
            at=self._now, table=attempts, row_id=attempt_id,
            values={
                "ended_at": self._now, "outcome": str(outcome),
                "agent_confirmed_at": confirmed if outcome == Outcome.CONNECTED else None,
                "confirmed_at": self._chance.choice((None, confirmed - MINUTE, confirmed + timedelta(seconds=1))),
            },
        )  # fmt: skip
        yield self._event("attempt_ended", number=self._dials, outcome=str(outcome))
        if outcome == Outcome.CONNECTED:
            yield from self._close("completed")
            yield from self._rate()
        elif self._dials == 3:
            yield from self._close("unreached")
        else:
            self._pass(5 * MINUTE)

    def _rate(self) -> Iterator[Write]:
        if self._chance.random() < 0.6:
            yield from self._notice("thanks")
        if self._chance.random() < 0.2:
            yield self._event("rating_asked")
        for _ in range(self._chance.choice((0, 1, 1, 2))):
            effort = {"effort": self._chance.randint(1, 5)} if self._chance.random() < 0.5 else {}
            yield self._event("rated", score=self._chance.randint(1, 5), **effort)

    def _notice(self, kind: str) -> Iterator[Write]:
        notice_id = f"{kind[0]}{self._chance.randrange(10**30):031d}"
        yield Write(
            at=self._now, table=notices,
            values={
                "id": notice_id, "callback_id": self._id, "kind": kind, "occasion": notice_id, "due_at": self._now,
                "state": "pending",
            },
        )  # fmt: skip
        state = self._chance.choice(("sent", "skipped", "delivered", "undelivered"))
        sent = max(self._now, self._window_end + self._chance.choice((-5 * MINUTE, *EDGES)))
        yield Write(at=sent, table=notices, row_id=notice_id, values={"state": state, "sent_at": sent})

    def _close(self, status: str) -> Iterator[Write]:
        self._is_over = True
        yield self._change(status=status)
        yield self._event(status)

    def _columns(self, talk: str | None) -> dict[str, Any]:
        chance = self._chance
        return {
            "id": self._id, "reference": self._id[-12:], "status": "booked", "kind": "scheduled",
            "topic": chance.choice(("general", "repair")), "slot_start": self._now, "due_at": self._now,
            "phone_number": number(chance.randrange(15)), "reason": "洗濯機の修理", "language": "ja",
            "channel": "web" if talk else chance.choice(("api", "sms")), "conversation_id": talk,
            "created_at": self._now, "updated_at": self._now,
        }  # fmt: skip

    def _change(self, **values: Any) -> Write:
        return Write(at=self._now, table=callbacks, row_id=self._id, values=values)

    def _event(self, kind: str, **facts: Any) -> Write:
        values = {"callback_id": self._id, "at": self._now, "kind": kind, "facts": facts}
        return Write(at=self._now, table=callback_events, values=values)

    def _pass(self, span: timedelta) -> None:
        self._now = max(self._now, self._now + span)
