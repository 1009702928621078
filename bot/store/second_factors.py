"""Second factors: the secret of a code generator, and the hashes of codes on paper for when it is lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.store.account_schema import recovery_codes, second_factors
from bot.store.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """A generator's secret; it counts once a code has confirmed it."""

    agent_id: str
    secret: str
    created_at: datetime
    confirmed_at: datetime | None


async def of(tx: Transaction, agent_id: str) -> Factor | None:
    """Somebody's factor, confirmed or not."""
    row = (await tx.execute(select(second_factors).where(second_factors.c.agent_id == agent_id))).one_or_none()
    return None if row is None else Factor(**{name: getattr(row, name) for name in Factor.__dataclass_fields__})


async def holders(tx: Transaction) -> frozenset[str]:
    """Who has a confirmed one."""
    rows = await tx.execute(select(second_factors.c.agent_id).where(second_factors.c.confirmed_at.is_not(None)))
    return frozenset(rows.scalars())


async def begin(tx: Transaction, agent_id: str, secret: str, *, real_now: datetime) -> None:
    """A new secret in the place of whatever was there."""
    await drop(tx, agent_id)
    await tx.execute(insert(second_factors).values(agent_id=agent_id, secret=secret, created_at=real_now))


async def confirm(tx: Transaction, agent_id: str, code_hashes: Collection[str], *, real_now: datetime) -> None:
    """From now on codes are asked for; these are the ones on paper."""
    await tx.execute(update(second_factors).where(second_factors.c.agent_id == agent_id).values(confirmed_at=real_now))
    await tx.execute(delete(recovery_codes).where(recovery_codes.c.agent_id == agent_id))
    await tx.execute(insert(recovery_codes), [{"code_hash": one, "agent_id": agent_id} for one in code_hashes])


async def use_step(tx: Transaction, agent_id: str, step: int) -> bool:
    """Whether the code of this step is used for the first time, and none after it was."""
    used = await tx.execute(
        update(second_factors)
        .where(second_factors.c.agent_id == agent_id, second_factors.c.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount == 1


async def use_paper(tx: Transaction, agent_id: str, code_hash: str, *, real_now: datetime) -> bool:
    """Whether this is one of their codes on paper, used for the first time."""
    used = await tx.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.code_hash == code_hash,
            recovery_codes.c.agent_id == agent_id,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=real_now)
    )
    return used.rowcount == 1


async def papers_left(tx: Transaction, agent_id: str) -> int:
    """How many codes on paper are unused."""
    counted = await tx.execute(
        select(func.count())
        .select_from(recovery_codes)
        .where(recovery_codes.c.agent_id == agent_id, recovery_codes.c.used_at.is_(None))
    )
    return int(counted.scalar_one())


async def drop(tx: Transaction, agent_id: str) -> None:
    """No code is asked for any more."""
    await tx.execute(delete(recovery_codes).where(recovery_codes.c.agent_id == agent_id))
    await tx.execute(delete(second_factors).where(second_factors.c.agent_id == agent_id))
