"""The business API: slots and callbacks for programs that hold a key."""

import base64
import binascii
from datetime import datetime
from hashlib import sha256

from sanic import Blueprint, HTTPResponse, Request

from bot.booking import phone
from bot.booking.callback import Callback, Status
from bot.booking.errors import NumberRefused
from bot.gateway import answers
from bot.gateway.keys import key_owner
from bot.gateway.openapi import Query, documented
from bot.gateway.problems import field_problem
from bot.gateway.requests import answer, body_of, key_of, moment_in, moment_of, number_of
from bot.gateway.shapes import Cancellation, NewCallback, Reschedule, callback_shape, slot_shape
from bot.usecases.bookings import BookingRequest, IdempotencyKey
from bot.usecases.keys import Scope
from bot.wiring import Product

LONGEST_IDEMPOTENCY_KEY = 255
MOST_AT_ONCE = 200
PERIOD = (Query(name="from", format="date-time"), Query(name="to", format="date-time"))


def api_blueprint(product: Product) -> Blueprint:
    """`/api/v1/slots` and `/api/v1/callbacks`."""
    blueprint = Blueprint("api", url_prefix="/api/v1")

    @blueprint.get("/slots")
    @documented(
        "Times that can be promised",
        answer=answers.Slots,
        tag="slots",
        query=(*PERIOD, Query(name="topic")),
        problems=(401, 422),
    )
    async def slots(request: Request) -> HTTPResponse:
        await _owner(product, request)
        found = await product.bookings.slots(
            now=product.clock.now(),
            start=moment_of(request, "from"),
            end=moment_of(request, "to"),
            topic=request.args.get("topic"),
        )
        return answer(answers.Slots(slots=[slot_shape(slot) for slot in found]))

    @blueprint.post("/callbacks")
    @documented(
        "Book a callback",
        body=NewCallback,
        answer=answers.Callback,
        status=201,
        tag="callbacks",
        headers=("Idempotency-Key",),
        problems=(401, 409, 422),
    )
    async def book(request: Request) -> HTTPResponse:
        owner = await _owner(product, request)
        body = body_of(request, NewCallback)
        wanted = BookingRequest(
            phone_number=body.phone_number,
            reason=body.reason,
            window=body.window.value() if body.window else None,
            name=body.name,
            topic=body.topic,
            language=body.language,
            priority=body.priority,
            channel=body.channel,
        )
        made = await product.bookings.make(wanted, now=product.clock.now(), idempotency=_idempotency(request, owner))
        if made.is_new:  # what is asked again under its key is done once
            await _note(product, owner, "booked", made.callback)
        return await _answer(product, made.callback, status=201)

    @blueprint.get("/callbacks")
    @documented(
        "List callbacks",
        answer=answers.Callbacks,
        tag="callbacks",
        query=(
            Query(name="status"),
            Query(name="phone_number"),
            *PERIOD,
            Query(name="cursor"),
            Query(name="limit", format="int32"),
        ),
        problems=(401, 422),
    )
    async def listing(request: Request) -> HTTPResponse:
        owner = await _owner(product, request)
        limit = number_of(request, "limit", default=50, lowest=1, highest=MOST_AT_ONCE)
        found = await product.bookings.listing(
            statuses=_statuses(request),
            phone_number=_phone_number(product, request),
            start=moment_of(request, "from"),
            end=moment_of(request, "to"),
            after=_read_cursor(request.args.get("cursor")),
            limit=limit + 1,
        )
        shown = found[:limit]
        more = _cursor(shown[-1]) if len(found) > limit else None
        shapes = [await _shape(product, callback) for callback in shown]
        await _note_numbers(product, owner, [callback.reference for callback in shown])
        return answer(answers.Callbacks(callbacks=shapes, next_cursor=more))

    @blueprint.get("/callbacks/<reference:str>")
    @documented("Read a callback", answer=answers.Callback, tag="callbacks", problems=(401, 404))
    async def read(request: Request, reference: str) -> HTTPResponse:
        owner = await _owner(product, request)
        found = await product.bookings.find(reference.upper())
        await _note_numbers(product, owner, [found.reference])
        return await _answer(product, found)

    @blueprint.post("/callbacks/<reference:str>/reschedule")
    @documented(
        "Move a callback", body=Reschedule, answer=answers.Callback, tag="callbacks", problems=(401, 404, 409, 422)
    )
    async def reschedule(request: Request, reference: str) -> HTTPResponse:
        owner = await _owner(product, request)
        window = body_of(request, Reschedule).window.value()
        moved = await product.bookings.move(reference.upper(), window, now=product.clock.now())
        await _note(product, owner, "moved", moved)
        return await _answer(product, moved)

    @blueprint.post("/callbacks/<reference:str>/cancel")
    @documented(
        "Cancel a callback", body=Cancellation, answer=answers.Callback, tag="callbacks", problems=(401, 404, 409, 422)
    )
    async def cancel(request: Request, reference: str) -> HTTPResponse:
        owner = await _owner(product, request)
        body = body_of(request, Cancellation)
        before = await product.bookings.find(reference.upper())
        cancelled = await product.bookings.cancel(before.reference, now=product.clock.now(), reason=body.reason)
        if before.status != Status.CANCELLED:
            await _note(product, owner, "cancelled", cancelled)
        return await _answer(product, cancelled)

    return blueprint


