"""Codes that prove whose booking it is: asked for, sent once, tried a few times, used once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update

from bot.store.database import Transaction
from bot.store.schema import verification_codes as codes


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asks for a code: a talk, or the holder of a callback's link."""

    conversation_id: str | None = None
    callback_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A code that was asked for. `phone_number` None: nothing is booked under what was named, and none is sent."""

    id: int
    conversation_id: str | None
    callback_id: str | None
    phone_number: str | None
    code_hash: str | None
    tries: int


async def ask(
    tx: Transaction, asker: Asker, *, claim: str, phone_number: str | None, now: datetime, expires_at: datetime
) -> None:
    """Put a code into the queue of those to send. Where nothing can be proved, the same is written, unsent."""
    await tx.execute(
        insert(codes).values(
            conversation_id=asker.conversation_id,
            callback_id=asker.callback_id,
            claim=claim,
            phone_number=phone_number,
            state="waiting" if phone_number else "silent",
            created_at=now,
            due_at=now,
            expires_at=expires_at,
        )
    )


async def asked_for(tx: Transaction, claim: str, *, since: datetime) -> int:
    """How many codes were asked for since then for what the customer named."""
    return await _count(tx, codes.c.claim == claim, codes.c.created_at > since)


async def asked_before(tx: Transaction, code: Code, *, since: datetime) -> int:
    """How many codes were asked for since then for the same number, before this one and however it was named."""
    same = codes.c.phone_number == code.phone_number
    return await _count(tx, same, codes.c.id < code.id, codes.c.created_at > since)


async def due(tx: Transaction, *, now: datetime, limit: int) -> Sequence[Code]:
    """Codes to send, oldest first."""
    waiting = (codes.c.state == "waiting", codes.c.due_at <= now, codes.c.expires_at > now)
    rows = await tx.execute(select(codes).where(*waiting).order_by(codes.c.id).limit(limit))
    return [_code(row) for row in rows]


async def claim(tx: Transaction, code_id: int, *, code_hash: str) -> bool:
    """Take a code for sending and keep its hash; True for one caller only."""
    claimed = await tx.execute(
        update(codes)
        .where(codes.c.id == code_id, codes.c.state == "waiting")
        .values(state="sending", code_hash=code_hash)
    )
    return claimed.rowcount == 1


async def settle(tx: Transaction, code_id: int, *, state: str, due_at: datetime | None = None) -> None:
    """Write down how the sending ended; `waiting` with a time is tried again then."""
    later = {} if due_at is None else {"due_at": due_at}
    await tx.execute(update(codes).where(codes.c.id == code_id).values(state=state, **later))


async def asked_by(tx: Transaction, asker: Asker, *, since: datetime) -> int:
    """How many codes this talk or link asked for since then, for whatever number."""
    return await _count(tx, _is(asker), codes.c.created_at > since)


async def latest(tx: Transaction, asker: Asker) -> Code | None:
    """The code that this talk or link asked for last: the earlier ones count no more."""
    rows = await tx.execute(select(codes).where(_is(asker)).order_by(codes.c.id.desc()).limit(1))
    row = rows.one_or_none()
    return None if row is None else _code(row)


async def use_try(tx: Transaction, code_id: int, *, limit: int, now: datetime) -> bool:
    """Take one of the tries before anything is compared; False when none is left, or the code is over or used."""
    taken = await tx.execute(
        update(codes)
        .where(codes.c.id == code_id, codes.c.tries < limit, codes.c.expires_at > now, codes.c.proved_at.is_(None))
        .values(tries=codes.c.tries + 1)
    )
    return taken.rowcount == 1


async def prove(tx: Transaction, code_id: int, *, now: datetime) -> bool:
    """The customer knew the code; True once."""
    proved = await tx.execute(
        update(codes).where(codes.c.id == code_id, codes.c.proved_at.is_(None)).values(proved_at=now)
    )
    return proved.rowcount == 1


async def forget_proofs(tx: Transaction, conversation_id: str, *, now: datetime) -> None:
    """What this talk has proved counts no more, and no code of it can be used again."""
    await tx.execute(
        update(codes).where(codes.c.conversation_id == conversation_id).values(proved_at=None, expires_at=now)
    )


async def proved_numbers(tx: Transaction, conversation_id: str, *, since: datetime) -> list[str]:
    """The numbers that this talk has proved to be its customer's own since then."""
    rows = await tx.execute(
        select(codes.c.phone_number)
        .where(codes.c.conversation_id == conversation_id, codes.c.proved_at > since)
        .distinct()
    )
    return [number for number in rows.scalars() if number]


def _is(asker: Asker) -> ColumnElement[bool]:
    if asker.conversation_id is not None:
        return codes.c.conversation_id == asker.conversation_id
    return codes.c.callback_id == asker.callback_id


async def _count(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    return int((await tx.execute(select(func.count()).select_from(codes).where(*conditions))).scalar_one())


def _code(row: object) -> Code:
    return Code(**{name: getattr(row, name) for name in Code.__dataclass_fields__})
