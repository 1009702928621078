"""Telling customers: each notice is worded from what is true when it is sent, and sent at most once."""

from datetime import datetime, timedelta

import structlog

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import CHANGEABLE, Callback, Status
from bot.booking.window import Window
from bot.channels.channel import Channel, MaybeSent, NotSent, Sent
from bot.store import callbacks, conversations, ledger, notices
from bot.store.database import Database
from bot.store.notices import Notice
from bot.wording import dates, say

BATCH = 50
TRY_AGAIN_AFTER = timedelta(seconds=30)
LEFT_AFTER = timedelta(minutes=1)
"""A carrier answers or times out well before: who still sends after this long, in real time, is dead."""
SAID_BY_THE_ASSISTANT = frozenset({"confirmation", "moved", "cancelled"})
"""What the chat has already answered is not repeated there; by SMS it is, for the customer's own record."""
STILL_TRUE = {
    "confirmation": frozenset(Status) - {Status.CANCELLED, Status.EXPIRED},
    "moved": CHANGEABLE,
    "reminder": frozenset({Status.BOOKED}),
    "late": CHANGEABLE | {Status.DIALING},  # told while dialling only where nobody knows whether it rings
    "missed": frozenset({Status.RETRY_WAIT}),
    "cancelled": frozenset({Status.CANCELLED}),
    "unreached": frozenset({Status.UNREACHED}),
    "expired": frozenset({Status.EXPIRED}),
}
"""In which statuses each notice may still be sent: a reminder of a cancelled call would be worse than none."""

log = structlog.get_logger(__name__)


class Notices:
    """Empties the outbox into SMS and, where the customer chatted, into the chat."""

    def __init__(self, database: Database, sms: Channel, *, business: Business) -> None:
        self._database = database
        self._sms = sms
        self._business = business

    async def send_due(self, *, now: datetime, real_now: datetime) -> int:
        """Send what is due; returns how many notices were taken."""
        await self._give_up_what_was_left(real_now=real_now)
        async with self._database.read() as tx:
            waiting = await notices.due(tx, now=now, limit=BATCH)
        taken = 0
        for notice in waiting:
            async with self._database.write() as tx:
                if not await notices.claim(tx, notice.id, real_now=real_now):
                    continue
            taken += 1
            await self._try_to_send(notice, now=now)
        return taken

    async def _give_up_what_was_left(self, *, real_now: datetime) -> None:
        """A process that died while it sent may have sent: told twice would be worse than told once."""
        async with self._database.write() as tx:
            left = await notices.give_up_claimed(tx, before=real_now - LEFT_AFTER, detail="the sender died")
        if left:
            log.error("notices_left", count=left)

    async def delivery_reported(self, message_sid: str, status: str, error_code: str) -> None:
        """The carrier's word on a message; only the final ones are kept."""
        if status in ("delivered", "undelivered", "failed"):
            state = "delivered" if status == "delivered" else "undelivered"
            async with self._database.write() as tx:
                await notices.delivered(tx, message_sid, state=state, detail=error_code or None)

    async def _try_to_send(self, notice: Notice, *, now: datetime) -> None:
        """A notice that cannot be sent is put away and reported: tried again, it might be read twice."""
        try:
            await self._send(notice, now=now)
        except Exception:
            log.exception("notice_failed", notice=notice.id, kind=notice.kind)
            async with self._database.write() as tx:
                await notices.settle(tx, notice.id, state="failed", now=now, detail="inner error")

    async def _send(self, notice: Notice, *, now: datetime) -> None:
        async with self._database.write() as tx:
            callback = await callbacks.get(tx, notice.callback_id)
            no_sms, _ = await ledger.opted_out(tx, callback.phone_number)
            if not _is_still_true(notice, callback, now=now):
                await notices.settle(tx, notice.id, state="skipped", now=now, detail="no longer true")
                return
            text = self._words(notice.kind, callback)
            if callback.conversation_id and notice.kind not in SAID_BY_THE_ASSISTANT:
                await conversations.add_message(
                    tx, callback.conversation_id, sender="system", text=text, now=now, later=True
                )
            if no_sms or not phone.takes_sms(callback.phone_number):
                detail = "opted out" if no_sms else "not a mobile number"
                await notices.settle(tx, notice.id, state="skipped", now=now, detail=detail)
                return
        await self._text(notice, callback, text, now=now)

    async def _text(self, notice: Notice, callback: Callback, text: str, *, now: datetime) -> None:
        answer = await self._sms.send(callback.phone_number, text)
        log.info("notice", kind=notice.kind, reference=callback.reference, answer=type(answer).__name__)
        async with self._database.write() as tx:
            match answer:
                case Sent(message_sid=sid):
                    await notices.settle(tx, notice.id, state="sent", now=now, message_sid=sid)
                case NotSent(try_later=True):
                    await notices.postpone(tx, notice.id, until=now + TRY_AGAIN_AFTER)
                case NotSent(code=code):
                    await notices.settle(tx, notice.id, state="refused", now=now, detail=str(code))
                case MaybeSent(cause=cause):
                    await notices.settle(tx, notice.id, state="unknown", now=now, detail=cause)

    def _words(self, kind: str, callback: Callback) -> str:
        language = callback.language
        retry = callback.status == Status.RETRY_WAIT
        window = Window(start=callback.due_at, end=callback.window.end) if retry else callback.window
        told = dates.start if retry else dates.span
        return say(
            f"notices.{kind}",
            language,
            business=self._business.name(language),
            when=told(window, tz=self._business.timezone, language=language),
            reference=callback.reference,
        )


def _is_still_true(notice: Notice, callback: Callback, *, now: datetime) -> bool:
    """A reminder that comes after what it reminds of would only confuse."""
    too_late = notice.kind == "reminder" and now >= callback.window.start
    return not too_late and callback.status in STILL_TRUE[notice.kind]
