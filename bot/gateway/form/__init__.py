"""The booking form, for whoever would rather not chat: one page that works without JavaScript, and in other sites."""

import contextlib
import secrets
from dataclasses import replace
from datetime import timedelta

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.booking.callback import Callback, Channel
from bot.booking.errors import (
    IdempotencyConflict,
    NumberRefused,
    SlotFull,
    TooManyOpenCallbacks,
    WindowNotOffered,
)
from bot.booking.window import Window
from bot.gateway.form.entries import SOONEST, TOKEN, Entered, Fault, entered_in, faults_in, language_of
from bot.gateway.form.pages import Pages
from bot.gateway.limits import RateLimit
from bot.gateway.origins import is_own
from bot.gateway.problems import Problem
from bot.usecases.bookings import BookingRequest, IdempotencyKey
from bot.usecases.emails import AskedTooOften
from bot.wiring import Product

SCOPE = "form"
"""Where the form's tokens stand as idempotency keys."""


def form_blueprint(product: Product) -> Blueprint:
    """`/form` and `/form/booked/{token}`."""
    blueprint = Blueprint("form", url_prefix="/form")
    pages = Pages(product)
    looks = RateLimit(product.settings.web.messages_per_minute)
    sends = RateLimit(product.settings.web.sessions_per_minute)

    @blueprint.get("/")
    async def empty(request: Request) -> HTTPResponse:
        looks.check(request)
        entered = Entered(language=language_of(request), token=new_token(), topic=product.rules.topic(None))
        return await pages.form(replace(entered, times_of=entered.topic))

    @blueprint.post("/")
    async def send(request: Request) -> HTTPResponse:
        entered = entered_in(request)
        entered = replace(entered, token=entered.token or new_token())
        if not is_own(request, product.settings.public_base_url):
            return await pages.form(entered, [Fault(about="send", sentence="elsewhere")], status=403)
        try:
            sends.check(request)
        except Problem as too_many:
            wait = too_many.headers["Retry-After"]
            faults = [Fault(about="send", sentence="too_often", facts={"seconds": wait})]
            response = await pages.form(entered, faults, status=429)
            response.headers["Retry-After"] = wait
            return response
        return await _answer(product, pages, entered)

    @blueprint.get("/booked/<token:str>")
    async def booked(request: Request, token: str) -> HTTPResponse:
        looks.check(request)
        key = IdempotencyKey(scope=SCOPE, key=token)
        callback = await product.bookings.booked_with(key) if TOKEN.fullmatch(token) else None
        return pages.booked(callback, language=language_of(request))

    return blueprint


def new_token() -> str:
    """A name for one form that nobody can guess."""
    return secrets.token_urlsafe(32)


async def _answer(product: Product, pages: Pages, entered: Entered) -> HTTPResponse:
    if entered.is_for_times:
        return await pages.form(replace(entered, times_of=entered.topic, time=""))
    faults = faults_in(entered, topics=tuple(topic.id for topic in product.topics), urgency=product.urgency)
    if faults:
        return await pages.form(entered, faults, status=422)
    try:
        made = await product.bookings.book(
            _request(product, entered),
            now=product.clock.now(),
            idempotency=IdempotencyKey(scope=SCOPE, key=entered.token),
        )
    except (SlotFull, WindowNotOffered) as refusal:
        taken = Fault(about="time", sentence="time_taken" if isinstance(refusal, SlotFull) else "time_not_offered")
        return await pages.form(replace(entered, time=""), [taken], near=refusal.alternatives, status=409)
    except NumberRefused as refusal:
        return await pages.form(entered, [Fault(about="phone_number", sentence=refusal.reason)], status=422)
    except TooManyOpenCallbacks as refusal:
        many = Fault(about="phone_number", sentence="too_many", facts={"limit": str(refusal.limit)})
        return await pages.form(entered, [many], status=409)
    except IdempotencyConflict:  # sent, gone back to, changed and sent again: meant as another booking, perhaps
        again = Fault(about="send", sentence="booked_already")
        return await pages.form(replace(entered, token=new_token()), [again], status=409)
    await _write_to(product, made, entered)
    return redirect(f"/form/booked/{entered.token}?lang={entered.language}", status=303)


async def _write_to(product: Product, made: Callback, entered: Entered) -> None:
    """Ask at the address, where one was given, whether notices may go there; a form that is sent twice asks once."""
    if entered.email and product.settings.email.is_on and await product.emails.of(made) is None:
        with contextlib.suppress(AskedTooOften):
            await product.emails.ask(made, entered.email, instead=False, now=product.clock.now())


def _request(product: Product, entered: Entered) -> BookingRequest:
    window = None
    if entered.time != SOONEST and entered.start:
        length: timedelta = product.rules.of(entered.topic).policy.length
        window = Window(start=entered.start, end=entered.start + length)
    return BookingRequest(
        phone_number=entered.phone_number,
        reason=entered.reason,
        window=window,
        name=entered.name or None,
        topic=entered.topic,
        language=entered.language,
        channel=Channel.FORM,
    )
