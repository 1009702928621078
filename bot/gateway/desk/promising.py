"""Promises that agents make: another call for a customer, a booking for somebody on the phone, a call at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.booking.callback import Callback, Channel, Status
from bot.booking.errors import NumberRefused, SlotFull, TooManyOpenCallbacks, UnknownTopic, WindowNotOffered
from bot.booking.window import Window
from bot.gateway.desk.auth import FormRefused, field, session_of
from bot.gateway.desk.pages import Pages
from bot.gateway.times import FreeTimes, moment_of
from bot.usecases.bookings import BookingRequest
from bot.usecases.followups import NotNow
from bot.usecases.making import customer_of
from bot.usecases.seats import ANYBODY, Customer
from bot.wiring import Product

SOONEST = "soonest"
LONGEST_NAME, LONGEST_REASON = 60, 500
REFUSED = (SlotFull, WindowNotOffered, NumberRefused, TooManyOpenCallbacks)
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the form says."""

    number: str = ""
    name: str = ""
    reason: str = ""
    topic: str = ""
    language: str = "ja"
    time: str = SOONEST


class PromisingPages(Pages):
    """The form for another call, and the one for somebody new."""

    def __init__(self, product: Product) -> None:
        super().__init__(product)
        self._times = FreeTimes(product)

    async def again(self, request: Request, callback: Callback, problem: str | None = None) -> HTTPResponse:
        """When shall this customer be called again?"""
        topic = self._product.bookings.topic_of(callback)
        return await self._form(
            request, problem, topic=topic, customer=customer_of(callback), callback=callback, wanted=Wanted(topic=topic)
        )

    async def book(self, request: Request, wanted: Wanted, problem: str | None = None) -> HTTPResponse:
        """Whom shall we call, why and when?"""
        return await self._form(request, problem, topic=wanted.topic, customer=ANYBODY, callback=None, wanted=wanted)

    async def _form(
        self, request: Request, problem: str | None, *, topic: str, customer: Customer, **facts: Any
    ) -> HTTPResponse:
        words = self._words(request)
        return self._page(
            request,
            "desk_promise.html",
            words,
            status=409 if problem else 200,
            days=await self._times.days(topic=topic, customer=customer, language=words.language),
            problem=words.t["promise"][problem] if problem else None,
            all_topics=self._product.topics,
            soonest=SOONEST,
            **facts,
        )


def add_promising(blueprint: Blueprint, product: Product, pages: PromisingPages) -> None:
    """`/desk/book`, `/desk/callbacks/{reference}/again` and `…/dial-now`."""
    _add_again(blueprint, product, pages)
    _add_booking(blueprint, product, pages)

    @blueprint.post("/callbacks/<reference:str>/dial-now")
    async def dial_now(request: Request, reference: str) -> HTTPResponse:
        agent = session_of(request).agent
        await product.follow_ups.dial_now(reference.upper(), agent, now=product.clock.now())
        return pages.done(request, reference)

    @blueprint.exception(NotNow)
    async def not_now(request: Request, error: NotNow) -> HTTPResponse:
        return await pages.conflict(request, f"not_now_{error.reason}")

    @blueprint.exception(UnknownTopic)
    async def no_topic(request: Request, _error: UnknownTopic) -> HTTPResponse:
        return pages.problem(request, "expired_form", status=403)

    @blueprint.exception(SlotFull, WindowNotOffered, NumberRefused, TooManyOpenCallbacks)
    async def no_place(request: Request, error: Exception) -> HTTPResponse:
        return await pages.conflict(request, f"refused_{_word(error)}")


def _add_again(blueprint: Blueprint, product: Product, pages: PromisingPages) -> None:
    @blueprint.get("/callbacks/<reference:str>/again")
    async def again_page(request: Request, reference: str) -> HTTPResponse:
        return await pages.again(request, await product.bookings.find(reference.upper()))

    @blueprint.post("/callbacks/<reference:str>/again")
    async def call_again(request: Request, reference: str) -> HTTPResponse:
        callback, seen = await product.bookings.find(reference.upper()), field(request, "seen")
        if seen not in set(Status):
            raise FormRefused
        try:
            window = await _window(
                product,
                field(request, "time"),
                topic=product.bookings.topic_of(callback),
                customer=customer_of(callback),
            )
            promised = await product.follow_ups.call_again(
                callback.reference, session_of(request).agent, window, seen=Status(seen), now=product.clock.now()
            )
        except REFUSED as refused:
            return await pages.again(request, callback, _word(refused))
        return redirect(f"/desk/callbacks/{promised.reference}", status=303)


def _add_booking(blueprint: Blueprint, product: Product, pages: PromisingPages) -> None:
    @blueprint.get("/book")
    async def book_page(request: Request) -> HTTPResponse:
        asked = str(request.args.get("topic", ""))
        topic = asked if asked in {topic.id for topic in product.topics} else product.rules.topic(None)
        return await pages.book(request, Wanted(topic=topic, number=str(request.args.get("number", ""))[:20]))

    @blueprint.post("/book")
    async def book(request: Request) -> HTTPResponse:
        wanted = Wanted(
            number=field(request, "number").strip(),
            name=field(request, "name").strip()[:LONGEST_NAME],
            reason=field(request, "reason").strip()[:LONGEST_REASON],
            topic=product.rules.topic(field(request, "topic") or None),
            language="en" if field(request, "language") == "en" else "ja",
            time=field(request, "time"),
        )
        if not wanted.reason:
            return await pages.book(request, wanted, "no_reason")
        try:
            booked = await product.bookings.book(await _request(product, wanted), now=product.clock.now())
        except REFUSED as refused:
            return await pages.book(request, wanted, _word(refused))
        actor = session_of(request).agent.login
        await product.audit.note(at=product.clock.now(), actor=actor, action="booked", subject=booked.reference)
        return redirect(f"/desk/callbacks/{booked.reference}", status=303)


async def _request(product: Product, wanted: Wanted) -> BookingRequest:
    window = None
    if wanted.time != SOONEST:
        window = await _window(product, wanted.time, topic=wanted.topic, customer=ANYBODY)
    return BookingRequest(
        phone_number=wanted.number,
        reason=wanted.reason,
        window=window,
        language=wanted.language,
        channel=Channel.VOICE,
        name=wanted.name or None,
        topic=wanted.topic,
    )


async def _window(product: Product, value: str, *, topic: str, customer: Customer) -> Window:
    """The slot that a chosen value stands for; raises FormRefused and WindowNotOffered."""
    start = moment_of(value)
    if start is None:
        raise FormRefused
    found = await product.bookings.slots(
        now=product.clock.now(), start=start, end=start + A_SECOND, topic=topic, customer=customer
    )
    if not found:
        raise WindowNotOffered(Window(start=start, end=start + A_SECOND), "past")
    return found[0].window


def _word(refused: Exception) -> str:
    if isinstance(refused, NumberRefused):
        return "opted_out" if refused.reason == "opted_out" else "bad_number"
    return "too_many" if isinstance(refused, TooManyOpenCallbacks) else "no_place"
