"""Whole talks against the real assistant: trained model, Rasa, action server, database."""

import zlib

import pytest

from bot.booking.callback import Callback, Kind
from bot.wiring import Product
from tests.dialogue.script import Booked, Script
from tests.dialogue.talks_en import TALKS_EN
from tests.dialogue.talks_ja import TALKS_JA
from tests.support.assistant import Talk

TALKS = (*TALKS_JA, *TALKS_EN)


@pytest.mark.parametrize("script", TALKS, ids=[f"{script.begins}: {script.title}" for script in TALKS])
async def test_a_talk_ends_where_the_customer_wants(script: Script, product: Product) -> None:
    talk = Talk(product, script.begins)
    own_number = f"080-{1000 + zlib.crc32((script.begins + script.title).encode()) % 9000}-0001"
    try:
        await talk.open()
        for line in script.lines:
            await talk.say(line.replace("{number}", own_number))
        assert talk.turn.expects == script.expects, talk.text
        assert talk.turn.language == script.ends
        assert all(piece in talk.text for piece in script.says), talk.text
        assert not any(piece in talk.text for piece in script.never), talk.text
        told = [_as_told(callback, product) for callback in await talk.bookings()]
        assert told == [_wanted(booked, own_number) for booked in script.booked]
    finally:
        await product.bookings.release(talk.conversation_id)
        for callback in await talk.bookings():  # a slot has few places, and every talk wants the same
            await product.bookings.cancel(callback.reference, now=product.clock.now())


def _as_told(callback: Callback, product: Product) -> tuple[str | None, ...]:
    local = callback.window.start.astimezone(product.business.timezone)
    start = None if callback.kind == Kind.ASAP else f"{local:%Y-%m-%d %H:%M}"
    told = (callback.reason, callback.name, callback.phone_number, start, callback.language)
    return *told, callback.alternate_phone_number, callback.company


def _wanted(booked: Booked, own_number: str) -> tuple[str | None, ...]:
    number = booked.number or "+81" + own_number.replace("-", "").removeprefix("0")
    return booked.reason, booked.name, number, booked.start, booked.language, booked.alternate, booked.company
