"""Callbacks: written once, then changed only by conditional UPDATEs that name the version they saw."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, func, select, update

from bot.booking.callback import (
    CHANGEABLE,
    OPEN,
    SET_ASIDE,
    WRONG_NUMBER,
    Attempt,
    Callback,
    Channel,
    Kind,
    Outcome,
    Status,
    require_transition,
)
from bot.booking.errors import CallbackNotFound
from bot.booking.window import Window
from bot.store.database import Transaction
from bot.store.prepared import Prepared, given
from bot.store.schema import attempts, callback_events, callbacks

log = structlog.get_logger(__name__)


class StaleCallback(Exception):
    """Somebody else changed the callback since it was read: read it again and decide anew."""


async def add(tx: Transaction, callback: Callback) -> None:
    """Store a new callback and the first entry of its history."""
    await _ADD.later(
        tx,
        window_start=callback.window.start,
        window_end=callback.window.end,
        **{name: getattr(callback, name) for name in _PLAIN},
    )
    await note_event(tx, callback.id, "booked", at=callback.created_at, facts=_window_facts(callback.window))


async def change(
    tx: Transaction,
    callback: Callback,
    *,
    now: datetime,
    event: str | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Callback:
    """Apply changes (`status`, `window`, `due_at`, …) to the version that `callback` shows; returns the new value.
    `event` and `facts` are what the history says of it, unless they follow from the changes.

    Raises ForbiddenTransition for a status that the table does not lead to, StaleCallback when the row has moved on.
    """
    status = changes.get("status", callback.status)
    if status != callback.status:
        require_transition(callback.status, status)
    columns = {key: value for key, value in changes.items() if key != "window"}
    if window := changes.get("window"):
        columns |= {"window_start": window.start, "window_end": window.end}
    changed = await tx.execute(
        update(callbacks)
        .where(
            callbacks.c.id == callback.id,
            callbacks.c.version == callback.version,
            callbacks.c.status == callback.status,
        )
        .values(version=callback.version + 1, updated_at=now, **columns)
    )
    if changed.rowcount != 1:
        raise StaleCallback
    kind = event or (str(status) if status != callback.status else "changed")
    await note_event(tx, callback.id, kind, at=now, facts=(_window_facts(window) if window else {}) | dict(facts or {}))
    return await get(tx, callback.id)


async def note_event(
    tx: Transaction, callback_id: str, kind: str, *, at: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Write one entry of a callback's history: the raw log that every figure is counted from."""
    await _NOTE.later(tx, callback_id=callback_id, at=at, kind=kind, facts=dict(facts or {}))


async def get(tx: Transaction, callback_id: str) -> Callback:
    """The callback with its attempts; raises KeyError when there is none."""
    rows = await _ONE.rows(tx, of_id=callback_id)
    if not rows:
        raise KeyError(callback_id)
    told = dict(zip(callbacks.c.keys(), rows[0], strict=True))
    dials = tuple(_attempt(*facts) for facts in await _DIALS_OF_ONE.rows(tx, of_id=callback_id))
    try:
        return _callback(told, dials)
    except ValueError:
        log.error("callbacks_unreadable", ids=[callback_id])
        raise KeyError(callback_id) from None


async def by_reference(tx: Transaction, reference: str) -> Callback | None:
    """The callback that a customer or a client names."""
    found = await _select(tx, callbacks.c.reference == reference)
    return found[0] if found else None


async def named(tx: Transaction, reference: str) -> Callback:
    """The same; raises CallbackNotFound where there is none."""
    callback = await by_reference(tx, reference)
    if callback is None:
        raise CallbackNotFound(reference)
    return callback


async def holder_of(tx: Transaction, reference: str) -> tuple[str, str] | None:
    """(id, phone number) of the callback with this reference, and nothing more of it."""
    found = await tx.execute(select(callbacks.c.id, callbacks.c.phone_number).where(callbacks.c.reference == reference))
    row = found.one_or_none()
    return (row.id, row.phone_number) if row else None


async def of_conversation(tx: Transaction, conversation_id: str) -> list[Callback]:
    """What was booked in one talk, oldest first."""
    return await _select(tx, callbacks.c.conversation_id == conversation_id)


async def of_number(tx: Transaction, phone_number: str, *, limit: int = 20) -> list[Callback]:
    """What one number asked for, newest first."""
    return await _select(tx, callbacks.c.phone_number == phone_number, limit=limit, order=_NEWEST)


