"""Claiming in batches: what is due is locked, written down as attempts and marked as dialling in a handful of
statements, so that ten thousand promises for the same second cost little more than a hundred."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    TextClause,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.booking.callback import SET_ASIDE, Callback, Status
from bot.booking.matching import EVERYTHING, Skills
from bot.booking.priority import OrderPolicy, is_crowded
from bot.store import room_guests
from bot.store.agents import read_skills
from bot.store.attempts import adopt
from bot.store.database import Transaction
from bot.store.number_schema import consent
from bot.store.order import IN_ORDER, WAITING, dial_order, load
from bot.store.room_guests import is_guest_somewhere
from bot.store.schema import UtcDateTime, agents, attempts, callback_events, callbacks

DIALLED = func.coalesce(callbacks.c.dial_number, callbacks.c.phone_number)
_OWED = (callbacks.c.id, callbacks.c.version)
MOST_FORESEEN = 20_000
ID_BYTES = 16
MOST_CONSIDERED = 200
"""Ready agents who are looked at for one call: whoever has the skill may not be the one who has waited longest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A callback that is, or will be, owed a dial. `version` is what it was then; `is_barred`: its number asked never
    to be called again."""

    id: str
    version: int
    is_barred: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """Somebody who could take a call now."""

    id: str
    skills: Skills


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """An attempt to write down: this callback, by this agent."""

    callback: Callback
    agent: Ready
    attempt_id: str

    @property
    def number(self) -> int:
        """Which attempt of the callback it is, from 1."""
        return len(self.callback.attempts) + 1


def intents(matched: Sequence[tuple[Callback, Ready]]) -> list[Intent]:
    """New attempts under identifiers that nobody can guess."""
    drawn = secrets.token_hex(ID_BYTES * len(matched))  # at once: the system is asked ten thousand times otherwise
    ids = (drawn[place : place + 2 * ID_BYTES] for place in range(0, len(drawn), 2 * ID_BYTES))
    return [
        Intent(callback=callback, agent=agent, attempt_id=attempt_id)
        for (callback, agent), attempt_id in zip(matched, ids, strict=True)
    ]


async def something_due(tx: Transaction, *, now: datetime) -> bool:
    """Whether any dial is owed: asked twice a second, so cheap."""
    found = await tx.execute(select(callbacks.c.id).where(WAITING, IN_ORDER, callbacks.c.due_at <= now).limit(1))
    return found.first() is not None


async def falling_due(tx: Transaction, *, after: datetime, until: datetime) -> list[Owed]:
    """Every callback that will be owed a dial then, the soonest first."""
    rows = await tx.execute(
        select(*_OWED).where(WAITING, callbacks.c.due_at > after, callbacks.c.due_at <= until)
        .order_by(callbacks.c.due_at)
        .limit(MOST_FORESEEN)
    )  # fmt: skip
    return [Owed(id=row.id, version=row.version, is_barred=False) for row in rows]


async def lock_due(
    tx: Transaction,
    *,
    now: datetime,
    kept_since: datetime,
    order: OrderPolicy,
    limit: int,
    only: Collection[str] | None = None,
    takers: Collection[Skills] = (EVERYTHING,),
) -> list[Owed]:
    """What is owed a dial, in the dial order, ours until the transaction ends. Left out: what another dispatcher holds,
    what was promised before `kept_since` and not dialled since, whoever is on the phone with us already, and what none
    of the `takers` can answer."""
    on_the_phone = exists().where(attempts.c.to_number == DIALLED, attempts.c.ended_at.is_(None))
    barred = exists().where(consent.c.phone_number == DIALLED, consent.c.do_not_call_at.is_not(None))
    conditions = [
        or_(*(_fits(skills) for skills in takers)), WAITING, IN_ORDER, callbacks.c.due_at <= now, ~on_the_phone,
        or_(callbacks.c.window_end >= kept_since, callbacks.c.due_at >= kept_since),
    ]  # fmt: skip
    if only is not None:
        conditions.append(callbacks.c.id.in_(list(only)))
    crowded = is_crowded(await load(tx, policy=order, now=now), policy=order, now=now)
    ranked = dial_order(policy=order, now=now, crowded=crowded)
    # Two columns of each: what is sorted is ten thousand rows, and most of them were read before they fell due.
    wanted = select(*_OWED, barred.label("is_barred")).where(*conditions).order_by(*ranked).limit(limit)
    rows = await tx.execute(wanted.with_for_update(skip_locked=True, of=callbacks))
    return [Owed(id=row.id, version=row.version, is_barred=bool(row.is_barred)) for row in rows]


def _fits(skills: Skills) -> ColumnElement[bool]:
    """The condition that somebody with these skills can answer a callback."""
    wanted = ((callbacks.c.topic, skills.topics), (callbacks.c.language, skills.languages))
    return and_(true(), *(column.in_(sorted(names)) for column, names in wanted if names))


async def lock_ready_agents(tx: Transaction, *, limit: int, only: str | None = None) -> list[Ready]:
    """Who could take a call now, longest without one first, ours until the transaction ends; with `only` this one."""
    busy = exists().where(attempts.c.agent_id == agents.c.id, attempts.c.ended_at.is_(None))
    last_call = select(func.max(attempts.c.started_at)).where(attempts.c.agent_id == agents.c.id).scalar_subquery()
    rows = await tx.execute(
        select(agents.c.id, cast(agents.c.topics, String), cast(agents.c.languages, String))
        .where(
            agents.c.presence == "ready", ~busy, ~is_guest_somewhere(), true() if only is None else agents.c.id == only
        )
        .order_by(last_call.nulls_first(), agents.c.login)
        .limit(limit)
        .with_for_update(skip_locked=True, of=agents)
    )
    found = [Ready(id=agent_id, skills=read_skills(topics, languages)) for agent_id, topics, languages in rows]
    if not found or tx.dialect.name != "postgresql":
        return found
    # Somebody may have been asked into a room between the moment that this looked and the moment that it locked.
    elsewhere = await room_guests.asked(tx)
    return [one for one in found if one.id not in elsewhere]


async def count_live(tx: Transaction) -> int:
    """How many lines are in use."""
    counted = await tx.execute(select(func.count()).select_from(attempts).where(attempts.c.ended_at.is_(None)))
    return int(counted.scalar_one())


async def write_down(
    tx: Transaction, intents: Sequence[Intent], *, owner: str, now: datetime, real_now: datetime
) -> None:
    """Write the attempts and mark their callbacks as dialling. The rows are locked: nobody else decides about them."""
    if not intents:
        return
    if tx.dialect.name == "postgresql":
        await _write_down_at_once(tx, intents, owner=owner, now=now, real_now=real_now)
        return
    ids = [one.callback.id for one in intents]
    await tx.execute(insert(attempts), [_attempt(one, owner=owner, now=now, real_now=real_now) for one in intents])
    await tx.execute(
        update(callbacks)
        .where(callbacks.c.id.in_(ids))
        .values(status=Status.DIALING, version=callbacks.c.version + 1, updated_at=now)
    )
    await tx.execute(
        insert(callback_events), [{"callback_id": one, "at": now, "kind": "dialing", "facts": {}} for one in ids]
    )


def _given(**lists: Iterable[object]) -> dict[str, str]:
    """Each list as one text: a driver looks at every element of an array, which takes longer than cutting
    a text up in PostgreSQL. No identifier and no number holds a comma; lists of unequal lengths break a constraint."""
    return {name: ",".join(map(str, values)) for name, values in lists.items()}


def _typed(sql: str) -> TextClause:
    given = {"owner": String, "now": UtcDateTime, "real_now": UtcDateTime}
    return text(sql).bindparams(*(bindparam(name, type_=kind) for name, kind in given.items() if f":{name}" in sql))


_WRITE_DOWN = (
    _typed("""
        INSERT INTO attempts (id, callback_id, number, to_number, agent_id, owner, carrier_state, started_at, begun_at)
        SELECT attempt_id, callback_id, number, to_number, agent_id, :owner, 'intent', :now, :real_now
        FROM unnest(
            string_to_array(:attempt_ids, ','), string_to_array(:callback_ids, ','),
            CAST(string_to_array(:numbers, ',') AS integer[]), string_to_array(:to_numbers, ','),
            string_to_array(:agent_ids, ',')
        ) AS claim(attempt_id, callback_id, number, to_number, agent_id)
    """),
    _typed("""
        INSERT INTO callback_events (callback_id, at, kind, facts)
        SELECT callback_id, :now, 'dialing', '{}'
        FROM unnest(string_to_array(:callback_ids, ',')) AS claim(callback_id)
    """),
    _typed("""
        UPDATE callbacks SET status = 'dialing', version = version + 1, updated_at = :now
        FROM unnest(string_to_array(:callback_ids, ',')) AS claim(callback_id)
        WHERE callbacks.id = claim.callback_id
    """),
)
"""The same where a database has arrays, many times as fast as row by row. The callbacks come last: PostgreSQL looks up
the row that a foreign key names at the end of each statement, and one that was just written anew takes three times as
long to find."""


_ADOPT = _typed("""
    UPDATE attempts SET call_sid = told.call_sid, carrier_state = 'accepted'
    FROM unnest(string_to_array(:attempt_ids, ','), string_to_array(:call_sids, ',')) AS told(attempt_id, call_sid)
    WHERE attempts.id = told.attempt_id AND attempts.call_sid IS NULL AND attempts.ended_at IS NULL
