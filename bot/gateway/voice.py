"""What carriers ask and tell about calls: each step of a call is one address, and its answer a document."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from bot.gateway.openapi import documented
from bot.gateway.signed import signed_fields
from bot.gateway.webhooks import XML
from bot.telephony.rooms import room_of
from bot.usecases.call_steps import AskKey, EnterRoom, HangUp, JoinRoom, LeaveMessage, Next, SayAndHangUp, Wait
from bot.usecases.wishes import WishStep
from bot.vendors import twiml
from bot.wiring import Product

ATTEMPT = r"<attempt_id:[0-9a-f]{32}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request about an attempt."""

    attempt_id: str
    fields: Mapping[str, str]
    query: Mapping[str, str]
    now: datetime

    @property
    def call_sid(self) -> str:
        """The call that it is about."""
        return self.fields["CallSid"]

    @property
    def digits(self) -> str:
        """The keys that were pressed."""
        return self.fields.get("Digits", "")

    @property
    def guest(self) -> str:
        """Whom of the room's guests it is about."""
        return self.query.get("guest", "")

    def whole(self, name: str) -> int | None:
        """A field that holds a whole number."""
        text = self.fields.get(name, "")
        return int(text) if text.isdigit() else None


Step = Callable[[Product, Asked], Awaitable[Next | None]]


def _wish(step: WishStep) -> Step:
    return lambda product, ask: product.calls.wish_pressed(
        ask.attempt_id, ask.call_sid, ask.digits, step=step, query=ask.query, now=ask.now
    )


STEPS: Mapping[str, Step] = {
    "answered": lambda product, ask: product.calls.answered(ask.attempt_id, ask.call_sid, now=ask.now),
    "key": lambda product, ask: product.calls.key_pressed(ask.attempt_id, ask.call_sid, ask.digits, now=ask.now),
    "slot": _wish("slot"),
    "cancel": _wish("cancel"),
    "refuse": _wish("refuse"),
    "machine": lambda product, ask: product.calls.machine_detected(
        ask.attempt_id, ask.call_sid, ask.fields.get("AnsweredBy", "")
    ),
    "voicemail": lambda product, ask: product.calls.greeting_ended(ask.attempt_id, ask.call_sid),
    "customer-wait": lambda product, ask: product.calls.waiting(ask.attempt_id, "customer"),
    "agent-wait": lambda product, ask: product.calls.waiting(ask.attempt_id, "agent"),
    "screen": lambda product, ask: product.calls.agent_answered(ask.attempt_id, ask.call_sid),
    "accepted": lambda product, ask: product.calls.agent_pressed(
        ask.attempt_id, ask.digits, call_sid=ask.call_sid, now=ask.now
    ),
    "agent-status": lambda product, ask: product.calls.agent_status_changed(
        ask.attempt_id, ask.call_sid, ask.fields.get("CallStatus", ""), now=ask.now, agent_id=ask.query.get("agent")
    ),
    "hold": lambda product, ask: product.calls.on_hold(ask.attempt_id),
    "transfer": lambda product, ask: product.calls.handed_on(ask.attempt_id),
    "guest": lambda product, ask: product.guest_legs.answered(ask.guest, ask.call_sid),
    "guest-key": lambda product, ask: product.guest_legs.pressed(ask.guest, ask.call_sid, ask.digits, now=ask.now),
    "guest-status": lambda product, ask: product.live_calls.guest_status(
        ask.guest, ask.call_sid, ask.fields.get("CallStatus", ""), now=ask.now
    ),
    "customer-missed": lambda product, ask: product.calls.customer_missed(ask.attempt_id),
    "no-agent": lambda product, ask: product.calls.nobody_came(ask.attempt_id),
    "done": lambda product, ask: product.calls.room_closed(ask.attempt_id),
    "status": lambda product, ask: product.calls.status_changed(
        ask.attempt_id,
        ask.call_sid,
        ask.fields.get("CallStatus", ""),
        now=ask.now,
        duration_s=ask.whole("CallDuration"),
        answered_by=ask.fields.get("AnsweredBy") or None,
        sip_code=ask.whole("SipResponseCode"),
    ),
}
"""What each step of a call does; one that answers nothing is a report."""
REPORTS = frozenset({"machine", "agent-status", "guest-status", "status"})


def voice_blueprint(product: Product) -> Blueprint:
    """`/webhooks/twilio/voice/{attempt}/{step}`."""
    blueprint = Blueprint("voice", url_prefix="/webhooks/twilio/voice")
    for name, step in STEPS.items():
        blueprint.add_route(_handler(product, name, step), f"/{ATTEMPT}/{name}", methods=["POST"], name=name)
    return blueprint


def _handler(product: Product, name: str, step: Step) -> Callable[[Request, str], Coroutine[Any, Any, HTTPResponse]]:
    under_way: set[asyncio.Future[Next | None]] = set()

    is_report = name in REPORTS

    @documented(
        f"The step {name} of a call, from the carrier",
        tag="webhooks",
        status=204 if is_report else 200,
        content_type="application/json" if is_report else "text/xml",
        problems=(403,),
    )
    async def answer(request: Request, attempt_id: str) -> HTTPResponse:
        fields = signed_fields(product, request)
        query = dict(request.query_args)
        asked = Asked(attempt_id=attempt_id, fields=fields, query=query, now=product.clock.now())
        # When somebody hangs up, the carrier drops its request, and Sanic would cut the work off in the middle: a
        # customer may just have been dialled whose call nobody then writes down.
        work = asyncio.ensure_future(step(product, asked))
        under_way.add(work)
        work.add_done_callback(under_way.discard)
        following = await asyncio.shield(work)
        return empty() if following is None else _document(product, attempt_id, following)

    return answer


def _document(product: Product, attempt_id: str, following: Next) -> HTTPResponse:
    """What happens next, as the carrier reads it."""

    def at(step: str, query: Mapping[str, str] | None = None) -> str:
        return product.urls.step(attempt_id, step, query)

    match following:
        case AskKey(text=text, language=language, step=step, then=then, query=query):
            document = twiml.ask_digit(text, language=language, action=at(step, query), then=then)
        case EnterRoom(text=text, language=language, who=who, opens=opens):
            document = twiml.enter_room(
                text,
                language=language,
                room=room_of(attempt_id),
                opens=opens,
                wait_url=at(f"{who}-wait"),
                done=at("done") if who == "customer" else None,
            )
        case JoinRoom(text=text, language=language, guest_id=guest_id, voice=voice):
            document = twiml.join_room(
                text, language=language, room=room_of(attempt_id), label=guest_id, muted=voice.muted,
                coaches=voice.coaches or None,
            )  # fmt: skip
        case Wait(text=text, language=language, is_on_hold=is_on_hold):
            music, again = product.settings.calls.hold_music, at("hold") if is_on_hold else ""
            document = twiml.wait(text, language=language, music=music, again=again)
        case SayAndHangUp(text=text, language=language):
            document = twiml.say_and_hang_up(text, language=language)
        case LeaveMessage(text=text, language=language):
            document = twiml.leave_message(text, language=language)
        case HangUp():
            document = twiml.hang_up()
    return raw(document.encode(), content_type=XML)
