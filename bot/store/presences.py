"""Who takes calls now. What must not wait for anybody is one conditional UPDATE; `now` is business time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, case, literal, or_, update

from bot.booking.presence import Presence
from bot.store.database import Transaction
from bot.store.schema import UtcDateTime, agents


async def choose(tx: Transaction, agent_id: str, presence: Presence, *, now: datetime, real_now: datetime) -> None:
    """Somebody says how it is; they are at their desk."""
    await tx.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.disabled_at.is_(None))
        .values(presence_since=_since(presence, now), presence=presence, after_call_until=None, desk_seen_at=real_now)
    )


async def seen(tx: Transaction, agent_ids: Collection[str], *, now: datetime, real_now: datetime) -> None:
    """Pages of the desk are open for these people; who was away is back."""
    is_away = agents.c.presence == Presence.AWAY
    await tx.execute(
        update(agents)
        .where(agents.c.id.in_(list(agent_ids)))
        .values(
            desk_seen_at=real_now,
            presence=case((is_away, Presence.READY), else_=agents.c.presence),
            presence_since=case((is_away, _moment(now)), else_=agents.c.presence_since),
        )
    )


async def send_away(tx: Transaction, *, seen_before: datetime, now: datetime) -> int:
    """Who needs the desk and has none open since then is not ready; returns how many."""
    gone = or_(agents.c.desk_seen_at.is_(None), agents.c.desk_seen_at < seen_before)
    sent = await tx.execute(
        update(agents)
        .where(agents.c.presence == Presence.READY, agents.c.needs_desk.is_(True), gone)
        .values(presence=Presence.AWAY, presence_since=now)
    )
    return int(sent.rowcount)


async def begin_after_call(tx: Transaction, agent_id: str, *, now: datetime, until: datetime) -> None:
    """The call is over: time to write down what was said. Who has chosen otherwise, or has no desk, goes on."""
    await tx.execute(
        update(agents)
        .where(
            agents.c.id == agent_id,
            agents.c.needs_desk.is_(True),
            agents.c.presence.in_((Presence.READY, Presence.AWAY)),
        )
        .values(presence=Presence.AFTER_CALL, presence_since=now, after_call_until=until)
    )


async def end_after_call(tx: Transaction, *, now: datetime) -> int:
    """Whose time to write things down is over is ready again; returns how many."""
    ended = await tx.execute(
        update(agents)
        .where(agents.c.presence == Presence.AFTER_CALL, agents.c.after_call_until <= now)
        .values(presence=Presence.READY, presence_since=now, after_call_until=None)
    )
    return int(ended.rowcount)


async def leave(tx: Transaction, agent_id: str, *, now: datetime) -> None:
    """Somebody has logged out: who needs the desk takes no calls."""
    await tx.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.needs_desk.is_(True))
        .values(presence_since=_since(Presence.OFFLINE, now), presence=Presence.OFFLINE, after_call_until=None)
    )


def _since(presence: Presence, now: datetime) -> ColumnElement[datetime | None]:
    """Since when somebody is in a presence: what says it again changes nothing."""
    is_new = (agents.c.presence != presence) | agents.c.presence_since.is_(None)
    return case((is_new, _moment(now)), else_=agents.c.presence_since)


def _moment(now: datetime) -> ColumnElement[datetime]:
    return literal(now, UtcDateTime)