""")


async def _write_down_at_once(
    tx: Transaction, intents: Sequence[Intent], *, owner: str, now: datetime, real_now: datetime
) -> None:
    given = _given(
        attempt_ids=[one.attempt_id for one in intents],
        callback_ids=[one.callback.id for one in intents],
        numbers=[one.number for one in intents],
        to_numbers=[one.callback.next_number for one in intents],
        agent_ids=[one.agent.id for one in intents],
    ) | {"owner": owner, "now": now, "real_now": real_now}
    for statement in _WRITE_DOWN:
        await tx.execute(statement, given)


async def begin_posting(tx: Transaction, attempt_ids: Collection[str], *, owner: str, real_now: datetime) -> set[str]:
    """The fence before the carrier: which of these attempts are still this dispatcher's to place. After this nobody
    places them again, whoever dies."""
    rows = await tx.execute(
        update(attempts)
        .where(
            attempts.c.id.in_(list(attempt_ids)),
            attempts.c.owner == owner,
            attempts.c.carrier_state == "intent",
            attempts.c.ended_at.is_(None),
        )
        .values(carrier_state="posting", begun_at=real_now)
        .returning(attempts.c.id)
    )
    return set(rows.scalars())


async def adopt_all(tx: Transaction, call_sids: Mapping[str, str]) -> dict[str, str | None]:
    """Tie attempts to the carrier's calls; returns the call that each attempt has now, None for one that is over."""
    try:
        async with tx.begin_nested():
            await _adopt_at_once(tx, call_sids)
    except IntegrityError:  # one of the calls belongs to another attempt: the others must not suffer
        for attempt_id, call_sid in call_sids.items():
            await adopt(tx, attempt_id, call_sid)
    rows = await tx.execute(select(attempts.c.id, attempts.c.call_sid).where(attempts.c.id.in_(list(call_sids))))
    return {row.id: row.call_sid for row in rows}


