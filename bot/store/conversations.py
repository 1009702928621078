"""Talks and what was said in them, kept by us: the assistant's own memory is not what people read later."""

from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from bot.booking.when import Language
from bot.store.database import Transaction
from bot.store.schema import conversations, messages


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """One talk. `expects` is the open question; `callback_id` the booking that the talk is about."""

    id: str
    channel: str
    language: Language
    expects: str | None
    callback_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One message of a talk. `sender` is customer, assistant or system; `id` grows with time."""

    id: int
    conversation_id: str
    sender: str
    text: str
    buttons: tuple[dict[str, str], ...]
    at: datetime


async def open_talk(tx: Transaction, conversation_id: str, *, channel: str, language: str, now: datetime) -> None:
    """Begin a talk under an unguessable id."""
    await tx.execute(
        insert(conversations).values(
            id=conversation_id, channel=channel, language=language, created_at=now, updated_at=now
        )
    )


async def get(tx: Transaction, conversation_id: str) -> Conversation | None:
    """The talk, or None for an unknown id."""
    row = (await tx.execute(select(conversations).where(conversations.c.id == conversation_id))).one_or_none()
    return None if row is None else _conversation(row)


async def change(tx: Transaction, conversation_id: str, *, now: datetime, **changes: Any) -> None:
    """Set the language, the open question or the booking that the talk is about."""
    await tx.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(updated_at=now, **changes)
    )


async def add_message(
    tx: Transaction,
    conversation_id: str,
    *,
    sender: str,
    text: str,
    now: datetime,
    buttons: tuple[dict[str, str], ...] = (),
    answered: bool = True,
    later: bool = False,
    key: str | None = None,
) -> int:
    """Keep what was said; returns its id.

    `key` is the client's own name for it. `later` is for what no waiting request will carry to the customer.
    """
    added = await tx.execute(
        insert(messages)
        .values(
            conversation_id=conversation_id,
            sender=sender,
            text=text,
            buttons=list(buttons),
            at=now,
            answered=answered,
            later=later,
            key=key,
        )
        .returning(messages.c.id)
    )
    return int(added.scalar_one())


async def by_key(tx: Transaction, conversation_id: str, key: str) -> tuple[Said, bool] | None:
    """The message that the client named so, and whether it was answered."""
    is_it = (messages.c.conversation_id == conversation_id, messages.c.key == key)
    found = await _said(tx, *is_it)
    if not found:
        return None
    answered = await tx.execute(select(messages.c.answered).where(*is_it))
    return found[0], bool(answered.scalar_one())


async def answer_to(tx: Transaction, message: Said) -> list[Said]:
    """What was said in answer to a customer's message."""
    behind = (messages.c.conversation_id == message.conversation_id, messages.c.id > message.id)
    said = await _said(tx, *behind, ~messages.c.later)
    return list(takewhile(lambda line: line.sender != "customer", said))


LONGEST_ANSWER = 12
"""Lines that are looked at for what was said last; an answer has two or three."""


async def last_answer(tx: Transaction, conversation_id: str) -> frozenset[str]:
    """The sentences with which the customer's latest message was answered."""
    here = messages.c.conversation_id == conversation_id
    rows = await tx.execute(
        select(messages.c.sender, messages.c.text)
        .where(here, ~messages.c.later)
        .order_by(messages.c.id.desc())
        .limit(LONGEST_ANSWER)
    )
    newest = list(dropwhile(lambda row: row.sender == "customer", rows))
    return frozenset(row.text for row in takewhile(lambda row: row.sender != "customer", newest))


async def answers_since(tx: Transaction, conversation_id: str, since: datetime) -> list[str]:
    """What the assistant has said in a talk since then."""
    rows = await tx.execute(
        select(messages.c.text).where(
            messages.c.conversation_id == conversation_id, messages.c.sender == "assistant", messages.c.at >= since
        )
    )
    return list(rows.scalars())


async def written_since(tx: Transaction, conversation_id: str, since: datetime) -> int:
    """How many messages the customer has written in a talk since then."""
    theirs = (messages.c.conversation_id == conversation_id, messages.c.sender == "customer", messages.c.at > since)
    return int((await tx.execute(select(func.count()).select_from(messages).where(*theirs))).scalar_one())


async def transcript(tx: Transaction, conversation_id: str) -> list[Said]:
    """Everything said in a talk, oldest first."""
    return await _said(tx, messages.c.conversation_id == conversation_id)


async def said_later(tx: Transaction, last_id: int, *, limit: int = 500) -> list[Said]:
    """What was said to customers outside an answer, in any talk, since the message `last_id`."""
    return await _said(tx, messages.c.id > last_id, messages.c.later, limit=limit)


async def last_message_id(tx: Transaction) -> int:
    """The newest message's id, 0 when nothing was said yet."""
    return int((await tx.execute(select(func.coalesce(func.max(messages.c.id), 0)))).scalar_one())


async def unanswered(tx: Transaction, conversation_id: str | None = None, *, limit: int | None = None) -> list[Said]:
    """Customers' messages that the assistant has not seen yet, oldest first."""
    conditions = [~messages.c.answered]
    if conversation_id:
        conditions.append(messages.c.conversation_id == conversation_id)
    return await _said(tx, *conditions, limit=limit)


async def mark_answered(tx: Transaction, message_id: int) -> None:
    """The assistant has seen this message."""
    await tx.execute(update(messages).where(messages.c.id == message_id).values(answered=True))


async def _said(tx: Transaction, *conditions: Any, limit: int | None = None) -> list[Said]:
    rows = await tx.execute(select(messages).where(*conditions).order_by(messages.c.id).limit(limit))
    return [said_of(row) for row in rows]


def said_of(row: Row[Any]) -> Said:
    """The message of a row of the table."""
    return Said(
        id=row.id,
        conversation_id=row.conversation_id,
        sender=row.sender,
        text=row.text,
        buttons=tuple(row.buttons),
        at=row.at,
    )


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        language=row.language,
        expects=row.expects,
        callback_id=row.callback_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
