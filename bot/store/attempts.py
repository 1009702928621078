"""The ledger of dials: written before the carrier is asked, ended exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, case, cast, extract, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from bot.booking.answering import ANSWERED, TELLS_NOTHING, Tries
from bot.booking.callback import Outcome
from bot.store import room_guests
from bot.store.database import Transaction
from bot.store.prepared import Prepared, given
from bot.store.schema import agents, attempts, callbacks


class AlreadyDialled(Exception):
    """The callback, its number or the agent has a live call: the database refused a second one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dial:
    """One attempt as the dispatcher sees it. Live until `ended_at` is set."""

    id: str
    callback_id: str
    number: int
    to_number: str
    agent_id: str
    agent_phone_number: str
    carrier_state: str
    call_sid: str | None
    started_at: datetime
    answered_at: datetime | None
    confirmed_at: datetime | None
    agent_confirmed_at: datetime | None
    ended_at: datetime | None
    begun_at: datetime
    checked_at: datetime | None
    answered_by: str | None
    wish: str | None
    agent_asked_at: datetime | None
    agent_call_sid: str | None

    @property
    def is_live(self) -> bool:
        """Whether the call may still ring or be talked on."""
        return self.ended_at is None


async def begin(
    tx: Transaction,
    attempt_id: str,
    *,
    callback_id: str,
    number: int,
    to_number: str,
    agent_id: str,
    now: datetime,
    real_now: datetime,
) -> None:
    """Write down the intent to dial; raises AlreadyDialled when a constraint says that a call is under way."""
    try:
        async with tx.begin_nested():
            await tx.execute(
                insert(attempts).values(
                    id=attempt_id,
                    callback_id=callback_id,
                    number=number,
                    to_number=to_number,
                    agent_id=agent_id,
                    carrier_state="intent",
                    started_at=now,
                    begun_at=real_now,
                )
            )
    except IntegrityError as error:
        raise AlreadyDialled from error


async def get(tx: Transaction, attempt_id: str) -> Dial | None:
    """The attempt that a webhook's path names."""
    found = await _ONE.rows(tx, of_id=attempt_id)
    return _dial(found[0]) if found else None


async def live(tx: Transaction) -> list[Dial]:
    """Every attempt that has not ended."""
    return await _select(tx, attempts.c.ended_at.is_(None))


async def live_of(tx: Transaction, callback_id: str) -> Dial | None:
    """The attempt of a callback that has not ended."""
    found = await _select(tx, attempts.c.callback_id == callback_id, attempts.c.ended_at.is_(None))
    return found[0] if found else None


async def is_known(tx: Transaction, call_sid: str) -> bool:
    """Whether the carrier's call already belongs to an attempt."""
    return (await tx.execute(select(attempts.c.id).where(attempts.c.call_sid == call_sid))).first() is not None


async def adopt(tx: Transaction, attempt_id: str, call_sid: str) -> bool:
    """Tie the live attempt to the carrier's call; False when either already belongs to another one."""
    try:
        async with tx.begin_nested():
            adopted = await tx.execute(
                update(attempts)
                .where(attempts.c.id == attempt_id, attempts.c.call_sid.is_(None), attempts.c.ended_at.is_(None))
                .values(call_sid=call_sid, carrier_state="accepted")
            )
    except IntegrityError:
        return False
    if adopted.rowcount == 1:
        return True
    known = await tx.execute(select(attempts.c.call_sid).where(attempts.c.id == attempt_id))
    return known.scalar_one_or_none() == call_sid


async def change(tx: Transaction, attempt_id: str, **changes: Any) -> bool:
    """Set facts of a live attempt; False when it has ended: what is over stays as it was."""
    changed = await tx.execute(
        update(attempts).where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None)).values(**changes)
    )
    return changed.rowcount == 1


async def mark_unknown(tx: Transaction, attempt_id: str) -> None:
    """Nobody knows whether the call was placed, unless a webhook has told us the call already."""
    await tx.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None), attempts.c.call_sid.is_(None))
        .values(carrier_state="unknown")
    )


async def machine_answered(tx: Transaction, attempt_id: str, answered_by: str) -> bool:
    """Note that a machine has answered; False when a person has shown themselves, or the attempt is over."""
    noted = await tx.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None), attempts.c.confirmed_at.is_(None))
        .values(answered_by=answered_by)
    )
    return noted.rowcount == 1


async def end(
    tx: Transaction,
    attempt_id: str,
    *,
    outcome: Outcome,
    now: datetime,
    answered_by: str | None = None,
    duration_s: int | None = None,
) -> bool:
    """End the attempt; True for the one caller who did it, False for every later one."""
    told = {"answered_by": answered_by, "duration_s": duration_s}
    known = {name: fact for name, fact in told.items() if fact is not None}  # what is known already stays
    if not await change(tx, attempt_id, ended_at=now, outcome=outcome, **known):
        return False
    await room_guests.all_leave(tx, attempt_id, now=now)
    return True


_FIELDS = tuple(Dial.__dataclass_fields__)


def _dials(*conditions: Any) -> Select[Any]:
    columns = (agents.c.phone_number if name == "agent_phone_number" else attempts.c[name] for name in _FIELDS)
    chosen = select(*columns).join_from(attempts, agents, agents.c.id == attempts.c.agent_id)
    return chosen.where(*conditions).order_by(attempts.c.started_at, attempts.c.id)


_ONE = Prepared(lambda _: _dials(attempts.c.id == given("of_id")))
"""Every word of a carrier asks for it."""


async def _select(tx: Transaction, *conditions: Any) -> list[Dial]:
    return [_dial(row) for row in await tx.execute(_dials(*conditions))]


def _dial(row: Sequence[Any]) -> Dial:
    return Dial(**dict(zip(_FIELDS, row, strict=True)))


async def recent_talks(tx: Transaction, topic: str, *, since: datetime, limit: int) -> list[timedelta]:
    """How long customers and agents last spoke about this topic, the newest first."""
    rows = await tx.execute(
        select(attempts.c.duration_s)
        .join(callbacks, callbacks.c.id == attempts.c.callback_id)
        .where(
            attempts.c.outcome == Outcome.CONNECTED,
            attempts.c.duration_s.is_not(None),
            attempts.c.started_at >= since,
            callbacks.c.topic == topic,
        )
        .order_by(attempts.c.started_at.desc())
        .limit(limit)
    )
    return [timedelta(seconds=seconds) for seconds in rows.scalars()]


async def answered_by_hour(tx: Transaction, *, since: datetime, limit: int = 20_000) -> list[Tries]:
    """How many of the newest calls since a moment were answered, by the hour at which they were placed."""
    rows = await _BY_HOUR.rows(tx, since=since, most=limit)
    return [
        Tries(at=datetime.fromtimestamp(hour, UTC), placed=placed, answered=answered) for hour, placed, answered in rows
    ]


def _by_hour() -> Any:
    newest = (
        select(attempts.c.started_at, attempts.c.outcome)
        .where(
            attempts.c.started_at >= given("since"),
            attempts.c.outcome.is_not(None),
            attempts.c.outcome.not_in(sorted(TELLS_NOTHING)),
        )
        .order_by(attempts.c.started_at.desc())
        .limit(given("most"))
        .subquery()
    )
    seconds = extract("epoch", newest.c.started_at)
    hour = cast(seconds - seconds % 3600, Integer)
    answered = func.sum(case((newest.c.outcome.in_(sorted(ANSWERED)), 1), else_=0))
    return select(hour, func.count(), answered).group_by(literal_column("1"))


_BY_HOUR = Prepared(lambda _: _by_hour())
