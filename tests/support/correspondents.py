"""People who talk with the whole product on whatever channel: the same words, each in the channel's own way."""

import secrets
from abc import ABC, abstractmethod

from bot.booking.callback import Callback
from bot.channels.channel import Heard
from bot.usecases.correspondence import Correspondence
from bot.wiring import Product
from tests.support.assistant import Talk
from tests.support.carriers import ScriptedSms, ScriptedTalks
from tests.support.clocks import REAL


class Person(ABC):
    """Somebody with a phone, on one channel."""

    channel: str

    def __init__(self, product: Product, number: str) -> None:
        self.product = product
        self.number = number

    @abstractmethod
    async def open(self) -> None:
        """Begin, where a channel has to be opened."""

    @abstractmethod
    async def say(self, text: str) -> str:
        """Write, and read what is answered."""

    async def bookings(self) -> list[Callback]:
        """What is booked for this person's number."""
        found = await self.product.bookings.listing(phone_number=self.number)
        return [callback for callback in found if callback.is_open]

    async def leave(self) -> None:
        """Give back what was taken: a slot has few places, and every talk wants the same."""
        for callback in await self.bookings():
            await self.product.bookings.cancel(callback.reference, now=self.product.clock.now())


class OnTheWeb(Person):
    """In the chat."""

    channel = "web"

    async def open(self) -> None:
        self.talk = Talk(self.product)
        await self.talk.open()

    async def say(self, text: str) -> str:
        await self.talk.say(text)
        return self.talk.text


class BySms(Person):
    """By text messages."""

    channel = "sms"

    def __init__(self, product: Product, number: str) -> None:
        super().__init__(product, number)
        self.phone = ScriptedSms()
        self.correspondence: Correspondence = product.correspondence.over(sms=self.phone)

    async def open(self) -> None:
        """Nothing has to be opened."""

    async def say(self, text: str) -> str:
        now, before = self.product.clock.now(), len(self.phone.texts)
        heard = Heard(channel="sms", key=f"SM{secrets.token_hex(16)}", sender=self.number, text=text, at=now)
        words = await self.product.consent.text_received(heard, now=now)
        await self.correspondence.answer_due(now=now, real_now=REAL)
        return "\n".join([words] if words else [said for _, said in self.phone.texts[before:]])


class OnLine(Person):
    """On LINE, with a number that has to be proved once."""

    channel = "line"

    def __init__(self, product: Product, number: str) -> None:
        super().__init__(product, number)
        self.address = f"U{secrets.token_hex(16)}"
        self.talks = ScriptedTalks()
        self.correspondence: Correspondence = product.correspondence.over(line=self.talks)

    async def open(self) -> None:
        """Nothing has to be opened."""

    async def say(self, text: str) -> str:
        return await self.does(text=text)

    async def does(self, **what: str) -> str:
        """Write or press."""
        now, before = self.product.clock.now(), len(self.talks.said)
        heard = Heard(channel="line", key=secrets.token_hex(13), sender=self.address, at=now, reply="token", **what)
        await self.correspondence.keep([heard], now=now)
        await self.correspondence.answer_due(now=now, real_now=REAL)
        return "\n".join(text for _, answer, _ in self.talks.said[before:] for text in answer.texts)


PEOPLE = (OnTheWeb, BySms, OnLine)