async def _owner(product: Product, request: Request) -> str:
    reading = (Scope.READ,) if request.method in ("GET", "HEAD") else ()
    return await key_owner(product, request, Scope.CALLBACKS, *reading)


async def _note(product: Product, owner: str, action: str, callback: Callback) -> None:
    """What a program does stands in the audit log like what people do at the desk."""
    facts = {"window": callback.window.start.isoformat()} if action != "cancelled" else None
    actor = f"key {owner}"
    await product.audit.note(
        at=product.clock.now(), actor=actor, action=action, subject=callback.reference, facts=facts
    )


async def _note_numbers(product: Product, owner: str, references: list[str]) -> None:
    """Whoever reads full numbers stands in the audit log, be it a program."""
    if references:
        told = {"callbacks": " ".join(references)}
        await product.audit.note(
            at=product.clock.now(), actor=f"key {owner}", action="number_shown", subject=references[0], facts=told
        )


async def _answer(product: Product, callback: Callback, *, status: int = 200) -> HTTPResponse:
    return answer(await _shape(product, callback), status=status)


async def _shape(product: Product, callback: Callback) -> answers.Callback:
    return callback_shape(callback, await product.bookings.standing(callback, now=product.clock.now()))


def _idempotency(request: Request, owner: str) -> IdempotencyKey | None:
    key = key_of(request, longest=LONGEST_IDEMPOTENCY_KEY)
    if key is None:
        return None
    return IdempotencyKey(scope=f"api:{sha256(owner.encode()).hexdigest()[:32]}", key=key)


def _statuses(request: Request) -> tuple[Status, ...]:
    given = [name for value in request.args.getlist("status", []) for name in value.split(",")]
    try:
        return tuple(Status(name) for name in given)
    except ValueError:
        raise field_problem("status", f"choose from {', '.join(Status)}") from None


def _phone_number(product: Product, request: Request) -> str | None:
    given = request.args.get("phone_number")
    if given is None:
        return None
    try:
        # "+" means a blank in a query; a client that forgot to encode it meant the plus sign.
        # Which numbers may be called is no matter here: the settings may have allowed more when it was booked.
        return phone.canonical("+" + given.strip() if given.startswith(" ") else given, product.numbers)
    except NumberRefused:
        raise field_problem("phone_number", "write one phone number") from None


def _cursor(callback: Callback) -> str:
    return base64.urlsafe_b64encode(f"{callback.window.start.isoformat()}|{callback.id}".encode()).decode()


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        start, _, last_id = base64.urlsafe_b64decode(cursor).decode().partition("|")
        return moment_in(start), last_id
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise field_problem("cursor", "use the next_cursor of an earlier answer") from None
