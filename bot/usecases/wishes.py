"""What a customer can press for instead of talking now: another time, no call at all, or never again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import SET_ASIDE, Callback, Status
from bot.booking.errors import CallbackNotOpen, SlotFull, WindowNotOffered
from bot.booking.window import Window
from bot.store import attempts, callbacks, ledger, slots
from bot.store.attempts import Dial
from bot.store.callbacks import StaleCallback
from bot.store.database import Database
from bot.usecases import spoken_times
from bot.usecases.bookings import Bookings
from bot.usecases.call_steps import AskKey, Next, SayAndHangUp
from bot.usecases.promises import plan_notice
from bot.usecases.seats import Customer
from bot.usecases.spoken_times import WRITE_KEY, SpokenTimes
from bot.wording import say

YES_KEY = "1"
WishStep = Literal["slot", "cancel", "refuse"]


class Wishes:
    """Every wish is carried out while the customer listens, and written down on the attempt: it is then no attempt
    that failed. Every method may be called twice."""

    def __init__(self, database: Database, bookings: Bookings, *, business: Business) -> None:
        self._database = database
        self._bookings = bookings
        self._times = SpokenTimes(bookings, business=business)

    async def begun(self, digits: str, dial: Dial, callback: Callback, *, now: datetime) -> Next | None:
        """The key that was pressed after the greeting; None for one that means nothing there."""
        match digits:
            case "2":
                return await self._offer(callback, since=now, now=now)
            case "3":
                return self._ask(callback, "voice.confirm_cancel", "cancel")
            case "9":
                return self._ask(callback, "voice.confirm_refuse", "refuse")
        return None

    async def pressed(
        self, step: WishStep, digits: str, dial: Dial, callback: Callback, *, query: Mapping[str, str], now: datetime
    ) -> Next | None:
        """The key that was pressed after a question of ours; None leads back to the greeting."""
        match step:
            case "slot":
                return await self._slot_pressed(digits, dial, callback, query=query, now=now)
            case "cancel" if digits == YES_KEY:
                return await self._cancel(dial, callback, now=now)
            case "refuse" if digits == YES_KEY:
                return await self._refuse(dial, callback, now=now)
        return None

    async def _slot_pressed(
        self, digits: str, dial: Dial, callback: Callback, *, query: Mapping[str, str], now: datetime
    ) -> Next:
        if digits == WRITE_KEY:
            return await self._write(dial, callback, now=now)
        if start := spoken_times.chosen(query, digits):
            return await self._move(dial, callback, start, now=now)
        return await self._offer(callback, since=spoken_times.next_since(query, digits, now=now), now=now)

    async def _offer(self, callback: Callback, *, since: datetime, now: datetime, first: str = "") -> Next:
        topic = self._bookings.topic_of(callback)
        spoken = await self._times.offer(topic, _customer(callback), since=since, now=now)
        if spoken is None:
            return self._end(callback, "voice.no_times")
        return AskKey(
            text=f"{first} {spoken.text}".strip(),
            then=say("voice.not_confirmed", callback.language),
            language=callback.language,
            step="slot",
            query=spoken.query,
        )

    async def _move(self, dial: Dial, callback: Callback, start: datetime, *, now: datetime) -> Next:
        window = await self._times.window(self._bookings.topic_of(callback), _customer(callback), start, now=now)
        try:
            if window is None:
                raise WindowNotOffered(Window(start=start, end=start), "past")
            moved = await self._bookings.move(callback.reference, window, now=now, during_call=True)
        except (SlotFull, WindowNotOffered):
            return await self._offer(callback, since=now, now=now, first=say("voice.time_gone", callback.language))
        except CallbackNotOpen:  # somebody at the desk was faster
            return self._end(callback, "voice.finished")
        await self._note(dial, "moved")
        return self._end(callback, "voice.moved", when=self._times.told(moved.window.start, callback.language))

    async def _cancel(self, dial: Dial, callback: Callback, *, now: datetime) -> Next:
        try:
            await self._bookings.cancel(callback.reference, now=now, during_call=True)
        except CallbackNotOpen:
            return self._end(callback, "voice.finished")
        await self._note(dial, "cancelled")
        return self._end(callback, "voice.cancelled")

    async def _refuse(self, dial: Dial, callback: Callback, *, now: datetime) -> Next:
        """Never call or write to this number again; a supervisor should see that a promise went to a stranger."""
        try:
            async with self._database.write() as tx:
                await ledger.set_consent(tx, dial.to_number, sms_opted_out_at=now, do_not_call_at=now)
                fresh = await callbacks.get(tx, callback.id)
                if fresh.status == Status.DIALING:
                    await callbacks.change(tx, fresh, now=now, status=Status.CANCELLED, attention=SET_ASIDE)
                    await slots.give_back(tx, fresh.topic, fresh.slot_start)
                    await callbacks.note_event(tx, fresh.id, "refused", at=now, facts={})
                await attempts.change(tx, dial.id, wish="refused", answered_by="human")
        except StaleCallback:
            return await self._refuse(dial, callback, now=now)
        return self._end(callback, "voice.refused")

    async def _write(self, dial: Dial, callback: Callback, *, now: datetime) -> Next:
        """Send the way to choose a time; a line that takes no messages is told where to write."""
        await self._note(dial, "later")
        if not phone.takes_sms(dial.to_number):
            return self._end(callback, "voice.write_to_us")
        async with self._database.write() as tx:
            await plan_notice(tx, await callbacks.get(tx, callback.id), "choose_time", now=now)
        return self._end(callback, "voice.written")

    async def _note(self, dial: Dial, wish: str) -> None:
        async with self._database.write() as tx:
            await attempts.change(tx, dial.id, wish=wish, answered_by="human")

    def _ask(self, callback: Callback, sentence: str, step: WishStep) -> Next:
        return AskKey(
            text=say(sentence, callback.language),
            then=say("voice.not_confirmed", callback.language),
            language=callback.language,
            step=step,
        )

    def _end(self, callback: Callback, sentence: str, **facts: str) -> Next:
        return SayAndHangUp(text=say(sentence, callback.language, **facts), language=callback.language)


def _customer(callback: Callback) -> Customer:
    return Customer(number=callback.next_number, language=callback.language)
