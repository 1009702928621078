"""How often somebody has lately guessed wrong: counted in the database, so that every process counts the same."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from bot.store.account_schema import login_guesses
from bot.store.database import Transaction, upsert


async def count(tx: Transaction, subject: str, *, real_now: datetime) -> int | None:
    """Count one more guess before it is looked at; how many that makes, or None while the subject is blocked.

    It is taken back when it was right: of many who guess at once, none is let through uncounted.
    """
    open_now = or_(login_guesses.c.blocked_until.is_(None), login_guesses.c.blocked_until <= real_now)
    counted = await tx.execute(
        upsert(tx, login_guesses)
        .values(subject=subject, failures=1, last_at=real_now)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={"failures": login_guesses.c.failures + 1, "last_at": real_now},
            where=open_now,
        )
        .returning(login_guesses.c.failures)
    )
    found = counted.scalar_one_or_none()
    return None if found is None else int(found)


async def block(tx: Transaction, subject: str, *, until: datetime) -> None:
    """Let no guess through before then."""
    await tx.execute(update(login_guesses).where(login_guesses.c.subject == subject).values(blocked_until=until))


async def blocked_until(tx: Transaction, subject: str) -> datetime | None:
    """Until when none is let through."""
    found = await tx.execute(select(login_guesses.c.blocked_until).where(login_guesses.c.subject == subject))
    return found.scalar_one_or_none()


async def forgive(tx: Transaction, subject: str) -> None:
    """It was right."""
    await tx.execute(delete(login_guesses).where(login_guesses.c.subject == subject))


async def forget(tx: Transaction, *, before: datetime) -> None:
    """What was guessed before then counts no more."""
    await tx.execute(delete(login_guesses).where(login_guesses.c.last_at < before))
