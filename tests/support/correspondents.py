"""People who deal with the whole product on whatever channel: the same deeds, each in the channel's own way."""

import contextlib
import secrets
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.booking.callback import Callback
from bot.channels.channel import Heard
from bot.usecases.correspondence import Correspondence
from bot.wiring import Product
from bot.wording import dates
from tests.support.assistant import Talk
from tests.support.callers import Caller
from tests.support.carriers import ScriptedSms, ScriptedTalks
from tests.support.clocks import REAL
from tests.support.telephone import telephone


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
    async def books(self, start: datetime) -> None:
        """Ask for a call at a time of business time, from the first word to the end."""

    @abstractmethod
    async def moves(self, start: datetime) -> None:
        """Move what is booked."""

    @abstractmethod
    async def checks(self, start: datetime) -> None:
        """Ask what is booked, and be told this time."""

    @abstractmethod
    async def cancels(self) -> None:
        """Take the booking back."""

    async def bookings(self) -> list[Callback]:
        """What is booked for this person's number."""
        found = await self.product.bookings.listing(phone_number=self.number)
        return [callback for callback in found if callback.is_open]

    async def leave(self) -> None:
        """Give back what was taken: a slot has few places, and every talk wants the same."""
        for callback in await self.bookings():
            await self.product.bookings.cancel(callback.reference, now=self.product.clock.now())


class Writer(Person):
    """Somebody who writes: the same words on every channel."""

    @abstractmethod
    async def say(self, text: str) -> str:
        """Write, and read what is answered."""

    async def books(self, start: datetime) -> None:
        await self.say("洗濯機が動かないので電話がほしいです")
        answer = await self.say("山田です")
        if "番号" in answer and "・" not in answer:
            await self.say(f"0{self.number[3:]}")
        answer = await self.say(self._told(start))
        assert self._shown(start) in answer
        assert f"•••{self.number[-4:]}" in answer or f"***{self.number[-4:]}" in answer
        assert "承りました" in await self.say("はい")

    async def moves(self, start: datetime) -> None:
        assert "変更しました" in await self.say(f"{self._told(start)}にして")

    async def checks(self, start: datetime) -> None:
        assert self._shown(start) in await self.say("予約を確認したい")

    async def cancels(self) -> None:
        assert "取り消してよろしい" in await self.say("予約を取り消してください")
        assert "取り消しました" in await self.say("はい")

    def _shown(self, start: datetime) -> str:
        return dates.at(start, tz=self.product.business.timezone, language="ja")

    def _told(self, start: datetime) -> str:
        today = self.product.clock.now().astimezone(self.product.business.timezone).date()
        return f"{('今日', '明日', '明後日')[(start.date() - today).days]}の{start.hour}時"


class OnTheWeb(Writer):
    """In the chat."""

    channel = "web"

    async def open(self) -> None:
        self.talk = Talk(self.product)
        await self.talk.open()

    async def say(self, text: str) -> str:
        await self.talk.say(text)
        return self.talk.text


class BySms(Writer):
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


class OnLine(Writer):
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


class OnThePhone(Person):
    """Who calls from a handset and presses keys; the code that proves the number comes to the same phone."""

    channel = "voice"

    async def open(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory())
            settings = self.product.settings
            line = await stack.enter_async_context(telephone(Path(folder), settings.database_url, agents=0))
            line.clock.set(now=self.product.clock.now())
            self.caller = Caller(line, self.number)
            self._stack = stack.pop_all()

    async def leave(self) -> None:
        await super().leave()
        await self._stack.aclose()

    async def books(self, start: datetime) -> None:
        await self.caller.call("お電話")
        await self.caller.press("2")
        await self.caller.press("1", "ご希望の時間を")
        await self._choose(start, "承りました")

    async def moves(self, start: datetime) -> None:
        await self._prove("3", "ご希望の時間を")
        await self._choose(start, "変更しました")

    async def checks(self, start: datetime) -> None:
        await self.caller.call(self._spoken(start))
        await self.caller.hang_up()

    async def cancels(self) -> None:
        await self._prove("4", "取り消します")
        await self.caller.press("1", "取り消しました")
        await self.caller.is_over()

    async def _prove(self, key: str, then: str) -> None:
        await self.caller.call("お約束のお電話")
        await self.caller.press(key, "6桁のコード")
        await self.caller.press(await self.caller.code() + "#", then)

    async def _choose(self, start: datetime, done: str) -> None:
        """Hear times, three by three, until this one comes."""
        for _ in range(20):
            heard = " ".join(self.caller.phone.heard(self.number)[self.caller.count :])
            if (found := heard.find(f"{self._spoken(start)}は")) >= 0:
                await self.caller.press(heard[found + len(self._spoken(start)) + 1], done)
                await self.caller.is_over()
                return
            await self.caller.press("9", "ご希望の時間を")
        raise AssertionError(f"{self._spoken(start)} was not offered")

    def _spoken(self, start: datetime) -> str:
        return dates.spoken(start, tz=self.product.business.timezone, language="ja")


PEOPLE = (OnTheWeb, BySms, OnLine, OnThePhone)