async def changeable_of(tx: Transaction, phone_numbers: Collection[str]) -> list[Callback]:
    """What is promised to any of these numbers and not under way, by when."""
    mine = callbacks.c.phone_number.in_(list(phone_numbers))
    return await _select(tx, mine, callbacks.c.status.in_(sorted(CHANGEABLE)))


async def count_open(tx: Transaction, phone_number: str) -> int:
    """How many promises to this number still stand."""
    counted = await tx.execute(
        select(func.count())
        .select_from(callbacks)
        .where(callbacks.c.phone_number == phone_number, callbacks.c.status.in_(OPEN))
    )
    return int(counted.scalar_one())


async def left_behind(tx: Transaction, *, now: datetime, kept_since: datetime, limit: int) -> list[Callback]:
    """Callbacks that are owed a dial and were owed it last before `kept_since`, by their window's start."""
    waiting = callbacks.c.status.in_((Status.BOOKED, Status.RETRY_WAIT))
    too_late = (callbacks.c.window_end < kept_since) & (callbacks.c.due_at < kept_since)
    in_order = func.coalesce(callbacks.c.attention, "") != SET_ASIDE
    return await _select(tx, waiting, in_order, callbacks.c.due_at <= now, too_late, limit=limit)


async def listing(
    tx: Transaction,
    *,
    statuses: Collection[Status] = (),
    phone_number: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Callback]:
    """Callbacks by their window's start in [start, end), from just behind `after` = (window start, id)."""
    conditions: list[Any] = []
    if statuses:
        conditions.append(callbacks.c.status.in_(list(statuses)))
    if phone_number:
        conditions.append(callbacks.c.phone_number == phone_number)
    if start:
        conditions.append(callbacks.c.window_start >= start)
    if end:
        conditions.append(callbacks.c.window_start < end)
    if after:
        at, last_id = after
        conditions.append(
            (callbacks.c.window_start > at) | ((callbacks.c.window_start == at) & (callbacks.c.id > last_id))
        )
    return await _select(tx, *conditions, limit=limit)


async def open_at(tx: Transaction, topics: Collection[str], starts: Collection[datetime]) -> list[Callback]:
    """The open callbacks about these topics whose windows begin at these moments."""
    return await _select(
        tx,
        callbacks.c.window_start.in_(list(starts)),
        callbacks.c.topic.in_(list(topics)),
        callbacks.c.status.in_(OPEN),
    )


async def of_ids(tx: Transaction, ids: Collection[str]) -> list[Callback]:
    """The callbacks with these ids, by their window's start."""
    return await _select(tx, callbacks.c.id.in_(list(ids))) if ids else []


async def upcoming(tx: Transaction, *, limit: int) -> list[Callback]:
    """Callbacks that wait for a dial, the next owed first."""
    return await _select(
        tx, callbacks.c.status.in_(CHANGEABLE), limit=limit, order=(callbacks.c.due_at, *PROMISE_ORDER)
    )


async def finished(tx: Transaction, *, since: datetime, promised_since: datetime, limit: int) -> list[Callback]:
    """Callbacks settled since a moment, newest first. Those promised before `promised_since` are left out: the index
    on the window keeps years of history out of the search."""
    return await _select(
        tx,
        callbacks.c.status.not_in(OPEN),
        callbacks.c.window_start >= promised_since,
        callbacks.c.updated_at >= since,
        limit=limit,
        order=(callbacks.c.updated_at.desc(), callbacks.c.id),
    )


async def for_supervisor(tx: Transaction, *, promised_since: datetime, limit: int) -> list[Callback]:
    """Promises that somebody has to look at: open with an `attention`, without an answer to the end, or never dialled
    in time; those that an agent has settled are left out, but not a number that is somebody else's. The earliest
    promise first."""
    not_kept = callbacks.c.status.in_((Status.UNREACHED, Status.EXPIRED))
    marked = callbacks.c.attention.is_not(None) & callbacks.c.status.in_(OPEN)
    recent = callbacks.c.window_start >= promised_since
    unsettled = callbacks.c.resolution.is_(None) & (not_kept | marked)
    return await _select(tx, recent, unsettled | (callbacks.c.attention == WRONG_NUMBER), limit=limit)


