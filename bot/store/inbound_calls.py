"""Calls that came in, by the carrier's name for each: one call is one row, however often it is reported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.booking.when import Language
from bot.store.database import Transaction, upsert
from bot.store.voice_schema import inbound_calls


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundCall:
    """A call that came in. `caller` None is a withheld number; `phone_number` is where to call back."""

    call_sid: str
    caller: str | None
    language: Language
    at: datetime
    state: str = "open"
    phone_number: str | None = None
    topic: str | None = None
    conversation_id: str | None = None
    tries: int = 0
    proved_at: datetime | None = None
    sms_to: str | None = None
    sms_at: datetime | None = None


async def begin(tx: Transaction, call: InboundCall) -> InboundCall:
    """Keep a new call; one that is known already stays as it is and is returned."""
    values = {name: getattr(call, name) for name in InboundCall.__dataclass_fields__}
    await tx.execute(upsert(tx, inbound_calls).values(**values).on_conflict_do_nothing(index_elements=["call_sid"]))
    return await get(tx, call.call_sid) or call


async def get(tx: Transaction, call_sid: str) -> InboundCall | None:
    """The call of this name, None where none came in."""
    found = await _select(tx, inbound_calls.c.call_sid == call_sid)
    return found[0] if found else None


async def change(tx: Transaction, call: InboundCall, **changes: Any) -> None:
    """Keep what was said."""
    await tx.execute(update(inbound_calls).where(inbound_calls.c.call_sid == call.call_sid).values(**changes))


async def advance(tx: Transaction, call_sid: str, *, before: str, state: str, **changes: Any) -> bool:
    """Go from one state to the next; True for one caller only."""
    changed = await tx.execute(
        update(inbound_calls)
        .where(inbound_calls.c.call_sid == call_sid, inbound_calls.c.state == before)
        .values(state=state, **changes)
    )
    return changed.rowcount == 1


async def left(tx: Transaction, *, limit: int) -> list[InboundCall]:
    """Those whose callers hung up and wait for a link."""
    return await _select(tx, inbound_calls.c.state == "left", limit=limit)


async def wrong_tries(tx: Transaction, caller: str, *, since: datetime) -> int:
    """How often this number's calls have named a wrong code."""
    found = await tx.execute(
        select(func.coalesce(func.sum(inbound_calls.c.tries), 0)).where(
            inbound_calls.c.caller == caller, inbound_calls.c.at >= since
        )
    )
    return int(found.scalar_one())


async def was_texted(tx: Transaction, number: str, *, since: datetime) -> bool:
    """Whether a link was sent to this number lately."""
    found = await tx.execute(
        select(inbound_calls.c.call_sid)
        .where(inbound_calls.c.sms_to == number, inbound_calls.c.sms_at >= since)
        .limit(1)
    )
    return found.first() is not None


async def _select(tx: Transaction, *conditions: Any, limit: int | None = None) -> list[InboundCall]:
    rows = await tx.execute(select(inbound_calls).where(*conditions).order_by(inbound_calls.c.at).limit(limit))
    return [InboundCall(**{name: getattr(row, name) for name in InboundCall.__dataclass_fields__}) for row in rows]
