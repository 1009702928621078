"""A time that a notice offered is chosen by its number or its button: the promise moves there, or is made anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.business import Business
from bot.booking.callback import Callback, Channel
from bot.booking.errors import BookingError, CallbackNotFound, SlotFull, WindowNotOffered
from bot.booking.when import Language
from bot.booking.window import Window
from bot.usecases.bookings import BookingRequest, Bookings, IdempotencyKey
from bot.usecases.seats import Customer
from bot.wording import dates, say

INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What is answered to a choice; `instead` are times to choose from where the chosen one is gone."""

    text: str
    instead: tuple[Window, ...] = ()
    reference: str = ""


class Choosing:
    """Does what a tap or a digit says, without asking what was told already."""

    def __init__(self, bookings: Bookings, *, business: Business) -> None:
        self._bookings = bookings
        self._business = business

    async def choose(
        self, reference: str, start: datetime, *, channel: str, conversation_id: str, language: Language, now: datetime
    ) -> Chosen:
        """Promise the time that starts then to the customer of this callback. Chosen twice, it is promised once."""
        try:
            callback = await self._bookings.find(reference)
            window = await self._window(callback, start, now=now)
            if callback.is_open:
                promised = await self._bookings.move(reference, window, now=now)
            else:
                promised = await self._anew(callback, window, channel=channel, conversation_id=conversation_id, now=now)
        except (SlotFull, WindowNotOffered) as refusal:
            return self._refused(reference, refusal.alternatives, language)
        except CallbackNotFound:
            return self._refused(reference, (), language)
        except BookingError:  # it rings already, or no more calls may be promised to this number
            hotline = self._business.hotline
            return Chosen(text=say("chat.not_changeable", language, hotline=hotline), reference=reference)
        when = dates.start(promised.window, tz=self._business.timezone, language=language)
        text = say("chat.promised", language, when=when, reference=promised.reference)
        return Chosen(text=text, reference=promised.reference)

    async def _window(self, callback: Callback, start: datetime, *, now: datetime) -> Window:
        customer = Customer(number=callback.phone_number, language=callback.language)
        found = await self._bookings.slots(
            now=now, start=start, end=start + INSTANT, topic=callback.topic, customer=customer
        )
        if found:
            return found[0].window
        raise WindowNotOffered(
            Window(start=start, end=start + INSTANT),
            "past",
            alternatives=await self._bookings.soonest(now=now, topic=callback.topic, customer=customer),
        )

    async def _anew(
        self, callback: Callback, window: Window, *, channel: str, conversation_id: str, now: datetime
    ) -> Callback:
        """The promise that could not be kept is final; what it was about is promised again."""
        request = BookingRequest(
            phone_number=callback.phone_number,
            reason=callback.reason,
            window=window,
            language=callback.language,
            channel=Channel(channel),
            name=callback.name,
            company=callback.company,
            topic=callback.topic,
            alternate_phone_number=callback.alternate_phone_number,
            conversation_id=conversation_id,
        )
        key = IdempotencyKey(scope="choice", key=f"{callback.reference}:{window.start.isoformat()}")
        return await self._bookings.book(request, now=now, idempotency=key)

    def _refused(self, reference: str, instead: tuple[Window, ...], language: Language) -> Chosen:
        sentence = "chat.time_gone" if instead else "chat.nothing_free"
        return Chosen(
            text=say(sentence, language, hotline=self._business.hotline), instead=instead, reference=reference
        )
