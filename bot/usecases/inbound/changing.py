"""A caller moves or cancels what is promised to their number, after a proof: whose number calls can be made up."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import Callback
from bot.booking.errors import BookingError, CallbackNotFound, SlotFull, WindowNotOffered
from bot.booking.reference import keyed
from bot.booking.window import Window
from bot.store import callbacks, conversations, inbound_calls
from bot.store.database import Database
from bot.store.inbound_calls import InboundCall
from bot.usecases import spoken_times
from bot.usecases.bookings import Bookings
from bot.usecases.call_steps import Answer, Line
from bot.usecases.identity import Identity
from bot.usecases.inbound.menu import Menu
from bot.usecases.inbound.saying import ask, end, line
from bot.usecases.making import customer_of
from bot.usecases.promises import plan_notice
from bot.usecases.spoken_times import WRITE_KEY, SpokenTimes
from bot.wording import say

MOVE, CANCEL = "move", "cancel"
TRIES_A_CALL = 3
TRIES_AN_HOUR = 5
"""Wrong codes of all calls from one number: a reference has half a million ways to be keyed."""
YES_KEY = "1"
MOST_NAMED = 8

Query = Mapping[str, str]


class Changing:
    """Each method takes the keys that were pressed at one step. Every one may be called twice."""

    def __init__(
        self, database: Database, bookings: Bookings, identity: Identity, menu: Menu, *, business: Business
    ) -> None:
        self._database = database
        self._bookings = bookings
        self._identity = identity
        self._menu = menu
        self._times = SpokenTimes(bookings, business=business)

    async def begin(self, call: InboundCall, wish: str, *, now: datetime) -> Answer:
        """Ask for the code that is sent to the number that calls, or for the reference."""
        if call.caller is None or not any(it.is_changeable for it in await self._menu.open_callbacks(call)):
            return await self._menu.read_out(call, now=now)
        is_first = call.conversation_id is None
        talk = call.conversation_id or secrets.token_urlsafe(32)
        async with self._database.write() as tx:
            if await inbound_calls.wrong_tries(tx, call.caller, since=now - timedelta(hours=1)) >= TRIES_AN_HOUR:
                return end(call, "locked")
            if is_first:
                await conversations.open_talk(tx, talk, channel="voice", language=call.language, now=now)
                await inbound_calls.change(tx, call, conversation_id=talk)
        takes_sms = phone.takes_sms(call.caller)
        if is_first and takes_sms:  # a step that is delivered twice sends one code
            await self._identity.ask(talk, call.caller, now=now)
        told = line("code" if takes_sms else "code_is_reference", call.language)
        return ask(call, "proof", told, query={"wish": wish}, is_long=True)

    async def proof_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """The code or the reference; the same is heard whichever was wrong."""
        promised = [callback for callback in await self._menu.open_callbacks(call) if callback.is_changeable]
        if not await self._is_proved(call, digits, promised, now=now):
            async with self._database.write() as tx:
                await inbound_calls.change(tx, call, tries=call.tries + 1)
            if call.tries + 1 >= TRIES_A_CALL:
                return end(call, "not_proved")
            told = (line("wrong_code", call.language), line("code_again", call.language))
            return ask(call, "proof", *told, query=query, is_long=True)
        async with self._database.write() as tx:
            await inbound_calls.change(tx, call, proved_at=now)
        if len(promised) == 1:
            return await self._begin_with(call, promised[0], query, now=now)
        return self._ask_which(call, promised, query)

    async def which_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """Which of several bookings."""
        promised = [callback for callback in await self._menu.open_callbacks(call) if callback.is_changeable]
        if call.proved_at is None or not promised:
            return await self._menu.read_out(call, now=now)
        if digits.isdecimal() and 1 <= int(digits) <= len(promised[:MOST_NAMED]):
            return await self._begin_with(call, promised[int(digits) - 1], query, now=now)
        return self._ask_which(call, promised, query)

    async def move_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """One of the times that were read out, more of them, or a link to choose by."""
        callback = await self._of_caller(call, query)
        if callback is None:
            return await self._menu.read_out(call, now=now)
        if digits == WRITE_KEY:
            return await self._send_link(call, callback, now=now)
        if start := spoken_times.chosen(query, digits):
            return await self._move(call, callback, start, now=now)
        return await self._offer(call, callback, since=spoken_times.next_since(query, digits, now=now), now=now)

    async def cancel_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """Yes to taking the promise back, or back to the beginning."""
        callback = await self._of_caller(call, query)
        if callback is None or digits != YES_KEY:
            return await self._menu.read_out(call, now=now)
        try:
            await self._bookings.cancel(callback.reference, now=now)
        except BookingError:
            return end(call, "not_changeable")
        await self._settle(call)
        return end(call, "cancelled")

    async def _is_proved(self, call: InboundCall, digits: str, promised: list[Callback], *, now: datetime) -> bool:
        named = [hmac.compare_digest(keyed(callback.reference), digits) for callback in promised]
        if any(named):
            return True
        return call.conversation_id is not None and (
            await self._identity.check(call.conversation_id, digits, now=now) == "right"
        )

    def _ask_which(self, call: InboundCall, promised: list[Callback], query: Query) -> Answer:
        choices = " ".join(
            say("voice.choice", call.language, when=self._times.told(callback.window.start, call.language), key=key)
            for key, callback in enumerate(promised[:MOST_NAMED], start=1)
        )
        return ask(call, "which", line("which", call.language, choices=choices), query=query)

    async def _begin_with(self, call: InboundCall, callback: Callback, query: Query, *, now: datetime) -> Answer:
        if query.get("wish") == MOVE:
            return await self._offer(call, callback, since=now, now=now)
        when = self._times.told(callback.window.start, call.language)
        about = {"reference": callback.reference}
        return ask(call, "cancel", line("confirm_cancel", call.language, when=when), query=about)

    async def _of_caller(self, call: InboundCall, query: Query) -> Callback | None:
        """The booking of a step that follows the proof."""
        try:
            callback = await self._bookings.find(query.get("reference", ""))
        except CallbackNotFound:
            return None
        return callback if call.proved_at and callback.phone_number == call.caller else None

    async def _offer(
        self, call: InboundCall, callback: Callback, *, since: datetime, now: datetime, first: str = ""
    ) -> Answer:
        topic = self._bookings.topic_of(callback)
        spoken = await self._times.offer(topic, customer_of(callback), since=since, now=now)
        if spoken is None:
            return end(call, "no_other_times")
        told = Line(text=f"{first} {spoken.text}".strip(), language=call.language)
        return ask(call, "move", told, query={"reference": callback.reference, **spoken.query})

    async def _move(self, call: InboundCall, callback: Callback, start: datetime, *, now: datetime) -> Answer:
        topic = self._bookings.topic_of(callback)
        window = await self._times.window(topic, customer_of(callback), start, now=now)
        try:
            if window is None:
                raise WindowNotOffered(Window(start=start, end=start + timedelta(minutes=1)), "past")
            moved = await self._bookings.move(callback.reference, window, now=now)
        except (SlotFull, WindowNotOffered):
            return await self._offer(call, callback, since=now, now=now, first=say("voice.time_gone", call.language))
        except BookingError:
            return end(call, "not_changeable")
        await self._settle(call)
        return end(call, "moved", when=self._times.told(moved.window.start, call.language))

    async def _send_link(self, call: InboundCall, callback: Callback, *, now: datetime) -> Answer:
        if not phone.takes_sms(callback.phone_number):
            return await self._offer(call, callback, since=now, now=now, first=say("inbound.no_sms", call.language))
        async with self._database.write() as tx:
            await plan_notice(tx, await callbacks.get(tx, callback.id), "choose_time", now=now)
        await self._settle(call)
        return end(call, "link_sent")

    async def _settle(self, call: InboundCall) -> None:
        async with self._database.write() as tx:
            await inbound_calls.change(tx, call, state="settled")
