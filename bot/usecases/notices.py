"""Telling customers: each notice is worded from what is true when it is sent, and sent at most once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import CHANGEABLE, HOURS_CHANGED, OPEN, SETTLED, Callback, Status
from bot.booking.lawful import CallingHours, LawfulHours
from bot.booking.link import LinkKey
from bot.booking.reminding import still_makes_sense
from bot.booking.window import Window
from bot.channels import line, sms
from bot.channels.channel import Channel, MaybeSent, NotSent, Sent, TalkChannel
from bot.channels.sms import as_sent
from bot.store import callbacks, contacts, conversations, ledger, notices
from bot.store.contacts import Contact
from bot.store.database import Database, Transaction
from bot.store.notices import Notice
from bot.usecases import emails, ratings
from bot.usecases.emails import PROOF
from bot.usecases.mailing import Mailing
from bot.usecases.new_times import NewTimes
from bot.usecases.own_channel import OwnChannel, writer
from bot.usecases.wordings import Wordings
from bot.wording import dates, say
from bot.wording.segments import segments

BATCH = 50
TRY_AGAIN_AFTER = timedelta(seconds=30)
LEFT_AFTER = timedelta(minutes=1)
"""A carrier answers or times out well before: who still sends after this long, in real time, is dead."""
NOT_IN_THE_CHAT = frozenset({"confirmation", "moved", "cancelled", "choose_time", "starting", "thanks"})
"""What the chat has answered already or says in its own words; by SMS it is told, for the customer's own record."""
IN_THE_CHAT_ONLY = frozenset({"survey"})
"""Who booked in the chat is asked there how it was; by SMS it is the thanks that ask."""
ANSWERS = frozenset({"confirmation", "moved", "cancelled", "choose_time", SETTLED, PROOF})
"""What answers something that the customer did a moment ago: quiet hours do not hold it back."""
REMINDERS = frozenset({"reminder_day", "reminder", "reminder_soon"})
STILL_TRUE = {
    "confirmation": frozenset(Status) - {Status.CANCELLED, Status.EXPIRED},
    "moved": CHANGEABLE,
    "reminder_day": frozenset({Status.BOOKED}),
    "reminder": frozenset({Status.BOOKED}),
    "reminder_soon": frozenset({Status.BOOKED}),
    "starting": frozenset({Status.DIALING}),
    "thanks": frozenset({Status.COMPLETED}),
    "late": CHANGEABLE | {Status.DIALING},  # told while dialling only where nobody knows whether it rings
    "missed": frozenset({Status.RETRY_WAIT}),
    "choose_time": CHANGEABLE | {Status.DIALING},
    "cancelled": frozenset({Status.CANCELLED}),
    "unreached": frozenset({Status.UNREACHED}),
    "number_unusable": frozenset({Status.UNREACHED}),
    "expired": frozenset({Status.EXPIRED}),
    "hours_changed": frozenset({Status.BOOKED, Status.EXPIRED}),
    "capacity_changed": frozenset({Status.BOOKED}),
    "survey": frozenset({Status.COMPLETED}),
    SETTLED: frozenset({Status.COMPLETED}),
    PROOF: frozenset(OPEN),
}
"""In which statuses each notice may still be sent: a reminder of a cancelled call would be worse than none."""

OFFERS_TIMES = frozenset({"expired", "hours_changed", "capacity_changed"})
"""What is told to somebody who has to choose anew: with a few free times, where there are any."""

STARS = tuple({"title": "★" * stars, "value": str(stars)} for stars in range(5, 0, -1))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NoticePolicy:
    """`links` lead to the booking; `not_by_sms` are kinds that are told in the chat only; `send_hours` are when
    messages may be written at all, on the customer's own clock; `replies` is whether an answer to a text message
    reaches us."""

    links: LinkKey
    send_hours: LawfulHours
    not_by_sms: frozenset[str] = frozenset()
    replies: bool = True


