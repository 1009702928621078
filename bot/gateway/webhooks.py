"""What carriers tell us about messages. A webhook that is not signed for this very address changes nothing."""

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from bot.channels.sms import heard
from bot.gateway.answering import Answering
from bot.gateway.openapi import documented
from bot.gateway.signed import signed_fields
from bot.vendors import twiml
from bot.wiring import Product

XML = "text/xml; charset=utf-8"


def webhooks_blueprint(product: Product, answering: Answering) -> Blueprint:
    """`/webhooks/twilio/sms…`. What needs the assistant is kept, and answered behind the webhook."""
    blueprint = Blueprint("webhooks", url_prefix="/webhooks/twilio")

    @blueprint.post("/sms", name="sms")
    @documented("A customer's text message, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def sms(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        now = product.clock.now()
        words = await product.consent.text_received(heard(fields, now=now), now=now)
        answering.wake()
        return raw(twiml.sms_reply(words).encode(), content_type=XML)

    @blueprint.post("/sms-status", name="sms_status")
    @documented("How a text message fared, from the carrier", tag="webhooks", status=204, problems=(403,))
    async def sms_status(request: Request) -> HTTPResponse:
        fields = signed_fields(product, request)
        await product.notices.delivery_reported(
            fields["MessageSid"], fields.get("MessageStatus", ""), fields.get("ErrorCode", "")
        )
        return empty()

    return blueprint
