"""Where people write to us, and which number they have proved to be theirs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.booking.when import Language
from bot.store.contact_schema import contacts
from bot.store.conversations import Said, said_of
from bot.store.database import Transaction, upsert
from bot.store.schema import messages


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person on one channel. `phone_number` is proved, or None; `asked` is what a bare digit answers."""

    channel: str
    address: str
    created_at: datetime
    language: Language = "ja"
    phone_number: str | None = None
    proved_at: datetime | None = None
    conversation_id: str | None = None
    stopped_at: datetime | None = None
    blocked_at: datetime | None = None
    followed_at: datetime | None = None
    asked: dict[str, Any] | None = field(default=None, hash=False)
    told_id: int = 0

    @property
    def takes_messages(self) -> bool:
        """Whether something may be written here that was not asked for a moment ago."""
        return self.stopped_at is None and self.blocked_at is None


async def add(tx: Transaction, contact: Contact) -> None:
    """Remember a person on a channel; one who is known already stays as they are."""
    values = {name: getattr(contact, name) for name in Contact.__dataclass_fields__}
    await tx.execute(
        upsert(tx, contacts).values(**values).on_conflict_do_nothing(index_elements=["channel", "address"])
    )


async def get(tx: Transaction, channel: str, address: str) -> Contact | None:
    """The person behind an address, None for one who never wrote."""
    found = await _select(tx, contacts.c.channel == channel, contacts.c.address == address)
    return found[0] if found else None


async def of_conversation(tx: Transaction, conversation_id: str) -> Contact | None:
    """The person of a talk, None for a talk in the web chat."""
    found = await _select(tx, contacts.c.conversation_id == conversation_id)
    return found[0] if found else None


async def of_number(tx: Transaction, phone_number: str, *, channel: str) -> list[Contact]:
    """Everybody on a channel who has proved to hold this number, the latest proof first."""
    found = await _select(tx, contacts.c.phone_number == phone_number, contacts.c.channel == channel)
    return sorted(found, key=lambda contact: contact.proved_at or contact.created_at, reverse=True)


async def change(tx: Transaction, contact: Contact, **changes: Any) -> None:
    """Set what is known of a person."""
    await tx.execute(update(contacts).where(*_is(contact)).values(**changes))


async def asked(tx: Transaction, contact: Contact, what: dict[str, Any] | None) -> None:
    """Keep what a bare digit of this person answers from now on; None leaves it as it is."""
    if what is not None:
        await add(tx, contact)
        await change(tx, contact, asked=what)


async def link(tx: Transaction, conversation_id: str, phone_number: str, *, now: datetime) -> None:
    """The person of this talk has proved to hold the number. Nothing happens to a talk in the web chat."""
    await tx.execute(
        update(contacts)
        .where(contacts.c.conversation_id == conversation_id)
        .values(phone_number=phone_number, proved_at=now)
    )


async def unlink(tx: Transaction, conversation_id: str) -> None:
    """The number is no longer taken for this person's."""
    await tx.execute(
        update(contacts).where(contacts.c.conversation_id == conversation_id).values(phone_number=None, proved_at=None)
    )


async def stop(tx: Transaction, phone_number: str, *, at: datetime | None) -> None:
    """Whoever has proved to hold the number wants no messages on any channel; with None they do again."""
    await tx.execute(update(contacts).where(contacts.c.phone_number == phone_number).values(stopped_at=at))


async def stop_on(tx: Transaction, phone_number: str, *, channel: str, at: datetime | None) -> None:
    """The same on one channel only."""
    mine = (contacts.c.phone_number == phone_number, contacts.c.channel == channel)
    await tx.execute(update(contacts).where(*mine).values(stopped_at=at))


async def followed(tx: Transaction, contact: Contact, *, blocked_at: datetime | None, at: datetime) -> bool:
    """Keep that somebody follows us, or does no more (`blocked_at`); False for old news that comes late."""
    is_news = contacts.c.followed_at.is_(None) | (contacts.c.followed_at < at)
    changed = await tx.execute(
        update(contacts).where(*_is(contact), is_news).values(blocked_at=blocked_at, followed_at=at)
    )
    return changed.rowcount == 1


async def untold(tx: Transaction, *, limit: int = 50) -> list[tuple[Contact, Said]]:
    """What the assistant said behind its answer, when it came back, and nobody has sent to the person yet."""
    behind = (messages.c.later, messages.c.sender == "assistant", messages.c.id > contacts.c.told_id)
    found = await tx.execute(
        select(messages)
        .join(contacts, contacts.c.conversation_id == messages.c.conversation_id)
        .where(*behind)
        .order_by(messages.c.id)
        .limit(limit)
    )
    rows = found.all()
    people = {row.conversation_id: await of_conversation(tx, row.conversation_id) for row in rows}
    return [(person, said_of(row)) for row in rows if (person := people[row.conversation_id])]


async def tell(tx: Transaction, contact: Contact, message_id: int) -> bool:
    """Take everything up to this message for sending; True for one caller only."""
    taken = await tx.execute(
        update(contacts).where(*_is(contact), contacts.c.told_id < message_id).values(told_id=message_id)
    )
    return taken.rowcount == 1


def _is(contact: Contact) -> tuple[Any, Any]:
    return contacts.c.channel == contact.channel, contacts.c.address == contact.address


async def _select(tx: Transaction, *conditions: Any) -> list[Contact]:
    rows = await tx.execute(select(contacts).where(*conditions).order_by(contacts.c.created_at))
    return [_contact(row) for row in rows]


def _contact(row: Row[Any]) -> Contact:
    return Contact(**{name: getattr(row, name) for name in Contact.__dataclass_fields__})