class Notices:
    """Empties the outbox into the customer's own channel, LINE before SMS, and into the chat where they chatted."""

    def __init__(
        self,
        database: Database,
        text_messages: Channel,
        *,
        business: Business,
        new_times: NewTimes,
        policy: NoticePolicy,
        on_line: TalkChannel | None = None,
        by_mail: Mailing | None = None,
    ) -> None:
        self._database = database
        self._sms = text_messages
        self._own = OwnChannel(on_line, business=business)
        self._mail = by_mail
        self._business = business
        self._wordings = Wordings(database, business=business)
        self._new_times = new_times
        self._policy = policy

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
        if emails.is_mail(notice):
            await self._send_by_mail(notice, now=now)
            return
        async with self._database.write() as tx:
            callback = await callbacks.get(tx, notice.callback_id)
            no_sms, _ = await ledger.opted_out(tx, callback.phone_number)
            if notice.kind in IN_THE_CHAT_ONLY and _is_still_true(notice, callback, now=now):
                is_said = await self._ask_for_rating(tx, callback, now=now)
                state = "sent" if is_said else "skipped"
                await notices.settle(tx, notice.id, state=state, now=now, detail=None if is_said else "talks on")
                return
            if await self._is_held_back(tx, notice, callback, now=now):
                return
            offered = await self._offered(tx, notice.kind, callback, now=now)
            if callback.conversation_id and notice.kind not in NOT_IN_THE_CHAT:
                text = await self._words(notice.kind, callback, offered, manner="with_times", tx=tx)
                await conversations.add_message(
                    tx, callback.conversation_id, sender="system", text=text, now=now, later=True,
                    buttons=_choices(notice.kind, callback),
                )  # fmt: skip
            if notice.kind in ANSWERS and await self._own.was_told(tx, notice, callback):
                await notices.settle(tx, notice.id, state="skipped", now=now, detail="told in the talk")
                return
            if await self._goes_by_mail(tx, notice, callback, now=now):
                await notices.settle(tx, notice.id, state="skipped", now=now, detail="by e-mail instead")
                return
            reader = None if notice.kind in self._policy.not_by_sms else await self._own.reader(tx, callback)
            detail = self._why_no_sms(notice, callback, no_sms=no_sms)
            if detail and reader is None:
                await notices.settle(tx, notice.id, state="skipped", now=now, detail=detail)
                return
        if reader and await self._on_line(notice, callback, reader, offered, now=now):
            return
        if detail:
            async with self._database.write() as tx:
                await notices.settle(tx, notice.id, state="refused", now=now, detail=f"line; {detail}")
            return
        await self._text(notice, callback, offered, now=now)

    async def _is_held_back(self, tx: Transaction, notice: Notice, callback: Callback, *, now: datetime) -> bool:
        """Put away what is no longer true, and off what would come at a quiet hour."""
        if not _is_still_true(notice, callback, now=now):
            await notices.settle(tx, notice.id, state="skipped", now=now, detail="no longer true")
            return True
        if opening := self._quiet_until(notice, callback, now=now):
            await notices.postpone(tx, notice.id, until=opening)
            return True
        return False

    async def _send_by_mail(self, notice: Notice, *, now: datetime) -> None:
        async with self._database.write() as tx:
            callback = await callbacks.get(tx, notice.callback_id)
            if await self._is_held_back(tx, notice, callback, now=now):
                return
            if self._mail is None:
                await notices.settle(tx, notice.id, state="skipped", now=now, detail="no mail server")
                return
            offered = await self._offered(tx, notice.kind, callback, now=now)
        text = "" if notice.kind == PROOF else await self._words(notice.kind, callback, offered, manner="with_times")
        await self._mail.send(notice, callback, text, now=now)

    async def _goes_by_mail(self, tx: Transaction, notice: Notice, callback: Callback, *, now: datetime) -> bool:
        """Let it be told by e-mail, too, where that is wanted; True where nothing else is."""
        if self._mail is None or notice.kind in self._policy.not_by_sms:
            return False
        return await emails.copy(tx, notice, callback, now=now)

    async def _on_line(
        self, notice: Notice, callback: Callback, reader: Contact, offered: tuple[Window, ...], *, now: datetime
    ) -> bool:
        """Tell it on LINE; False where LINE surely did not take it, so that a text message follows."""
        text = await self._words(notice.kind, callback, offered, manner="by_number")
        replies = STARS if notice.kind == "thanks" else _choices(notice.kind, callback)
        answer, asked = await self._own.tell(notice, callback, reader, text, offered=offered, replies=replies)
        log.info("notice", kind=notice.kind, reference=callback.reference, answer=type(answer).__name__, channel="line")
        if isinstance(answer, NotSent):
            return False
        async with self._database.write() as tx:
            if notice.kind == "thanks":
                asked = {**(asked or {}), "rating": True}
            await contacts.asked(tx, reader, asked)
            if isinstance(answer, Sent):
                await notices.settle(
                    tx, notice.id, state="sent", now=now, message_sid=answer.message_sid, detail=line.NAME
                )
            else:
                await notices.settle(tx, notice.id, state="unknown", now=now, detail=answer.cause)
        return True

    async def _ask_for_rating(self, tx: Transaction, callback: Callback, *, now: datetime) -> bool:
        """Asked once, in the chat, and not of a customer who is being asked something else there."""
        talk = await conversations.get(tx, callback.conversation_id or "")
        if talk is None or talk.expects or talk.channel in (line.NAME, sms.NAME):  # there it is the thanks that ask
            return False
        await conversations.add_message(
            tx, talk.id, sender="system", text=say("chat.ask_rating", talk.language), buttons=STARS, now=now, later=True
        )
        await conversations.change(tx, talk.id, now=now, expects="rating", callback_id=callback.id)
        await callbacks.note_event(tx, callback.id, ratings.ASKED, at=now)
        return True

    def _quiet_until(self, notice: Notice, callback: Callback, *, now: datetime) -> datetime | None:
        """When a message may be written that would come at a quiet hour now; None for one that may be written."""
        hours = CallingHours(layers=self._policy.send_hours.of(callback.phone_number))
        if notice.kind in ANSWERS or hours.is_open(now):
            return None
        return hours.next_open(now)

    def _why_no_sms(self, notice: Notice, callback: Callback, *, no_sms: bool) -> str | None:
        if no_sms:
            return "opted out"
        if notice.kind in self._policy.not_by_sms:
            return "in the chat only"
        return None if phone.takes_sms(callback.phone_number) else "not a mobile number"

    async def _text(self, notice: Notice, callback: Callback, offered: tuple[Window, ...], *, now: datetime) -> None:
        manner = "by_number" if self._policy.replies else "with_times"
        text = await self._words(notice.kind, callback, offered, manner=manner)
        answer, parts = await self._sms.send(callback.phone_number, text), segments(as_sent(text))
        log.info("notice", kind=notice.kind, reference=callback.reference, answer=type(answer).__name__, segments=parts)
        async with self._database.write() as tx:
            match answer:
                case Sent(message_sid=sid):
                    await notices.settle(tx, notice.id, state="sent", now=now, message_sid=sid, segments=parts)
                    await contacts.asked(tx, writer(callback, now=now), _numbered(notice.kind, callback, offered))
                case NotSent(try_later=True):
                    await notices.postpone(tx, notice.id, until=now + TRY_AGAIN_AFTER)
                case NotSent(code=code):
                    await notices.settle(tx, notice.id, state="refused", now=now, detail=str(code))
                case MaybeSent(cause=cause):
                    await notices.settle(tx, notice.id, state="unknown", now=now, detail=cause)

    async def _offered(self, tx: Transaction, kind: str, callback: Callback, *, now: datetime) -> tuple[Window, ...]:
        return await self._new_times.of(tx, callback, now=now) if kind in OFFERS_TIMES else ()

    async def _words(
        self, kind: str, callback: Callback, offered: tuple[Window, ...], *, manner: str, tx: Transaction | None = None
    ) -> str:
        language, tz = callback.language, self._business.timezone
        retry = callback.status == Status.RETRY_WAIT
        window = Window(start=callback.due_at, end=callback.window.end) if retry else callback.window
        told = dates.start if retry or kind in OFFERS_TIMES else dates.span
        when = dates.brief([window], tz=tz, language=language) if offered else told(window, tz=tz, language=language)
        return await self._wordings.say(
            f"notices.{kind}_{manner}" if offered else f"notices.{kind}",
            language,
            tx,
            business=self._business.name(language),
            when=when,
            times=(dates.brief if manner == "with_times" else dates.numbered)(offered, tz=tz, language=language),
            reference=callback.reference,
            hotline=self._business.hotline,
            link=self._policy.links.url(callback),
        )


def _is_still_true(notice: Notice, callback: Callback, *, now: datetime) -> bool:
    """A reminder that comes after what it reminds of would only confuse."""
    start = callback.window.start
    too_late = notice.kind in REMINDERS and not still_makes_sense(notice.due_at, start, now=now)
    is_settled = notice.kind in ("hours_changed", "capacity_changed") and callback.attention != HOURS_CHANGED
    return not too_late and not is_settled and callback.status in STILL_TRUE[notice.kind]


def _numbered(kind: str, callback: Callback, offered: tuple[Window, ...]) -> dict[str, Any] | None:
    """What a bare digit says after this notice; None where it asks for none."""
    if kind == "thanks":
        return {"rating": True}
    return (
        {"reference": callback.reference, "starts": [window.start.isoformat() for window in offered]}
        if offered
        else None
    )


def _choices(kind: str, callback: Callback) -> tuple[dict[str, str], ...]:
    """Whoever is told of a delay can keep, move or cancel with one tap, in words that the assistant understands."""
    if kind != "late":
        return ()
    names = ("keep", "move", "cancel")
    return tuple(
        {"title": say(f"chat.{name}", callback.language), "value": say(f"chat.{name}_words", callback.language)}
        for name in names
    )
