"""What carriers tell us about messages. A webhook that is not signed for this very address changes nothing."""

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, json, raw

from bot.channels.line import heard as line_heard
from bot.channels.sms import heard
from bot.gateway.answering import Answering
from bot.gateway.openapi import documented
from bot.gateway.problems import Problem
from bot.gateway.signed import signed_fields
from bot.vendors import twiml
from bot.wiring import Product

log = structlog.get_logger(__name__)

XML = "text/xml; charset=utf-8"


def webhooks_blueprint(product: Product, answering: Answering) -> Blueprint:
    """`/webhooks/line` and `/webhooks/twilio/sms…`. What needs the assistant is kept first, and answered later."""
    blueprint = Blueprint("webhooks", url_prefix="/webhooks")

    @blueprint.post("/line", name="line")
    @documented("What people do on LINE", tag="webhooks", content_type="application/json", problems=(403, 404, 422))
    async def line(request: Request) -> HTTPResponse:
        if product.line is None:
            raise Problem(404, "no-line", "There is no LINE channel.")
        if not product.line.client.is_signed(request.body, request.headers.get("x-line-signature", "")):
            log.warning("webhook_refused", path=request.path)
            raise Problem(403, "bad-signature", "The signature does not fit this request.")
        try:
            came = line_heard(request.body, seals=product.line.seals, tz=product.business.timezone)
        except ValueError:
            raise Problem(422, "unreadable", "This is not a webhook of LINE's.") from None
        await product.correspondence.keep(came, now=product.clock.now())
        answering.wake()
        return json({})

    @blueprint.post("/twilio/sms", name="sms")
    @documented("A customer's text message, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def sms(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        now = product.clock.now()
        words = await product.consent.text_received(heard(fields, now=now), now=now)
        answering.wake()
        return raw(twiml.sms_reply(words).encode(), content_type=XML)

    @blueprint.post("/twilio/sms-status", name="sms_status")
    @documented("How a text message fared, from the carrier", tag="webhooks", status=204, problems=(403,))
    async def sms_status(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        await product.notices.delivery_reported(
            fields["MessageSid"], fields.get("MessageStatus", ""), fields.get("ErrorCode", "")
        )
        return empty()

    return blueprint
