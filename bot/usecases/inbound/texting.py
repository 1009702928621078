"""Who hangs up before anything was agreed is sent a link to choose a time by."""

from datetime import datetime, timedelta

import structlog

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.errors import NumberRefused
from bot.booking.phone import NumberPolicy
from bot.channels.channel import Channel, NotSent
from bot.store import callbacks, inbound_calls, ledger
from bot.store.database import Database, Transaction
from bot.store.inbound_calls import InboundCall
from bot.wording import say

ONCE_IN = timedelta(hours=1)
BATCH = 20

log = structlog.get_logger(__name__)


class LinkTexts:
    """Sends each link at most once, and to one number not more than one an hour."""

    def __init__(
        self, database: Database, sms: Channel, *, business: Business, numbers: NumberPolicy, form_url: str
    ) -> None:
        self._database = database
        self._sms = sms
        self._business = business
        self._numbers = numbers
        self._form_url = form_url

    async def ended(self, call_sid: str) -> None:
        """The carrier reports that the call is over."""
        async with self._database.write() as tx:
            call = await inbound_calls.get(tx, call_sid)
            if call:
                await inbound_calls.advance(tx, call_sid, before="open", state="left", sms_to=call.caller)

    async def send_due(self, *, now: datetime) -> int:
        """Send what is due; returns how many calls were looked at."""
        async with self._database.read() as tx:
            waiting = await inbound_calls.left(tx, limit=BATCH)
        for call in waiting:
            await self._send(call, now=now)
        return len(waiting)

    async def _send(self, call: InboundCall, *, now: datetime) -> None:
        async with self._database.write() as tx:
            is_wanted = await self._is_wanted(tx, call, now=now)
            state = "sending" if is_wanted else "quiet"
            if not await inbound_calls.advance(tx, call.call_sid, before="left", state=state) or not is_wanted:
                return
            await inbound_calls.change(tx, call, sms_at=now)
        text = say(
            "inbound.sms", call.language, business=self._business.name(call.language),
            link=f"{self._form_url}?lang={call.language}",
        )  # fmt: skip
        answer = await self._sms.send(call.sms_to or "", text)
        log.info("link_after_call", answer=type(answer).__name__)
        is_for_later = isinstance(answer, NotSent) and answer.try_later
        async with self._database.write() as tx:
            await inbound_calls.advance(
                tx, call.call_sid, before="sending", state="left" if is_for_later else "told",
                sms_at=None if is_for_later else now,
            )  # fmt: skip

    async def _is_wanted(self, tx: Transaction, call: InboundCall, *, now: datetime) -> bool:
        if call.sms_to is None or not self._takes_link(call.sms_to):
            return False
        no_sms, _ = await ledger.opted_out(tx, call.sms_to)
        if no_sms or await inbound_calls.was_texted(tx, call.sms_to, since=now - ONCE_IN):
            return False
        # Whoever has a promise called to hear of it, unless they asked for the link.
        has_asked = call.phone_number == call.sms_to
        return has_asked or not await callbacks.count_open(tx, call.sms_to)

    def _takes_link(self, number: str) -> bool:
        try:
            return phone.takes_sms(phone.accept(number, self._numbers))
        except NumberRefused:
            return False
