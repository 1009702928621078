"""What carriers tell us. A webhook that is not signed for this very address changes nothing."""

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from bot.gateway.openapi import documented
from bot.gateway.problems import Problem
from bot.usecases.calls import AskKey, Bridge, ConnectAgent, HangUp, Next, SayAndHangUp
from bot.vendors import twiml
from bot.wiring import Product

ATTEMPT = r"<attempt_id:[0-9a-f]{32}>"
XML = "text/xml; charset=utf-8"

log = structlog.get_logger(__name__)


def webhooks_blueprint(product: Product) -> Blueprint:
    """`/webhooks/twilio/…`."""
    blueprint = Blueprint("webhooks", url_prefix="/webhooks/twilio")
    calls, clock = product.calls, product.clock

    def step(name: str) -> str:
        return f"/voice/{ATTEMPT}/{name}"

    @blueprint.post(step("answered"), name="answered")
    @documented(
        "Somebody has answered the call, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,)
    )
    async def answered(request: Request, attempt_id: str) -> HTTPResponse:
        fields = _signed(product, request)
        return _document(product, attempt_id, await calls.answered(attempt_id, fields["CallSid"], now=clock.now()))

    @blueprint.post(step("key"), name="key")
    @documented(
        "The customer has pressed a key, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,)
    )
    async def key(request: Request, attempt_id: str) -> HTTPResponse:
        fields = _signed(product, request)
        following = await calls.key_pressed(attempt_id, fields["CallSid"], fields.get("Digits", ""), now=clock.now())
        return _document(product, attempt_id, following)

    @blueprint.post(step("screen"), name="screen")
    @documented("The agent has answered, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def screen(request: Request, attempt_id: str) -> HTTPResponse:
        _signed(product, request)
        return _document(product, attempt_id, await calls.agent_answered(attempt_id))

    @blueprint.post(step("accepted"), name="accepted")
    @documented(
        "The agent has pressed a key, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,)
    )
    async def accepted(request: Request, attempt_id: str) -> HTTPResponse:
        fields = _signed(product, request)
        following = await calls.agent_pressed(attempt_id, fields.get("Digits", ""), now=clock.now())
        return _document(product, attempt_id, following)

    @blueprint.post(step("done"), name="done")
    @documented("The agent's call is over, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def done(request: Request, attempt_id: str) -> HTTPResponse:
        _signed(product, request)
        return _document(product, attempt_id, await calls.agent_leg_done(attempt_id))

    @blueprint.post(step("status"), name="status")
    @documented("How far the call is, from the carrier", tag="webhooks", status=204, problems=(403,))
    async def status(request: Request, attempt_id: str) -> HTTPResponse:
        fields = _signed(product, request)
        await calls.status_changed(
            attempt_id,
            fields["CallSid"],
            fields.get("CallStatus", ""),
            now=clock.now(),
            duration_s=_seconds(fields.get("CallDuration")),
            answered_by=fields.get("AnsweredBy") or None,
        )
        return empty()

    @blueprint.post("/sms", name="sms")
    @documented("A customer's text message, from the carrier", tag="webhooks", content_type="text/xml", problems=(403,))
    async def sms(request: Request) -> HTTPResponse:
        fields = _signed(product, request)
        words = await product.consent.text_received(
            fields["From"], fields.get("Body", ""), fields["MessageSid"], now=clock.now()
        )
        return raw(twiml.sms_reply(words).encode(), content_type=XML)

    @blueprint.post("/sms-status", name="sms_status")
    @documented("How a text message fared, from the carrier", tag="webhooks", status=204, problems=(403,))
    async def sms_status(request: Request) -> HTTPResponse:
        fields = _signed(product, request)
        await product.notices.delivery_reported(
            fields["MessageSid"], fields.get("MessageStatus", ""), fields.get("ErrorCode", "")
        )
        return empty()

    return blueprint


def _signed(product: Product, request: Request) -> dict[str, str]:
    """The fields of a webhook that its carrier signed; 403 for any other request.

    Blank fields count: they are signed too, and Sanic's `request.form` would drop them. The address is the public one,
    for behind a proxy the request's own is not what the carrier signed.
    """
    form = request.get_form(keep_blank_values=True)
    fields = {name: values[0] for name, values in form.items()} if form else {}
    url = product.settings.public_base_url + request.path
    if request.query_string:
        url += f"?{request.query_string}"
    if not product.carrier.is_signed(url, fields, request.headers.get("x-twilio-signature", "")):
        log.warning("webhook_refused", path=request.path)
        raise Problem(403, "bad-signature", "The signature does not fit this request.")
    return fields


def _document(product: Product, attempt_id: str, following: Next) -> HTTPResponse:
    """What happens next, as the carrier reads it."""

    def at(step: str) -> str:
        return product.urls.step(attempt_id, step)

    match following:
        case AskKey(text=text, language=language, step=step, then=then):
            document = twiml.ask_digit(text, language=language, action=at(step), then=then)
        case ConnectAgent(text=text, language=language, number=number):
            document = twiml.connect(
                text,
                language=language,
                number=number,
                caller=product.settings.carrier.number,
                ring_seconds=product.settings.calls.agent_ring_seconds,
                screen=at("screen"),
                done=at("done"),
            )
        case SayAndHangUp(text=text, language=language):
            document = twiml.say_and_hang_up(text, language=language)
        case Bridge():
            document = twiml.bridge()
        case HangUp():
            document = twiml.hang_up()
    return raw(document.encode(), content_type=XML)


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
