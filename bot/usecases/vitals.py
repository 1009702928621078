"""Looks at every part of the product at once, for the people who have to keep it well."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.booking.vitals import Vitals
from bot.store import ledger, migrations, vitals
from bot.store.database import Database
from bot.usecases.emails import BY_MAIL
from bot.usecases.health import PATIENCE_S, Health

A_DAY = timedelta(days=1)
Usage = Callable[[], Awaitable[tuple[int, int | None] | None]]
"""Asks LINE for (used, limit) of this month."""

log = structlog.get_logger(__name__)


class CheckUp:
    """Reads only. `line_usage` is None where LINE is not used, `model` what the assistant was started with."""

    def __init__(
        self, database: Database, health: Health, *, uses_mail: bool, line_usage: Usage | None, model: str | None
    ) -> None:
        self._database = database
        self._health = health
        self._uses_mail = uses_mail
        self._line_usage = line_usage
        self._model = model

    async def look(self, *, now: datetime, real_now: datetime) -> Vitals:
        """Everything that can be seen now; a part that hangs is waited for a few seconds."""
        answers, usage = await asyncio.gather(self._health.parts(real_now=real_now), self._usage())
        async with self._database.read() as tx:
            sent = await vitals.sending(tx, since=now - A_DAY, now=now, mail_ends=BY_MAIL)
            return Vitals(
                answers=answers,
                model=self._model,
                answered_at=await vitals.answered_at(tx),
                unanswered=await vitals.unanswered(tx),
                beat_at=await ledger.last_beat(tx, "scheduler"),
                dispatchers=await vitals.all_dispatchers(tx),
                revision=await vitals.revision(tx),
                newest_revision=migrations.newest(),
                size_bytes=await vitals.size_bytes(tx),
                unsure_calls=await vitals.unsure_calls(tx),
                text_messages=sent["text"],
                uses_mail=self._uses_mail,
                mails=sent["mail"],
                uses_line=self._line_usage is not None,
                line=usage,
                on_line=sent["line"],
                outbox=await vitals.outbox(tx, now=now),
            )

    async def _usage(self) -> tuple[int, int | None] | None:
        if self._line_usage is None:
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._line_usage()
        except TimeoutError:
            log.warning("line_quota_unknown", trouble="TimeoutError")
            return None
