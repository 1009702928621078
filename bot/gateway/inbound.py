"""Calls that come in: each step of one is an address, and its answer a document."""

from collections.abc import Mapping
from functools import partial

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from bot.gateway.openapi import documented
from bot.gateway.signed import signed_fields
from bot.gateway.webhooks import XML
from bot.usecases.call_steps import Answer, AskCaller, HangUp, SayAndHangUp
from bot.usecases.inbound import STEPS
from bot.vendors import twiml
from bot.wiring import Product

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def inbound_blueprint(product: Product) -> Blueprint:
    """`/webhooks/twilio/voice/inbound` and its steps."""
    blueprint = Blueprint("inbound", url_prefix="/webhooks/twilio/voice/inbound")

    @blueprint.post("/", name="begin", strict_slashes=False)
    @documented("A call that comes in, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def begin(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        answer = await product.inbound.begin(fields["CallSid"], fields.get("From", ""), now=product.clock.now())
        return _document(product, answer)

    @blueprint.post("/status", name="status")
    @documented("How a call that came in ended, from the carrier", tag="webhooks", status=204, problems=(403,))
    async def status(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        if fields.get("CallStatus") in OVER:
            await product.inbound.ended(fields["CallSid"])
        return empty()

    async def pressed(request: Request, *, step: str) -> HTTPResponse:
        fields = signed_fields(product, request)
        query: Mapping[str, str] = dict(request.query_args)
        answer = await product.inbound.pressed(
            fields["CallSid"], step, fields.get("Digits", ""), query, now=product.clock.now()
        )
        return _document(product, answer)

    for step in STEPS:
        told = documented(
            f"The step {step} of a call that came in, from the carrier",
            tag="webhooks", content_type="text/xml", problems=(403,),
        )  # fmt: skip
        blueprint.add_route(told(partial(pressed, step=step)), f"/{step}", methods=["POST"], name=step)
    return blueprint


def _document(product: Product, answer: Answer) -> HTTPResponse:
    match answer:
        case AskCaller(lines=lines, step=step, then=then, query=query, is_long=is_long):
            document = twiml.ask_caller(
                [(line.text, line.language) for line in lines],
                action=product.urls.inbound_step(step, query),
                then=(then.text, then.language),
                is_long=is_long,
            )
        case SayAndHangUp(text=text, language=language):
            document = twiml.say_and_hang_up(text, language=language)
        case HangUp():
            document = twiml.hang_up()
    return raw(document.encode(), content_type=XML)
