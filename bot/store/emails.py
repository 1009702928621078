"""E-mail addresses that customers gave for one callback, and how far each is proved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from bot.store.contact_schema import emails
from bot.store.database import Transaction, upsert
from bot.store.schema import callbacks


@dataclass(frozen=True, kw_only=True, slots=True)
class Email:
    """An address for one callback. `instead`: text messages are not wanted beside it."""

    callback_id: str
    address: str
    instead: bool
    asked_at: datetime
    proved_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether notices go there: its holder has said so, and not taken it back."""
        return self.proved_at is not None and self.stopped_at is None


async def put(tx: Transaction, email: Email) -> None:
    """Keep the address of a callback in the place of any other."""
    values = {name: getattr(email, name) for name in Email.__dataclass_fields__}
    await tx.execute(
        upsert(tx, emails).values(**values).on_conflict_do_update(index_elements=["callback_id"], set_=values)
    )


async def of(tx: Transaction, callback_id: str) -> Email | None:
    """The address of a callback."""
    row = (await tx.execute(select(emails).where(emails.c.callback_id == callback_id))).one_or_none()
    return Email(**row._asdict()) if row else None


async def asked_for(tx: Transaction, address: str, *, since: datetime) -> int:
    """For how many callbacks the address was given since then."""
    given = (func.lower(emails.c.address) == address.lower(), emails.c.asked_at > since)
    return int((await tx.execute(select(func.count()).select_from(emails).where(*given))).scalar_one())


async def change(tx: Transaction, email: Email, **changes: datetime | None) -> bool:
    """Set `proved_at` or `stopped_at`; False where another address was given meanwhile."""
    is_it = (emails.c.callback_id == email.callback_id, emails.c.address == email.address)
    return (await tx.execute(update(emails).where(*is_it).values(**changes))).rowcount == 1


async def stop(tx: Transaction, phone_number: str, *, at: datetime) -> None:
    """Nothing more is written about any callback of this number."""
    theirs = select(callbacks.c.id).where(callbacks.c.phone_number == phone_number)
    await tx.execute(update(emails).where(emails.c.callback_id.in_(theirs)).values(stopped_at=at))