async def _adopt_at_once(tx: Transaction, call_sids: Mapping[str, str]) -> None:
    if tx.dialect.name == "postgresql":
        await tx.execute(_ADOPT, _given(attempt_ids=call_sids, call_sids=call_sids.values()))
        return
    await tx.execute(
        update(attempts)
        .where(attempts.c.id == bindparam("told_id"), attempts.c.call_sid.is_(None), attempts.c.ended_at.is_(None))
        .values(call_sid=bindparam("told_sid"), carrier_state="accepted"),
        [{"told_id": attempt_id, "told_sid": call_sid} for attempt_id, call_sid in call_sids.items()],
    )


async def forget(tx: Transaction, attempt_id: str, *, states: Collection[str]) -> str | None:
    """Remove an attempt that surely placed no call and is in one of these states; returns its callback's id."""
    gone = await tx.execute(
        delete(attempts)
        .where(
            attempts.c.id == attempt_id,
            attempts.c.carrier_state.in_(list(states)),
            attempts.c.ended_at.is_(None),
            attempts.c.call_sid.is_(None),
        )
        .returning(attempts.c.callback_id)
    )
    return gone.scalar_one_or_none()


async def set_aside(tx: Transaction, callback_id: str, *, now: datetime) -> None:
    """Keep a callback from being dialled until a supervisor has looked at it, whatever its row says."""
    await tx.execute(
        update(callbacks)
        .where(callbacks.c.id == callback_id)
        .values(attention=SET_ASIDE, version=callbacks.c.version + 1, updated_at=now)
    )
    await tx.execute(insert(callback_events).values(callback_id=callback_id, at=now, kind=SET_ASIDE, facts={}))


def _attempt(one: Intent, *, owner: str, now: datetime, real_now: datetime) -> dict[str, Any]:
    return {
        "id": one.attempt_id, "callback_id": one.callback.id, "number": one.number,
        "to_number": one.callback.next_number, "agent_id": one.agent.id, "owner": owner,
        "carrier_state": "intent", "started_at": now, "begun_at": real_now,
    }  # fmt: skip