async def history(tx: Transaction, callback_id: str) -> list[tuple[datetime, str, dict[str, Any]]]:
    """What happened to a callback: (when, what, facts), oldest first."""
    rows = await tx.execute(
        select(callback_events.c.at, callback_events.c.kind, callback_events.c.facts)
        .where(callback_events.c.callback_id == callback_id)
        .order_by(callback_events.c.id)
    )
    return [(row.at, row.kind, row.facts) for row in rows]


_PLAIN = (
    "id", "reference", "status", "kind", "topic", "slot_start", "due_at", "phone_number", "alternate_phone_number",
    "dial_number", "name", "company", "reason", "language", "channel", "priority", "attention", "resolution",
    "conversation_id", "told_start", "meant_for", "version", "created_at", "updated_at",
)  # fmt: skip
"""Columns that carry the value's own names."""
_ADD = Prepared(lambda insert: insert(callbacks), columns=(*_PLAIN, "window_start", "window_end"))
_NOTE = Prepared(lambda insert: insert(callback_events).inline(), columns=("callback_id", "at", "kind", "facts"))
_ONE = Prepared(lambda _: select(callbacks).where(callbacks.c.id == given("of_id")))
_OF_A_DIAL = tuple(
    attempts.c[name] for name in ("number", "started_at", "outcome", "answered_by", "duration_s", "to_number")
)
_DIALS_OF_ONE = Prepared(
    lambda _: select(*_OF_A_DIAL).where(attempts.c.callback_id == given("of_id")).order_by(attempts.c.number)
)


_BY_WINDOW: tuple[Any, ...] = (callbacks.c.window_start, callbacks.c.id)
_NEWEST: tuple[Any, ...] = (callbacks.c.created_at.desc(), callbacks.c.id)
PROMISE_ORDER: tuple[Any, ...] = (
    callbacks.c.window_start,
    callbacks.c.priority.desc(),
    callbacks.c.due_at,  # whoever was not called yet comes before whoever is called again
    callbacks.c.created_at,
    callbacks.c.id,
)


async def _select(
    tx: Transaction, *conditions: Any, limit: int | None = None, order: tuple[Any, ...] = _BY_WINDOW
) -> list[Callback]:
    rows = (await tx.execute(select(callbacks).where(*conditions).order_by(*order).limit(limit))).all()
    readable, unreadable = await decoded(tx, rows)
    if unreadable:
        log.error("callbacks_unreadable", ids=unreadable)
    return readable


async def decoded(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[list[Callback], list[str]]:
    """Rows of the table as values, in their order; and the ids of those that cannot be read: one row that somebody
    spoilt must not keep all others from being called or shown."""
    dials = await _attempts_of(tx, [row.id for row in rows])
    readable: list[Callback] = []
    unreadable: list[str] = []
    for row in rows:
        try:
            readable.append(_callback(row._asdict(), dials.get(row.id, ())))
        except ValueError:
            unreadable.append(row.id)
    return readable, unreadable


async def _attempts_of(tx: Transaction, ids: list[str]) -> dict[str, tuple[Attempt, ...]]:
    if not ids:
        return {}
    rows = await tx.execute(
        select(attempts.c.callback_id, *_OF_A_DIAL)
        .where(attempts.c.callback_id.in_(ids))
        .order_by(attempts.c.callback_id, attempts.c.number)
    )
    found: dict[str, tuple[Attempt, ...]] = {}
    for callback_id, *facts in rows:
        found[callback_id] = (*found.get(callback_id, ()), _attempt(*facts))
    return found


def _attempt(
    number: int, started_at: datetime, outcome: str | None, answered_by: str | None, duration_s: int | None, to: str
) -> Attempt:
    return Attempt(
        number=number,
        started_at=started_at,
        outcome=Outcome(outcome) if outcome else None,
        answered_by=answered_by,
        duration_s=duration_s,
        to_number=to,
    )


def _callback(told: Mapping[str, Any], dials: tuple[Attempt, ...]) -> Callback:
    plain = {name: told[name] for name in _PLAIN}
    plain |= {"status": Status(told["status"]), "kind": Kind(told["kind"]), "channel": Channel(told["channel"])}
    return Callback(window=Window(start=told["window_start"], end=told["window_end"]), attempts=dials, **plain)


def _window_facts(window: Window) -> dict[str, str]:
    return {"window_start": window.start.isoformat(), "window_end": window.end.isoformat()}
