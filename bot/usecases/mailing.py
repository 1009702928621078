"""Sends what goes by e-mail: the question whether an address is right, and notices for those who said yes."""

from datetime import datetime, timedelta

import structlog

from bot.booking.business import Business
from bot.booking.callback import Callback
from bot.booking.link import LinkKey
from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.channels.email import NAME, EmailChannel, Mail
from bot.store import emails, notices
from bot.store.database import Database
from bot.store.emails import Email
from bot.store.notices import Notice
from bot.usecases.emails import BY_MAIL, CONFIRM, PROOF, STOP
from bot.usecases.promises import plan_notice
from bot.usecases.wordings import Wordings
from bot.wording import dates

TRY_AGAIN_AFTER = timedelta(minutes=5)
"""Mail servers ask for patience before they take mail from somebody new."""
OWN_WORDS = frozenset({"thanks"})
"""What is worded for text messages that can be answered."""

log = structlog.get_logger(__name__)


class Mailing:
    """Tells by e-mail; one row of the outbox is one e-mail."""

    def __init__(self, database: Database, channel: EmailChannel, *, business: Business, key: LinkKey) -> None:
        self._database = database
        self._channel = channel
        self._business = business
        self._say = Wordings(database, business=business).say
        self._key = key
        self._down_until: datetime | None = None

    async def send(self, notice: Notice, callback: Callback, text: str, *, now: datetime) -> None:
        """Send the notice and write down how that ended. An address that refuses mail gets no more of it, and where it
        stood in the place of text messages, those follow."""
        async with self._database.read() as tx:
            known = await emails.of(tx, callback.id)
        if known is None or known.stopped_at or bool(known.proved_at) == (notice.kind == PROOF):
            async with self._database.write() as tx:
                await notices.settle(tx, notice.id, state="skipped", now=now, detail="e-mail not wanted")
            return
        if self._down_until and now < self._down_until:  # each try would hold up the notices behind it
            async with self._database.write() as tx:
                await notices.postpone(tx, notice.id, until=self._down_until)
            return
        answer = await self._channel.send(known.address, await self._mail(notice, callback, known, text), now=now)
        log.info("notice", kind=notice.kind, reference=callback.reference, answer=type(answer).__name__, channel=NAME)
        is_down = answer == NotSent(code=0, try_later=True)
        self._down_until = now + TRY_AGAIN_AFTER if is_down else None
        async with self._database.write() as tx:
            match answer:
                case Sent(message_sid=message_id):
                    await notices.settle(tx, notice.id, state="sent", now=now, message_sid=message_id, detail=NAME)
                case NotSent(try_later=True):
                    await notices.postpone(tx, notice.id, until=now + TRY_AGAIN_AFTER)
                case NotSent(code=code):
                    await notices.settle(tx, notice.id, state="refused", now=now, detail=f"{NAME} {code}")
                    await emails.change(tx, known, stopped_at=now)
                    if known.instead and notice.kind != PROOF:
                        again = notice.occasion.removesuffix(BY_MAIL) + "!"
                        await plan_notice(tx, callback, notice.kind, now=now, occasion=again)
                case MaybeSent(cause=cause):
                    await notices.settle(tx, notice.id, state="unknown", now=now, detail=f"{NAME} {cause}")

    async def _mail(self, notice: Notice, callback: Callback, known: Email, text: str) -> Mail:
        language, link = callback.language, self._key.url(callback)
        stop = self._key.base_url + self._key.mail_path(callback, STOP, known.address)
        facts = {
            "business": self._business.name(language),
            "when": dates.start(callback.window, tz=self._business.timezone, language=language),
            "stop": stop,
        }
        if notice.kind == PROOF:
            link = self._key.base_url + self._key.mail_path(callback, CONFIRM, known.address)
            text = await self._say("email.proof", language, link=link, **facts)
        elif notice.kind in OWN_WORDS:
            text = await self._say(f"email.{notice.kind}", language, link=link, **facts)
        subject = "email.subject_proof" if notice.kind == PROOF else "email.subject"
        footer = await self._say("email.footer", language, **facts)
        return Mail(
            subject=await self._say(subject, language, **facts),
            text=f"{text}\n\n{footer}\n",
            language=language,
            sender_name=self._business.name(language),
            unsubscribe=stop,
        )
